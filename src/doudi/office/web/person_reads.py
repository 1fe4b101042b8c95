"""Pages and calls that show people are recorded, whichever view answered, after the answer.

Whom a page or a call shows is told by its address; how many a list names, by its view.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.db.models.functions import Substr
from django.http import HttpRequest, HttpResponse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from doudi.office.accounts.list_reads import record_list
from doudi.office.accounts.models import User
from doudi.office.accounts.person_reads import record_reads
from doudi.office.approvals.models import Proposal
from doudi.office.registry.models import Person
from doudi.office.settlement.models import Admission, Claim
from doudi.office.tokens.models import ApiToken

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

CALLS: Mapping[str, Promise] = {
    "api:entitlement": _("接口：待遇"),
    "api:preview": _("接口：试算"),
    "api:claim": _("接口：结算单"),
}
"""The calls that show somebody and change nothing. Those that change something are kept anyway."""

LISTS: Mapping[str, Promise] = {
    "desk:people": _("找人"),
    "desk:people_export": _("找到的人：Excel"),
    "desk:place": _("户的列表"),
    "desk:place_export": _("全村名单：Excel"),
    "desk:village_list": _("全村名单"),
    "desk:village_list_pdf": _("全村名单 PDF"),
    "desk:enrol_village": _("全村登记参保"),
    "desk:registry_figures_people": _("登记看板：名单"),
    "desk:import": _("导入人员和名单"),
    "desk:import_faults": _("导入：核对结果"),
    "desk:reads": _("查阅记录"),
    "desk:care_serious": _("大病患者"),
    "desk:care_chronic": _("慢病患者"),
    "desk:care_severe": _("核准兜底的重病患者"),
    "desk:care_check_ups": _("健康体检"),
    "desk:care_services": _("送药和家庭病床出诊"),
    "desk:figures_settlements": _("结算明细"),
    "desk:figures_near": _("自付接近封顶的人"),
    "desk:figures_unpaid": _("患者还没有付的自付"),
    "window:home": _("窗口：当天结算"),
    "window:find": _("窗口：找人"),
    "window:sheet": _("窗口：日结单"),
    "window:unpaid": _("窗口：未付清的自付"),
}
"""The lists that name people, by their routes; a test finds one that is missing."""

_ASKED = (
    "age",
    "cause",
    "day",
    "excel",
    "hospital",
    "insured",
    "masked",
    "month",
    "own",
    "payer",
    "people_import",
    "period",
    "place",
    "share",
    "show",
    "signed",
    "sort",
    "state",
    "team",
    "year",
)
"""What of an address is kept of a list: codes, days and words of ours, and nothing typed."""
_CODE = re.compile(r"[0-9A-Za-z_-]{1,26}")
_LONGEST_ASKED = 200


def shows_people(request: HttpRequest, rows: int) -> None:
    """Said by a view whose page is a list that names so many people; one row is recorded of it."""
    request.rows_of_people = rows  # type: ignore[attr-defined] # read below


class PersonReads:
    """Records a page that was shown, after the view and outside every transaction of its.

    What was refused, not found or only led elsewhere showed nobody and is not recorded.
    """

    def __init__(self, get_response: Answer) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self._get_response(request)
        match = request.resolver_match
        if response.status_code != _OK or match is None:
            return response
        page = match.view_name
        if page in PAGES or page in CALLS:
            for part, shown in SHOWN.items():
                if part in match.kwargs:
                    people = shown(match.kwargs[part])
                    record_reads(reader=_reader(request), page=page, people=people)
        rows = getattr(request, "rows_of_people", None)
        if rows is not None:
            asked = _asked({**request.GET.dict(), **match.kwargs})
            record_list(reader=_reader(request), page=page, asked=asked, rows=rows)
        return response


def _reader(request: HttpRequest) -> User:
    """Who is logged in, or the account whose token the call has."""
    token = getattr(request, "auth", None)
    reader = token.account if isinstance(token, ApiToken) else request.user
    assert isinstance(reader, User)
    return reader


def _asked(given: Mapping[str, Any]) -> str:
    named = {name: str(given[name]) for name in _ASKED if name in given}
    kept = {name: text for name, text in named.items() if _CODE.fullmatch(text)}
    return urlencode(kept)[:_LONGEST_ASKED]
