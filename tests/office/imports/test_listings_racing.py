"""Recording a file of listings while one of its people is listed by hand, or settled for."""

from __future__ import annotations

from datetime import date
from functools import partial
from typing import Any

import pytest
from tests.office import builders
from tests.office.builders import DAY, SAID, YUAN
from tests.office.databases import at_once
from tests.office.imports.files import CHECKER, listing_line, staged_listings
from tests.office.web.people_and_places import household_member

from doudi.office.imports import services
from doudi.office.registry import services as registry
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.models import DiseaseListing, Person
from doudi.office.settlement.checks import check_everything
from doudi.office.settlement.models import Claim

pytestmark = pytest.mark.real_commits
CANCER = {"病种名单": "大病", "病种": "胃癌"}


def commit(name: str) -> int:
    return services.commit_import(**CHECKER, public_id=name, only_good=True)


def list_by_hand(person: Person) -> DiseaseListing:
    given: dict[str, Any] = {"list": "serious", "disease": "胃癌", "document": "文件"}
    return registry.list_disease(**SAID, person_id=person.pk, valid_from=date(2018, 2, 1), **given)


def test_nobody_is_put_on_a_list_twice_at_once() -> None:
    for _again in range(4):
        person = household_member()
        waiting = staged_listings(listing_line(person, **CANCER))
        outcomes = at_once(partial(commit, waiting.public_id), partial(list_by_hand, person))
        refused = [one for one in outcomes if isinstance(one, RegistryRefused)]
        assert len(refused) == 1, outcomes
        assert person.listings.count() == 1


def test_a_stay_that_is_settled_meanwhile_is_settled_by_the_list() -> None:
    place = builders.hospital(2)
    builders.settled(builders.someone(), 1_000 * YUAN)
    for _again in range(4):
        person = household_member()
        waiting = staged_listings(listing_line(person, **CANCER))
        stays = [builders.stay(person, 50_000 * YUAN, at=place) for _stay in range(2)]
        builders.settle(stays[0])
        outcomes = at_once(
            partial(commit, waiting.public_id), partial(builders.settle, stays[1], DAY)
        )
        assert not [one for one in outcomes if isinstance(one, Exception)], outcomes
        standing = Claim.objects.filter(year__person=person).exclude(entries__sort="reverse")
        assert [claim.facts["serious"] for claim in standing] == [True, True]
    assert check_everything().faults == []
