"""A reform against the policy as it is, over the same claims: who pays more, who pays less.

Both policies settle every claim; nothing is estimated from one to the other. People do not change
their behaviour: the claims stay what they are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import numpy as np

from doudi.population.arrow import Flags, Ints
from doudi.population.columns import Claims
from doudi.population.dataset import BILL, Dataset, open_dataset, total
from doudi.population.groundwork import Ground, grounds
from doudi.population.packs import EPOCH, Packs
from doudi.population.reform import Change, Reform
from doudi.population.run import settle_in_parts
from doudi.rules.batch import needed_inputs
from doudi.rules.errors import BadInput
from doudi.rules.explain import plain
from doudi.rules.policy import KIND, Policy
from doudi.rules.units import Unit

OWN = "own_pay"

DECILES = 10


@dataclass(frozen=True)
class Before:
    """An amount of fen today and under the reform."""

    today: int
    reform: int

    @property
    def change(self) -> int:
        """What the reform adds, negative where it takes away."""
        return self.reform - self.today


@dataclass(frozen=True)
class Payer:
    """What one payer pays, or the people themselves."""

    name: str
    zh: str
    en: str
    amount: Before


@dataclass(frozen=True)
class Group:
    """Some of the claims. ``better`` and ``worse`` count persons whose own pay in the group falls
    or rises; ``better_by`` and ``worse_by`` are by how much together, in fen, neither negative.
    """

    key: str
    zh: str
    en: str
    claims: int
    persons: int
    bill: int
    own: Before
    better: int
    worse: int
    better_by: int
    worse_by: int

    @property
    def paid(self) -> Before:
        """What all payers together pay."""
        return Before(self.bill - self.own.today, self.bill - self.own.reform)


@dataclass(frozen=True)
class Breakdown:
    """The claims in groups: ``decile``, an input such as ``kind``, or a column of the table."""

    name: str
    zh: str
    en: str
    groups: tuple[Group, ...]


@dataclass(frozen=True)
class Comparison:
    """A reform against today, over one table of claims. All amounts in fen."""

    reform: Reform
    source: str
    synthetic: bool
    first: date
    last: date
    payers: tuple[Payer, ...]
    whole: Group
    breakdowns: tuple[Breakdown, ...]
    grounds: tuple[Ground, ...]

    def breakdown(self, name: str) -> Breakdown:
        """The breakdown of that name; KeyError for none."""
        return {item.name: item for item in self.breakdowns}[name]

    def to_dict(self) -> dict[str, Any]:
        """As plain data for JSON; money in fen."""
        today, after = self.reform.today, self.reform.policy
        return {
            "schema": "doudi-comparison-1",
            "policy": {"name": today.name, "today": today.version, "reform": after.version},
            "reform": {"zh": self.reform.zh, "en": self.reform.en},
            "source": self.source,
            "synthetic": self.synthetic,
            "dates": [self.first.isoformat(), self.last.isoformat()],
            "changes": [_change(item) for item in self.reform.changes],
            "payers": {item.name: _before(item.amount) for item in self.payers},
            "whole": _group(self.whole),
            "breakdowns": {
                item.name: [_group(group) for group in item.groups] for item in self.breakdowns
            },
            "rests_on": [
                {"name": item.name, "zh": item.zh, "en": item.en, "status": item.status}
                for item in self.grounds
            ],
        }


def compare(source: Any, reform: Reform, by: Sequence[str] = ()) -> Comparison:
    """Settle the claims under both policies.

    ``source`` is a Parquet file's path or an Arrow, Polars or pandas table; ``by`` names further
    columns of it to group by. Errors: BadInput, BadTable, TypeError.
    """
    _check_own(reform.today)
    _check_own(reform.policy)
    packs = Packs({reform.today.name: reform.policy}, reform.today.name)
    dataset = open_dataset(source, Packs.of(reform.today), by, also=packs)
    if not len(dataset.claims):
        zh, en = "文件里没有就医记录", "the table has no claims"
        raise BadInput("file", dataset.name or None, zh, en)
    today, own_today = _settled(dataset.claims)
    after, own_after = _settled(dataset.under(packs), packs)
    people = _People(dataset, own_today, own_after)
    return Comparison(
        reform,
        dataset.name,
        dataset.synthetic,
        EPOCH + timedelta(days=int(dataset.claims.day.min())),
        EPOCH + timedelta(days=int(dataset.claims.day.max())),
        _payers(reform, today, after),
        people.group(("", "", ""), None),
        tuple(_breakdowns(reform.today, dataset, people)),
        grounds(reform.today, dataset.claims),
    )


def _check_own(policy: Policy) -> None:
    if OWN not in policy.outputs:
        zh, en = f"政策包 {policy.name} 没有 {OWN}", f"the pack {policy.name} has no {OWN}"
        raise BadInput("policy", policy.name, zh, en)


def _settled(claims: Claims, packs: Packs | None = None) -> tuple[dict[str, int], Ints]:
    """The sum of every output, and the own pay of every claim in the order of settlement."""
    sums: dict[str, int] = {}
    own = np.empty(len(claims), np.int64)
    done = 0
    for part in settle_in_parts(claims, packs):
        for name, column in part.amounts.items():
            sums[name] = sums.get(name, 0) + total(column)
        count = len(part.amounts[OWN])
        own[done : done + count] = part.amounts[OWN]
        done += count
    return sums, own


def _payers(
    reform: Reform, today: Mapping[str, int], after: Mapping[str, int]
) -> tuple[Payer, ...]:
    names = dict.fromkeys((*reform.today.outputs, *reform.policy.outputs))
    cards = {rule.name: rule.card for rule in (*reform.policy.all_rules, *reform.today.all_rules)}
    return tuple(
        Payer(
            name,
            cards[name].zh,
            english_of(name),
            Before(today.get(name, 0), after.get(name, 0)),
        )
        for name in names
    )


def english_of(payer: str) -> str:
    """A short English name of a payer, or of the person."""
    return _ENGLISH.get(payer) or payer.removesuffix("_pay").replace("_", " ")


_ENGLISH = {
    "basic_pay": "basic insurance",
    "critical_pay": "critical-illness insurance",
    "commercial_pay": "supplementary insurance",
    "assistance_pay": "medical assistance",
    "backstop_pay": "government backstop",
    OWN: "own pay",
}


class _People:
    """Sums over persons and claims of a dataset in settlement order."""

    def __init__(self, dataset: Dataset, today: Ints, after: Ints) -> None:
        self.today, self.after = today, after
        self.bill = dataset.claims.columns[BILL]
        self.person = dataset.person_at
        starts = np.flatnonzero(dataset.starts)
        self.own_today: Ints = np.add.reduceat(today, starts)

    def group(self, words: tuple[str, str, str], at: Ints | None) -> Group:
        """The claims at these places (rising), or all of them."""
        today = self.today if at is None else self.today[at]
        after = self.after if at is None else self.after[at]
        bill = self.bill if at is None else self.bill[at]
        person = self.person if at is None else self.person[at]
        starts = np.flatnonzero(np.concatenate(([True], person[1:] != person[:-1])))
        change: Ints = np.add.reduceat(after - today, starts)
        return Group(
            *words,
            len(today),
            len(starts),
            total(bill),
            Before(total(today), total(after)),
            int((change < 0).sum()),
            int((change > 0).sum()),
            -total(change[change < 0]),
            total(change[change > 0]),
        )

    def deciles(self) -> Ints:
        """For each claim the tenth of its person by own pay today, from 0.

        Persons who pay the same stay together, so that no tenth hangs on the order of the table;
        the tenths then differ in size.
        """
        paid = np.sort(self.own_today)
        below = np.searchsorted(paid, self.own_today, side="left")
        tenth = below * DECILES // len(paid)
        found: Ints = tenth.astype(np.int8)[self.person]
        return found


def _breakdowns(policy: Policy, dataset: Dataset, people: _People) -> Iterator[Breakdown]:
    tenths = people.deciles()
    words = [(str(n + 1), f"第{n + 1}组", f"group {n + 1}") for n in range(DECILES)]
    yield Breakdown(
        "decile",
        "按现在自付多少分十组",
        "By tenths of own pay today",
        tuple(_groups(people, tenths, words)),
    )
    for item in policy.claim_inputs:
        if item.name in _FLAGS and item.unit is Unit.FLAG:
            told = [("yes", item.zh, item.en), ("no", item.zh_no, item.en_no)]
            codes = 1 - dataset.claims.columns[item.name].astype(np.int8)
            words_zh, words_en = "是否建档立卡", "Registered or not"
            yield Breakdown(item.name, words_zh, words_en, tuple(_groups(people, codes, told)))
        if item.unit is Unit.LEVEL:
            codes = _levels(policy, dataset.claims, item.name, list(item.options))
            named = [(str(option), *texts) for option, texts in item.options.items()]
            yield Breakdown(item.name, item.zh, item.en, tuple(_groups(people, codes, named)))
    kinds = [(str(kind), *texts) for kind, texts in policy.kinds.items()]
    kind = policy.inputs[KIND]
    codes = dataset.claims.columns[KIND]
    yield Breakdown(KIND, kind.zh, kind.en, tuple(_groups(people, codes, kinds)))
    for label in dataset.labels.values():
        texts = [(text, text or "没有写", text or "not stated") for text in label.texts]
        zh, en = _LABELS.get(label.name, (label.name, label.name))
        yield Breakdown(label.name, zh, en, tuple(_groups(people, label.codes, texts)))


_FLAGS = ("registered",)
_LABELS = {"banner": ("旗县市", "Banner")}


def _levels(policy: Policy, claims: Claims, name: str, options: Sequence[Any]) -> Ints:
    """The place of each claim's level; -1 where its kind of care does not ask for one."""
    codes = [number for number, kind in enumerate(policy.kinds) if _asks(policy, str(kind), name)]
    matters: Flags = np.isin(claims.columns[KIND], codes)
    column = claims.columns[name]
    places = np.full(len(claims), -1, np.int8)
    for number, option in enumerate(options):
        places[matters & (column == option)] = number
    return places


def _asks(policy: Policy, kind: str, name: str) -> bool:
    return any(
        name in needed_inputs(policy, era.graph, kind, policy.outputs) for era in policy.eras
    )


def _groups(people: _People, codes: Ints, words: Sequence[tuple[str, str, str]]) -> Iterator[Group]:
    for code, texts in enumerate(words):
        at = np.flatnonzero(codes == code)
        if len(at):
            yield people.group(texts, at)


def _before(amount: Before) -> dict[str, int]:
    return {"today_fen": amount.today, "reform_fen": amount.reform}


def _group(group: Group) -> dict[str, Any]:
    return {
        "key": group.key,
        "zh": group.zh,
        "en": group.en,
        "claims": group.claims,
        "persons": group.persons,
        "bill_fen": group.bill,
        "paid": _before(group.paid),
        "own": _before(group.own),
        "better_persons": group.better,
        "worse_persons": group.worse,
        "better_fen": group.better_by,
        "worse_fen": group.worse_by,
    }


def _change(change: Change) -> dict[str, Any]:
    return {
        "sort": change.sort,
        "name": change.name,
        "zh": change.zh,
        "en": change.en,
        "from": change.valid_from.isoformat(),
        "to": change.valid_to.isoformat(),
        "before": plain(change.before),
        "after": plain(change.after),
        "unit": change.unit,
    }
