"""The divisions of the league by their national area codes."""

from __future__ import annotations

from collections import Counter

import pytest

from doudi.office.audit.models import Call
from doudi.office.registry.models import Division
from doudi.office.registry.services import load_divisions

pytestmark = pytest.mark.django_db


def test_the_league_has_six_banners_ninety_townships_and_their_villages() -> None:
    assert load_divisions() == 1217
    levels = Counter(Division.objects.values_list("level", flat=True))
    assert levels == {"league": 1, "banner": 6, "sumu": 90, "gacha": 1120}


def test_julihen_has_fourteen_villages_and_three_communities() -> None:
    load_divisions()
    julihen = Division.objects.get(pk="152221105000")
    assert julihen.parent is not None
    assert julihen.parent.name == "科尔沁右翼前旗"
    names = Counter(name[-3:] for name in julihen.children.values_list("name", flat=True))
    assert names == {"村委会": 14, "居委会": 3}


def test_every_code_lies_inside_its_parents_code() -> None:
    load_divisions()
    lengths = {"banner": 4, "sumu": 6, "gacha": 9}
    for division in Division.objects.exclude(level="league"):
        inside = division.code[: lengths[division.level]]
        assert division.parent_id == inside.ljust(12, "0")


def test_loading_again_adds_nothing_and_puts_names_right() -> None:
    load_divisions()
    Division.objects.filter(pk="152201000000").update(name="错字")
    load_divisions(actor="甲", reason="更新名称")
    assert Division.objects.count() == 1217
    assert Division.objects.get(pk="152201000000").name == "乌兰浩特市"
    assert Call.objects.filter(service="load_divisions", actor="甲", reason="更新名称").exists()
