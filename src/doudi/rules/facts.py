"""What is known about one case: the inputs a pack declares, checked for type and bounds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from doudi.rules.amounts import LARGEST_AMOUNT
from doudi.rules.errors import BadInput
from doudi.rules.units import Unit

Fact = int | bool | str


@dataclass(frozen=True)
class IfUnknown:
    """What an estimate takes for an input that nobody gave.

    Either ``value``, or ``share`` (a parameter, a rate) ``of`` another input.
    """

    value: Fact | None = None
    share: str | None = None
    of: str | None = None


@dataclass(frozen=True)
class Input:
    """A fact that a pack asks for.

    ``options`` maps a value to its Chinese and English names. ``of`` says what it is a fact of:
    a claim, person, household, doctor, gacha, banner or league. ``zh_no`` and ``en_no`` name the
    opposite of a flag.
    """

    name: str
    unit: Unit
    zh: str
    en: str
    options: Mapping[Fact, tuple[str, str]]
    at_most: str | None
    if_unknown: IfUnknown | None
    of: str
    zh_no: str = ""
    en_no: str = ""


def read_fact(declared: Input, value: Any) -> Fact:
    """``value`` as a fact of the declared type; BadInput names the field and what is right."""
    if declared.unit is Unit.FLAG:
        if isinstance(value, bool):
            return value
        raise BadInput(declared.name, value, f"{declared.zh}：应为是或否", "must be true or false")
    if declared.options:
        # In Python 3.0 and True are equal to an option, but neither was written as one.
        if type(value) in (int, str) and value in declared.options:
            return value  # type: ignore[no-any-return]
        allowed = ", ".join(str(option) for option in declared.options)
        raise BadInput(
            declared.name, value, f"{declared.zh}：只能是 {allowed}", f"must be one of {allowed}"
        )
    if isinstance(value, bool) or not isinstance(value, int):
        raise BadInput(
            declared.name,
            value,
            f"{declared.zh}：应为整数（金额以分计）",
            "must be a whole number (money in fen)",
        )
    if not 0 <= value <= LARGEST_AMOUNT:
        raise BadInput(
            declared.name,
            value,
            f"{declared.zh}：应在 0 和 {LARGEST_AMOUNT} 之间",
            f"must lie between 0 and {LARGEST_AMOUNT}",
        )
    return value


def read_facts(inputs: Mapping[str, Input], raw: Mapping[str, Any]) -> dict[str, Fact]:
    """All given facts, checked one by one and against each other (``at_most``)."""
    for name in raw:
        if name not in inputs:
            known = ", ".join(inputs)
            raise BadInput(
                name, raw[name], f"没有这一项；可填：{known}", f"unknown; known: {known}"
            )
    facts = {name: read_fact(inputs[name], value) for name, value in raw.items()}
    for name, value in facts.items():
        limit = inputs[name].at_most
        if limit is None or limit not in facts:
            continue
        bound = facts[limit]
        if isinstance(bound, int) and isinstance(value, int) and value > bound:
            raise BadInput(
                name,
                value,
                f"{inputs[name].zh}不能大于{inputs[limit].zh}（{bound} 分）",
                f"must not exceed {limit} ({bound} fen)",
            )
    return facts
