"""An account of every role for the demonstration, with passwords that only this office knows."""

from __future__ import annotations

import hashlib
import hmac
from base64 import b32encode
from dataclasses import dataclass

from django.conf import settings

from doudi.office.accounts.models import User
from doudi.office.accounts.roles import OF_AN_INSTITUTION, Role
from doudi.office.accounts.services import create_account
from doudi.office.demo.institutions import banner_hospital
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.models import Division, Household

_LENGTH, _GROUP = 12, 4


@dataclass(frozen=True)
class DemoAccount:
    """What somebody needs to log in as a role."""

    user: User
    password: str


def make_accounts() -> list[DemoAccount]:
    """One account a role, where the first household lives; the same ones again when called again.

    RegistryRefused in production.
    """
    if settings.PRODUCTION:
        raise RegistryRefused("正式环境没有演示账号", "production has no demonstration accounts")
    places = _places()
    return [_account(Role(role), places[role]) for role in Role.values]


def _account(role: Role, place: str) -> DemoAccount:
    username = f"demo-{role.value}"
    password = _password(username)
    user = User.objects.filter(username=username).first()
    if user is None:
        user, _given = create_account(
            username=username,
            display_name="演示员",
            role=role,
            place=place,
            reason="演示账号",
            password=password,
            demo=True,
        )
    elif not user.check_password(password):
        user.set_password(password)
        user.must_change_password = False
        user.save(update_fields=["password", "must_change_password"])
    return DemoAccount(user, password)


def _password(username: str) -> str:
    """A password that follows from the office's own secret, so that it need not be kept."""
    digest = hmac.new(settings.SECRET_KEY.encode(), f"demo {username}".encode(), hashlib.sha256)
    text = b32encode(digest.digest()).decode().lower()[:_LENGTH]
    return "-".join(text[place : place + _GROUP] for place in range(0, _LENGTH, _GROUP))


def _places() -> dict[str, str]:
    gacha = Household.objects.order_by("pk").values_list("division", flat=True).first()
    if gacha is None:
        raise RegistryRefused("库里还没有人员", "there are no people yet")
    levels: dict[str, str] = {}
    division: Division | None = Division.objects.get(code=gacha)
    while division is not None:
        levels[division.level] = division.code
        division = division.parent
    league = levels[Division.Level.LEAGUE]
    places: dict[str, str] = {
        Role.VILLAGE: levels[Division.Level.GACHA],
        Role.SUMU: levels[Division.Level.SUMU],
        Role.BANNER: levels[Division.Level.BANNER],
        Role.LEAGUE: league,
        Role.AUDITOR: league,
        Role.ADMINISTRATOR: league,
    }
    hospital = banner_hospital(levels[Division.Level.BANNER])
    return {**places, **dict.fromkeys(OF_AN_INSTITUTION, hospital)}
