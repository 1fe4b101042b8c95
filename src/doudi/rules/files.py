"""Reading the YAML files of a pack, with the file and line in every complaint."""

from __future__ import annotations

from collections.abc import Hashable
from pathlib import Path
from typing import Any

import yaml

from doudi.rules.errors import BadValue

_Base: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Loader(_Base):  # type: ignore[misc]
    """Safe YAML that refuses a key written twice, which plain YAML would silently drop."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Hashable, Any]:
        seen: set[Hashable] = set()
        for key_node, _ in node.value:
            key = self.construct_object(key_node, deep=True)
            if not isinstance(key, Hashable):
                continue  # the base class complains
            if key in seen:
                raise yaml.constructor.ConstructorError(
                    None, None, f"{key!r} stands twice", key_node.start_mark
                )
            seen.add(key)
        result: dict[Hashable, Any] = super().construct_mapping(node, deep)
        return result


def read_yaml(path: Path) -> Any:
    """The content of a YAML file; BadValue names the file and line when it cannot be read."""
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise BadValue(f"{path}: there is no such file") from None
    return parse_yaml(content, str(path))


def parse_yaml(content: bytes, place: str) -> Any:
    """What YAML says; BadValue names ``place`` and the line when it cannot be read."""
    try:
        return yaml.load(content.decode("utf-8"), Loader=_Loader)
    except yaml.MarkedYAMLError as error:
        raise BadValue(_line(place, error) + f"{error.problem or error.context}") from error
    except (yaml.YAMLError, ValueError) as error:
        # ValueError: bytes that are no UTF-8, or a day such as 2018-02-30.
        raise BadValue(f"{place}: {error}") from error


def _line(place: str, error: yaml.MarkedYAMLError) -> str:
    mark = error.problem_mark or error.context_mark
    return f"{place}: " if mark is None else f"{place}:{mark.line + 1}: "
