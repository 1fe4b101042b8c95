"""Reading ``pack.yaml``: what a pack asks, what it gives out and where its source is unclear."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

from doudi.rules.errors import BadInput, BadValue
from doudi.rules.facts import Fact, IfUnknown, Input, read_fact
from doudi.rules.files import read_yaml
from doudi.rules.notation import read_count, read_fen
from doudi.rules.policy import KIND, Interpretation
from doudi.rules.shape import (
    check_keys,
    read_both,
    read_date,
    read_mapping,
    read_names,
    read_one_of,
    read_text,
)
from doudi.rules.units import Unit

FILE = "pack.yaml"

BEARERS = ("claim", "person", "household", "doctor", "gacha", "banner", "league")
"""What a fact can be a fact of."""

_BOTH = {"zh": "the name in Chinese", "en": "the name in English"}
_PACK = {
    "name": "the name of the pack, such as hinggan-2018",
    **_BOTH,
    "clauses": "the path of its clause file, seen from the folder of the pack",
    "valid_from": "the first day on which it is in force",
    "valid_to": "the last day on which it is in force",
    "inputs": "the facts of a case that it asks for",
}
_PACK_MAY = ("outputs", "families", "interpretations", "own_so_far")
_INPUT_UNITS = tuple(
    unit.value for unit in (Unit.FEN, Unit.COUNT, Unit.FLAG, Unit.CHOICE, Unit.LEVEL)
)
_INPUT = {
    "unit": f"one of {', '.join(_INPUT_UNITS)}",
    **_BOTH,
    "of": f"one of {', '.join(BEARERS)}",
}
_INPUT_MAY = ("options", "at_most", "if_unknown", "zh_no", "en_no")
_SHARE = {"share": "the name of a parameter, a rate", "of": "the name of another input"}
_INTERPRETATION = {
    **_BOTH,
    "clauses": "the clauses that can be read in more than one way",
    "default": "the reading that is used when nobody chooses",
    "readings": "the ways to read them, each with zh and en",
}


@dataclass(frozen=True)
class PackFile:
    """What stands in ``pack.yaml``. ``families`` maps a family to the input that chooses."""

    name: str
    zh: str
    en: str
    clauses: str
    valid_from: date
    valid_to: date
    inputs: Mapping[str, Input]
    outputs: tuple[str, ...]
    families: Mapping[str, str]
    interpretations: Mapping[str, Interpretation]
    own_so_far: str | None


def read_pack_file(folder: Path) -> PackFile:
    """The pack file in ``folder``; BadValue names the file, the entry, the key and what is right.

    What it refers to - clauses, parameters, rules - is checked when the pack is put together.
    """
    raw = check_keys(read_yaml(folder / FILE), FILE, _PACK, _PACK_MAY)
    first, last = (read_date(raw[key], f"{FILE}: {key}") for key in ("valid_from", "valid_to"))
    if last < first:
        raise BadValue(f"{FILE}: valid_to {last} lies before valid_from {first}")
    own_so_far = raw.get("own_so_far")
    return PackFile(
        read_text(raw, "name", FILE),
        read_text(raw, "zh", FILE),
        read_text(raw, "en", FILE),
        read_text(raw, "clauses", FILE),
        first,
        last,
        _read_inputs(raw["inputs"]),
        read_names(raw.get("outputs"), f"{FILE}: outputs"),
        read_mapping(raw.get("families"), f"{FILE}: families"),
        _read_interpretations(raw.get("interpretations")),
        None if own_so_far is None else str(own_so_far),
    )


def _read_inputs(raw: Any) -> dict[str, Input]:
    inputs = {
        str(name): _read_input(str(name), entry, f"{FILE}: input {name}")
        for name, entry in read_mapping(raw, f"{FILE}: inputs").items()
    }
    if KIND not in inputs or inputs[KIND].unit is not Unit.CHOICE:
        raise BadValue(f"{FILE}: inputs: one is {KIND!r}, a choice: what sort of case it is")
    return inputs


def _read_input(name: str, raw: Any, what: str) -> Input:
    entry = check_keys(raw, what, _INPUT, _INPUT_MAY)
    unit = Unit(read_one_of(entry, "unit", _INPUT_UNITS, what))
    declared = Input(
        name,
        unit,
        read_text(entry, "zh", what),
        read_text(entry, "en", what),
        _read_options(entry.get("options"), unit, f"{what}: options"),
        entry.get("at_most"),
        None,
        read_one_of(entry, "of", BEARERS, what),
        entry.get("zh_no", ""),
        entry.get("en_no", ""),
    )
    return replace(declared, if_unknown=_read_guess(declared, entry.get("if_unknown"), what))


def _read_options(raw: Any, unit: Unit, what: str) -> dict[Fact, tuple[str, str]]:
    has_options = unit in (Unit.CHOICE, Unit.LEVEL)
    if has_options != bool(raw):
        raise BadValue(f"{what}: a choice or level lists its options, and nothing else does")
    options: dict[Fact, tuple[str, str]] = {}
    for option, words in read_mapping(raw, what).items():
        if type(option) is not (int if unit is Unit.LEVEL else str):
            right = "a whole number" if unit is Unit.LEVEL else "a name; quote one such as 'yes'"
            raise BadValue(f"{what}: {option!r}: an option of a {unit.value} is {right}")
        options[option] = read_both(words, f"{what}: {option}")
    return options


def _read_guess(declared: Input, raw: Any, what: str) -> IfUnknown | None:
    """What an estimate takes for an input that nobody gave, as far as it shows in the entry."""
    what = f"{what}: if_unknown"
    if raw is None:
        return None
    if isinstance(raw, dict):
        share = check_keys(raw, what, _SHARE)
        return IfUnknown(share=str(share["share"]), of=str(share["of"]))
    if declared.unit is Unit.FEN:
        return IfUnknown(value=read_fen(raw, what))
    if declared.unit is Unit.COUNT:
        return IfUnknown(value=read_count(raw, what))
    try:
        return IfUnknown(value=read_fact(declared, raw))
    except BadInput as error:
        raise BadValue(f"{what}: {error.en}, not {raw!r}") from error


def _read_interpretations(raw: Any) -> dict[str, Interpretation]:
    return {
        str(name): _read_interpretation(str(name), entry, f"{FILE}: interpretation {name}")
        for name, entry in read_mapping(raw, f"{FILE}: interpretations").items()
    }


def _read_interpretation(name: str, raw: Any, what: str) -> Interpretation:
    entry = check_keys(raw, what, _INTERPRETATION)
    readings = {
        str(reading): read_both(words, f"{what}: reading {reading}")
        for reading, words in read_mapping(entry["readings"], f"{what}: readings").items()
    }
    return Interpretation(
        name,
        read_text(entry, "zh", what),
        read_text(entry, "en", what),
        read_names(entry["clauses"], f"{what}: clauses"),
        read_one_of(entry, "default", tuple(readings), what),
        readings,
    )
