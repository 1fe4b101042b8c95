"""ID numbers and card numbers: reading, masking, encrypting, and finding without decrypting.

A number is stored twice: as AES-GCM ciphertext, and as a blind index (HMAC-SHA256 under another
key, whose tag it begins with) by which its row is found. A ciphertext is bound to the public id
of its person, so that one copied to another row does not decrypt there, and so is one of another
use, such as the person's phone. Its layout:

    1 byte    the format, 1
    4 bytes   the id of the key (see `doudi.office.keys`)
    12 bytes  the nonce
    the rest  the encrypted number and its tag
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import unicodedata
from dataclasses import dataclass
from datetime import date

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.utils import timezone

from doudi.office.keys import KEY_ID_BYTES

MALE, FEMALE = "1", "2"
PUBLIC_ID_LENGTH = 26

# Not \d: it takes the digits of every script.
_NUMBER = re.compile(r"^[0-9]{17}[0-9X]$")
_OLD_NUMBER = re.compile(r"^[0-9]{15}$")
_CARD = re.compile(r"^[0-9A-Z]{6,32}$")
_SPACING = re.compile(r"[\s\-‐-―]")
# GB 11643-1999: weights from the first digit on, and the check character of each remainder.
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"
_PROVINCES = frozenset(
    str(code)
    for tens, last in ((10, 5), (20, 3), (30, 7), (40, 6), (50, 4), (60, 5), (70, 1), (80, 3))
    for code in range(tens + 1, tens + last + 1)
) | {"50"}
_EARLIEST_BIRTH = date(1880, 1, 1)
# Digits of one birthday and sex for generated people: 10 areas of 500 serials each.
_MADE_UP_AREAS = range(152290, 152300)
_SERIALS_OF_A_SEX = 500

_FORMAT = b"\x01"
_NONCE_BYTES = 12
_INDEX_LENGTH = 64
# Crockford's: no I, L, O or U, which are misread or make words.
_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


class BadNumber(ValueError):
    """A number that nobody can have; ``zh`` says what is wrong with it."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


class CannotDecrypt(Exception):
    """A ciphertext that was altered, moved to another person, or whose key is not there."""


@dataclass(frozen=True)
class IdNumber:
    """A valid ID number, and what it tells of its person: birthday, and sex '1' or '2'."""

    text: str
    born: date
    sex: str

    def __repr__(self) -> str:
        return f"IdNumber({masked(self.text)!r})"


def check_character(first_seventeen: str) -> str:
    """The last character of an ID number."""
    total = sum(
        int(digit) * weight for digit, weight in zip(first_seventeen, _WEIGHTS, strict=True)
    )
    return _CHECK_CHARACTERS[total % 11]


def normalised(text: str) -> str:
    """A number as it is compared: no full-width forms, spaces or hyphens, letters upper case."""
    return _SPACING.sub("", unicodedata.normalize("NFKC", text)).upper()


def read_id_number(text: str) -> IdNumber:
    """The ID number a person typed; BadNumber when it cannot be one."""
    number = normalised(text)
    if _OLD_NUMBER.match(number):
        raise BadNumber("是 15 位旧号码，请填 18 位", "an old number of 15 digits; 18 are needed")
    if not _NUMBER.match(number):
        raise BadNumber("应为 18 位，最后一位可以是 X", "must be 17 digits and a digit or X")
    if number[:2] not in _PROVINCES:
        raise BadNumber("前两位不是省级代码", "the first two digits are no province")
    try:
        born = date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        raise BadNumber("第 7 至 14 位不是日期", "digits 7 to 14 are no date") from None
    if born < _EARLIEST_BIRTH or born > timezone.localdate():
        raise BadNumber("出生日期不可能", "nobody alive is born on that day")
    if number[17] != check_character(number[:17]):
        raise BadNumber("校验位不对，请逐位核对", "the check digit is wrong")
    return IdNumber(number, born, MALE if int(number[16]) % 2 else FEMALE)


def made_up_id_number(*, born: date, sex: str, serial: int) -> IdNumber:
    """A number for a generated person, under an area code that no division of the league has.

    ``serial`` counts from 0 to 4,999 the people of one birthday and sex; ValueError beyond.
    """
    area, place = divmod(serial, _SERIALS_OF_A_SEX)
    if not 0 <= area < len(_MADE_UP_AREAS):
        raise ValueError(f"serial {serial} is outside 0..4999")
    sequence = 2 * place + (1 if sex == MALE else 0)
    first = f"{_MADE_UP_AREAS[area]}{born:%Y%m%d}{sequence:03d}"
    return IdNumber(first + check_character(first), born, sex)


def is_made_up(number: str) -> bool:
    """Whether the number carries an area code of `made_up_id_number`."""
    return number[:6] in {str(area) for area in _MADE_UP_AREAS}


def may_be_card(number: str) -> bool:
    """Whether a normalised number has the form of a social security card's."""
    return _CARD.match(number) is not None


def read_card(text: str) -> str:
    """A social security card number, normalised; BadNumber when it cannot be one."""
    card = normalised(text)
    if not _CARD.match(card):
        raise BadNumber("应为 6 至 32 位数字或字母", "must be 6 to 32 letters and digits")
    return card


def masked(number: str) -> str:
    """The first and last four characters, the rest as stars: ``1522**********1234``."""
    if len(number) <= 8:  # noqa: PLR2004 - nothing would be hidden
        return "*" * len(number)
    return f"{number[:4]}{'*' * (len(number) - 8)}{number[-4:]}"


def new_public_id() -> str:
    """A name for a person that can stand in an address: 130 random bits, 26 characters."""
    return public_id_of(secrets.randbits(5 * PUBLIC_ID_LENGTH))


def public_id_of(bits: int) -> str:
    """130 bits written as a public id."""
    return "".join(_ALPHABET[bits >> 5 * place & 31] for place in range(PUBLIC_ID_LENGTH))


def id_index(number: str) -> str:
    """The blind index of a normalised ID number, as it is written now: 64 characters."""
    return id_indexes(number)[0]


def id_indexes(number: str) -> list[str]:
    """The indexes by which a normalised ID number is found, one for each key; the first is new."""
    return _blind("id", number)


def card_index(card: str) -> str:
    """The blind index of a normalised card number, as it is written now: 64 characters."""
    return card_indexes(card)[0]


def card_indexes(card: str) -> list[str]:
    """The indexes by which a normalised card number is found, one for each key."""
    return _blind("card", card)


def tag_of_new() -> str:
    """What every index begins with that is made with the first key."""
    return str(next(iter(settings.INDEX_KEYS)))


def hashes_under_every_key(text: str) -> list[str]:
    """A keyed hash of a text for each key of the indexes, that of the first key first."""
    return [
        hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        for key in settings.INDEX_KEYS.values()
    ]


def _blind(use: str, text: str) -> list[str]:
    # The use goes in, so that a card and an ID number with the same digits do not look alike.
    hashes = hashes_under_every_key(f"{use}\0{text}")
    return [
        f"{tag}{digits}"[:_INDEX_LENGTH]
        for tag, digits in zip(settings.INDEX_KEYS, hashes, strict=True)
    ]


def encrypt(number: str, *, public_id: str, use: str = "") -> bytes:
    """The ciphertext of a number, under the first key, for the row of this person only.

    ``use`` is empty for an ID number, and names what else it is.
    """
    name, key = next(iter(settings.ID_KEYS.items()))
    nonce = secrets.token_bytes(_NONCE_BYTES)
    head = _FORMAT + name
    bound = _bound_to(head, public_id, use)
    return head + nonce + AESGCM(key).encrypt(nonce, number.encode(), bound)


def head_of_new() -> bytes:
    """What every ciphertext begins with that is under the first key."""
    return _FORMAT + next(iter(settings.ID_KEYS))


def decrypt(cipher: bytes | memoryview, *, public_id: str, use: str = "") -> str:
    """The number behind a ciphertext; CannotDecrypt. `services.reveal_id_number` logs who asks."""
    data = bytes(cipher)
    head, rest = data[: 1 + KEY_ID_BYTES], data[1 + KEY_ID_BYTES :]
    key = settings.ID_KEYS.get(head[1:])
    if head[:1] != _FORMAT or key is None:
        raise CannotDecrypt(
            f"no key {head[1:].hex()} among {len(settings.ID_KEYS)} in DOUDI_ID_KEY"
        )
    nonce, sealed = rest[:_NONCE_BYTES], rest[_NONCE_BYTES:]
    try:
        return AESGCM(key).decrypt(nonce, sealed, _bound_to(head, public_id, use)).decode()
    except InvalidTag:
        raise CannotDecrypt("the ciphertext was altered or belongs to another person") from None


def _bound_to(head: bytes, public_id: str, use: str) -> bytes:
    bound = head + public_id.encode()
    return bound + b"\0" + use.encode() if use else bound
