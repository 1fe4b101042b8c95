"""The working of an old settlement is printed again from what was stored, to the word."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from tests.office.builders import (
    DAY,
    HINGGAN,
    OUTPATIENT_KINDS,
    YUAN,
    adoption_file,
    correct,
    hospital,
    reverse,
    settled,
    someone,
    visited,
    without_triggers,
)

from doudi.office.settlement.checks import check_everything
from doudi.office.settlement.models import Entry, PolicyText
from doudi.office.settlement.texts import explanation_of, id_of, text_for
from doudi.policies import policy
from doudi.rules import explain
from doudi.rules.adoption import adopt

pytestmark = pytest.mark.django_db


def a_year_of_everything() -> None:
    """Stays at every level, inside and outside, up to the caps, and every kind of visit."""
    for number, person in enumerate((someone(serious=True), someone(registered=False), someone())):
        for level in (1, 2, 3):
            bill = (12_345 + 60_000 * level * number) * YUAN + 67
            settled(person, bill, bill * 9 // 10, at=hospital(level, inside=level != 2))
        for kind in OUTPATIENT_KINDS:
            visited(person, kind, 890 * YUAN + 1)
    first = Entry.objects.order_by("year", "number")[0].claim
    correct(str(first.pk), catalogue=1_000 * YUAN)
    reverse(str(Entry.objects.filter(year__person=person, number=1).get().claim_id))


def workings() -> dict[str, Any]:
    """What is printed of every entry."""
    entries = Entry.objects.select_related("claim", "text").order_by("pk")
    return {str(entry.pk): explanation_of(entry) for entry in entries}


def test_every_stored_working_is_what_was_explained_and_stays_so_when_the_pack_changes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    a_year_of_everything()
    printed = workings()
    for entry in Entry.objects.exclude(numbers=None).select_related("claim"):
        again = explain(HINGGAN, entry.claim.facts, entry.claim.date, entry.opening)
        assert printed[str(entry.pk)] == again.to_dict()
    assert {None} == {printed[str(entry.pk)] for entry in Entry.objects.filter(sort="reverse")}
    assert len([working for working in printed.values() if working]) > 27
    path = adoption_file(tmp_path / "later.yaml", {"outpatient_rate": "61%"})
    monkeypatch.setenv("DOUDI_ADOPTION", str(path))
    visited(someone(), "outpatient", 1_000 * YUAN)
    assert PolicyText.objects.count() == 2
    assert workings().items() >= printed.items()
    monkeypatch.setenv("DOUDI_POLICY", "a pack that is gone")
    assert workings().items() >= printed.items()


def test_the_text_of_a_version_is_kept_once_under_an_id_made_from_it(tmp_path: Path) -> None:
    for _time in range(2):
        settled(someone(), 12_000 * YUAN)
    kept = PolicyText.objects.get()
    assert (kept.name, kept.version) == (HINGGAN.name, HINGGAN.version)
    assert kept.pk == id_of(kept.content) == text_for(policy("hinggan-2018")).id
    changed = adoption_file(tmp_path / "other.yaml", {"outpatient_rate": "61%"})
    assert text_for(adopt(HINGGAN, changed)[0]).id != kept.pk


def test_an_entry_is_small_beside_the_text_it_rests_on() -> None:
    """It was 13.7 KB when each held the whole explanation."""
    settled(someone(), 12_000 * YUAN, 10_800 * YUAN)
    with connection.cursor() as cursor:
        columns = ("outputs", "changes", "opening", "closing", "numbers")
        lengths = " + ".join(f"length(CAST({name} AS text))" for name in columns)
        cursor.execute(f"SELECT {lengths} FROM settlement_entry")
        assert cursor.fetchone()[0] < 1_200


def test_an_entry_cannot_rest_on_a_text_that_is_not_there() -> None:
    settled(someone(), 12_000 * YUAN)
    entry = Entry.objects.get()
    entry.pk, entry.number, entry.sort = "8d8f3a3e-0000-4000-8000-000000000000", 2, "difference"
    entry.posting = None
    entry.text_id = "8d8f3a3e-0000-4000-8000-000000000001"
    with pytest.raises(DatabaseError), transaction.atomic():
        entry.save(force_insert=True)
        connection.check_constraints()


def test_a_changed_text_is_named_by_the_check() -> None:
    settled(someone(), 12_000 * YUAN)
    kept = PolicyText.objects.get()
    kept.content["eras"][0]["values"]["commercial_rate"] += 1
    with without_triggers():
        PolicyText.objects.filter(pk=kept.pk).update(content=kept.content)
    assert check_everything().faults == [
        f"policy text {kept.pk} is not the one that was kept",
    ]


def test_a_claim_is_of_the_person_and_the_institution_of_its_stay() -> None:
    done, other = settled(someone(), 1_000), settled(someone(), 1_000)
    claims = [Entry.objects.get(claim_id=answer.claim).claim for answer in (done, other)]
    wrong = (
        {"year_id": claims[1].year_id},
        {"institution_id": hospital(1)},
        {"date": DAY.replace(year=2019)},
    )
    for change in wrong:
        claim = Entry.objects.get(claim_id=done.claim).claim
        claim.pk, claim.replaces_id = "8d8f3a3e-0000-4000-8000-000000000002", claims[0].pk
        for name, value in change.items():
            setattr(claim, name, value)
        with pytest.raises(DatabaseError, match="stay and year"), transaction.atomic():
            claim.save(force_insert=True)


def test_a_year_stays_its_persons() -> None:
    year = Entry.objects.get(claim_id=settled(someone(), 1_000).claim).year
    for sql in (
        f"UPDATE settlement_personyear SET person_id = person_id + 1 WHERE id = {year.pk}",
        f"UPDATE settlement_personyear SET year = 2017 WHERE id = {year.pk}",
        "DELETE FROM settlement_personyear",
    ):
        with (
            pytest.raises(DatabaseError, match="only ever added"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(sql)
