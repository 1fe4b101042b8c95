"""New accounts as proposals: whoever makes accounts does not alone make one that changes anything.

An administrator could otherwise make an account of any role in the own district and work with it.
The first password is nobody's: once the account is there, its administrator resets it.
"""

from __future__ import annotations

from typing import Any

from doudi.office.accounts.errors import AccountRefused
from doudi.office.accounts.models import User
from doudi.office.accounts.roles import OF_AN_INSTITUTION
from doudi.office.accounts.services import check_new_account, create_account
from doudi.office.approvals.models import Proposal

CREATE_ACCOUNT = "create_account"


def account_proposal(
    *, username: str, display_name: str, role: str, place: str, by: User
) -> dict[str, Any]:
    """What `services.propose` takes for a new account; AccountRefused for one that cannot be."""
    given = {"username": username, "display_name": display_name, "role": role, "place": place}
    check_new_account(**given, by=by)
    whose = "institution" if role in OF_AN_INSTITUTION else "division"
    return {
        "kind": CREATE_ACCOUNT,
        "subject": f"account:{username}",
        "given": given,
        "by": by,
        whose: place,
    }


def create_approved_account(proposal: Proposal) -> dict[str, Any]:
    """Make the account; AccountRefused when its maker may not any more, or the name is taken."""
    maker = User.objects.filter(username=proposal.maker, is_active=True).first()
    if maker is None:
        raise AccountRefused(
            "提出人的账号已停用，请由别人重新提出", "the account of its maker is disabled"
        )
    account, _password = create_account(
        **proposal.given, reason=proposal.reason, by=maker, checked_by=proposal.checker
    )
    return {"account": account.username}
