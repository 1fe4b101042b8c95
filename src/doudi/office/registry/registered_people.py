"""The registered people behind a number of `figures`, page by page.

The one of a hundred thousand who is not insured lives in some village or other: to find them, a
list would have to look at everybody. A page looks at so many households and no more, first at
those of villages which had such people when they were last counted, and then, for what changed
since, at all others.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Q, QuerySet, Sum

from doudi.office.registry.figures import registered_in
from doudi.office.registry.models import Division, Household, KeptCount, RegistrationPeriod
from doudi.office.registry.selectors import codes_within

ON_A_PAGE = 50
WINDOWS = (50, 250, 1_700)
"""How many households are looked at, one after another, until a page is full."""
_ABOVE_A_VILLAGE = "000"


@dataclass(frozen=True)
class Asked:
    """Whose list it is: of a place and a year, for a cause, insured or not; None for both."""

    division: Division
    year: int
    today: date
    cause: str = ""
    insured: bool | None = None

    def rows(self) -> QuerySet[RegistrationPeriod]:
        """All of them, by village and household."""
        rows = registered_in(self.division, self.year, self.today, self.cause, self.insured)
        return rows.select_related("person__household__division__parent").order_by(
            "person__household__division", "person__household", "person"
        )


@dataclass(frozen=True)
class Position:
    """Where a page begins: behind a household, or at the first; ``others`` once the villages
    that had such people are through.
    """

    after: Household | None = None
    others: bool = False


@dataclass(frozen=True)
class PageOfPeople:
    """Whole households, and where the next page begins; None when nobody follows."""

    rows: list[RegistrationPeriod]
    following: Position | None


def page_of(asked: Asked, begin: Position) -> PageOfPeople:
    """The people of a page; few or none when so many households had no more."""
    likely = _likely_villages(asked)
    after, others = begin.after, begin.others or not likely
    rows: list[RegistrationPeriod] = []
    for size in WINDOWS:
        window = list(_households(asked.division, likely, after, others=others)[:size])
        rows += asked.rows().filter(person__household__in=[home.pk for home in window])
        if len(rows) > ON_A_PAGE:
            return _cut(rows, others=others)
        if window:
            after = window[-1]
        if len(window) == size:
            continue
        if others:
            return PageOfPeople(rows, None)
        after, others = None, True
    return PageOfPeople(rows, Position(after, others))


def _cut(rows: list[RegistrationPeriod], *, others: bool) -> PageOfPeople:
    """As many whole households as a page takes, at least one of them."""
    last = rows[ON_A_PAGE].person.household
    whole = [row for row in rows[:ON_A_PAGE] if row.person.household != last]
    whole = whole or [row for row in rows if row.person.household == last]
    return PageOfPeople(whole, Position(whole[-1].person.household, others))


def _households(
    division: Division, likely: list[str], after: Household | None, *, others: bool
) -> QuerySet[Household]:
    """The households behind one, in the order of an index."""
    first, last = codes_within(division)
    homes = Household.objects.filter(division__gte=first, division__lte=last)
    among = Q(division__in=likely)
    homes = homes.filter(~among if others else among)
    if after is not None:
        behind = Q(division__gt=after.division_id) | Q(division=after.division_id, pk__gt=after.pk)
        homes = homes.filter(behind, division__gte=after.division_id)
    return homes.order_by("division", "pk")


def _likely_villages(asked: Asked) -> list[str]:
    """The villages that had such people when they were last counted."""
    counts = KeptCount.objects.filter(year=asked.year, place__range=codes_within(asked.division))
    if asked.cause:
        counts = counts.filter(cause=asked.cause)
    number = {None: Sum("registered"), True: Sum("enrolled")}.get(
        asked.insured, Sum("registered") - Sum("enrolled")
    )
    sums = counts.values("place").annotate(number=number).filter(number__gt=0)
    places = sums.order_by("place").values_list("place", flat=True)
    return [place for place in places if not place.endswith(_ABOVE_A_VILLAGE)]
