"""The pages as a Django app: its templates, static files and template tags."""

from __future__ import annotations

from django.apps import AppConfig


class Web(AppConfig):
    """Named apart, since ``web`` alone could be anybody's."""

    name = "doudi.office.web"
    label = "doudi_web"
