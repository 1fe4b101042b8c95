"""`doudi manage reset-account`: the way back in that needs the server, and leaves a record."""

from __future__ import annotations

from pathlib import Path

from pytest_django import DjangoDbBlocker
from tests.commands.an_office import an_office
from tests.commands.conftest import Doudi

from doudi.office.accounts.models import User
from doudi.office.audit.models import Call


def test_the_server_resets_an_account_that_changes_things_and_it_is_recorded(
    tmp_path: Path, django_db_blocker: DjangoDbBlocker, doudi: Doudi
) -> None:
    with django_db_blocker.unblock(), an_office(tmp_path):
        place = ("--role", "league", "--place", "152200000000")
        first = doudi("manage", "add-account", "league", "盟负责人", *place, "--by", "安装人").out
        again = doudi("manage", "reset-account", "league", "--by", "安装人").out
        assert first != again
        assert User.objects.get().check_password(again.split()[-1])
        call = Call.objects.get(service="reset_at_the_server")
        assert (call.subject, call.reason) == ("account:league", "安装人：重设账号")
        nobody = doudi("manage", "reset-account", "nobody", "--by", "安装人")
        assert nobody.complaints == ["没有账号 nobody"]
