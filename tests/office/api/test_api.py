"""The API does what the window does, for the same people, once for each key."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from tests.office.api.conftest import Program, token_for
from tests.office.builders import (
    DAY,
    SAID,
    YUAN,
    clerk,
    close_and_draw,
    hospital,
    in_force,
    line,
    reverse,
    settled,
    someone,
    stay,
)

from doudi.office.accounts.errors import AccountRefused
from doudi.office.accounts.models import LookUp, User
from doudi.office.approvals.models import Proposal
from doudi.office.approvals.services import approve
from doudi.office.audit.models import Call
from doudi.office.ledger import services as ledger
from doudi.office.ledger.models import Statement
from doudi.office.registry.identity import decrypt, made_up_id_number
from doudi.office.settlement.models import Admission, Claim
from doudi.office.tokens.models import ApiToken
from doudi.office.tokens.services import issue_token, revoke_token, token_of

pytestmark = pytest.mark.django_db

Programs = Callable[..., Program]

# 12,000 yuan, 10,800 of them in the catalogue, in a hospital of level 3, registered: the own part
# of the background text's example, worked out by hand in tests/policies.
BILL, IN_SCOPE = 12_000 * YUAN, 10_800 * YUAN


def problem_of(answer: Any, status: int) -> dict[str, Any]:
    assert answer.status_code == status, answer.content.decode()
    assert answer["Content-Type"] == "application/problem+json"
    found: dict[str, Any] = answer.json()
    assert found["status"] == status
    assert found["zh"] and found["en"] and found["errors"]
    return found


def elsewhere() -> User:
    place = {"institution_id": hospital(2), "display_name": "窗口乙", "role": "clerk"}
    return User.objects.get_or_create(username="window2", defaults=place)[0]


# --- A day through the API ---


def test_a_stay_is_found_admitted_billed_previewed_settled_and_stated(program: Programs) -> None:
    person = someone()
    number = decrypt(person.id_cipher, public_id=person.public_id)
    here = program()
    found = here.post("people/find", {"id_number": number}).json()
    assert found == {"person": person.public_id}
    assert LookUp.objects.filter(person=person, user=clerk(hospital())).count() == 1
    admitted = here.post(
        "admissions", {**found, "admitted_on": "2018-05-09", "agreement": "协议1"}
    ).json()
    assert admitted["enrolled"] is True
    path = f"admissions/{admitted['admission']}"
    fees = {"lines": [line(BILL, IN_SCOPE).to_dict()]}
    assert here.post(f"{path}/fees", fees).json()["lines"] == 1
    day = {"settled_on": "2018-05-09"}
    before = here.post(f"{path}/preview", day).json()
    assert Claim.objects.count() == 0
    after = here.post(f"{path}/settlement", day).json()
    assert before | {"claim": ""} == after | {"claim": ""}
    # What the service gives an equal person, fen by fen.
    equal = settled(someone(), BILL, IN_SCOPE)
    payers = {f"{name}_fen": fen for name, fen in equal.answer["payers"].items()}
    assert (after["payers"], after["own_fen"]) == (payers, equal.own)
    assert sum(after["payers"].values()) + after["own_fen"] == after["bill_fen"] == BILL
    shown = here.get(f"claims/{after['claim']}").json()
    assert (shown["own_fen"], shown["owed_fen"]) == (equal.own, equal.own)
    assert shown["reversed"] is False
    month = here.get("statements/201805").json()
    assert month["closed"] is False
    owed = {row["payer"]: (row["amount_fen"], row["state"]) for row in month["payers"]}
    twice = {name: (2 * fen, "open") for name, fen in equal.answer["payers"].items()}
    assert owed == twice


def test_a_persons_year_is_shown_with_what_is_left_of_each_cap(program: Programs) -> None:
    person = someone()
    before = settled(person, BILL, IN_SCOPE)
    shown = program().get(f"people/{person.public_id}/entitlement", on="2018-06-01").json()
    assert (shown["enrolled"], shown["registered"], shown["serious"]) == (True, True, False)
    assert shown["rooms"]
    for room in shown["rooms"]:
        assert room["left_fen"] == room["cap_fen"] - room["used_fen"]
    assert before.answer["payers"]["basic"] in {room["used_fen"] for room in shown["rooms"]}


def test_a_months_statement_says_how_far_it_has_come(program: Programs) -> None:
    done = settled(someone(), BILL, IN_SCOPE)
    here = program("read")
    basic = done.answer["payers"]["basic"]

    def state() -> tuple[int, str]:
        rows = here.get("statements/201805").json()["payers"]
        return next((row["amount_fen"], row["state"]) for row in rows if row["payer"] == "basic")

    assert state() == (basic, "open")
    close_and_draw("201805")
    assert state() == (basic, "drawn")
    drawn = Statement.objects.get(payer="basic")
    for step, name in ((ledger.confirm_statement, "confirmed"), (ledger.pay_statement, "paid")):
        step(key=name, statement=drawn.pk, business_date=DAY + timedelta(days=40), **SAID)
        assert state() == (basic, name)
    empty = here.get("statements/201804").json()
    assert empty["closed"] is True
    assert {(row["amount_fen"], row["state"]) for row in empty["payers"]} == {(0, "closed")}


def test_an_estimate_needs_no_token_and_keeps_nothing() -> None:
    calls = Call.objects.count()
    given = {
        "date": "2018-05-09",
        "bill_fen": BILL,
        "catalogue_fen": IN_SCOPE,
        "hospital_level": 3,
        "registered": True,
        "serious": False,
        "outside_league": False,
    }
    found = Program(None).post("estimate", given).json()
    assert Call.objects.count() == calls
    assert found["unknown"] == []
    done = settled(someone(), BILL, IN_SCOPE)
    assert found["own_fen"] == done.own
    less = Program(None).post("estimate", {"date": "2018-05-09", "bill_fen": BILL}).json()
    assert "registered" in less["unknown"]
    assert less["own_from_fen"] <= found["own_fen"] <= less["own_to_fen"]


# --- Once for a key ---


def test_the_same_request_again_gets_the_kept_answer_and_another_is_refused(
    program: Programs,
) -> None:
    person = someone()
    admission = stay(person, BILL, IN_SCOPE)
    path = f"admissions/{admission}/settlement"
    first = program().post(path, {"settled_on": "2018-05-09"}, key="discharge-1")
    again = program().post(path, {"settled_on": "2018-05-09"}, key="discharge-1")
    assert first.json() == again.json()
    assert len(in_force(person)) == 1
    other = program().post(path, {"settled_on": "2018-05-10"}, key="discharge-1")
    assert "discharge-1" in problem_of(other, 409)["en"]
    # The key of another institution is another key.
    theirs = stay(someone(), BILL, at=hospital(2))
    there = Program(token_for(elsewhere()))
    settled_there = there.post(
        f"admissions/{theirs}/settlement", {"settled_on": "2018-05-09"}, key="discharge-1"
    )
    assert settled_there.status_code == 200
    assert settled_there.json()["admission"] == theirs


def test_a_request_without_a_key_is_refused(program: Programs) -> None:
    admission = stay(someone(), BILL)
    answer = program().post(
        f"admissions/{admission}/settlement", {"settled_on": "2018-05-09"}, key="short"
    )
    assert problem_of(answer, 422)["errors"][0]["field"] == "Idempotency-Key"


# --- A second person ---


def test_a_reversal_through_the_api_waits_for_a_second_person(program: Programs) -> None:
    done = settled(someone(), BILL, IN_SCOPE)
    path = f"claims/{done.claim}/reversal"
    answer = program().post(path, {"reason": "录错了人"}, key="reversal-1")
    assert answer.json()["state"] == "waiting"
    assert program().post(path, {"reason": "录错了人"}, key="reversal-1").json() == answer.json()
    assert program().get(f"claims/{done.claim}").json()["reversed"] is False
    waiting = problem_of(program().post(path, {"reason": "再来"}), 422)
    assert "正等待复核" in waiting["zh"]
    proposal = Proposal.objects.get()
    place = {"institution_id": hospital(), "display_name": "医保办", "role": "hospital"}
    checker = User.objects.create(username="checker", **place)
    approve(proposal=proposal, by=checker)
    shown = program().get(f"claims/{done.claim}").json()
    assert (shown["reversed"], shown["owed_fen"]) == (True, 0)


# --- Who may ---


def test_without_a_good_token_nothing_is_answered() -> None:
    for token in (None, "", "doudi_wrong", "x" * 300):
        answer = Program(token).get("statements/201805")
        problem_of(answer, 401)
        assert answer["WWW-Authenticate"] == "Bearer"


@pytest.mark.parametrize("ended", ["revoked", "expired", "disabled", "role"])
def test_a_token_ends_when_it_is_revoked_expired_or_its_account_is(ended: str) -> None:
    account = clerk(hospital())
    text = token_for(account)
    token = token_of(text)
    assert token is not None
    here = Program(text)
    assert here.get("statements/201805").status_code == 200
    if ended == "revoked":
        revoke_token(token=token, reason="离职")
        with pytest.raises(AccountRefused):
            revoke_token(token=token, reason="离职")
    elif ended == "expired":
        ApiToken.objects.update(expires_on=timezone.localdate() - timedelta(days=1))
    elif ended == "disabled":
        User.objects.filter(pk=account.pk).update(is_active=False)
    else:
        # A hospital's office may read, and settles nothing.
        User.objects.filter(pk=account.pk).update(role="hospital")
        assert here.get("statements/201805").status_code == 200
        problem_of(here.post("people/find", {"id_number": "152201196105010011"}), 403)
        return
    problem_of(here.get("statements/201805"), 401)


def test_the_text_of_a_token_is_stored_nowhere() -> None:
    text = token_for(clerk(hospital()))
    rows = [*ApiToken.objects.values(), *Call.objects.values()]
    assert len(rows) >= 2
    assert text not in str(rows) and text.removeprefix("doudi_") not in str(rows)


def test_a_token_does_only_what_it_is_for(program: Programs) -> None:
    person = someone()
    done = settled(person, BILL)
    admission = stay(person, BILL)
    for scopes, path, body in (
        (("read", "reverse"), f"admissions/{admission}/settlement", {"settled_on": "2018-05-09"}),
        (("read", "settle"), f"claims/{done.claim}/reversal", {"reason": "试"}),
    ):
        problem_of(program(*scopes).post(path, body), 403)
    problem_of(program("settle", "reverse").get(f"claims/{done.claim}"), 403)
    assert not Proposal.objects.exists()


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"scopes": ["settle", "everything"]}, "everything"),
        ({"scopes": []}, "scope"),
        ({"days": 367}, "367"),
        ({"days": 0}, "not 0"),
        ({"name": " "}, "name"),
    ],
)
def test_a_token_that_cannot_be_right_is_refused(change: dict[str, Any], said: str) -> None:
    given: dict[str, Any] = {"name": "系统", "scopes": ["read"], "days": 9, "reason": "试"} | change
    with pytest.raises(AccountRefused, match=said):
        issue_token(account=clerk(hospital()), **given)
    assert not ApiToken.objects.exists()


def test_a_role_that_does_not_settle_gets_no_token_that_does() -> None:
    place = {"institution_id": hospital(), "display_name": "医保办", "role": "hospital"}
    office = User.objects.create(username="office", **place)
    with pytest.raises(AccountRefused, match="settle"):
        issue_token(account=office, name="系统", scopes=["settle"], days=9, reason="试")


def test_an_institution_sees_only_its_own_stays_and_people() -> None:
    person = someone()
    done = settled(person, BILL)
    admission = stay(person, BILL)
    stranger = Program(token_for(elsewhere()))
    asked = (
        stranger.get(f"people/{person.public_id}/entitlement", on="2018-05-09"),
        stranger.get(f"claims/{done.claim}"),
        stranger.post(f"claims/{done.claim}/reversal", {"reason": "试"}),
        stranger.post(f"admissions/{admission}/preview", {"settled_on": "2018-05-09"}),
        stranger.post(f"admissions/{admission}/settlement", {"settled_on": "2018-05-09"}),
        stranger.post(f"admissions/{admission}/fees", {"lines": [line(1).to_dict()]}),
        stranger.post("admissions", {"person": person.public_id, "admitted_on": "2018-05-09"}),
    )
    for answer in asked:
        problem_of(answer, 404)
    month = stranger.get("statements/201805").json()
    assert {row["amount_fen"] for row in month["payers"]} == {0}
    assert Admission.objects.count() == 2
    assert Claim.objects.count() == 1
    assert Proposal.objects.count() == 0


# --- What is wrong is named ---


@pytest.mark.parametrize(
    ("change", "field", "value"),
    [
        ({"bill_fen": 1.0}, "bill_fen", None),
        ({"bill_fen": "100"}, "bill_fen", "100"),
        ({"bill_fen": True}, "bill_fen", True),
        ({"bill_fen": -1}, "bill_fen", -1),
        ({"date": "2018-02-30"}, "date", "2018-02-30"),
        ({"date": 20180509}, "date", 20180509),
        ({"catalogue_fen": 101}, "catalogue_fen", 101),
        ({"kind": "dentist"}, "kind", "dentist"),
        ({"yuan": 1}, "yuan", 1),
    ],
)
def test_a_field_that_is_wrong_is_named_with_its_value(
    change: dict[str, Any], field: str, value: Any
) -> None:
    answer = Program(None).post("estimate", {"date": "2018-05-09", "bill_fen": 100} | change)
    [fault] = problem_of(answer, 422)["errors"]
    assert (fault["field"], fault["value"]) == (field, value)


def test_every_wrong_line_of_a_bill_is_named_and_none_is_written(program: Programs) -> None:
    admission = stay(someone(), BILL)
    lines = [line(100).to_dict(), line(100, total_fen=99).to_dict(), line(5).to_dict()]
    lines[2]["in_scope_fen"] = 4
    found = problem_of(program().post(f"admissions/{admission}/fees", {"lines": lines}), 422)
    assert [fault["zh"][:3] for fault in found["errors"]] == ["第2行", "第2行", "第3行"]
    assert Admission.objects.get(public_id=admission).fee_lines.count() == 1


def test_an_id_number_is_never_sent_back(program: Programs) -> None:
    here = program()
    unknown = made_up_id_number(born=DAY, sex="1", serial=7).text
    wrong = unknown[:-1] + ("1" if unknown[-1] != "1" else "2")
    answers = [here.post("people/find", {"id_number": text}) for text in (unknown, wrong, "12")]
    assert [answer.status_code for answer in answers] == [404, 422, 422]
    for answer in answers:
        assert unknown[:10] not in answer.content.decode()
        assert '"value": "12"' not in answer.content.decode()


def test_what_the_service_refuses_is_said_in_both_languages(program: Programs) -> None:
    done = settled(someone(), BILL)
    path = f"admissions/{done.admission}/settlement"
    found = problem_of(program().post(path, {"settled_on": "2018-05-09"}), 422)
    assert "已经结算" in found["zh"] and "settled already" in found["en"]
    reverse(done.claim)
    problem_of(program().post(path, "{not json"), 400)


def test_too_many_estimates_from_one_address_are_refused() -> None:
    nobody = Program(None)
    given = {"date": "1999-01-01", "bill_fen": 1}
    for _ in range(60):
        problem_of(nobody.post("estimate", given), 422)
    answer = nobody.post("estimate", given)
    problem_of(answer, 429)
    assert 0 < int(answer["Retry-After"]) <= 60


def test_an_address_that_is_not_there_is_a_problem_to_programs(client: Client) -> None:
    found = problem_of(client.get("/api/no/such/address"), 404)
    assert "/api/openapi.json" in found["zh"]
