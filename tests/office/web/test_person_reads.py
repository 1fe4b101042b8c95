"""Who opened which person's page is recorded, and shown to the auditor of the place."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from playwright.sync_api import Page
from tests.office.web.addresses import Address, all_addresses, names_and_pages, parts_of
from tests.office.web.browser import assert_accessible
from tests.office.web.conftest import Statements, log_in, logged_in
from tests.office.web.people_and_places import HERE, THERE, account, household_member
from tests.office.web.stays import settled_stay
from tests.office.web.window.test_window import LINE, admitted, key

from doudi.office.accounts.models import PersonRead, User
from doudi.office.accounts.person_reads import DAYS_KEPT, delete_old
from doudi.office.accounts.roles import Role
from doudi.office.settlement.models import Entry
from doudi.office.web.person_reads import PAGES, SHOWN

INTO_READS = "INSERT INTO accounts_personread"


def test_every_page_that_names_somebody_in_its_address_is_recorded_and_has_a_name() -> None:
    naming = {name for name, path, _page in names_and_pages() if set(parts_of(path)) & set(SHOWN)}
    assert naming == set(PAGES)


def named(address: Address) -> bool:
    return address.name in PAGES


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role.values)
def test_a_page_that_was_shown_is_one_insert_and_one_that_was_not_is_none(
    role: str, as_role: Callable[..., Client]
) -> None:
    addresses = [address for address in all_addresses() if named(address)]
    client = as_role(role)
    opened = 0
    for address in addresses:
        with CaptureQueriesContext(connection) as queries:
            answer = client.get(address.path)
        inserts = [query for query in queries if INTO_READS in query["sql"]]
        assert len(inserts) == (answer.status_code == 200), address
        opened += answer.status_code == 200
    recorded = {read.page for read in PersonRead.objects.all()}
    assert opened == 0 or recorded
    assert all(read.reader.role == role for read in PersonRead.objects.select_related("reader"))


@pytest.mark.django_db
def test_the_record_says_who_whom_when_and_on_which_page() -> None:
    person, reader = household_member(HERE), account("village")
    before = timezone.now()
    logged_in(reader).get(f"/desk/people/{person.public_id}")
    read = PersonRead.objects.get()
    assert (read.reader_id, read.person_id, read.page) == (reader.pk, person.pk, "desk:person")
    assert before <= read.read_at <= timezone.now()


@pytest.mark.django_db
def test_a_household_records_all_its_people_by_one_statement() -> None:
    person = household_member(HERE)
    other = household_member(HERE)
    other.household_id = person.household_id
    other.relation = "02"
    other.save()
    logged_in(account("village")).get(f"/desk/households/{person.household_id}")
    assert {read.person_id for read in PersonRead.objects.all()} == {person.pk, other.pk}


@pytest.mark.django_db
def test_settling_itself_records_nothing_among_its_statements(
    as_role: Callable[..., Client],
) -> None:
    client = as_role("clerk")
    stay = admitted(client, household_member())
    client.post(f"/window/stays/{stay}/lines", {**LINE, "key": key(2)})
    with CaptureQueriesContext(connection) as queries:
        answer = client.post(f"/window/stays/{stay}/settle", {"key": key(3), "day": "2018-05-09"})
    assert answer.status_code == 302
    assert Entry.objects.count() == 1
    assert not [query for query in queries if INTO_READS in query["sql"]]


def listed(auditor: User, **given: str) -> str:
    text = logged_in(auditor).get("/desk/reads/", given).content.decode()
    return text.partition("<tbody")[2]


@pytest.mark.django_db
def test_the_auditor_filters_by_person_reader_and_day() -> None:
    first, second = household_member(HERE, name="合成丙"), household_member(HERE, name="合成丁")
    one, two = account("village"), account("sumu")
    for reader in (one, two):
        logged_in(reader).get(f"/desk/people/{first.public_id}")
    logged_in(two).get(f"/desk/people/{second.public_id}")
    yesterday = timezone.now() - timedelta(days=1)
    PersonRead.objects.filter(reader=two, person=first).update(read_at=yesterday)
    auditor = account("auditor")
    assert listed(auditor).count("<tr ") == 2
    of_first = listed(auditor, person="合成丙")
    assert of_first.count("<tr ") == 2 and "合成丁" not in of_first
    assert listed(auditor, person=second.public_id).count("<tr ") == 1
    by_two = listed(auditor, reader=two.username)
    assert by_two.count("<tr ") == 2 and one.username not in by_two
    day = timezone.localtime(yesterday).date().isoformat()
    assert listed(auditor, day=day).count(two.username) == 1
    assert "没有查阅记录" in listed(auditor, day="2018-01-01")
    assert "error-summary" in logged_in(auditor).get("/desk/reads/?day=x").content.decode()


@pytest.mark.django_db
@pytest.mark.parametrize("role", ["clerk", "banner"])
def test_the_record_names_the_place_that_a_reader_works_for(role: str) -> None:
    stay, reader = settled_stay(HERE), account(role)
    logged_in(reader).get(f"/desk/people/{stay.admission.person.public_id}")
    assert f"{reader.username} · {reader.display_name} · {reader.place}" in listed(
        account("auditor")
    )


@pytest.mark.django_db
def test_an_auditor_of_another_banner_sees_none_of_it() -> None:
    person, reader = household_member(HERE, name="绝密甲乙"), account("village")
    logged_in(reader).get(f"/desk/people/{person.public_id}")
    stranger = account("auditor", THERE)
    stranger.division_id = THERE.banner
    stranger.save()
    for given in ({}, {"person": person.public_id}, {"reader": reader.username}):
        assert "没有查阅记录" in listed(stranger, **given)


@pytest.mark.django_db
def test_the_list_takes_few_statements_however_long_it_is(statements: Statements) -> None:
    reader, auditor = logged_in(account("village")), logged_in(account("auditor"))
    auditor.get("/desk/reads/")
    for number in (1, 5):
        for _person in range(number):
            reader.get(f"/desk/people/{household_member(HERE).public_id}")
        with statements(5):
            auditor.get("/desk/reads/")


@pytest.mark.django_db
def test_what_is_older_than_its_time_is_deleted_and_nothing_else() -> None:
    person, reader = household_member(HERE), account("village")
    client = logged_in(reader)
    for _time in range(2):
        client.get(f"/desk/people/{person.public_id}")
    old = PersonRead.objects.earliest("pk")
    PersonRead.objects.filter(pk=old.pk).update(
        read_at=timezone.now() - timedelta(days=DAYS_KEPT, seconds=1)
    )
    assert delete_old() == 1
    assert PersonRead.objects.count() == 1


def test_the_auditors_page_is_accessible(page: Page) -> None:
    person, auditor = household_member(HERE), account("auditor")
    logged_in(account("village")).get(f"/desk/people/{person.public_id}")
    log_in(page, auditor)
    page.goto("/desk/reads/")
    assert_accessible(page)
    page.get_by_role("link", name=person.name).click()
