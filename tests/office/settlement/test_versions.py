"""A correction settles later claims under the policy of then, or says that it cannot."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from tests.office.builders import (
    DAY,
    HINGGAN,
    WHO,
    YUAN,
    adoption_file,
    correct,
    differences,
    in_force,
    new_key,
    reverse,
    rows_of,
    settled,
    someone,
    stay,
    visited,
    year_of,
)

from doudi.office.audit.models import Call
from doudi.office.ledger.models import Transfer
from doudi.office.settlement import policy as office_policy
from doudi.office.settlement import services, versions
from doudi.office.settlement.checks import check_everything
from doudi.office.settlement.models import Claim, Entry, PolicyVersion
from doudi.office.settlement.policy import active_policy
from doudi.office.settlement.versions import GoneVersion, policy_of

pytestmark = pytest.mark.django_db

Adopt = Callable[[str], str]


@pytest.fixture
def adopt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Adopt:
    """Puts another family-bed limit into force from now on; the version."""

    def put(limit: str) -> str:
        path = adoption_file(tmp_path / f"{limit}.yaml", {"family_bed_year_limit": limit})
        monkeypatch.setenv("DOUDI_ADOPTION", str(path))
        return active_policy().version

    return put


@pytest.fixture
def rules_change(monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """The pack of today is another one than what anything was settled by."""

    def change() -> None:
        other = replace(HINGGAN, source_hash="other rules")
        monkeypatch.delenv("DOUDI_ADOPTION", raising=False)
        monkeypatch.setattr(office_policy, "pack", lambda: other)
        monkeypatch.setattr(versions, "_made_of", lambda *_made: other)

    return change


def bed(person: Any) -> dict[str, Any]:
    """3,000 yuan of a family bed."""
    return visited(person, "family_bed", 3_000 * YUAN)


def version_of(claim: str) -> str:
    version: str = Entry.objects.filter(claim_id=claim).order_by("-number")[0].text.version
    return version


def test_later_claims_stay_under_the_values_of_then(adopt: Adopt) -> None:
    """Limit 4,000 then, 9,000 now: without the first bed the second gets 3,000, not 1,000."""
    person = someone()
    then = adopt("4000 yuan")
    first, second = bed(person), bed(person)
    assert [item["payers"]["basic"] for item in (first, second)] == [300_000, 100_000]
    now = adopt("9000 yuan")
    third = bed(person)
    assert third["payers"]["basic"] == 300_000
    answer = reverse(first["claim"])
    # Under today's 9,000 the third would still get all, and the second too: only then differs.
    assert differences(answer)[second["claim"]]["basic_pay"] == 200_000
    assert version_of(second["claim"]) == then
    assert version_of(third["claim"]) == now
    assert year_of(person).totals["family_bed_pay"] == 600_000
    report = check_everything()
    assert (report.faults, report.other_versions) == ([], 0)


def test_the_limit_of_then_still_binds_after_a_correction(adopt: Adopt) -> None:
    person = someone()
    adopt("4000 yuan")
    first, second = bed(person), bed(person)
    adopt("9000 yuan")
    answer = correct(first["claim"], bill=2_000 * YUAN)
    assert answer["payers"]["basic"] == 200_000
    # 4,000 less 2,000; today's limit would give all 3,000.
    assert in_force(person)[second["claim"]][0] == 200_000


def test_a_corrected_claim_keeps_the_version_of_the_one_it_replaces(adopt: Adopt) -> None:
    person = someone()
    then = adopt("4000 yuan")
    first = bed(person)
    adopt("100 yuan")
    answer = correct(first["claim"], bill=3_500 * YUAN, catalogue=3_500 * YUAN)
    assert answer["payers"]["basic"] == 350_000
    assert version_of(answer["claim"]) == then


def test_the_adoption_file_itself_need_not_be_there_any_more(
    adopt: Adopt, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = someone()
    then = adopt("4000 yuan")
    first, second = bed(person), bed(person)
    for path in tmp_path.iterdir():
        path.unlink()
    monkeypatch.delenv("DOUDI_ADOPTION")
    versions._made_of.cache_clear()
    reverse(first["claim"])
    assert version_of(second["claim"]) == then
    kept = PolicyVersion.objects.get(pk=then)
    assert kept.pack == "hinggan-2018"
    assert "4000 yuan" in kept.adoption
    assert policy_of(then).version == then


def test_a_version_is_kept_once_and_never_changed(adopt: Adopt) -> None:
    adopt("4000 yuan")
    for _time in range(3):
        bed(someone())
    [kept] = PolicyVersion.objects.all()
    assert kept.version == active_policy().version
    with pytest.raises(DatabaseError), transaction.atomic():
        PolicyVersion.objects.update(adoption="")
    with pytest.raises(DatabaseError), transaction.atomic():
        PolicyVersion.objects.all().delete()


def test_a_version_that_is_adopted_between_admission_and_discharge_is_kept_too(
    adopt: Adopt,
) -> None:
    admission = stay(someone(), 1_000)
    version = adopt("4000 yuan")
    services.settle(key=new_key(), admission=admission, day=DAY, who=WHO)
    assert PolicyVersion.objects.filter(pk=version).exists()


@pytest.mark.parametrize("how", ["reverse", "correct", "late"])
def test_where_the_rules_of_then_are_gone_nothing_is_changed_and_the_way_on_is_told(
    how: str, rules_change: Callable[[], None]
) -> None:
    person = someone()
    first, second = settled(person, 100_000 * YUAN, 0), settled(person, 100_000 * YUAN, 0)
    late = stay(person, 1_000 * YUAN)
    rules_change()
    kept = rows_of(Entry, Claim, Transfer, Call)
    with pytest.raises(GoneVersion, match=HINGGAN.version) as error:
        if how == "reverse":
            reverse(first.claim)
        elif how == "correct":
            correct(first.claim, bill=1_000 * YUAN)
        else:
            services.settle(key=new_key(), admission=late, day=DAY, who=WHO, before=second.claim)
    assert rows_of(Entry, Claim, Transfer, Call) == kept
    assert "--under-today" in error.value.zh


def test_the_choice_of_todays_policy_is_made_for_the_whole_year_and_recorded(
    adopt: Adopt, rules_change: Callable[[], None]
) -> None:
    """Settled under a limit of 1,000; today's pack says 4,200 again."""
    person = someone()
    adopt("1000 yuan")
    first, second = bed(person), bed(person)
    assert [item["payers"]["basic"] for item in (first, second)] == [100_000, 0]
    rules_change()
    assert check_everything().other_versions == 2
    seen = rows_of(Entry)
    answer = services.reassess(
        key="today", person=person.public_id, year=2018, who=WHO, under_today=True
    )
    changed = {item["claim"]: item["changes_fen"]["basic_pay"] for item in answer["differences"]}
    assert changed == {first["claim"]: 200_000, second["claim"]: 120_000}
    assert rows_of(Entry)["settlement.Entry"] == seen["settlement.Entry"] + 2
    today = active_policy().version
    assert {version_of(claim) for claim in (first["claim"], second["claim"])} == {today}
    assert Call.objects.get(key="today").detail["under_today"] is True
    reverse(first["claim"])
    report = check_everything()
    assert (report.faults, report.other_versions) == ([], 0)


def test_a_claim_that_comes_to_the_same_under_todays_policy_says_so_by_an_entry(
    rules_change: Callable[[], None],
) -> None:
    person = someone()
    done = settled(person, 12_000 * YUAN)
    rules_change()
    services.reassess(key=new_key(), person=person.public_id, year=2018, who=WHO, under_today=True)
    assert in_force(person)[done.claim] == done.amounts
    assert version_of(done.claim) == active_policy().version
    assert Transfer.objects.count() == Transfer.objects.filter(posting__code="settle").count()
