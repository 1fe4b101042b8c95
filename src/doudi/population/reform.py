"""Reading a reform: other values, readings or rules, laid over a policy.

A reform is a YAML file, or a Python file that holds nothing but replaced rules::

    policy: hinggan-2018
    zh: 个人自付上限降到8%
    en: Own share of at most 8%
    values:
      - {parameter: own_share_ceiling, value: 8%, from: 2018-07-01}
      - {parameter: "basic_schedule[3].band1", value: 70%}
    interpretations: {floor_base: catalogue}
    parameters:              # new ones, that only the replaced rules ask for
      floor_free_amount: {zh: …, en: …, unit: fen, value: 500 yuan}
    rules: floor.py          # beside this file

Values and readings change numbers in the loop's table, never its text; only rules do.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from doudi.population.lever import find_lever, lever_names, proposed
from doudi.rules.adoption import overlay
from doudi.rules.amounts import Band, Schedule
from doudi.rules.check import check_policy
from doudi.rules.declare import Role
from doudi.rules.errors import BadInput, BadValue, PolicyError, UnreadableRule
from doudi.rules.files import read_yaml
from doudi.rules.graph import Rule
from doudi.rules.load import declared_rules
from doudi.rules.modules import import_sources, read_source, read_sources
from doudi.rules.parameters import Amount, Parameter, Status, Value, read_amount, read_parameter
from doudi.rules.policy import Policy
from doudi.rules.shape import read_date

_KEYS = ("policy", "zh", "en", "values", "interpretations", "parameters", "rules")
_ENTRY_KEYS = ("parameter", "value", "from", "to")
_NEW_KEYS = ("zh", "en", "unit", "value")


@dataclass(frozen=True)
class Change:
    """One thing that the reform makes otherwise.

    ``sort`` is ``value``, ``reading`` or ``rule``. Of a value ``before`` and ``after`` are
    amounts in ``unit``; of a reading they are names of readings, which ``before_words`` and
    ``after_words`` tell in Chinese and English; of a rule they are None.
    """

    sort: str
    name: str
    zh: str
    en: str
    valid_from: date
    valid_to: date
    before: Amount | None = None
    after: Amount | None = None
    unit: str = ""
    before_words: tuple[str, str] = ("", "")
    after_words: tuple[str, str] = ("", "")


@dataclass(frozen=True)
class Reform:
    """A policy as it would be. ``changes`` lists everything that differs from the policy it is."""

    zh: str
    en: str
    today: Policy
    policy: Policy
    changes: tuple[Change, ...]


class RefusedReform(PolicyError):
    """A reform with faults; ``faults`` are (Chinese, English), all that could be found."""

    def __init__(self, faults: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(en for _, en in faults))
        self.faults = tuple(faults)


def read_reform(policy: Policy, path: Path) -> Reform:
    """The reform in a ``.yaml`` or ``.py`` file; RefusedReform with every fault and its mending."""
    if path.suffix == ".py":
        raw: Any = {"rules": path.name}
    else:
        try:
            raw = read_yaml(path)
        except OSError as error:
            zh, en = f"{path}：文件打不开", f"{path}: cannot be opened: {error.strerror}"
            raise RefusedReform([(zh, en)]) from error
        except BadValue as error:
            raise RefusedReform([(f"方案文件读不懂：{error}", str(error))]) from error
    if not isinstance(raw, dict):
        zh, en = f"方案文件要写成：{'、'.join(_KEYS)}", f"a reform has the keys {', '.join(_KEYS)}"
        raise RefusedReform([(f"{path.name}：{zh}", f"{path.name}: {en}")])
    reader = _Reader(policy, path, raw)
    result = reader.read()
    if reader.faults:
        raise RefusedReform(reader.faults)
    return result


def reform_of(policy: Policy, positions: Sequence[tuple[str, str]], base: Reform | None) -> Reform:
    """A reform made of levers on the command line, over ``base`` or the policy itself; BadInput."""
    reform = base or Reform("", "", policy, policy, ())
    changed, changes = reform.policy, list(reform.changes)
    for name, text in positions:
        lever = find_lever(changed, name)
        position = lever.read(text)
        before = lever.value.value
        changed = lever.at(position)
        after = find_lever(changed, name).value.value
        parameter = lever.parameter
        span = (max(policy.valid_from, lever.value.valid_from), policy.valid_to)
        changes.append(
            Change("value", name, parameter.zh, parameter.en, *span, before, after, parameter.unit)
        )
    return replace(reform, policy=changed, changes=tuple(changes))


class _Reader:
    """Reads one reform, going on after a fault to find the next one."""

    def __init__(self, policy: Policy, path: Path, raw: Mapping[Any, Any]) -> None:
        self.today = policy
        self.path = path
        self.raw = raw
        self.faults: list[tuple[str, str]] = []
        self.changes: list[Change] = []

    def read(self) -> Reform:
        self._check_keys()
        changed = self._new_parameters(self.today)
        changed = self._values(changed)
        changed = self._readings(changed)
        changed = self._rules(changed)
        if not self.changes and not self.faults:
            self._fault("方案没有改变任何东西", "the reform changes nothing")
        if not self.faults:
            self._check(changed)
        name = self.path.stem
        zh, en = str(self.raw.get("zh") or name), str(self.raw.get("en") or name)
        return Reform(zh, en, self.today, changed, tuple(self.changes))

    def _fault(self, zh: str, en: str) -> None:
        self.faults.append((f"{self.path.name}：{zh}", f"{self.path.name}: {en}"))

    def _check_keys(self) -> None:
        for key in self.raw:
            if key not in _KEYS:
                zh = f"没有“{key}”这一项；可写：{'、'.join(_KEYS)}"
                self._fault(zh, f"unknown key {key!r}; the keys are {', '.join(_KEYS)}")
        named = self.raw.get("policy")
        if named is not None and named != self.today.name:
            zh = f"policy 应为 {self.today.name}，而不是 {named}"
            self._fault(zh, f"'policy' must be {self.today.name}, not {named!r}")

    # ---- Values ------------------------------------------------------------------------------

    def _new_parameters(self, policy: Policy) -> Policy:
        entries = self.raw.get("parameters") or {}
        if not isinstance(entries, dict):
            right = "own_free_amount: {zh: …, en: …, unit: fen, value: 500 yuan}"
            self._fault(f"parameters 应写成 {right}", f"write 'parameters' as {right}")
            return policy
        found = {
            parameter.name: parameter
            for name, entry in entries.items()
            for parameter in self._new_parameter(policy, str(name), entry)
        }
        return policy.with_parameters(found, self._label("parameters")) if found else policy

    def _new_parameter(self, policy: Policy, name: str, entry: Any) -> Iterator[Parameter]:
        if name in policy.parameters or name in policy.families:
            zh = f"parameters：{name} 已有这个参数；要改它的值，写在 values 里"
            self._fault(zh, f"parameters: {name} exists; change its value under 'values'")
            return
        if not isinstance(entry, dict) or set(entry) != set(_NEW_KEYS):
            keys_zh, keys_en = "、".join(_NEW_KEYS), ", ".join(_NEW_KEYS)
            zh, en = f"parameters：{name} 要写 {keys_zh}", f"parameters: {name} has {keys_en}"
            self._fault(zh, en)
            return
        basis = {"zh": "拟议的数字，没有文件规定", "en": "a proposal; no document states it"}
        raw = {**entry, "status": Status.ASSUMPTION.value, "basis": basis}
        try:
            parameter = read_parameter(name, raw, (policy.valid_from, policy.valid_to))
        except PolicyError as error:
            self._fault(f"parameters：{error}", f"parameters: {error}")
            return
        [value] = parameter.values
        self._changed(name, parameter, value, None)
        yield parameter

    def _values(self, policy: Policy) -> Policy:
        entries = self.raw.get("values") or []
        if not isinstance(entries, list):
            right = "- {parameter: own_share_ceiling, value: 8%}"
            self._fault(f"values 应写成列表：{right}", f"write 'values' as a list: {right}")
            return policy
        given: list[tuple[str, date, date]] = []
        for number, entry in enumerate(entries, start=1):
            try:
                policy = self._value(policy, entry, given)
            except (BadInput, PolicyError) as error:
                zh = f"{error.field}：{error.zh}" if isinstance(error, BadInput) else str(error)
                if isinstance(error, BadInput) and error.value is not None:
                    zh = f"{error.field} = {error.value}：{error.zh}"
                self._fault(f"values 第{number}项：{zh}", f"value {number}: {error}")
        return policy

    def _value(self, policy: Policy, entry: Any, given: list[tuple[str, date, date]]) -> Policy:
        if not isinstance(entry, dict) or not {"parameter", "value"} <= set(entry):
            zh, en = "要写 parameter 和 value", "write parameter and value"
            raise BadInput("values", None, zh, en)
        for key in entry:
            if key not in _ENTRY_KEYS:
                keys_zh, keys_en = "、".join(_ENTRY_KEYS), ", ".join(_ENTRY_KEYS)
                raise BadInput(str(key), None, f"只能写 {keys_zh}", f"the keys are {keys_en}")
        lever = find_lever(policy, str(entry["parameter"]))
        parameter = lever.parameter
        first = read_date(entry.get("from", policy.valid_from), "from")
        last = read_date(entry.get("to", policy.valid_to), "to")
        _check_span(policy, first, last)
        for name, start, end in given:
            if name == lever.name and start <= last and first <= end:
                zh = f"{max(start, first)} 这一天前面已经给过值"
                raise BadInput(name, None, zh, f"{max(start, first)} has been given a value before")
        given.append((lever.name, first, last))
        before = parameter.on(first)
        amount = _amount(parameter, lever.band, before, entry["value"])
        value = proposed(replace(before, valid_from=first, valid_to=last), amount)
        self._changed(lever.name, parameter, value, before.value)
        return policy.with_parameters(
            {parameter.name: overlay(parameter, value)}, self._label("values")
        )

    def _changed(
        self, name: str, parameter: Parameter, value: Value, before: Amount | None
    ) -> None:
        span = (value.valid_from, value.valid_to)
        texts = (parameter.zh, parameter.en)
        self.changes.append(
            Change("value", name, *texts, *span, before, value.value, parameter.unit)
        )

    # ---- Readings and rules -----------------------------------------------------------------

    def _readings(self, policy: Policy) -> Policy:
        chosen = self.raw.get("interpretations") or {}
        if not isinstance(chosen, dict):
            right = "{rise: relative}"
            self._fault(f"interpretations 应写成 {right}", f"write 'interpretations' as {right}")
            return policy
        for name, reading in chosen.items():
            try:
                after = policy.with_readings({str(name): str(reading)})
            except BadInput as error:
                zh = f"interpretations：{error.field} = {error.value}：{error.zh}"
                self._fault(zh, f"interpretations: {error}")
                continue
            item = policy.interpretations[str(name)]
            before = policy.reading(item.name)
            span = (policy.valid_from, policy.valid_to)
            self.changes.append(
                Change(
                    "reading",
                    item.name,
                    item.zh,
                    item.en,
                    *span,
                    before,
                    str(reading),
                    before_words=item.readings[before],
                    after_words=item.readings[str(reading)],
                )
            )
            policy = after
        return policy

    def _rules(self, policy: Policy) -> Policy:
        named = self.raw.get("rules")
        if named is None:
            return policy
        path = self.path.parent / str(named)
        try:
            rules, content = _read_rules(policy, path)
        except OSError as error:
            zh = f"rules：打不开文件 {path.name}"
            self._fault(zh, f"rules: cannot open {path.name}: {error.strerror}")
            return policy
        except PolicyError as error:
            self.faults.append((f"规则有误：{error}", str(error)))
            return policy
        for rule in rules:
            first, last = _span(policy, rule)
            replaced = any(old.name == rule.name for old in policy.all_rules)
            note = ("（新增）", " (new)") if not replaced else ("", "")
            texts = (rule.card.zh + note[0], rule.card.en.rstrip(".") + note[1])
            self.changes.append(Change("rule", rule.name, *texts, first, last))
        digest = hashlib.sha256(policy.source_hash.encode() + content).hexdigest()
        replaced_rules = tuple(_laid_over(policy, rules))
        return replace(policy, all_rules=replaced_rules, source_hash=digest)

    def _check(self, policy: Policy) -> None:
        try:
            # A guarantee stands on confirmed values; under a proposal there is none to check.
            check_policy(replace(policy, guarantees=()))
        except PolicyError as error:
            self._fault(f"方案不能用：{error}", str(error))

    def _label(self, part: str) -> str:
        content = repr(self.raw.get(part)).encode()
        return hashlib.sha256(content).hexdigest()


def _check_span(policy: Policy, first: date, last: date) -> None:
    if policy.valid_from <= first <= last <= policy.valid_to:
        return
    span = (policy.valid_from, policy.valid_to)
    raise BadInput(
        "from",
        f"{first} – {last}",
        f"应在政策有效期 {span[0]} 至 {span[1]} 之内，先后不能颠倒",
        f"must lie within {span[0]} and {span[1]}, the first day before the last",
    )


def _amount(parameter: Parameter, band: int | None, before: Value, raw: Any) -> Amount:
    what = parameter.name
    if band is None or not isinstance(before.value, Schedule):
        return read_amount(raw, parameter.unit, what)
    rate = read_amount(raw, "rate", what)
    bands = list(before.value.bands)
    bands[band - 1] = Band(bands[band - 1].upper, int(rate) if isinstance(rate, int) else 0)
    return Schedule(tuple(bands))


def _read_rules(policy: Policy, path: Path) -> tuple[tuple[Rule, ...], bytes]:
    """The rules in one Python file; it imports from the pack's files as one of them would."""
    source = read_source(path)
    siblings = [item for item in read_sources(policy.folder) if item.path.stem != path.stem]
    modules = import_sources(policy.folder, [*siblings, source])
    declared = tuple(declared_rules(source, modules[-1], policy.clauses))
    if not declared:
        raise UnreadableRule(f"{path.name}: write each replaced rule as a def under @rule(...)")
    for rule in declared:
        if rule.card.role is not Role.RULE:
            place = rule.signature.place
            raise UnreadableRule(f"{place}: {rule.name}: a reform replaces rules and nothing else")
    return declared, source.content


def _span(policy: Policy, rule: Rule) -> tuple[date, date]:
    return rule.card.valid_from or policy.valid_from, rule.card.valid_to or policy.valid_to


def _laid_over(policy: Policy, rules: Sequence[Rule]) -> Iterator[Rule]:
    """The policy's rules on the days on which no new one of their name is in force, and those."""
    day = timedelta(days=1)
    for old in policy.all_rules:
        left = [_span(policy, old)]
        for rule in rules:
            if rule.name == old.name:
                first, last = _span(policy, rule)
                left = [
                    (start, end)
                    for low, high in left
                    for start, end in ((low, min(high, first - day)), (max(low, last + day), high))
                    if start <= end
                ]
        if left == [_span(policy, old)]:
            yield old
            continue
        for start, end in left:
            yield replace(old, card=replace(old.card, valid_from=start, valid_to=end))
    yield from rules


__all__ = ["Change", "Reform", "RefusedReform", "lever_names", "read_reform", "reform_of"]
