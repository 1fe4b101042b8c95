"""Setting up the second factor of an account, its backup codes, and taking it away."""

from __future__ import annotations

from django.db import transaction
from django_otp.plugins.otp_static.models import StaticDevice, StaticToken
from django_otp.plugins.otp_totp.models import TOTPDevice

from doudi.office.accounts.models import User
from doudi.office.accounts.passwords import one_time_password
from doudi.office.audit.services import note

BACKUP_CODES = 10
_NAME = "phone"


def device_to_confirm(*, user: User) -> TOTPDevice:
    """The device that the account is setting up; the same one until it is confirmed."""
    device, _made = TOTPDevice.objects.get_or_create(
        user=user, confirmed=False, defaults={"name": _NAME}
    )
    return device


def confirm_device(*, device: TOTPDevice, token: str) -> list[str]:
    """Take the device in place of an older one if the token is its own; the new backup codes.

    An empty list when the token is wrong. The codes are shown once, and each works once.
    """
    with transaction.atomic():
        if not device.verify_token(token):
            return []
        remove_devices(device.user, keep=device)
        device.confirmed = True
        device.save(update_fields=["confirmed"])
        codes = [one_time_password() for _ in range(BACKUP_CODES)]
        backup = StaticDevice.objects.create(user=device.user, name="backup", confirmed=True)
        StaticToken.objects.bulk_create(
            [StaticToken(device=backup, token=_plain(code)) for code in codes]
        )
        _note(device.user.username, "本人设置第二道验证", "enrol_device", device.user)
    return codes


def reset_second_factor(*, user: User, by: User, reason: str) -> None:
    """For a lost phone: the account sets up another one at its next login."""
    with transaction.atomic():
        remove_devices(user)
        _note(by.username, reason, "reset_second_factor", user)


def remove_devices(user: User, keep: TOTPDevice | None = None) -> None:
    """Remove the account's devices, but for one."""
    kept = None if keep is None else keep.pk
    TOTPDevice.objects.filter(user=user).exclude(pk=kept).delete()
    StaticDevice.objects.filter(user=user).delete()


def _plain(code: str) -> str:
    return code.replace("-", "")


def _note(actor: str, reason: str, service: str, user: User) -> None:
    subject = f"account:{user.username}"
    note(actor=actor, reason=reason, service=service, subject=subject, detail={})
