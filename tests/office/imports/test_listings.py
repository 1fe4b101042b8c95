"""A file puts who is registered already on disease lists: faults by cell, four eyes, undo."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from python_calamine import CalamineWorkbook
from tests.office.builders import DAY, LONG_AGO, YUAN, enrol, hospital, register, settled
from tests.office.builders import someone as someone_without_household
from tests.office.care.builders import designated
from tests.office.imports.files import (
    CHECKER,
    LEAGUE,
    LISTINGS_HEADING,
    MAKER,
    committed,
    line,
    listing_line,
    staged_listings,
)
from tests.office.registry.conftest import FAR_VILLAGE, SAID, VILLAGE, number, wrong_number

from doudi.office.audit.models import Call
from doudi.office.care import services as care
from doudi.office.care.selectors import chronic_figures, serious_figures, severe_patients
from doudi.office.imports import services
from doudi.office.imports.listings_undoing import CARED_FOR, ENDED
from doudi.office.imports.models import PeopleImport
from doudi.office.imports.people_undoing import CHANGED
from doudi.office.registry import services as registry
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.models import DiseaseListing, Person
from doudi.office.registry.selectors import find_by_id_number, standing_on
from doudi.office.settlement.models import Claim

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("divisions")]
SERIOUS = {"病种名单": "大病", "病种": "胃癌"}


def here(serial: int = 0, village: str = VILLAGE, name: str = "合成甲") -> Person:
    """Somebody registered in a village."""
    return registry.register_person(
        **SAID,
        name=name,
        id_number=number(serial),
        household_number=f"L{serial}",
        division_code=village,
        synthetic=True,
    )


def commit(waiting: PeopleImport, *, only_good: bool = False) -> int:
    return services.commit_import(**CHECKER, public_id=waiting.public_id, only_good=only_good)


def undo(waiting: PeopleImport) -> services.Undo:
    services.ask_to_undo(**MAKER, public_id=waiting.public_id)
    return services.undo_import(**CHECKER, public_id=waiting.public_id)


def faults(waiting: PeopleImport) -> dict[str, str]:
    """What is wrong, by cell."""
    rows = waiting.staged.order_by("row")
    return {note["cell"]: note["zh"] for row in rows for note in row.faults}


def cell(heading: str, row: int) -> str:
    return f"{chr(ord('A') + LISTINGS_HEADING.index(heading))}{row}"


# --- Reading ---


@pytest.mark.parametrize(
    ("wrong", "where", "said"),
    [
        ({"身份证号": wrong_number(0)}, "身份证号", "校验位"),
        ({"身份证号": "5.12322E+17"}, "身份证号", "后几位已经丢失"),
        ({"身份证号": number(99)}, "身份证号", "登记库里没有这个人"),
        ({"姓名": "合成乙"}, "姓名", "与登记库里的姓名不符"),
        ({"姓名": ""}, "姓名", "没有填"),
        ({"病种名单": "别的名单"}, "病种名单", "只能填 大病、慢性病、特殊慢性病、购药、重病兜底"),
        ({"病种名单": "=1+1"}, "病种名单", "是公式"),
        ({"病种": ""}, "病种", "没有填"),
        ({"开始日期": "4/28/2018"}, "开始日期", "分不清"),
        ({"开始日期": "2018-02-30"}, "开始日期", "没有这一天"),
        ({"最后一天": "2017-12-31"}, "最后一天", "早于开始日期"),
    ],
)
def test_a_wrong_cell_is_named(wrong: dict[str, str], where: str, said: str) -> None:
    waiting = staged_listings(listing_line(here(1)), listing_line(here(0), **wrong))
    found = faults(waiting)
    assert list(found) == [cell(where, 3)]
    assert said in found[cell(where, 3)]
    assert (waiting.good_rows, waiting.faulty_rows, waiting.held_rows) == (1, 1, 0)


@pytest.mark.parametrize("text", ["2018-04-28", "2018/4/28", "2018年4月28日", "20180428", "43218"])
def test_a_day_is_read_as_it_is_written(text: str) -> None:
    waiting = staged_listings(listing_line(here(), 开始日期=text))
    assert waiting.staged.get().listed_from == date(2018, 4, 28)


def test_a_name_that_is_only_written_otherwise_is_the_same() -> None:
    person = here(name="阿拉坦·其木格")
    assert staged_listings(listing_line(person, 姓名=" 阿拉坦•其木格 ")).good_rows == 1


def test_who_lives_elsewhere_is_as_unknown_as_nobody() -> None:
    far = here(1, FAR_VILLAGE, name="合成远")
    waiting = staged_listings(
        listing_line(far, 姓名="合成近"),
        listing_line(here(0), 身份证号=number(99)),
        division=VILLAGE,
    )
    rows = waiting.staged.order_by("row")
    said = [[(note["zh"], note["heading"]) for note in row.faults] for row in rows]
    assert said[0] == said[1] != []
    assert "合成远" not in str(said)
    assert {row.person for row in rows} == {""}


def test_somebody_twice_in_a_file_is_a_fault_only_on_the_same_days_of_the_same_list() -> None:
    person = here()
    waiting = staged_listings(
        listing_line(person, 最后一天="2018-06-30"),
        listing_line(person, 病种="糖尿病"),
        listing_line(person, 病种名单="购药"),
        listing_line(person, 开始日期="2018-07-01"),
        listing_line(person, 开始日期="2018-06-30", 最后一天="2018-06-30"),
    )
    assert faults(waiting) == {cell("病种", 6): "与第2行重复"}


def test_who_is_on_the_list_already_is_told_since_when() -> None:
    person = here()
    listing = _listed_by_hand(person, date(2017, 5, 1))
    waiting = staged_listings(listing_line(person))
    assert faults(waiting) == {cell("病种", 2): "登记库里已在这个名单上（2017-05-01 至 今）"}
    registry.withdraw_listing(**SAID, listing_id=listing.pk)
    assert staged_listings(listing_line(person)).good_rows == 1


def test_what_is_odd_is_told_and_hinders_nothing() -> None:
    later = (date.today() + timedelta(days=400)).isoformat()
    waiting = staged_listings(
        listing_line(here(0), 开始日期=later),
        listing_line(here(1), 开始日期="1950-01-01"),
        listing_line(here(2), **SERIOUS | {"病种": "疑难杂症"}),
    )
    rows = waiting.staged.order_by("row")
    told = {note["cell"]: note["zh"] for row in rows for note in row.warnings}
    assert "将来" in told[cell("开始日期", 2)]
    assert "早于出生日期" in told[cell("开始日期", 3)]
    assert "请核对写法" in told[cell("病种", 4)]
    assert waiting.good_rows == 3


def test_no_number_of_a_row_is_kept() -> None:
    row = staged_listings(listing_line(here())).staged.get()
    assert (row.id_cipher, row.id_index) == (None, "")
    assert number(0) not in str(PeopleImport.objects.values().get()) + str(row.__dict__)


def test_the_template_offers_the_lists_and_the_diseases() -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(services.listings_template()))
    heading = book.get_sheet_by_name("病种名单").to_python()[0]
    assert [str(text).removesuffix("（必填）") for text in heading] == LISTINGS_HEADING
    offered = {row[0] for row in book.get_sheet_by_name("选项").to_python()}
    assert set(DiseaseListing.List.labels) <= offered


def test_what_the_template_offers_is_read() -> None:
    rows = [
        listing_line(here(serial), 病种名单=label, 病种="食管癌")
        for serial, label in enumerate(DiseaseListing.List.labels)
    ]
    waiting = staged_listings(*rows)
    kinds = [row.diseases[0][0] for row in waiting.staged.order_by("row")]
    assert kinds == DiseaseListing.List.values


# --- Recording ---


@pytest.mark.clause("H-39")
@pytest.mark.clause("H-44")
@pytest.mark.clause("H-51")
def test_a_file_puts_people_on_the_lists_that_care_reads() -> None:
    serious, chronic, severe = here(0), here(1), here(2)
    waiting = staged_listings(
        listing_line(serious, **SERIOUS),
        listing_line(chronic, 最后一天="2018-12-31"),
        listing_line(severe, 病种名单="重病兜底", 病种="胃癌"),
    )
    assert not DiseaseListing.objects.exists()
    assert commit(waiting) == 3
    people = Person.objects.all()
    assert serious_figures(people, DAY).needed == 1
    assert chronic_figures(people, DAY) == (1, 0)
    assert severe_patients(people, DAY).get().person == severe
    row = chronic.listings.get()
    assert (row.valid_from, row.valid_to) == (date(2018, 1, 1), date(2018, 12, 31))
    assert (row.document, row.recorded_by) == ("卫健〔2018〕3号", CHECKER["actor"])
    call = Call.objects.get(service="commit_import")
    assert (call.detail["listings"], call.detail["uploaded_by"]) == (3, MAKER["actor"])


def test_who_sent_a_file_does_not_record_it_and_faults_stay_out() -> None:
    waiting = staged_listings(listing_line(here(0)), listing_line(here(1), 姓名="别人"))
    with pytest.raises(RegistryRefused, match="who sent the file"):
        services.commit_import(**MAKER, public_id=waiting.public_id, only_good=True)
    with pytest.raises(RegistryRefused, match="1 rows have faults"):
        commit(waiting)
    assert commit(waiting, only_good=True) == 1
    assert DiseaseListing.objects.get().person.name == "合成甲"


def _listed_by_hand(person: Person, since: date = DAY) -> DiseaseListing:
    given: dict[str, Any] = {"list": "chronic", "disease": "高血压", "document": "文件"}
    return registry.list_disease(**SAID, person_id=person.pk, valid_from=since, **given)


def _moved_away(person: Person) -> None:
    registry.move_household(
        **SAID, person_id=person.pk, division_code=FAR_VILLAGE, moved_on=date(2018, 5, 1)
    )


@pytest.mark.parametrize(
    ("meanwhile", "where"), [(_listed_by_hand, "病种"), (_moved_away, "身份证号")]
)
def test_what_the_registry_learned_meanwhile_is_marked_and_nothing_is_recorded(
    meanwhile: Callable[[Person], Any], where: str
) -> None:
    person = here(0)
    waiting = staged_listings(listing_line(person), listing_line(here(1)), division=VILLAGE)
    meanwhile(person)
    before = DiseaseListing.objects.count()
    with pytest.raises(RegistryRefused, match="1 rows no longer fit"):
        commit(waiting)
    assert DiseaseListing.objects.count() == before
    waiting.refresh_from_db()
    assert list(faults(waiting)) == [cell(where, 2)]
    assert (waiting.good_rows, waiting.held_rows, waiting.faulty_rows) == (1, 0, 1)
    assert commit(waiting, only_good=True) == 1


def _statements(act: Callable[[], Any]) -> int:
    with CaptureQueriesContext(connection) as queries:
        act()
    return len(queries)


def test_many_rows_take_as_many_statements_as_few() -> None:
    people = [here(serial) for serial in range(40)]
    few = [listing_line(person) for person in people[:2]]
    many = [listing_line(person, 病种="糖尿病") for person in people]
    taken: list[list[int]] = [[], [], []]
    for rows in (few, many):
        staged: list[PeopleImport] = []
        taken[0].append(_statements(lambda: staged.append(staged_listings(*rows))))  # noqa: B023
        taken[1].append(_statements(lambda: commit(staged[0])))  # noqa: B023
        taken[2].append(_statements(lambda: undo(staged[0])))  # noqa: B023
    for with_few, with_many in taken:
        assert with_many == with_few


# --- What is settled already ---


def treated() -> tuple[Person, list[str]]:
    """Somebody with two settled stays, of whom nobody knew a serious disease; and the stays."""
    person = here()
    enrol(person, 2018)
    register(person, LONG_AGO)
    return person, [settled(person, 50_000 * YUAN, at=hospital(2)).admission for _ in range(2)]


def test_what_was_settled_for_somebody_follows_the_list_as_it_was_shown_before() -> None:
    person, stays = treated()
    waiting = staged_listings(listing_line(person, **SERIOUS), listing_line(here(1)))
    assert list(services.to_settle_again(waiting)) == [person]
    shown = {each.after.admission: each.after.own_fen for each in services.preview_effects(waiting)}
    assert not DiseaseListing.objects.exists()
    commit(waiting)
    detail = Call.objects.get(service="commit_import").detail
    done = {each["admission"]: each["own_after_fen"] for each in detail["settled_again"]}
    assert done == shown
    assert done
    assert set(done) <= set(stays)
    newest = Claim.objects.filter(replaces__isnull=False)
    assert {claim.facts["serious"] for claim in newest} == {True}


def test_undoing_settles_again_what_the_list_had_changed() -> None:
    person, stays = treated()
    before = _own(person)
    waiting = staged_listings(listing_line(person, **SERIOUS))
    commit(waiting)
    assert _own(person) != before
    undo(waiting)
    assert _own(person) == before
    assert len(before) == len(stays)


def _own(person: Person) -> dict[str, int]:
    """What a person pays of each stay."""
    found: dict[str, int] = {}
    for claim in Claim.objects.filter(year__person=person):
        changes = [entry.changes["own_pay"] for entry in claim.entries.all()]
        stay = claim.admission.public_id
        found[stay] = found.get(stay, 0) + sum(changes)
    return found


def test_a_list_that_says_nothing_of_a_claim_settles_nothing_again() -> None:
    person, _stays = treated()
    waiting = staged_listings(listing_line(person))
    assert not services.to_settle_again(waiting).exists()
    commit(waiting)
    assert not Claim.objects.filter(replaces__isnull=False).exists()


# --- Undoing ---


def test_undoing_withdraws_the_listings_and_leaves_the_people() -> None:
    person = here()
    waiting = staged_listings(listing_line(person, **SERIOUS), listing_line(person))
    commit(waiting)
    done = undo(waiting)
    assert (len(done.withdrawn), done.staying) == (2, {})
    assert not standing_on(person.pk, DAY).serious
    assert DiseaseListing.with_withdrawn.count() == 2
    assert find_by_id_number(number(0)) == person
    waiting.refresh_from_db()
    assert (waiting.state, waiting.withdrawn_rows) == ("undone", 2)
    assert staged_listings(listing_line(person)).good_rows == 1


def test_undoing_needs_another_than_who_asked() -> None:
    waiting = staged_listings(listing_line(here()))
    commit(waiting)
    services.ask_to_undo(**MAKER, public_id=waiting.public_id)
    with pytest.raises(RegistryRefused, match="cannot do it as well"):
        services.undo_import(**MAKER, public_id=waiting.public_id)


def test_a_listing_that_something_rests_on_stays() -> None:
    ended, cared_for, plain, withdrawn = (here(serial) for serial in range(4))
    waiting = staged_listings(
        *(listing_line(person, **SERIOUS) for person in (ended, cared_for, plain, withdrawn))
    )
    commit(waiting)
    of = {person: person.listings.get() for person in (ended, cared_for, plain, withdrawn)}
    registry.end_listing(**SAID, listing_id=of[ended].pk, valid_to=date(2018, 12, 31))
    care.record_treatment(
        **SAID, listing_id=of[cared_for].pk, treated_on=DAY, institution=designated()
    )
    registry.withdraw_listing(**SAID, listing_id=of[withdrawn].pk)
    done = undo(waiting)
    assert done.withdrawn == (of[plain].pk,)
    assert done.staying == {of[ended].pk: ENDED, of[cared_for].pk: CARED_FOR}


def test_a_listing_that_a_file_brought_by_its_end_is_no_listing_that_was_ended_since() -> None:
    person = here()
    waiting = staged_listings(listing_line(person, 最后一天="2018-12-31"))
    commit(waiting)
    assert undo(waiting).staying == {}


def test_whoever_a_file_of_listings_named_since_stays_when_the_people_are_undone() -> None:
    people = committed(line(0), line(1))
    named = find_by_id_number(number(0))
    assert named is not None
    commit(staged_listings(listing_line(named)))
    plan = services.plan_undo(people)
    assert plan.staying == {named.pk: CHANGED}


def test_nobody_without_a_household_is_put_on_a_list_by_a_file() -> None:
    """Without a village nobody can tell who looks after them."""
    waiting = staged_listings(listing_line(someone_without_household()), division=LEAGUE)
    assert list(faults(waiting)) == [cell("身份证号", 2)]
