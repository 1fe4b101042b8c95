"""`doudi bench`: the measurements in the checkout's bench/ folder."""

from __future__ import annotations

import runpy
import sys
from pathlib import Path

import click

from doudi.commands.common import complain
from doudi.i18n import either

_FOLDER = Path(__file__).parents[3] / "bench"


@click.command(
    "bench",
    help="测速 · measure speed",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
)
@click.argument("name", default="rules")
@click.argument("options", nargs=-1, type=click.UNPROCESSED)
def command(name: str, options: tuple[str, ...]) -> None:
    """Run one measurement by name with its own options."""
    path = _FOLDER / f"{name}.py"
    if not path.is_file():
        known = "、".join(sorted(found.stem for found in _FOLDER.glob("*.py"))) or "-"
        complain([either(f"没有这项测量；可选：{known}", f"no such measurement; known: {known}")])
    sys.argv = [str(path), *options]
    # As Python does for a script: the measurements share what lies in folders beside them.
    sys.path.insert(0, str(_FOLDER))
    runpy.run_path(str(path), run_name="__main__")
