"""The registry's pages: finding, looking, proposing with its effects, approving, exporting."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Page, expect
from python_calamine import CalamineWorkbook
from tests.office import builders
from tests.office.builders import SAID, YUAN
from tests.office.care.builders import listed
from tests.office.web.browser import assert_accessible
from tests.office.web.conftest import Statements, log_in, logged_in
from tests.office.web.people_and_places import HERE, THERE, account, household_member

from doudi.office.approvals.models import Proposal
from doudi.office.audit.models import Call
from doudi.office.registry import identity
from doudi.office.registry import services as registry
from doudi.office.registry.models import Enrolment, Person, RegistrationPeriod

AsRole = Callable[..., Client]


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def id_number(person: Person) -> str:
    return identity.decrypt(person.id_cipher, public_id=person.public_id)


def find(client: Client, text: str) -> str:
    return text_of(client.post("/desk/people/", {"text": text}))


def insured(person: Person, year: int) -> None:
    registry.enrol(
        **SAID,
        person_id=person.pk,
        year=year,
        premium_own_fen=250_00,
        paid_by="government",
        document="医保〔2019〕1号",
    )


# --- Finding ---


@pytest.mark.django_db
def test_people_are_found_by_name_initials_number_and_household(as_role: AsRole) -> None:
    person = household_member(HERE, name="王小明")
    client = as_role("village")
    assert person.household is not None
    for text in ("王小", "wxm", "WX", id_number(person), person.household.number):
        shown = find(client, text)
        assert f"/desk/people/{person.public_id}" in shown, text
        assert id_number(person) not in shown.replace(f'value="{text}"', "")
    assert "没有找到" in find(client, "李四")
    right = id_number(person)
    wrong = right[:-1] + ("1" if right.endswith("0") else "0")
    assert "校验位不对" in find(client, wrong)


@pytest.mark.django_db
def test_another_district_is_not_found(as_role: AsRole) -> None:
    person = household_member(HERE, name="王小明")
    stranger = as_role("banner", THERE)
    for text in ("王小明", "wxm", id_number(person)):
        assert person.public_id not in find(stranger, text)
    assert stranger.get(f"/desk/people/{person.public_id}").status_code == 404
    assert stranger.get(f"/desk/households/{person.household_id}").status_code == 404
    assert stranger.get(f"/desk/places/{HERE.gacha}").status_code == 404
    assert stranger.get(f"/desk/places/{HERE.gacha}/export").status_code == 404


# --- Looking ---


@pytest.mark.django_db
def test_a_person_is_shown_with_all_that_was_recorded(as_role: AsRole) -> None:
    person = household_member(HERE, since=None)
    insured(person, 2019)
    first = builders.register(person, date(2016, 1, 1), date(2017, 12, 31))
    wrong = builders.register(person, date(2018, 6, 1))
    registry.withdraw_registration(**SAID, period_id=wrong)
    shown = text_of(as_role("village").get(f"/desk/people/{person.public_id}"))
    assert "2016-01-01 至 2017-12-31" in shown and "已退出" in shown
    assert "2018-06-01 起" in shown and "已撤回" in shown
    assert "250 元" in shown and "医保〔2019〕1号" in shown
    assert identity.masked(id_number(person)) in shown
    assert id_number(person) not in shown
    assert first != wrong


@pytest.mark.django_db
def test_a_whole_number_is_shown_for_a_reason_that_is_recorded(as_role: AsRole) -> None:
    person = household_member(HERE)
    address = f"/desk/people/{person.public_id}"
    assert as_role("village").post(address, {"reason": "核对"}).status_code == 403
    client = as_role("sumu")
    assert id_number(person) not in text_of(client.post(address, {"reason": ""}))
    assert not Call.objects.filter(service="reveal_id_number").exists()
    assert id_number(person) in text_of(client.post(address, {"reason": "与本人核对"}))
    call = Call.objects.get(service="reveal_id_number")
    assert (call.reason, call.subject) == ("与本人核对", f"person:{person.public_id}")


@pytest.mark.django_db
def test_a_village_lists_its_households_and_a_household_its_members(as_role: AsRole) -> None:
    person = household_member(HERE, name="合成甲")
    client = as_role("village")
    assert client.get("/desk/households/")["Location"] == f"/desk/places/{HERE.gacha}"
    assert person.household is not None
    assert person.household.number in text_of(client.get(f"/desk/places/{HERE.gacha}"))
    shown = text_of(client.get(f"/desk/households/{person.household_id}"))
    assert "合成甲" in shown and "2016-01-01 起" in shown
    assert client.get(f"/desk/places/{HERE.sumu}").status_code == 404
    banner = as_role("banner")
    assert f"/desk/places/{HERE.gacha}" in text_of(banner.get(f"/desk/places/{HERE.sumu}"))


# --- Changing ---


def settled_unregistered() -> Person:
    """Somebody not registered, with a bill of 12,000 yuan of which the catalogue has nothing."""
    person = household_member(HERE, since=None)
    builders.settled(person, 12_000 * YUAN, 0)
    return person


def own_of(person: Person) -> int:
    """The own part of all that was settled for somebody, in fen."""
    return sum(amounts[-1] for amounts in builders.in_force(person).values())


REGISTRATION = {
    "valid_from": "2018-01-01",
    "valid_to": "",
    "cause": "01",
    "document": "扶贫办〔2018〕3号",
    "reason": "动态调整时漏报",
}


@pytest.mark.django_db
def test_a_late_registration_shows_what_it_does_to_a_settled_bill_and_then_does_it() -> None:
    person = settled_unregistered()
    before = own_of(person)
    address = f"/desk/people/{person.public_id}/changes/add_registration"
    maker, checker = account("village"), account("sumu")
    client = logged_in(maker)
    shown = text_of(client.post(address, REGISTRATION))
    assert "自付：之后" in shown and "1,200 元" in shown
    assert not Proposal.objects.exists()
    assert not RegistrationPeriod.objects.exists()
    assert own_of(person) == before == 12_000 * YUAN
    answer = client.post(address, REGISTRATION | {"confirmed": "1"})
    assert answer["Location"] == f"/desk/people/{person.public_id}"
    proposal = Proposal.objects.get()
    assert own_of(person) == before
    page = f"/desk/approvals/{proposal.public_id}"
    assert "1,200 元" in text_of(logged_in(checker).get(page))
    logged_in(checker).post(page, {"decision": "approve", "remark": "属实"})
    period = RegistrationPeriod.objects.get()
    assert (period.person, period.recorded_by) == (person, maker.username)
    proposal.refresh_from_db()
    assert proposal.answer is not None
    [again] = proposal.answer["settled_again"]
    assert (again["own_before_fen"], again["own_after_fen"]) == (before, 1_200 * YUAN)


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["end_registration", "withdraw_registration"])
def test_a_registration_is_ended_or_withdrawn_by_two(kind: str, as_role: AsRole) -> None:
    person = household_member(HERE)
    period = person.registrations.get()
    given = {"period_id": period.pk, "valid_to": "2018-12-31", "reason": "脱贫", "confirmed": "1"}
    maker = as_role("village")
    maker.post(f"/desk/people/{person.public_id}/changes/{kind}", given)
    name = Proposal.objects.get().public_id
    as_role("sumu").post(f"/desk/approvals/{name}", {"decision": "approve"})
    period.refresh_from_db()
    if kind == "end_registration":
        assert period.valid_to == date(2018, 12, 31)
    else:
        assert period.withdrawn_at is not None


@pytest.mark.django_db
def test_somebody_is_put_on_a_disease_list_and_taken_off_by_two(as_role: AsRole) -> None:
    person = household_member(HERE)
    base = f"/desk/people/{person.public_id}/changes"
    given = {
        "list": "serious",
        "disease": "胃癌",
        "valid_from": "2018-01-01",
        "document": "卫健〔2018〕2号",
        "reason": "确诊",
        "confirmed": "1",
    }
    maker, checker = as_role("village"), as_role("sumu")
    maker.post(f"{base}/list_disease", given)
    checker.post(f"/desk/approvals/{Proposal.objects.get().public_id}", {"decision": "approve"})
    listing = person.listings.get()
    ended = {"listing_id": listing.pk, "valid_to": "2018-12-31", "reason": "治愈", "confirmed": "1"}
    maker.post(f"{base}/end_listing", ended)
    waiting = Proposal.objects.get(state="waiting")
    checker.post(f"/desk/approvals/{waiting.public_id}", {"decision": "approve"})
    listing.refresh_from_db()
    assert listing.valid_to == date(2018, 12, 31)


@pytest.mark.django_db
def test_a_listing_made_by_mistake_is_withdrawn_by_two_and_what_rested_on_it_follows(
    as_role: AsRole,
) -> None:
    person = household_member(HERE)
    listing = listed(person, "serious", "胃癌")
    for _stay in range(2):
        builders.settled(person, 50_000 * YUAN, at=builders.hospital(2))
    maker, checker = as_role("village"), as_role("sumu")
    address = f"/desk/people/{person.public_id}/changes/withdraw_listing"
    given = {"listing_id": listing.pk, "reason": "误诊"}
    assert "大病：胃癌" in text_of(maker.get(address))
    assert "自付：之后" in text_of(maker.post(address, given))
    assert person.listings.exists()
    maker.post(address, given | {"confirmed": "1"})
    waiting = Proposal.objects.get()
    checker.post(f"/desk/approvals/{waiting.public_id}", {"decision": "approve"})
    waiting.refresh_from_db()
    assert waiting.answer is not None
    assert waiting.answer["settled_again"]
    assert not person.listings.exists()
    shown = text_of(maker.get(f"/desk/people/{person.public_id}"))
    assert "大病：胃癌" in shown
    assert "已撤回" in shown
    assert "changes/withdraw_listing" not in shown


@pytest.mark.django_db
def test_a_name_and_the_head_are_corrected_by_two(as_role: AsRole) -> None:
    head = household_member(HERE, name="合成李四")
    spouse = household_member(HERE, name="合成张三")
    Person.objects.filter(pk=spouse.pk).update(household=head.household, relation="02")
    maker, checker = as_role("village"), as_role("sumu")

    def change(person: Person, kind: str, **given: str) -> None:
        address = f"/desk/people/{person.public_id}/changes/{kind}"
        assert "更" in text_of(maker.get(address))
        maker.post(address, given | {"reason": "户口簿", "confirmed": "1"})
        waiting = Proposal.objects.get(state="waiting")
        page = f"/desk/approvals/{waiting.public_id}"
        assert "配偶" in text_of(checker.get(page))
        checker.post(page, {"decision": "approve"})

    assert 'value="合成张三"' in text_of(
        maker.get(f"/desk/people/{spouse.public_id}/changes/correct_person")
    )
    change(spouse, "correct_person", name="合成张珊", relation="02")
    change(spouse, "name_head", former_relation="02")
    found = {person.pk: (person.name, person.relation) for person in Person.objects.all()}
    assert found[spouse.pk] == ("合成张珊", "01")
    assert found[head.pk] == ("合成李四", "02")


@pytest.mark.django_db
def test_an_enrolment_is_withdrawn_by_two_unless_a_bill_rests_on_it(as_role: AsRole) -> None:
    person = household_member(HERE)
    insured(person, 2019)
    builders.settled(person, 1_000 * YUAN, day=date(2018, 5, 9))
    maker, checker = as_role("village"), as_role("sumu")
    address = f"/desk/people/{person.public_id}/changes/withdraw_enrolment"
    rows = {row.year: row.pk for row in person.enrolments.all()}
    given = {"reason": "登记错了", "confirmed": "1"}
    maker.post(address, given | {"enrolment_id": rows[2018]})
    refused = Proposal.objects.get()
    assert "参保" in text_of(checker.get(f"/desk/approvals/{refused.public_id}"))
    checker.post(f"/desk/approvals/{refused.public_id}", {"decision": "approve"})
    assert person.enrolments.filter(year=2018).exists()
    checker.post(f"/desk/approvals/{refused.public_id}", {"decision": "refuse", "remark": "已结算"})
    maker.post(address, given | {"enrolment_id": rows[2019]})
    waiting = Proposal.objects.get(state="waiting")
    checker.post(f"/desk/approvals/{waiting.public_id}", {"decision": "approve"})
    assert not person.enrolments.filter(year=2019).exists()
    assert "已撤回" in text_of(maker.get(f"/desk/people/{person.public_id}"))


@pytest.mark.django_db
def test_a_change_that_the_registry_refuses_is_refused_before_it_is_proposed(
    as_role: AsRole,
) -> None:
    person = household_member(HERE)
    address = f"/desk/people/{person.public_id}/changes/add_registration"
    shown = text_of(as_role("village").post(address, REGISTRATION))
    assert "与已有的建档立卡重叠" in shown
    assert "交另一人复核" not in shown


@pytest.mark.django_db
def test_a_row_of_somebody_else_cannot_be_named(as_role: AsRole) -> None:
    person, other = household_member(HERE), household_member(THERE)
    given = {"period_id": other.registrations.get().pk, "reason": "试", "confirmed": "1"}
    address = f"/desk/people/{person.public_id}/changes/withdraw_registration"
    assert as_role("village").post(address, given).status_code == 200
    assert not Proposal.objects.exists()


@pytest.mark.django_db
def test_a_whole_village_is_enrolled_at_once_by_two(as_role: AsRole) -> None:
    registered, already = household_member(HERE), household_member(HERE)
    household_member(HERE, since=None)
    household_member(THERE)
    insured(already, 2019)
    given = {
        "gacha": HERE.gacha,
        "year": "2019",
        "premium_own_fen": "250",
        "paid_by": "government",
        "document": "医保〔2018〕1号",
        "reason": "年度参保",
    }
    maker = as_role("village")
    assert "共 1 人" in text_of(maker.post("/desk/enrolments/village", given))
    maker.post("/desk/enrolments/village", given | {"confirmed": "1"})
    assert Enrolment.objects.filter(year=2019).count() == 1
    as_role("sumu").post(
        f"/desk/approvals/{Proposal.objects.get().public_id}", {"decision": "approve"}
    )
    made = Enrolment.objects.get(person=registered, year=2019)
    assert (made.premium_own_fen, made.paid_by) == (250_00, "government")
    assert Enrolment.objects.filter(year=2019).count() == 2
    stranger = as_role("village", THERE)
    assert "选项" in text_of(stranger.post("/desk/enrolments/village", given))


# --- Exporting ---


def rows_of(answer: Any) -> list[list[Any]]:
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
    return [list(row) for row in book.get_sheet_by_index(0).to_python()]


@pytest.mark.django_db
def test_a_village_is_exported_masked_or_in_full_for_a_reason(as_role: AsRole) -> None:
    person = household_member(HERE, name="=甲")
    household_member(THERE, name="外村人")
    client = as_role("sumu")
    address = f"/desk/places/{HERE.gacha}/export"
    heading, line = rows_of(client.get(f"{address}?masked=1"))
    assert heading[:2] == ["姓名", "身份证号"]
    assert line[:2] == ["=甲", identity.masked(id_number(person))]
    [_heading, line] = rows_of(client.post(address, {"reason": "上报盟里"}))
    assert line[1] == id_number(person)
    call = Call.objects.get(service="reveal_id_numbers")
    assert (call.reason, call.detail) == ("上报盟里", {"people": 1})
    assert Call.objects.get(service="export_people").detail == {"people": 1}
    assert as_role("village").get(address).status_code == 403


@pytest.mark.django_db
def test_what_was_found_is_exported(as_role: AsRole) -> None:
    person = household_member(HERE, name="王小明")
    answer = as_role("sumu").post("/desk/people/export", {"text": "wxm"})
    assert [row[0] for row in rows_of(answer)] == ["姓名", person.name]


# --- How much the pages ask of the database ---


@pytest.mark.django_db
def test_the_pages_take_the_same_few_statements_for_one_and_for_many(
    as_role: AsRole, statements: Statements
) -> None:
    person = household_member(HERE, name="王甲")
    for _again in range(12):
        household_member(HERE, name="王乙")
    client = as_role("village")
    client.get("/desk/people/")
    with statements(2):
        client.get("/desk/people/")
    with statements(7):
        assert find(client, "王").count("/desk/people/") > 12
    with statements(15):
        client.get(f"/desk/people/{person.public_id}")
    with statements(10):
        client.get(f"/desk/households/{person.household_id}")
    with statements(6):
        client.get(f"/desk/places/{HERE.gacha}")


# --- In a real browser ---


def test_a_late_registration_goes_from_the_village_to_the_sumu(page: Page) -> None:
    person = settled_unregistered()
    village, sumu = account("village"), account("sumu")
    before = own_of(person)
    log_in(page, village)
    page.get_by_role("navigation").get_by_role("link", name="找人").click()
    assert_accessible(page)
    page.keyboard.type("hcj")  # 合成甲; the field has the focus
    page.keyboard.press("Enter")
    expect(page.get_by_role("table", name="找到的人")).to_be_visible()
    assert_accessible(page)
    page.get_by_role("link", name=person.name).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(person.name)
    assert_accessible(page)
    page.get_by_role("link", name="登记建档立卡").click()
    page.get_by_label("建档立卡日期").fill("2018-01-01")
    page.get_by_label("致贫原因").select_option("01")
    page.get_by_label("依据文件").fill("扶贫办〔2018〕3号")
    page.get_by_label("原因", exact=True).fill("动态调整时漏报")
    page.keyboard.press("Enter")
    effects = page.get_by_role("table", name="对已结算费用的影响")
    expect(effects.get_by_role("row").nth(1)).to_contain_text("1,200 元")
    assert_accessible(page)
    page.get_by_role("button", name="提出，交另一人复核").click()
    expect(page.get_by_role("status")).to_contain_text("等待另一人复核")
    assert own_of(person) == before
    page.get_by_role("button", name="退出").click()
    page.wait_for_url(lambda url: "/desk" not in url)
    log_in(page, sumu)
    page.set_viewport_size({"width": 390, "height": 844})
    page.get_by_role("navigation").get_by_role("link", name="变更复核").click()
    page.get_by_role("link", name="登记建档立卡").click()
    expect(page.get_by_role("table", name="对已结算费用的影响")).to_contain_text("1,200 元")
    assert_accessible(page)
    page.get_by_role("button", name="通过并办理").click()
    expect(page.get_by_role("status")).to_contain_text("已办理")
    assert RegistrationPeriod.objects.get().recorded_by == village.username
    page.goto(f"/desk/people/{person.public_id}")
    expect(page.get_by_text("2018-01-01 起")).to_be_visible()
    assert_accessible(page)
