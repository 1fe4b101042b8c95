"""Claims as they are written down, as the columns of the fused loop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from doudi.rules.errors import BadInput
from doudi.rules.explain import kind_of
from doudi.rules.facts import Fact, Input, read_facts
from doudi.rules.fuse import Fused, era_row, graph_numbers
from doudi.rules.graph import Graph
from doudi.rules.kernel import Batch
from doudi.rules.policy import KIND, Policy

PERSON = "person"
DATE = "date"

Claim = Mapping[str, Any]


def in_settlement_order(claims: Iterable[Claim]) -> list[Claim]:
    """By person and then by date; claims of one person and day stay in the given order."""
    listed = list(claims)
    for claim in listed:
        if claim.get(PERSON) is None:
            raise BadInput(PERSON, None, "没有写是谁的", "is missing")
        if not isinstance(claim.get(DATE), date) or isinstance(claim[DATE], datetime):
            raise BadInput(DATE, claim.get(DATE), "应为日期", "must be a date without a time")
    return sorted(listed, key=lambda claim: (claim[PERSON], claim[DATE]))


def batch_of(policy: Policy, fused: Fused, claims: Iterable[Claim]) -> Batch:
    """The claims as a batch of lists, in the order of `in_settlement_order`.

    Each claim has ``person``, ``date`` and the pack's inputs (money in fen). Each person's year
    begins with nothing paid before. Errors: BadInput for a fact that is wrong or missing,
    NoVersionInForce.
    """
    ordered = in_settlement_order(claims)
    eras = [policy.era_on(claim[DATE]) for claim in ordered]
    needed = _Needed(policy, fused)
    facts = [needed.facts(era.graph, claim) for era, claim in zip(eras, ordered, strict=True)]
    used = sorted({era.number for era in eras})
    graphs = graph_numbers(policy)
    years = [(claim[PERSON], claim[DATE].year) for claim in ordered]
    return Batch(
        rows=[era_row(policy, fused.layout, policy.eras[number]) for number in used],
        row=[used.index(era.number) for era in eras],
        graph=[graphs[era.number] for era in eras],
        first=[year != before for year, before in zip(years, [None, *years], strict=False)],
        columns={
            name: [number_of(policy.inputs[name], known.get(name)) for known in facts]
            for name in (KIND, *fused.inputs)
        },
        opening={},
    )


def number_of(declared: Input, fact: Fact | None) -> int:
    """A fact as it stands in its column: of a choice the place of its option, otherwise itself.

    Of a fact that cannot matter the column holds any number.
    """
    if isinstance(fact, str):
        return list(declared.options).index(fact)
    return 0 if fact is None else fact


def needed_inputs(
    policy: Policy, graph: Graph, kind: str, results: Iterable[str]
) -> tuple[str, ...]:
    """The inputs on which ``results`` rest for a claim of this kind, in the pack's order."""
    rules = graph.needed_for(kind, results)
    asked = {argument for rule in rules for argument in rule.signature.arguments}
    asked |= {family.index for name, family in policy.families.items() if name in asked}
    return tuple(name for name in policy.inputs if name in asked)


class _Needed:
    """What each kind of claim has to say for the loop to settle it."""

    def __init__(self, policy: Policy, fused: Fused) -> None:
        self.policy = policy
        self.results: Sequence[str] = (*fused.wanted, *fused.summed)
        self.known: dict[tuple[int, str], tuple[str, ...]] = {}

    def facts(self, graph: Graph, claim: Claim) -> Mapping[str, Fact]:
        """The checked facts of the claim; BadInput names one that is missing."""
        raw = {name: value for name, value in claim.items() if name not in (PERSON, DATE)}
        facts = read_facts(self.policy.inputs, raw)
        for name in self._inputs(graph, kind_of(facts)):
            if name not in facts:
                item = self.policy.inputs[name]
                raise BadInput(name, None, f"缺少{item.zh}", "is missing")
        return facts

    def _inputs(self, graph: Graph, kind: str) -> tuple[str, ...]:
        key = (id(graph), kind)
        if key not in self.known:
            self.known[key] = needed_inputs(self.policy, graph, kind, self.results)
        return self.known[key]
