"""The questions that no pack asks: what is wanted, of when, where, and about whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from doudi.estimate.asking.bill_turns import OWN_SO_FAR
from doudi.estimate.asking.question import Option, Question, Replies, Sort
from doudi.estimate.asking.wording import Entry, read_words, wording
from doudi.rules.entitlements import Area, Recipient, Words

WAY = "way"
PERIOD = "period"
PLACE = "place"
LABEL = "label"
ALWAYS = (WAY, PERIOD, PLACE, LABEL)
"""Asked whatever the rules say: they decide what is asked at all."""

BILL_WAY = "bill"
HOUSEHOLD_WAY = "household"
DOCTOR_WAY = "doctor"
NOBODY = "nobody"
ELSEWHERE = "9999"
"""An area code that is nowhere."""

MOST_PEOPLE = 8

RECIPIENTS: Mapping[str, tuple[Recipient, ...]] = {
    HOUSEHOLD_WAY: (Recipient.HOUSEHOLD, Recipient.PERSON),
    DOCTOR_WAY: (Recipient.DOCTOR,),
    "gacha": (Recipient.GACHA,),
    "banner": (Recipient.BANNER,),
    "league": (Recipient.LEAGUE,),
}
"""Whose entitlements each way in is about."""

LABELS: Mapping[str, Words] = {
    "head": Words("户主", "Head of the household"),
    "spouse": Words("户主的配偶", "Spouse"),
    "elder": Words("老人", "Elder"),
    "child": Words("孩子", "Child"),
    "other": Words("别的家人", "Someone else of the family"),
}
_ANYONE = Words("家人", "Member of the family")
PEOPLE = (*LABELS.values(), _ANYONE)
"""How the members of a household can be called."""

_FILE = Path(__file__).parent / "words.yaml"


def way() -> Question:
    """What is wanted."""
    return _choice(WAY, tuple(_options(WAY)))


def period(options: tuple[Option, ...]) -> Question:
    """Of when."""
    return _choice(PERIOD, options)


def place(areas: Sequence[Area]) -> Question:
    """Where, as far as the texts tell places apart."""
    # Of a region its own code, so that it is told from the leagues in it: 1500, not 15.
    options = [Option(f"{area.code:0<4}", area.words) for area in areas]
    return _choice(PLACE, (*options, *_options(PLACE)))


def label(number: int) -> Question:
    """About which member of the household, or (from the second on) about nobody else."""
    options = [Option(value, words) for value, words in LABELS.items()]
    if number > 1:
        options = [*_options(LABEL), *options]
    entry = _words()["label" if number == 1 else "label_next"]
    asked = Question(LABEL, LABEL, Sort.CHOICE, wording(entry, _ANYONE), tuple(options))
    return asked.for_person(number)


def names_nobody(number: int, replies: Replies) -> bool:
    """Whether there is no member of that number; 不清楚 names the first one, and ends the list."""
    slot = f"{number}.{LABEL}"
    return slot not in replies or replies[slot] == NOBODY or (number > 1 and replies[slot] is None)


def own_so_far() -> Question:
    """What the person has paid this year; the pack names the running total that it enters."""
    entry = _words()[OWN_SO_FAR]
    return Question(OWN_SO_FAR, OWN_SO_FAR, Sort.YUAN, wording(entry, _ANYONE))


def person_words(reply: object) -> Words:
    """How a member of the household is called."""
    return LABELS.get(str(reply), _ANYONE)


def _choice(name: str, options: tuple[Option, ...]) -> Question:
    return Question(name, name, Sort.CHOICE, wording(_words()[name], _ANYONE), options)


def _options(name: str) -> list[Option]:
    return [
        Option(
            value,
            Words(raw["zh"], raw["en"]),
            Words(raw["hint"]["zh"], raw["hint"]["en"]) if "hint" in raw else None,
        )
        for value, raw in _words()[name].get("options", {}).items()
    ]


def _words() -> Mapping[str, Entry]:
    return read_words(_FILE)
