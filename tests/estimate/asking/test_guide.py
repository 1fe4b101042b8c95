"""One question at a time: nothing idle is asked, nothing said is lost, the answer is the same."""

from __future__ import annotations

import json
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.estimate.asking.walks import (
    CEILING,
    DAY,
    GUIDE,
    HINGGAN,
    matters_to_bill,
    matters_to_grants,
    replies_to,
    walk_through,
)

import doudi
from doudi.estimate.answer import guaranteed_own
from doudi.estimate.asking import (
    BillResult,
    HouseholdResult,
    LimitsResult,
    NotInForce,
    Question,
    Walk,
)
from doudi.estimate.asking.structure import RECIPIENTS
from doudi.estimate.asking.wording import pack_words
from doudi.estimate.entitlements import answer_household
from doudi.estimate.household_file import parse_household
from doudi.estimate.unknowns import ask
from doudi.rules.amounts import LARGEST_AMOUNT
from doudi.rules.entitlements import Recipient

SLOW = settings(
    max_examples=8, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
A_BILL = {"way": "bill", "period": DAY.isoformat()}
STRUCTURE = ("way", "period", "place", "kind", "bill")


def known_of(replies: Any) -> dict[str, Any]:
    return {
        slot: reply
        for slot, reply in replies.items()
        if reply is not None and slot not in ("way", "period", "place")
    }


def bill_of(**replies: Any) -> Walk:
    return GUIDE.walk({**A_BILL, "kind": "inpatient", **replies})


def asked_until_the_end(replies: dict[str, Any]) -> list[str]:
    """The questions that someone is asked who says 不清楚 to everything not in ``replies``."""
    walk, slots = GUIDE.walk({}), []
    while walk.next is not None:
        slot = walk.next.slot
        slots.append(slot)
        walk = GUIDE.reply(walk.replies, slot, replies.get(slot))
    return slots


# ---- Nothing is asked that can no longer change the answer ---------------------------------------


@SLOW
@given(st.data())
def test_no_question_about_a_bill_is_asked_that_cannot_change_an_amount(
    data: st.DataObject,
) -> None:
    for walk in walk_through(data, A_BILL):
        question, known = walk.next, known_of(walk.replies)
        if question is None or question.slot in STRUCTURE or not {"kind", "bill"} <= set(known):
            continue
        assert matters_to_bill(known, question.slot), (question.slot, known)


@SLOW
@given(st.data())
def test_nothing_is_left_open_that_still_moves_the_answer_to_a_bill(data: st.DataObject) -> None:
    *_, last = walk_through(data, {**A_BILL, "bill": 1_200_000, "own_so_far": 0})
    result = GUIDE.result(last.replies)
    if isinstance(result, BillResult):
        not_known = {slot for slot, reply in last.replies.items() if reply is None}
        assert set(result.answer.unknown) <= not_known


@SLOW
@given(st.data(), st.sampled_from(["household", "gacha", "banner", "league", "doctor", None]))
def test_no_question_about_a_household_is_asked_that_cannot_change_what_is_granted(
    data: st.DataObject, way: str | None
) -> None:
    for walk in walk_through(data, {"way": way, "3.label": "nobody"}, most=60):
        question = walk.next
        if question is None or question.name in ("way", "period", "place", "label"):
            continue
        recipients = (Recipient.PERSON,) if question.person else RECIPIENTS[way or "household"]
        prefix = f"{question.person}."
        known = {
            slot.removeprefix(prefix): reply
            for slot, reply in known_of(walk.replies).items()
            if "." not in slot or slot.startswith(prefix)
        }
        latest = "2018-12-31" if way in ("household", "banner", "doctor", None) else "2017-12-31"
        day = date.fromisoformat(str(walk.replies["period"] or latest))
        place = str(walk.replies["place"] or "")
        household = {"households": 1} if way in ("household", None) else {}
        assert matters_to_grants({**household, **known}, question.name, recipients, day, place), (
            question.slot,
            known,
        )


def test_a_household_that_is_not_registered_is_asked_only_about_the_two_operations() -> None:
    asked = asked_until_the_end(
        {
            "way": "household",
            "period": "2018-12-31",
            "place": "1522",
            "registered": False,
            "1.label": "elder",
            "2.label": "nobody",
        }
    )
    assert asked == [
        *("way", "period", "place", "registered", "1.label"),
        *("1.needs_cataract_surgery", "1.needs_femoral_replacement", "2.label"),
    ]


def test_a_serious_disease_is_asked_about_only_where_the_deductible_can_be_passed() -> None:
    small = {**A_BILL, "kind": "inpatient", "bill": 1_200_000, "registered": True}
    large = {**small, "bill": 12_000_000}
    assert "serious" not in asked_until_the_end(small)
    assert "serious" in asked_until_the_end(large)
    assert "serious" not in asked_until_the_end({**large, "registered": False})


def test_the_year_is_asked_about_only_of_the_registered() -> None:
    stay = {**A_BILL, "kind": "inpatient", "bill": 1_200_000}
    assert "own_so_far" in asked_until_the_end({**stay, "registered": True})
    assert "own_so_far" in asked_until_the_end(stay)
    assert "own_so_far" not in asked_until_the_end({**stay, "registered": False})


def test_a_year_without_a_policy_ends_the_questions_at_once() -> None:
    for day in ("2019-01-01", "2017-12-31"):
        walk = GUIDE.walk({"way": "bill", "period": day})
        assert walk.next is None
        assert isinstance(GUIDE.result(walk.replies), NotInForce)


def test_a_place_of_which_no_text_speaks_ends_the_questions_at_once() -> None:
    walk = GUIDE.walk({"way": "household", "period": "2018-12-31", "place": "9999"})
    assert walk.next is None


# ---- The answer is that of doudi.estimate --------------------------------------------------------


@settings(max_examples=5, suppress_health_check=[HealthCheck.too_slow])
@given(st.data())
def test_a_bill_gets_the_answer_that_the_estimate_gives_to_the_same_facts(
    data: st.DataObject,
) -> None:
    *_, last = walk_through(data, A_BILL)
    result, known = GUIDE.result(last.replies), known_of(last.replies)
    if not {"kind", "bill"} <= set(known):
        assert isinstance(result, LimitsResult)
        return
    assert isinstance(result, BillResult)
    if result.year_open:
        known["own_so_far"] = data.draw(st.integers(0, 2 * CEILING))
    expected = doudi.estimate.estimate(date=DAY, **known).to_dict()
    found = result.answer.to_dict()
    if not result.year_open:
        assert found == expected
        return
    assert found["guaranteed_own_fen"] >= expected["guaranteed_own_fen"]
    for name, (low, high) in expected["range"].items():
        assert found["range"][name][0] <= low, name
        assert high <= found["range"][name][1], name


@SLOW
@given(st.data(), st.sampled_from(["household", "gacha", "banner", "league"]))
def test_a_household_gets_the_answer_that_its_file_would_get(data: st.DataObject, way: str) -> None:
    *_, last = walk_through(data, {"way": way, "3.label": "nobody"}, most=60)
    result = GUIDE.result(last.replies)
    assert isinstance(result, HouseholdResult)
    text = json.dumps(file_of(last.replies, way), ensure_ascii=False)
    expected = answer_household(parse_household(text, GUIDE.policies), GUIDE.policies).to_dict()
    found = result.answer.to_dict()
    for member in (*found["members"], *expected["members"]):
        member.pop("label")
    assert found == expected


def file_of(replies: Any, way: str) -> dict[str, Any]:
    """The replies as the file that `doudi estimate --household` reads (JSON is YAML too)."""
    yuan = ("conversion_fees", "cost_price")
    shown = {
        slot: f"{reply // 100}.{reply % 100:02}" if slot.split(".")[-1] in yuan and reply else reply
        for slot, reply in replies.items()
    }
    members = []
    number = 1
    while way == "household" and is_named(number, replies):
        prefix = f"{number}."
        facts = {
            slot.removeprefix(prefix): reply
            for slot, reply in shown.items()
            if slot.startswith(prefix) and not slot.endswith("label")
        }
        members.append({"label": f"家人{number}", "facts": facts})
        number += 1
    known = {
        slot: reply
        for slot, reply in shown.items()
        if "." not in slot and slot not in ("way", "period", "place")
    }
    if way == "household":
        known["households"] = 1
    return {
        "date": replies["period"]
        or ("2018-12-31" if way in ("household", "banner") else "2017-12-31"),
        "kind": way,
        "place": replies.get("place"),
        "facts": known,
        **({"members": members} if members else {}),
    }


def is_named(number: int, replies: Any) -> bool:
    """不清楚 stands for somebody the first time, and for nobody else after that."""
    reply = replies.get(f"{number}.label", "nobody")
    return reply != "nobody" and (reply is not None or number == 1)


def test_without_a_total_the_answer_is_the_most_that_any_bill_can_leave() -> None:
    replies = {
        **A_BILL,
        "kind": "inpatient",
        "bill": None,
        "registered": True,
        "own_so_far": 180_000,
    }
    result = GUIDE.result(replies)
    assert isinstance(result, LimitsResult)
    assert [(limit.kind, limit.most) for limit in result.limits] == [("inpatient", 320_000)]
    unregistered = GUIDE.result({**replies, "registered": False})
    assert isinstance(unregistered, LimitsResult)
    assert [limit.most for limit in unregistered.limits] == [None]


def test_without_a_kind_the_answer_names_the_most_of_each_kind() -> None:
    result = GUIDE.result({**A_BILL, "kind": None, "bill": 1_000_000, "registered": True})
    assert isinstance(result, LimitsResult)
    # A stay: a tenth of the bill (H-11). All others: 5,000 yuan (H-12), since the catalogue part
    # may be nothing.
    assert {limit.kind: limit.most for limit in result.limits} == {
        "inpatient": 100_000,
        "chronic": 500_000,
        "drug_purchase": 500_000,
        "outpatient": 500_000,
        "observation": 500_000,
        "family_bed": 500_000,
        "package": 500_000,
    }


@SLOW
@given(st.integers(0, LARGEST_AMOUNT), st.integers(0, 2 * CEILING), st.sampled_from(GUIDE.kinds))
def test_no_bill_leaves_more_than_the_limit_of_an_unknown_one(
    bill: int, paid: int, kind: str
) -> None:
    result = GUIDE.result(
        {**A_BILL, "kind": kind, "bill": None, "registered": True, "own_so_far": paid}
    )
    assert isinstance(result, LimitsResult)
    (limit,) = result.limits
    question = ask(
        HINGGAN, {"kind": kind, "bill": bill, "registered": True}, DAY, {"registered_own": paid}
    )
    most = guaranteed_own(question)
    assert limit.most is not None
    assert most is not None
    assert most <= limit.most


# ---- Going back and changing ---------------------------------------------------------------------


@SLOW
@given(st.data(), st.sampled_from(["bill", "household"]))
def test_a_change_keeps_every_other_reply_that_still_applies(data: st.DataObject, way: str) -> None:
    fixed = {"way": way, "period": DAY.isoformat(), "place": "1522"}
    fixed["3.label"] = "nobody"
    *_, last = walk_through(data, fixed, most=60)
    changed = data.draw(
        st.sampled_from([one for one in last.questions if one.slot in last.replies])
    )
    reply = data.draw(replies_to(changed))
    walk = GUIDE.reply(last.replies, changed.slot, reply)
    assert walk.replies[changed.slot] == reply
    for slot, before in last.replies.items():
        if slot != changed.slot and slot in walk.replies:
            assert walk.replies[slot] == before, slot
    dropped = set(last.replies) - set(walk.replies)
    for slot in dropped:
        # It did not apply before its turn came, and it would not be asked now.
        assert walk.question(slot) is None or walk.next is walk.question(slot), slot
    if reply == last.replies[changed.slot]:
        assert walk.replies == last.replies


def test_a_smaller_total_asks_again_for_the_part_that_no_longer_fits() -> None:
    walk = bill_of(bill=1_000_000, registered=True, hospital_level=3, catalogue=900_000)
    smaller = GUIDE.reply(walk.replies, "bill", 500_000)
    assert "catalogue" not in smaller.replies
    assert smaller.replies["hospital_level"] == 3
    larger = GUIDE.reply(walk.replies, "bill", 2_000_000)
    assert larger.replies["catalogue"] == 900_000


def test_another_kind_drops_the_hospital_and_keeps_the_total() -> None:
    walk = bill_of(bill=1_000_000, registered=True, hospital_level=3, catalogue=900_000)
    chronic = GUIDE.reply(walk.replies, "kind", "chronic")
    assert set(walk.replies) - set(chronic.replies) == {"hospital_level"}
    assert chronic.replies["catalogue"] == 900_000


def test_a_question_that_a_change_opens_is_asked_next_and_the_later_replies_stay() -> None:
    walk = bill_of(
        bill=12_000_000,
        registered=False,
        hospital_level=3,
        outside_league=False,
        catalogue=12_000_000,
    )
    assert walk.next is None
    registered = GUIDE.reply(walk.replies, "registered", True)
    assert registered.next is not None
    assert registered.next.slot == "serious"
    assert registered.replies["catalogue"] == 12_000_000


def test_a_member_who_is_taken_away_takes_the_replies_about_them_along() -> None:
    walk = GUIDE.walk(
        {
            "way": "household",
            "period": "2018-12-31",
            "place": "1522",
            "registered": True,
            "1.label": "head",
            "1.serious": True,
            "2.label": "elder",
            "2.serious": True,
            "2.bedridden_long_term": True,
        }
    )
    assert "2.serious" in walk.replies
    without = GUIDE.reply(walk.replies, "2.label", "nobody")
    assert not [slot for slot in without.replies if slot.startswith("2.") and slot != "2.label"]
    assert without.replies["1.serious"] is True


def test_a_reply_that_no_question_takes_counts_as_none() -> None:
    for reply in (True, "1", 4, -1):
        assert "hospital_level" not in bill_of(bill=1_200_000, hospital_level=reply).replies
    for amount in (-1, 10**13, "12000", True, 1.5):
        assert "bill" not in bill_of(bill=amount).replies
    assert "registered" not in bill_of(bill=1_200_000, registered=1).replies
    assert "made_up" not in bill_of(made_up=True).replies


# ---- The words ---------------------------------------------------------------------------------


def every_question() -> list[Question]:
    """One of each question, from people who say yes to what opens others and 不清楚 to the rest."""
    found: dict[str, Question] = {}
    opens: dict[str, Any] = {
        "registered": True,
        "contracted_doctor": True,
        "bill": 12_000_000,
        "kind": "inpatient",
        "1.label": "head",
    }
    for way in ("bill", *RECIPIENTS):
        for place in range(2):
            walk = GUIDE.walk({"way": way})
            for _ in range(60):
                question = walk.next
                if question is None:
                    break
                found[question.name] = question
                reply = opens.get(question.slot)
                if question.name == "period":
                    reply = question.options[place].value
                walk = GUIDE.reply(walk.replies, question.slot, reply)
            assert walk.next is None
    return list(found.values())


def test_every_question_is_put_in_its_own_words_in_both_languages() -> None:
    questions = every_question()
    worded = {"way", "period", "place", "label", "own_so_far"}.union(
        *map(pack_words, GUIDE.policies)
    )
    assert len(questions) >= 40
    for question in questions:
        title = question.words.title
        assert title.zh.endswith("？"), question.name
        assert title.en.endswith("?"), question.name
        assert question.name in worded, question.name
        assert len(title.zh) <= 28, question.name


@pytest.mark.clause("X-02")
@pytest.mark.clause("X-01")
def test_the_years_to_choose_from_are_those_of_the_texts() -> None:
    period = GUIDE.walk({"way": "household"}).next
    assert period is not None
    assert [option.words.zh for option in period.options] == [
        "2018年",
        "2013年到2017年",
        "2019年以后",
        "2012年以前",
    ]
    bill = GUIDE.walk({"way": "bill"}).next
    assert bill is not None
    assert [option.words.zh for option in bill.options] == ["2018年", "2019年以后", "2017年以前"]
