"""Peers: OpenFisca-core and PolicyEngine-core, one variable a line of the policy, months as turns.

Run as ``python openfisca_model.py TASK FOLDER ENGINE NUMBERS``. A person has one claim a month,
so the n-th claim of everybody stands in month n, and a running total is a variable that asks for
last month's. NUMBERS is how money is kept:

- ``yuan``: floats in yuan, as the countries' models of these engines keep money; each amount is
  rounded to the fen. The engines store floats in 32 bits.
- ``fen``: whole fen, which the engines store in 32 bits; every product is widened to 64 by hand.
"""

from __future__ import annotations

import importlib
import json
import os
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import measured
import numpy as np
from measured import OUTPUTS, read_claims, write_amounts
from one_case import CASE, TIMES
from turns import turns

ENGINE, NUMBERS = sys.argv[3], sys.argv[4]
CORE = {"openfisca": "openfisca_core", "policyengine": "policyengine_core"}[ENGINE]
IN_FEN = NUMBERS == "fen"
VALUES: dict[str, Any] = json.loads((Path(sys.argv[2]) / "values.json").read_text("utf-8"))
YEAR = 2018
OPEN = 2**50

entities = importlib.import_module(f"{CORE}.entities")
periods = importlib.import_module(f"{CORE}.periods")
variables = importlib.import_module(f"{CORE}.variables")
taxbenefitsystems = importlib.import_module(f"{CORE}.taxbenefitsystems")
simulations = importlib.import_module(f"{CORE}.simulations")
MONTH = getattr(periods, "MONTH", None) or periods.DateUnit.MONTH

person_entity = entities.Entity("person", "people", "", "")
# One kind of entity is all this policy needs, but the engines ask for a group as well.
group = entities.build_entity(
    key="household", plural="households", label="", roles=[{"key": "member", "plural": "members"}]
)


def money(amount: int) -> Any:
    return np.int64(amount) if IN_FEN else np.float32(amount / 100)


def widen(amount: Any) -> Any:
    return amount.astype(np.int64) if IN_FEN else amount


def share(amount: Any, rate: Any) -> Any:
    if IN_FEN:
        return (widen(np.asarray(amount)) * rate + 5_000) // 10_000
    return np.round(amount * np.float32(rate / 10_000), 2)


def down(amount: Any, rate: int) -> Any:
    if IN_FEN:
        return widen(amount) * rate // 10_000
    return np.floor(amount * np.float32(rate / 100)) / np.float32(100)


def between(low: Any, high: Any, bands: list[list[int | None]], rise: Any) -> Any:
    total: Any = 0
    floor = 0
    for upper, rate in bands:
        top = np.minimum(high, money(OPEN if upper is None else upper))
        part = np.maximum(top - np.maximum(low, money(floor)), 0)
        rate_due = np.minimum(10_000, rate + rise)
        total = total + (widen(part) * rate_due if IN_FEN else part * (rate_due / 10_000))
        floor = upper or 0
    exact = (total + 5_000) // 10_000 if IN_FEN else np.round(total, 2).astype(np.float32)
    return np.where(high > low, exact, 0)


MADE: list[type] = []
"""The variables, collected as they are defined."""


def variable(name: str, kind: type, formula: Any = None) -> None:
    body: dict[str, Any] = {
        "value_type": kind,
        "entity": person_entity,
        "definition_period": MONTH,
        "label": name,
    }
    if formula is not None:
        body["formula"] = formula
    MADE.append(type(name, (variables.Variable,), body))


AMOUNT: type = int if IN_FEN else float


def amount(name: str) -> Any:
    """A decorator: the function is the variable ``name``, its arguments the variables it needs."""

    def define(work: Any) -> Any:
        needs = work.__code__.co_varnames[: work.__code__.co_argcount]

        def formula(person: Any, period: Any, parameters: Any = None) -> Any:
            del parameters
            return work(*(person(need, period) for need in needs))

        variable(name, AMOUNT, formula)
        return work

    return define


def running_total(name: str, of: str) -> None:
    def formula(person: Any, period: Any, parameters: Any = None) -> Any:
        del parameters
        if period.start.month == 1:
            return np.zeros(person.count, np.int64 if IN_FEN else np.float32)
        last = period.last_month
        return widen(person(name, last)) + person(of, last)

    variable(name, AMOUNT, formula)


for flag in ("registered", "serious", "outside_league"):
    variable(flag, bool)
for number in ("hospital_level", "kind"):
    variable(number, int)
for column in ("bill", "catalogue"):
    variable(column, AMOUNT)
running_total("basic_to_date", "inpatient_basic")
running_total("left_to_date", "left_after_basic")
running_total("critical_to_date", "critical_pay")
running_total("inpatient_assistance_to_date", "inpatient_assistance")
running_total("family_bed_to_date", "family_bed_pay")
running_total("own_to_date", "registered_own")


@amount("counted")
def _counted(catalogue: Any, outside_league: Any) -> Any:
    return catalogue - np.where(outside_league, share(catalogue, VALUES["outside_first_pay"]), 0)


def _by_level(level: Any, name: str) -> Any:
    return np.choose(level - 1, [money(VALUES[f"{name}[{n}]"]) for n in (1, 2, 3)])


@amount("inpatient_basic")
def _inpatient_basic(
    counted: Any, hospital_level: Any, registered: Any, kind: Any, basic_to_date: Any
) -> Any:
    whole = _by_level(hospital_level, "basic_deductible")
    cut = whole - share(whole, VALUES["basic_deductible_cut"])
    low = np.where(registered, cut, whole)
    rise = np.where(registered, VALUES["basic_rate_rise"], 0)
    schedules = [VALUES[f"basic_schedule[{n}]"] for n in (1, 2, 3)]
    given = np.choose(hospital_level - 1, [between(low, counted, s, rise) for s in schedules])
    room = np.maximum(0, money(VALUES["basic_cap"]) - basic_to_date)
    return np.where(kind == measured.INPATIENT, np.minimum(given, room), 0)


@amount("left_after_basic")
def _left_after_basic(counted: Any, inpatient_basic: Any, kind: Any) -> Any:
    return np.where(kind == measured.INPATIENT, counted - inpatient_basic, 0)


def _limit(registered: Any) -> Any:
    whole = VALUES["critical_deductible"]
    cut = whole - (whole * VALUES["critical_deductible_cut"] + 5_000) // 10_000
    return np.where(registered, money(cut), money(whole))


@amount("above_before")
def _above_before(left_to_date: Any, registered: Any) -> Any:
    return np.maximum(0, left_to_date - _limit(registered))


@amount("above_after")
def _above_after(left_to_date: Any, left_after_basic: Any, registered: Any) -> Any:
    return np.maximum(0, widen(left_to_date) + left_after_basic - _limit(registered))


@amount("critical_pay")
def _critical_pay(
    above_before: Any,
    above_after: Any,
    left_after_basic: Any,
    registered: Any,
    critical_to_date: Any,
) -> Any:
    bands = VALUES["critical_schedule"]
    rise = np.where(registered, VALUES["critical_rate_rise"], 0)
    given = between(0, above_after, bands, rise) - between(0, above_before, bands, rise)
    room = np.maximum(0, money(VALUES["critical_cap"]) - critical_to_date)
    given = np.where(registered, given, np.minimum(given, room))
    return np.minimum(left_after_basic, given)


@amount("commercial_pay")
def _commercial_pay(left_after_basic: Any, critical_pay: Any, registered: Any) -> Any:
    rest = left_after_basic - critical_pay
    return np.where(registered, share(rest, VALUES["commercial_rate"]), 0)


@amount("inpatient_assistance")
def _inpatient_assistance(
    left_after_basic: Any,
    critical_pay: Any,
    commercial_pay: Any,
    registered: Any,
    inpatient_assistance_to_date: Any,
) -> Any:
    rest = np.maximum(0, left_after_basic - critical_pay - commercial_pay)
    room = np.maximum(0, money(VALUES["assistance_cap"]) - inpatient_assistance_to_date)
    return np.where(registered, np.minimum(share(rest, VALUES["assistance_rate"]), room), 0)


@amount("serious_pay")
def _serious_pay(
    left_after_basic: Any,
    critical_pay: Any,
    commercial_pay: Any,
    inpatient_assistance: Any,
    above_before: Any,
    above_after: Any,
    registered: Any,
    serious: Any,
) -> Any:
    rest = left_after_basic - critical_pay - commercial_pay - inpatient_assistance
    part = np.minimum(np.maximum(0, rest), above_after - above_before)
    return np.where(registered & serious, share(part, VALUES["serious_assistance_rate"]), 0)


@amount("floor_pay")
def _floor_pay(
    bill: Any,
    inpatient_basic: Any,
    critical_pay: Any,
    commercial_pay: Any,
    inpatient_assistance: Any,
    serious_pay: Any,
    registered: Any,
    kind: Any,
) -> Any:
    paid = inpatient_basic + critical_pay + commercial_pay + inpatient_assistance + serious_pay
    most = down(bill, VALUES["own_share_ceiling"])
    stays = registered & (kind == measured.INPATIENT)
    return np.where(stays, np.maximum(0, bill - paid - most), 0)


@amount("family_bed_pay")
def _family_bed_pay(catalogue: Any, registered: Any, kind: Any, family_bed_to_date: Any) -> Any:
    room = np.maximum(0, money(VALUES["family_bed_year_limit"]) - family_bed_to_date)
    beds = registered & (kind == measured.FAMILY_BED)
    return np.where(beds, np.minimum(catalogue, room), 0)


def _is_chronic(kind: Any) -> Any:
    return (kind == measured.CHRONIC) | (kind == measured.DRUG_PURCHASE)


@amount("care_basic")
def _care_basic(catalogue: Any, registered: Any, kind: Any) -> Any:
    rates = [
        np.where(_is_chronic(kind), VALUES["chronic_rate"], 0),
        np.where(kind == measured.OUTPATIENT, VALUES["outpatient_rate"], 0),
        np.where(kind == measured.OBSERVATION, VALUES["observation_rate"], 0),
    ]
    rate = sum(rates)
    rate = np.where(registered, np.minimum(10_000, rate + VALUES["outpatient_rate_rise"]), rate)
    by_rate = share(catalogue, rate)
    package = np.where(registered, catalogue - share(catalogue, VALUES["package_own_share"]), 0)
    rated = _is_chronic(kind) | (kind == measured.OUTPATIENT) | (kind == measured.OBSERVATION)
    return np.where(rated, by_rate, np.where(kind == measured.PACKAGE, package, 0))


@amount("basic_pay")
def _basic_pay(inpatient_basic: Any, family_bed_pay: Any, care_basic: Any) -> Any:
    return inpatient_basic + family_bed_pay + care_basic


@amount("assistance_pay")
def _assistance_pay(
    catalogue: Any, care_basic: Any, inpatient_assistance: Any, registered: Any, kind: Any
) -> Any:
    more = np.maximum(0, share(catalogue, VALUES["chronic_floor"]) - care_basic)
    return inpatient_assistance + np.where(registered & _is_chronic(kind), more, 0)


@amount("own_before_ceiling")
def _own_before_ceiling(
    bill: Any,
    basic_pay: Any,
    critical_pay: Any,
    commercial_pay: Any,
    assistance_pay: Any,
    serious_pay: Any,
    floor_pay: Any,
) -> Any:
    paid = basic_pay + critical_pay + commercial_pay + assistance_pay + serious_pay + floor_pay
    return bill - paid


@amount("ceiling_pay")
def _ceiling_pay(own_before_ceiling: Any, registered: Any, own_to_date: Any) -> Any:
    room = np.maximum(0, money(VALUES["own_year_ceiling"]) - own_to_date)
    return np.where(registered, np.maximum(0, own_before_ceiling - room), 0)


@amount("backstop_pay")
def _backstop_pay(serious_pay: Any, floor_pay: Any, ceiling_pay: Any) -> Any:
    return serious_pay + floor_pay + ceiling_pay


@amount("own_pay")
def _own_pay(own_before_ceiling: Any, ceiling_pay: Any) -> Any:
    return own_before_ceiling - ceiling_pay


@amount("registered_own")
def _registered_own(own_pay: Any, registered: Any) -> Any:
    return np.where(registered, own_pay, 0)


def system() -> Any:
    made = taxbenefitsystems.TaxBenefitSystem([person_entity, group])
    for each in MADE:
        made.add_variable(each)
    return made


SYSTEM = system()


def simulation(people: int) -> Any:
    builder = simulations.SimulationBuilder()
    return builder.build_default_simulation(SYSTEM, count=people)


def settle(values: dict[str, Any], columns: dict[str, Any], yearly: bool) -> dict[str, Any]:
    """The six amounts in fen, in the order of the claims, or their sums by person."""
    del values
    people, sequence = turns(columns)
    each_turn = list(sequence)
    run = simulation(people)
    for month, (rows, who) in enumerate(each_turn, start=1):
        for name in ("registered", "serious", "outside_league", "hospital_level", "kind"):
            filler = np.ones if name == "hospital_level" else np.zeros
            column = filler(people, columns[name].dtype)
            column[who] = columns[name][rows]
            run.set_input(name, f"{YEAR}-{month:02d}", column)
        for name in ("bill", "catalogue"):
            column = np.zeros(people, np.int32 if IN_FEN else np.float32)
            column[who] = columns[name][rows] if IN_FEN else columns[name][rows] / 100
            run.set_input(name, f"{YEAR}-{month:02d}", column)
    size = people if yearly else len(columns["bill"])
    out = {name: np.zeros(size, np.int64) for name in OUTPUTS}
    for month, (rows, who) in enumerate(each_turn, start=1):
        for name in OUTPUTS:
            found = run.calculate(name, f"{YEAR}-{month:02d}")[who]
            fen = found if IN_FEN else np.round(found.astype(np.float64) * 100).astype(np.int64)
            out[name][who if yearly else rows] += fen
    return out


def explain_case() -> tuple[int, int]:
    """The own part of `one_case.CASE` in fen, and how many lines the engine's trace has."""
    run = simulation(1)
    run.trace = True
    for name, fact in CASE.items():
        if name in ("bill", "catalogue"):
            number = int(fact) if IN_FEN else int(fact) / 100
        else:
            number = measured.KINDS.index(str(fact)) if name == "kind" else fact
        run.set_input(name, f"{YEAR}-01", np.array([number]))
    own = run.calculate("own_pay", f"{YEAR}-01")[0]
    lines = run.tracer.computation_log.lines(aggregate=False)
    return int(own if IN_FEN else round(float(own) * 100)), len(lines)


def measure_case(name: str) -> None:
    """Report the median of many explanations."""
    explain_case()
    ready = time.time() - float(os.environ["STARTED"])
    durations = []
    for _ in range(TIMES):
        began = time.perf_counter()
        own, lines = explain_case()
        durations.append(time.perf_counter() - began)
    folder = Path(sys.argv[2])
    seconds = statistics.median(durations)
    measured.report(folder, name, ready=ready, seconds=seconds, own_fen=own, lines=lines)


def main() -> None:
    """A population, or with the task ``case`` one stay with its trace."""
    name = f"{ENGINE}_{NUMBERS}"
    if sys.argv[1] == "case":
        measure_case(name)
        return
    measured.run_with(
        name=name, read=read_claims, head=measured.head_of, settle=settle, write=write_amounts
    )


if __name__ == "__main__":
    main()
