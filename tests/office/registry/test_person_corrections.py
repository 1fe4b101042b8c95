"""What was recorded wrongly of a person is put right by name, and what stood there is kept."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone
from tests.office.builders import DAY, SAID, YUAN, settle, someone, stay
from tests.office.web.people_and_places import HERE, household_member

from doudi.office.audit.models import Call
from doudi.office.registry import identity, services
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.identity import made_up_id_number
from doudi.office.registry.models import Enrolment, Person, SealedNumber
from doudi.office.registry.selectors import find_by_id_number, standing_on
from doudi.office.settlement.refusals import NotEnrolled

pytestmark = pytest.mark.django_db


def detail_of(service: str) -> dict[str, object]:
    found = Call.objects.get(service=service)
    assert (found.actor, found.reason) == (SAID["actor"], SAID["reason"])
    detail: dict[str, object] = found.detail
    return detail


def with_spouse() -> tuple[Person, Person]:
    head = household_member(HERE, name="合成单甲")
    assert head.household is not None
    spouse = someone()
    Person.objects.filter(pk=spouse.pk).update(household=head.household, relation="02")
    return head, Person.objects.get(pk=spouse.pk)


def test_a_name_is_put_right_and_found_by_its_initials() -> None:
    person = household_member(HERE, name="合成李四")
    services.correct_person(**SAID, person_id=person.pk, name="合成王五", relation="01")
    found = Person.objects.get(pk=person.pk)
    assert (found.name, found.relation) == ("合成王五", "01")
    assert "ww" in found.initials
    assert detail_of("correct_person") == {
        "before": {"name": "合成李四", "relation": "01"},
        "after": {"name": "合成王五", "relation": "01"},
    }


@pytest.mark.parametrize(
    ("name", "relation", "said"),
    [
        ("甲", "02", "没有改动"),
        ("", "02", "姓名没有填"),
        ("甲", "88", "与户主关系"),
        ("甲", "01", "更换户主"),
        ("字" * 61, "02", "姓名"),
    ],
)
def test_a_correction_that_is_none_is_refused(name: str, relation: str, said: str) -> None:
    _head, spouse = with_spouse()
    with pytest.raises(RegistryRefused) as refused:
        services.correct_person(**SAID, person_id=spouse.pk, name=name, relation=relation)
    assert said in refused.value.zh
    assert not Call.objects.filter(service="correct_person").exists()


def test_another_head_is_named_and_the_former_one_becomes_something_else() -> None:
    head, spouse = with_spouse()
    services.name_head(**SAID, person_id=spouse.pk, former_relation="02")
    relations = {person.pk: person.relation for person in Person.objects.all()}
    assert (relations[head.pk], relations[spouse.pk]) == ("02", "01")
    assert detail_of("name_head") == {
        "before": "02",
        "former_heads": [head.public_id],
        "former_relation": "02",
    }


def test_the_head_is_not_named_again_and_no_former_head_stays_one() -> None:
    head, spouse = with_spouse()
    with pytest.raises(RegistryRefused, match="head already"):
        services.name_head(**SAID, person_id=head.pk, former_relation="02")
    with pytest.raises(RegistryRefused, match="one head"):
        services.name_head(**SAID, person_id=spouse.pk, former_relation="01")
    with pytest.raises(RegistryRefused, match="no household"):
        services.name_head(**SAID, person_id=someone().pk, former_relation="02")


def test_a_withdrawn_enrolment_stays_and_nothing_rests_on_it() -> None:
    person = someone(insured=(2018,))
    enrolment = Enrolment.objects.get(person=person)
    services.withdraw_enrolment(**SAID, enrolment_id=enrolment.pk)
    assert not standing_on(person.pk, DAY).enrolled
    kept = Enrolment.with_withdrawn.get(pk=enrolment.pk)
    assert kept.withdrawn_at is not None
    with pytest.raises(NotEnrolled):
        settle(stay(person, 1_000 * YUAN))
    with pytest.raises(RegistryRefused, match="withdrawn already"):
        services.withdraw_enrolment(**SAID, enrolment_id=enrolment.pk)
    services.enrol(
        **SAID,
        person_id=person.pk,
        year=2018,
        premium_own_fen=0,
        paid_by="person",
        document="参保〔2018〕2号",
    )
    assert standing_on(person.pk, DAY).enrolled
    assert Enrolment.with_withdrawn.filter(person=person, year=2018).count() == 2


def test_two_enrolments_of_a_year_in_force_are_refused_by_the_database() -> None:
    person = someone(insured=(2018,))
    twice = {"year": 2018, "premium_own_fen": 0, "paid_by": "person", "document": "x"}
    with pytest.raises(IntegrityError), transaction.atomic():
        Enrolment.objects.create(person=person, recorded_by="x", **twice)
    Enrolment.objects.create(person=person, recorded_by="x", withdrawn_at=timezone.now(), **twice)


def other_number(sex: str = "1") -> str:
    return made_up_id_number(born=date(1955, 2, 3), sex=sex, serial=17).text


def test_an_id_number_is_put_right_and_the_former_one_is_kept_encrypted() -> None:
    person = household_member(HERE)
    old = identity.decrypt(person.id_cipher, public_id=person.public_id)
    right = other_number()
    services.correct_id_number(**SAID, person_id=person.pk, id_number=f" {right[:6]} {right[6:]}")
    found = find_by_id_number(right)
    assert found is not None and found.pk == person.pk
    assert (found.born, found.sex) == (date(1955, 2, 3), "1")
    assert identity.decrypt(found.id_cipher, public_id=found.public_id) == right
    assert find_by_id_number(old) is None
    former = SealedNumber.objects.get(person=person, former=True)
    assert services.sealed_number(former.public_id) == old
    detail = detail_of("correct_id_number")
    assert detail["before"] == {
        "id_number": identity.masked(old),
        "sealed": former.public_id,
        "born": str(person.born),
        "sex": "2",
    }
    assert detail["after"] == {
        "id_number": identity.masked(right),
        "born": "1955-02-03",
        "sex": "1",
    }


@pytest.mark.parametrize(
    ("which", "said"),
    [("own", "没有改动"), ("theirs", "已有这个身份证号"), ("wrong", "校验位不对")],
)
def test_a_number_that_is_not_the_persons_is_refused(which: str, said: str) -> None:
    person, other = household_member(HERE), household_member(HERE)
    right = other_number()
    numbers = {
        "own": identity.decrypt(person.id_cipher, public_id=person.public_id),
        "theirs": identity.decrypt(other.id_cipher, public_id=other.public_id),
        "wrong": right[:-1] + ("1" if right.endswith("0") else "0"),
    }
    with pytest.raises(RegistryRefused) as refused:
        services.correct_id_number(**SAID, person_id=person.pk, id_number=numbers[which])
    assert said in refused.value.zh
    assert not SealedNumber.objects.exists()
