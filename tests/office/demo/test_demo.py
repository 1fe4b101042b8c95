"""The made-up league: nobody in it is real, and it has the article's figures."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest
from click.testing import CliRunner
from django.conf import LazySettings
from django.db import connection, transaction

from doudi.cli import main
from doudi.office.audit.models import Call
from doudi.office.demo.draw import Draw
from doudi.office.demo.figures import ARTICLE, FULL_SIZE, figures_for
from doudi.office.demo.make import make_league
from doudi.office.demo.people import CHILD_SERIOUS, League, plan_league
from doudi.office.ledger.models import ClosedMonth, Statement, StatementStep
from doudi.office.registry import identity
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.models import (
    DiseaseListing,
    Division,
    Enrolment,
    Household,
    Person,
    RegistrationPeriod,
)
from doudi.office.registry.services import known_divisions, load_divisions, register_person
from doudi.office.settlement.checks import check_everything
from doudi.office.settlement.models import Claim, Entry, Institution

PEOPLE, SETTLEMENTS, SEED = 400, 40, 7

_digests: dict[str, str] = {}


def make(people: int = PEOPLE, settlements: int = SETTLEMENTS, seed: int = SEED) -> Any:
    load_divisions()
    return make_league(people=people, seed=seed, settlements=settlements)


def digest() -> str:
    """Everything that was made, without what every run makes anew and what depends on keys."""
    people = Person.objects.order_by("pk").select_related("household")
    rows: list[Any] = [
        [
            person.public_id,
            person.name,
            person.relation,
            str(person.born),
            person.sex,
            identity.decrypt(person.id_cipher, public_id=person.public_id),
            person.household.number if person.household else None,
            person.household.division_id if person.household else None,
        ]
        for person in people
    ]
    who = "person__public_id"
    rows += sorted(
        map(list, RegistrationPeriod.objects.values_list(who, "valid_from", "valid_to", "cause"))
    )
    rows += sorted(map(list, Enrolment.objects.values_list(who, "year", "paid_by")))
    rows += sorted(map(list, DiseaseListing.objects.values_list(who, "list", "disease")))
    rows += sorted(map(list, Institution.objects.values_list("code", "name", "level")))
    rows += sorted(
        [*known, json.dumps(outputs, sort_keys=True)]
        for *known, outputs in Entry.objects.values_list(
            "year__person__public_id", "number", "sort", "claim__date", "outputs"
        )
    )
    rows += sorted(
        map(list, Statement.objects.values_list("payer", "institution", "period", "amount_fen"))
    )
    return hashlib.sha256(json.dumps(rows, default=str).encode()).hexdigest()


def digest_of_a_league(seed: int) -> str:
    with transaction.atomic():
        make(seed=seed)
        found = digest()
        transaction.set_rollback(True)
    return found


# --- The same every time ---


@pytest.mark.django_db
def test_the_same_numbers_make_the_same_rows(database: str) -> None:
    first = digest_of_a_league(SEED)
    assert digest_of_a_league(SEED) == first
    assert digest_of_a_league(SEED + 1) != first
    _digests[database] = first
    assert len(set(_digests.values())) == 1, "both databases hold the same league"


def test_draws_are_what_they_were() -> None:
    """The first draws of a seed, so that a league made today can be made again in years."""
    draw = Draw("homes", 2018)
    assert [draw.below(1000) for _ in range(6)] == [894, 172, 492, 88, 213, 231]


@pytest.mark.real_commits
def test_a_run_that_was_interrupted_goes_on_where_it_stopped() -> None:
    whole = digest_of_a_league(SEED)
    load_divisions()

    class Interrupted(Exception):
        pass

    @contextmanager
    def until_march(what: str, length: int) -> Iterator[Callable[[int], None]]:
        assert length
        done = 0

        def progress(more: int) -> None:
            nonlocal done
            done += more
            if what == "settlements" and done > SETTLEMENTS // 4:
                raise Interrupted

        yield progress

    with pytest.raises(Interrupted):
        make_league(people=PEOPLE, seed=SEED, settlements=SETTLEMENTS, bar=until_march)
    assert 0 < Claim.objects.count() < SETTLEMENTS
    make()
    assert digest() == whole
    make()
    assert digest() == whole


# --- Nobody is real ---


@pytest.mark.django_db
def test_everybody_is_marked_called_and_numbered_as_made_up() -> None:
    make(settlements=0)
    assert Person.objects.count() == PEOPLE
    assert not Person.objects.filter(synthetic=False).exists()
    assert not Household.objects.filter(synthetic=False).exists()
    for person in Person.objects.all():
        assert person.name.startswith("合成")
        number = identity.decrypt(person.id_cipher, public_id=person.public_id)
        assert identity.is_made_up(number)
        assert identity.read_id_number(number).born == person.born
    assert not Division.objects.filter(code__startswith="15229").exists()


@pytest.mark.django_db
def test_everybody_registered_is_insured_and_government_pays() -> None:
    """H-66, H-22."""
    make(settlements=0)
    poor = Person.objects.filter(registrations__valid_to=None, registrations__isnull=False)
    insured = Enrolment.objects.filter(year=2018, person__in=poor)
    assert insured.count() == poor.count() > 0
    assert set(insured.values_list("paid_by", flat=True)) == {"government"}


@pytest.mark.django_db
def test_every_household_has_one_head_and_lives_in_a_gacha_of_one_of_six_banners() -> None:
    make(people=2_000, settlements=0)
    heads = Counter(
        Person.objects.filter(relation="01").values_list("household__number", flat=True)
    )
    assert len(heads) == Household.objects.count()
    assert set(heads.values()) == {1}
    assert set(Household.objects.values_list("division__level", flat=True)) == {"gacha"}
    banners = Household.objects.values_list("division__parent__parent_id", flat=True)
    assert len(set(banners)) == 6


@pytest.mark.django_db
def test_illness_is_the_most_frequent_cause_and_every_cause_occurs() -> None:
    make(people=4_000, settlements=0)
    causes = Counter(RegistrationPeriod.objects.values_list("cause", flat=True))
    assert causes.most_common(1)[0][0] == "01"
    assert sorted(causes) == [f"{number:02d}" for number in range(1, 12)]


# --- The article's figures ---


@pytest.fixture(scope="module")
def full() -> League:
    codes = [division.code for division in known_divisions() if division.level == "gacha"]
    return plan_league(FULL_SIZE, 2018, sorted(codes))


@pytest.mark.clause("H-39", "H-44", "H-50", "H-51")
def test_a_full_league_has_the_figures_of_the_article(full: League) -> None:
    assert full.listed("chronic") == 43_486
    assert full.listed("drug_purchase") == 3_741
    assert full.listed("severe_backstop") == 349
    diseases = Counter(
        disease for lists in full.lists.values() for name, disease in lists if name == "serious"
    )
    assert sum(diseases.values()) == 525
    assert (diseases.pop("股骨头坏死"), diseases.pop("白内障")) == (82, 262)
    # The nine other named diseases share the rest evenly.
    assert len(diseases) == 9
    assert max(diseases.values()) - min(diseases.values()) <= 1


def test_everybody_on_a_list_of_a_full_league_is_registered(full: League) -> None:
    assert set(full.lists) <= set(full.registered)
    assert len(full.place) == FULL_SIZE


def test_a_smaller_league_has_its_share_of_the_figures() -> None:
    assert figures_for(FULL_SIZE) == ARTICLE
    small = figures_for(35_000)
    assert (small.chronic, small.serious, small.severe_backstop) == (4_349, 53, 35)


def test_diseases_of_children_are_those_of_children(full: League) -> None:
    league = plan_league(40_000, SEED, full.divisions)
    born = {member.number: member.born for home in league.homes() for member in home.members}
    sick = [
        number
        for number, lists in league.lists.items()
        if any(disease in CHILD_SERIOUS for _name, disease in lists)
    ]
    assert sick
    assert all(born[number] >= date(2004, 1, 1) for number in sick)


@pytest.mark.django_db
@pytest.mark.clause("H-33")
def test_seven_hospitals_are_for_serious_diseases_and_every_sumu_has_one() -> None:
    make(people=10, settlements=0)
    serious = Institution.objects.filter(serious_designated=True)
    assert sorted(serious.values_list("level", flat=True)) == [2] * 6 + [3]
    assert Institution.objects.filter(level=1).count() == 90
    assert Institution.objects.filter(inside_league=False).count() == 1


# --- The nine months ---


@pytest.mark.real_commits
def test_after_nine_months_every_year_and_the_ledger_hold() -> None:
    make(people=1_000, settlements=250)
    report = check_everything()
    assert report.faults == []
    assert Claim.objects.filter(replaces=None).count() == 250
    assert report.claims > 200
    sorts = Counter(Entry.objects.values_list("sort", flat=True))
    assert sorts["reverse"] > 0
    kinds = {facts["kind"] for facts in Claim.objects.values_list("facts", flat=True)}
    assert {"inpatient", "chronic", "outpatient"} <= kinds


@pytest.mark.django_db
def test_all_months_but_the_last_are_closed_and_all_but_two_paid() -> None:
    make()
    closed = sorted(ClosedMonth.objects.values_list("period", flat=True))
    assert closed == [f"2018{month:02d}" for month in range(1, 9)]
    confirmed = StatementStep.objects.filter(step="confirmed").values("statement")
    assert not Statement.objects.exclude(pk__in=confirmed).exists()
    paid = StatementStep.objects.filter(step="paid").values("statement")
    unpaid = Statement.objects.exclude(pk__in=paid).values_list("period", flat=True)
    assert set(unpaid) == {"201808"}


# --- What is refused ---


@pytest.mark.django_db
def test_synthetic_data_is_not_mixed_with_anything_else() -> None:
    number = identity.made_up_id_number(born=date(1961, 5, 4), sex="1", serial=1)
    said: dict[str, Any] = {"actor": "测试员", "reason": "测试"}
    register_person(**said, name="甲", id_number=number.text)
    with pytest.raises(RegistryRefused):
        make()
    assert Person.objects.count() == 1


@pytest.mark.django_db
def test_another_league_on_top_is_refused() -> None:
    make(people=20, settlements=0)
    with pytest.raises(RegistryRefused):
        make(people=21, settlements=0)
    assert Person.objects.count() == 20
    assert Call.objects.filter(service="demo_data").count() == 1


@pytest.mark.django_db
def test_production_takes_no_synthetic_data(settings: LazySettings) -> None:
    settings.PRODUCTION = True
    with pytest.raises(RegistryRefused):
        make()
    assert not Person.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize("people", [0, FULL_SIZE + 1])
def test_a_league_of_nobody_or_larger_than_the_whole_is_refused(people: int) -> None:
    with pytest.raises(RegistryRefused):
        make(people=people)


@pytest.mark.django_db
def test_the_command_says_what_it_made_and_in_what_proportion() -> None:
    asked = ["demo-data", "--people", "3500", "--settlements", "5"]
    text = CliRunner().invoke(main, asked)
    assert text.exit_code == 0, text.output
    assert text.stdout.splitlines()[0] == "合成数据：没有一个是真人"
    assert "为全盟 350,000 人的 1%" in text.stdout
    assert "慢性病 435 人（全盟 43,486）" in text.stdout
    counts = json.loads(CliRunner().invoke(main, [*asked, "--json"]).stdout)
    assert counts["synthetic"] is True
    assert (counts["people"], counts["settlements"]) == (3_500, 5)
    refused = CliRunner().invoke(main, ["demo-data", "--people", "4000"])
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert len(refused.stderr.splitlines()) == 1


@pytest.mark.django_db
def test_the_database_knows_how_many_people_were_made_before_they_are_counted() -> None:
    """PostgreSQL noted an empty table while it was filled; counting never came to an end."""
    make()
    if connection.vendor != "postgresql":
        return
    for model in (Household, Person, RegistrationPeriod, Enrolment, DiseaseListing):
        with connection.cursor() as cursor:
            table = model._meta.db_table
            cursor.execute("SELECT reltuples FROM pg_class WHERE relname = %s", [table])
            assert cursor.fetchone()[0] == model._default_manager.count()
