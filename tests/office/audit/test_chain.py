"""The sealed chain names the first row that somebody changed, removed or forged."""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

import pytest
from django.apps import apps
from django.db import DatabaseError
from django.utils import timezone
from tests.office.builders import (
    DAY,
    SAID,
    YUAN,
    month_of_business,
    settled,
    someone,
    visited,
    without_triggers,
)
from tests.office.databases import at_once

from doudi.office.audit.chain import FIRST, SEALED, Tampered, canonical, verify
from doudi.office.audit.models import Call, Seal, SealedRow
from doudi.office.audit.services import seal_day
from doudi.office.ledger.models import Posting
from doudi.office.settlement.models import Entry, PolicyText

SEALED_ROWS = {
    "settlement.Admission": ("deposit_fen", 1),
    "settlement.FeeLine": ("item", "别的药"),
    "settlement.Claim": ("date", date(2018, 5, 10)),
    "settlement.PolicyVersion": ("adoption", "别的值"),
    "settlement.PolicyText": ("version", "别的版本"),
    "settlement.Entry": ("actor", "别人"),
    "settlement.InstalmentPlan": ("number", 9),
    "settlement.Instalment": ("amount_fen", 1),
    "ledger.Posting": ("memo", "改过"),
    "ledger.Transfer": ("amount_fen", 1),
    "ledger.ClosedMonth": ("closed_at", datetime(2018, 6, 1, tzinfo=UTC)),
    "ledger.Statement": ("amount_fen", 1),
    "ledger.StatementStep": ("recorded_at", datetime(2018, 6, 1, tzinfo=UTC)),
    "audit.Call": ("reason", "别的原因"),
    "accounts.LookUp": ("by", "card"),
}
"""For every sealed table something that somebody might change."""


def seal(day: date = DAY) -> Seal:
    return seal_day(day=day, **SAID)


def tampered() -> Tampered:
    _checked, found = verify()
    assert found is not None, "nobody noticed"
    assert found.zh
    assert found.en
    return found


def first_sealed(label: str) -> tuple[Any, Any]:
    """A sealed table and the row of it that was sealed first."""
    model: Any = apps.get_model(label)
    key = SealedRow.objects.filter(table=label).order_by("position")[0].row
    return model, model._default_manager.get(pk=key)


@pytest.fixture
def sealed() -> None:
    """A month of business, sealed, and a second seal after it."""
    month_of_business()
    seal()
    settled(someone(), 1_000 * YUAN, day=date(2018, 6, 2))
    seal(date(2018, 6, 2))


@pytest.mark.django_db
def test_an_untouched_chain_is_verified_row_by_row() -> None:
    assert verify() == (0, None)
    month_of_business()
    first = seal()
    assert (first.number, first.previous) == (1, FIRST)
    rows = sum(apps.get_model(label)._default_manager.count() for label in SEALED)
    assert first.rows == rows
    assert verify() == (rows, None)
    visited(someone(), "chronic", 1_000)
    second = seal(date(2018, 5, 10))
    assert (second.number, second.previous) == (2, first.head)
    assert second.head != first.head
    assert verify() == (rows + second.rows, None)
    assert first.rows + second.rows == SealedRow.objects.count()


@pytest.mark.django_db
def test_every_table_of_the_chain_has_rows_in_this_test() -> None:
    assert set(SEALED_ROWS) == set(SEALED)
    month_of_business()
    for label in SEALED:
        assert apps.get_model(label)._default_manager.exists(), label


@pytest.mark.django_db
def test_a_quiet_day_is_sealed_too_and_holds_only_who_sealed_it() -> None:
    seal()
    second = seal(date(2018, 5, 10))
    assert second.rows == 1
    assert verify() == (2, None)


@pytest.mark.django_db
def test_a_clock_that_jumps_back_does_not_break_the_chain() -> None:
    visited(someone(), "chronic", 1_000)
    seal(date(2019, 1, 1))
    visited(someone(), "chronic", 1_000)
    seal(date(2018, 12, 31))
    assert verify()[1] is None
    assert [seal.day.year for seal in Seal.objects.order_by("number")] == [2019, 2018]


@pytest.mark.django_db
@pytest.mark.usefixtures("sealed")
@pytest.mark.parametrize("label", SEALED)
def test_a_changed_row_is_named_with_its_table_and_key(label: str) -> None:
    model, row = first_sealed(label)
    field, value = SEALED_ROWS[label]
    assert getattr(row, field) != value
    with without_triggers():
        model._default_manager.filter(pk=row.pk).update(**{field: value})
    found = tampered()
    assert (found.table, found.row) == (label, str(row.pk))
    assert found.seal == 1
    assert found.day == DAY
    assert "改过" in found.zh


@pytest.mark.django_db
@pytest.mark.usefixtures("sealed")
@pytest.mark.parametrize("label", SEALED)
def test_a_deleted_row_is_named_with_its_table_and_key(label: str) -> None:
    model, row = first_sealed(label)
    with without_triggers():
        saved = list(model._default_manager.filter(pk=row.pk).values())
        model._default_manager.filter(pk=row.pk)._raw_delete(using="default")
        found = tampered()
        # Put back, so that the end of the test finds no row that points to nothing.
        model._default_manager.bulk_create([model(**saved[0])])
    assert (found.table, found.row) == (label, str(row.pk))
    assert "不见" in found.zh


@pytest.mark.django_db
@pytest.mark.usefixtures("sealed")
def test_one_fen_in_the_working_of_a_settlement_is_noticed() -> None:
    entry = Entry.objects.exclude(numbers=None).order_by("pk")[0]
    assert entry.numbers is not None
    entry.numbers[0] += 1
    with without_triggers():
        Entry.objects.filter(pk=entry.pk).update(numbers=entry.numbers)
    assert tampered().row == str(entry.pk)


@pytest.mark.django_db
@pytest.mark.usefixtures("sealed")
def test_one_word_in_the_text_of_the_policy_is_noticed() -> None:
    text = PolicyText.objects.get()
    text.content["graphs"][0][0]["zh"] += "？"
    with without_triggers():
        PolicyText.objects.filter(pk=text.pk).update(content=text.content)
    assert tampered().row == str(text.pk)


@pytest.mark.django_db
@pytest.mark.usefixtures("sealed")
@pytest.mark.parametrize("field", ["link", "row_hash", "row", "table"])
def test_a_forged_link_is_named(field: str) -> None:
    row = SealedRow.objects.order_by("position")[5]
    hashes = {"link": "f" * 64, "row_hash": "f" * 64}
    forged = (hashes | {"row": str(UUID(int=0)), "table": "ledger.Nothing"})[field]
    with without_triggers():
        SealedRow.objects.filter(pk=row.pk).update(**{field: forged})
    found = tampered()
    assert found.table == (forged if field == "table" else row.table)
    assert found.row == (forged if field == "row" else row.row)


@pytest.mark.django_db
@pytest.mark.usefixtures("sealed")
def test_who_changes_a_row_and_its_own_hash_breaks_the_chain_at_that_row() -> None:
    """He would have to forge every later link, and the heads that are printed."""
    row = SealedRow.objects.filter(table="ledger.Posting").order_by("position")[0]
    posting = Posting.objects.get(pk=row.row)
    posting.memo = "改过"
    from hashlib import sha256  # noqa: PLC0415 - as a forger would

    with without_triggers():
        Posting.objects.filter(pk=posting.pk).update(memo="改过")
        forged = sha256(canonical(posting)).hexdigest()
        SealedRow.objects.filter(pk=row.pk).update(row_hash=forged)
    found = tampered()
    assert (found.table, found.row) == ("ledger.Posting", row.row)
    assert "断" in found.zh


@pytest.mark.django_db
@pytest.mark.usefixtures("sealed")
@pytest.mark.parametrize("field", ["head", "previous", "rows"])
@pytest.mark.parametrize("number", [1, 2])
def test_a_forged_seal_is_named(number: int, field: str) -> None:
    made = Seal.objects.get(number=number)
    forged: Any = made.rows + 1 if field == "rows" else "f" * 64
    with without_triggers():
        Seal.objects.filter(pk=made.pk).update(**{field: forged})
    found = tampered()
    assert (found.table, found.row, found.seal) == ("audit.Seal", str(made.pk), number)


@pytest.mark.django_db
@pytest.mark.usefixtures("sealed")
def test_a_seal_that_was_taken_out_is_missed_by_the_next() -> None:
    with without_triggers():
        SealedRow.objects.filter(seal__number=1).delete()
        Seal.objects.filter(number=1).delete()
    assert (tampered().table, tampered().seal) == ("audit.Seal", 2)


@pytest.mark.django_db
def test_a_row_that_is_not_sealed_yet_is_not_protected_by_the_chain() -> None:
    seal()
    settled(someone(), 1_000)
    with without_triggers():
        Posting.objects.update(memo="改过")
    assert verify()[1] is None


@pytest.mark.real_commits
def test_seals_that_are_made_at_once_make_one_chain() -> None:
    settled(someone(), 1_000)
    seal()
    settled(someone(), 1_000)
    answers = at_once(*[seal] * 4)
    assert all(isinstance(answer, Seal | DatabaseError) for answer in answers)
    assert any(isinstance(answer, Seal) for answer in answers)
    checked, found = verify()
    assert found is None
    assert checked == SealedRow.objects.count()


# ---- The canonical form -------------------------------------------------------------------------


@pytest.mark.django_db
def test_a_row_reads_the_same_bytes_on_every_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """These very bytes on both: with letters, large numbers, nested data and a moment in time."""
    moment = datetime(2018, 5, 9, 23, 59, 59, 120, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    detail = {"z": [1, {"乙": None}], "a": 10**18, "金额": "12.35", "ok": True, "e": {}}
    Call.objects.create(
        id=7,
        key="编号/7",
        body_hash="0" * 64,
        service="settle",
        subject="甲",
        actor="窗口",
        reason="“出院”",
        detail=detail,
        answer=None,
    )
    read = Call.objects.get(pk=7)
    assert canonical(read).decode() == (
        '["audit_call",{"actor":"窗口","answer":null,"body_hash":"' + "0" * 64 + '",'
        '"detail":{"a":1000000000000000000,"e":{},"ok":true,"z":[1,{"乙":null}],"金额":"12.35"},'
        '"id":7,"key":"编号/7","reason":"“出院”","recorded_at":"2018-05-09T23:59:59.000120+00:00",'
        '"service":"settle","subject":"甲"}]'
    )


@pytest.mark.django_db
def test_a_posting_reads_the_same_bytes_on_every_database(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    moment = datetime(2018, 5, 9, 16, 0, tzinfo=UTC)
    monkeypatch.setattr(timezone, "now", lambda: moment)
    with without_triggers():
        Posting.objects.create(
            id=UUID(int=5),
            code="settle",
            business_date=DAY,
            period="201805",
            legs=2,
            total_fen=9 * 10**14,
        )
    assert canonical(Posting.objects.get(pk=UUID(int=5))).decode() == (
        '["ledger_posting",{"business_date":"2018-05-09","code":"settle",'
        '"id":"00000000-0000-0000-0000-000000000005","legs":2,"memo":"","period":"201805",'
        '"recorded_at":"2018-05-09T16:00:00.000000+00:00","total_fen":900000000000000}]'
    )


@pytest.mark.django_db
def test_every_sealed_row_reads_the_same_bytes_as_when_it_was_made() -> None:
    """What a service wrote and what is read back later do not differ in a digit."""
    month_of_business()
    for label in SEALED:
        for row in apps.get_model(label)._default_manager.all():
            again = type(row)._default_manager.get(pk=row.pk)
            assert canonical(again) == canonical(row)
