"""What can be proposed, who may propose and approve it, and the service that then does it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from doudi.office.accounts.permissions import Permission
from doudi.office.approvals.adoption import adopt_file
from doudi.office.approvals.models import Proposal
from doudi.office.registry import services as registry
from doudi.office.settlement import services as settlement
from doudi.office.settlement.services import Who

Apply = Callable[[Proposal], dict[str, Any]]

_DAYS = ("valid_from", "valid_to")


@dataclass(frozen=True)
class Kind:
    """One sort of change."""

    label: Promise
    propose: Permission
    approve: Permission
    apply: Apply


def _of_the_registry(label: Promise, service: Callable[..., Any]) -> Kind:
    """A change by a service of the registry, which takes ``given`` as its keywords."""

    def apply(proposal: Proposal) -> dict[str, Any]:
        changed = service(actor=proposal.maker, reason=proposal.reason, **_read(proposal.given))
        return {"row": changed.pk}

    return Kind(label, Permission.CHANGE_PEOPLE, Permission.APPROVE_PEOPLE, apply)


def _of_the_window(label: Promise, service: Callable[..., dict[str, Any]]) -> Kind:
    """A change of a settlement, whose key is the proposal's own so that it happens once."""

    def apply(proposal: Proposal) -> dict[str, Any]:
        who = Who(proposal.maker, proposal.reason)
        return service(key=f"proposal:{proposal.public_id}", who=who, **proposal.given)

    return Kind(label, Permission.CORRECT, Permission.APPROVE_CORRECTION, apply)


def _read(given: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: date.fromisoformat(value) if name in _DAYS and value else value
        for name, value in given.items()
    }


KINDS: dict[str, Kind] = {
    "add_registration": _of_the_registry(_("登记建档立卡"), registry.add_registration),
    "end_registration": _of_the_registry(_("结束建档立卡"), registry.end_registration),
    "withdraw_registration": _of_the_registry(_("撤回一段登记"), registry.withdraw_registration),
    "enrol": _of_the_registry(_("登记参保"), registry.enrol),
    "list_disease": _of_the_registry(_("列入病种名单"), registry.list_disease),
    "end_listing": _of_the_registry(_("移出病种名单"), registry.end_listing),
    "reverse": _of_the_window(_("冲销结算"), settlement.reverse),
    "correct": _of_the_window(_("更正结算"), settlement.correct),
    "adopt": Kind(
        _("采用本单位的数字"),
        Permission.PROPOSE_ADOPTION,
        Permission.APPROVE_ADOPTION,
        adopt_file,
    ),
}
