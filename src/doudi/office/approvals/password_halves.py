"""A one-time password of two halves (`secret_halves`), joined by a hyphen."""

from __future__ import annotations

from django.contrib.auth.hashers import check_password

from doudi.office.accounts.models import User
from doudi.office.accounts.passwords import half_from
from doudi.office.approvals.models import Proposal
from doudi.office.approvals.secret_halves import half_digest, has_a_half


def whole_password(proposal: Proposal) -> str:
    """What the owner logs in with: the maker's half, then the checker's."""
    return f"{_half(proposal, proposal.maker)}-{_half(proposal, proposal.checker)}"


def password_half(proposal: Proposal, viewer: User) -> str | None:
    """The viewer's half, for as long as the account's password is the one of this proposal.

    None for whoever neither made nor approved it, and once the owner has changed the password.
    """
    if not has_a_half(proposal, viewer):
        return None
    account = User.objects.filter(username=proposal.given["username"]).first()
    if account is None or not account.must_change_password:
        return None
    if not check_password(whole_password(proposal), account.password):
        return None
    return _half(proposal, viewer.username)


def _half(proposal: Proposal, username: str) -> str:
    return half_from(half_digest(proposal, username))
