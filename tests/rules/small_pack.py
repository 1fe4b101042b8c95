"""A small made-up pack - a fund that helps its members with fares - whose pieces can be replaced.

Nothing in it is anybody's policy. A test takes the whole pack and changes the one piece that it
is about, so that each fault of a pack is one short test.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

import yaml

from doudi.rules import Policy, explain, load_policy
from doudi.rules.amounts import Band, Schedule
from doudi.rules.fuse import Fused, era_row, fuse
from doudi.rules.kernel import Batch, run_plain

DAY = date(2018, 4, 28)
FIRST_DAY, LAST_DAY = date(2018, 1, 1), date(2018, 12, 31)
BASIS = {"zh": "虚构", "en": "made up"}

HEADER = (
    "from datetime import date\n"
    "from doudi.rules import *\n"
    "from doudi.rules import Choice, Count, Fen, Flag, Level, Rate, Schedule, Variant\n"
)

RULES = '''
@rule("G-01", zh="基金支付")
def fund_pay(bill: Fen, fund_rate: Rate, fund_cap: Fen, fund_pay_to_date: Fen, member: Flag) -> Fen:
    """The fund pays its rate for a member, up to the cap of the year."""
    if not member:
        return 0
    return min(share(bill, fund_rate), max(0, fund_cap - fund_pay_to_date))
'''

OWN_PAY = '''
@rule("G-02", zh="自付")
def own_pay(bill: Fen, fund_pay: Fen) -> Fen:
    """The person pays the rest."""
    return bill - fund_pay
'''

CLAUSES: Mapping[str, Any] = {
    "documents": {
        "guide": {"prefix": "G", "rank": "article", "zh": "指南", "en": "Guide", "lines": [1, 9]}
    },
    "clauses": {
        f"G-0{number}": {"lines": [number], "zh": "一条", "en": "A clause"}
        for number in range(1, 5)
    },
}

INPUTS: Mapping[str, Any] = {
    "kind": {
        "unit": "choice",
        "zh": "类别",
        "en": "Kind",
        "of": "claim",
        "options": {
            "ride": {"zh": "乘车", "en": "Ride"},
            "rental": {"zh": "租车", "en": "Rental"},
        },
    },
    "zone": {
        "unit": "level",
        "zh": "区",
        "en": "Zone",
        "of": "claim",
        "options": {1: {"zh": "近", "en": "Near"}, 2: {"zh": "远", "en": "Far"}},
        "if_unknown": 1,
    },
    "bill": {"unit": "fen", "zh": "费用", "en": "Bill", "of": "claim"},
    "member": {"unit": "flag", "zh": "会员", "en": "Member", "of": "claim", "if_unknown": False},
}

PARAMETERS: Mapping[str, Any] = {
    "fund_rate": {
        "zh": "比例",
        "en": "Rate",
        "unit": "rate",
        "value": "30%",
        "status": "cited",
        "clauses": ["G-01"],
    },
    "fund_cap": {
        "zh": "封顶",
        "en": "Cap",
        "unit": "fen",
        "value": "100 yuan",
        "range": ["80 yuan", "120 yuan"],
        "status": "assumption",
        "basis": BASIS,
    },
}

FACTS: Mapping[str, Any] = {"kind": "ride", "zone": 1, "bill": 10_000, "member": True}


def parameter(unit: str, value: Any, **more: Any) -> dict[str, Any]:
    """An entry of parameters.yaml that rests on an assumption."""
    entry = {"zh": "某数", "en": "Some value", "unit": unit, "value": value}
    return {**entry, "status": "assumption", "basis": BASIS, **more}


def dated(unit: str, *values: tuple[date, date, Any]) -> dict[str, Any]:
    """An entry of parameters.yaml with several dated values: (from, to, value)."""
    listed = [
        {"from": start, "to": end, "value": value, "status": "assumption", "basis": BASIS}
        for start, end, value in values
    ]
    return {"zh": "某数", "en": "Some value", "unit": unit, "values": listed}


def write_pack(
    folder: Path,
    *,
    rules: str = RULES + OWN_PAY,
    parameters: Mapping[str, Any] | None = None,
    inputs: Mapping[str, Any] | None = None,
    clauses: Mapping[str, Any] = CLAUSES,
    files: Mapping[str, str] | None = None,
    **pack: Any,
) -> Path:
    """Write the pack with its pieces replaced; ``pack`` are entries of pack.yaml.

    ``parameters`` and ``inputs`` are added to the usual ones, ``files`` are more Python files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    head = {
        "name": "fares",
        "zh": "车费互助",
        "en": "Fares",
        "clauses": "clauses.yaml",
        "valid_from": FIRST_DAY,
        "valid_to": LAST_DAY,
        "inputs": {**INPUTS, **(inputs or {})},
        "outputs": ["fund_pay", "own_pay"],
        **pack,
    }
    for name, content in {
        "pack.yaml": head,
        "clauses.yaml": clauses,
        "parameters.yaml": {**PARAMETERS, **(parameters or {})},
    }.items():
        text = yaml.safe_dump(content, allow_unicode=True, sort_keys=False)
        (folder / name).write_text(text, encoding="utf-8")
    for name, text in {"rules.py": rules, **(files or {})}.items():
        (folder / name).write_text(HEADER + text, encoding="utf-8")
    return folder


@dataclass(frozen=True)
class Packs:
    """Writes packs into folders of their own and loads them."""

    folder: Path

    def __call__(self, **pieces: Any) -> Policy:
        """Load the pack with the given pieces replaced."""
        return self.load(self.write(**pieces))

    def load(self, folder: Path) -> Policy:
        """Load a pack that was written before."""
        return load_policy(folder)

    def write(self, **pieces: Any) -> Path:
        """Write the pack with the given pieces replaced."""
        number = len(list(self.folder.iterdir()))
        return write_pack(self.folder / f"pack_{number}", **pieces)


def line_of(path: Path, fragment: str) -> int:
    """The number of the line in which the fragment stands."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, 1) if fragment in line)


# ---- The same claims through every use of the rules ------------------------------------------


@dataclass(frozen=True)
class Claim:
    """One claim of a history. ``policy`` is the number of the policy that settles it."""

    person: int
    day: date
    facts: Mapping[str, Any]
    policy: int = 0


Amounts = list[tuple[int, ...]]


def in_turn(claims: Sequence[Claim]) -> list[Claim]:
    """By person and date, and as they came within a day."""
    return sorted(claims, key=lambda claim: (claim.person, claim.day))


def explained(policies: Sequence[Policy], claims: Sequence[Claim]) -> Amounts:
    """The outputs of claims that are in turn, each explained after those before it."""
    found: Amounts = []
    year: tuple[int, int] | None = None
    totals: Mapping[str, int] = {}
    for claim in claims:
        if (claim.person, claim.day.year) != year:
            year, totals = (claim.person, claim.day.year), {}
        explanation = explain(policies[claim.policy], claim.facts, claim.day, totals)
        totals = explanation.closing
        found.append(tuple(explanation.outputs.values()))
    return found


def as_batch(policies: Sequence[Policy], fused: Fused, claims: Sequence[Claim]) -> Batch:
    """Claims that are in turn as the columns of the fused loop."""
    rows: list[list[int]] = []
    graphs: list[int] = []
    places: dict[tuple[int, int], int] = {}
    row, graph, first = [], [], []
    year: tuple[int, int] | None = None
    for claim in claims:
        policy = policies[claim.policy]
        era = policy.era_on(claim.day)
        key = (claim.policy, era.number)
        if key not in places:
            places[key] = len(rows)
            rows.append(era_row(policy, fused.layout, era))
            kinds_of_rules = list({id(item.graph): None for item in policy.eras})
            graphs.append(kinds_of_rules.index(id(era.graph)))
        row.append(places[key])
        graph.append(graphs[places[key]])
        first.append((claim.person, claim.day.year) != year)
        year = (claim.person, claim.day.year)
    codes = {kind: code for code, kind in enumerate(policies[0].kinds)}
    columns = {
        name: [_number(policies[0], name, claim.facts[name]) for claim in claims]
        for name in fused.inputs
    }
    columns["kind"] = [codes[claim.facts["kind"]] for claim in claims]
    return Batch(rows, row, graph, first, columns, {})


def _number(policy: Policy, name: str, fact: Any) -> int:
    """A fact as a number of a column: a named option by its place."""
    return list(policy.inputs[name].options).index(fact) if isinstance(fact, str) else int(fact)


def by_claim(fused: Fused, columns: Mapping[str, Any]) -> Amounts:
    """Columns of amounts as one tuple for each claim."""
    return [
        tuple(int(amount) for amount in amounts)
        for amounts in zip(*(columns[name] for name in fused.wanted), strict=True)
    ]


def looped(policies: Sequence[Policy], claims: Sequence[Claim]) -> Amounts:
    """The outputs of claims that are in turn, from the fused loop in plain Python."""
    fused = fuse(policies[0])
    return by_claim(fused, run_plain(fused, as_batch(policies, fused, claims)))


# ---- Any pack, otherwise ---------------------------------------------------------------------


def every_reading(policy: Policy) -> list[Policy]:
    """The policy under every combination of its interpretations, the usual one first."""
    names = list(policy.interpretations)
    orders = [
        [item.default, *(reading for reading in item.readings if reading != item.default)]
        for item in policy.interpretations.values()
    ]
    return [
        policy.with_readings(dict(zip(names, picked, strict=True))) for picked in product(*orders)
    ]


def readings_of(policy: Policy) -> dict[str, str]:
    """The reading of each interpretation that the policy uses."""
    return {name: policy.reading(name) for name in policy.interpretations}


def in_force(policy: Policy, start: date, end: date, day: date = DAY) -> Policy:
    """A pack whose rules and values of ``day`` hold from ``start`` to ``end``."""
    parameters = {
        name: replace(item, values=(replace(item.on(day), valid_from=start, valid_to=end),))
        for name, item in policy.parameters.items()
    }
    return replace(policy, valid_from=start, valid_to=end, parameters=parameters)


def claim_values(policy: Policy, day: date = DAY) -> dict[str, Any]:
    """The values that can decide a claim, in plain numbers: schedules as (upper, rate) pairs."""
    slots = fuse(policy).layout.slots
    return {
        name: _plain(policy.parameters[name].on(day).value)
        for name in policy.parameters
        if name in slots
    }


def _plain(value: Any) -> Any:
    if isinstance(value, Schedule):
        return [(band.upper, band.rate) for band in value.bands]
    return value


def units_of(policy: Policy, *, unsure: bool = False, day: date = DAY) -> dict[str, str]:
    """The units of the values that can decide a claim, or of those that nobody confirms."""
    return {
        name: policy.parameters[name].unit
        for name in claim_values(policy, day)
        if not (unsure and policy.parameters[name].on(day).status.value in ("cited", "adopted"))
    }


def with_values(policy: Policy, values: Mapping[str, Any]) -> Policy:
    """The policy with other values, whatever their range; a schedule as (upper, rate) pairs."""
    return policy.with_parameters(
        {
            name: replace(
                policy.parameters[name],
                values=tuple(
                    replace(old, value=_schedule(value) if isinstance(value, list) else value)
                    for old in policy.parameters[name].values
                ),
            )
            for name, value in values.items()
        },
        repr(values),
    )


def _schedule(bands: Sequence[tuple[int | None, int]]) -> Schedule:
    return Schedule(tuple(Band(upper, rate) for upper, rate in bands))
