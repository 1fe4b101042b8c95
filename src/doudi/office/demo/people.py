"""The people of the league as a whole: who stands on which disease list, where each lives."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date

from doudi.office.demo.draw import Draw
from doudi.office.demo.figures import Figures, figures_for
from doudi.office.demo.households import Home, homes

_ADULT_BEFORE, _CHILD_FROM = date(2000, 1, 1), date(2004, 1, 1)

FEMORAL, CATARACT = "股骨头坏死", "白内障"
ADULT_SERIOUS = ("食管癌", "胃癌", "结肠癌", "直肠癌", "终末期肾病")
CHILD_SERIOUS = (
    "儿童急性淋巴细胞白血病",
    "儿童急性早幼粒细胞白血病",
    "儿童先天性房间隔缺损",
    "儿童先天性室间隔缺损",
)
# The article does not list them; these are examples.
CHRONIC = ("高血压", "糖尿病", "冠心病", "脑血管病后遗症", "慢性阻塞性肺疾病", "类风湿关节炎")
SEVERE = "重病（未列病种）"


@dataclass
class League:
    """What must be known of all people before the first is written.

    The households are not kept: `homes` makes the same ones again.
    """

    people: int
    seed: int
    divisions: Sequence[str]
    figures: Figures
    place: array[int] = field(default_factory=lambda: array("H"))
    registered: array[int] = field(default_factory=lambda: array("I"))
    insured_others: array[int] = field(default_factory=lambda: array("I"))
    lists: dict[int, list[tuple[str, str]]] = field(default_factory=dict)

    def homes(self) -> Iterator[Home]:
        """The households, one after the other."""
        return homes(self.people, self.seed, self.divisions)

    def listed(self, name: str) -> int:
        """How many people stand on a list."""
        return sum(any(item == name for item, _d in lists) for lists in self.lists.values())

    def division_of(self, number: int) -> str:
        """The gacha of a person."""
        return self.divisions[self.place[number]]


def plan_league(people: int, seed: int, divisions: Sequence[str]) -> League:
    """Go through all households once, and put people on the lists."""
    league = League(people, seed, divisions, figures_for(people))
    number_of = {code: number for number, code in enumerate(divisions)}
    adults, children = array("I"), array("I")
    for home in league.homes():
        for member in home.members:
            league.place.append(number_of[home.division])
            if home.registered:
                league.registered.append(member.number)
                if member.born < _ADULT_BEFORE:
                    adults.append(member.number)
                elif member.born >= _CHILD_FROM:
                    children.append(member.number)
            elif home.paid_by is not None:
                league.insured_others.append(member.number)
    _put_on_lists(league, adults, children)
    return league


def _put_on_lists(league: League, adults: Sequence[int], children: Sequence[int]) -> None:
    draw, figures = Draw("lists", league.seed), league.figures
    others = figures.serious - figures.femoral - figures.cataract
    of_children = others * len(CHILD_SERIOUS) // (len(CHILD_SERIOUS) + len(ADULT_SERIOUS))
    serious = draw.some_of(adults, figures.serious - of_children)
    names = [FEMORAL] * figures.femoral + [CATARACT] * figures.cataract
    rest = len(serious) - len(names)
    names += [ADULT_SERIOUS[place % len(ADULT_SERIOUS)] for place in range(rest)]
    _list(league, "serious", zip(serious, names, strict=False))
    sick = draw.some_of(children, of_children)
    _list(league, "serious", zip(sick, _in_turn(CHILD_SERIOUS, len(sick)), strict=True))
    chronic = draw.some_of(adults, figures.chronic)
    diseases = _in_turn(CHRONIC, len(chronic))
    _list(league, "chronic", zip(chronic, diseases, strict=True))
    by_delivery = list(zip(chronic, diseases, strict=True))[: figures.drug_purchase]
    _list(league, "drug_purchase", by_delivery)
    severe = draw.some_of(adults, figures.severe_backstop)
    _list(league, "severe_backstop", ((number, SEVERE) for number in severe))


def _in_turn(names: Sequence[str], count: int) -> list[str]:
    return [names[place % len(names)] for place in range(count)]


def _list(league: League, name: str, people: Iterable[tuple[int, str]]) -> None:
    for number, disease in people:
        league.lists.setdefault(number, []).append((name, disease))
