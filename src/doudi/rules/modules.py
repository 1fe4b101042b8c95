"""The Python files of a pack: read once, and compiled from the very text that is checked.

Python's own cache of compiled files tells two versions of a file apart by its size and by the
second in which it was changed. An edit within that second would run the old rule beside the new
text, so packs are loaded without it.

The files of one folder are the modules of a package that exists only in memory: they import from
each other as ``from .kinds import INPATIENT``, and two versions of a pack never meet.
"""

from __future__ import annotations

import ast
import hashlib
import importlib
import re
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

from doudi.rules.errors import PolicyError, UnreadableRule

_LOADING = threading.RLock()


@dataclass(frozen=True)
class Source:
    """One Python file of a pack as it was read."""

    path: Path
    content: bytes
    tree: ast.Module


def read_sources(folder: Path) -> tuple[Source, ...]:
    """The Python files of the pack in ``folder``, in order of name; UnreadableRule for no Python.

    ``__init__.py`` is none of them: it makes a pack that is installed a part of its package.
    """
    paths = sorted(path for path in folder.glob("*.py") if path.stem != "__init__")
    return tuple(read_source(path) for path in paths)


def read_source(path: Path) -> Source:
    """One Python file as it is; UnreadableRule with file and line for no Python."""
    content = path.read_bytes()
    try:
        return Source(path, content, ast.parse(content, str(path)))
    except SyntaxError as error:
        raise UnreadableRule(f"{path.name}:{error.lineno}: {error.msg}") from error
    except ValueError as error:
        raise UnreadableRule(f"{path.name}: {error}") from error


def import_sources(folder: Path, sources: Sequence[Source]) -> tuple[ModuleType, ...]:
    """Run the files; UnreadableRule with file and line for an error in one of them."""
    package = _package_name(folder, sources)
    # Two threads that load the same pack at once would forget each other's modules midway.
    with _LOADING:
        # Left over from loading the same text before; whoever holds its functions keeps them.
        _forget(package)
        try:
            with _importable(package, folder, sources):
                return tuple(_import_source(package, source) for source in sources)
        except BaseException:
            _forget(package)
            raise


def _package_name(folder: Path, sources: Sequence[Source]) -> str:
    digest = hashlib.sha256(str(folder.resolve()).encode())
    for source in sources:
        digest.update(b"\0" + source.path.name.encode() + b"\0" + source.content)
    return f"doudi_pack_{re.sub(r'[^a-zA-Z0-9]', '_', folder.name)}_{digest.hexdigest()[:12]}"


def _forget(package: str) -> None:
    for name in [name for name in sys.modules if name.split(".", maxsplit=1)[0] == package]:
        del sys.modules[name]


@contextmanager
def _importable(package: str, folder: Path, sources: Sequence[Source]) -> Iterator[None]:
    """While this lasts, the files can be imported as modules of ``package``."""
    holder = ModuleType(package, f"The pack in {folder}.")
    holder.__path__ = []
    sys.modules[package] = holder
    finder = _Finder({f"{package}.{source.path.stem}": source for source in sources})
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


class _Finder:
    """Finds and runs modules of which the text is already in memory."""

    def __init__(self, sources: dict[str, Source]) -> None:
        self.sources = sources

    def find_spec(self, name: str, _path: Any, _target: Any = None) -> ModuleSpec | None:
        source = self.sources.get(name)
        if source is None:
            return None
        loader: Any = self
        spec = ModuleSpec(name, loader, origin=str(source.path))
        spec.has_location = True  # sets __file__
        return spec

    def create_module(self, _spec: ModuleSpec) -> None:
        """None: an ordinary module."""

    def exec_module(self, module: ModuleType) -> None:
        source = self.sources[module.__name__]
        exec(compile(source.tree, str(source.path), "exec", dont_inherit=True), vars(module))


def _import_source(package: str, source: Source) -> ModuleType:
    try:
        return importlib.import_module(f"{package}.{source.path.stem}")
    except PolicyError:
        raise
    except Exception as error:
        raise UnreadableRule(_told(error, source)) from error


def _told(error: Exception, source: Source) -> str:
    """An error of Python with the line of the pack at which it arose."""
    place = source.path.name
    step = error.__traceback__
    while step is not None:
        file = Path(step.tb_frame.f_code.co_filename)
        if file.parent == source.path.parent:
            place = f"{file.name}:{step.tb_lineno}"
        step = step.tb_next
    hint = ""
    if isinstance(error, ModuleNotFoundError):
        sibling = source.path.with_name(f"{error.name}.py")
        hint = f"; write: from .{error.name} import …" if sibling.exists() else ""
    elif isinstance(error, NameError):
        hint = "; import it, for instance from doudi.rules"
    return f"{place}: {error}{hint}"
