"""Care of the made-up league is in the article's shares, and something is left to do."""

from __future__ import annotations

import pytest

from doudi.office.care.incentives import payable
from doudi.office.care.models import Service as Rendered
from doudi.office.care.models import ServicePackage, Team
from doudi.office.care.selectors import Batch, chronic_patients, serious_figures
from doudi.office.demo.households import YEAR
from doudi.office.demo.make import make_league
from doudi.office.registry.models import Person
from doudi.office.registry.services import load_divisions
from doudi.office.settlement.policy import active_policy


@pytest.mark.django_db
def test_the_made_up_league_has_contracts_and_treatments_in_the_shares_of_the_article() -> None:
    load_divisions()
    make_league(people=8_000, seed=7, settlements=1)
    people, day = Person.objects.all(), active_policy().valid_to
    assert day.year == YEAR
    needed = chronic_patients(people, day).count()
    unsigned = chronic_patients(people, day, signed=False).count()
    # 130 of 43,486 are missing in the article: 3 of 994.
    assert (needed, unsigned) == (994, 3)
    serious = serious_figures(people, day)
    # 525 of 350,000 people are 12 of 8,000, and 445 of 525 of them are 10.
    assert (serious.needed, serious.treated) == (12, 10)
    assert serious.by_state[Batch.UNPLANNED] == 1
    assert serious.by_state[Batch.PLANNED] == 1
    assert ServicePackage.objects.filter(synthetic=True).count() == 10
    assert not Team.objects.filter(synthetic=False).exists()
    september = payable(Rendered.objects.all(), "201809")
    assert sum(row.fen or 0 for row in september) == sum(
        1_000 * row.deliveries + 1_800 * row.visits for row in september
    )
    assert sum(row.deliveries for row in september) > 0
