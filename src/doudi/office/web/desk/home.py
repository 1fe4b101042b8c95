"""The first page after the login."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from doudi.office.web.pages import StaffRequest, staff_page


@staff_page(None)
def home(request: StaffRequest) -> HttpResponse:
    """The jobs of this account."""
    return render(request, "desk/home.html")
