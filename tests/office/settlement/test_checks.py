"""The check of everything finds what does not hang together, and says how much it looked at."""

from __future__ import annotations

import pytest
from tests.office.builders import (
    YUAN,
    correct,
    hospital,
    pay,
    reverse,
    settled,
    someone,
    visited,
    without_triggers,
    year_of,
)

from doudi.office.ledger.models import Posting, Transfer
from doudi.office.registry.models import Person
from doudi.office.settlement.checks import check_everything
from doudi.office.settlement.models import Claim, Entry

pytestmark = pytest.mark.django_db


@pytest.fixture
def person() -> Person:
    """Somebody with a reversal, a correction, a payment and what followed from them."""
    person = someone()
    first = settled(person, 100_000 * YUAN, 0)
    settled(person, 40_000 * YUAN)
    visit = visited(person, "family_bed", 1_000 * YUAN)
    correct(first.claim, bill=1_000 * YUAN)
    reverse(visit["claim"])
    last = settled(person, 12_000 * YUAN, 10_800 * YUAN)
    pay(last.admission, 100)
    return person


def faults() -> str:
    return "\n".join(check_everything().faults)


@pytest.mark.usefixtures("person")
def test_what_the_services_wrote_has_no_faults_and_the_report_says_what_it_looked_at() -> None:
    report = check_everything()
    assert report.faults == []
    assert (report.years, report.claims, report.other_versions) == (1, 3, 0)
    assert report.postings == Posting.objects.count()
    # Patients of four admissions, billed, cash, and the payers that had something to pay.
    assert report.accounts > 6


def test_a_year_total_that_is_a_fen_off_is_named_with_its_person(person: Person) -> None:
    year = year_of(person)
    year.totals["registered_own"] += 1
    year.save()
    assert person.public_id in faults()
    assert "2018" in faults()


def test_a_year_total_that_vanished_is_named(person: Person) -> None:
    year = year_of(person)
    year.totals = {}
    year.save()
    assert person.public_id in faults()


@pytest.mark.usefixtures("person")
def test_an_entry_with_other_amounts_is_named_with_its_claim() -> None:
    entry = Entry.objects.filter(sort="settle").order_by("-number")[0]
    entry.outputs["own_pay"] -= 1
    with without_triggers():
        Entry.objects.filter(pk=entry.pk).update(outputs=entry.outputs)
    assert str(entry.claim_id) in faults()


@pytest.mark.usefixtures("person")
def test_an_entry_whose_changes_are_not_in_the_ledger_is_named_with_its_account() -> None:
    entry = Entry.objects.filter(sort="settle").order_by("-number")[0]
    entry.changes["basic_pay"] += 1
    with without_triggers():
        Entry.objects.filter(pk=entry.pk).update(changes=entry.changes)
    assert f"pending:basic:{hospital()}" in faults()


@pytest.mark.usefixtures("person")
def test_a_claim_without_an_entry_is_named() -> None:
    entry = Entry.objects.filter(sort="settle").order_by("-number")[0]
    with without_triggers():
        Entry.objects.filter(pk=entry.pk).delete()
    assert str(entry.claim_id) in faults()


@pytest.mark.usefixtures("person")
def test_a_missing_transfer_is_named_with_its_posting_and_its_account() -> None:
    transfer = Transfer.objects.filter(posting__code="settle", debit__kind="patient")[0]
    with without_triggers():
        Transfer.objects.filter(pk=transfer.pk).delete()
    assert f"posting {transfer.posting_id} is not whole" in faults()
    assert transfer.debit_id in faults()


@pytest.mark.usefixtures("person")
def test_a_transfer_without_a_posting_is_named() -> None:
    posting = Posting.objects.filter(code="own_payment").get()
    with without_triggers():
        Posting.objects.filter(pk=posting.pk)._raw_delete(using="default")
        assert f"transfers without posting {posting.pk}" in faults()
        Transfer.objects.filter(posting_id=posting.pk)._raw_delete(using="default")


@pytest.mark.usefixtures("person")
def test_a_transfer_with_another_amount_is_named() -> None:
    transfer = Transfer.objects.filter(posting__code="settle", debit__kind="pending")[0]
    with without_triggers():
        Transfer.objects.filter(pk=transfer.pk).update(amount_fen=transfer.amount_fen + 1)
    assert transfer.debit_id in faults()
    assert f"posting {transfer.posting_id}" in faults()


@pytest.mark.usefixtures("person")
def test_a_claim_with_other_facts_is_named() -> None:
    claim = Claim.objects.order_by("-position")[0]
    claim.facts["serious"] = True
    claim.facts["catalogue"] -= 100
    with without_triggers():
        Claim.objects.filter(pk=claim.pk).update(facts=claim.facts)
    assert str(claim.pk) in faults()
