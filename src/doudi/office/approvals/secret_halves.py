"""A secret of two halves: its maker sees one, its checker the other, its owner has both.

What two people agreed to would else be in the hands of one of them, who could use it before its
owner does. The halves follow from the office's own secret, the proposal and who looks, so that
nothing of them has to be kept.
"""

from __future__ import annotations

from django.utils.crypto import salted_hmac

from doudi.office.accounts.models import User
from doudi.office.approvals.models import Proposal

_SALT = "doudi.office.approvals.secret_halves"


def half_digest(proposal: Proposal, username: str) -> bytes:
    """The 32 bytes from which the half of a maker or checker is made."""
    text = f"{proposal.public_id}\0{username}"
    return salted_hmac(_SALT, text, algorithm="sha256").digest()


def has_a_half(proposal: Proposal, viewer: User) -> bool:
    """Whether the viewer made or approved what was approved."""
    approved = proposal.state == Proposal.State.APPROVED
    return approved and viewer.username in (proposal.maker, proposal.checker)


def is_first(proposal: Proposal, viewer: User) -> bool:
    """Whether the viewer's half comes first."""
    return viewer.username == proposal.maker
