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
