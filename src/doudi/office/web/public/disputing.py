"""不对？: telling the staff that an answer looks wrong, without telling who one is."""

from __future__ import annotations

from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache

from doudi.estimate.asking import BillResult, HouseholdResult, Result
from doudi.estimate.asking.structure import WAY
from doudi.i18n import either
from doudi.money import read_yuan
from doudi.office.enquiries.case_file import policy_version
from doudi.office.enquiries.models import Dispute
from doudi.office.enquiries.services import MOST_TEXT, DisputeRefused, file_dispute
from doudi.office.web.pages import FORM, public_page
from doudi.office.web.public.asking import given
from doudi.office.web.public.household_page import entitlement_choices
from doudi.office.web.public.replies_cookie import read_replies
from doudi.office.web.public.results import guide, result_of
from doudi.office.web.throttle import throttled

WRONG = [
    (Dispute.Wrong.AMOUNT, _("金额和实际付的不一样")),
    (Dispute.Wrong.GRANTED, _("说能给，实际没给")),
    (Dispute.Wrong.REFUSED, _("说不能给，实际给了")),
    (Dispute.Wrong.WORDS, _("看不明白，或写得不对")),
]


class DisputeForm(forms.Form):
    """What is wrong; nothing about who says so."""

    wrong = forms.ChoiceField(
        label=_("哪里不对？"),
        choices=WRONG,
        widget=forms.RadioSelect,
        error_messages={"required": _("请选一项哪里不对")},
    )
    entitlement = forms.ChoiceField(label=_("是哪一项？"), required=False)
    own_paid = forms.CharField(
        label=_("实际自己付了多少元？"),
        help_text=_("看结算单上的“个人自付”。不知道就空着。"),
        required=False,
    )
    text = forms.CharField(
        label=_("说一说（可以不写）"),
        help_text=_("不要写姓名、电话、证件号码。最多 300 字。"),
        required=False,
        max_length=MOST_TEXT,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, data: Any, result: Result) -> None:
        super().__init__(data)
        if isinstance(result, HouseholdResult):
            entitlement = self.fields["entitlement"]
            assert isinstance(entitlement, forms.ChoiceField)
            entitlement.choices = [("", _("说不清是哪一项")), *entitlement_choices(result)]
        else:
            del self.fields["entitlement"]
        if not isinstance(result, BillResult):
            del self.fields["own_paid"]

    def clean_own_paid(self) -> int | None:
        """The amount in fen."""
        text = self.cleaned_data["own_paid"].strip()
        if not text:
            return None
        try:
            return read_yuan(text)
        except ValueError:
            raise forms.ValidationError(_("金额只写数字，例如 980 或 980.50")) from None


@public_page(FORM)
@never_cache
@throttled("dispute", times=5, seconds=300)
def file(request: HttpRequest) -> HttpResponse:
    """File the answer that the browser's replies give, with what is wrong about it."""
    walk = guide().walk(read_replies(request))
    if WAY not in walk.replies:
        return redirect("public:ask")
    result = result_of(walk.replies)
    form = DisputeForm(request.POST or None, result)
    if form.is_valid():
        try:
            file_dispute(
                replies=walk.replies,
                policy_version=policy_version(guide(), result),
                **form.cleaned_data,
            )
        except DisputeRefused as refused:
            form.add_error(refused.field, either(refused.zh, refused.en))
        else:
            return render(request, "public/disputed.html")
    return render(request, "public/dispute.html", {"form": form, "given": given(walk)})
