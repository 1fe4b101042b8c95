"""The first letters of a name's pinyin, by which clerks look people up."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from itertools import combinations, islice, product

LONGEST_INITIALS = 60
MOST_OTHER_READINGS = 8
"""Other readings of a name that are kept at most: those nearest to the usual one come first."""


def initials_of(name: str) -> str:
    """``王小明`` as ``wxm``; Latin letters stay as lower case, all else is left out.

    A character with several readings is given its most usual one, as pypinyin knows it: 单 as a
    surname stands under d, and `other_initials_of` has it under s and c as well.
    """
    return "".join(_letters(character)[:1] for character in name)[:LONGEST_INITIALS]


@lru_cache(maxsize=50_000)
def other_initials_of(name: str) -> tuple[str, ...]:
    """The initials of a name whose characters are read in another way: ``单雄`` also as ``sx``.

    At most `MOST_OTHER_READINGS`, without `initials_of`.
    """
    letters = [found for character in name if (found := _letters(character))][:LONGEST_INITIALS]
    # One by one: a long name can have more readings than a computer has room for.
    return tuple(islice(_readings(letters), MOST_OTHER_READINGS))


def _readings(letters: list[str]) -> Iterator[str]:
    """All other readings, each once, those with fewer unusual characters first."""
    usual = [found[0] for found in letters]
    several = [place for place, found in enumerate(letters) if len(found) > 1]
    for count in range(1, len(several) + 1):
        for places in combinations(several, count):
            for chosen in product(*(letters[place][1:] for place in places)):
                reading = list(usual)
                for place, letter in zip(places, chosen, strict=True):
                    reading[place] = letter
                yield "".join(reading)


@lru_cache(maxsize=10_000)
def _letters(character: str) -> str:
    """The letters that a character may begin with, the most usual one first."""
    from pypinyin import Style, pinyin  # noqa: PLC0415 - half a second to load

    if character.isascii():
        return character.lower() if character.isalnum() else ""
    found = pinyin(character, style=Style.FIRST_LETTER, heteronym=True, errors="ignore")
    readings = dict.fromkeys(letter for some in found for letter in some if letter.isascii())
    return "".join(readings)
