"""Targets: an indicator, the value it should reach, where, and by which year."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from doudi.rules.clauses import ClauseBook
from doudi.rules.errors import BadInput, BadValue
from doudi.rules.files import read_yaml
from doudi.rules.parameters import read_amount

FILE = "targets.yaml"
UNITS = ("fen", "rate", "count", "hundredths")
_YEARS = range(1900, 2200)


class Comparator(Enum):
    """How a measured value is held against the target's."""

    AT_LEAST = ">="
    AT_MOST = "<="
    EQUAL = "="
    ABOUT = "about"
    RISE = "rise"

    @property
    def zh(self) -> str:
        """The words on Chinese pages, before the value."""
        return _COMPARATOR_ZH[self]


_COMPARATOR_ZH = {
    Comparator.AT_LEAST: "不低于",
    Comparator.AT_MOST: "不高于",
    Comparator.EQUAL: "等于",
    Comparator.ABOUT: "约",
    Comparator.RISE: "至少增加",
}


@dataclass(frozen=True)
class Target:
    """One thing that a plan wants to reach.

    ``task`` is the number of the plan's task (0: outside the numbered tasks). ``year`` is the
    year by whose end it is due, None where the source gives none. ``yearly`` marks an amount for
    each year. ``value`` is in the smallest step of ``unit`` (fen, basis points, whole things,
    hundredths), of which ``measure`` says what is counted; with ``comparator`` RISE it is the
    rise since the year ``since``. ``evidence`` marks a wish without a figure, which somebody has
    to answer with yes or no and show why. ``figure`` is the fragment of the page that holds the
    value; where the page says it in words, ``reading`` says how we read them.
    """

    id: str
    task: int
    clauses: tuple[str, ...]
    zh: str
    en: str
    area_zh: str
    area_en: str
    year: int | None
    yearly: bool
    evidence: bool
    comparator: Comparator | None
    unit: str | None
    value: int | None
    measure_zh: str
    measure_en: str
    since: int | None
    figure: str | None
    reading_zh: str
    reading_en: str

    def met(self, measured: int) -> bool | None:
        """Whether ``measured``, in the unit of the target, meets it.

        None where the source leaves it open: "about" a figure that is not hit exactly has no
        stated tolerance. Where evidence decides, ``measured`` is 1 (or True) for yes and 0 for
        no; BadInput for anything else, and for a measurement that is no whole number.
        """
        if not isinstance(measured, int):
            raise BadInput(self.id, measured, "应为整数", "must be a whole number")
        if self.evidence:
            if measured not in (0, 1):
                raise BadInput(self.id, measured, "只能答是（1）或否（0）", "is 1 (yes) or 0 (no)")
            return bool(measured)
        if self.value is None:  # read_targets lets no such target through
            return None
        match self.comparator:
            case Comparator.AT_MOST:
                return measured <= self.value
            case Comparator.EQUAL:
                return measured == self.value
            case Comparator.ABOUT:
                return True if measured == self.value else None
            case _:
                return measured >= self.value


_KEYS = {
    "task",
    "clauses",
    "zh",
    "en",
    "area",
    "year",
    "yearly",
    "evidence",
    "is",
    "unit",
    "value",
    "measure",
    "since",
    "figure",
    "reading",
}
_OF_A_VALUE = {"is", "unit", "value", "measure", "since", "figure", "reading"}


def read_targets(folder: Path, book: ClauseBook) -> tuple[Target, ...]:
    """The targets of the pack in ``folder``, in the order of its file; () when it has none.

    Errors: BadValue for a shape that is not a target's, UnknownClause; each names the target.
    """
    path = folder / FILE
    if not path.exists():
        return ()
    raw = read_yaml(path) or {}
    if not isinstance(raw, dict):
        raise BadValue(f"{path}: write targets as a mapping from id to target")
    return tuple(_read_target(str(name), entry, book) for name, entry in raw.items())


def _read_target(name: str, raw: Any, book: ClauseBook) -> Target:
    what = f"target {name}"
    if not isinstance(raw, dict):
        raise BadValue(f"{what}: is not a mapping")
    unknown = set(raw) - _KEYS
    if unknown:
        raise BadValue(f"{what}: unknown keys {sorted(unknown)}")
    clauses = read_clause_ids(raw, what, book)
    zh, en = read_words(raw, what)
    area_zh, area_en = read_words(raw.get("area"), f"{what}: area")
    task = raw.get("task", 0)
    if type(task) is not int or task < 0:
        raise BadValue(f"{what}: the task is a number from 0")
    evidence = _flag(raw, "evidence", what)
    if evidence and _OF_A_VALUE & set(raw):
        raise BadValue(f"{what}: what evidence decides has no {sorted(_OF_A_VALUE & set(raw))}")
    comparator, unit, value = (None, None, None) if evidence else _read_value(raw, what)
    measure = ("", "") if evidence else read_words(raw.get("measure"), f"{what}: measure")
    reading = read_words(raw["reading"], f"{what}: reading") if "reading" in raw else ("", "")
    since = _year(raw, "since", what)
    if (since is not None) != (comparator is Comparator.RISE):
        raise BadValue(f"{what}: exactly a rise says since which year")
    figure = raw.get("figure")
    if not evidence and not figure and not reading[0]:
        raise BadValue(f"{what}: a value quotes its figure or says how words are read")
    if figure is not None and not isinstance(figure, str):
        raise BadValue(f"{what}: the figure is a fragment of the page, in quotes")
    return Target(
        name,
        task,
        clauses,
        zh,
        en,
        area_zh,
        area_en,
        _year(raw, "year", what),
        _flag(raw, "yearly", what),
        evidence,
        comparator,
        unit,
        value,
        *measure,
        since,
        figure,
        *reading,
    )


def _read_value(raw: Mapping[str, Any], what: str) -> tuple[Comparator, str, int]:
    try:
        comparator = Comparator(raw.get("is"))
    except ValueError:
        allowed = ", ".join(item.value for item in Comparator)
        raise BadValue(f"{what}: 'is' must be one of {allowed}, not {raw.get('is')!r}") from None
    unit = raw.get("unit")
    if unit not in UNITS:
        raise BadValue(f"{what}: needs a unit of {', '.join(UNITS)}")
    value = read_amount(raw.get("value"), unit, what)
    if not isinstance(value, int):
        raise BadValue(f"{what}: the value is not a number")
    return comparator, unit, value


def _flag(raw: Mapping[str, Any], key: str, what: str) -> bool:
    flag = raw.get(key, False)
    if not isinstance(flag, bool):
        raise BadValue(f"{what}: {key!r} is true or false")
    return flag


def _year(raw: Mapping[str, Any], key: str, what: str) -> int | None:
    year = raw.get(key)
    if year is not None and (type(year) is not int or year not in _YEARS):
        raise BadValue(f"{what}: {year!r} is not a year")
    return year


def read_clause_ids(raw: Mapping[str, Any], what: str, book: ClauseBook) -> tuple[str, ...]:
    """The clauses an entry cites, at least one; BadValue or UnknownClause names the entry."""
    clauses = raw.get("clauses")
    if not isinstance(clauses, list) or not clauses:
        raise BadValue(f"{what}: cites no clause")
    ids = tuple(str(clause) for clause in clauses)
    book.check(ids, what)
    return ids


def read_words(raw: Any, what: str) -> tuple[str, str]:
    """The ``zh`` and ``en`` of an entry, neither empty; BadValue names the entry."""
    words = [raw.get(key) for key in ("zh", "en")] if isinstance(raw, dict) else []
    if len(words) != 2 or not all(isinstance(word, str) and word.strip() for word in words):  # noqa: PLR2004
        raise BadValue(f"{what}: needs words in 'zh' and 'en'")
    return str(words[0]), str(words[1])
