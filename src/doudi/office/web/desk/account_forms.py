"""The forms of the administrator's desk."""

from __future__ import annotations

from django import forms
from django.utils.translation import gettext_lazy as _

from doudi.office.accounts.roles import Role

_LONGEST_REASON = 200


class SearchForm(forms.Form):
    """Part of a user name or a name."""

    text = forms.CharField(label=_("用户名或姓名"), max_length=60, required=False)


class NewAccountForm(forms.Form):
    """A new account; whether it can be is decided by the service."""

    username = forms.CharField(
        label=_("用户名"),
        help_text=_("小写字母开头，可含数字和 . _ -，3 至 30 个字符"),
        max_length=30,
        widget=forms.TextInput({"autocapitalize": "none", "autocomplete": "off"}),
    )
    display_name = forms.CharField(label=_("姓名"), max_length=60)
    role = forms.ChoiceField(label=_("角色"), choices=Role.choices)
    place = forms.CharField(
        label=_("单位代码"),
        help_text=_("窗口和医院填医疗机构编码，其他填 12 位区划代码"),
        max_length=12,
    )
    reason = forms.CharField(label=_("原因"), max_length=_LONGEST_REASON)


class ChangeForm(forms.Form):
    """What to do about an account, and why."""

    change = forms.ChoiceField(
        label=_("要办的事"),
        choices=(
            ("password", _("重设密码")),
            ("second_factor", _("重设第二道验证（手机丢失）")),
            ("unlock", _("解除锁定")),
            ("sessions", _("结束其全部登录")),
            ("disable", _("停用")),
            ("enable", _("重新启用")),
        ),
    )
    reason = forms.CharField(label=_("原因"), max_length=_LONGEST_REASON)
