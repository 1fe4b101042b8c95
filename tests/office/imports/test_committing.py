"""A second person records what waits: all of it or the good rows, and takes it back again."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext
from tests.office import builders
from tests.office.imports.files import CHECKER, MAKER, committed, line, staged
from tests.office.registry.conftest import OTHER_VILLAGE, SAID, VILLAGE, number

from doudi.office.audit.models import Call
from doudi.office.imports import services
from doudi.office.imports.models import PeopleImport
from doudi.office.registry import identity, selectors
from doudi.office.registry import services as registry
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.models import Enrolment, Household, Person, RegistrationPeriod
from doudi.office.registry.selectors import standing_on

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("divisions")]


def commit(waiting: PeopleImport, *, only_good: bool = False, **who: Any) -> int:
    return services.commit_import(**CHECKER | who, public_id=waiting.public_id, only_good=only_good)


def undo(done: PeopleImport) -> services.Undo:
    services.ask_to_undo(**MAKER, public_id=done.public_id)
    return services.undo_import(**CHECKER, public_id=done.public_id)


def someone(serial: int = 0) -> Person:
    found = selectors.find_by_id_number(number(serial))
    assert found is not None
    return found


# --- Recording ---


def test_everything_a_row_says_is_recorded() -> None:
    waiting = staged(
        line(0, 退出日期="2018-12-31", 健康状况="大病", 社保卡号="A1234 5678"),
        line(1, 户编号="H0", 与户主关系="之子", 建档立卡日期="", 致贫原因=""),
    )
    assert commit(waiting) == 2
    head, son = someone(0), someone(1)
    assert head.household == son.household
    assert head.household is not None
    assert (head.household.number, head.household.division_id) == ("H0", VILLAGE)
    assert (head.name, head.initials, head.relation) == ("甲0", "j0", "01")
    assert (head.sex, head.health) == ("1", "serious")
    assert head.synthetic
    assert head == selectors.find_by_card("A12345678")
    assert identity.decrypt(head.id_cipher, public_id=head.public_id) == number(0)
    period = head.registrations.get()
    assert (period.valid_from, period.valid_to, period.cause) == (
        date(2016, 1, 5),
        date(2018, 12, 31),
        "01",
    )
    assert (period.document, period.recorded_by) == ("扶贫办〔2016〕1号", "乡乙")
    years = head.enrolments.order_by("year").values_list("year", "premium_own_fen", "paid_by")
    assert list(years) == [(2017, 220_00, "government"), (2018, 220_00, "government")]
    assert not son.registrations.exists()
    assert standing_on(head.pk, date(2018, 5, 1)).registered
    call = Call.objects.get(service="commit_import")
    assert call.detail["people"] == 2
    assert (call.actor, call.detail["uploaded_by"]) == ("乡乙", "村甲")


def test_who_sent_a_file_does_not_record_it() -> None:
    waiting = staged(line(0))
    with pytest.raises(RegistryRefused, match="who sent the file"):
        commit(waiting, actor=MAKER["actor"])
    with pytest.raises(IntegrityError), transaction.atomic():
        PeopleImport.objects.filter(pk=waiting.pk).update(
            state="committed", decided_by=MAKER["actor"]
        )
    assert not Person.objects.exists()


def test_with_faults_only_the_good_rows_can_go_in() -> None:
    waiting = staged(line(0), line(1, 身份证号="1"))
    with pytest.raises(RegistryRefused, match="1 rows have faults"):
        commit(waiting)
    assert commit(waiting, only_good=True) == 1
    assert list(Household.objects.values_list("number", flat=True)) == ["H0"]


def test_a_file_is_recorded_once() -> None:
    waiting = staged(line(0))
    commit(waiting)
    with pytest.raises(RegistryRefused, match="committed"):
        commit(waiting)
    assert Person.objects.count() == 1


def test_members_can_join_a_household_that_is_there() -> None:
    committed(line(0))
    done = committed(line(1, 户编号="H0", 与户主关系="之子"))
    assert (done.state, done.committed_rows) == ("committed", 1)
    assert someone(0).household == someone(1).household


@pytest.mark.parametrize("meanwhile", ["person", "head", "elsewhere"])
def test_what_the_registry_learned_meanwhile_is_marked_and_nothing_is_recorded(
    meanwhile: str,
) -> None:
    waiting = staged(line(0), line(1, 户编号="H0", 与户主关系="之子"), line(2))
    given: dict[str, Any] = {
        "person": {"id_number": number(0)},
        "head": {"id_number": number(9), "household_number": "H0", "division_code": VILLAGE},
        "elsewhere": {
            "id_number": number(9),
            "household_number": "H0",
            "division_code": OTHER_VILLAGE,
        },
    }[meanwhile]
    registry.register_person(**SAID, name="乙", synthetic=True, **given)
    with pytest.raises(RegistryRefused, match="no longer fit"):
        commit(waiting)
    waiting.refresh_from_db()
    assert Person.objects.count() == 1
    assert waiting.good_rows == 1
    assert waiting.faulty_rows + waiting.held_rows == 2
    assert commit(waiting, only_good=True) == 1


def test_statements_do_not_grow_with_the_people() -> None:
    def statements(first: int, people: int) -> int:
        waiting = staged(*[line(serial) for serial in range(first, first + people)])
        with CaptureQueriesContext(connection) as queries:
            commit(waiting)
        return len(queries)

    assert statements(0, 3) == statements(100, 60)


# --- Undoing ---


def test_an_undone_import_leaves_nobody_to_be_found_and_deletes_nothing() -> None:
    done = committed(line(0), line(1, 户编号="H0", 与户主关系="之子"), line(2))
    found = someone(0)
    answer = undo(done)
    assert (len(answer.withdrawn), answer.staying) == (3, {})
    assert not Person.objects.exists()
    assert not Household.objects.exists()
    assert selectors.find_by_id_number(number(0)) is None
    assert not standing_on(found.pk, date(2018, 5, 1)).registered
    assert Person.with_withdrawn.count() == 3
    assert RegistrationPeriod.objects.count() == 3
    assert Enrolment.objects.count() == 6
    done.refresh_from_db()
    assert (done.state, done.withdrawn_rows) == ("undone", 3)
    assert Call.objects.get(service="undo_import").detail["withdrawn"] == 3


def test_the_right_file_can_be_recorded_after_the_wrong_one_was_undone() -> None:
    undo(committed(line(0)))
    committed(line(0, 村代码=OTHER_VILLAGE))
    household = someone(0).household
    assert household is not None
    assert household.division_id == OTHER_VILLAGE


def test_who_asks_to_undo_does_not_do_it() -> None:
    done = committed(line(0))
    with pytest.raises(RegistryRefused, match="nobody has asked"):
        services.undo_import(**CHECKER, public_id=done.public_id)
    services.ask_to_undo(**MAKER, public_id=done.public_id)
    with pytest.raises(RegistryRefused, match="cannot do it as well"):
        services.undo_import(**MAKER, public_id=done.public_id)
    with pytest.raises(IntegrityError), transaction.atomic():
        PeopleImport.objects.filter(pk=done.pk).update(undone_by=MAKER["actor"])
    assert Person.objects.count() == 1


def test_a_request_to_undo_can_be_turned_down_and_made_again() -> None:
    done = committed(line(0))
    services.ask_to_undo(**MAKER, public_id=done.public_id)
    services.decline_undo(**CHECKER, public_id=done.public_id)
    with pytest.raises(RegistryRefused):
        services.undo_import(**CHECKER, public_id=done.public_id)
    assert undo(done).staying == {}


def test_whoever_was_treated_stays_and_the_household_stays_whole() -> None:
    done = committed(line(0), line(1, 户编号="H0", 与户主关系="之子"), line(2))
    treated, mate = someone(0), someone(1)
    builders.admitted(treated)
    answer = undo(done)
    assert {pk: zh for pk, (zh, _en) in answer.staying.items()} == {
        treated.pk: "已有就医记录",
        mate.pk: "同户有人不能撤销",
    }
    assert set(Person.objects.values_list("pk", flat=True)) == {treated.pk, mate.pk}
    assert list(Household.objects.values_list("number", flat=True)) == ["H0"]
    assert standing_on(treated.pk, date(2018, 5, 1)).registered


def test_whoever_was_changed_since_stays() -> None:
    done = committed(line(0), line(1))
    period = someone(0).registrations.get()
    registry.end_registration(**SAID, period_id=period.pk, valid_to=date(2018, 12, 31))
    registry.reveal_id_number(**SAID, person_id=someone(1).pk)
    answer = undo(done)
    assert [zh for zh, _en in answer.staying.values()] == ["入库以后登记有变更"]
    assert len(answer.withdrawn) == 1


def test_a_household_that_somebody_joined_since_stays() -> None:
    done = committed(line(0))
    registry.register_person(
        **SAID,
        name="乙",
        id_number=number(9),
        relation="03",
        household_number="H0",
        synthetic=True,
    )
    services.ask_to_undo(**MAKER, public_id=done.public_id)
    with pytest.raises(RegistryRefused, match="nothing of this import"):
        services.undo_import(**CHECKER, public_id=done.public_id)
    assert [zh for zh, _en in services.plan_undo(done).staying.values()] == ["同户有后来登记的人"]


def test_a_member_who_joined_by_an_import_goes_and_the_household_stays() -> None:
    committed(line(0))
    done = committed(line(1, 户编号="H0", 与户主关系="之子"))
    assert len(undo(done).withdrawn) == 1
    assert Person.objects.get() == someone(0)
    assert Household.objects.count() == 1


def test_what_was_read_of_a_discarded_file_is_removed() -> None:
    waiting = staged(line(0))
    services.discard_import(**MAKER, public_id=waiting.public_id)
    waiting.refresh_from_db()
    assert (waiting.state, waiting.staged.count()) == ("discarded", 0)
    with pytest.raises(RegistryRefused):
        commit(waiting)
