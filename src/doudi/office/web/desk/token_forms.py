"""The forms for API tokens."""

from __future__ import annotations

from collections.abc import Sequence

from django import forms
from django.utils.translation import gettext_lazy as _

from doudi.office.tokens.scopes import Scope
from doudi.office.tokens.services import LONGEST_DAYS, LONGEST_NAME

_LONGEST_REASON = 200
_USUAL_DAYS = 90
_SCOPES = (
    (Scope.READ.value, _("查询")),
    (Scope.SETTLE.value, _("结算")),
    (Scope.REVERSE.value, _("冲销")),
)


class NewTokenForm(forms.Form):
    """A new token; whether it can be is decided by the service."""

    account = forms.CharField(
        label=_("账号"),
        help_text=_("窗口或医院的用户名"),
        max_length=30,
        widget=forms.TextInput({"autocapitalize": "none", "autocomplete": "off"}),
    )
    name = forms.CharField(
        label=_("名称"), help_text=_("哪个系统用它，例如住院系统"), max_length=LONGEST_NAME
    )
    scopes = forms.MultipleChoiceField(
        label=_("用途"), choices=_SCOPES, widget=forms.CheckboxSelectMultiple
    )
    days = forms.IntegerField(
        label=_("有效天数"), min_value=1, max_value=LONGEST_DAYS, initial=_USUAL_DAYS
    )
    reason = forms.CharField(label=_("原因"), max_length=_LONGEST_REASON)


class RevokeForm(forms.Form):
    """Why a token is revoked."""

    reason = forms.CharField(label=_("原因"), max_length=_LONGEST_REASON)


def uses_in_words(scopes: Sequence[str]) -> str:
    """What a token is for."""
    return "、".join(str(word) for scope, word in _SCOPES if scope in scopes)
