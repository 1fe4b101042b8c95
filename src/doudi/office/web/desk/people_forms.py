"""The forms of the registry: looking for people, and proposing what is to change."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doudi.money import read_yuan
from doudi.office.registry.models import (
    Cause,
    DiseaseListing,
    Division,
    Enrolment,
    Person,
    Relation,
)
from doudi.office.web.labels import choices_of

LONGEST_REASON = 200
_LONGEST_DOCUMENT = 120
_FIRST_YEAR, _LAST_YEAR = 2003, 2100


class FindForm(forms.Form):
    """Whom to look for."""

    text = forms.CharField(
        label=_("姓名、拼音首字母、身份证号、社保卡号或户编号"),
        max_length=60,
        widget=forms.TextInput({"autocomplete": "off", "autofocus": True}),
    )


class ReasonForm(forms.Form):
    """Why somebody needs to see a number in full."""

    reason = forms.CharField(label=_("查看原因"), max_length=LONGEST_REASON)


class YuanField(forms.CharField):
    """An amount in yuan, cleaned to fen."""

    def clean(self, value: Any) -> int:
        """The fen; a fault when it is no amount."""
        text = super().clean(value)
        try:
            return read_yuan(str(text))
        except ValueError:
            raise forms.ValidationError(_("应为不小于 0、最多两位小数的元")) from None


def day_field(label: Any, *, required: bool = True, hint: Any = "") -> forms.DateField:
    """A day, picked or typed."""
    return forms.DateField(
        label=label,
        help_text=hint,
        required=required,
        widget=forms.DateInput({"type": "date"}),
    )


class ChangeForm(forms.Form):
    """What every change has: the document it rests on where that is new, and why."""

    reason = forms.CharField(label=_("原因"), max_length=LONGEST_REASON)

    def for_person(self, person: Person) -> None:
        """Ask what only makes sense for this person; most changes ask everybody the same."""

    def given(self) -> dict[str, Any]:
        """The keywords of the service, as JSON data."""
        fields = {name: value for name, value in self.cleaned_data.items() if name != "reason"}
        return {
            name: value.isoformat() if hasattr(value, "isoformat") else value
            for name, value in fields.items()
        }


class _WithDocument(ChangeForm):
    document = forms.CharField(
        label=_("依据文件"),
        help_text=_("文件名称和文号"),
        max_length=_LONGEST_DOCUMENT,
    )


class RegisterForm(_WithDocument):
    """Register somebody as poor."""

    valid_from = day_field(_("建档立卡日期"))
    valid_to = day_field(_("最后一天"), required=False, hint=_("还没有退出就空着"))
    cause = forms.ChoiceField(label=_("致贫原因"), choices=choices_of(Cause))
    field_order = ("valid_from", "valid_to", "cause", "document", "reason")


class EndForm(ChangeForm):
    """Set the last day of a registration or of a listing."""

    valid_to = day_field(_("最后一天"))
    field_order = ("valid_to", "reason")


class WithdrawForm(ChangeForm):
    """Withdraw a row that was recorded by mistake."""


class EnrolForm(_WithDocument):
    """Record that somebody is insured for a year."""

    year = forms.IntegerField(
        label=_("参保年度"),
        min_value=_FIRST_YEAR,
        max_value=_LAST_YEAR,
        initial=lambda: timezone.localdate().year,
    )
    premium_own_fen = YuanField(label=_("个人缴费（元）"), help_text=_("政府代缴的填应缴数"))
    paid_by = forms.ChoiceField(
        label=_("缴费人"), choices=choices_of(Enrolment.PaidBy), initial=Enrolment.PaidBy.GOVERNMENT
    )
    field_order = ("year", "premium_own_fen", "paid_by", "document", "reason")


class CorrectPersonForm(ChangeForm):
    """Put somebody's name or relation to the head right."""

    name = forms.CharField(label=_("姓名"), max_length=60)
    relation = forms.ChoiceField(label=_("与户主关系"), choices=choices_of(Relation))
    field_order = ("name", "relation", "reason")


class NameHeadForm(ChangeForm):
    """Make somebody the head of the household."""

    former_relation = forms.ChoiceField(
        label=_("原户主是新户主的什么人"),
        choices=[choice for choice in choices_of(Relation) if choice[0] != Relation.HEAD],
    )
    field_order = ("former_relation", "reason")


class PhoneForm(ChangeForm):
    """Record, change or remove somebody's phone."""

    phone = forms.CharField(
        label=_("联系电话"),
        help_text=_("11 位手机号，或带区号的固定电话；要删去就空着"),
        max_length=30,
        required=False,
        widget=forms.TextInput({"inputmode": "tel", "autocomplete": "off"}),
    )
    field_order = ("phone", "reason")


class ListForm(_WithDocument):
    """Put somebody on a disease list."""

    list = forms.ChoiceField(label=_("病种名单"), choices=choices_of(DiseaseListing.List))
    disease = forms.CharField(label=_("病种"), max_length=60)
    valid_from = day_field(_("开始日期"))
    valid_to = day_field(_("最后一天"), required=False, hint=_("没有期限就空着"))
    field_order = ("list", "disease", "valid_from", "valid_to", "document", "reason")


class _VillageField(forms.ModelChoiceField):  # type: ignore[type-arg] # not at run time
    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.name} {obj.code}"


class EnrolVillageForm(EnrolForm):
    """Enrol everybody of a village who is registered as poor and not enrolled for the year."""

    gacha = _VillageField(label=_("嘎查村"), queryset=Division.objects.none())

    def __init__(self, *given: Any, villages: Any, **more: Any) -> None:
        super().__init__(*given, **more)
        field = self.fields["gacha"]
        assert isinstance(field, _VillageField)
        field.queryset = villages
        self.order_fields(["gacha"])

    def given(self) -> dict[str, Any]:
        """The keywords of the service, as JSON data."""
        return super().given() | {"gacha": self.cleaned_data["gacha"].code}
