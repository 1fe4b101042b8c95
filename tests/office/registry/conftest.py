"""Made-up people: their numbers carry an area code that no place has."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from itertools import count
from typing import Any

import pytest

from doudi.office.registry import services
from doudi.office.registry.identity import made_up_id_number
from doudi.office.registry.models import Division, Person

SAID: dict[str, Any] = {"actor": "测试员", "reason": "测试"}
VILLAGE = "152221105203"
OTHER_VILLAGE = "152221105204"
FAR_VILLAGE = "152201001001"


def number(serial: int = 0, born: date = date(1961, 5, 4), sex: str = "1") -> str:
    """A valid ID number of nobody."""
    return made_up_id_number(born=born, sex=sex, serial=serial).text


def wrong_number(serial: int = 0) -> str:
    """An ID number with a wrong check digit."""
    right = number(serial)
    return right[:-1] + ("1" if right.endswith("0") else "0")


@pytest.fixture
def divisions() -> None:
    """Two villages and all that they lie in, a third in another banner, and an empty banner."""
    kept = ["152200000000", "152221000000", "152221105000", VILLAGE, OTHER_VILLAGE]
    kept += ["152201000000", "152201001000", FAR_VILLAGE, "152224000000"]
    known = {division.code: division for division in services.known_divisions()}
    Division.objects.bulk_create(known[code] for code in kept)


@pytest.fixture
def person() -> Callable[..., Person]:
    """Registers a person nobody has registered before."""
    serials = count()

    def register(**given: Any) -> Person:
        facts: dict[str, Any] = {"name": "甲", "id_number": number(next(serials))}
        return services.register_person(**SAID, **facts | {"synthetic": True} | given)

    return register
