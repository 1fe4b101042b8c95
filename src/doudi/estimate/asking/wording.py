"""The words in which a pack's facts are asked for, as people say them.

They stand in ``words/questions.yaml`` of the pack's folder, one entry for each fact::

    registered:
      title: {zh: 你家是建档立卡贫困户吗？, en: Is your household registered poor?}
      hint: {zh: 有一本……, en: …}                       # optional
      unknown: {zh: 不清楚时……, en: …}                   # optional: what 不清楚 will mean
      options:                                          # optional: instead of the pack's own words
        inpatient: {zh: 住院, en: A stay, hint: {zh: …, en: …}}

They are no part of the pack's version: another wording changes no amount. A fact without an entry
is asked for by its name in the pack.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from doudi.estimate.asking.question import Option, Wording
from doudi.rules.entitlements import Words
from doudi.rules.errors import BadValue
from doudi.rules.facts import Fact, Input
from doudi.rules.files import read_yaml
from doudi.rules.policy import Policy
from doudi.rules.shape import check_keys, read_mapping, read_text

FILE = Path("words") / "questions.yaml"
_BOTH = {"zh": "its words in Chinese", "en": "its words in English"}
_TITLE = {"title": "the question, in zh and en"}

Entry = Mapping[str, Any]


@lru_cache(maxsize=32)
def read_words(path: Path) -> Mapping[str, Entry]:
    """The entries of a file of words, checked; none where there is no file. Errors: BadValue."""
    if not path.exists():
        return {}
    entries = read_mapping(read_yaml(path), path.name)
    for name, entry in entries.items():
        what = f"{path.name}: {name}"
        check_keys(entry, what, _TITLE, ("label", "hint", "unknown", "options"))
        for key in ("title", "label", "hint", "unknown"):
            if key in entry:
                _pair(entry[key], f"{what}: {key}")
        for option, raw in read_mapping(entry.get("options"), f"{what}: options").items():
            check_keys(raw, f"{what}: {option}", _BOTH, ("hint",))
            if "hint" in raw:
                _pair(raw["hint"], f"{what}: {option}: hint")
    return entries


def _pair(raw: Any, what: str) -> Words:
    entry = check_keys(raw, what, _BOTH)
    return Words(read_text(entry, "zh", what), read_text(entry, "en", what))


def pack_words(policy: Policy) -> Mapping[str, Entry]:
    """The words of a pack's questions. BadValue for a fact that the pack does not know."""
    entries = read_words(policy.folder / FILE)
    unknown = sorted(set(entries) - set(policy.inputs))
    if unknown:
        raise BadValue(f"{policy.name}: {FILE.name} asks for {', '.join(unknown)}")
    return entries


def wording(entry: Entry, label: Words) -> Wording:
    """The words of one question; ``label`` names it where the entry does not."""
    return Wording(
        title=_words(entry, "title") or Words(f"{label.zh}？", f"{label.en}?"),
        label=_words(entry, "label") or label,
        hint=_words(entry, "hint"),
        unknown=_words(entry, "unknown"),
    )


def _words(entry: Entry, key: str) -> Words | None:
    return Words(entry[key]["zh"], entry[key]["en"]) if key in entry else None


def options_of(entry: Entry, item: Input, only: tuple[Fact, ...] = ()) -> tuple[Option, ...]:
    """The options of a fact (of these only, if any are named), in the words of the entry."""
    own = entry.get("options", {})
    return tuple(
        Option(
            value,
            Words(own[value]["zh"], own[value]["en"]) if value in own else Words(*names),
            _words(own[value], "hint") if value in own else None,
        )
        for value, names in item.options.items()
        if not only or value in only
    )
