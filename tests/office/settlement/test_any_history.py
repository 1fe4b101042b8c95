"""After any history a person's year is the plain fold of the claims in force, to the fen.

The machine below does what offices do, in any order, and keeps its own books: a list of claims in
the order in which they count, what was paid, and who was registered when. The amounts come from
the naive working of semantics.md, which shares no code with the office or with the rules.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from tests.office.builders import (
    DAY,
    OUTPATIENT_KINDS,
    OUTPUTS,
    SAID,
    WHO,
    YUAN,
    corrected_lines,
    differences,
    hospital,
    in_force,
    line,
    new_key,
    owes,
    pay,
    plain_fold,
    register,
    rows_of,
    six,
    someone,
    stay,
)

from doudi.office.ledger.models import PAYERS, Posting, Transfer
from doudi.office.ledger.selectors import trial_balance
from doudi.office.ledger.services import patient, pending
from doudi.office.registry import services as registry
from doudi.office.registry.errors import RegistryRefused
from doudi.office.settlement import services
from doudi.office.settlement.checks import check_everything
from doudi.office.settlement.models import Claim, Entry, PersonYear

EXAMPLES, STEPS = 30, 16

Amounts = tuple[int, ...]
TOTALS = {
    "inpatient_basic": "basic",
    "left_after_basic": "left_after_basic",
    "inpatient_critical": "critical",
    "inpatient_assistance": "assistance",
    "family_bed_pay": "family_bed",
    "registered_own": "own_while_registered",
}
"""The year's totals by the name of the office and of the naive fold."""

bills = st.one_of(
    st.integers(1, 50_000),
    st.sampled_from((600, 1_000, 4_200, 5_000, 14_000, 50_000, 160_000)).map(lambda n: n * YUAN),
    st.integers(1, 60_000_000),
)
percents = st.sampled_from((0, 50, 90, 100))
days = st.integers(0, 364).map(lambda days: date(2018, 1, 1) + timedelta(days=days))
places = st.sampled_from([(1, True), (2, True), (3, True), (3, False)])
picks = st.integers(0, 20)


@dataclass
class Known:
    """A claim in force, as the test has it in its own books."""

    id: str
    admission: str
    place: str
    day: date
    facts: dict[str, Any]


@dataclass
class Period:
    """Days on which something holds of the person."""

    id: int
    since: date
    until: date | None

    def holds(self, day: date) -> bool:
        return self.since <= day and (self.until is None or day <= self.until)


class Office(RuleBasedStateMachine):
    """One person's 2018."""

    def __init__(self) -> None:
        super().__init__()
        self.example = transaction.atomic()
        self.example.__enter__()
        self.person = someone(registered=False)
        self.claims: list[Known] = []
        self.reversed: list[Known] = []
        self.seen: list[str] = []
        self.taken: dict[str, int] = {}
        self.registered: list[Period] = []
        self.serious: list[Period] = []
        self.entries: dict[str, Any] = {}
        self.last: Callable[[], dict[str, Any]] | None = None
        self.last_answer: dict[str, Any] = {}

    def teardown(self) -> None:
        try:
            connection.check_constraints()
            assert check_everything().faults == []
        finally:
            transaction.set_rollback(True)
            self.example.__exit__(None, None, None)

    # -- The test's own books ----------------------------------------------------------------

    def worked_out(self) -> dict[str, Amounts]:
        fold = plain_fold()
        self.fold = fold
        return {claim.id: fold.settle(claim.facts) for claim in self.claims}

    def standing(self, day: date, designated: bool) -> dict[str, bool]:
        return {
            "registered": any(period.holds(day) for period in self.registered),
            "serious": designated and any(period.holds(day) for period in self.serious),
        }

    def facts(self, kind: str, place: tuple[int, bool], bill: int, percent: int, day: date) -> Any:
        return {
            "kind": kind,
            "hospital_level": place[0],
            "outside_league": not place[1],
            "bill": bill,
            "catalogue": bill * percent // 100,
            **self.standing(day, place[1]),
        }

    def expect(self, before: dict[str, Amounts], answer: dict[str, Any]) -> None:
        """What the service says of the other claims is what the books say of them."""
        after = self.worked_out()
        changed = {
            claim: {
                name: new - old
                for name, old, new in zip(
                    OUTPUTS, before.get(claim, (0,) * 6), after.get(claim, (0,) * 6), strict=True
                )
                if new != old
            }
            for claim in {**before, **after}
        }
        own = answer.get("claim")
        if own is not None:
            assert six(answer) == after.get(own, (0,) * 6)
            changed.pop(own, None)
        said = differences(answer)
        said.pop(own or "", None)
        assert {name: item for name, item in said.items() if item} == {
            name: item for name, item in changed.items() if item
        }

    def do(self, act: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        """Do something under a key that may be used again by `repeat_the_last_request`."""
        self.last, self.last_answer = act, act()
        return self.last_answer

    # -- What an office does -----------------------------------------------------------------

    @rule(place=places, bill=bills, percent=percents, day=days, pick=st.none() | picks)
    def settle(
        self, place: tuple[int, bool], bill: int, percent: int, day: date, pick: int | None
    ) -> None:
        """A stay, counted last or, found late, before another."""
        code = hospital(place[0], inside=place[1], designated=place[1], serious=place[1])
        facts = self.facts("inpatient", place, bill, percent, day)
        admission = stay(self.person, bill, facts["catalogue"], at=code, on=day)
        index = len(self.claims) if pick is None or not self.claims else pick % len(self.claims)
        found_late = index < len(self.claims)
        before = self.claims[index].id if found_late else None
        books, key = self.worked_out(), new_key()
        seen = services.preview_settle(admission=admission, day=day, before=before)
        answer = self.do(
            lambda: services.settle(key=key, admission=admission, day=day, who=WHO, before=before)
        )
        assert {**seen, "claim": ""} == {**answer, "claim": ""}
        self.claims.insert(index, Known(answer["claim"], admission, code, day, facts))
        self.seen.append(admission)
        self.expect(books, answer)

    @rule(kind=st.sampled_from(OUTPATIENT_KINDS), bill=bills, percent=percents, day=days)
    def visit(self, kind: str, bill: int, percent: int, day: date) -> None:
        facts = self.facts(kind, (3, True), bill, percent, day)
        books, key = self.worked_out(), new_key()
        answer = self.do(
            lambda: services.settle_visit(
                key=key,
                person=self.person.public_id,
                institution=hospital(),
                kind=kind,
                day=day,
                lines=[line(bill, facts["catalogue"])],
                who=WHO,
            )
        )
        admission = Claim.objects.get(pk=answer["claim"]).admission.public_id
        self.claims.append(Known(answer["claim"], admission, hospital(), day, facts))
        self.seen.append(admission)
        self.expect(books, answer)

    @precondition(lambda self: self.claims)
    @rule(pick=picks)
    def reverse(self, pick: int) -> None:
        claim = self.claims[pick % len(self.claims)]
        books, key = self.worked_out(), new_key()
        seen = services.preview_reverse(claim=claim.id)
        answer = self.do(lambda: services.reverse(key=key, claim=claim.id, who=WHO))
        assert seen == answer
        self.claims.remove(claim)
        self.reversed.append(claim)
        self.expect(books, answer)

    @precondition(lambda self: self.reversed)
    @rule(pick=picks, day=days)
    def settle_again(self, pick: int, day: date) -> None:
        """A stay whose settlement was taken back, discharged on another day after all."""
        old = self.reversed[pick % len(self.reversed)]
        if day < old.day:
            return
        self.reversed.remove(old)
        books, key = self.worked_out(), new_key()
        answer = self.do(
            lambda: services.settle(key=key, admission=old.admission, day=day, who=WHO)
        )
        facts = old.facts | self.standing(day, not old.facts["outside_league"])
        self.claims.append(Known(answer["claim"], old.admission, old.place, day, facts))
        self.expect(books, answer)

    @precondition(lambda self: self.claims)
    @rule(pick=picks, bill=bills, percent=percents)
    def correct(self, pick: int, bill: int, percent: int) -> None:
        index = pick % len(self.claims)
        old = self.claims[index]
        facts = {"bill": bill, "catalogue": bill * percent // 100}
        books, key = self.worked_out(), new_key()
        lines = corrected_lines(old.id, facts["bill"], facts["catalogue"])
        seen = services.preview_correct(claim=old.id, lines=lines)
        answer = self.do(lambda: services.correct(key=key, claim=old.id, lines=lines, who=WHO))
        assert seen["differences"] == answer["differences"]
        new = Known(answer["claim"], old.admission, old.place, old.day, old.facts | facts)
        self.claims[index] = new
        self.expect(books, answer)

    @rule(since=days, length=st.none() | st.integers(0, 200))
    def register(self, since: date, length: int | None) -> None:
        until = None if length is None else since + timedelta(days=length)
        try:
            number = register(self.person, since, until)
        except RegistryRefused:
            return  # overlaps another period
        self.registered.append(Period(number, since, until))

    @precondition(lambda self: any(period.until is None for period in self.registered))
    @rule(length=st.integers(0, 200))
    def end_registration(self, length: int) -> None:
        [period] = [item for item in self.registered if item.until is None]
        period.until = period.since + timedelta(days=length)
        registry.end_registration(**SAID, period_id=period.id, valid_to=period.until)

    @precondition(lambda self: self.registered)
    @rule(pick=picks)
    def withdraw_registration(self, pick: int) -> None:
        period = self.registered.pop(pick % len(self.registered))
        registry.withdraw_registration(**SAID, period_id=period.id)

    @rule(since=days)
    def list_as_serious(self, since: date) -> None:
        if any(item.until is None or item.until >= since for item in self.serious):
            return
        listing = registry.list_disease(
            **SAID,
            person_id=self.person.pk,
            list="serious",
            disease="胃癌",
            valid_from=since,
            document="卫健〔2018〕1号",
        )
        self.serious.append(Period(listing.pk, since, None))

    @rule()
    def reassess(self) -> None:
        books, key = self.worked_out(), new_key()
        answer = self.do(
            lambda: services.reassess(key=key, person=self.person.public_id, year=2018, who=WHO)
        )
        replaced = Claim.objects.filter(replaces__isnull=False).values_list("replaces_id", "pk")
        by_old = {str(old): str(new) for old, new in replaced}
        for claim in self.claims:
            now = self.standing(claim.day, not claim.facts["outside_league"])
            if claim.facts != claim.facts | now:
                claim.facts = claim.facts | now
                claim.id = by_old[claim.id]
        self.expect(books, answer)

    @precondition(lambda self: self.seen)
    @rule(pick=picks, half=st.booleans())
    def pay(self, pick: int, half: bool) -> None:
        admission = self.seen[pick % len(self.seen)]
        owed = owes(admission)
        if owed > 0:
            amount = -(-owed // 2) if half else owed
            pay(admission, amount)
            self.taken[admission] = self.taken.get(admission, 0) + amount
        elif owed < 0:
            services.refund_own(key=new_key(), admission=admission, day=DAY, who=WHO)
            self.taken[admission] += owed

    @precondition(lambda self: self.last)
    @rule()
    def repeat_the_last_request(self) -> None:
        assert self.last is not None
        kept = rows_of(Entry, Claim, Transfer, Posting)
        assert self.last() == self.last_answer
        assert rows_of(Entry, Claim, Transfer, Posting) == kept

    # -- What holds at any moment --------------------------------------------------------------

    @invariant()
    def every_claim_comes_to_what_the_books_say(self) -> None:
        expected = self.worked_out()
        found = in_force(self.person)
        assert {claim: amounts for claim, amounts in found.items() if claim in expected} == expected
        assert not any(any(found[claim]) for claim in set(found) - set(expected))

    @invariant()
    def the_totals_of_the_year_are_those_of_the_fold(self) -> None:
        self.worked_out()
        year = PersonYear.objects.filter(person=self.person).first()
        stored = {} if year is None else year.totals
        for ours, naive in TOTALS.items():
            assert stored.get(ours, 0) == getattr(self.fold.year, naive), ours

    @invariant()
    def patients_and_payers_owe_what_the_books_say(self) -> None:
        amounts = self.worked_out()
        own = dict.fromkeys(self.seen, 0)
        payers: dict[str, Amounts] = {claim.place: (0,) * 5 for claim in self.claims}
        for claim in self.claims:
            own[claim.admission] += amounts[claim.id][5]
            sums = zip(payers[claim.place], amounts[claim.id][:5], strict=True)
            payers[claim.place] = tuple(one + other for one, other in sums)
        balances = {row.account: row.balance_fen for row in trial_balance()}
        for admission, amount in own.items():
            owed = balances.get(patient(admission), 0)
            assert owed == amount - self.taken.get(admission, 0)
        for place, expected in payers.items():
            assert tuple(balances.get(pending(payer, place), 0) for payer in PAYERS) == expected
        assert sum(balances.values()) == 0

    @invariant()
    def entries_are_only_ever_added(self) -> None:
        entries = list(Entry.objects.order_by("number").values())
        assert [entry["number"] for entry in entries] == list(range(1, len(entries) + 1))
        for entry in entries:
            assert self.entries.setdefault(str(entry["id"]), entry) == entry
            assert (entry["sort"] != "difference") or entry["cause_id"] is not None
        assert len(entries) == len(self.entries)


@pytest.mark.django_db
@pytest.mark.clause("H-14")
def test_after_any_history_the_year_is_the_plain_fold_of_what_is_in_force() -> None:
    run_state_machine_as_test(
        Office,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=STEPS,
            suppress_health_check=list(HealthCheck),
            deadline=None,
        ),
    )
