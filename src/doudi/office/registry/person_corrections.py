"""Putting right what is recorded of a person: name, relation, ID number, and the head."""

from __future__ import annotations

from doudi.office.registry import identity
from doudi.office.registry.changes import (
    check_choice,
    check_text,
    existing,
    locked_person,
    note_person,
    one_change,
)
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.index_keys import hold_index_key
from doudi.office.registry.models import Household, Person, Relation, SealedNumber
from doudi.office.registry.name_readings import renew_readings
from doudi.office.registry.names import initials_of
from doudi.office.registry.people import checked_id_number
from doudi.office.registry.sealed_numbers import seal_number

_LONGEST_NAME = 60


def correct_person(*, actor: str, reason: str, person_id: int, name: str, relation: str) -> Person:
    """Put a name or a relation right; what stood there before is kept in the record.

    RegistryRefused when nothing changes, and for making or unmaking the head of a household,
    which `name_head` does.
    """
    check_text("姓名", "name", name, _LONGEST_NAME)
    check_choice("与户主关系", "relation", relation, Relation.values)
    with one_change(actor, reason):
        person = locked_person(person_id)
        if (name, relation) == (person.name, person.relation):
            raise RegistryRefused("没有改动", "nothing is changed")
        if relation != person.relation and Relation.HEAD in (relation, person.relation):
            raise RegistryRefused("换户主请办“更换户主”", "another head is named by name_head")
        before = {"name": person.name, "relation": person.relation}
        person.name, person.initials, person.relation = name, initials_of(name), relation
        person.save(update_fields=["name", "initials", "relation"])
        if name != before["name"]:
            renew_readings(person)
        after = {"name": name, "relation": relation}
        note_person(actor, reason, "correct_person", person, {"before": before, "after": after})
    return person


def correct_id_number(*, actor: str, reason: str, person_id: int, id_number: str) -> Person:
    """Put a person's ID number right, and with it birthday and sex.

    The former number stays, encrypted (`SealedNumber`); the record of the change has both
    masked. RegistryRefused for a number that nobody can have, that is somebody else's, or that
    the person has already.
    """
    number = checked_id_number(id_number)
    with one_change(actor, reason):
        hold_index_key()
        person = locked_person(person_id)
        indexes = identity.id_indexes(number.text)
        if person.id_index in indexes:
            raise RegistryRefused("没有改动", "nothing is changed")
        if Person.objects.filter(id_index__in=indexes).exists():
            raise RegistryRefused("登记库里已有这个身份证号", "the ID number is registered already")
        old = identity.decrypt(person.id_cipher, public_id=person.public_id)
        sealed = seal_number(
            person=person, use=SealedNumber.Use.ID_NUMBER, number=old, actor=actor, former=True
        )
        detail = {
            "before": {"id_number": identity.masked(old), "sealed": sealed.public_id}
            | _birth(person),
        }
        person.id_cipher = identity.encrypt(number.text, public_id=person.public_id)
        person.id_index, person.born, person.sex = indexes[0], number.born, number.sex
        person.save(update_fields=["id_cipher", "id_index", "born", "sex"])
        detail["after"] = {"id_number": identity.masked(number.text)} | _birth(person)
        note_person(actor, reason, "correct_id_number", person, detail)
    return person


def _birth(person: Person) -> dict[str, str]:
    born = "" if person.born is None else person.born.isoformat()
    return {"born": born, "sex": person.sex}


def name_head(*, actor: str, reason: str, person_id: int, former_relation: str) -> Person:
    """Make a person the head of the household; ``former_relation`` is what the former head is now.

    What the others are to the new head is put right one by one (`correct_person`).
    """
    check_choice("原户主与新户主的关系", "relation", former_relation, Relation.values)
    if former_relation == Relation.HEAD:
        raise RegistryRefused("一户只有一个户主", "a household has one head")
    with one_change(actor, reason):
        person = existing(Person.objects.filter(pk=person_id).first())
        if person.household_id is None:
            raise RegistryRefused("这个人不在任何一户", "the person is in no household")
        # Whoever changes the heads of a household waits here, so that there is never two of them.
        Household.objects.select_for_update().get(pk=person.household_id)
        person = locked_person(person_id)
        if person.relation == Relation.HEAD:
            raise RegistryRefused("已经是户主", "the person is the head already")
        former = Person.objects.filter(household=person.household_id, relation=Relation.HEAD)
        heads = list(former.order_by("pk"))
        for head in heads:
            head.relation = former_relation
            head.save(update_fields=["relation"])
        before = person.relation
        person.relation = Relation.HEAD
        person.save(update_fields=["relation"])
        detail = {
            "before": before,
            "former_heads": [head.public_id for head in heads],
            "former_relation": former_relation,
        }
        note_person(actor, reason, "name_head", person, detail)
    return person
