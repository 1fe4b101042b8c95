"""Logging in with a name and a password; permissions are ours (`permissions`), not Django's."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from doudi.office.accounts.models import User


class AccountBackend(BaseBackend):
    """Knows the accounts that are not disabled."""

    def authenticate(
        self,
        request: HttpRequest | None,
        username: str | None = None,
        password: str | None = None,
        **given: Any,
    ) -> User | None:
        """The account, or None; it takes as long for a name that nobody has."""
        del request, given
        if username is None or password is None:
            return None
        user = User.objects.filter(username=username).first()
        if user is None:
            User().set_password(password)
            return None
        return user if user.check_password(password) and user.is_active else None

    def get_user(self, user_id: int) -> User | None:
        """The account of a session, unless it was disabled meanwhile; with its place."""
        accounts = User.objects.select_related("division", "institution")
        return accounts.filter(pk=user_id, is_active=True).first()
