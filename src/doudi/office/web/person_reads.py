"""Pages that show a person are recorded, whichever view drew them, by their addresses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.db.models import QuerySet
from django.db.models.functions import Substr
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from doudi.office.accounts.models import User
from doudi.office.accounts.person_reads import record_reads
from doudi.office.approvals.models import Proposal
from doudi.office.registry.models import Person
from doudi.office.settlement.models import Admission, Claim

_OK = 200
_PERSON = "person:"
Answer = Callable[[HttpRequest], HttpResponse]


def _of_stay(name: Any) -> QuerySet[Person]:
    stays = Admission.objects.filter(public_id=name)
    return Person.objects.filter(pk__in=stays.values("person"))


def _of_claim(name: Any) -> QuerySet[Person]:
    claims = Claim.objects.filter(pk=name)
    return Person.objects.filter(pk__in=claims.values("admission__person"))


def _of_proposal(name: Any) -> QuerySet[Person]:
    about = Proposal.objects.filter(public_id=name, subject__startswith=_PERSON)
    named = about.annotate(person=Substr("subject", len(_PERSON) + 1)).values("person")
    return Person.objects.filter(public_id__in=named)


SHOWN: Mapping[str, Callable[[Any], QuerySet[Person]]] = {
    "person": lambda name: Person.objects.filter(public_id=name),
    "household": lambda number: Person.objects.filter(household=number),
    "admission": _of_stay,
    "claim": _of_claim,
    "proposal": _of_proposal,
}
"""Whom a page shows, by the part of its address that names them."""

PAGES: Mapping[str, Promise] = {
    "desk:person": _("人员"),
    "desk:change": _("提出变更"),
    "desk:household": _("户"),
    "desk:household_sheet": _("户表"),
    "desk:household_sheet_pdf": _("户表 PDF"),
    "desk:approval": _("变更复核"),
    "desk:care_person": _("健康扶贫"),
    "desk:care_step": _("健康扶贫：记录"),
    "window:person": _("窗口：人员"),
    "window:admit": _("窗口：入院"),
    "window:stay": _("窗口：住院或门诊"),
    "window:add_line": _("窗口：录入费用"),
    "window:add_file": _("窗口：导入费用"),
    "window:settle": _("窗口：结算"),
    "window:pay": _("窗口：自付"),
    "window:instalments": _("窗口：分期"),
    "window:refund": _("窗口：退款"),
    "window:reverse": _("窗口：冲销"),
    "window:correct": _("窗口：更正"),
    "window:slip": _("窗口：结算单"),
    "window:slip_pdf": _("窗口：结算单 PDF"),
}
"""What the pages are called, by their routes; a test finds one that is missing."""


class PersonReads:
    """Records a page that was shown, after the view and outside every transaction of its.

    What was refused, not found or only led elsewhere showed nobody and is not recorded.
    """

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        match = request.resolver_match
        if response.status_code != _OK or match is None or match.view_name not in PAGES:
            return response
        assert isinstance(request.user, User)
        for part, shown in SHOWN.items():
            if part in match.kwargs:
                people = shown(match.kwargs[part])
                record_reads(reader=request.user, page=match.view_name, people=people)
        return response
