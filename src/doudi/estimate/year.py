"""Settling a batch of claims in order, with the running totals of each person's year."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from doudi.estimate.answer import payer_lines
from doudi.estimate.claims_file import BadClaims, ClaimRow, RowFault, in_order
from doudi.rules.errors import BadInput
from doudi.rules.explain import Explanation, broken_promises, explain
from doudi.rules.policy import KIND, Policy

SCHEMA = "doudi-settle-1"


@dataclass(frozen=True)
class SettledRow:
    """One settled claim. ``broken`` names promises that it breaks, which must never happen."""

    claim: ClaimRow
    explanation: Explanation
    broken: tuple[str, ...]


@dataclass(frozen=True)
class SettledFile:
    """All claims of a file in the order of settlement, and each person's year at the end.

    ``years`` maps (person, year) to the running totals in fen.
    """

    policy: Policy
    claims: tuple[SettledRow, ...]
    years: dict[tuple[str, int], dict[str, int]]

    @property
    def broken(self) -> tuple[str, ...]:
        """Every broken promise, with the row that breaks it."""
        return tuple(f"{row.claim.row}: {name}" for row in self.claims for name in row.broken)

    def to_dict(self, with_steps: bool = False) -> dict[str, Any]:
        """The result as plain data for JSON; money in fen."""
        return {
            "schema": SCHEMA,
            "policy": {"name": self.policy.name, "version": self.policy.version},
            "claims": [_claim(row, with_steps) for row in self.claims],
            "years": [
                {"person": person, "year": year, "totals_fen": totals}
                for (person, year), totals in self.years.items()
            ],
            "broken_promises": list(self.broken),
        }


def settle_file(policy: Policy, claims: Sequence[ClaimRow]) -> SettledFile:
    """Settle the claims by date and then in the given order.

    BadClaims for a claim that takes a year beyond what can be computed.
    """
    years: dict[tuple[str, int], dict[str, int]] = {}
    settled = []
    for claim in in_order(claims):
        year = (claim.person, claim.day.year)
        try:
            explanation = explain(policy, claim.facts, claim.day, years.get(year, {}))
        except BadInput as error:
            fault = RowFault(claim.row, error.field, str(error.value), error.zh, error.en)
            raise BadClaims([fault]) from error
        years[year] = dict(explanation.closing)
        settled.append(SettledRow(claim, explanation, tuple(broken_promises(explanation))))
    return SettledFile(policy, tuple(settled), years)


def _claim(row: SettledRow, with_steps: bool) -> dict[str, Any]:
    outputs = row.explanation.outputs
    result: dict[str, Any] = {
        "row": row.claim.row,
        "person": row.claim.person,
        "date": row.claim.day.isoformat(),
        "kind": row.claim.facts[KIND],
        "bill_fen": row.claim.facts["bill"],
        "payers": {
            name.removesuffix("_pay"): amount
            for name, amount in outputs.items()
            if name != "own_pay"
        },
        "own_fen": outputs["own_pay"],
    }
    if with_steps:
        result["lines"] = [line.to_dict() for line in payer_lines(row.explanation)]
        result["steps"] = row.explanation.to_dict()["steps"]
    return result
