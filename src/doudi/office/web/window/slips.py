"""The slip that the patient takes home, on the screen and as PDF."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from doudi.i18n import either
from doudi.office.accounts.permissions import Permission
from doudi.office.accounts.scope import claims_in_scope
from doudi.office.paper.slip import slip_data, slip_pdf
from doudi.office.registry.selectors import masked_id_number
from doudi.office.settlement.instalments import open_parts
from doudi.office.settlement.models import Claim
from doudi.office.settlement.policy import active_policy
from doudi.office.settlement.selectors import slip as stored_slip
from doudi.office.web.pages import StaffRequest, staff_page
from doudi.office.web.window.words import kind_word


@staff_page(Permission.SEE_SETTLEMENTS)
def slip(request: StaffRequest, claim: UUID) -> HttpResponse:
    """The slip to be read or printed, from what was stored at settlement."""
    found = _claim(request, claim)
    data = slip_data(_stored(claim), **_about(found))
    return render(request, "window/slip.html", {"slip": data, "claim": found})


@staff_page(Permission.SEE_SETTLEMENTS)
def pdf(request: StaffRequest, claim: UUID) -> HttpResponse:
    """The same on one page of paper."""
    found = _claim(request, claim)
    answer = HttpResponse(slip_pdf(_stored(claim), **_about(found)), content_type="application/pdf")
    answer["Content-Disposition"] = f'inline; filename="slip-{found.pk.hex[:8]}.pdf"'
    return answer


def _claim(request: StaffRequest, claim: UUID) -> Claim:
    claims = claims_in_scope(request.user).select_related("admission__person", "institution")
    return get_object_or_404(claims, pk=claim)


def _stored(claim: UUID) -> dict[str, Any]:
    try:
        return stored_slip(str(claim))
    except LookupError:
        raise Http404 from None


def _about(claim: Claim) -> dict[str, Any]:
    stay = claim.admission
    return {
        "name": stay.person.name,
        "id_number": masked_id_number(stay.person),
        "kind": kind_word(claim.facts["kind"]),
        "instalments": [(day.isoformat(), amount) for day, amount in open_parts(stay.public_id)],
        "synthetic": stay.person.synthetic,
        "words": {
            name: either(item.zh, item.en) for name, item in active_policy().parameters.items()
        },
    }
