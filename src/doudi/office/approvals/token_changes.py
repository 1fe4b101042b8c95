"""New API tokens as proposals, and the two halves (`secret_halves`) of a token's text.

An administrator could otherwise make a token of a hospital's account and settle with it. Neither
the maker nor the checker is shown the whole text: the hospital's programmer has it from both.
"""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Sequence
from typing import Any

from doudi.office.accounts.models import User
from doudi.office.approvals.account_changes import about_account, maker_of
from doudi.office.approvals.models import Proposal
from doudi.office.approvals.secret_halves import half_digest, has_a_half, is_first
from doudi.office.tokens.services import PREFIX, check_new_token, issue_token, token_of

ISSUE_TOKEN = "issue_token"
_HALF_BYTES = 16


def token_proposal(
    *, account: User, name: str, scopes: Sequence[str], days: int, by: User
) -> dict[str, Any]:
    """What `services.propose` takes for a new token; AccountRefused for one that cannot be."""
    check_new_token(account=account, name=name, scopes=scopes, days=days, by=by)
    about = about_account(account, ISSUE_TOKEN, by)
    # A hospital's several systems may each wait for a token of the same account.
    about["subject"] += f"/{name.strip()}"
    about["given"] |= {
        "place": account.institution_id,
        "token_name": name.strip(),
        "scopes": list(scopes),
        "days": days,
    }
    return about


def issue_approved_token(proposal: Proposal) -> dict[str, Any]:
    """Make the token; AccountRefused when its maker may not any more, or the account may not."""
    given = proposal.given
    token, _text = issue_token(
        account=User.objects.get(username=given["username"]),
        name=given["token_name"],
        scopes=given["scopes"],
        days=given["days"],
        reason=proposal.reason,
        by=maker_of(proposal),
        checked_by=proposal.checker,
        text=_whole_text(proposal),
    )
    return {"token": token.public_id}


def token_half(proposal: Proposal, viewer: User) -> str | None:
    """The viewer's half of the token's text, until a program has used the token.

    None for whoever neither made nor approved it, and of a token that is good for nothing.
    """
    if not has_a_half(proposal, viewer):
        return None
    token = token_of(_whole_text(proposal))
    if token is None or token.first_used_at is not None:
        return None
    return _first(proposal) if is_first(proposal, viewer) else _second(proposal)


def _whole_text(proposal: Proposal) -> str:
    return _first(proposal) + _second(proposal)


def _first(proposal: Proposal) -> str:
    return PREFIX + _letters(proposal, proposal.maker)


def _second(proposal: Proposal) -> str:
    return _letters(proposal, proposal.checker)


def _letters(proposal: Proposal, username: str) -> str:
    """128 bits, so that whoever has one half is as far from the token as from guessing a key."""
    digest = half_digest(proposal, username)[:_HALF_BYTES]
    return urlsafe_b64encode(digest).decode().rstrip("=")
