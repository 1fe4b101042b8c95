"""What a pack grants beyond a bill: to whom, how much, on which conditions, and where to go.

A pack lists its entitlements in ``entitlements.yaml``, one entry each, under its id::

    relocation_money:
      zh: 扶贫移民搬迁补助
      en: Relocation subsidy
      to: household                 # person, household, doctor, gacha, banner or league
      clauses: [P-44, P-45]
      per: {zh: 每户一次, en: once for a household}                     # optional
      amount: {kind: relocation, rule: relocation_subsidy}
      conditions:                   # optional; all must hold
        - {fact: relocation_listed, is: true, zh: …, en: …, clauses: [P-45]}
        - {fact: moved_to, in: [league_centre, banner_seat], zh: …, en: …, clauses: [P-46]}
        - {fact: households, at_least: 1, zh: …, en: …, clauses: [P-44]}
      where: {zh: …, en: …}
      bring: {zh: …, en: …}                                             # optional

``amount`` is a rule settled with the facts, ``{parameter: NAME}`` (that value), ``{at_least:
NAME}`` or ``{at_most: NAME}`` (that value as a bound), ``not_stated`` or ``right`` (something
granted that has no amount). A condition may carry ``undecided: {zh, en}``: where it fails, the
text neither grants nor refuses, and the words say what it leaves open. The reserved entry
``area: {code, zh, en}`` says that the whole pack is about one area of the national area code.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from doudi.rules.clauses import ClauseBook
from doudi.rules.errors import BadInput, BadValue, UnknownArgument
from doudi.rules.facts import Fact, Input, read_fact
from doudi.rules.files import read_yaml
from doudi.rules.graph import Rule
from doudi.rules.notation import read_fen
from doudi.rules.parameters import Parameter
from doudi.rules.units import Unit

FILE = "entitlements.yaml"
AREA = "area"


class Recipient(Enum):
    """Whom an entitlement is granted to."""

    PERSON = "person"
    HOUSEHOLD = "household"
    DOCTOR = "doctor"
    GACHA = "gacha"
    BANNER = "banner"
    LEAGUE = "league"


class AmountForm(Enum):
    """Where the amount of an entitlement comes from."""

    RULE = "rule"
    PARAMETER = "parameter"
    AT_LEAST = "at_least"
    AT_MOST = "at_most"
    NOT_STATED = "not_stated"
    RIGHT = "right"


class Check(Enum):
    """How a condition looks at its fact."""

    IS = "is"
    IN = "in"
    AT_LEAST = "at_least"


@dataclass(frozen=True)
class Words:
    """A text for people, in Chinese and English."""

    zh: str
    en: str


@dataclass(frozen=True)
class Area:
    """The area a pack is about; ``code`` is the beginning of the national area code."""

    code: str
    words: Words


@dataclass(frozen=True)
class AmountSource:
    """``name`` is the rule or the parameter; ``kind`` the kind of case a rule is settled for."""

    form: AmountForm
    name: str = ""
    kind: str = ""


@dataclass(frozen=True)
class Condition:
    """A statement about one fact that must hold.

    ``wanted`` are the values that satisfy ``is`` and ``in``, or the one lower bound of
    ``at_least`` (in the unit of the fact, money in fen).
    """

    fact: str
    check: Check
    wanted: tuple[Fact, ...]
    words: Words
    clauses: tuple[str, ...]
    undecided: Words | None = None

    def holds(self, value: Fact) -> bool:
        """Whether a known value of the fact satisfies the condition."""
        if self.check is Check.AT_LEAST:
            bound = self.wanted[0]
            return isinstance(value, int) and isinstance(bound, int) and value >= bound
        # In Python true equals 1, but a flag is no number.
        return any(
            value == one and isinstance(value, bool) == isinstance(one, bool) for one in self.wanted
        )


@dataclass(frozen=True)
class Entitlement:
    """One thing that a text grants."""

    id: str
    words: Words
    to: Recipient
    clauses: tuple[str, ...]
    amount: AmountSource
    conditions: tuple[Condition, ...]
    where: Words
    per: Words | None = None
    bring: Words | None = None
    area: Area | None = None

    @property
    def all_clauses(self) -> tuple[str, ...]:
        """The clauses of the entitlement and of its conditions, each once."""
        ids = [*self.clauses, *(one for item in self.conditions for one in item.clauses)]
        return tuple(dict.fromkeys(ids))


@dataclass(frozen=True)
class _Pack:
    """What an entitlement may refer to."""

    book: ClauseBook
    inputs: Mapping[str, Input]
    parameters: Mapping[str, Parameter]
    rules: Mapping[str, Rule]
    kinds: Collection[str]


_KEYS = {"zh", "en", "to", "clauses", "per", "amount", "conditions", "where", "bring"}
_NEEDED = {"zh", "en", "to", "clauses", "amount", "where"}
_CONDITION_KEYS = {"fact", "zh", "en", "clauses", "undecided"}
_CHECKS = {check.value for check in Check}
_BOUNDS = {
    form.value: form for form in (AmountForm.PARAMETER, AmountForm.AT_LEAST, AmountForm.AT_MOST)
}
_BARE = {form.value: form for form in (AmountForm.NOT_STATED, AmountForm.RIGHT)}
_AMOUNT_UNITS = ("fen", "rate", "count", "days")
_RULE_UNITS = (Unit.FEN, Unit.RATE, Unit.COUNT)


def read_entitlements(
    folder: Path,
    book: ClauseBook,
    inputs: Mapping[str, Input],
    parameters: Mapping[str, Parameter],
    rules: Mapping[str, Rule],
    kinds: Collection[str],
) -> tuple[Entitlement, ...]:
    """The entitlements of the pack in ``folder``; none when it has no ``entitlements.yaml``.

    Errors, each naming the entitlement: BadValue (its shape, or a value its fact cannot have),
    UnknownArgument (a fact, parameter, rule or kind that the pack has not), UnknownClause.
    """
    path = folder / FILE
    if not path.exists():
        return ()
    raw = read_yaml(path) or {}
    if not isinstance(raw, dict):
        raise BadValue(f"{path.name}: write one entry for each entitlement, under its id")
    pack = _Pack(book, inputs, parameters, rules, {str(kind) for kind in kinds})
    area = _read_area(raw[AREA]) if AREA in raw else None
    return tuple(
        _read_entitlement(str(name), entry, area, pack)
        for name, entry in raw.items()
        if name != AREA
    )


def _read_area(raw: Any) -> Area:
    what = f"{FILE}: {AREA}"
    _check_keys(raw, {"code", "zh", "en"}, {"code", "zh", "en"}, what)
    code = raw["code"]
    if not isinstance(code, str) or not code.isdecimal():
        raise BadValue(f"{what}: write the code as digits in quotes, not {code!r}")
    return Area(code, _words({"zh": raw["zh"], "en": raw["en"]}, what))


def _read_entitlement(name: str, raw: Any, area: Area | None, pack: _Pack) -> Entitlement:
    what = f"entitlement {name}"
    _check_keys(raw, _NEEDED, _KEYS, what)
    conditions = raw.get("conditions", [])
    if not isinstance(conditions, list):
        raise BadValue(f"{what}: write the conditions as a list")
    return Entitlement(
        id=name,
        words=_words({"zh": raw["zh"], "en": raw["en"]}, what),
        to=_recipient(raw["to"], what),
        clauses=_clauses(raw["clauses"], what, pack),
        amount=_read_amount(raw["amount"], what, pack),
        conditions=tuple(_read_condition(entry, what, pack) for entry in conditions),
        where=_words(raw["where"], f"{what}: where"),
        per=_words(raw["per"], f"{what}: per") if "per" in raw else None,
        bring=_words(raw["bring"], f"{what}: bring") if "bring" in raw else None,
        area=area,
    )


def _check_keys(raw: Any, needed: Collection[str], known: Collection[str], what: str) -> None:
    if not isinstance(raw, dict):
        raise BadValue(f"{what}: needs {', '.join(sorted(needed))}, not {raw!r}")
    missing = sorted(set(needed) - set(raw))
    if missing:
        raise BadValue(f"{what}: needs {', '.join(missing)}")
    unknown = sorted(str(key) for key in set(raw) - set(known))
    if unknown:
        raise BadValue(f"{what}: unknown keys {', '.join(unknown)}")


def _words(raw: Any, what: str) -> Words:
    _check_keys(raw, {"zh", "en"}, {"zh", "en"}, what)
    for language in ("zh", "en"):
        if not isinstance(raw[language], str) or not raw[language].strip():
            raise BadValue(f"{what}: {language} is not a text")
    return Words(raw["zh"], raw["en"])


def _recipient(raw: Any, what: str) -> Recipient:
    try:
        return Recipient(raw)
    except ValueError:
        known = ", ".join(one.value for one in Recipient)
        raise BadValue(f"{what}: 'to' is one of {known}, not {raw!r}") from None


def _clauses(raw: Any, what: str, pack: _Pack) -> tuple[str, ...]:
    if not isinstance(raw, list) or not raw or not all(isinstance(one, str) for one in raw):
        raise BadValue(f"{what}: write its clauses as [H-20, H-22]")
    pack.book.check(raw, what)
    return tuple(raw)


def _read_amount(raw: Any, what: str, pack: _Pack) -> AmountSource:
    if isinstance(raw, str) and raw in _BARE:
        return AmountSource(_BARE[raw])
    if isinstance(raw, dict) and set(raw) == {"kind", "rule"}:
        return _read_rule(str(raw["kind"]), str(raw["rule"]), what, pack)
    if isinstance(raw, dict) and len(raw) == 1 and set(raw) <= set(_BOUNDS):
        ((form, name),) = raw.items()
        return _read_bound(_BOUNDS[form], str(name), what, pack)
    raise BadValue(
        f"{what}: an amount is {{kind: …, rule: …}}, {{parameter: …}}, {{at_least: …}}, "
        f"{{at_most: …}}, not_stated or right, not {raw!r}"
    )


def _read_rule(kind: str, name: str, what: str, pack: _Pack) -> AmountSource:
    if kind not in pack.kinds:
        raise UnknownArgument(f"{what}: the pack has no kind {kind!r}")
    rule = pack.rules.get(name)
    if rule is None:
        raise UnknownArgument(f"{what}: the pack has no rule {name!r}")
    if not rule.runs_for(kind):
        raise BadValue(f"{what}: rule {name} computes nothing for kind {kind}")
    if rule.signature.returns not in _RULE_UNITS:
        raise BadValue(f"{what}: rule {name} gives a {rule.signature.returns.value}, no amount")
    return AmountSource(AmountForm.RULE, name, kind)


def _read_bound(form: AmountForm, name: str, what: str, pack: _Pack) -> AmountSource:
    parameter = pack.parameters.get(name)
    if parameter is None:
        raise UnknownArgument(f"{what}: the pack has no parameter {name!r}")
    if parameter.unit not in _AMOUNT_UNITS:
        raise BadValue(f"{what}: parameter {name} is a {parameter.unit}, no amount")
    return AmountSource(form, name)


def _read_condition(raw: Any, what: str, pack: _Pack) -> Condition:
    fact = raw.get("fact") if isinstance(raw, dict) else None
    what = f"{what}: condition on {fact}"
    _check_keys(raw, _CONDITION_KEYS - {"undecided"}, _CONDITION_KEYS | _CHECKS, what)
    checks = sorted(_CHECKS & set(raw))
    if len(checks) != 1:
        raise BadValue(f"{what}: needs exactly one of {', '.join(sorted(_CHECKS))}")
    declared = pack.inputs.get(str(fact))
    if declared is None:
        raise UnknownArgument(f"{what}: pack.yaml has no input {fact!r}")
    check = Check(checks[0])
    return Condition(
        fact=declared.name,
        check=check,
        wanted=_wanted(check, raw[check.value], declared, what),
        words=_words({"zh": raw["zh"], "en": raw["en"]}, what),
        clauses=_clauses(raw["clauses"], what, pack),
        undecided=(_words(raw["undecided"], f"{what}: undecided") if "undecided" in raw else None),
    )


def _wanted(check: Check, raw: Any, declared: Input, what: str) -> tuple[Fact, ...]:
    """The values a condition asks for, each checked to be one that the fact can have."""
    numeric = declared.unit in (Unit.FEN, Unit.COUNT)
    if check is Check.AT_LEAST and not numeric:
        raise BadValue(f"{what}: at_least is for money and counts, not a {declared.unit.value}")
    if check is Check.IN and (not isinstance(raw, list) or not raw):
        raise BadValue(f"{what}: write 'in' as a list of values")
    values = raw if check is Check.IN else [raw]
    if declared.unit is Unit.FEN:
        return tuple(read_fen(value, what) for value in values)
    try:
        return tuple(read_fact(declared, value) for value in values)
    except BadInput as error:
        raise BadValue(f"{what}: {error}") from error
