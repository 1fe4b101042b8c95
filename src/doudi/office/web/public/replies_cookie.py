"""What somebody has answered so far, carried by their own browser.

The replies say that a person is ill and a household poor. So they are not kept on the server at
all: they travel in a cookie, encrypted and authenticated under a key of this installation, which
the browser can neither read nor alter and which is worthless after two hours. It goes to no page
but these, to no script, and into no address or log. Whoever shares a telephone clears it with a
button that stands on every page.
"""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import HttpRequest, HttpResponseBase

NAME = "doudi_replies"
SECONDS = 2 * 3600
_LARGEST = 64 * 1024
_KEY_BYTES = 32


def read_replies(request: HttpRequest) -> dict[str, Any]:
    """The replies of this browser; none where there is no cookie, or an old or altered one."""
    try:
        packed = _fernet(settings.SECRET_KEY).decrypt(request.COOKIES.get(NAME, ""), ttl=SECONDS)
    except InvalidToken:
        return {}
    plain = zlib.decompressobj().decompress(packed, _LARGEST)
    replies: dict[str, Any] = json.loads(plain)
    return replies


def keep_replies(response: HttpResponseBase, replies: Mapping[str, Any]) -> None:
    """Give the replies to the browser for another two hours."""
    plain = json.dumps(dict(replies), ensure_ascii=False, separators=(",", ":")).encode()
    response.set_cookie(
        NAME,
        _fernet(settings.SECRET_KEY).encrypt(zlib.compress(plain)).decode(),
        max_age=SECONDS,
        httponly=True,
        secure=settings.SESSION_COOKIE_SECURE,
        samesite="Lax",
    )


def forget_replies(response: HttpResponseBase) -> None:
    """Take the replies away from the browser."""
    response.delete_cookie(NAME, samesite="Lax")


@lru_cache(maxsize=4)
def _fernet(secret: str) -> Fernet:
    made = HKDF(hashes.SHA256(), _KEY_BYTES, salt=None, info=b"doudi replies of the public")
    return Fernet(base64.urlsafe_b64encode(made.derive(secret.encode())))
