"""The policies that a table of claims may name in its column ``policy``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from doudi.rules.batch import needed_inputs
from doudi.rules.facts import Input
from doudi.rules.fuse import claim_kinds
from doudi.rules.policy import KIND, Policy

EPOCH = date(1970, 1, 1)

_OWN_COLUMNS = ("person", "date", "policy", KIND)


@dataclass(frozen=True)
class Packs:
    """Policies by the word that names them in a table; ``default`` is meant where none is named.

    Immutable. A pack's number is its place in ``by_name``.
    """

    by_name: Mapping[str, Policy]
    default: str

    @classmethod
    def of(cls, policy: Policy | Mapping[str, Policy] | Packs) -> Packs:
        """One policy, or several by name, of which the first is the default."""
        if isinstance(policy, Packs):
            return policy
        if isinstance(policy, Policy):
            return cls({policy.name: policy}, policy.name)
        return cls(dict(policy), next(iter(policy)))

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names in the order of the packs' numbers."""
        return tuple(self.by_name)

    @cached_property
    def policies(self) -> tuple[Policy, ...]:
        """The policies in the order of their numbers."""
        return tuple(self.by_name.values())

    @cached_property
    def outputs(self) -> tuple[str, ...]:
        """The amounts that any of the packs gives out, each once."""
        return tuple(dict.fromkeys(name for pack in self.policies for name in pack.outputs))

    @cached_property
    def inputs(self) -> Mapping[str, tuple[Input | None, ...]]:
        """Every input that settling a claim can need: as each pack declares it, kind apart."""
        asked = [needed_anywhere(pack) for pack in self.policies]
        names = dict.fromkeys(name for needed in asked for name in needed)
        return {
            name: tuple(
                pack.inputs.get(name) if name in needed else None
                for pack, needed in zip(self.policies, asked, strict=True)
            )
            for name in names
        }

    def codes_alike(self, other: Packs) -> bool:
        """Whether a claim stands in its columns under ``other`` as it does under these packs."""
        return (
            self.names == other.names
            and self.inputs == other.inputs
            and all(
                list(mine.kinds) == list(others.kinds)
                for mine, others in zip(self.policies, other.policies, strict=True)
            )
        )


def needed_anywhere(policy: Policy) -> tuple[str, ...]:
    """The inputs that any kind of claim needs, and those that describe a claim anyway."""
    needed = {item.name for item in policy.claim_inputs}
    for era in policy.eras:
        for kind in claim_kinds(policy):
            needed |= set(needed_inputs(policy, era.graph, kind, (*policy.outputs, *policy.summed)))
    return tuple(name for name in policy.inputs if name in needed and name not in _OWN_COLUMNS)


def day_number(day: date) -> int:
    """Days since 1970-01-01, as Arrow's ``date32`` holds them."""
    return (day - EPOCH).days
