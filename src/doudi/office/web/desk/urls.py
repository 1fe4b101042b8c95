"""Addresses of the desks: each desk's own file, below one path."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from doudi.office.web.desk import accounts, approvals, home, imports

app_name = "desk"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("approvals/", approvals.listing, name="approvals"),
    path("approvals/<str:proposal>", approvals.one, name="approval"),
    path("accounts/", accounts.listing, name="accounts"),
    path("accounts/new", accounts.create, name="account_new"),
    path("accounts/<str:account>", accounts.one, name="account"),
    path("imports/", imports.listing, name="imports"),
    path("imports/template", imports.template, name="import_template"),
    path("imports/<str:people_import>", imports.one, name="import"),
    path("imports/<str:people_import>/faults", imports.faults, name="import_faults"),
]
