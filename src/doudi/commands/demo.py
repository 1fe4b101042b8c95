"""`doudi demo-data`: a made-up league in the real divisions, to try everything with."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from doudi.commands.common import print_json
from doudi.commands.office.common import OfficeCommand, as_json
from doudi.i18n import gettext as _

PEOPLE, SETTLEMENTS, SEED = 5_000, 500, 2018


@click.command("demo-data", cls=OfficeCommand, help="造一个合成的盟供试用 · a synthetic league")
@click.option("--people", type=click.IntRange(min=1), default=PEOPLE, show_default=True)
@click.option("--seed", type=int, default=SEED, show_default=True)
@click.option("--settlements", type=click.IntRange(min=0), default=SETTLEMENTS, show_default=True)
@as_json
def command(people: int, seed: int, settlements: int, as_json: bool) -> None:
    """The same numbers make the same league; nobody in it exists. Into an empty office only."""
    from doudi.commands.office.setup import prepare_database  # noqa: PLC0415
    from doudi.office.demo.make import make_league  # noqa: PLC0415

    prepare_database()
    made = make_league(people=people, seed=seed, settlements=settlements, bar=_bar)
    if as_json:
        print_json(_counts(made))
    else:
        click.echo("\n".join(_text(made)))


@contextmanager
def _bar(what: str, length: int) -> Iterator[Callable[[int], None]]:
    """A bar on standard error where that is a terminal, else nothing."""
    if not sys.stderr.isatty() or not length:
        yield lambda _done: None
        return
    label = _("人员") if what == "people" else _("结算")
    with click.progressbar(length=length, label=label, file=sys.stderr) as bar:
        yield bar.update


def _counts(made: Any) -> dict[str, Any]:
    league = made.league
    lists = ("chronic", "drug_purchase", "serious", "severe_backstop")
    return {
        "synthetic": True,
        "people": league.people,
        "seed": league.seed,
        "households": made.households,
        "registered": len(league.registered),
        "institutions": made.institutions,
        "settlements": made.claims,
        "lists": {name: league.listed(name) for name in lists},
    }


def _text(made: Any) -> list[str]:
    from doudi.office.demo.figures import ARTICLE, FULL_SIZE  # noqa: PLC0415

    counts = _counts(made)
    names = {
        "chronic": _("慢性病"),
        "drug_purchase": _("代购药品"),
        "serious": _("大病"),
        "severe_backstop": _("重病兜底"),
    }
    size = _("{people} 人，{households} 户，建档立卡 {registered} 人；为全盟 {full} 人的 {share}%")
    lines = [
        _("合成数据：没有一个是真人"),
        size.format(
            people=f"{counts['people']:,}",
            households=f"{counts['households']:,}",
            registered=f"{counts['registered']:,}",
            full=f"{FULL_SIZE:,}",
            share=f"{100 * counts['people'] / FULL_SIZE:.3g}",
        ),
    ]
    for name, label in names.items():
        text = _("{name} {count} 人（全盟 {article}）")
        article = getattr(ARTICLE, name)
        lines.append(
            text.format(name=label, count=f"{counts['lists'][name]:,}", article=f"{article:,}")
        )
    text = _("医疗机构 {institutions} 家，结算 {settlements} 笔")
    lines.append(
        text.format(
            institutions=f"{counts['institutions']:,}", settlements=f"{counts['settlements']:,}"
        )
    )
    return lines
