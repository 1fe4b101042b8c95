"""YAML in which every value knows its line and its place."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

import yaml

from doudi.estimate.household_faults import Fault, HouseholdError, safe

NUMBER = re.compile(r"[+-]?(0|[1-9]\d{0,15})(\.\d{1,15})?")


@dataclass(frozen=True)
class At:
    """A value of the file with its place. A mapping holds At by key, a list holds At."""

    value: Any
    line: int
    path: str
    twice: tuple[str, ...] = field(default=())


def load_located(text: str) -> At:
    """The whole text with its places. Errors: HouseholdError for what is not plain YAML."""
    try:
        for event in yaml.parse(text, Loader=yaml.SafeLoader):
            if isinstance(event, yaml.AliasEvent):
                # An alias can make a small file describe an endless one.
                line = 1 + (event.start_mark.line if event.start_mark is not None else 0)
                zh, en = "不能用别名（*），请写全", "aliases are not read; write it out"
                raise HouseholdError([Fault(line, "", f"*{event.anchor}", zh, en)])
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        if node is None:
            return At(None, 1, "")
        return _located(node, "")
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 1
        problem = getattr(error, "problem", None) or str(error)
        raise HouseholdError(
            [Fault(line, "", None, f"这一行不是合格的YAML（{problem}）", f"not YAML: {problem}")]
        ) from error
    except RecursionError:
        raise HouseholdError([Fault(1, "", None, "嵌套太深", "nested too deeply")]) from None


def _located(node: yaml.Node, path: str) -> At:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        entries: dict[str, At] = {}
        twice = []
        for key_node, value_node in node.value:
            key = safe(str(key_node.value)) if isinstance(key_node, yaml.ScalarNode) else "?"
            if key in entries:
                twice.append(key)
            entries[key] = _located(value_node, f"{path}.{key}" if path else key)
        return At(entries, line, path, tuple(twice))
    if isinstance(node, yaml.SequenceNode):
        items = [_located(item, f"{path}[{place}]") for place, item in enumerate(node.value)]
        return At(items, line, path)
    return At(_scalar(node), line, path)


def _scalar(node: yaml.Node) -> Any:
    """Text, bool, None, date or Decimal. What YAML would turn into something else stays text."""
    text = str(node.value)
    kind = node.tag.rsplit(":", maxsplit=1)[-1]
    if kind == "null":
        return None
    if kind == "bool":
        return yaml.SafeLoader.bool_values[text.lower()]
    if kind in ("int", "float") and NUMBER.fullmatch(text):
        return Decimal(text)
    if kind == "timestamp":
        return date_or_text(text)
    return text


def date_or_text(text: str) -> Any:
    """The date that the text writes, or the text itself."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        return text
