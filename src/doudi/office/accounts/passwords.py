"""Passwords that are handed over once, and the sentences that say what a new one lacks."""

from __future__ import annotations

import secrets

# No letter or digit that is taken for another when it is read out or copied from paper.
_LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"
_GROUPS, _GROUP_LENGTH = 4, 4


def one_time_password() -> str:
    """A password to hand over, ``k7wm-…``: 79 bits, to be changed at the first login."""
    return "-".join(
        "".join(secrets.choice(_LETTERS) for _ in range(_GROUP_LENGTH)) for _ in range(_GROUPS)
    )


def half_from(digest: bytes) -> str:
    """Half of such a password, 39 bits, from at least 16 bytes that nobody can guess."""
    number, letters = int.from_bytes(digest), ""
    for _ in range(_GROUPS // 2 * _GROUP_LENGTH):
        number, place = divmod(number, len(_LETTERS))
        letters += _LETTERS[place]
    return "-".join(
        letters[start : start + _GROUP_LENGTH] for start in range(0, len(letters), _GROUP_LENGTH)
    )
