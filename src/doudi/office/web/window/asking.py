"""Asking a service from a form: a refusal becomes the form's fault, in the reader's language."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from django.forms import Form

from doudi.i18n import either
from doudi.office.accounts.models import User
from doudi.office.audit.services import BadCall, KeyReused
from doudi.office.ledger.services import LedgerRefused
from doudi.office.settlement.policy import UnconfirmedPolicy
from doudi.office.settlement.refusals import Refused
from doudi.office.settlement.services import Who
from doudi.rules.errors import NoVersionInForce

Answer = TypeVar("Answer")


def by_clerk(user: User, reason: str) -> Who:
    """Who asks for a change, and why."""
    return Who(user.username, reason)


def refusals_of(error: Exception) -> list[str]:
    """What to tell people about an error that a service raises on purpose; else it is raised."""
    if isinstance(error, Refused):
        return [either(zh, en) for zh, en in error.faults]
    if isinstance(error, KeyReused):
        return [either("这张表单已经办过，内容不同；请刷新后再办", "this form was sent before")]
    if isinstance(error, BadCall | LedgerRefused | UnconfirmedPolicy):
        return [either(error.zh, str(error))]
    if isinstance(error, NoVersionInForce):
        return [either("这一天没有有效的政策，请核对业务日期", str(error))]
    raise error


def asked(form: Form, act: Callable[[], Answer]) -> Answer | None:
    """What the service answers; None when it refuses, and then the form says why."""
    try:
        return act()
    except Exception as error:
        for text in refusals_of(error):
            form.add_error(None, text)
        return None


def key_of(form: Form) -> str:
    """The idempotency key that the form was given when it was shown."""
    key: Any = form.cleaned_data["key"]
    return str(key)
