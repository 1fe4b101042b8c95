"""Duties: what somebody has to do, from which event on, by when - or must not do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

from doudi.rules.clauses import ClauseBook
from doudi.rules.errors import BadValue
from doudi.rules.files import read_yaml
from doudi.rules.parameters import Parameter
from doudi.rules.targets import read_clause_ids, read_words

FILE = "duties.yaml"


class Every(Enum):
    """How a duty comes back: each calendar year, or each time its interval has run out."""

    YEAR = "year"
    INTERVAL = "interval"


@dataclass(frozen=True)
class Duty:
    """One thing that an actor must do, or must not.

    ``trigger`` is the event from which it binds (None: always). ``done`` is the event that
    fulfils it - or, for a ``prohibition``, the event that breaks it, unless the event ``until``
    came first. ``within`` names the parameter with the days allowed, None where no deadline can
    be meant; a parameter without a value is a deadline that the source leaves open.
    """

    id: str
    clauses: tuple[str, ...]
    zh: str
    en: str
    who_zh: str
    who_en: str
    trigger: str | None
    done: str
    within: str | None
    every: Every | None
    prohibition: bool
    until: str | None


class DutyState(Enum):
    """Where a duty stands on a day."""

    NOT_TRIGGERED = "not triggered"
    DONE = "done"
    DONE_LATE = "done late"
    OPEN = "open"
    OVERDUE = "overdue"
    OPEN_NO_DEADLINE = "open without a stated deadline"
    KEPT = "kept so far"
    BREACHED = "breached"

    @property
    def zh(self) -> str:
        """The label on Chinese pages."""
        return _STATE_ZH[self]

    @property
    def en(self) -> str:
        """The label on English pages."""
        return self.value

    @property
    def wrong(self) -> bool:
        """Whether somebody has to be told."""
        return self in (DutyState.DONE_LATE, DutyState.OVERDUE, DutyState.BREACHED)


_STATE_ZH = {
    DutyState.NOT_TRIGGERED: "尚未触发",
    DutyState.DONE: "已办",
    DutyState.DONE_LATE: "已办，但超期",
    DutyState.OPEN: "待办",
    DutyState.OVERDUE: "逾期未办",
    DutyState.OPEN_NO_DEADLINE: "待办，原文没有写期限",
    DutyState.KEPT: "至今遵守",
    DutyState.BREACHED: "已违反",
}


def duty_state(
    duty: Duty, events: Mapping[str, date], deadline_days: int | None, today: date
) -> DutyState:
    """Where ``duty`` stands on ``today``.

    ``events`` gives the day of each event that has happened (the latest day, if several times);
    an event after ``today`` has not happened yet. ``deadline_days`` is the value of the duty's
    ``within`` on that day, None where it has none. The day of the event does not count, so
    something within 5 days of the 1st is in time on the 6th. A yearly duty is open to the end of
    the calendar year, and overdue as soon as a whole year went by without it.
    """
    happened = {name: day for name, day in events.items() if day <= today}
    start = happened.get(duty.trigger) if duty.trigger is not None else date.min
    if start is None:
        return DutyState.NOT_TRIGGERED
    done = happened.get(duty.done)
    if duty.prohibition:
        return _prohibition(start, done, happened.get(duty.until or ""))
    if duty.every is Every.YEAR:
        return _yearly(start, done, today)
    if duty.every is Every.INTERVAL:
        return _repeated(start, done, deadline_days, today)
    return _once(start, done, deadline_days, today)


def _prohibition(start: date, done: date | None, until: date | None) -> DutyState:
    if done is None or done < start or (until is not None and until <= done):
        return DutyState.KEPT
    return DutyState.BREACHED


def _yearly(start: date, done: date | None, today: date) -> DutyState:
    if done is not None and done.year == today.year:
        return DutyState.DONE
    last_whole_year = today.year - 1
    if start == date.min:
        # Without a first year nobody can say that last year was already bound.
        return DutyState.OPEN if done is None or done.year == last_whole_year else DutyState.OVERDUE
    bound = start.year <= last_whole_year
    missed = bound and (done is None or done.year < last_whole_year)
    return DutyState.OVERDUE if missed else DutyState.OPEN


def _repeated(start: date, done: date | None, days: int | None, today: date) -> DutyState:
    if days is None:
        return DutyState.OPEN_NO_DEADLINE if done is None else DutyState.DONE
    last = start if done is None else max(start, done)
    if _is_late(last, days, today):
        return DutyState.OVERDUE
    return DutyState.OPEN if done is None else DutyState.DONE


def _once(start: date, done: date | None, days: int | None, today: date) -> DutyState:
    if done is not None:
        late = days is not None and _is_late(start, days, done)
        return DutyState.DONE_LATE if late else DutyState.DONE
    if days is None:
        return DutyState.OPEN_NO_DEADLINE
    return DutyState.OVERDUE if _is_late(start, days, today) else DutyState.OPEN


def _is_late(start: date, days: int, day: date) -> bool:
    return start != date.min and day > start + timedelta(days=days)


_KEYS = {
    "clauses",
    "zh",
    "en",
    "who",
    "trigger",
    "done",
    "within",
    "every",
    "prohibition",
    "until",
}


def read_duties(
    folder: Path, book: ClauseBook, parameters: Mapping[str, Parameter]
) -> tuple[Duty, ...]:
    """The duties of the pack in ``folder``, in the order of its file; () when it has none.

    Errors: BadValue for a shape that is not a duty's or a ``within`` that is no parameter in
    days, UnknownClause; each names the duty.
    """
    path = folder / FILE
    if not path.exists():
        return ()
    raw = read_yaml(path) or {}
    if not isinstance(raw, dict):
        raise BadValue(f"{path}: write duties as a mapping from id to duty")
    return tuple(_read_duty(str(name), entry, book, parameters) for name, entry in raw.items())


def _read_duty(name: str, raw: Any, book: ClauseBook, parameters: Mapping[str, Parameter]) -> Duty:
    what = f"duty {name}"
    if not isinstance(raw, dict):
        raise BadValue(f"{what}: is not a mapping")
    unknown = set(raw) - _KEYS
    if unknown:
        raise BadValue(f"{what}: unknown keys {sorted(unknown)}")
    clauses = read_clause_ids(raw, what, book)
    zh, en = read_words(raw, what)
    who_zh, who_en = read_words(raw.get("who"), f"{what}: who")
    done = _event(raw, "done", what)
    if done is None:
        raise BadValue(f"{what}: 'done' names the event that fulfils or breaks it")
    duty = Duty(
        name,
        clauses,
        zh,
        en,
        who_zh,
        who_en,
        _event(raw, "trigger", what),
        done,
        _event(raw, "within", what),
        _read_every(raw.get("every"), what),
        _read_prohibition(raw, what),
        _event(raw, "until", what),
    )
    _check_parts(duty, parameters, what)
    return duty


def _event(raw: Mapping[str, Any], key: str, what: str) -> str | None:
    name = raw.get(key)
    if name is not None and not (isinstance(name, str) and name.isidentifier()):
        raise BadValue(f"{what}: {key!r} is a name such as allotment_received, not {name!r}")
    return name


def _read_every(raw: Any, what: str) -> Every | None:
    if raw is None:
        return None
    try:
        return Every(raw)
    except ValueError:
        raise BadValue(f"{what}: 'every' is year or interval, not {raw!r}") from None


def _read_prohibition(raw: Mapping[str, Any], what: str) -> bool:
    prohibition = raw.get("prohibition", False)
    if not isinstance(prohibition, bool):
        raise BadValue(f"{what}: 'prohibition' is true or false")
    return prohibition


def _check_parts(duty: Duty, parameters: Mapping[str, Parameter], what: str) -> None:
    if duty.within is not None:
        parameter = parameters.get(duty.within)
        if parameter is None or parameter.unit != "days":
            raise BadValue(f"{what}: there is no parameter {duty.within!r} in days")
        if duty.every is Every.YEAR or duty.prohibition or duty.trigger is None:
            raise BadValue(f"{what}: days are counted from a trigger, once or by interval")
    if duty.every is Every.INTERVAL and duty.within is None:
        raise BadValue(f"{what}: an interval names the parameter with its days")
    if duty.prohibition and duty.every is not None:
        raise BadValue(f"{what}: a prohibition does not come back, it holds throughout")
    if duty.until is not None and not duty.prohibition:
        raise BadValue(f"{what}: only a prohibition ends with an event")
