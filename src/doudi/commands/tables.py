"""What the commands over a whole table of claims share."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import NoReturn

import click

from doudi.commands.common import complain
from doudi.i18n import either
from doudi.population.faults import BadTable


def pair(option: str, text: str) -> tuple[str, str]:
    """``NAME=VALUE`` in two; complains and stops when it has another form."""
    name, sign, value = text.partition("=")
    if not sign or not value.strip():
        complain([either(f"{option} {text}：应写成 名称=值", f"{option} {text}: write NAME=VALUE")])
    return name.strip(), value.strip()


def refuse_table(error: BadTable) -> NoReturn:
    """Print every fault of a table and stop with exit status 2."""
    lines = [either(fault.line_zh, fault.line_en) for fault in error.faults]
    if error.more:
        lines.append(either(f"还有 {error.more} 处", f"and {error.more} more"))
    complain(lines)


def write_whole(path: Path, text: str) -> None:
    """Write the file as a whole, or leave what was there; complains where it cannot be written."""
    try:
        handle, temporary = tempfile.mkstemp(dir=path.parent, suffix=".tmp")
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        Path(temporary).chmod(0o644)
        Path(temporary).replace(path)
    except OSError as error:
        complain([either(f"{path}：写不进去", f"{path}: cannot be written: {error.strerror}")])
    click.echo(either(f"已写入 {path}", f"wrote {path}"), err=True)
