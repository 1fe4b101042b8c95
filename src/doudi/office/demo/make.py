"""Making the whole made-up league in an empty office."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass

from django.conf import settings
from django.utils import timezone

from doudi.office.audit.models import Call
from doudi.office.audit.services import note
from doudi.office.care.models import Team
from doudi.office.demo.care import write_care
from doudi.office.demo.figures import FULL_SIZE
from doudi.office.demo.institutions import write_institutions
from doudi.office.demo.people import League, plan_league
from doudi.office.demo.settlements import write_settlements
from doudi.office.demo.write import ACTOR, REASON, write_people
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.figures import keep_counts
from doudi.office.registry.models import Division, Household, Person
from doudi.office.settlement.keep_sums import keep
from doudi.office.settlement.models import Claim, Institution

Progress = Callable[[int], None]
"""Told how many more are done."""

Bar = Callable[[str, int], AbstractContextManager[Progress]]
"""Opens a progress display for ``people`` or ``settlements`` of a number."""


@contextmanager
def no_bar(what: str, length: int) -> Iterator[Progress]:
    """Shows nothing."""
    del what, length
    yield lambda _done: None


@dataclass(frozen=True)
class Made:
    """What was made, counted in the database."""

    league: League
    households: int
    institutions: int
    claims: int


def make_league(*, people: int, seed: int, settlements: int, bar: Bar = no_bar) -> Made:
    """Fill an empty office; RegistryRefused in production or where there are people already.

    The same numbers again go on with what an interrupted run left, and otherwise do nothing.
    """
    if settings.PRODUCTION:
        raise RegistryRefused("正式环境不造合成数据", "production takes no synthetic data")
    if not 1 <= people <= FULL_SIZE:
        raise RegistryRefused(f"人数应为 1 至 {FULL_SIZE}", f"people must be 1 to {FULL_SIZE}")
    asked = {"people": people, "seed": seed, "settlements": settlements}
    _refuse_another(asked)
    gacha = Division.objects.filter(level=Division.Level.GACHA).order_by("code")
    league = plan_league(people, seed, list(gacha.values_list("code", flat=True)))
    if not Person.objects.exists():
        with bar("people", people) as progress:
            write_people(league, progress)
    if not Institution.objects.exists():
        write_institutions()
    if not Team.objects.exists():
        write_care()
    with bar("settlements", settlements) as progress:
        write_settlements(league, settlements, progress)
    # Nobody else writes to an office that is just being made.
    keep(timezone.now())
    keep_counts()
    return Made(
        league,
        Household.objects.count(),
        Institution.objects.count(),
        Claim.objects.filter(replaces=None).count(),
    )


def _refuse_another(asked: dict[str, int]) -> None:
    """Refuse to mix a made-up league with anything else; record what is asked for."""
    begun = Call.objects.filter(service="demo_data").first()
    if begun is None and not Person.objects.exists() and not Institution.objects.exists():
        note(actor=ACTOR, reason=REASON, service="demo_data", subject="demo", detail=asked)
        return
    if begun is None:
        raise RegistryRefused(
            "登记库里已有人员或医疗机构，合成数据只放进空库",
            "the registry holds people or institutions: synthetic data goes into an empty one",
        )
    if begun.detail != asked:
        done = "、".join(f"{name} {value}" for name, value in begun.detail.items())
        raise RegistryRefused(f"库里已有另一份合成数据（{done}）", f"other synthetic data: {done}")
