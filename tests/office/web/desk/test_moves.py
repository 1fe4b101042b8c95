"""Numbers, households and villages are put right on pages, by two, and only over their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client
from tests.office.builders import SAID
from tests.office.web.people_and_places import (
    HERE,
    THERE,
    account,
    household_member,
    make_place,
    make_village,
    son_of,
)

from doudi.office.approvals.models import Proposal
from doudi.office.registry import identity
from doudi.office.registry import services as registry
from doudi.office.registry.identity import made_up_id_number
from doudi.office.registry.models import Person
from doudi.office.registry.selectors import find_by_id_number

pytestmark = pytest.mark.django_db
AsRole = Callable[..., Client]
RIGHT = made_up_id_number(born=date(1955, 2, 3), sex="1", serial=17).text
WHEN = {"moved_on": "2018-05-09", "reason": "按村里的会议记录"}


def text_of(answer: Any) -> str:
    return str(answer.content.decode())


def proposed(client: Client, person: Person, kind: str, **given: Any) -> Proposal:
    address = f"/desk/people/{person.public_id}/changes/{kind}"
    first = text_of(client.post(address, given))
    assert "没有：这项变更不改变已结算的费用" in first, first
    answer = client.post(address, given | {"confirmed": "1"})
    assert answer.status_code == 302
    return Proposal.objects.get(kind=kind)


def approve(client: Client, proposal: Proposal) -> int:
    page = f"/desk/approvals/{proposal.public_id}"
    return client.post(page, {"decision": "approve", "remark": ""}).status_code


def with_son() -> tuple[Person, Person]:
    head = household_member(HERE, name="合成甲")
    son = son_of(head)
    return head, son


def test_an_id_number_is_corrected_by_two_and_stands_in_no_proposal(as_role: AsRole) -> None:
    person = household_member(HERE)
    old = identity.decrypt(person.id_cipher, public_id=person.public_id)
    maker, checker = as_role("village"), as_role("sumu")
    address = f"/desk/people/{person.public_id}/changes/correct_id_number"
    for confirmed in ({}, {"confirmed": "1"}):
        wrong = {"id_number": RIGHT[:-1] + "?", "reason": "重录"} | confirmed
        assert "应为 18 位" in text_of(maker.post(address, wrong))
    proposal = proposed(maker, person, "correct_id_number", id_number=RIGHT, reason="重录")
    assert RIGHT not in str(proposal.given)
    page = f"/desk/approvals/{proposal.public_id}"
    assert identity.masked(RIGHT) in text_of(checker.get(page))
    assert RIGHT in text_of(checker.post(page, {"decision": "reveal", "remark": "核对原件"}))
    assert approve(checker, proposal) == 302
    assert find_by_id_number(RIGHT) == person
    shown = text_of(maker.get(f"/desk/people/{person.public_id}"))
    assert "以前登记的身份证号" in shown and identity.masked(old) in shown
    assert old not in shown and RIGHT not in shown


def test_a_son_splits_off_and_the_history_shows_it(as_role: AsRole) -> None:
    head, son = with_son()
    maker, checker = as_role("village"), as_role("sumu")
    form = text_of(maker.get(f"/desk/people/{son.public_id}/changes/split_household"))
    assert f"member_{head.pk}" in form and "合成甲" in form
    proposal = proposed(maker, son, "split_household", household_number="NEW1", **WHEN)
    assert proposal.division_id == HERE.gacha
    assert approve(checker, proposal) == 302
    son.refresh_from_db()
    assert son.household is not None and son.household.number == "NEW1"
    for address in (
        f"/desk/people/{son.public_id}",
        f"/desk/households/{son.household_id}",
        f"/desk/households/{head.household_id}",
    ):
        shown = text_of(maker.get(address))
        assert "2018-05-09" in shown and "NEW1" in shown and "按村里的会议记录" in shown


def test_who_goes_along_is_named_to_the_checker(as_role: AsRole) -> None:
    head, son = with_son()
    wife = household_member(HERE, name="合成丙")
    Person.objects.filter(pk=wife.pk).update(household=head.household, relation="05")
    proposal = proposed(
        as_role("village"),
        son,
        "split_household",
        household_number="NEW1",
        **{f"member_{wife.pk}": "02"},
        **WHEN,
    )
    checker = as_role("sumu")
    assert "合成丙（配偶）" in text_of(checker.get(f"/desk/approvals/{proposal.public_id}"))
    assert approve(checker, proposal) == 302
    wife.refresh_from_db()
    son.refresh_from_db()
    assert (wife.household, wife.relation) == (son.household, "02")


def test_a_household_goes_to_another_banner_only_with_the_league(as_role: AsRole) -> None:
    person = household_member(HERE)
    make_place(THERE)
    proposal = proposed(
        as_role("sumu"), person, "move_household", division_code=THERE.gacha, **WHEN
    )
    page = f"/desk/approvals/{proposal.public_id}"
    for role, place in (("banner", HERE), ("banner", THERE), ("sumu", THERE)):
        assert as_role(role, place).get(page).status_code == 404
    assert approve(as_role("league"), proposal) == 302
    address = f"/desk/people/{person.public_id}"
    assert as_role("sumu").get(address).status_code == 404
    assert "全户" in text_of(as_role("sumu", THERE).get(address))


def test_somebody_joins_a_household_of_another_banner_only_with_the_league(
    as_role: AsRole,
) -> None:
    _head, son = with_son()
    there = household_member(THERE)
    assert there.household is not None
    proposal = proposed(
        as_role("village"),
        son,
        "join_household",
        household_number=there.household.number,
        relation="06",
        **WHEN,
    )
    page = f"/desk/approvals/{proposal.public_id}"
    assert as_role("banner").get(page).status_code == 404
    assert approve(as_role("league"), proposal) == 302
    son.refresh_from_db()
    assert son.household == there.household


def moved(person: Person, place: str) -> None:
    registry.move_household(
        **SAID, person_id=person.pk, division_code=place, moved_on=date(2018, 5, 8)
    )


@pytest.mark.parametrize("kind", ["split_household", "move_household", "record_phone"])
def test_who_moved_away_since_is_not_changed_where_they_lived(as_role: AsRole, kind: str) -> None:
    given = {
        "split_household": {"household_number": "NEW1"},
        "move_household": {"division_code": make_village(HERE).pk},
        "record_phone": {"phone": "13800138000"},
    }[kind]
    head, son = with_son()
    who = son if kind == "split_household" else head
    maker, checker = as_role("village"), as_role("sumu")
    proposal = proposed(maker, who, kind, **given, **WHEN)
    make_place(THERE)
    moved(head, THERE.gacha)
    page = f"/desk/approvals/{proposal.public_id}"
    assert "迁到了别处" in text_of(checker.post(page, {"decision": "approve", "remark": ""}))
    proposal.refresh_from_db()
    assert proposal.state == Proposal.State.WAITING
    who.refresh_from_db()
    assert (who.household, who.phone_cipher) == (head.household, None)
    head.refresh_from_db()
    assert head.household is not None and head.household.division_id == THERE.gacha
    assert checker.post(page, {"decision": "refuse", "remark": "已迁走"}).status_code == 302


def test_who_is_to_join_a_household_that_moved_away_since_stays(as_role: AsRole) -> None:
    _head, son = with_son()
    other = household_member(HERE)
    assert other.household is not None
    given = {"household_number": other.household.number, "relation": "06"}
    proposal = proposed(as_role("village"), son, "join_household", **given, **WHEN)
    make_place(THERE)
    moved(other, THERE.gacha)
    assert approve(as_role("banner"), proposal) == 200
    son.refresh_from_db()
    assert son.household != other.household


def test_a_move_within_what_the_checker_looks_after_hinders_nothing(as_role: AsRole) -> None:
    head, son = with_son()
    proposal = proposed(as_role("village"), son, "split_household", household_number="N1", **WHEN)
    moved(head, make_village(HERE).pk)
    assert approve(as_role("sumu"), proposal) == 302
    son.refresh_from_db()
    assert son.household is not None and son.household.number == "N1"


def test_who_proposed_a_move_does_not_approve_it(as_role: AsRole) -> None:
    _head, son = with_son()
    maker = as_role("sumu")
    proposal = proposed(maker, son, "split_household", household_number="NEW1", **WHEN)
    assert approve(maker, proposal) == 200
    proposal.refresh_from_db()
    assert proposal.state == Proposal.State.WAITING
    assert account("sumu").username != proposal.maker
