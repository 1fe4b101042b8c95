"""A lever: one number of a policy that can be turned, leaving everything else as it is.

| written | is | counted in |
|---|---|---|
| ``own_share_ceiling`` | a rate, an amount or a count | basis points, fen, things |
| ``basic_deductible[3]`` | the member of a family | as its parameter |
| ``basic_schedule[3]`` | a schedule: all its rates moved together | basis points of shift |
| ``basic_schedule[3].band1`` | the rate of one band, the lowest being band 1 | basis points |
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property

from doudi.i18n import either
from doudi.money import percent, read_yuan, yuan
from doudi.rules.amounts import LARGEST_AMOUNT, WHOLE, Band, Schedule
from doudi.rules.errors import BadInput, BadValue
from doudi.rules.fuse import fuse
from doudi.rules.notation import read_count, read_rate
from doudi.rules.parameters import Amount, Parameter, Status, Value
from doudi.rules.policy import Policy

SHIFT = "shift"
"""The unit of a schedule's lever: basis points added to all its rates."""

_BAND = re.compile(r"^(?P<parameter>.+)\.band(?P<band>\d+)$")


@dataclass(frozen=True)
class Lever:
    """One number of ``policy``. ``band`` counts from 1; None means the whole parameter."""

    policy: Policy
    name: str
    parameter: Parameter
    band: int | None

    @property
    def unit(self) -> str:
        """``fen``, ``rate`` (basis points), ``count``, or ``shift`` (basis points)."""
        if self.parameter.unit != "schedule":
            return self.parameter.unit
        return SHIFT if self.band is None else "rate"

    @property
    def zh(self) -> str:
        """Its name in Chinese."""
        return self.parameter.zh + (f"，第{self.band}段" if self.band else "")

    @property
    def en(self) -> str:
        """Its name in English."""
        return self.parameter.en + (f", band {self.band}" if self.band else "")

    @cached_property
    def value(self) -> Value:
        """What is in force on the last day of the policy on which anything is."""
        last = min(self.policy.valid_to, self.parameter.values[-1].valid_to)
        return self.parameter.on(last)

    @cached_property
    def today(self) -> int:
        """Where it stands in the policy as it is; a shift stands at 0."""
        return 0 if self.unit == SHIFT else self._number(self.value.value)

    @cached_property
    def bounds(self) -> tuple[int, int]:
        """The least and the most it can be."""
        if isinstance(self.value.value, Schedule) and self.unit == SHIFT:
            rates = [band.rate for band in self.value.value.bands]
            return -max(rates), WHOLE - min(rates)
        return (0, WHOLE) if self.unit == "rate" else (0, LARGEST_AMOUNT)

    @cached_property
    def expected(self) -> tuple[int, int] | None:
        """The range in which the pack expects an unsure value; None for a sure one."""
        if self.unit == SHIFT:
            return self.value.shift
        if self.value.low is None or self.value.high is None:
            return None
        return self._number(self.value.low), self._number(self.value.high)

    @cached_property
    def kinds(self) -> frozenset[str]:
        """The kinds of case whose amounts or running totals read it."""
        families = self.policy.families.values()
        asked = {self.parameter.name}
        asked |= {item.name for item in families if self.parameter.name in item.members.values()}
        wanted = (*self.policy.outputs, *self.policy.summed)
        return frozenset(
            str(kind)
            for era in self.policy.eras
            for kind in self.policy.kinds
            for rule in era.graph.needed_for(str(kind), wanted)
            if asked & set(rule.signature.arguments)
        )

    def at(self, position: int) -> Policy:
        """The policy with this number at ``position`` on every day; ValueError out of bounds."""
        low, high = self.bounds
        if not low <= position <= high:
            raise ValueError(f"{self.name} lies between {low} and {high}, not at {position}")
        values = tuple(
            proposed(value, self._moved(value.value, position)) for value in self.parameter.values
        )
        moved = replace(self.parameter, values=values)
        label = f"\0{self.name}={position}"
        return self.policy.with_parameters({self.parameter.name: moved}, label)

    def read(self, text: str) -> int:
        """A position as people write it: ``8%``, ``5000``, ``5,000元``, ``+2.5%``, ``3``.

        BadInput says what would be right.
        """
        try:
            position = _READERS[self.unit](text.strip())
        except (ValueError, BadValue):
            zh, en = _WRITTEN[self.unit]
            raise BadInput(self.name, text, f"应写成 {zh}", f"write it like {en}") from None
        low, high = self.bounds
        if not low <= position <= high:
            first, last = self.show(low), self.show(high)
            zh, en = f"应在 {first} 和 {last} 之间", f"must lie between {first} and {last}"
            raise BadInput(self.name, text, zh, en)
        return position

    def show(self, position: int) -> str:
        """A position as people read it, with its unit."""
        return show(self.unit, position)

    def _number(self, amount: Amount | None) -> int:
        if isinstance(amount, Schedule) and self.band is not None:
            return amount.bands[self.band - 1].rate
        if isinstance(amount, int):
            return amount
        raise BadInput(self.name, None, "还没有数值", "has no value yet")

    def _moved(self, amount: Amount | None, position: int) -> Amount:
        if not isinstance(amount, Schedule):
            return position
        if self.band is None:
            return amount.shifted(position)
        bands = list(amount.bands)
        bands[self.band - 1] = Band(bands[self.band - 1].upper, position)
        return Schedule(tuple(bands))


def find_lever(policy: Policy, name: str) -> Lever:
    """The lever of that name; BadInput for a name that no amount rests on, with what is meant."""
    match = _BAND.match(name)
    stem, band = (match["parameter"], int(match["band"])) if match else (name, None)
    parameter = policy.parameters.get(stem)
    if parameter is None:
        raise _unknown(policy, stem)
    if stem not in fuse(policy).layout.slots:
        zh, en = "改变它不影响任何支付金额", "no amount rests on it"
        raise BadInput("parameter", name, zh, en)
    if band is not None:
        _check_band(parameter, name, band)
    return Lever(policy, name, parameter, band)


def lever_names(policy: Policy) -> tuple[str, ...]:
    """The parameters on which an amount rests, in the order of the pack."""
    slots = fuse(policy).layout.slots
    return tuple(name for name in policy.parameters if name in slots)


def proposed(value: Value, amount: Amount) -> Value:
    """``value`` with another amount, as a proposal: nobody has confirmed it, and no range."""
    return Value(
        value.valid_from,
        value.valid_to,
        amount,
        Status.ASSUMPTION,
        basis="拟议的数字，没有文件规定",
        basis_en="a proposal; no document states it",
    )


def show(unit: str, position: int) -> str:
    """A number of this unit as people read it; a shift in percentage points."""
    if unit == "fen":
        return f"{yuan(position)} {either('元', 'yuan')}"
    if unit == "rate":
        return percent(position)
    if unit == SHIFT:
        sign = "+" if position > 0 else "-" if position < 0 else "±"
        points = percent(abs(position)).removesuffix("%")
        return f"{sign}{points} {either('个百分点', 'points')}"
    return str(position)


def show_amount(unit: str, amount: Amount | None) -> str:
    """Any value of a parameter as people read it; a schedule band by band."""
    if amount is None:
        return either("没有数值", "no value")
    if isinstance(amount, Schedule):
        return either("；", "; ").join(_band_text(band) for band in amount.bands)
    return show(unit, amount) if isinstance(amount, int) else amount


def _band_text(band: Band) -> str:
    if band.upper is None:
        return percent(band.rate)
    upto = either(f"{yuan(band.upper)} 元以内", f"up to {yuan(band.upper)} yuan")
    return f"{upto} {percent(band.rate)}"


def _unknown(policy: Policy, stem: str) -> BadInput:
    if stem in policy.families:
        members = policy.families[stem].members.values()
        zh, en = "、".join(members), ", ".join(members)
        return BadInput("parameter", stem, f"要写明是哪一个：{zh}", f"say which one: {en}")
    names = lever_names(policy)
    near = get_close_matches(stem, names, n=3, cutoff=0.5) or list(names)
    zh, en = "、".join(near), ", ".join(near)
    return BadInput("parameter", stem, f"没有这个参数；可选：{zh}", f"unknown; known: {en}")


def _check_band(parameter: Parameter, name: str, band: int) -> None:
    counts = [
        len(value.value.bands) for value in parameter.values if isinstance(value.value, Schedule)
    ]
    if not counts:
        zh, en = f"{parameter.name} 不分段", f"{parameter.name} has no bands"
        raise BadInput("parameter", name, zh, en)
    if not 1 <= band <= min(counts):
        zh, en = (
            f"{parameter.name} 有 {min(counts)} 段",
            f"{parameter.name} has {min(counts)} bands",
        )
        raise BadInput("parameter", name, zh, en)


def _read_fen(text: str) -> int:
    return read_yuan(text.removesuffix("yuan"))


def _read_shift(text: str) -> int:
    return read_rate(text.removeprefix("+"), "shift", lowest=-WHOLE)


def _read_plain_rate(text: str) -> int:
    return read_rate(text, "rate")


def _read_count(text: str) -> int:
    return read_count(int(text), "count")


_READERS: Mapping[str, Callable[[str], int]] = {
    "fen": _read_fen,
    "rate": _read_plain_rate,
    SHIFT: _read_shift,
    "count": _read_count,
}
_WRITTEN = {
    "fen": ("1200（元）", "1200 (yuan)"),
    "rate": ("8%", "8%"),
    SHIFT: ("+5%（各段比例都加 5 个百分点）或 -5%", "+5% (points on every rate) or -5%"),
    "count": ("3", "3"),
}
