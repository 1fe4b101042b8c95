"""A clock that cannot be relied on: the year comes from the business date, the order from numbers.

The clock of the computer is only written down (``recorded_at``). Here it jumps a day back, a day
on and over 31 December, between the steps of a day and inside every transaction.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from random import Random
from uuid import UUID

import pytest
from django.utils import timezone
from tests.office.builders import (
    SAID,
    WHO,
    correct,
    in_force,
    new_key,
    owes,
    pay,
    register,
    settled,
    someone,
    stay,
)

from doudi.office.audit import chain
from doudi.office.audit.models import Call, Seal
from doudi.office.ledger import services as ledger
from doudi.office.registry.models import Person
from doudi.office.settlement import services
from doudi.office.settlement.checks import check_everything
from doudi.office.settlement.models import Claim, Entry
from doudi.policies import policy
from doudi.rules.policy import Policy

pytestmark = pytest.mark.real_commits

LAST, FIRST = date(2018, 12, 31), date(2019, 1, 1)
NEW_YEAR = datetime(2019, 1, 1, tzinfo=timezone.get_fixed_timezone(8 * 60)).astimezone(UTC)
A_DAY, A_MOMENT = timedelta(days=1), timedelta(microseconds=1)
JUMPS = (
    NEW_YEAR - A_MOMENT,
    NEW_YEAR - A_DAY,
    NEW_YEAR + A_DAY,
    NEW_YEAR,
    NEW_YEAR - 2 * A_DAY,
    NEW_YEAR - A_MOMENT,
    NEW_YEAR + 365 * A_DAY,
    datetime(1970, 1, 1, tzinfo=UTC),
)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every look at the clock finds it elsewhere; the pack is good for two years."""
    chance = Random(20181231)
    monkeypatch.setattr(timezone, "now", lambda: chance.choice(JUMPS))
    pack = for_two_years(policy("hinggan-2018"))
    monkeypatch.setattr("doudi.office.settlement.policy.pack", lambda: pack)


def for_two_years(pack: Policy) -> Policy:
    """The pack with all its values of 2018 good for 2019 too."""
    end = date(2019, 12, 31)
    parameters = {
        name: replace(
            parameter,
            values=tuple(
                replace(value, valid_to=end) if value.valid_to == LAST else value
                for value in parameter.values
            ),
        )
        for name, parameter in pack.parameters.items()
    }
    return replace(pack, parameters=parameters, valid_to=end)


def everything_holds() -> None:
    report = check_everything()
    assert report.faults == []
    assert report.claims
    recorded = [*Call.objects.order_by("pk").values_list("recorded_at", flat=True)]
    assert recorded != sorted(recorded), "the clock did not jump"
    for numbers in (
        [*Entry.objects.filter(year=year).order_by("number").values_list("number", flat=True)]
        for year in {entry.year for entry in Entry.objects.all()}
    ):
        assert numbers == [*range(1, 1 + len(numbers))]


def entries_of(person: Person, year: int) -> list[tuple[str, str]]:
    rows = Entry.objects.filter(year__person=person, year__year=year).order_by("number")
    return [(entry.sort, str(entry.claim_id)) for entry in rows]


def test_the_year_of_a_settlement_is_that_of_its_business_date_whatever_the_clock_says() -> None:
    person = someone()
    admissions = [stay(person, 2_000_000, on=LAST) for _ in range(8)]
    days = [LAST, FIRST] * 4
    claims = [
        services.settle(key=new_key(), admission=admission, day=day, who=WHO)["claim"]
        for admission, day in zip(admissions, days, strict=True)
    ]
    assert {year.year for year in person.personyear_set.all()} == {2018, 2019}
    for start, year in ((0, 2018), (1, 2019)):
        of_year = claims[start::2]
        assert entries_of(person, year) == [("settle", claim) for claim in of_year]
        found = Claim.objects.filter(year__person=person, year__year=year).order_by("position")
        assert [str(claim.pk) for claim in found] == of_year
    everything_holds()


def test_the_order_of_claims_and_entries_is_that_of_the_calls_not_of_the_clock() -> None:
    person = someone()
    first, second, third = (settled(person, 4_000_000, day=LAST) for _ in range(3))
    late = settled(person, 1_000_000, day=LAST, before=second.claim)
    correct(first.claim, catalogue=100_000)
    services.reverse(key=new_key(), claim=third.claim, who=WHO)
    last = settled(person, 3_000_000, day=LAST)
    corrected = str(Claim.objects.get(replaces=UUID(first.claim)).pk)
    in_order = Claim.objects.filter(year__person=person).order_by("position", "replaces")
    order = [str(claim.pk) for claim in in_order]
    assert [claim for claim in order if claim != first.claim] == [
        corrected,
        late.claim,
        second.claim,
        third.claim,
        last.claim,
    ]
    sorts = [sort for sort, _claim in entries_of(person, 2018) if sort != "difference"]
    assert sorts == ["settle"] * 4 + ["reverse", "settle", "reverse", "settle"]
    everything_holds()


def test_the_same_calls_give_the_same_amounts_under_a_clock_that_stands_still(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def a_year() -> list[tuple[int, ...]]:
        person = someone()
        first, second = (settled(person, bill, day=LAST) for bill in (5_000_000, 4_000_000))
        settled(person, 3_000_000, day=LAST, before=second.claim)
        correct(first.claim, catalogue=900_000)
        settled(person, 3_000_000, day=FIRST)
        return sorted([*in_force(person).values(), *in_force(person, 2019).values()])

    jumping = a_year()
    monkeypatch.setattr(timezone, "now", lambda: NEW_YEAR)
    assert a_year() == jumping


def test_standing_and_the_month_come_from_the_business_date() -> None:
    person = someone(registered=False)
    register(person, LAST, LAST)
    on_the_day, after_it = (settled(person, 2_000_000, day=day) for day in (LAST, FIRST))
    facts = {str(claim.pk): claim.facts["registered"] for claim in Claim.objects.all()}
    assert facts == {on_the_day.claim: True, after_it.claim: False}
    postings = Entry.objects.order_by("year__year").values_list("posting__period", flat=True)
    assert [*postings] == ["201812", "201901"]
    ledger.close_month(key=new_key(), period="201812", **SAID)
    late = settled(person, 1_000_000, day=LAST)
    entries = Entry.objects.filter(claim=UUID(late.claim))
    assert [*entries.values_list("posting__period", flat=True)] == ["201901"]
    everything_holds()


def test_a_key_is_known_again_and_a_payment_taken_once_whatever_the_clock_says() -> None:
    done = settled(someone(), 4_000_000, day=LAST)
    for _ in range(len(JUMPS)):
        again = services.pay_own(
            key="one", admission=done.admission, amount_fen=100, day=FIRST, who=WHO
        )
        assert again["paid_fen"] == 100
    assert Call.objects.filter(key="one").count() == 1
    assert owes(done.admission) == done.own - 100
    pay(done.admission, done.own - 100, FIRST)
    assert owes(done.admission) == 0
    everything_holds()


def test_the_chain_goes_in_the_order_of_sealing_and_stays_whole() -> None:
    person = someone()
    for day in (LAST, FIRST, LAST - A_DAY, LAST):
        settled(person, 1_000_000, day=day)
        chain.seal(day)
        _checked, tampered = chain.verify()
        assert tampered is None
    seals = Seal.objects.order_by("number")
    assert [made.number for made in seals] == [1, 2, 3, 4]
    assert [made.previous for made in seals] == [chain.FIRST, *(made.head for made in seals)][:4]
    everything_holds()
