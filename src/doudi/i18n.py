"""Chinese is what the texts are written in; English is looked up in ``locale/``.

The catalogues are read from their ``.po`` files when English is asked for, so that no compiled
file has to be made or kept: ``doudi.po`` for the program, the others for one area of pages each.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import lru_cache
from pathlib import Path

LANGUAGES = ("zh", "en")
LANGUAGE_VARIABLE = "DOUDI_LANG"

CATALOGUES = Path(__file__).parent / "locale" / "en" / "LC_MESSAGES"

# What one page is shown in; a process serves people who read different languages.
_spoken: ContextVar[str | None] = ContextVar("spoken", default=None)


def language() -> str:
    """The language to show: Chinese, unless `speaking` or ``DOUDI_LANG`` says English."""
    spoken = _spoken.get()
    if spoken is not None:
        return spoken
    return "en" if os.environ.get(LANGUAGE_VARIABLE, "").lower().startswith("en") else "zh"


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Show everything inside in ``zh`` or ``en``, whatever the environment says."""
    before = _spoken.set(language)
    try:
        yield
    finally:
        _spoken.reset(before)


def gettext(text: str) -> str:
    """``text`` in the language to show."""
    return text if language() == "zh" else english().get(text, text)


def either(zh: str, en: str) -> str:
    """The one of two texts that a pack carries side by side; Chinese where English is missing."""
    return en if language() == "en" and en else zh


@lru_cache(maxsize=1)
def english() -> Mapping[str, str]:
    """The English of every text, by the Chinese."""
    from babel.messages.pofile import read_po  # noqa: PLC0415

    found: dict[str, str] = {}
    for path in sorted(CATALOGUES.glob("*.po")):
        with path.open("rb") as file:
            catalogue = read_po(file, locale="en")
        found |= {
            message.id: message.string
            for message in catalogue
            if isinstance(message.id, str) and isinstance(message.string, str) and message.string
        }
    return found
