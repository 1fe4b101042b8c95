"""Addresses of the public pages."""

from __future__ import annotations

from django.urls import path

from doudi.office.web.public import views

app_name = "public"
urlpatterns = [path("", views.home, name="home")]
