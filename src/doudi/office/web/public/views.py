"""The first page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from doudi.office.web.pages import public_page


@public_page()
def home(request: HttpRequest) -> HttpResponse:
    """What can be asked here."""
    return render(request, "public/home.html")
