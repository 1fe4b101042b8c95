"""What is wrong with rows of listings among one another, and with the registry.

Of a row these look at what `listings_file.read_listing` reads and at ``person``, the public id
of whom its ID number belongs to; what could not be read is None and says nothing. The number of
SQL statements grows by the many hundred rows only.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain
from typing import Any

from doudi.estimate.claims_file import RowFault
from doudi.office.registry import identity
from doudi.office.registry.listings_file import LISTINGS
from doudi.office.registry.models import DiseaseListing, Division, Person
from doudi.office.registry.people_together import batched
from doudi.office.registry.selectors import codes_within

Row = Mapping[str, Any]


@dataclass(frozen=True)
class _Taken:
    """Days on which somebody is on a list for a disease, and where that stands."""

    valid_from: date
    valid_to: date | None
    zh: str
    en: str

    def overlaps(self, valid_from: date, valid_to: date | None) -> bool:
        return (valid_to is None or self.valid_from <= valid_to) and (
            self.valid_to is None or valid_from <= self.valid_to
        )


def put_people(rows: Sequence[dict[str, Any]], within: Division) -> Iterator[RowFault]:
    """Give each row its ``person``: somebody of the division, of the name that the row has.

    Of whoever lives elsewhere it says no more than of whom nobody knows.
    """
    indexes = {
        row["row"]: identity.id_indexes(row["id_number"].text)
        for row in rows
        if row["id_number"] is not None
    }
    known: dict[str, tuple[str, str]] = {}
    inside = Person.objects.filter(household__division__code__range=codes_within(within))
    for some in batched(list(dict.fromkeys(chain.from_iterable(indexes.values())))):
        people = inside.filter(id_index__in=some)
        for index, person, name in people.values_list("id_index", "public_id", "name"):
            known[index] = (person, name)
    for row in rows:
        found = next((known[one] for one in indexes.get(row["row"], ()) if one in known), None)
        row["person"] = None if found is None else found[0]
        if row["id_number"] is None:
            continue
        if found is None:
            zh = f"{within.name}登记库里没有这个人，请核对号码，或先登记"
            en = f"the registry knows nobody with this number in {within.code}"
            yield LISTINGS.fault(row["row"], "id_number", row["id_number"].text, zh, en)
        elif row["name"] is not None and _plain(row["name"]) != _plain(found[1]):
            zh, en = "与登记库里的姓名不符", "differs from the name in the registry"
            yield LISTINGS.fault(row["row"], "name", row["name"], zh, en)


def gone(rows: Sequence[Row], within: Division) -> Iterator[RowFault]:
    """Rows whose person no longer lives in the division, or is no longer in the registry."""
    there: set[str] = set()
    inside = Person.objects.filter(household__division__code__range=codes_within(within))
    for some in batched(list({row["person"] for row in rows})):
        people = inside.filter(public_id__in=some)
        there |= set(people.values_list("public_id", flat=True))
    for row in rows:
        if row["person"] not in there:
            zh = f"已不在{within.name}的登记库里（读取文件之后迁出或撤销）"
            en = f"is no longer in the registry of {within.code}"
            yield LISTINGS.fault(row["row"], "id_number", "", zh, en)


def overlaps(rows: Sequence[Row]) -> Iterator[RowFault]:
    """Rows that put somebody on a list on which another row or the registry has them already.

    A list, a disease and days: the same disease on another list, or another disease, is no fault.
    """
    whole = [row for row in rows if None not in (row["person"], row["list"], row["disease"])]
    taken: defaultdict[tuple[str, str, str], list[_Taken]] = defaultdict(list)
    for some in batched(list({row["person"] for row in whole})):
        listings = DiseaseListing.objects.filter(person__public_id__in=some)
        columns = ("person__public_id", "list", "disease", "valid_from", "valid_to")
        for person, kind, disease, begun, ended in listings.values_list(*columns):
            zh = f"登记库里已在这个名单上（{begun} 至 {ended or '今'}）"
            en = f"is on this list in the registry from {begun}"
            taken[person, kind, disease].append(_Taken(begun, ended, zh, en))
    for row in whole:
        begun, ended = row["valid_from"], row["valid_to"]
        if begun is None or (ended is not None and ended < begun):
            continue
        others = taken[row["person"], row["list"], row["disease"]]
        clash = next((one for one in others if one.overlaps(begun, ended)), None)
        if clash is not None:
            yield LISTINGS.fault(row["row"], "disease", row["disease"], clash.zh, clash.en)
        zh, en = f"与第{row['row']}行重复", f"stands in row {row['row']} already"
        others.append(_Taken(begun, ended, zh, en))


def _plain(name: str) -> str:
    """A name without what is only written otherwise: spaces, full width, kinds of middle dot."""
    text = "".join(unicodedata.normalize("NFKC", name).split())
    return text.replace("•", "·").replace("・", "·").replace(".", "·")
