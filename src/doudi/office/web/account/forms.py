"""The forms of one's own account."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

_LONGEST = 200
_TOKEN_LENGTH = 20


class LoginForm(forms.Form):
    """A name and a password."""

    username = forms.CharField(
        label=_("用户名"),
        max_length=30,
        widget=forms.TextInput({"autocomplete": "username", "autocapitalize": "none"}),
    )
    password = forms.CharField(
        label=_("密码"),
        max_length=_LONGEST,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )


class PasswordForm(forms.Form):
    """The password one has, and a new one twice."""

    current = forms.CharField(
        label=_("现在的密码"),
        max_length=_LONGEST,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password"}),
    )
    new = forms.CharField(
        label=_("新密码"),
        help_text=_("至少 12 个字符；可以是一句话，好记就行。"),
        max_length=_LONGEST,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=_("再输一遍新密码"),
        max_length=_LONGEST,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def clean_again(self) -> str:
        """Both entries of the new password are the same."""
        again = str(self.cleaned_data["again"])
        if again != self.cleaned_data.get("new", again):
            raise ValidationError(_("两次输入的新密码不一样"))
        return again


class TokenForm(forms.Form):
    """Six digits of the phone's app, or a backup code."""

    token = forms.CharField(
        label=_("动态口令"),
        help_text=_("手机验证器上的 6 位数字，或一个备用码。"),
        max_length=_TOKEN_LENGTH,
        widget=forms.TextInput({"autocomplete": "one-time-code", "spellcheck": "false"}),
    )

    def clean_token(self) -> str:
        """Without what people type between the groups."""
        token: Any = self.cleaned_data["token"]
        return str(token).replace(" ", "").replace("-", "").lower()
