"""The source's own arithmetic, computed again from the pack's parameters.

A finding is a sum that the source states or implies and that anybody can repeat. It says what is
stated, what comes out, and whether the two agree; where the source states nothing to agree with,
it says so instead of calling the result right or wrong. Nothing in it is typed in as a result.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from doudi.rules.errors import BadValue
from doudi.rules.policy import Policy


@dataclass(frozen=True)
class Check:
    """One sum: what the source states, what comes out, and whether they agree.

    ``holds`` is None where the source states no result (the sum is ours) or lacks a figure that
    the comparison would need.
    """

    stated: str
    computed: str
    holds: bool | None


@dataclass(frozen=True)
class Finding:
    """A check of the source with its name, its words in both languages and its clauses."""

    name: str
    zh: str
    en: str
    stated: str
    computed: str
    holds: bool | None
    clauses: tuple[str, ...]


def run_findings(policy: Policy) -> list[Finding]:
    """All findings of a pack, in the order of its files; each is computed now.

    BadValue when a declared finding returns something else than a Check.
    """
    found = []
    for rule in policy.findings:
        check = rule.function(policy)
        if not isinstance(check, Check):
            raise BadValue(f"{rule.signature.place}: {rule.name} does not return a Check")
        found.append(
            Finding(
                rule.name,
                rule.card.zh,
                rule.card.en,
                check.stated,
                check.computed,
                check.holds,
                rule.card.clauses,
            )
        )
    return found


def number(policy: Policy, name: str, day: date | None = None) -> int:
    """The value of parameter ``name`` in its smallest unit, by default on the pack's last day.

    BadValue when it has no value or is not a plain number; NoVersionInForce outside its dates.
    """
    if name not in policy.parameters:
        raise BadValue(f"{policy.name}: there is no parameter {name!r}")
    value = policy.value_on(name, day or policy.valid_to).value
    if not isinstance(value, int):
        raise BadValue(f"{policy.name}: parameter {name} has no plain number")
    return value


def tenths(of_ten: int) -> str:
    """A number counted in tenths, such as 848 for 84.8."""
    sign = "-" if of_ten < 0 else ""
    whole, rest = divmod(abs(of_ten), 10)
    return f"{sign}{whole:,}.{rest}"


def percent_tenths(part: int, whole: int) -> int:
    """``part`` as a share of ``whole`` in tenths of a percent, rounded half up."""
    return (2000 * part + whole) // (2 * whole)


def growth_tenths(start: int, end: int, years: int) -> int:
    """The yearly growth that leads from ``start`` to ``end``, in tenths of a percent.

    Rounded half up, by whole numbers only: the rate is the largest r for which growing by half a
    tenth less than r each year does not overshoot ``end``.
    """
    if start <= 0 or end < start or years <= 0:
        raise BadValue(f"no growth leads from {start} to {end} in {years} years")
    rate = 0
    while start * (2000 + 2 * rate + 1) ** years <= end * 2000**years:
        rate += 1
    return rate
