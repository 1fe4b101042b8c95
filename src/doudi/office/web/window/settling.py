"""One stay at the window: its bill, what would be paid, what was paid, what is still owed."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from doudi.office.accounts.permissions import Permission
from doudi.office.accounts.scope import admissions_in_scope
from doudi.office.settlement.amounts import ListedClaim, listed
from doudi.office.settlement.bills import lines_in_force
from doudi.office.settlement.instalments import open_parts
from doudi.office.settlement.models import Admission, Claim
from doudi.office.settlement.own_part import owed_by
from doudi.office.settlement.services import preview_settle
from doudi.office.settlement.turns import settle as settle_admission
from doudi.office.web.components import Badge, Column, Money, Pair, Table
from doudi.office.web.labels import label_of
from doudi.office.web.pages import StaffRequest, staff_page
from doudi.office.web.window.asking import asked, by_clerk, key_of, refusals_of
from doudi.office.web.window.forms import (
    FileForm,
    InstalmentsForm,
    LineForm,
    PayForm,
    RefundForm,
    SettleForm,
    new_key,
)
from doudi.office.web.window.person import facts_of
from doudi.office.web.window.words import kind_word, waterfall_parts
from doudi.office.web.window.working_day import working_day


@staff_page(Permission.SETTLE)
def screen(request: StaffRequest, admission: str) -> HttpResponse:
    """The stay as it stands; a bill that is not settled yet is shown with its preview."""
    return stay_page(request, stay_of(request, admission))


@staff_page(Permission.SETTLE, ("POST",))
def settle(request: StaffRequest, admission: str) -> HttpResponse:
    """Settle the stay, once, however often the form is sent."""
    stay = stay_of(request, admission)
    form = SettleForm(request.POST)
    if form.is_valid():
        day = form.cleaned_data["day"]
        answer = asked(
            form,
            lambda: settle_admission(
                key=key_of(form),
                admission=admission,
                day=day,
                who=by_clerk(request.user, "settle at the window"),
            ),
        )
        if answer is not None:
            return redirect("window:stay", admission=admission)
    return stay_page(request, stay, settle_form=form)


def stay_of(request: StaffRequest, admission: str) -> Admission:
    """The stay, if the account may see it; 404 otherwise."""
    stays = admissions_in_scope(request.user).select_related(
        "person__household__division", "institution"
    )
    return get_object_or_404(stays, public_id=admission)


def stay_page(request: StaffRequest, stay: Admission, **forms: Any) -> HttpResponse:
    """The one screen of a stay; ``forms`` are those that came back with faults."""
    claims = listed(Claim.objects.filter(admission=stay).order_by("recorded_at", "pk"))
    current = next((claim for claim in claims if claim.state == "settled"), None)
    context = {
        "stay": stay,
        "person": stay.person,
        "facts": [*_stay_facts(stay), *facts_of(stay.person, working_day(request))],
        "lines": lines_table(stay),
        "claims": claims,
        "current": current,
        "faulty": [form for form in forms.values() if form.errors],
    }
    context |= _open_stay(request, stay, forms) if current is None else _settled(stay, current)
    return render(request, "window/stay.html", {**context, **forms})


def _stay_facts(stay: Admission) -> list[Pair]:
    deposit = Money(stay.deposit_fen) if stay.deposit_fen else Badge(_("没有交押金"), "good")
    return [
        Pair(_("就医"), f"{kind_word(stay.kind)} · {stay.institution.name}"),
        Pair(_("入院日期"), stay.admitted_on.isoformat()),
        Pair(_("押金"), deposit),
        Pair(_("协议编号"), stay.agreement or "—"),
    ]


def _open_stay(request: StaffRequest, stay: Admission, forms: dict[str, Any]) -> dict[str, Any]:
    day = max(working_day(request), stay.admitted_on)
    shown: dict[str, Any] = {
        "line_form": LineForm(initial=_next_line(stay)),
        "file_form": FileForm(),
        "settle_form": SettleForm(initial={"day": day, "key": new_key()}),
    }
    if not lines_in_force(stay).exists():
        return shown
    form = forms.get("settle_form")
    chosen = form.cleaned_data.get("day") if form is not None and form.is_bound else None
    try:
        answer = preview_settle(admission=stay.public_id, day=chosen or day)
    except Exception as error:
        return {**shown, "refusals": refusals_of(error)}
    return {**shown, "preview": answer, "parts": _parts(answer)}


def _next_line(stay: Admission) -> dict[str, Any]:
    # A clerk with one figure on paper types only that figure.
    item = (
        "" if lines_in_force(stay).exists() else _("%(kind)s费用") % {"kind": kind_word(stay.kind)}
    )
    return {"item": item, "catalogue": "A", "quantity": 1000, "key": new_key()}


def _settled(stay: Admission, current: ListedClaim) -> dict[str, Any]:
    owed = owed_by(stay)
    return {
        "parts": waterfall_parts(current.bill_fen, current.payers, current.own_fen),
        "owed_fen": owed,
        "refund_due_fen": max(0, -owed),
        "pay_form": PayForm(initial={"amount": owed, "key": new_key()}),
        "instalments_form": InstalmentsForm(initial={"first": current.day, "parts": 2}),
        "refund_form": RefundForm(),
        "instalments": instalments_table(stay),
    }


def _parts(answer: dict[str, Any]) -> list[Any]:
    return waterfall_parts(answer["bill_fen"], answer["payers"], answer["own_fen"])


def lines_table(stay: Admission) -> Table:
    """The bill by line, in fen, with its sums."""
    lines = list(lines_in_force(stay))
    return Table(
        _("费用明细"),
        [
            Column("#", numeric=True),
            Column(_("项目")),
            Column(_("类别")),
            Column(_("总额"), numeric=True),
            Column(_("全自费"), numeric=True),
            Column(_("超限价"), numeric=True),
            Column(_("先行自付"), numeric=True),
            Column(_("政策范围内"), numeric=True),
        ],
        [
            [
                line.number,
                line.item,
                label_of(line, "catalogue"),
                Money(line.total_fen),
                Money(line.full_own_fen),
                Money(line.over_limit_fen),
                Money(line.first_own_fen),
                Money(line.in_scope_fen),
            ]
            for line in lines
        ],
        empty=_("还没有费用"),
        totals=[
            "",
            _("合计"),
            "",
            Money(sum(line.total_fen for line in lines)),
            Money(sum(line.full_own_fen for line in lines)),
            Money(sum(line.over_limit_fen for line in lines)),
            Money(sum(line.first_own_fen for line in lines)),
            Money(sum(line.in_scope_fen for line in lines)),
        ],
    )


def instalments_table(stay: Admission) -> Table | None:
    """The parts that are agreed and not paid, or None."""
    agreed = open_parts(stay.public_id)
    if not agreed:
        return None
    return Table(
        _("分期付款约定"),
        [Column(_("到期日")), Column(_("金额"), numeric=True)],
        [[day.isoformat(), Money(amount)] for day, amount in agreed],
    )
