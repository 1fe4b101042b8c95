"""A bureau's own values laid over a pack, each with the document that it rests on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from doudi.rules.check import check_policy
from doudi.rules.errors import BadValue, PolicyError
from doudi.rules.files import parse_yaml
from doudi.rules.parameters import Parameter, Status, Value, read_parameter
from doudi.rules.policy import Policy

_FILE_KEYS = {"policy", "bureau", "values"}
_ENTRY_KEYS = {"parameter", "value", "document", "from", "to"}


@dataclass(frozen=True)
class Adopted:
    """One value that a bureau put in place of ours."""

    parameter: str
    before: Value | None
    after: Value


class RefusedAdoption(PolicyError):
    """An adoption file with faults; ``faults`` are (Chinese, English), all of them."""

    def __init__(self, faults: list[tuple[str, str]]) -> None:
        super().__init__("; ".join(en for _, en in faults))
        self.faults = faults


def adopt(policy: Policy, path: Path) -> tuple[Policy, tuple[Adopted, ...]]:
    """``policy`` with the values of the adoption file at ``path``, and what they replace.

    Refused as a whole, with every fault: a value without a document, a parameter that does not
    exist, a value that cannot be read, a file for another pack.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        raise BadValue(f"{path}: there is no such file") from None
    except OSError as error:
        zh, en = f"{path}：文件打不开", f"{path}: cannot be opened: {error.strerror}"
        raise RefusedAdoption([(zh, en)]) from error
    return adopt_content(policy, content, str(path))


def adopt_content(policy: Policy, content: bytes, place: str) -> tuple[Policy, tuple[Adopted, ...]]:
    """As `adopt`, of a file's content; ``place`` names it in complaints."""
    raw = parse_yaml(content, place)
    if not isinstance(raw, dict) or not isinstance(raw.get("values"), list):
        raise RefusedAdoption([("文件缺少 values 列表", "the file needs a list 'values'")])
    faults: list[tuple[str, str]] = []
    for key in sorted(set(raw) - _FILE_KEYS, key=str):
        faults.append((f"没有“{key}”这一项", f"unknown key {key!r}"))
    if raw.get("policy") != policy.name:
        faults.append(
            (
                f"policy 应为 {policy.name}，而不是 {raw.get('policy')!r}",
                f"'policy' must be {policy.name}, not {raw.get('policy')!r}",
            )
        )
    changed: dict[str, Parameter] = {}
    adopted: list[Adopted] = []
    for number, entry in enumerate(raw["values"], start=1):
        found = _read_entry(policy, changed, number, entry, faults)
        if found is not None:
            parameter, change = found
            faults.extend(_stands_twice(adopted, number, change))
            changed[parameter.name] = parameter
            adopted.append(change)
    if faults:
        raise RefusedAdoption(faults)
    label = hashlib.sha256(content).hexdigest()
    result = policy.with_parameters(changed, label)
    check_policy(result)
    return result, tuple(adopted)


def _read_entry(
    policy: Policy,
    changed: Mapping[str, Parameter],
    number: int,
    entry: Any,
    faults: list[tuple[str, str]],
) -> tuple[Parameter, Adopted] | None:
    where_zh, where_en = f"第{number}项", f"value {number}"
    if not isinstance(entry, dict):
        faults.append((f"{where_zh}：应写参数、值和文号", f"{where_en}: write parameter, value"))
        return None
    name = entry.get("parameter")
    known = changed.get(str(name)) or policy.parameters.get(str(name))
    before = len(faults)
    for key in sorted(set(entry) - _ENTRY_KEYS, key=str):
        faults.append((f"{where_zh}：没有“{key}”这一项", f"{where_en}: unknown key {key!r}"))
    if known is None:
        faults.append((f"{where_zh}：没有参数 {name!r}", f"{where_en}: no parameter {name!r}"))
    if not str(entry.get("document") or "").strip():
        faults.append(
            (f"{where_zh}（{name}）：没有写文号", f"{where_en} ({name}): names no document")
        )
    if known is None or len(faults) > before:
        return None
    try:
        value = _read_value(policy, known, entry)
    except PolicyError as error:
        faults.append((f"{where_zh}（{name}）：值写得不对：{error}", f"{where_en}: {error}"))
        return None
    former = next((old for old in known.values if old.in_force(value.valid_from)), None)
    return overlay(known, value), Adopted(known.name, former, value)


def _stands_twice(
    earlier: Sequence[Adopted], number: int, change: Adopted
) -> Iterator[tuple[str, str]]:
    """A file that gives one parameter two values on one day does not say which it means."""
    for other in earlier:
        start = max(other.after.valid_from, change.after.valid_from)
        if other.parameter == change.parameter and start <= min(
            other.after.valid_to, change.after.valid_to
        ):
            yield (
                f"第{number}项（{change.parameter}）：{start} 这一天前面已经给过值",
                f"value {number} ({change.parameter}): {start} has been given a value before",
            )


def _read_value(policy: Policy, known: Parameter, entry: Mapping[str, Any]) -> Value:
    span = (policy.valid_from, policy.valid_to)
    fields = {key: entry[key] for key in ("value", "from", "to") if key in entry}
    for key in ("from", "to"):
        if isinstance(fields.get(key), datetime):
            raise BadValue(f"{key!r} must be a date without a time, not {fields[key]}")
    raw = {
        "zh": known.zh,
        "en": known.en,
        "unit": known.unit,
        "status": Status.ADOPTED.value,
        "document": str(entry["document"]),
        **fields,
    }
    return read_parameter(known.name, raw, span).values[0]


def overlay(parameter: Parameter, value: Value) -> Parameter:
    """The parameter with ``value`` on its days and the former values around it."""
    day = timedelta(days=1)
    kept: list[Value] = []
    for old in parameter.values:
        if old.valid_from < value.valid_from:
            kept.append(replace(old, valid_to=min(old.valid_to, value.valid_from - day)))
        if old.valid_to > value.valid_to:
            kept.append(replace(old, valid_from=max(old.valid_from, value.valid_to + day)))
    ordered = sorted([*kept, value], key=lambda item: item.valid_from)
    return replace(parameter, values=tuple(ordered))
