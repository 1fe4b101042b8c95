"""Lists that name people are recorded: which one and how many rows, never who was sought."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from playwright.sync_api import Page
from tests.office.web.addresses import all_addresses
from tests.office.web.browser import assert_accessible
from tests.office.web.conftest import Statements, log_in, logged_in
from tests.office.web.people_and_places import HERE, THERE, account, household_member

from doudi.office.accounts.list_reads import delete_old_lists
from doudi.office.accounts.models import ListRead, PersonRead, User
from doudi.office.accounts.person_reads import DAYS_KEPT
from doudi.office.accounts.roles import Role
from doudi.office.registry.models import Person
from doudi.office.web.person_reads import LISTS

INTO_LISTS = 'INSERT INTO "accounts_listread"'


def only_read() -> ListRead:
    return ListRead.objects.get()


@pytest.mark.django_db
@pytest.mark.parametrize("role", Role.values)
def test_no_page_names_anybody_without_a_record(role: str, as_role: Callable[..., Client]) -> None:
    addresses = all_addresses()
    names = set(Person.objects.values_list("name", flat=True))
    client = as_role(role)
    for address in addresses:
        if address.page.public:
            continue
        people, lists = PersonRead.objects.count(), ListRead.objects.count()
        answer = client.get(address.path)
        text = answer.content.decode(errors="ignore") if not answer.streaming else ""
        more_lists = ListRead.objects.count() - lists
        assert more_lists <= 1, address
        if more_lists:
            assert address.name in LISTS, address
        if any(name in text for name in names):
            assert more_lists or PersonRead.objects.count() > people, address


@pytest.mark.django_db
def test_the_record_says_who_which_list_how_it_was_picked_and_how_many_rows() -> None:
    household_member(HERE)
    reader = account("banner")
    before = timezone.now()
    logged_in(reader).get(
        "/desk/registry-figures/people", {"year": "2018", "cause": "", "name": "张三"}
    )
    read = only_read()
    assert (read.reader_id, read.page) == (reader.pk, "desk:registry_figures_people")
    assert (read.asked, read.rows) == ("year=2018", 1)
    assert before <= read.read_at <= timezone.now()


@pytest.mark.django_db
def test_what_was_typed_to_find_somebody_is_not_kept() -> None:
    person = household_member(HERE, name="合成丙丁")
    client = logged_in(account("sumu"))
    client.post("/desk/people/", {"text": "合成丙丁"})
    read = only_read()
    assert (read.page, read.asked, read.rows) == ("desk:people", "", 1)
    logged_in(account("auditor")).get("/desk/reads/", {"person": person.name})
    assert {row.asked for row in ListRead.objects.all()} == {""}


@pytest.mark.django_db
def test_a_file_that_is_saved_is_recorded_beside_its_list() -> None:
    household_member(HERE)
    client = logged_in(account("sumu"))
    client.get(f"/desk/places/{HERE.gacha}/export", {"masked": "1"})
    read = only_read()
    assert (read.page, read.rows) == ("desk:place_export", 1)
    assert read.asked == f"masked=1&place={HERE.gacha}"


@pytest.mark.django_db
def test_a_refused_list_is_not_recorded() -> None:
    household_member(HERE)
    assert logged_in(account("clerk")).get("/desk/registry-figures/people").status_code == 404
    stranger = logged_in(account("banner", THERE))
    assert stranger.get(f"/desk/places/{HERE.gacha}").status_code == 404
    assert not ListRead.objects.exists()


@pytest.mark.django_db
def test_a_list_is_one_insert_more() -> None:
    household_member(HERE)
    client = logged_in(account("village"))
    with CaptureQueriesContext(connection) as queries:
        client.get(f"/desk/places/{HERE.gacha}")
    assert len([query for query in queries if INTO_LISTS in query["sql"]]) == 1


def listed(auditor: User, **given: str) -> str:
    text = logged_in(auditor).get("/desk/reads/lists", given).content.decode()
    return text.partition("<tbody")[2]


@pytest.mark.django_db
def test_the_auditor_filters_lists_by_reader_and_day() -> None:
    household_member(HERE)
    one, two = account("village"), account("sumu")
    for reader in (one, two):
        logged_in(reader).get(f"/desk/places/{HERE.gacha}")
    yesterday = timezone.now() - timedelta(days=1)
    ListRead.objects.filter(reader=two).update(read_at=yesterday)
    auditor = account("auditor")
    shown = listed(auditor)
    assert one.username in shown and two.username not in shown and "户的列表" in shown
    assert two.username in listed(auditor, reader=two.username)
    assert two.username in listed(auditor, day=timezone.localtime(yesterday).date().isoformat())
    assert "没有查阅记录" in listed(auditor, day="2018-01-01")


@pytest.mark.django_db
def test_lists_of_another_banners_accounts_are_not_shown() -> None:
    household_member(HERE)
    logged_in(account("village")).get(f"/desk/places/{HERE.gacha}")
    stranger = account("auditor", THERE)
    stranger.division_id = THERE.banner
    stranger.save()
    assert "没有查阅记录" in listed(stranger)


@pytest.mark.django_db
def test_the_list_of_lists_takes_few_statements_however_long_it_is(statements: Statements) -> None:
    household_member(HERE)
    reader, auditor = logged_in(account("village")), logged_in(account("auditor"))
    auditor.get("/desk/reads/lists")
    for number in (1, 5):
        for _list in range(number):
            reader.get(f"/desk/places/{HERE.gacha}")
        with statements(4):
            auditor.get("/desk/reads/lists")


@pytest.mark.django_db
def test_lists_older_than_their_time_are_deleted_and_nothing_else() -> None:
    household_member(HERE)
    client = logged_in(account("village"))
    for _time in range(2):
        client.get(f"/desk/places/{HERE.gacha}")
    old = ListRead.objects.earliest("pk")
    ListRead.objects.filter(pk=old.pk).update(
        read_at=timezone.now() - timedelta(days=DAYS_KEPT, seconds=1)
    )
    assert delete_old_lists() == 1
    assert ListRead.objects.count() == 1


def test_the_page_of_lists_is_accessible(page: Page) -> None:
    household_member(HERE)
    auditor = account("auditor")
    logged_in(account("village")).get(f"/desk/places/{HERE.gacha}")
    log_in(page, auditor)
    page.goto("/desk/reads/lists")
    assert_accessible(page)
