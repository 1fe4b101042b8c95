"""The first letters of a name's pinyin, by which clerks look people up."""

from __future__ import annotations

from functools import lru_cache

LONGEST_INITIALS = 60


def initials_of(name: str) -> str:
    """``王小明`` as ``wxm``; Latin letters stay as lower case, all else is left out.

    A character with several readings is given its most usual one, as pypinyin knows it: 单 as a
    surname is found under d. Search by the characters finds it either way.
    """
    return "".join(_initial(character) for character in name)[:LONGEST_INITIALS]


@lru_cache(maxsize=10_000)
def _initial(character: str) -> str:
    from pypinyin import Style, lazy_pinyin  # noqa: PLC0415 - half a second to load

    if character.isascii():
        return character.lower() if character.isalnum() else ""
    found = lazy_pinyin(character, style=Style.FIRST_LETTER, errors="ignore")
    return found[0] if found and found[0].isascii() else ""
