"""The shape of an entry in a YAML file: what is missing, misspelt or of another kind, by name.

``what`` names the file and the entry in every message, such as ``pack.yaml: input bill``.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from doudi.rules.errors import BadValue


def check_keys(
    raw: Any, what: str, needed: Mapping[str, str], optional: Collection[str] = ()
) -> Mapping[str, Any]:
    """``raw`` as a mapping that has the needed keys and no others but the optional ones.

    ``needed`` says of each key what belongs there, for whoever has left it out.
    """
    if not isinstance(raw, dict):
        keys = ", ".join(needed) or "entries"
        raise BadValue(f"{what}: write a mapping with {keys}, not {raw!r}")
    for key, right in needed.items():
        if raw.get(key) is None:
            raise BadValue(f"{what}: {key!r} is missing; it is {right}")
    known = (*needed, *optional)
    for key in raw:
        if key not in known:
            raise BadValue(f"{what}: unknown key {key!r}; the keys are {', '.join(known)}")
    return raw


def read_mapping(raw: Any, what: str) -> Mapping[Any, Any]:
    """``raw`` as a mapping; nothing at all is an empty one."""
    if raw is None:
        return {}
    if not isinstance(raw, dict):
        raise BadValue(f"{what}: write one entry below the other, each under its name")
    return raw


def read_names(raw: Any, what: str) -> tuple[str, ...]:
    """A list of names; nothing at all is an empty one."""
    if raw is None:
        return ()
    if not isinstance(raw, list) or not all(isinstance(name, str) for name in raw):
        raise BadValue(f"{what}: write a list of names, such as [own_pay], not {raw!r}")
    return tuple(raw)


def read_text(raw: Mapping[str, Any], key: str, what: str) -> str:
    """The text under ``key``, which has to be there."""
    text = raw.get(key)
    if not isinstance(text, str) or not text.strip():
        raise BadValue(f"{what}: {key!r} is a text, not {text!r}")
    return text


def read_both(raw: Any, what: str) -> tuple[str, str]:
    """An entry ``{zh: …, en: …}`` and nothing else."""
    texts = check_keys(raw, what, {"zh": "the name in Chinese", "en": "the name in English"})
    return read_text(texts, "zh", what), read_text(texts, "en", what)


def read_one_of(raw: Mapping[str, Any], key: str, options: Collection[str], what: str) -> str:
    """The word under ``key``, which has to be one of ``options``."""
    word = raw.get(key)
    if not isinstance(word, str) or word not in options:
        raise BadValue(f"{what}: {key!r} is one of {', '.join(options)}, not {word!r}")
    return word


def read_date(raw: Any, what: str) -> date:
    """A date without a time, as YAML reads ``2018-01-31``."""
    if isinstance(raw, date) and not isinstance(raw, datetime):
        return raw
    raise BadValue(f"{what}: {raw!r} is not a date (write 2018-01-31)")
