"""Checks of rows whose columns are each in order: what does not fit together."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from doudi.population.arrow import Flags, Ints, nulls_of
from doudi.population.packs import Packs, day_number
from doudi.population.typed import DATE, TypedColumns
from doudi.rules.batch import needed_inputs
from doudi.rules.fuse import claim_kinds, graph_numbers
from doudi.rules.policy import KIND, Policy


def check_together(
    typed: TypedColumns,
    day: Ints,
    pack: Ints | None,
    columns: Mapping[str, Ints],
    absent: Mapping[str, Flags | None],
) -> None:
    """Days with nothing in force, inputs that a kind of claim lacks, parts larger than wholes."""
    for number, policy in enumerate(typed.packs.policies):
        mine = None if pack is None else pack == number
        if DATE not in typed.unread:
            _check_in_force(typed, number, policy, day, mine)
        _check_limits(typed, number, columns, absent, mine)
    if KIND in typed.unread:
        return
    for name, nulls in absent.items():
        if name in typed.unread:
            continue
        if nulls is not None and nulls.any():
            _check_needed(typed, name, nulls, day, pack, columns[KIND])


def _check_in_force(
    typed: TypedColumns, number: int, policy: Policy, day: Ints, mine: Flags | None
) -> None:
    outside = (day < day_number(policy.valid_from)) | (day > day_number(policy.valid_to))
    if mine is not None:
        outside &= mine
    undated = typed.array(DATE)
    if undated is not None and (nulls := nulls_of(undated)) is not None:
        outside &= ~nulls
    if not outside.any():
        return
    name, span = typed.packs.names[number], f"{policy.valid_from}…{policy.valid_to}"
    typed.report(
        DATE,
        outside,
        day.astype("datetime64[D]"),
        f"这一天没有有效的政策版本（{name}：{span}），不会借用相近的版本",
        f"no version of {name} in force ({span}); the nearest one is not used instead",
    )


def _check_limits(
    typed: TypedColumns,
    number: int,
    columns: Mapping[str, Ints],
    absent: Mapping[str, Flags | None],
    mine: Flags | None,
) -> None:
    """No input exceeds the one that it is declared to be a part of."""
    for name, declared in typed.packs.inputs.items():
        item = declared[number]
        if item is None or item.at_most is None or item.at_most not in columns:
            continue
        if {name, item.at_most} & typed.unread:
            continue
        bad = columns[name] > columns[item.at_most]
        for nulls in (absent[name], absent[item.at_most]):
            if nulls is not None:
                bad &= ~nulls
        if mine is not None:
            bad &= mine
        zh = f"{item.zh}不能大于{_zh(typed.packs, item.at_most)}"
        typed.report(name, bad, columns[name], zh, f"must not exceed {item.at_most}")


def _check_needed(
    typed: TypedColumns, name: str, nulls: Flags, day: Ints, pack: Ints | None, kind: Ints
) -> None:
    """A null is refused where the claim's kind needs the input, and only there."""
    missing = np.zeros(len(day), np.bool_)
    for number, policy in enumerate(typed.packs.policies):
        here = _needed(policy, name)[_graph_on(policy, day), np.maximum(0, kind)] & nulls
        missing |= here if pack is None else here & (pack == number)
    if missing.any() and name not in typed.table.schema.names:
        typed.missing_column(name)
        return
    typed.report(name, missing, None, f"缺少{_zh(typed.packs, name)}", "is missing")


def _needed(policy: Policy, name: str) -> Flags:
    """Whether the input is needed, by number of the set of rules and code of the kind."""
    graphs = graph_numbers(policy)
    results = (*policy.outputs, *policy.summed)
    claimed = claim_kinds(policy)
    needed = np.zeros((max(graphs) + 1, len(policy.kinds)), np.bool_)
    for era, graph in zip(policy.eras, graphs, strict=True):
        for code, kind in enumerate(str(kind) for kind in policy.kinds):
            if kind in claimed:
                needed[graph, code] = name in needed_inputs(policy, era.graph, kind, results)
    return needed


def _graph_on(policy: Policy, day: Ints) -> Ints:
    """The number of the set of rules in force on each day; some number outside the pack's days."""
    starts = [day_number(era.valid_from) for era in policy.eras]
    era = np.maximum(0, np.searchsorted(starts, day, side="right") - 1)
    graph: Ints = np.array(graph_numbers(policy))[era]
    return graph


def _zh(packs: Packs, name: str) -> str:
    return next(item.zh for item in packs.inputs[name] if item is not None)
