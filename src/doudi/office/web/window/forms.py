"""The forms of the window. Each that changes something carries the key of its one effect."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from doudi.i18n import either
from doudi.office.settlement.fees import FeeInput, priced_line
from doudi.office.settlement.models import FeeLine
from doudi.office.settlement.policy import active_policy, kinds_of_care
from doudi.office.web.fields import DayField, QuantityField, YuanField
from doudi.office.web.labels import choices_of

_LONGEST_AGREEMENT = 60
_LONGEST_ITEM = 120
_LONGEST_REASON = 200
_MOST_INSTALMENTS = 24


def new_key() -> str:
    """A key for a form that is about to be shown."""
    return uuid.uuid4().hex


class OnceForm(forms.Form):
    """A form with one effect, however often it is sent."""

    key = forms.UUIDField(widget=forms.HiddenInput, initial=new_key)


class FindForm(forms.Form):
    """An ID number, a card number, or a whole name."""

    text = forms.CharField(
        label=_("身份证号、医保卡号或姓名全名"),
        max_length=60,
        widget=forms.TextInput({"autofocus": True, "autocomplete": "off"}),
    )


class DayForm(forms.Form):
    """The business date to work on."""

    day = DayField(label=_("业务日期"))


class AdmitForm(OnceForm):
    """A stay or a visit: what kind, since when, under which agreement."""

    kind = forms.ChoiceField(label=_("就医类别"))
    admitted_on = DayField(label=_("入院或就诊日期"))
    agreement = forms.CharField(
        label=_("先诊疗后付费协议编号"),
        help_text=_("建档立卡人员住院不交押金，凭协议"),
        max_length=_LONGEST_AGREEMENT,
        required=False,
    )
    deposit = YuanField(label=_("押金（元）"), required=False)

    def __init__(self, *arguments: Any, **named: Any) -> None:
        super().__init__(*arguments, **named)
        policy = active_policy()
        choices = [(kind, either(*policy.kinds[kind])) for kind in kinds_of_care(policy)]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined] # a ChoiceField


class PricedForm(forms.Form):
    """What a clerk types of a line; its total and the part within scope follow from the rest."""

    item = forms.CharField(label=_("项目"), max_length=_LONGEST_ITEM)
    catalogue = forms.ChoiceField(label=_("类别"), choices=choices_of(FeeLine.Catalogue))
    quantity = QuantityField(label=_("数量"), initial=1000)
    unit_price = YuanField(label=_("单价（元）"))
    full_own = YuanField(label=_("全自费（元）"), required=False)
    over_limit = YuanField(label=_("超限价（元）"), required=False)
    first_own = YuanField(label=_("先行自付（元）"), required=False)

    def line(self) -> FeeInput:
        """The line that was typed; Refused when its parts exceed its total."""
        fields = self.cleaned_data
        return priced_line(
            item=fields["item"],
            catalogue=fields["catalogue"],
            quantity_thousandths=fields["quantity"],
            unit_price_fen=fields["unit_price"],
            full_own_fen=fields["full_own"],
            over_limit_fen=fields["over_limit"],
            first_own_fen=fields["first_own"],
            replaces=fields.get("replaces"),
        )


class LineForm(PricedForm, OnceForm):
    """One further line of a bill."""


class ReasonForm(forms.Form):
    """Why a settlement is to be taken back or corrected."""

    reason = forms.CharField(label=_("原因"), max_length=_LONGEST_REASON)


class CorrectedLineForm(PricedForm, ReasonForm):
    """A line that takes the place of another, or comes in addition."""

    replaces = forms.TypedChoiceField(
        label=_("更正哪一条"), coerce=int, required=False, empty_value=None
    )

    def __init__(self, *arguments: Any, lines: Sequence[FeeLine], **named: Any) -> None:
        super().__init__(*arguments, **named)
        choices = [(str(line.number), f"{line.number} {line.item}") for line in lines]
        self.fields["replaces"].choices = [  # type: ignore[attr-defined] # a ChoiceField
            *choices,
            ("", _("不更正，补一条")),
        ]
        self.order_fields(["replaces"])


class FileForm(OnceForm):
    """A bill as a file."""

    file = forms.FileField(
        label=_("导入账单（CSV 或 Excel）"),
        widget=forms.ClearableFileInput({"accept": ".csv,.xlsx"}),
    )


class SettleForm(OnceForm):
    """The business date on which a stay is settled."""

    day = DayField(label=_("结算日期"))


class PayForm(OnceForm):
    """A payment of the own part."""

    amount = YuanField(label=_("收自付（元）"))


class InstalmentsForm(OnceForm):
    """In how many monthly parts the own part is paid, and when the first is due."""

    parts = forms.IntegerField(
        label=_("分几期"), min_value=2, max_value=_MOST_INSTALMENTS, initial=2
    )
    first = DayField(label=_("第一期到期日"))


class RefundForm(OnceForm):
    """Giving back what was paid too much."""


def admit_form(day: date, agreement: str) -> AdmitForm:
    """A fresh form for a stay that begins on ``day``."""
    return AdmitForm(initial={"admitted_on": day, "agreement": agreement, "key": new_key()})
