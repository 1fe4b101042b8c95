"""The accounts as a Django app: it listens to logins that fail."""

from __future__ import annotations

from django.apps import AppConfig


class Accounts(AppConfig):
    """Who works here."""

    name = "doudi.office.accounts"

    def ready(self) -> None:
        """Begin to listen."""
        from doudi.office.accounts import login_failures  # noqa: F401, PLC0415
