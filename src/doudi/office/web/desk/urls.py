"""Addresses of the desks: each desk's own file, below one path."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, path

from doudi.office.web.desk import accounts, home

app_name = "desk"
urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.home, name="home"),
    path("accounts/", accounts.listing, name="accounts"),
    path("accounts/new", accounts.create, name="account_new"),
    path("accounts/<str:account>", accounts.one, name="account"),
]
