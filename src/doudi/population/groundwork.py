"""What figures about a population rest on: values that no source confirms, and readings."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from doudi.population.columns import Claims
from doudi.rules.batch import number_of
from doudi.rules.parameters import Value
from doudi.rules.policy import KIND, Policy

READING = "reading"


@dataclass(frozen=True)
class Ground:
    """One thing the figures rest on. ``status`` is that of the value, or ``reading``."""

    name: str
    zh: str
    en: str
    status: str
    basis_zh: str
    basis_en: str


def grounds(policy: Policy, claims: Claims) -> tuple[Ground, ...]:
    """The unconfirmed values and the readings that the rules ask for, for the claims there are."""
    kinds = [str(kind) for kind in policy.kinds]
    there = [kinds[int(code)] for code in np.unique(claims.columns[KIND])]
    wanted = (*policy.outputs, *policy.summed)
    asked = {
        argument
        for era in policy.eras
        for kind in there
        for rule in era.graph.needed_for(kind, wanted)
        for argument in rule.signature.arguments
    }
    found: list[Ground] = []
    for name in _members(policy, claims, asked):
        parameter = policy.parameters[name]
        for value in parameter.values:
            if not value.status.sure:
                found.append(_of_value(parameter.name, parameter.zh, parameter.en, value))
                break
    for name, item in policy.interpretations.items():
        if name in asked:
            zh, en = item.readings[policy.reading(name)]
            found.append(Ground(name, item.zh, item.en, READING, zh, en))
    return tuple(found)


def _of_value(name: str, zh: str, en: str, value: Value) -> Ground:
    return Ground(name, zh, en, value.status.value, value.basis, value.basis_en)


def _members(policy: Policy, claims: Claims, asked: set[str]) -> list[str]:
    """The parameters that are read, of a family only those whose option some claim has."""
    found = {name for name in asked if name in policy.parameters}
    for family in policy.families.values():
        if family.name not in asked:
            continue
        declared = policy.inputs[family.index]
        there = set(np.unique(claims.columns[family.index]).tolist())
        found |= {
            member
            for option, member in family.members.items()
            if number_of(declared, option) in there
        }
    return [name for name in policy.parameters if name in found]
