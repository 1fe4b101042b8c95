"""Addresses of one's own account."""

from __future__ import annotations

from django.urls import path

from doudi.office.web.account import second_factor, sessions, views

app_name = "account"
urlpatterns = [
    path("login", views.log_in, name="login"),
    path("logout", views.log_out, name="logout"),
    path("account/password", views.password, name="password"),
    path("account/sessions", sessions.listing, name="sessions"),
    path("account/second-factor", second_factor.ask, name="second_factor"),
    path("account/second-factor/enrol", second_factor.enrol, name="enrol"),
]
