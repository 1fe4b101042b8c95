"""Parameters: dated values, each with the clause it comes from or a word on how sure it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from itertools import pairwise
from typing import Any

from doudi.rules.amounts import Schedule
from doudi.rules.errors import BadValue, MissingStatus, NoVersionInForce, OverlappingValues
from doudi.rules.notation import read_count, read_fen, read_rate, read_schedule
from doudi.rules.shape import read_date


class Status(Enum):
    """How far a value can be trusted."""

    CITED = "cited"
    STAND_IN = "stand-in"
    ASSUMPTION = "assumption"
    NOT_STATED = "not stated"
    ADOPTED = "adopted"

    @property
    def zh(self) -> str:
        """The word on Chinese pages."""
        return _STATUS_ZH[self]

    @property
    def sure(self) -> bool:
        """Whether a promise to a person may rest on it."""
        return self in (Status.CITED, Status.ADOPTED)


_STATUS_ZH = {
    Status.CITED: "原文",
    Status.STAND_IN: "借用",
    Status.ASSUMPTION: "假设",
    Status.NOT_STATED: "原文未载",
    Status.ADOPTED: "已采用",
}

UNITS = ("fen", "rate", "schedule", "count", "days", "hundredths", "code")

Amount = int | Schedule | str


@dataclass(frozen=True)
class Value:
    """One dated value of a parameter.

    ``low`` and ``high`` bound an unsure value (the same unit; for a schedule they are schedules).
    ``figure`` is the fragment of the source page in which the figure stands (with ``complement``
    the page gives the rest to 100%); ``basis`` says where
    a value that is not cited comes from; ``document`` is the adopting bureau's own document.
    """

    valid_from: date
    valid_to: date
    value: Amount | None
    status: Status
    clauses: tuple[str, ...] = ()
    low: Amount | None = None
    high: Amount | None = None
    shift: tuple[int, int] | None = None
    figure: str | None = None
    complement: bool = False
    basis: str = ""
    basis_en: str = ""
    document: str = ""

    def in_force(self, day: date) -> bool:
        """Whether the value holds on ``day``, both ends included."""
        return self.valid_from <= day <= self.valid_to


@dataclass(frozen=True)
class Parameter:
    """A named quantity of a policy with all its dated values."""

    name: str
    zh: str
    en: str
    unit: str
    values: tuple[Value, ...]
    clauses: tuple[str, ...] = ()

    def on(self, day: date) -> Value:
        """The value in force on ``day``; NoVersionInForce when there is none."""
        for value in self.values:
            if value.in_force(day):
                return value
        raise NoVersionInForce(f"parameter {self.name}: no value in force on {day}")


_VALUE_KEYS = {
    "value",
    "status",
    "clauses",
    "range",
    "figure",
    "complement",
    "basis",
    "from",
    "to",
    "document",
}


def read_parameter(
    name: str, raw: Any, span: tuple[date, date], what: str | None = None
) -> Parameter:
    """A parameter from its YAML entry; dates default to ``span``, the pack's own validity.

    Errors: MissingStatus, BadValue, OverlappingValues, each beginning with ``what``, by default
    the word parameter and its name.
    """
    what = what or f"parameter {name}"
    if not isinstance(raw, dict) or raw.get("unit") not in UNITS or "zh" not in raw:
        raise BadValue(f"{what}: needs 'zh', 'en' and a unit of {', '.join(UNITS)}")
    unit = str(raw["unit"])
    unknown = set(raw) - _VALUE_KEYS - {"zh", "en", "unit", "values"}
    if unknown:
        raise BadValue(f"{what}: unknown key {_listed(unknown)}")
    values = tuple(
        sorted(
            (_read_value(what, unit, entry, span) for entry in _dated_entries(raw, what)),
            key=lambda value: value.valid_from,
        )
    )
    for earlier, later in pairwise(values):
        if later.valid_from <= earlier.valid_to:
            raise OverlappingValues(f"{what}: two values on {later.valid_from}")
    return Parameter(name, str(raw["zh"]), str(raw.get("en", "")), unit, values)


def _dated_entries(raw: Mapping[str, Any], what: str) -> list[Mapping[str, Any]]:
    """The entries under ``values``, or the one value that stands in the entry itself."""
    if "values" not in raw:
        return [{key: raw[key] for key in _VALUE_KEYS & set(raw)}]
    entries = raw["values"]
    if not isinstance(entries, list) or not all(isinstance(entry, dict) for entry in entries):
        raise BadValue(f"{what}: write 'values' as a list of {{from: …, value: …, status: …}}")
    beside = _VALUE_KEYS & set(raw)
    if not entries or beside:
        raise BadValue(f"{what}: with 'values' every key of a value stands in its list")
    return entries


def _listed(names: Iterable[Any]) -> str:
    return ", ".join(repr(name) for name in sorted(names, key=str))


def _read_value(what: str, unit: str, raw: Mapping[str, Any], span: tuple[date, date]) -> Value:
    unknown = set(raw) - _VALUE_KEYS
    if unknown:
        raise BadValue(f"{what}: unknown key {_listed(unknown)}")
    if raw.get("status") is None:
        raise MissingStatus(f"{what}: every value needs a status")
    try:
        status = Status(raw["status"])
    except ValueError:
        raise MissingStatus(f"{what}: {raw['status']!r} is not a status") from None
    clauses = tuple(raw.get("clauses") or ())
    basis, basis_en = _read_basis(raw.get("basis"), what)
    document = str(raw.get("document", ""))
    if status is Status.CITED and not clauses and not basis:
        raise MissingStatus(f"{what}: a cited value names its clause or its source")
    if status in (Status.STAND_IN, Status.ASSUMPTION) and not basis:
        raise MissingStatus(f"{what}: a value that is not cited says what it rests on ('basis')")
    if status is Status.ADOPTED and not document:
        raise MissingStatus(f"{what}: an adopted value names its document")
    value = raw.get("value")
    if value is not None and status is Status.NOT_STATED:
        raise BadValue(f"{what}: 'not stated' takes no value; a value has another status")
    if value is None and status is not Status.NOT_STATED:
        raise BadValue(f"{what}: needs a value, or the status 'not stated'")
    start = read_date(raw.get("from", span[0]), what)
    end = read_date(raw.get("to", span[1]), what)
    if end < start:
        raise BadValue(f"{what}: ends on {end} before it starts on {start}")
    read = None if value is None else read_amount(value, unit, what)
    low, high, shift = _read_range(raw.get("range"), unit, read, what)
    return Value(
        start,
        end,
        read,
        status,
        clauses,
        low,
        high,
        shift,
        raw.get("figure"),
        bool(raw.get("complement", False)),
        basis,
        basis_en,
        document,
    )


def _read_basis(raw: Any, what: str) -> tuple[str, str]:
    """Where a value that is not cited comes from, in Chinese and English."""
    if raw is None:
        return "", ""
    if not isinstance(raw, dict) or not raw.get("zh") or not raw.get("en"):
        raise BadValue(f"{what}: write the basis as {{zh: ..., en: ...}}")
    return str(raw["zh"]), str(raw["en"])


def read_amount(value: Any, unit: str, what: str) -> Amount:
    """A value as written in YAML, in the unit of its parameter."""
    if unit == "fen":
        return read_fen(value, what)
    if unit == "rate":
        return read_rate(value, what)
    if unit == "schedule":
        return read_schedule(value, what)
    if unit == "code":
        if not isinstance(value, str):
            raise BadValue(f"{what}: write a code in quotes, not {value!r}")
        return value
    return read_count(value, what)


def _read_range(
    raw: Any, unit: str, value: Amount | None, what: str
) -> tuple[Amount | None, Amount | None, tuple[int, int] | None]:
    if raw is None:
        return None, None, None
    if value is None:
        raise BadValue(f"{what}: a range needs a value that lies in it")
    if not isinstance(raw, list) or len(raw) != 2:  # noqa: PLR2004
        raise BadValue(f"{what}: write a range as [lowest, highest]")
    if isinstance(value, Schedule):
        shift = (
            read_rate(raw[0], what, lowest=-10_000),
            read_rate(raw[1], what, lowest=-10_000),
        )
        if not shift[0] <= 0 <= shift[1]:
            raise BadValue(f"{what}: the range of a schedule is a shift around its own rates")
        return value.shifted(shift[0]), value.shifted(shift[1]), shift
    low, high = read_amount(raw[0], unit, what), read_amount(raw[1], unit, what)
    if not isinstance(value, int) or not isinstance(low, int) or not isinstance(high, int):
        raise BadValue(f"{what}: a {unit} takes no range")
    if not low <= value <= high:
        raise BadValue(f"{what}: the value lies outside its range")
    return low, high, None
