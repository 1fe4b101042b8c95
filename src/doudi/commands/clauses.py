"""`doudi clauses`: every clause of the source page and what carries it."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING, Any

import click

from doudi.commands.common import complain, load, print_json
from doudi.i18n import either
from doudi.i18n import gettext as _

if TYPE_CHECKING:
    from doudi.policies.carriers import Carried, Carrier

_STATES = ("carried", "planned", "reason", "missing")


@click.command("clauses", help="每一条条文由什么承载 · every clause and what carries it")
@click.argument("ids", nargs=-1, metavar="[ID…]")
@click.option(
    "--policy",
    "policy_name",
    help="只看这个政策包；写文件夹则看它自己的条文文件 · only this pack, or the pack in a folder",
)
@click.option("--only", type=click.Choice(_STATES), help="只列这一类 · only clauses in this state")
@click.option("--json", "as_json", is_flag=True, help="输出 JSON · JSON")
def command(ids: tuple[str, ...], policy_name: str | None, only: str | None, as_json: bool) -> None:
    """List the clauses; exit status 1 when one is carried by nothing and has no reason."""
    everything = _clauses(policy_name)
    known = {item.clause.id for item in everything}
    unknown = [name for name in ids if name not in known]
    if unknown:
        complain(either(f"没有条文 {name}", f"there is no clause {name}") for name in unknown)
    shown = [
        item
        for item in everything
        if (not ids or item.clause.id in ids) and (only is None or item.state == only)
    ]
    counts = Counter(item.state for item in everything)
    if as_json:
        data = [_data(item) for item in shown]
        print_json({"clauses": data, "counts": {state: counts[state] for state in _STATES}})
    else:
        for item in shown:
            click.echo(_line(item, whole=bool(ids)))
        click.echo(
            _(
                "共 {all} 条：已承载 {carried}，待后续工作 {planned}，"
                "写明理由 {reason}，遗漏 {missing}"
            ).format(all=len(everything), **{state: counts[state] for state in _STATES})
        )
    if counts["missing"]:
        sys.exit(1)


def _clauses(policy_name: str | None) -> tuple[Carried, ...]:
    """The clauses of the source page, those that one pack carries, or a folder's own file."""
    from doudi.policies import policy_names  # noqa: PLC0415
    from doudi.policies.carriers import carried_by, carried_clauses  # noqa: PLC0415

    if policy_name is None:
        return carried_clauses()
    if policy_name in policy_names():
        return tuple(item for item in carried_clauses() if item.is_carried_in(policy_name))
    pack = load(policy_name)
    # The tests of Doudi are about the clauses of its own page, whatever their ids.
    return carried_by([pack], pack.clauses, tests=pack.folder)


def _line(item: Carried, whole: bool) -> str:
    clause = item.clause
    document = either(clause.document.zh, clause.document.en)
    summary = either(clause.zh, clause.en)
    head = f"{clause.id} ({clause.locator}) {summary}"
    if whole:
        head += f"\n      {document}"
        valid = f"{clause.document.valid_from} … {clause.document.valid_to}"
        head += f" · {clause.document.rank} · {valid}"
    if item.state == "planned":
        head += "\n      " + _("待后续工作：{app}").format(app=clause.planned)
    if clause.reason:
        reason = either(clause.reason.zh, clause.reason.en)
        head += "\n      " + _("不由对象承载：{reason}").format(reason=reason)
    carriers = [*item.objects, *item.tests]
    if carriers:
        head += "\n      " + "  ".join(_carrier(carrier) for carrier in carriers)
    return head


def _carrier(carrier: Carrier) -> str:
    return f"{carrier.sort}:{carrier.name}"


def _data(item: Carried) -> dict[str, Any]:
    clause = item.clause
    return {
        "id": clause.id,
        "lines": list(clause.lines),
        "document": clause.document.name,
        "rank": clause.document.rank,
        "zh": clause.zh,
        "en": clause.en,
        "state": item.state,
        "planned": clause.planned,
        "reason": clause.reason.kind if clause.reason else None,
        "objects": [{"sort": c.sort, "name": c.name, "pack": c.place} for c in item.objects],
        "tests": [c.place for c in item.tests],
    }
