"""New accounts and resets as proposals: whoever looks after accounts does not alone get into one.

An administrator could otherwise make an account of any role in the own district, or reset
somebody's password or phone, and work with it. The password that follows is in two halves
(`password_halves`), so neither the maker nor the checker can use it without the other.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from doudi.office.accounts.errors import AccountRefused
from doudi.office.accounts.models import User
from doudi.office.accounts.resets import reset_password, reset_second_factor
from doudi.office.accounts.roles import OF_AN_INSTITUTION
from doudi.office.accounts.services import check_new_account, create_account
from doudi.office.approvals.models import Proposal
from doudi.office.approvals.password_halves import whole_password

CREATE_ACCOUNT = "create_account"
RESET_PASSWORD = "reset_password"
RESET_SECOND_FACTOR = "reset_second_factor"
_ACCOUNT = "account:"


def account_proposal(
    *, username: str, display_name: str, role: str, place: str, by: User
) -> dict[str, Any]:
    """What `services.propose` takes for a new account; AccountRefused for one that cannot be."""
    given = {"username": username, "display_name": display_name, "role": role, "place": place}
    check_new_account(**given, by=by)
    whose = "institution" if role in OF_AN_INSTITUTION else "division"
    return {
        "kind": CREATE_ACCOUNT,
        "subject": f"{_ACCOUNT}{username}",
        "given": given,
        "by": by,
        whose: place,
    }


def reset_proposal(*, kind: str, account: User, by: User) -> dict[str, Any]:
    """What `services.propose` takes for a reset; AccountRefused for one's own account."""
    _refuse_own(account, by.username)
    return about_account(account, kind, by)


def about_account(account: User, kind: str, by: User) -> dict[str, Any]:
    """What `services.propose` takes for a change that concerns an account there is."""
    return {
        "kind": kind,
        "subject": f"{_ACCOUNT}{account.username}",
        "given": {
            "username": account.username,
            "display_name": account.display_name,
            "role": account.role,
        },
        "by": by,
        "division": account.division_id,
        "institution": account.institution_id,
    }


def create_approved_account(proposal: Proposal) -> dict[str, Any]:
    """Make the account; AccountRefused when its maker may not any more, or the name is taken."""
    account, _password = create_account(
        **proposal.given,
        reason=proposal.reason,
        by=maker_of(proposal),
        checked_by=proposal.checker,
        password=whole_password(proposal),
    )
    return {"account": account.username}


def reset_approved_password(proposal: Proposal) -> dict[str, Any]:
    """Reset the password; AccountRefused when its maker may not any more."""
    return _reset(proposal, reset_password, password=whole_password(proposal))


def reset_approved_second_factor(proposal: Proposal) -> dict[str, Any]:
    """Take the phone away; AccountRefused when its maker may not any more."""
    return _reset(proposal, reset_second_factor)


def _reset(proposal: Proposal, service: Callable[..., Any], **more: Any) -> dict[str, Any]:
    account = User.objects.get(username=proposal.given["username"])
    _refuse_own(account, proposal.checker)
    service(
        user=account,
        by=maker_of(proposal),
        reason=proposal.reason,
        checked_by=proposal.checker,
        **more,
    )
    return {"account": account.username}


def maker_of(proposal: Proposal) -> User:
    """The account of who proposed it; AccountRefused when it is disabled."""
    maker = User.objects.filter(username=proposal.maker, is_active=True).first()
    if maker is None:
        raise AccountRefused(
            "提出人的账号已停用，请由别人重新提出", "the account of its maker is disabled"
        )
    return maker


def _refuse_own(account: User, username: str) -> None:
    # A reset ends one's own logins: one could not hand one's half over, and it would lie unused.
    if account.username == username:
        raise AccountRefused(
            "重设自己的账号要由另外两人办理",
            "two other people reset one's own account",
        )
