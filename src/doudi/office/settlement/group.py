"""Settling any number of stays at once, each for itself, with a fixed number of statements.

Read what all of them meet; lock the years of those that go on, always in one order; work each out
by the rules of the pack, those of one year one after the other; write all of it at once. On
PostgreSQL the years may also be taken as they were met: when somebody else changed one meanwhile,
its next entry is taken, nothing of the group can be written, and it goes again with locks.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone

from doudi.office.audit.models import Call
from doudi.office.audit.services import check_call, request_hash, same_answer
from doudi.office.ledger.models import PAYERS
from doudi.office.ledger.services import Drafted, write_with_postings
from doudi.office.registry.models import Person
from doudi.office.rows import Held, Row, Rows
from doudi.office.settlement.eligibility import Eligibility, eligibility_from
from doudi.office.settlement.entries import Who, draft_changes
from doudi.office.settlement.instalments import plans_follow
from doudi.office.settlement.meeting import Met, Stay, meet
from doudi.office.settlement.models import Claim, Entry, PersonYear
from doudi.office.settlement.policy import active_policy, guard
from doudi.office.settlement.refusals import Refused
from doudi.office.settlement.texts import text_for
from doudi.office.settlement.versions import write_version
from doudi.office.settlement.years import GAP, SeenYear, lock_years, rows_of_years, work_out
from doudi.rules.explain import Explanation
from doudi.rules.frozen import numbers_of
from doudi.rules.policy import Policy

SERVICE = "settle"


@dataclass(frozen=True)
class Request:
    """One stay to settle on a business date; ``key`` is None inside another service."""

    key: str | None
    admission: str
    day: date
    who: Who

    @property
    def body(self) -> dict[str, Any]:
        """What was asked, as the call keeps it."""
        return {"admission": self.admission, "day": self.day.isoformat(), "before": None}

    def check(self) -> None:
        """BadCall for what the records cannot hold."""
        check_call(
            key=self.key,
            actor=self.who.actor,
            reason=self.who.reason,
            subject=self.admission,
        )

    @property
    def digest(self) -> str:
        """What tells this request from another one under its key."""
        return request_hash(SERVICE, self.admission, self.body)


Outcome = dict[str, Any] | Exception
"""What a request is answered, or why it is refused."""


@dataclass(frozen=True)
class _Ready:
    """A request that nothing speaks against."""

    request: Request
    stay: Stay
    eligibility: Eligibility
    seen: SeenYear | None

    @property
    def year(self) -> tuple[int, int]:
        return self.stay.person, self.request.day.year


class NeedsLocks(Exception):
    """Nothing was written: these stays are not settled by two statements."""


def settle_stays(requests: Sequence[Request]) -> list[Outcome]:
    """Settle stays inside the caller's transaction; no key and no admission comes twice.

    Each is answered or refused for itself. What is raised, and not given back as an outcome, is
    of all of them: nothing must be kept then.
    """
    looked = _Looked(requests)
    if looked.ready:
        if not looked.text_kept:
            write_version(looked.policy)
        years = lock_years({one.year for one in looked.ready})
        if any(one.stay.last_claim is not None for one in looked.ready):
            # Who changes the registry holds the years too. For a first claim the database looks
            # itself, but one that replaces another may rest on what that was settled by.
            looked = _Looked(requests)
        looked.settle(years)
        looked.let_plans_follow()
    return looked.outcomes


def settle_stays_unlocked(requests: Sequence[Request]) -> list[Outcome]:
    """As `settle_stays`, outside a transaction on PostgreSQL: one statement reads, one writes.

    That statement is the transaction: it takes the years' rows before it writes anything else,
    and fails as a whole when an entry of one of them was written since they were read. So after
    any error the same requests can come again with locks. NeedsLocks for stays that were settled
    before, and while the policy's text is not kept.
    """
    looked = _Looked(requests)
    if looked.ready:
        if not looked.text_kept or any(one.stay.last_claim is not None for one in looked.ready):
            raise NeedsLocks("there is more to write than settlements")
        looked.settle(looked.seen)
    return looked.outcomes


class _Looked:
    """What became of requests, those first that were answered or refused when they were read."""

    def __init__(self, requests: Sequence[Request]) -> None:
        self.policy = active_policy()
        self._text = text_for(self.policy)
        met = meet([(one.key, one.admission, one.day) for one in requests], self._text.id)
        self._found = [_look(self.policy, *pair) for pair in zip(requests, met, strict=True)]
        self.ready = [one for one in self._found if isinstance(one, _Ready)]
        self.text_kept = met[0].text_kept
        self._answers: dict[Request, dict[str, Any]] = {}

    @property
    def seen(self) -> dict[tuple[int, int], SeenYear]:
        """The years as they were met; the same one for all stays of it."""
        return {one.year: one.seen for one in reversed(self.ready) if one.seen is not None}

    def settle(self, years: Mapping[tuple[int, int], SeenYear]) -> None:
        """Settle and write those that are ready."""
        writing = _Writing(self.policy, self._text.id, timezone.now())
        self._answers = {one.request: writing.settle(one, years[one.year]) for one in self.ready}
        writing.write(years.values())

    def let_plans_follow(self) -> None:
        """For stays that were settled before: what was agreed on paying goes on from there."""
        again = [
            self._answers[one.request]["claim"]
            for one in self.ready
            if one.stay.last_claim is not None
        ]
        if again:
            plans_follow(list(Entry.objects.filter(claim_id__in=again).select_related("claim")))

    @property
    def outcomes(self) -> list[Outcome]:
        """For each request what it is answered or refused for."""
        return [
            self._answers[one.request] if isinstance(one, _Ready) else one for one in self._found
        ]


def _look(policy: Policy, request: Request, met: Met) -> Outcome | _Ready:
    try:
        if met.kept is not None and request.key is not None:
            return same_answer(request.key, request.digest, *met.kept)
        stay = check_stay(request.admission, request.day, met.stay)
        guard(policy, request.day)
        return _Ready(request, stay, eligible(stay, met, request.day), met.year)
    except Exception as refusal:
        return refusal


def check_stay(admission: str, day: date, stay: Stay | None) -> Stay:
    """The stay that can be settled on this day; Refused when it cannot."""
    if stay is None:
        raise Refused(f"没有这次就医：{admission}", f"there is no admission {admission}")
    if stay.settled:
        raise settled_already()
    if not stay.billed:
        raise Refused("账单没有费用明细，不能结算", "the bill has no lines")
    if day < stay.admitted_on:
        raise Refused(
            f"结算日期 {day} 早于入院日期 {stay.admitted_on}",
            f"settled on {day}, before the admission on {stay.admitted_on}",
        )
    return stay


def settled_already() -> Refused:
    """Another clerk was there before."""
    return Refused("这次就医已经结算，不能再结算一次", "the admission is settled already")


def eligible(stay: Stay, met: Met, day: date) -> Eligibility:
    """What the person is entitled to in this stay; NotEnrolled."""
    return eligibility_from(met.standing, day=day, serious_designated=stay.serious_designated)


def facts_of(stay: Stay, eligibility: Eligibility) -> dict[str, Any]:
    """The facts of a claim as the stay, its bill and the registry give them."""
    return {
        "kind": stay.kind,
        "hospital_level": stay.level,
        "outside_league": not stay.inside_league,
        "bill": stay.bill_fen,
        "catalogue": stay.catalogue_fen,
        **eligibility.facts,
    }


class _Writing:
    """The rows of a group of settlements, collected and then written together."""

    def __init__(self, policy: Policy, text: uuid.UUID, now: datetime) -> None:
        self._policy, self._text, self._now = policy, text, now
        self._claims: list[Row] = []
        self._postings: list[Drafted] = []
        self._entries: list[Row] = []
        self._calls: list[Row] = []

    def settle(self, ready: _Ready, year: SeenYear) -> dict[str, Any]:
        """Work one stay out on top of its year so far; what it is answered."""
        request, row = ready.request, year.row
        facts = facts_of(ready.stay, ready.eligibility)
        explanation = work_out(self._policy, facts, request.day, row.totals)
        row.totals = row.totals | explanation.closing
        row.sequence += 1
        row.position += GAP
        claim = uuid.uuid4()
        self._claims.append(self._claim(claim, ready, row, facts))
        drafted = draft_changes(
            claim=claim,
            admission=request.admission,
            institution=ready.stay.institution,
            day=request.day,
            changes=explanation.outputs,
            sort=Entry.Sort.SETTLE,
            closed=year.closed,
        )
        if drafted is not None:
            self._postings.append(drafted)
        self._entries.append(self._entry(claim, ready, row, explanation, drafted))
        answer = answer_for(claim, ready.request, explanation)
        if request.key is not None:
            self._calls.append(self._call(request, answer))
        return answer

    def write(self, years: Iterable[SeenYear]) -> None:
        """Write all of it, in an order that groups share, so that none waits in a circle.

        The persons come first, whose standing nobody may change now, and then the years: who holds
        those, or has them next, may write the rest.
        """
        claims = sorted(self._claims, key=lambda claim: claim["admission_id"])
        calls = sorted(self._calls, key=lambda call: call["key"])
        rows = [year.row for year in years]
        write_with_postings(
            self._postings,
            held=Held(Person, sorted({row.person_id for row in rows})),
            before=[rows_of_years(rows), Rows(Claim, claims)],
            after=[Rows(Entry, self._entries), Rows(Call, calls)],
        )

    def _claim(
        self, claim: uuid.UUID, ready: _Ready, year: PersonYear, facts: dict[str, Any]
    ) -> Row:
        return {
            "id": claim,
            "year_id": year.pk,
            "position": year.position,
            "admission_id": ready.stay.admission,
            "institution_id": ready.stay.institution,
            "date": ready.request.day,
            "facts": facts,
            "evidence": ready.eligibility.evidence,
            "replaces_id": ready.stay.last_claim,
            "recorded_at": self._now,
        }

    def _entry(
        self,
        claim: uuid.UUID,
        ready: _Ready,
        year: PersonYear,
        explanation: Explanation,
        drafted: Drafted | None,
    ) -> Row:
        return {
            "id": uuid.uuid4(),
            "year_id": year.pk,
            "number": year.sequence,
            "claim_id": claim,
            "sort": Entry.Sort.SETTLE.value,
            "cause_id": None,
            "outputs": explanation.outputs,
            "changes": explanation.outputs,
            "opening": dict(explanation.opening),
            "closing": dict(explanation.closing),
            "numbers": numbers_of(explanation),
            "text_id": self._text,
            "posting_id": None if drafted is None else drafted.posting["id"],
            "actor": ready.request.who.actor,
            "reason": ready.request.who.reason,
            "recorded_at": self._now,
        }

    def _call(self, request: Request, answer: dict[str, Any]) -> Row:
        return {
            "key": request.key,
            "body_hash": request.digest,
            "service": SERVICE,
            "subject": request.admission,
            "actor": request.who.actor,
            "reason": request.who.reason,
            "detail": request.body,
            "answer": answer,
            "recorded_at": self._now,
        }


def answer_for(claim: uuid.UUID, request: Request, explanation: Explanation) -> dict[str, Any]:
    """What a settlement that changes no other claim is answered; see `entries.answer_of`."""
    outputs = explanation.outputs
    return {
        "claim": str(claim),
        "admission": request.admission,
        "date": request.day.isoformat(),
        "bill_fen": explanation.facts["bill"],
        "payers": {payer: outputs[f"{payer}_pay"] for payer in PAYERS},
        "own_fen": outputs["own_pay"],
        "differences": [],
    }
