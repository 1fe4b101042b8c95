"""When the own part is paid: agreeing on parts, and following corrections of what is owed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from doudi.money import yuan
from doudi.office.ledger.selectors import balance
from doudi.office.ledger.services import patient
from doudi.office.settlement.entries import Who
from doudi.office.settlement.locks import lock_admission
from doudi.office.settlement.models import Admission, Entry, Instalment, InstalmentPlan
from doudi.office.settlement.refusals import Refused
from doudi.office.settlement.requests import do_once

Part = tuple[date, int]
"""The day by which it is due, and fen."""


def plan_instalments(
    *, key: str, admission: str, parts: Sequence[Part], who: Who
) -> dict[str, Any]:
    """Agree when the own part is paid: (day, fen) parts that add up to what is owed."""

    def act() -> dict[str, Any]:
        found = lock_admission(admission)
        owed = balance(patient(admission))
        total = sum(amount for _day, amount in parts)
        if not parts or any(amount <= 0 for _day, amount in parts):
            raise Refused("每期金额应大于 0", "every part is more than nothing")
        if total != owed:
            raise Refused(
                f"各期合计 {yuan(total)} 元，应等于应收 {yuan(owed)} 元",
                f"the parts sum to {yuan(total)} yuan, {yuan(owed)} are owed",
            )
        if open_parts(admission):
            raise Refused("已经有分期约定", "there is a plan already")
        _write_plan(found, parts, None)
        return {"admission": admission, "parts": len(parts)}

    body = {
        "admission": admission,
        "parts": [[day.isoformat(), amount] for day, amount in parts],
    }
    return do_once(key, "plan_instalments", admission, who, body, act)


def open_parts(admission: str) -> list[Part]:
    """The parts of the plan in force that are not paid, the first due first; [] without a plan."""
    plan = InstalmentPlan.objects.filter(admission__public_id=admission).order_by("-number").first()
    return [] if plan is None else _unpaid(_parts(plan), balance(patient(admission)))


def plans_follow(entries: Sequence[Entry]) -> None:
    """After entries that changed what is owed: a new plan for each stay that has one.

    Who owes less pays the last parts less or not at all; who owes more pays it with the last open
    part, or on the day of the claim where none was open. Each new plan names the entry.
    """
    changed: dict[int, int] = {}
    last: dict[int, Entry] = {}
    for entry in entries:
        place = entry.claim.admission_id
        changed[place] = changed.get(place, 0) + entry.changes.get("own_pay", 0)
        last[place] = entry
    moved = [place for place, change in changed.items() if change]
    if not moved:
        return
    planned = InstalmentPlan.objects.filter(admission__in=moved).values("admission")
    # In order, so that two corrections do not wait for each other.
    stays = Admission.objects.select_for_update().filter(pk__in=planned).order_by("pk")
    for stay in stays:
        plan = stay.plans.order_by("-number")[0]
        owed = balance(patient(stay.public_id))
        before = _unpaid(_parts(plan), owed - changed[stay.pk])
        _write_plan(stay, parts_for(before, owed, last[stay.pk].claim.date), last[stay.pk])


def parts_for(before: Sequence[Part], owed: int, day: date) -> list[Part]:
    """The open parts changed so that they come to ``owed`` fen; none where nothing is owed."""
    more = owed - sum(amount for _due, amount in before)
    if more <= 0:
        return _first(before, owed)
    if not before:
        return [(day, more)]
    due, amount = before[-1]
    return [*before[:-1], (due, amount + more)]


def _first(parts: Sequence[Part], owed: int) -> list[Part]:
    """The first ``owed`` fen of the parts."""
    kept: list[Part] = []
    for due, amount in parts:
        part = min(amount, owed - sum(taken for _due, taken in kept))
        if part > 0:
            kept.append((due, part))
    return kept


def _unpaid(parts: Sequence[Part], owed: int) -> list[Part]:
    """The last ``owed`` fen of the parts: payments go to those due first."""
    left = _first([*reversed(parts)], owed)
    return [*reversed(left)]


def _parts(plan: InstalmentPlan) -> list[Part]:
    return list(plan.parts.order_by("number").values_list("due_on", "amount_fen"))


def _write_plan(admission: Admission, parts: Sequence[Part], cause: Entry | None) -> None:
    plan = InstalmentPlan.objects.create(
        admission=admission, number=admission.plans.count() + 1, cause=cause
    )
    Instalment.objects.bulk_create(
        Instalment(plan=plan, number=number, due_on=due, amount_fen=amount)
        for number, (due, amount) in enumerate(parts, start=1)
    )
