"""How the pages of the registry word what a person is on a day."""

from __future__ import annotations

from datetime import date

from django.utils.translation import gettext as _

from doudi.office.registry.models import (
    Cause,
    DiseaseListing,
    Household,
    Person,
    RegistrationPeriod,
    Relation,
)
from doudi.office.registry.standings import OnADay
from doudi.office.web.components import Badge, Cell
from doudi.office.web.labels import label


def registered(standing: OnADay) -> Badge:
    """Registered as poor, or not."""
    if standing.registration is None:
        return Badge(_("未建档立卡"))
    return Badge(_("建档立卡"), "good")


def enrolled(standing: OnADay, year: int) -> Badge:
    """Insured for the year, or not."""
    if standing.enrolment is None:
        return Badge(_("{year} 未参保").format(year=year), "warning")
    return Badge(_("{year} 已参保").format(year=year), "good")


def illnesses(standing: OnADay) -> str | None:
    """The disease lists somebody is on."""
    return "；".join(listing_name(row) for row in standing.listings) or None


def listing_name(row: DiseaseListing) -> str:
    """``大病：胃癌``."""
    return f"{label(DiseaseListing.List(row.list))}：{row.disease}"


def relation(person: Person) -> str:
    """What somebody is to the head of the household."""
    return label(Relation(person.relation))


def cause(code: str) -> str | None:
    """``01 因病``."""
    return f"{code} {label(Cause(code))}" if code else None


def sex_and_birth(person: Person) -> str:
    """``男 1961-05-04``."""
    return f"{label(Person.Sex(person.sex))} {person.born or ''}".strip()


def days(first: date, last: date | None) -> str:
    """From when to when, both days included."""
    if last is None:
        return _("{day} 起").format(day=first)
    return _("{first} 至 {last}").format(first=first, last=last)


def place(household: Household | None) -> str | None:
    """The sumu and the village of a household; both were read with it."""
    if household is None:
        return None
    above = household.division.parent
    return household.division.name if above is None else f"{above.name}{household.division.name}"


def period_state(row: RegistrationPeriod, day: date) -> Cell:
    """Whether a registration holds on the day."""
    return _state(row, day, _("已退出"))


def listing_state(row: DiseaseListing, day: date) -> Cell:
    """Whether a listing holds on the day."""
    return _state(row, day, _("已结束"))


def _state(row: RegistrationPeriod | DiseaseListing, day: date, over: str) -> Badge:
    if row.withdrawn_at is not None:
        return Badge(_("已撤回"), "bad")
    if row.valid_to is not None and row.valid_to < day:
        return Badge(over)
    return Badge(_("有效"), "good") if row.valid_from <= day else Badge(_("未开始"))
