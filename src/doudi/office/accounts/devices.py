"""The phone with which an account shows for the second time who it is, and its backup codes.

django-otp's own devices keep the secret and the codes as they are. Here the secret is encrypted as
ID numbers are (`doudi.office.registry.identity`) and of a code only a keyed hash is kept, so that
whoever reads the database, but not the keys, cannot log in with what is in it.
"""

from __future__ import annotations

import secrets
import time
from base64 import b32encode
from typing import ClassVar
from urllib.parse import quote, urlencode

from django.conf import settings
from django.db import models
from django_otp.models import Device, ThrottlingMixin, TimestampMixin
from django_otp.oath import TOTP

from doudi.office.registry import identity

_STEP_SECONDS, _DIGITS, _STEPS_OFF = 30, 6, 1
_SECRET_BYTES = 20
_ISSUER = "兜底 Doudi"


class Authenticator(TimestampMixin, ThrottlingMixin, Device):  # type: ignore[misc] # untyped
    """A phone that shows six digits anew every half minute (RFC 6238), for one account.

    ``last_t`` is the half minute whose digits were used last: they are not taken twice. ``drift``
    is by how many half minutes the phone's clock is off. ``backup_codes`` are hashes.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    cipher = models.BinaryField()
    last_t = models.BigIntegerField(default=-1)
    drift = models.SmallIntegerField(default=0)
    backup_codes = models.JSONField(default=list)

    objects: ClassVar[models.Manager[Authenticator]] = models.Manager()

    class Meta:
        constraints = (
            models.UniqueConstraint(
                fields=("user", "confirmed"), name="one_phone_and_one_being_set_up"
            ),
        )

    @property
    def bin_key(self) -> bytes:
        """The secret; `identity.CannotDecrypt` without the key it was encrypted with."""
        return bytes.fromhex(identity.decrypt(self.cipher, public_id=bound_to(self.user_id)))

    @property
    def base32(self) -> str:
        """The secret as it is typed into a phone."""
        return b32encode(self.bin_key).decode().rstrip("=")

    @property
    def config_url(self) -> str:
        """What the QR code says to the phone."""
        label = quote(f"{_ISSUER}:{self.user.get_username()}")
        given = {
            "secret": self.base32,
            "issuer": _ISSUER,
            "digits": _DIGITS,
            "period": _STEP_SECONDS,
        }
        return f"otpauth://totp/{label}?{urlencode(given, quote_via=quote)}"

    def verify_token(self, token: str) -> bool:
        """Whether these are the digits of now, or a backup code; each is taken once.

        Goes with the row locked. A wrong one makes the device refuse for a while, longer each time.
        """
        allowed, _why = self.verify_is_allowed()
        if not allowed:
            return False
        if not (self._takes_digits(token) or self._takes_code(token)):
            self.throttle_increment()
            return False
        self.throttle_reset(commit=False)
        self.set_last_used_timestamp(commit=False)
        self.save()
        return True

    def get_throttle_factor(self) -> int:
        """Seconds of refusal after the first wrong try; doubled by each that follows."""
        return 1

    def _takes_digits(self, token: str) -> bool:
        if len(token) != _DIGITS or not (token.isascii() and token.isdigit()):
            return False
        totp = TOTP(self.bin_key, _STEP_SECONDS, 0, _DIGITS, self.drift)
        totp.time = time.time()
        if not totp.verify(int(token), _STEPS_OFF, self.last_t + 1):
            return False
        self.last_t, self.drift = totp.t(), totp.drift
        return True

    def _takes_code(self, token: str) -> bool:
        hashed = _hashes_of_code(token, self.user_id)
        left = [code for code in self.backup_codes if code not in hashed]
        taken = len(left) < len(self.backup_codes)
        self.backup_codes = left
        return taken


def new_cipher(user_id: int, secret: bytes | None = None) -> bytes:
    """The ciphertext of a secret for this account, a new one unless it is given."""
    text = (secret or secrets.token_bytes(_SECRET_BYTES)).hex()
    return identity.encrypt(text, public_id=bound_to(user_id))


def bound_to(user_id: int) -> str:
    """What the ciphertext of a secret is bound to, so that it opens for no other account."""
    return f"authenticator:{user_id}"


def hash_of_code(code: str, user_id: int) -> str:
    """What is kept of a backup code: keyed, and another one for another account."""
    return _hashes_of_code(code, user_id)[0]


def _hashes_of_code(code: str, user_id: int) -> list[str]:
    return identity.hashes_under_every_key(f"backup code\0{user_id}\0{code}")
