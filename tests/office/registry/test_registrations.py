"""Registration periods, enrolments and disease lists: history that is added to."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from tests.office.databases import at_once
from tests.office.registry.conftest import SAID, number

from doudi.office.audit.models import Call
from doudi.office.registry import services
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.models import (
    DiseaseListing,
    Enrolment,
    Person,
    RegistrationPeriod,
)

Register = Callable[..., Person]


def add(someone: Person, begin: str, end: str | None = None, **given: Any) -> RegistrationPeriod:
    facts: dict[str, Any] = {"cause": "01", "document": "扶贫办〔2016〕1号"} | given
    return services.add_registration(
        **SAID,
        person_id=someone.pk,
        valid_from=date.fromisoformat(begin),
        valid_to=date.fromisoformat(end) if end else None,
        **facts,
    )


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("begin", "end"),
    [
        ("2016-12-31", "2017-05-01"),
        ("2016-03-01", "2016-04-01"),
        ("2015-01-01", "2016-01-01"),
        ("2015-01-01", "2018-01-01"),
        ("2015-01-01", None),
        ("2016-12-31", None),
    ],
)
def test_periods_of_one_person_never_overlap(person: Register, begin: str, end: str | None) -> None:
    someone = person()
    add(someone, "2016-01-01", "2016-12-31")
    with pytest.raises(RegistryRefused) as refused:
        add(someone, begin, end)
    assert "2016-01-01" in refused.value.zh
    assert someone.registrations.count() == 1


@pytest.mark.django_db
@pytest.mark.parametrize(("begin", "end"), [("2017-01-01", None), ("2015-01-01", "2015-12-31")])
def test_a_period_may_stand_right_beside_another(
    person: Register, begin: str, end: str | None
) -> None:
    someone = person()
    add(someone, "2016-01-01", "2016-12-31")
    add(someone, begin, end)
    add(person(), "2016-01-01")


@pytest.mark.django_db
def test_nothing_follows_a_period_without_an_end(person: Register) -> None:
    someone = person()
    add(someone, "2016-01-01")
    with pytest.raises(RegistryRefused):
        add(someone, "2019-01-01")


@pytest.mark.real_commits
def test_of_overlapping_periods_that_arrive_at_once_one_is_taken() -> None:
    someone = services.register_person(**SAID, name="甲", id_number=number(), synthetic=True)
    answers = at_once(*[lambda: add(someone, "2016-01-01")] * 8)
    assert sum(isinstance(answer, RegistrationPeriod) for answer in answers) == 1
    assert sum(isinstance(answer, RegistryRefused) for answer in answers) == 7
    assert RegistrationPeriod.objects.count() == 1


@pytest.mark.django_db
def test_the_end_of_a_period_is_set_once(person: Register) -> None:
    period = add(person(), "2016-01-01")
    end: dict[str, Any] = {**SAID, "period_id": period.pk}
    with pytest.raises(RegistryRefused):
        services.end_registration(**end, valid_to=date(2015, 12, 31))
    services.end_registration(**end, valid_to=date(2017, 12, 31))
    with pytest.raises(RegistryRefused):
        services.end_registration(**end, valid_to=date(2018, 12, 31))
    period.refresh_from_db()
    assert period.valid_to == date(2017, 12, 31)


@pytest.mark.django_db
def test_a_withdrawn_period_stays_and_makes_room(person: Register) -> None:
    someone = person()
    period = add(someone, "2016-01-01")
    services.withdraw_registration(**SAID, period_id=period.pk)
    add(someone, "2016-02-01")
    assert someone.registrations.count() == 2
    for again in (
        lambda: services.withdraw_registration(**SAID, period_id=period.pk),
        lambda: services.end_registration(**SAID, period_id=period.pk, valid_to=date(2017, 1, 1)),
    ):
        with pytest.raises(RegistryRefused):
            again()


@pytest.mark.django_db
def test_the_database_itself_refuses_an_end_before_the_beginning(person: Register) -> None:
    period = add(person(), "2016-01-01")
    with pytest.raises(IntegrityError), transaction.atomic():
        RegistrationPeriod.objects.filter(pk=period.pk).update(valid_to=date(2015, 1, 1))


@pytest.mark.django_db
def test_somebody_is_enrolled_once_a_year(person: Register) -> None:
    someone = person()
    facts: dict[str, Any] = {
        "person_id": someone.pk,
        "premium_own_fen": 220_00,
        "paid_by": "government",
        "document": "参保缴费单",
    }
    services.enrol(**SAID, year=2018, **facts)
    services.enrol(**SAID, year=2019, **facts)
    with pytest.raises(RegistryRefused):
        services.enrol(**SAID, year=2018, **facts)
    for wrong in ({"year": 1988}, {"premium_own_fen": -1}, {"paid_by": "邻居"}, {"document": ""}):
        with pytest.raises(RegistryRefused):
            services.enrol(**SAID, **{"year": 2020} | facts | wrong)
    assert list(Enrolment.objects.values_list("year", flat=True).order_by("year")) == [2018, 2019]


@pytest.mark.django_db
def test_a_disease_is_listed_once_at_a_time_and_ended_once(person: Register) -> None:
    someone = person()

    def put(**given: Any) -> DiseaseListing:
        facts: dict[str, Any] = {
            "list": "serious",
            "disease": "食管癌",
            "valid_from": date(2018, 3, 1),
            "document": "大病登记表",
        }
        return services.list_disease(**SAID, person_id=someone.pk, **facts | given)

    listing = put()
    put(list="chronic")
    put(disease="胃癌")
    with pytest.raises(RegistryRefused):
        put(valid_from=date(2018, 4, 1))
    services.end_listing(**SAID, listing_id=listing.pk, valid_to=date(2018, 3, 31))
    put(valid_from=date(2018, 4, 1))
    with pytest.raises(RegistryRefused):
        services.end_listing(**SAID, listing_id=listing.pk, valid_to=date(2018, 5, 1))
    with pytest.raises(RegistryRefused):
        put(list="unheard of")


@pytest.mark.django_db
def test_what_does_not_exist_is_refused() -> None:
    nobody: dict[str, Any] = {**SAID, "document": "文件"}
    for call in (
        lambda: services.add_registration(
            **nobody, person_id=1, valid_from=date(2016, 1, 1), cause="01"
        ),
        lambda: services.end_registration(**SAID, period_id=1, valid_to=date(2016, 1, 1)),
        lambda: services.withdraw_registration(**SAID, period_id=1),
        lambda: services.end_listing(**SAID, listing_id=1, valid_to=date(2016, 1, 1)),
        lambda: services.withdraw_listing(**SAID, listing_id=1),
        lambda: services.reveal_id_number(**SAID, person_id=1),
    ):
        with pytest.raises(RegistryRefused):
            call()
    assert not Call.objects.exists()


@pytest.mark.django_db
def test_every_change_leaves_who_when_and_why(person: Register) -> None:
    someone = person()
    period = add(someone, "2016-01-01")
    said = {"actor": "乙", "reason": "脱贫退出"}
    services.end_registration(**said, period_id=period.pk, valid_to=date(2017, 12, 31))
    call = Call.objects.get(service="end_registration")
    assert (call.actor, call.reason) == ("乙", "脱贫退出")
    assert call.subject == f"person:{someone.public_id}"
    assert call.detail["valid_to"] == "2017-12-31"
    assert call.recorded_at is not None
    assert period.recorded_by == SAID["actor"]
