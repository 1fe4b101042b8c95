"""The registry on a phone: every table reads as cards, and nothing has to be scrolled sideways."""

from __future__ import annotations

from datetime import date

from playwright.sync_api import Page, expect
from tests.office import builders
from tests.office.builders import SAID, YUAN
from tests.office.web.browser import assert_accessible, assert_nothing_scrolls_sideways
from tests.office.web.conftest import log_in
from tests.office.web.people_and_places import HERE, account, household_member, son_of

from doudi.office.registry import services as registry
from doudi.office.registry.identity import made_up_id_number
from doudi.office.registry.models import Person
from doudi.office.settlement import moves

PHONE, DESK = {"width": 390, "height": 844}, {"width": 1280, "height": 900}


def family() -> Person:
    """A household with everything: two members, a phone, diseases, moves, a former number."""
    head = household_member(HERE, name="合成阿拉坦其其格")
    assert head.household is not None
    son = son_of(head, phone="13800138000")
    for disease in ("高血压", "儿童急性早幼粒细胞白血病"):
        registry.list_disease(
            **SAID,
            person_id=head.pk,
            list="chronic",
            disease=disease,
            valid_from=date(2018, 1, 1),
            document="兴安盟卫生和计划生育委员会〔2018〕1号",
        )
    number = made_up_id_number(born=date(1955, 2, 3), sex="2", serial=17).text
    registry.correct_id_number(**SAID, person_id=head.pk, id_number=number)
    moves.split_household(
        **SAID,
        person_id=son.pk,
        household_number="NEW1",
        members={},
        moved_on=date(2018, 5, 9),
    )
    moves.join_household(
        **SAID,
        person_id=son.pk,
        household_number=head.household.number,
        relation="03",
        moved_on=date(2018, 6, 1),
    )
    builders.settled(head, 12_000 * YUAN, 0)
    return Person.objects.get(pk=head.pk)


def test_the_registry_reads_on_a_phone_and_at_a_desk(page: Page) -> None:
    person = family()
    log_in(page, account("banner"))
    for address, said in (
        (f"/desk/people/{person.public_id}", "以前登记的身份证号"),
        (f"/desk/households/{person.household_id}", "家庭成员"),
        (f"/desk/households/{person.household_id}/sheet", "额度"),
        (f"/desk/places/{HERE.gacha}", "户"),
        (f"/desk/places/{HERE.gacha}/list", "人员"),
        ("/desk/registry-figures/", "因病致贫"),
        ("/desk/registry-figures/people?year=2018", "合成阿拉坦其其格"),
        (f"/desk/people/{person.public_id}/changes/split_household", "随迁"),
    ):
        for size in (DESK, PHONE):
            page.set_viewport_size(size)  # type: ignore[arg-type]
            page.goto(address)
            expect(page.get_by_role("main")).to_contain_text(said)
            assert_nothing_scrolls_sideways(page)
            assert_accessible(page)


def test_a_card_has_the_heading_in_front_of_each_value_and_stays_a_table(page: Page) -> None:
    person = family()
    log_in(page, account("village"))
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto(f"/desk/people/{person.public_id}")
    table = page.get_by_role("table", name="建档立卡")
    cell = table.get_by_role("cell").first
    assert cell.evaluate("one => getComputedStyle(one, '::before').content") == '"起止"'
    assert cell.evaluate("one => getComputedStyle(one).display") == "grid"
    expect(table.get_by_role("columnheader")).to_have_count(5)
    page.set_viewport_size(DESK)  # type: ignore[arg-type]
    assert cell.evaluate("one => getComputedStyle(one).display") == "table-cell"
    assert cell.evaluate("one => getComputedStyle(one, '::before').content") == "none"
