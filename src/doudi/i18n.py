"""Chinese is what the texts are written in; English is looked up in ``locale/``.

The catalogue is read from its ``.po`` file when English is asked for, so that no compiled file
has to be made or kept.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

LANGUAGES = ("zh", "en")
LANGUAGE_VARIABLE = "DOUDI_LANG"

_CATALOGUE = Path(__file__).parent / "locale" / "en" / "LC_MESSAGES" / "doudi.po"


def language() -> str:
    """The language to show: Chinese, unless ``DOUDI_LANG`` says English."""
    return "en" if os.environ.get(LANGUAGE_VARIABLE, "").lower().startswith("en") else "zh"


def gettext(text: str) -> str:
    """``text`` in the language to show."""
    return text if language() == "zh" else _english().get(text, text)


def either(zh: str, en: str) -> str:
    """The one of two texts that a pack carries side by side; Chinese where English is missing."""
    return en if language() == "en" and en else zh


@lru_cache(maxsize=1)
def _english() -> Mapping[str, str]:
    from babel.messages.pofile import read_po  # noqa: PLC0415

    with _CATALOGUE.open("rb") as file:
        catalogue = read_po(file, locale="en")
    return {
        message.id: message.string
        for message in catalogue
        if isinstance(message.id, str) and isinstance(message.string, str) and message.string
    }
