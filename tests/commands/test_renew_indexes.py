"""`doudi manage renew-indexes`: another key to find people by, and what is left under the old."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from pytest_django import DjangoDbBlocker
from tests.commands.an_office import OTHER, POOR, an_office
from tests.commands.conftest import Doudi

from doudi.office.keys import index_tag

NEW = b"a new key for the blind indexes."


def test_the_indexes_are_renewed_and_the_cards_that_stay_are_counted(
    tmp_path: Path, django_db_blocker: DjangoDbBlocker, doudi: Doudi, settings: Any
) -> None:
    with django_db_blocker.unblock(), an_office(tmp_path):
        settings.INDEX_KEYS = {index_tag(NEW): NEW} | dict(settings.INDEX_KEYS)
        ran = doudi("manage", "renew-indexes", "--by", "值班员")
        assert ran.status == 0, ran.err
        done, cards = ran.out.splitlines()
        assert done == "3 个身份证号的索引已用新密钥重做"
        assert cards.startswith("还有 1 个社保卡号")
        settings.INDEX_KEYS = {index_tag(NEW): NEW}
        for number in (POOR, OTHER):
            assert doudi("manage", "find", number).status == 0
        assert doudi("manage", "renew-indexes", "--by", "值班员").out.startswith("0 个")


def test_without_a_key_that_is_in_use_nothing_is_renewed(
    tmp_path: Path, django_db_blocker: DjangoDbBlocker, doudi: Doudi, settings: Any
) -> None:
    with django_db_blocker.unblock(), an_office(tmp_path):
        settings.INDEX_KEYS = {index_tag(NEW): NEW}
        ran = doudi("manage", "renew-indexes", "--by", "值班员")
        assert ran.complaints == ["DOUDI_INDEX_KEY 里缺少还在用的索引密钥，请补上后重新启动"]
