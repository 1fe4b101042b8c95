"""Setting up the second factor of an account, its backup codes, and taking it away."""

from __future__ import annotations

from django.db import transaction

from doudi.office.accounts.devices import Authenticator, hash_of_code, new_cipher
from doudi.office.accounts.models import User
from doudi.office.accounts.passwords import one_time_password
from doudi.office.accounts.supervision import note_account

BACKUP_CODES = 10
_NAME = "phone"


def has_device(user: User) -> bool:
    """Whether a phone is set up for the account."""
    return bool(Authenticator.objects.filter(user=user, confirmed=True).exists())


def device_with_token(*, user: User, token: str) -> Authenticator | None:
    """The account's phone, if the digits are its own or the token is one of its backup codes."""
    with transaction.atomic():
        device = Authenticator.objects.select_for_update().filter(user=user, confirmed=True).first()
        return device if device is not None and device.verify_token(token) else None


def device_to_confirm(*, user: User) -> Authenticator:
    """The device that the account is setting up; the same one until it is confirmed."""
    device: Authenticator
    device, _made = Authenticator.objects.get_or_create(
        user=user, confirmed=False, defaults={"name": _NAME, "cipher": new_cipher(user.pk)}
    )
    return device


def confirm_device(*, device: Authenticator, token: str) -> list[str]:
    """Take the device in place of an older one if the token is its own; the new backup codes.

    An empty list when the token is wrong. The codes are shown once, and each works once.
    """
    with transaction.atomic():
        if not device.verify_token(token):
            return []
        remove_devices(device.user, keep=device)
        codes = [one_time_password() for _ in range(BACKUP_CODES)]
        device.confirmed = True
        device.backup_codes = [hash_of_code(_plain(code), device.user_id) for code in codes]
        device.save(update_fields=["confirmed", "backup_codes"])
        note_account(
            by=device.user, reason="本人设置第二道验证", service="enrol_device", user=device.user
        )
    return codes


def remove_devices(user: User, keep: Authenticator | None = None) -> None:
    """Remove the account's devices, but for one."""
    kept = None if keep is None else keep.pk
    Authenticator.objects.filter(user=user).exclude(pk=kept).delete()


def _plain(code: str) -> str:
    return code.replace("-", "")
