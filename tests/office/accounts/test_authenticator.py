"""What of the second factor lies in the database is of no use to whoever only has the database."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.db import IntegrityError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.test import Client
from django_otp.oath import totp
from tests.office.web.people_and_places import HERE, PASSWORD, account, make_place

from doudi.office.accounts.devices import Authenticator, hash_of_code
from doudi.office.accounts.models import User
from doudi.office.accounts.second_factor import (
    confirm_device,
    device_to_confirm,
    device_with_token,
    has_device,
)
from doudi.office.registry.identity import CannotDecrypt

SECRET = bytes(range(20))


def digits(secret: bytes, ahead: int = 0) -> str:
    return f"{totp(secret, drift=ahead):06}"


def set_up(user: User) -> tuple[bytes, list[str]]:
    """A phone of the account; its secret, and the backup codes."""
    device = device_to_confirm(user=user)
    secret = device.bin_key
    return secret, confirm_device(device=device, token=digits(secret))


def everything_of(table: str) -> str:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT * FROM {table}")
        return str([list(map(readable, row)) for row in cursor.fetchall()])


def readable(value: Any) -> str:
    """A value of a column as text; bytes in hexadecimal, as a dump of the database has them."""
    return bytes(value).hex() if isinstance(value, memoryview | bytes) else str(value)


@pytest.mark.django_db
def test_neither_the_secret_nor_a_backup_code_can_be_read_from_the_table() -> None:
    user = account("league")
    secret, codes = set_up(user)
    text = everything_of("accounts_authenticator")
    device = Authenticator.objects.get(user=user)
    assert secret.hex() not in text
    assert secret.hex().encode().hex() not in text
    assert device.base32 not in text
    for code in codes:
        assert code not in text and code.replace("-", "") not in text
    assert text.count(device.backup_codes[0]) == 1


@pytest.mark.django_db
def test_the_digits_and_each_backup_code_are_taken_once() -> None:
    user = account("league")
    secret, codes = set_up(user)
    assert has_device(user)
    assert device_with_token(user=user, token=digits(secret)) is None
    Authenticator.objects.update(throttling_failure_count=0, throttling_failure_timestamp=None)
    assert device_with_token(user=user, token=digits(secret, 1)) is not None
    code = codes[3].replace("-", "")
    assert device_with_token(user=user, token=code) is not None
    assert device_with_token(user=user, token=code) is None


@pytest.mark.django_db
def test_after_a_wrong_try_even_the_right_digits_have_to_wait() -> None:
    user = account("league")
    secret, _codes = set_up(user)
    assert device_with_token(user=user, token="wrong") is None
    assert device_with_token(user=user, token=digits(secret, 1)) is None


@pytest.mark.django_db
def test_a_secret_that_is_copied_to_another_account_does_not_open_there() -> None:
    mine, theirs = account("league"), account("league")
    set_up(mine)
    set_up(theirs)
    cipher = Authenticator.objects.get(user=mine).cipher
    Authenticator.objects.filter(user=theirs).update(cipher=cipher)
    with pytest.raises(CannotDecrypt):
        _ = Authenticator.objects.get(user=theirs).bin_key
    assert hash_of_code("abc", mine.pk) != hash_of_code("abc", theirs.pk)


@pytest.mark.django_db
def test_an_account_has_one_phone() -> None:
    user = account("league")
    set_up(user)
    device = Authenticator.objects.get(user=user)
    device.pk = None
    with pytest.raises(IntegrityError), transaction.atomic():
        device.save(force_insert=True)
    device_to_confirm(user=user)
    assert Authenticator.objects.filter(user=user).count() == 2


@pytest.mark.real_commits
@pytest.mark.usefixtures("static_files")
def test_phones_that_were_set_up_before_go_on_working_and_their_secrets_are_gone(
    settings: Any,
) -> None:
    call_command("migrate", "accounts", "0002", verbosity=0)
    make_place(HERE)
    before = MigrationExecutor(connection).loader.project_state([("accounts", "0002_append_only")])
    old = MigrationExecutor(connection).loader.project_state().apps
    user = before.apps.get_model("accounts", "User").objects.create(
        username="was-here",
        display_name="测试员",
        role="league",
        division_id="152200000000",
        password=make_password(PASSWORD),
        must_change_password=False,
    )
    phones = old.get_model("otp_totp", "TOTPDevice").objects
    phones.create(user_id=user.pk, name="phone", key=SECRET.hex(), confirmed=True)
    phones.create(user_id=user.pk, name="phone", key="ff" * 20, confirmed=False)
    backup = old.get_model("otp_static", "StaticDevice").objects.create(
        user_id=user.pk, name="backup", confirmed=True
    )
    for code in ("k7wmk7wmk7wmk7wm", "abcdabcdabcdabcd"):
        old.get_model("otp_static", "StaticToken").objects.create(device=backup, token=code)

    call_command("migrate", verbosity=0)

    for table in ("otp_totp_totpdevice", "otp_static_staticdevice", "otp_static_statictoken"):
        assert everything_of(table) == "[]"
    assert SECRET.hex() not in everything_of("accounts_authenticator")
    settings.SECOND_FACTOR_REQUIRED = True
    for token in (digits(SECRET), "K7WM-k7wm-k7wm-k7wm", "abcdabcdabcdabcd"):
        client = Client()
        client.post("/login", {"username": "was-here", "password": PASSWORD})
        assert client.get("/desk/")["Location"].startswith("/account/second-factor?next=")
        answer = client.post("/account/second-factor", {"token": token, "next": "/desk/"})
        assert answer.status_code == 302, token
        assert client.get("/desk/").status_code == 200
    assert Authenticator.objects.get().backup_codes == []
