"""The faults of a pack that only show when its parts are joined, all found when it is loaded."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from doudi.rules.errors import BadValue, UnitMismatch, UnknownArgument, UnsureGuarantee
from doudi.rules.facts import Input
from doudi.rules.fuse import fuse
from doudi.rules.graph import Rule, check_arguments
from doudi.rules.pack_file import FILE
from doudi.rules.policy import Era, Policy
from doudi.rules.units import AMOUNTS, Unit


def check_policy(policy: Policy) -> None:
    """Raise the first fault of a pack that only shows when its parts are joined."""
    _check_names(policy)
    _check_kinds(policy)
    for item in policy.inputs.values():
        _check_input(policy, item, f"{FILE}: input {item.name}")
    for era in policy.eras:
        _check_outputs(policy, era)
        _check_statements(policy, era)
    _check_own_so_far(policy)
    _check_readings(policy)
    if policy.outputs:
        # Writing the loop is the check that a loop can be written; it takes about a millisecond.
        fuse(policy)


def _check_names(policy: Policy) -> None:
    groups = {
        "input": set(policy.inputs),
        "parameter": set(policy.parameters) | set(policy.families),
        "interpretation": set(policy.interpretations),
        "rule": {rule.name for rule in policy.all_rules},
    }
    seen: dict[str, str] = {}
    for group, names in groups.items():
        for name in sorted(names):
            if name in seen:
                raise UnknownArgument(f"{name!r} is both {seen[name]} and {group}")
            seen[name] = group


def _check_kinds(policy: Policy) -> None:
    kinds = {str(kind): None for kind in policy.kinds}
    for rule in (*policy.all_rules, *policy.promises, *policy.guarantees):
        for kind in rule.card.applies_to or ():
            if kind not in kinds:
                raise UnknownArgument(
                    f"{rule.signature.place}: {rule.name}: there is no kind {kind!r}; "
                    f"it is one of {', '.join(kinds)}"
                )


def _check_input(policy: Policy, item: Input, what: str) -> None:
    """The names that an input refers to exist, in a unit that fits."""
    if item.at_most is not None:
        if item.unit not in AMOUNTS:
            raise UnitMismatch(f"{what}: at_most bounds an amount or a count, not a {_unit(item)}")
        _check_of_one_unit(item, policy.inputs.get(item.at_most), f"{what}: at_most", item.at_most)
    guess = item.if_unknown
    if guess is None or guess.share is None or guess.of is None:
        return
    if item.unit is not Unit.FEN:
        raise UnitMismatch(f"{what}: if_unknown: only an amount in fen is a share of another")
    _check_of_one_unit(item, policy.inputs.get(guess.of), f"{what}: if_unknown: of", guess.of)
    _check_share(policy, guess.share, f"{what}: if_unknown: share")


def _check_of_one_unit(item: Input, other: Input | None, what: str, name: str) -> None:
    if other is None:
        raise UnknownArgument(f"{what}: there is no input {name!r}")
    if other.unit is not item.unit:
        raise UnitMismatch(f"{what}: {name} is {_unit(other)}, not {_unit(item)}")


def _check_share(policy: Policy, name: str, what: str) -> None:
    parameter = policy.parameters.get(name)
    if parameter is None:
        raise UnknownArgument(f"{what}: there is no parameter {name!r}")
    if parameter.unit != Unit.RATE.value:
        raise UnitMismatch(f"{what}: {name} is {parameter.unit}, not rate")
    if any(value.value is None for value in parameter.values):
        raise BadValue(f"{what}: {name} has no value to guess by")


def _unit(item: Input) -> str:
    return item.unit.value


def _check_outputs(policy: Policy, era: Era) -> None:
    """Every output is an amount of money on every day on which the pack is in force."""
    for name in policy.outputs:
        rule = era.graph.by_name.get(name)
        if rule is None:
            raise UnknownArgument(
                f"{FILE}: outputs: there is no rule {name!r} in force on {era.valid_from}"
            )
        if rule.signature.returns is not Unit.FEN:
            raise UnitMismatch(
                f"{FILE}: outputs: {name} is {rule.signature.returns.value}, not fen "
                f"({rule.signature.place})"
            )


def _check_own_so_far(policy: Policy) -> None:
    name = policy.own_so_far
    if name is not None and name not in policy.summed:
        raise UnknownArgument(
            f"{FILE}: own_so_far: no rule asks for {name}_to_date; "
            f"it is one of {', '.join(policy.summed) or 'none'}"
        )


def _check_statements(policy: Policy, era: Era) -> None:
    by_name = era.graph.by_name
    for promise in policy.promises:
        variants = [variant.name for variant in promise.card.variants]
        check_arguments(promise, policy.names, by_name, variants)
        _check_returns(promise, Unit.FLAG, "a promise")
    for guarantee in policy.guarantees:
        check_arguments(guarantee, policy.names, by_name)
        _check_returns(guarantee, Unit.FEN, "a guarantee")
        _check_sure(policy, guarantee, by_name)


def _check_returns(statement: Rule, wanted: Unit, sort: str) -> None:
    found = statement.signature.returns
    if found is not wanted:
        raise UnitMismatch(
            f"{statement.signature.place}: {statement.name}: {sort} gives {wanted.value}, "
            f"not {found.value}"
        )


def _check_sure(policy: Policy, guarantee: Rule, by_name: Mapping[str, Rule]) -> None:
    """A guarantee may read confirmed values only, however many rules lie between."""
    ways: dict[str, tuple[str, ...]] = {}
    missing = [(argument, ()) for argument in guarantee.signature.arguments]
    _follow(missing, by_name, ways)
    for argument, way in ways.items():
        for member in policy.members(argument):
            for value in policy.parameters[member].values:
                if not value.status.sure:
                    raise UnsureGuarantee(
                        f"{guarantee.signature.place}: {guarantee.name} reads {member}, "
                        f"which is {value.status.value}{_through(way)}"
                    )


def _follow(
    reached: Sequence[tuple[str, tuple[str, ...]]],
    by_name: Mapping[str, Rule],
    ways: dict[str, tuple[str, ...]],
) -> None:
    """Into ``ways``: everything that can be reached, each with the rules of the shortest way."""
    while reached:
        further = []
        for argument, way in reached:
            if argument in ways:
                continue
            ways[argument] = way
            if argument in by_name:
                needed = by_name[argument].signature.arguments
                further += [(name, (*way, argument)) for name in needed]
        reached = further


def _through(way: Iterable[str]) -> str:
    rules = ", ".join(way)
    return f", through {rules}" if rules else ""


def _check_readings(policy: Policy) -> None:
    """A promise under a reading that nobody can choose would never be claimed, nor checked."""
    for promise in policy.promises:
        for name, readings in promise.card.under.items():
            where = f"{promise.signature.place}: {promise.name}"
            item = policy.interpretations.get(name)
            if item is None:
                raise UnknownArgument(f"{where}: there is no interpretation {name!r}")
            for reading in readings:
                if reading not in item.readings:
                    raise UnknownArgument(
                        f"{where}: {name} has no reading {reading!r}; "
                        f"it is one of {', '.join(item.readings)}"
                    )
