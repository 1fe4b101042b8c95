"""`doudi manage purge`: what is kept for a time only goes when that time is over."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from django.utils import timezone
from pytest_django import DjangoDbBlocker
from tests.commands.an_office import an_office
from tests.commands.conftest import Doudi

from doudi.office.accounts.login_failures import DAYS_KEPT
from doudi.office.accounts.models import LoginFailures
from doudi.office.enquiries.models import SavedEnquiry
from doudi.office.enquiries.services import open_enquiry, save_enquiry
from doudi.office.limits.models import Tally


def test_what_has_expired_is_deleted_and_nothing_else(
    tmp_path: Path, django_db_blocker: DjangoDbBlocker, doudi: Doudi
) -> None:
    with django_db_blocker.unblock(), an_office(tmp_path):
        old, new = (save_enquiry(replies={"way": way}) for way in ("bill", "household"))
        first = SavedEnquiry.objects.earliest("pk")
        SavedEnquiry.objects.filter(pk=first.pk).update(
            expires_at=timezone.now() - timedelta(seconds=1)
        )
        for key, ends_at in (("a" * 64, 60), ("b" * 64, 2**40)):
            Tally.objects.create(key=key, ends_at=ends_at, times=3)
        today = timezone.localdate()
        for day in (today, today - timedelta(days=DAYS_KEPT + 1)):
            LoginFailures.objects.create(
                day=day, username="", passwords=1, tokens=0, locks=0, last_at=timezone.now()
            )
        said = doudi("manage", "purge").out
        assert [line.split() for line in said.splitlines()[1:]] == [
            ["保存结果", "1"],
            ["次数记录", "1"],
            ["已结束的登录", "0"],
            ["登录失败的计数", "1"],
            ["查阅记录", "0"],
            ["名单查阅记录", "0"],
            ["安全策略报告的计数", "0"],
        ]
        assert open_enquiry(code=old) is None
        assert open_enquiry(code=new) == {"way": "household"}
        assert Tally.objects.get().key == "b" * 64
        again = doudi("manage", "purge").out
        assert [line.split()[1] for line in again.splitlines()[1:]] == ["0"] * 7
        assert LoginFailures.objects.count() == 1
