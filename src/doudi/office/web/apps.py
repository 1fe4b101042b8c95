"""The pages as a Django app: its templates, static files and template tags."""

from __future__ import annotations

from django.apps import AppConfig


class Web(AppConfig):
    """Named apart, since ``web`` alone could be anybody's."""

    name = "doudi.office.web"
    label = "doudi_web"

    def ready(self) -> None:
        """Set the logs up, once the settings are read."""
        from doudi.office.logs import set_up_structlog  # noqa: PLC0415

        set_up_structlog()
