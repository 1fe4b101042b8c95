"""What the figures are asked for: a year, and for a list the part of it behind one number."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from django import forms
from django.http import Http404
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from doudi.office.ledger.models import PAYERS
from doudi.office.settlement.bands import OWN_BANDS, SHARE_BANDS
from doudi.office.settlement.figures import ClaimFilter, Spot
from doudi.office.settlement.kept_sums import Place, newest_year
from doudi.office.web.desk.figure_words import AGES

_FIRST_YEAR, _LAST_YEAR = 2003, 2100
_MONTHS = 12
_LONGEST_CODE = 12
OWN = "own"
"""What is asked for in place of a payer for settlements of which the person pays something."""


class YearForm(forms.Form):
    """Which year."""

    year = forms.IntegerField(
        label=_("年份"), min_value=_FIRST_YEAR, max_value=_LAST_YEAR, required=False
    )


class FilterForm(YearForm):
    """Which settlements of the year; left out means all."""

    month = forms.IntegerField(min_value=1, max_value=_MONTHS, required=False)
    hospital = forms.CharField(max_length=_LONGEST_CODE, required=False)
    payer = forms.ChoiceField(choices=[(payer, payer) for payer in (*PAYERS, OWN)], required=False)
    own = forms.IntegerField(min_value=0, max_value=len(OWN_BANDS), required=False)
    share = forms.IntegerField(min_value=0, max_value=len(SHARE_BANDS), required=False)

    after = forms.RegexField(r"^\d{4}-\d{2}-\d{2}_[0-9a-f-]{36}$", required=False)

    def after_spot(self) -> Spot | None:
        """After which settlement the page begins; Http404 for none that can be."""
        given = self.cleaned_data["after"]
        if not given:
            return None
        day, _bar, claim = given.partition("_")
        try:
            return Spot(date.fromisoformat(day), UUID(claim))
        except ValueError:
            raise Http404 from None

    def chosen(self) -> ClaimFilter:
        """What was asked for, of a valid form."""
        given = self.cleaned_data
        return ClaimFilter(
            month=given["month"],
            institution=given["hospital"] or None,
            payer=given["payer"] or None,
            own=given["own"],
            share=given["share"],
        )


class OwedForm(forms.Form):
    """Which of what is not paid: by age, of one month, of one hospital; left out means all."""

    age = forms.IntegerField(min_value=0, max_value=len(AGES), required=False)
    period = forms.RegexField(r"^\d{6}$", required=False)
    hospital = forms.CharField(max_length=_LONGEST_CODE, required=False)


def year_of(form: YearForm, place: Place) -> int:
    """The year asked for, else that of the newest settlement, else this one."""
    asked: int | None = form.cleaned_data.get("year") if form.is_valid() else None
    return asked or newest_year(place) or timezone.localdate().year
