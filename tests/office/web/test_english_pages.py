"""Every page in English: what is left in Chinese is a name, a place, or was typed by somebody."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from html import unescape

import pytest
from django.db.models import TextChoices
from django.test import Client
from tests.office.web.addresses import all_addresses
from tests.office.web.people_and_places import HERE

from doudi.office.accounts.roles import Role
from doudi.office.imports.models import PeopleImport
from doudi.office.registry.models import (
    Cause,
    DiseaseListing,
    Division,
    Enrolment,
    Health,
    Person,
    Relation,
)
from doudi.office.settlement.models import Entry, FeeLine
from doudi.office.web.labels import choices_of
from doudi.office.web.language import COOKIE, shown_in

CODED: tuple[type[TextChoices], ...] = (
    Cause,
    DiseaseListing.List,
    Division.Level,
    Enrolment.PaidBy,
    Entry.Sort,
    FeeLine.Catalogue,
    Health,
    PeopleImport.State,
    Person.Sex,
    Relation,
    Role,
)
HAN = re.compile(r"[\u3400-\u9fff]+")
TYPED = {
    *("绝密戊己", "绝密子丑", "绝密庚辛", "绝密丙丁", "绝密壬癸", "绝密接口", "绝密"),  # names
    *("测试员", "窗口甲"),  # accounts
    *("兴安盟", "旗", "苏木", "嘎查", "苏木嘎查", "合成医院"),  # places and a hospital
    *("扶贫办", "参保", "号", "年度核对", "名单", "床位费", "协议一"),  # documents and the like
    "中文",  # the switch to Chinese
}
"""What the examples of `addresses` hold that somebody typed, and what stays Chinese on purpose."""
_TAG = re.compile(r"<[^>]*>")
_READ_OUT = re.compile(r'(?:aria-label|title|alt|placeholder)="([^"]*)"')


def chinese(page: str) -> Iterator[str]:
    """The Chinese between the tags of a page, and in the attributes that are read out."""
    body = re.sub(r"<(script|style).*?</\1>", "", page[page.index("<body") :], flags=re.DOTALL)
    yield from HAN.findall(unescape(_TAG.sub(" ", body)))
    for text in _READ_OUT.findall(body):
        yield from HAN.findall(unescape(text))


@pytest.mark.parametrize("coded", CODED)
def test_every_coded_value_has_english_words(coded: type[TextChoices]) -> None:
    with shown_in("en"):
        words = [str(text) for _value, text in choices_of(coded)]
    assert not [text for text in words if HAN.search(text)]
    assert len(set(words)) == len(words)


@pytest.mark.django_db
@pytest.mark.parametrize("role", [Role.LEAGUE, Role.VILLAGE, Role.CLERK, Role.ADMINISTRATOR])
def test_a_page_in_english_holds_chinese_only_where_it_was_typed(
    role: str, as_role: Callable[..., Client]
) -> None:
    client = as_role(role, HERE)
    client.cookies[COOKIE] = "en"
    left = {}
    for address in all_addresses():
        answer = client.get(address.path)
        if answer.status_code == 200 and answer["Content-Type"].startswith("text/html"):
            left[address.name] = set(chinese(answer.content.decode())) - TYPED
    assert len(left) > 10
    assert {name: found for name, found in left.items() if found} == {}
