"""What can be proposed, who may propose and approve it, and the service that then does it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from doudi.office.accounts.models import User
from doudi.office.accounts.permissions import Permission
from doudi.office.approvals.account_changes import (
    CREATE_ACCOUNT,
    RESET_PASSWORD,
    RESET_SECOND_FACTOR,
    create_approved_account,
    reset_approved_password,
    reset_approved_second_factor,
)
from doudi.office.approvals.adoption import adopt_file
from doudi.office.approvals.models import Proposal
from doudi.office.approvals.password_halves import password_half
from doudi.office.approvals.registry_changes import (
    ENROL_VILLAGE,
    apply_person_change,
    apply_village_enrolment,
    place_now,
)
from doudi.office.approvals.token_changes import (
    ISSUE_TOKEN,
    issue_approved_token,
    token_half,
)
from doudi.office.settlement import services as settlement
from doudi.office.settlement.fees import FeeInput
from doudi.office.settlement.services import Who

Apply = Callable[[Proposal], dict[str, Any]]
Half = Callable[[Proposal, User], str | None]


def _no_half(proposal: Proposal, viewer: User) -> None:
    del proposal, viewer


@dataclass(frozen=True)
class Kind:
    """One sort of change.

    ``place_now`` is the division whose business it has become; None where none is concerned.
    ``half`` is what a viewer has to hand over of a secret that was given; None for nothing.
    """

    label: Promise
    propose: Permission
    approve: Permission
    apply: Apply
    place_now: Callable[[Proposal], str | None] = lambda proposal: None  # noqa: ARG005
    half: Half = _no_half


def _of_the_registry(label: Promise, apply: Apply = apply_person_change) -> Kind:
    # Of a proposal about a whole village there is no person, and villages do not move.
    return Kind(label, Permission.CHANGE_PEOPLE, Permission.APPROVE_PEOPLE, apply, place_now)


def _of_accounts(label: Promise, apply: Apply, half: Half = _no_half) -> Kind:
    return Kind(label, Permission.MANAGE_ACCOUNTS, Permission.APPROVE_ACCOUNTS, apply, half=half)


def _of_the_window(label: Promise, service: Callable[..., dict[str, Any]]) -> Kind:
    """A change of a settlement, whose key is the proposal's own so that it happens once."""

    def apply(proposal: Proposal) -> dict[str, Any]:
        who = Who(proposal.maker, proposal.reason)
        given = dict(proposal.given)
        if "lines" in given:
            given["lines"] = [FeeInput(**line) for line in given["lines"]]
        return service(key=f"proposal:{proposal.public_id}", who=who, **given)

    return Kind(label, Permission.CORRECT, Permission.APPROVE_CORRECTION, apply)


KINDS: dict[str, Kind] = {
    "add_registration": _of_the_registry(_("登记建档立卡")),
    "end_registration": _of_the_registry(_("结束建档立卡")),
    "withdraw_registration": _of_the_registry(_("撤回一段登记")),
    "enrol": _of_the_registry(_("登记参保")),
    "withdraw_enrolment": _of_the_registry(_("撤回一次参保登记")),
    "list_disease": _of_the_registry(_("列入病种名单")),
    "end_listing": _of_the_registry(_("移出病种名单")),
    "withdraw_listing": _of_the_registry(_("撤回一条病种名单记录")),
    "correct_person": _of_the_registry(_("更正姓名、与户主关系")),
    "name_head": _of_the_registry(_("更换户主")),
    "record_phone": _of_the_registry(_("登记联系电话")),
    "correct_id_number": _of_the_registry(_("更正身份证号")),
    "join_household": _of_the_registry(_("迁入另一户")),
    "split_household": _of_the_registry(_("分户")),
    "move_household": _of_the_registry(_("全户迁到别的村")),
    ENROL_VILLAGE: _of_the_registry(_("全村登记参保"), apply_village_enrolment),
    "reverse": _of_the_window(_("冲销结算"), settlement.reverse),
    "correct": _of_the_window(_("更正结算"), settlement.correct),
    "adopt": Kind(
        _("采用本单位的数字"),
        Permission.PROPOSE_ADOPTION,
        Permission.APPROVE_ADOPTION,
        adopt_file,
    ),
    CREATE_ACCOUNT: _of_accounts(_("新建账号"), create_approved_account, password_half),
    RESET_PASSWORD: _of_accounts(_("重设密码"), reset_approved_password, password_half),
    RESET_SECOND_FACTOR: _of_accounts(
        _("重设第二道验证（手机丢失）"), reset_approved_second_factor
    ),
    ISSUE_TOKEN: _of_accounts(_("新建令牌"), issue_approved_token, token_half),
}
