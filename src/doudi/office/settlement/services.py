"""The one-stop window: admit, enter the bill, settle, reverse, correct, pay the own part.

Every service is one transaction under the caller's key. What it changes is written as new rows;
`reverse`, `correct` and a claim found late settle the later claims of the person's year again in
the same transaction, as differences that name what caused them.
"""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from django.db import DatabaseError, transaction
from django.db.models import Max

from doudi.office.audit.services import note, once
from doudi.office.ledger.selectors import balance, last_closed
from doudi.office.ledger.services import (
    Leg,
    cash,
    open_institution_accounts,
    open_patient_account,
    patient,
    post,
)
from doudi.office.registry.models import Division, Person
from doudi.office.registry.selectors import standing_on
from doudi.office.rows import insert_rows
from doudi.office.settlement.entries import Who as Who  # noqa: PLC0414 - callers say who
from doudi.office.settlement.entries import (
    answer_of,
    entry_of,
    settle_again,
    write_entry,
    write_reversal,
)
from doudi.office.settlement.fees import FeeInput, check_fee_lines, fee_line
from doudi.office.settlement.models import (
    Admission,
    Claim,
    Entry,
    FeeLine,
    Instalment,
    Institution,
    PersonYear,
)
from doudi.office.settlement.policy import active_policy, guard, kinds_of_care
from doudi.office.settlement.refusals import Refused
from doudi.office.settlement.selectors import Stay, stay_with_fees
from doudi.office.settlement.years import (
    GAP,
    LockedYear,
    claims_in_force,
    lock_year,
    save_year,
    settle_claim,
)

NEWEST_FIRST = "DOUDI_NEWEST_FIRST"

SETTING_UP = Who("doudi", "set up")


def register_institution(
    *,
    code: str,
    name: str,
    level: int,
    designated: bool,
    inside_league: bool,
    serious_designated: bool = False,
    division: str | None = None,
    who: Who = SETTING_UP,
) -> Institution:
    """A new institution with its accounts; Refused when there is one, or no such division."""
    with transaction.atomic():
        if Institution.objects.filter(code=code).exists():
            raise Refused(f"已有医疗机构 {code}", f"there is an institution {code} already")
        if division is not None and not Division.objects.filter(code=division).exists():
            raise Refused(f"没有这个区划：{division}", f"there is no division {division}")
        institution = Institution.objects.create(
            code=code,
            name=name,
            level=level,
            division_id=division,
            designated=designated,
            inside_league=inside_league,
            serious_designated=serious_designated,
        )
        open_institution_accounts(institution=code)
        note(
            actor=who.actor,
            reason=who.reason,
            service="register_institution",
            subject=f"institution:{code}",
            detail={
                "name": name,
                "level": level,
                "designated": designated,
                "inside_league": inside_league,
                "serious_designated": serious_designated,
                "division": division,
            },
        )
    return institution


def admit(
    *,
    key: str,
    person: str,
    institution: str,
    kind: str,
    admitted_on: date,
    agreement: str,
    who: Who,
    deposit_fen: int = 0,
) -> dict[str, Any]:
    """Admit a person; a registered one in a designated institution without a deposit (H-53, H-56).

    ``person`` is a public id. Answers the admission's public id.
    """

    def act() -> dict[str, Any]:
        admission = _admit(person, institution, kind, admitted_on, agreement, deposit_fen)
        return {"admission": admission.public_id}

    body = {
        "person": person,
        "institution": institution,
        "kind": kind,
        "admitted_on": admitted_on.isoformat(),
        "agreement": agreement,
        "deposit_fen": deposit_fen,
    }
    return _once(key, "admit", person, who, body, act)


def _admit(
    person: str, institution: str, kind: str, day: date, agreement: str, deposit_fen: int
) -> Admission:
    found = Person.objects.filter(public_id=person).first()
    if found is None:
        raise Refused(f"没有这个人：{person}", f"there is no person {person}")
    place = Institution.objects.filter(code=institution).first()
    if place is None:
        raise Refused(f"没有这家医疗机构：{institution}", f"there is no institution {institution}")
    if kind not in kinds_of_care(active_policy()):
        raise Refused(f"没有这种就医类别：{kind}", f"there is no kind of care {kind}")
    if deposit_fen < 0:
        raise Refused("押金不能是负数", "a deposit is not below nothing")
    # Care outside the league is not promised to be without deposit (H-55, H-56).
    promised = kind == "inpatient" and place.designated and place.inside_league
    if promised and standing_on(found.pk, day).registered:
        if deposit_fen:
            raise Refused(
                "建档立卡贫困人口在定点医疗机构住院不交押金",
                "a registered person in a designated institution pays no deposit",
            )
        if not agreement:
            raise Refused(
                "先诊疗后付费须签协议，请填协议编号", "treat first, pay later needs an agreement"
            )
    number = uuid.uuid4().hex
    open_patient_account(admission=number, person=person, institution=institution)
    admission = Admission.objects.create(
        public_id=number,
        person=found,
        institution=place,
        kind=kind,
        admitted_on=day,
        agreement=agreement,
        deposit_fen=deposit_fen,
    )
    if deposit_fen:
        _post_own(admission, deposit_fen, day, "deposit")
    return admission


def enter_fees(*, key: str, admission: str, lines: Sequence[FeeInput], who: Who) -> dict[str, Any]:
    """Add lines to the bill of an admission that is not settled; all of them or none.

    Every line is checked: quantity times price is its total, and its four parts add up to it.
    """

    def act() -> dict[str, Any]:
        found = _admission_for_update(admission)
        if found.claims.exists():
            raise Refused("这次就医已经结算，不能再加费用", "the admission is settled already")
        check_fee_lines(lines)
        start = found.fee_lines.aggregate(last=Max("number"))["last"] or 0
        FeeLine.objects.bulk_create(
            [fee_line(found, start + number, line) for number, line in enumerate(lines, start=1)]
        )
        return {"admission": admission, "lines": len(lines)}

    body = {"admission": admission, "lines": [line.to_dict() for line in lines]}
    return _once(key, "enter_fees", admission, who, body, act)


def settle(
    *, key: str, admission: str, day: date, who: Who, before: str | None = None
) -> dict[str, Any]:
    """Settle an admission on the business date ``day`` (discharge or treatment).

    It counts after the claims settled so far; ``before`` names a claim of the same year before
    which it should have counted, and the later ones are then settled again. Answers the claim,
    the payers' amounts and the own part in fen, and every difference to other claims.
    """
    body = {"admission": admission, "day": day.isoformat(), "before": before}
    return _once(key, "settle", admission, who, body, lambda: _settle(admission, day, who, before))


def settle_visit(
    *,
    key: str,
    person: str,
    institution: str,
    kind: str,
    day: date,
    lines: Sequence[FeeInput],
    who: Who,
) -> dict[str, Any]:
    """An outpatient kind in one step: its bill entered and settled together."""

    def act() -> dict[str, Any]:
        check_fee_lines(lines)
        admission = _admit(person, institution, kind, day, "", 0)
        FeeLine.objects.bulk_create(
            [fee_line(admission, number, line) for number, line in enumerate(lines, start=1)]
        )
        return _settle(admission.public_id, day, who, None)

    body = {
        "person": person,
        "institution": institution,
        "kind": kind,
        "day": day.isoformat(),
        "lines": [line.to_dict() for line in lines],
    }
    return _once(key, "settle_visit", person, who, body, act)


def preview(act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    """What a change would answer, by the same code, taken back at once."""
    with transaction.atomic():
        answer = act()
        transaction.set_rollback(True)
    return answer


def preview_settle(*, admission: str, day: date, before: str | None = None) -> dict[str, Any]:
    """What `settle` would answer; nothing is kept."""
    who = Who("preview", "preview")
    return preview(lambda: _settle(admission, day, who, before))


def preview_reverse(*, claim: str) -> dict[str, Any]:
    """What `reverse` would answer, with every difference; nothing is kept."""
    return preview(lambda: _reverse(claim, Who("preview", "preview")))


def preview_correct(*, claim: str, facts: Mapping[str, Any]) -> dict[str, Any]:
    """What `correct` would answer, with every difference; nothing is kept."""
    return preview(lambda: _correct(claim, facts, Who("preview", "preview")))


def reverse(*, key: str, claim: str, who: Who) -> dict[str, Any]:
    """Take a claim back, once only, and settle the later ones of its year again."""
    return _once(key, "reverse", claim, who, {"claim": claim}, lambda: _reverse(claim, who))


def correct(*, key: str, claim: str, facts: Mapping[str, Any], who: Who) -> dict[str, Any]:
    """Put another claim in the place of ``claim`` with some facts changed (money in fen).

    The old one is reversed, the new one takes its position, and the later ones of the year are
    settled again.
    """
    body = {"claim": claim, "facts": dict(facts)}
    return _once(key, "correct", claim, who, body, lambda: _correct(claim, facts, who))


def reassess(*, key: str, person: str, year: int, who: Who) -> dict[str, Any]:
    """Look up again, for every claim of a year, what the registry now says of its date.

    Claims whose standing changed are corrected, and from the first of them on the year is
    settled again.
    """
    body = {"person": person, "year": year}
    return _once(key, "reassess", person, who, body, lambda: _reassess(person, year, who))


def pay_own(*, key: str, admission: str, amount_fen: int, day: date, who: Who) -> dict[str, Any]:
    """Take a payment of the own part, at once, later or in instalments; never more than is owed."""

    def act() -> dict[str, Any]:
        found = _admission_for_update(admission)
        owed = _owed(found)
        if not 0 < amount_fen <= owed:
            raise Refused(
                f"应收 {owed} 分，不能收 {amount_fen} 分", f"owed {owed}, not {amount_fen} fen"
            )
        _post_own(found, amount_fen, day, "own_payment")
        return {"admission": admission, "paid_fen": amount_fen, "still_owed_fen": owed - amount_fen}

    body = {"admission": admission, "amount_fen": amount_fen, "day": day.isoformat()}
    return _once(key, "pay_own", admission, who, body, act)


def refund_own(*, key: str, admission: str, day: date, who: Who) -> dict[str, Any]:
    """Give back what a correction left the person to have paid too much."""

    def act() -> dict[str, Any]:
        found = _admission_for_update(admission)
        owed = _owed(found)
        if owed >= 0:
            raise Refused("没有多收的钱可退", "nothing was paid too much")
        _post_own(found, owed, day, "refund")
        return {"admission": admission, "refunded_fen": -owed}

    body = {"admission": admission, "day": day.isoformat()}
    return _once(key, "refund_own", admission, who, body, act)


def plan_instalments(
    *, key: str, admission: str, parts: Sequence[tuple[date, int]], who: Who
) -> dict[str, Any]:
    """Agree when the own part is paid: (day, fen) parts that add up to what is owed."""

    def act() -> dict[str, Any]:
        found = _admission_for_update(admission)
        owed = _owed(found)
        total = sum(amount for _day, amount in parts)
        if not parts or any(amount <= 0 for _day, amount in parts):
            raise Refused("每期金额应大于 0", "every part is more than nothing")
        if total != owed:
            raise Refused(
                f"各期合计 {total} 分，应等于应收 {owed} 分", f"parts sum to {total}, owed {owed}"
            )
        if found.instalments.exists():
            raise Refused("已经有分期约定", "there is a plan already")
        Instalment.objects.bulk_create(
            [
                Instalment(admission=found, number=number, due_on=day, amount_fen=amount)
                for number, (day, amount) in enumerate(parts, start=1)
            ]
        )
        return {"admission": admission, "parts": len(parts)}

    body = {
        "admission": admission,
        "parts": [[day.isoformat(), amount] for day, amount in parts],
    }
    return _once(key, "plan_instalments", admission, who, body, act)


def _once(
    key: str,
    service: str,
    subject: str,
    who: Who,
    body: Mapping[str, Any],
    act: Callable[[], dict[str, Any]],
) -> dict[str, Any]:
    return once(
        key=key,
        service=service,
        subject=subject,
        actor=who.actor,
        reason=who.reason,
        body=body,
        act=act,
    )


def _settle(admission: str, day: date, who: Who, before: str | None) -> dict[str, Any]:
    stay = stay_with_fees(admission)
    if stay is None:
        raise Refused(f"没有这次就医：{admission}", f"there is no admission {admission}")
    if stay.settled:
        raise _settled_already()
    if not stay.billed:
        raise Refused("账单没有费用明细，不能结算", "the bill has no lines")
    if day < stay.admitted_on:
        raise Refused(
            f"结算日期 {day} 早于入院日期 {stay.admitted_on}",
            f"settled on {day}, before the admission on {stay.admitted_on}",
        )
    policy = active_policy()
    guard(policy, day)
    standing = standing_on(stay.person, day)
    facts = _facts(stay, standing.registered, standing.serious)
    year = lock_year(stay.person, day.year)
    position = year.row.position + GAP if before is None else _position_before(year.row, before)
    claim = Claim(
        year=year.row,
        position=position,
        admission=Admission(pk=stay.admission, public_id=admission),
        institution_id=stay.institution,
        date=day,
        facts=facts,
        evidence=standing.evidence,
    )
    if before is not None:
        _insert_claim(claim)
        entries = settle_again(policy, year, position, who, None)
        return answer_of(claim, entries)
    explanation = settle_claim(policy, claim, year.row.totals)
    _insert_claim(claim)
    entry = write_entry(year, claim, Entry.Sort.SETTLE, explanation, {}, who)
    year.row.totals = dict(explanation.closing)
    year.row.position = position
    save_year(year.row)
    return answer_of(claim, [entry])


def _insert_claim(claim: Claim) -> None:
    """Insert the first claim of a stay; Refused when another clerk was there meanwhile."""
    try:
        insert_rows([claim])
    except DatabaseError as error:
        if "an_admission_is_settled_once" in str(error):
            raise _settled_already() from error
        if "not for the whole bill" in str(error):
            raise Refused(
                "账单刚刚加了费用，请重新预览再结算", "fee lines were added meanwhile; settle again"
            ) from error
        raise


def _settled_already() -> Refused:
    return Refused("这次就医已经结算，不能再结算一次", "the admission is settled already")


def _facts(stay: Stay, registered: bool, serious: bool) -> dict[str, Any]:
    return {
        "kind": stay.kind,
        "hospital_level": stay.level,
        "outside_league": not stay.inside_league,
        "bill": stay.bill_fen,
        "catalogue": stay.catalogue_fen,
        "registered": registered,
        "serious": serious,
    }


def _position_before(year: PersonYear, before: str) -> int:
    """A place between the named claim and the one that counts before it."""
    claims = claims_in_force(year)
    places = [claim.position for claim in claims if str(claim.pk) == before]
    if not places:
        raise Refused(f"本年没有在用的结算 {before}", f"no claim {before} in force this year")
    earlier = max((claim.position for claim in claims if claim.position < places[0]), default=0)
    middle = (earlier + places[0]) // 2
    if middle <= earlier:
        raise Refused("这两笔之间排不下了", "no room between these two claims")
    return middle


def _reverse(claim_id: str, who: Who) -> dict[str, Any]:
    policy = active_policy()
    claim, year = _claim_for_update(claim_id)
    _check_newest_first(claim, year.row)
    entry = write_reversal(year, claim, who)
    later = settle_again(policy, year, claim.position, who, entry)
    return answer_of(claim, [entry, *later])


def _correct(claim_id: str, changes: Mapping[str, Any], who: Who) -> dict[str, Any]:
    policy = active_policy()
    old, year = _claim_for_update(claim_id)
    _check_newest_first(old, year.row)
    guard(policy, old.date)
    entry = write_reversal(year, old, who)
    new = _replacement(old, changes, old.evidence)
    later = settle_again(policy, year, old.position, who, entry)
    return answer_of(new, [entry, *later])


def _replacement(old: Claim, changes: Mapping[str, Any], evidence: dict[str, Any]) -> Claim:
    unknown = set(changes) - set(old.facts)
    if unknown:
        raise Refused(f"没有这些项：{sorted(unknown)}", f"unknown facts {sorted(unknown)}")
    return Claim.objects.create(
        year=old.year,
        position=old.position,
        admission=old.admission,
        institution=old.institution,
        date=old.date,
        facts={**old.facts, **changes},
        evidence=evidence,
        replaces=old,
    )


def _reassess(person: str, number: int, who: Who) -> dict[str, Any]:
    policy = active_policy()
    found = Person.objects.filter(public_id=person).first()
    if found is None:
        raise Refused(f"没有这个人：{person}", f"there is no person {person}")
    year = lock_year(found.pk, number)
    entries: list[Entry] = []
    first = 0
    for claim in claims_in_force(year.row):
        standing = standing_on(found.pk, claim.date)
        now = {"registered": standing.registered, "serious": standing.serious}
        if all(claim.facts[name] == fact for name, fact in now.items()):
            continue
        claim.year = year.row
        first = first or claim.position
        entries.append(write_reversal(year, claim, who))
        _replacement(claim, now, standing.evidence)
    if entries:
        entries += settle_again(policy, year, first, who, entries[0])
    return {"person": person, "year": number, "differences": [entry_of(item) for item in entries]}


def _claim_for_update(claim_id: str) -> tuple[Claim, LockedYear]:
    """The claim with its year locked; Refused when there is none or it is reversed already."""
    try:
        number = uuid.UUID(claim_id)
    except ValueError:
        raise Refused(f"没有这笔结算：{claim_id}", f"there is no claim {claim_id}") from None
    claim = Claim.objects.select_related("year", "admission").filter(pk=number).first()
    if claim is None:
        raise Refused(f"没有这笔结算：{claim_id}", f"there is no claim {claim_id}")
    year = lock_year(claim.year.person_id, claim.year.year)
    # Only now is it certain that nobody else reverses it at this moment.
    if claim.entries.filter(sort=Entry.Sort.REVERSE).exists():
        raise Refused("这笔结算已经冲销，不能再冲销一次", "the claim is reversed already")
    claim.year = year.row
    return claim, year


def _check_newest_first(claim: Claim, year: PersonYear) -> None:
    if os.environ.get(NEWEST_FIRST) != "1":
        return
    last = claims_in_force(year)[-1]
    if last.pk != claim.pk:
        raise Refused("只能从最近的一笔开始冲销", f"strict mode: reverse claim {last.pk} first")


def _admission_for_update(public_id: str) -> Admission:
    found = Admission.objects.select_for_update().filter(public_id=public_id).first()
    if found is None:
        raise Refused(f"没有这次就医：{public_id}", f"there is no admission {public_id}")
    return found


def _owed(admission: Admission) -> int:
    """What the person still owes for this stay; below 0 when a correction made it less."""
    return balance(patient(admission.public_id))


def _post_own(admission: Admission, amount_fen: int, day: date, code: str) -> None:
    place = admission.institution_id
    leg = Leg(cash(place), patient(admission.public_id), amount_fen)
    post(
        code=code,
        business_date=day,
        legs=[leg],
        closed=last_closed(),
        memo=admission.public_id,
    )
