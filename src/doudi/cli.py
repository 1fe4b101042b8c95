"""The command line: `./doudi COMMAND`. Each command is loaded only when it is called."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

import click

from doudi.i18n import LANGUAGE_VARIABLE, LANGUAGES

_COMMANDS = {
    "demo": "doudi.commands.demo_site",
    "serve": "doudi.commands.serve",
    "welcome": "doudi.commands.welcome",
    "estimate": "doudi.commands.estimate",
    "settle": "doudi.commands.settle",
    "simulate": "doudi.commands.simulate",
    "synthetic-claims": "doudi.commands.synthetic",
    "policy": "doudi.commands.policy",
    "compare": "doudi.commands.compare",
    "solve": "doudi.commands.solve",
    "fit": "doudi.commands.fit",
    "prove": "doudi.commands.prove",
    "clauses": "doudi.commands.clauses",
    "sources": "doudi.commands.sources",
    "manage": "doudi.commands.manage",
    "audit": "doudi.commands.audit",
    "demo-data": "doudi.commands.demo",
    "bench": "doudi.commands.bench",
}


class _Commands(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:
        del ctx
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        del ctx
        if cmd_name not in _COMMANDS:
            return None
        command: click.Command = importlib.import_module(_COMMANDS[cmd_name]).command
        return command


def _choose_language(ctx: click.Context, param: click.Parameter, value: str | None) -> None:
    del ctx, param
    if value:
        os.environ[LANGUAGE_VARIABLE] = value


@click.command(
    cls=_Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    help="兜底：扶贫能给多少钱，分毫不差，也说清楚有多确定。\n\nDoudi: what poverty relief gives.",
)
@click.option(
    "--lang",
    type=click.Choice(LANGUAGES),
    expose_value=False,
    is_eager=True,
    callback=_choose_language,
    help="中文或英文 · Chinese or English",
)
@click.pass_context
def main(ctx: click.Context) -> Any:
    """Without a command: the demonstration, served."""
    if ctx.invoked_subcommand is None:
        from doudi.commands.demo_site import command  # noqa: PLC0415

        with command.make_context("demo", [], parent=ctx) as demo:
            command.invoke(demo)


def run() -> None:
    """Entry point of the console script and of ``python -m doudi``."""
    main(language_first(sys.argv[1:]), prog_name="doudi")


def language_first(arguments: list[str]) -> list[str]:
    """``--lang en`` may stand anywhere; it is moved to the front, where the group reads it."""
    if "--lang" not in arguments:
        return arguments
    at = arguments.index("--lang")
    return [*arguments[at : at + 2], *arguments[:at], *arguments[at + 2 :]]
