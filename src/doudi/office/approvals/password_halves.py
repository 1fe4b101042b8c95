"""A one-time password of two halves: its maker sees one, its checker the other, its owner has both.

What two people agreed to would else be in the hands of one of them, who could log in with it
before its owner does. The halves follow from the office's own secret, the proposal and who looks,
so that nothing of them has to be kept.
"""

from __future__ import annotations

from django.contrib.auth.hashers import check_password
from django.utils.crypto import salted_hmac

from doudi.office.accounts.models import User
from doudi.office.accounts.passwords import half_from
from doudi.office.approvals.models import Proposal

_SALT = "doudi.office.approvals.password_halves"


def whole_password(proposal: Proposal) -> str:
    """What the owner logs in with: the maker's half, then the checker's."""
    return f"{_half(proposal, proposal.maker)}-{_half(proposal, proposal.checker)}"


def half_of(proposal: Proposal, viewer: User, account: User) -> str | None:
    """The viewer's half, for as long as the account's password is the one of this proposal.

    None for whoever neither made nor approved it, and once the owner has changed the password.
    """
    if proposal.state != Proposal.State.APPROVED or not account.must_change_password:
        return None
    if viewer.username not in (proposal.maker, proposal.checker):
        return None
    if not check_password(whole_password(proposal), account.password):
        return None
    return _half(proposal, viewer.username)


def is_first(proposal: Proposal, viewer: User) -> bool:
    """Whether the viewer's half comes first when the password is typed."""
    return viewer.username == proposal.maker


def _half(proposal: Proposal, username: str) -> str:
    text = f"{proposal.public_id}\0{username}"
    return half_from(salted_hmac(_SALT, text, algorithm="sha256").digest())
