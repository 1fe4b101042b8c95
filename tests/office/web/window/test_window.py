"""The window's pages: whom they find, what they refuse, how many statements they take."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from tests.office.builders import enrol
from tests.office.web.conftest import Statements
from tests.office.web.people_and_places import THERE, household_member

from doudi.office.accounts.models import LookUp
from doudi.office.registry.identity import decrypt
from doudi.office.registry.models import Person
from doudi.office.settlement.models import Admission, Claim, FeeLine

pytestmark = pytest.mark.django_db

AsRole = Callable[..., Client]
KEY = "0" * 31


def key(number: int) -> str:
    """A key of a form."""
    return f"{KEY}{number:x}"


def found(client: Client, person: Person) -> None:
    """Find the person by the whole ID number, on a working day of 2018."""
    client.post("/window/day", {"day": "2018-05-09"})
    number = decrypt(person.id_cipher, public_id=person.public_id)
    answer = client.post("/window/find", {"text": number})
    assert answer["Location"] == f"/window/people/{person.public_id}"


def admitted(client: Client, person: Person, **changed: str) -> str:
    """The public id of a new stay."""
    found(client, person)
    fields = {"key": key(1), "kind": "inpatient", "admitted_on": "2018-05-01", "agreement": "A1"}
    answer = client.post(f"/window/people/{person.public_id}/admit", fields | changed)
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"]).rpartition("/")[2]


LINE = {"item": "治疗", "catalogue": "A", "quantity": "1", "unit_price": "12000"}


def test_nobody_is_seen_before_being_found_by_the_whole_number(as_role: AsRole) -> None:
    person, client = household_member(), as_role("clerk")
    assert client.get(f"/window/people/{person.public_id}").status_code == 404
    found(client, person)
    assert client.get(f"/window/people/{person.public_id}").status_code == 200
    assert LookUp.objects.get().by == "id_number"
    stranger = as_role("clerk", THERE)
    assert stranger.get(f"/window/people/{person.public_id}").status_code == 404


@pytest.mark.parametrize("text", ["15220119620301", "not 1 number", "152201196203010018"])
def test_a_number_that_is_nobodys_says_so_and_records_nothing(as_role: AsRole, text: str) -> None:
    client = as_role("clerk")
    answer = client.post("/window/find", {"text": text})
    assert answer.status_code == 200
    assert 'role="alert"' in answer.content.decode()
    assert LookUp.objects.count() == 0


@pytest.mark.clause("H-53")
def test_a_deposit_of_a_registered_person_is_refused_in_words(as_role: AsRole) -> None:
    person, client = household_member(), as_role("clerk")
    found(client, person)
    fields = {"key": key(1), "kind": "inpatient", "admitted_on": "2018-05-01", "agreement": "A1"}
    answer = client.post(f"/window/people/{person.public_id}/admit", fields | {"deposit": "500"})
    assert "不交押金" in answer.content.decode()
    assert Admission.objects.count() == 0


def test_a_line_tells_what_is_wrong_with_each_amount(as_role: AsRole) -> None:
    client = as_role("clerk")
    stay = admitted(client, household_member())
    answer = client.post(
        f"/window/stays/{stay}/lines",
        {**LINE, "key": key(2), "unit_price": "12000.555", "quantity": "-1"},
    )
    text = answer.content.decode()
    assert "“12000.555”不是金额" in text
    assert "“-1”不是数量" in text
    over = client.post(f"/window/stays/{stay}/lines", {**LINE, "key": key(3), "full_own": "13000"})
    assert "超过了总额 12,000 元" in over.content.decode()
    assert FeeLine.objects.count() == 0


def test_an_amount_outside_the_catalogue_is_all_the_persons_own(as_role: AsRole) -> None:
    client = as_role("clerk")
    stay = admitted(client, household_member())
    client.post(f"/window/stays/{stay}/lines", {**LINE, "key": key(2), "catalogue": "C"})
    line = FeeLine.objects.get()
    assert (line.total_fen, line.full_own_fen, line.in_scope_fen) == (1_200_000, 1_200_000, 0)


BILL = """项目,目录类别,数量,单价,总额,全自费,超限价,先行自付,政策范围
治疗,A,1,12000,12000,0,0,0,12000
药品,B,3,12.35,37.05,0,0,7.05,30
"""


def test_a_bill_comes_from_a_file_whole_or_with_every_fault_by_row(as_role: AsRole) -> None:
    client = as_role("clerk")
    stay = admitted(client, household_member())
    path = f"/window/stays/{stay}/file"
    wrong = BILL.replace(",12000,0", ",x,0").replace("12.35", "y")
    answer = client.post(path, {"key": key(2), "file": named("bill.csv", wrong)})
    text = answer.content.decode()
    assert "第2行 总额 = x" in text
    assert "第3行 单价 = y" in text
    assert FeeLine.objects.count() == 0
    assert client.post(path, {"key": key(3), "file": named("bill.csv", BILL)}).status_code == 302
    assert [line.total_fen for line in FeeLine.objects.order_by("number")] == [1_200_000, 3_705]


@pytest.mark.parametrize(
    ("name", "content"), [("bill.exe", "MZ"), ("bill.xlsx", BILL), ("b.csv", "")]
)
def test_a_file_that_is_no_bill_is_not_opened(as_role: AsRole, name: str, content: str) -> None:
    client = as_role("clerk")
    stay = admitted(client, household_member())
    answer = client.post(
        f"/window/stays/{stay}/file", {"key": key(2), "file": named(name, content)}
    )
    assert 'role="alert"' in answer.content.decode()
    assert FeeLine.objects.count() == 0


def named(name: str, content: str) -> SimpleUploadedFile:
    """A file as a browser sends it."""
    return SimpleUploadedFile(name, content.encode())


def test_a_preview_keeps_nothing_and_the_same_form_settles_once(as_role: AsRole) -> None:
    client = as_role("clerk")
    stay = admitted(client, household_member())
    client.post(f"/window/stays/{stay}/lines", {**LINE, "key": key(2)})
    shown = client.get(f"/window/stays/{stay}").content.decode()
    assert "预览：还没有结算" in shown
    assert Claim.objects.count() == 0
    for _again in range(2):
        answer = client.post(f"/window/stays/{stay}/settle", {"key": key(3), "day": "2018-05-09"})
        assert answer.status_code == 302
    assert Claim.objects.count() == 1
    other = client.post(f"/window/stays/{stay}/settle", {"key": key(4), "day": "2018-05-09"})
    assert other.status_code == 200
    assert Claim.objects.count() == 1


def test_who_is_not_insured_is_told_so_instead_of_a_preview(as_role: AsRole) -> None:
    client = as_role("clerk")
    stay = admitted(client, household_member(insured=False))
    client.post(f"/window/stays/{stay}/lines", {**LINE, "key": key(2)})
    text = client.get(f"/window/stays/{stay}").content.decode()
    assert "现在不能办理" in text
    assert "参保" in text


def test_a_day_without_a_version_in_force_is_named_and_not_guessed(as_role: AsRole) -> None:
    client, person = as_role("clerk"), household_member()
    enrol(person, 2019)
    stay = admitted(client, person)
    client.post(f"/window/stays/{stay}/lines", {**LINE, "key": key(2)})
    answer = client.post(f"/window/stays/{stay}/settle", {"key": key(3), "day": "2019-05-09"})
    assert "没有有效的政策" in answer.content.decode()


def test_more_than_is_owed_is_not_taken(as_role: AsRole) -> None:
    client = as_role("clerk")
    stay = admitted(client, household_member())
    client.post(f"/window/stays/{stay}/lines", {**LINE, "key": key(2)})
    client.post(f"/window/stays/{stay}/settle", {"key": key(3), "day": "2018-05-09"})
    answer = client.post(f"/window/stays/{stay}/pay", {"key": key(4), "amount": "99999"})
    assert "不能收 99,999 元" in answer.content.decode()


def test_a_stay_of_another_hospital_is_not_found(as_role: AsRole) -> None:
    client = as_role("clerk")
    stay = admitted(client, household_member())
    stranger = as_role("clerk", THERE)
    for path in ("", "/settle", "/lines", "/pay", "/instalments", "/refund"):
        send = stranger.get if path == "" else stranger.post
        assert send(f"/window/stays/{stay}{path}").status_code == 404


def test_the_screens_take_a_number_of_statements_that_does_not_grow(
    as_role: AsRole, statements: Statements
) -> None:
    client = as_role("clerk")
    person = household_member()
    stay = admitted(client, person)
    client.post(f"/window/stays/{stay}/lines", {**LINE, "key": key(2)})
    client.post(f"/window/stays/{stay}/settle", {"key": key(3), "day": "2018-05-09"})
    with statements(5):
        client.get("/window/")
    with statements(10):
        client.get(f"/window/people/{person.public_id}")
    with statements(11):
        client.get(f"/window/stays/{stay}")
