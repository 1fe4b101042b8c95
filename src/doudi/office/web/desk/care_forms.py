"""The forms of care: contracts, services, plans, treatments, check-ups, teams, packages."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doudi.office.care.models import CheckUp, CheckUpCall, Contract, Service
from doudi.office.registry.models import DiseaseListing
from doudi.office.web.fields import DayField
from doudi.office.web.labels import choices_of

_LONGEST, _LONGEST_TEXT, _LONGEST_CODE = 60, 200, 12
_FIRST_YEAR, _LAST_YEAR = 2015, 2100

Choices = Sequence[tuple[Any, Any]]
NONE: tuple[str, Any] = ("", _("不选"))


class CareForm(forms.Form):
    """What every record has: why. ``rows`` are the choices of fields that depend on the person."""

    button = _("登记")
    reason = forms.CharField(
        label=_("原因"), max_length=_LONGEST_TEXT, help_text=_("为什么登记，例如：入户服务记录")
    )

    def __init__(self, *given: Any, rows: dict[str, Choices] | None = None, **more: Any) -> None:
        super().__init__(*given, **more)
        for name, choices in (rows or {}).items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = choices
        self.order_fields([*(name for name in self.fields if name != "reason"), "reason"])


def _today(label: Any) -> DayField:
    return DayField(label=label, initial=timezone.localdate)


class SignForm(CareForm):
    """Sign a person with a team; also to change the team."""

    team = forms.ChoiceField(label=_("家庭医生团队"), help_text=_("自愿选一个团队"))
    package = forms.ChoiceField(label=_("签约服务包"), required=False, help_text=_("按自己的病选"))
    valid_from = _today(_("从哪一天起"))
    agreed_by = forms.ChoiceField(label=_("谁同意的"), choices=Contract.AgreedBy.choices)


class SignHouseholdForm(CareForm):
    """Sign a whole family with a team."""

    team = forms.ChoiceField(label=_("家庭医生团队"), help_text=_("全家自愿选一个团队"))
    valid_from = _today(_("从哪一天起"))


class EndContractForm(CareForm):
    """End a contract."""

    valid_to = _today(_("最后一天"))


class ServiceForm(CareForm):
    """Record a service."""

    sort = forms.ChoiceField(label=_("服务项目"), choices=Service.Sort.choices)
    day = _today(_("哪一天"))
    note = forms.CharField(label=_("说明"), max_length=_LONGEST_TEXT, required=False)


class PlanForm(CareForm):
    """Plan the treatment of a serious disease."""

    listing = forms.TypedChoiceField(label=_("病种"), coerce=int)
    institution = forms.ChoiceField(label=_("定点医院"))
    planned_on = DayField(label=_("计划哪一天治疗"))
    note = forms.CharField(label=_("说明"), max_length=_LONGEST_TEXT, required=False)


class TreatForm(CareForm):
    """Record that a serious disease was treated."""

    listing = forms.TypedChoiceField(label=_("病种"), coerce=int)
    institution = forms.ChoiceField(label=_("在哪家医院"), required=False)
    other = forms.CharField(
        label=_("别的医院的编码"),
        max_length=_LONGEST_CODE,
        required=False,
        help_text=_("不在定点医院治疗的，上一项不选，填这里；不算集中救治"),
    )
    treated_on = _today(_("哪一天治疗"))


class CallForm(CareForm):
    """Put somebody on the list of a year's check-ups."""

    year = forms.IntegerField(
        label=_("年份"),
        min_value=_FIRST_YEAR,
        max_value=_LAST_YEAR,
        initial=lambda: timezone.localdate().year,
    )
    why = forms.ChoiceField(label=_("为什么体检"), choices=CheckUpCall.Why.choices)


class CheckUpForm(CareForm):
    """Record a check-up."""

    day = _today(_("哪一天"))
    finding = forms.ChoiceField(label=_("结果"), choices=CheckUp.Treated.choices)
    disease = forms.CharField(
        label=_("什么病"), max_length=_LONGEST, required=False, help_text=_("查出疾病时填")
    )
    report_to = forms.ChoiceField(
        label=_("提出列入哪个名单"),
        choices=[NONE, *choices_of(DiseaseListing.List)],
        required=False,
        help_text=_("提出后由另一人复核，通过了才列入"),
    )


class WithdrawForm(CareForm):
    """Withdraw a record that was a mistake."""

    button = _("撤回")
    reason = forms.CharField(
        label=_("原因"), max_length=_LONGEST_TEXT, help_text=_("哪里记错了，例如：记到了别人名下")
    )
    row = forms.TypedChoiceField(label=_("哪一条"), coerce=int)
    confirmed = forms.BooleanField(
        label=_("确认撤回"), help_text=_("撤回不能再改回来：原来的记录还在，不再计算")
    )


class WithdrawCheckUpForm(WithdrawForm):
    """Withdraw a check-up; what the registry has of its illness is another matter."""

    confirmed = forms.BooleanField(
        label=_("确认撤回"),
        help_text=_(
            "撤回不能再改回来：原来的记录还在，不再计算。因这次体检提出或列入的病种名单不跟着撤回，要另外办"
        ),
    )


class TeamForm(CareForm):
    """Open a team."""

    institution = forms.ChoiceField(label=_("医疗机构"))
    name = forms.CharField(label=_("团队名称"), max_length=_LONGEST)


class PackageForm(CareForm):
    """Name a kind of service package."""

    name = forms.CharField(label=_("服务包名称"), max_length=_LONGEST)
    disease = forms.CharField(label=_("病种"), max_length=_LONGEST)
    content = forms.CharField(label=_("内容"), max_length=_LONGEST_TEXT, required=False)


class CloseForm(CareForm):
    """Dissolve a team, or take a package out of use."""

    closing = forms.ChoiceField(label=_("哪一个"))
    confirmed = forms.BooleanField(
        label=_("确认停用"), help_text=_("停用不能再改回来：不能再选，以前的签约不变")
    )

    def __init__(self, *given: Any, **more: Any) -> None:
        # Beside the form for a new one on the same page, which has a reason too.
        super().__init__(*given, auto_id="close_%s", **more)


class MonthForm(forms.Form):
    """A month, ``2018-09``."""

    month = forms.RegexField(
        r"^20[0-9]{2}-(0[1-9]|1[0-2])$",
        label=_("月份"),
        required=False,
        widget=forms.TextInput({"type": "month"}),
        error_messages={"invalid": _("应写成 2018-09")},
    )

    def period(self) -> str:
        """``201809``, the month asked for, or nothing."""
        asked: str = (self.cleaned_data.get("month") or "") if self.is_valid() else ""
        return asked.replace("-", "")
