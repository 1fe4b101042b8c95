"""What every template knows of the site and its reader."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from doudi.i18n import language
from doudi.office.accounts.models import User
from doudi.office.web.menu import menu_of

LARGE_COOKIE = "doudi_type"
LARGE = "large"


def site(request: HttpRequest) -> dict[str, Any]:
    """``lang``, ``large`` (大字版), ``menu`` of the account, ``demo`` (nothing here is real)."""
    return {
        "lang": "zh-Hans" if language() == "zh" else "en",
        "large": request.COOKIES.get(LARGE_COOKIE) == LARGE,
        "menu": lambda: menu_of(request.user) if isinstance(request.user, User) else [],
        "demo": not settings.PRODUCTION,
    }
