"""Files of people of a district, for the tests of pages."""

from __future__ import annotations

from typing import Any

from tests.office.imports.files import as_csv, line, read
from tests.office.web.people_and_places import HERE, Place, make_place

from doudi.office.imports import services
from doudi.office.imports.models import PeopleImport


def staged_import(
    place: Place = HERE, *rows: dict[str, Any], by: str = "cunjia", level: str = "gacha"
) -> PeopleImport:
    """A file of a place that was sent and read: with the given cells a row, or one good row."""
    make_place(place)
    lines = [
        line(serial, **{"村代码": place.gacha} | row) for serial, row in enumerate(rows or ({},))
    ]
    waiting = services.receive_file(
        actor=by,
        reason="年度核对",
        division_code=getattr(place, level),
        name="名单.csv",
        chunks=[as_csv(*lines)],
        synthetic=True,
    )
    return read(waiting)
