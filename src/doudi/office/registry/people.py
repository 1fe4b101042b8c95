"""One person and their household: recording them, and their ID number."""

from __future__ import annotations

from collections.abc import Sequence

from doudi.office.audit.services import note
from doudi.office.registry import identity
from doudi.office.registry.changes import (
    check_choice,
    check_text,
    existing,
    note_person,
    one_change,
)
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.index_keys import hold_index_key
from doudi.office.registry.models import Division, Household, Person, Relation
from doudi.office.registry.name_readings import keep_readings
from doudi.office.registry.names import initials_of
from doudi.office.registry.phones import checked_phone, put_phone


def register_person(
    *,
    actor: str,
    reason: str,
    name: str,
    id_number: str,
    relation: str = Relation.HEAD,
    household_number: str | None = None,
    division_code: str | None = None,
    card: str | None = None,
    phone: str | None = None,
    synthetic: bool = False,
) -> Person:
    """Record a person, and the household if it is new; then ``division_code`` is its gacha.

    RegistryRefused for an ID number that cannot be or is there already, a phone that cannot be,
    a household with two heads or none, and a division that is unknown, no gacha, or not the
    household's.
    """
    number = checked_id_number(id_number)
    card_index = None if card is None else _card_index(card)
    given_phone = None if phone is None else checked_phone(phone)
    check_text("姓名", "name", name, 60)
    check_choice("与户主关系", "relation", relation, Relation.values)
    with one_change(actor, reason):
        hold_index_key()
        if Person.objects.filter(id_index__in=identity.id_indexes(number.text)).exists():
            raise RegistryRefused("登记库里已有这个身份证号", "the ID number is registered already")
        household = None
        if household_number is not None:
            household = _household_for(household_number, division_code, relation, synthetic)
        person = new_person(name, number, relation, card_index, synthetic)
        put_phone(person, given_phone)
        person.household = household
        person.save(force_insert=True)
        keep_readings([(person.pk, person.name)])
        detail = {
            "id_number": identity.masked(number.text),
            "relation": relation,
            "household": household_number,
            "division": division_code,
            "synthetic": synthetic,
        }
        note_person(actor, reason, "register_person", person, detail)
    return person


def reveal_id_number(*, actor: str, reason: str, person_id: int) -> str:
    """The person's ID number in full; who asked, and why, is recorded first."""
    with one_change(actor, reason):
        person = existing(Person.objects.filter(pk=person_id).first())
        number = identity.decrypt(person.id_cipher, public_id=person.public_id)
        note_person(actor, reason, "reveal_id_number", person, {"shown": identity.masked(number)})
    return number


def reveal_id_numbers(
    *, actor: str, reason: str, subject: str, people: Sequence[Person]
) -> dict[int, str]:
    """The ID numbers of a list of people in full, by key; who asked, and why, is recorded once.

    ``subject`` says which list it is, such as ``division:152201001001``.
    """
    with one_change(actor, reason):
        numbers = {
            person.pk: identity.decrypt(person.id_cipher, public_id=person.public_id)
            for person in people
        }
        detail = {"people": len(numbers)}
        note(
            actor=actor, reason=reason, service="reveal_id_numbers", subject=subject, detail=detail
        )
    return numbers


def new_person(
    name: str, number: identity.IdNumber, relation: str, card_index: str | None, synthetic: bool
) -> Person:
    """A person that is not saved yet, with the ID number encrypted for them."""
    person = Person(
        name=name,
        initials=initials_of(name),
        relation=relation,
        born=number.born,
        sex=number.sex,
        id_index=identity.id_index(number.text),
        card_index=card_index,
        synthetic=synthetic,
    )
    person.id_cipher = identity.encrypt(number.text, public_id=person.public_id)
    return person


def _household_for(
    number: str, division_code: str | None, relation: str, synthetic: bool
) -> Household:
    """The household, made if it is new, with a place for somebody of this relation."""
    household = Household.objects.select_for_update().filter(number=number).first()
    if household is None:
        if relation != Relation.HEAD:
            raise RegistryRefused("新的户要先登记户主", "a new household starts with its head")
        return Household.objects.create(
            number=number, division=gacha_of(division_code), synthetic=synthetic
        )
    if division_code not in (None, household.division_id):
        zh = f"户 {number} 登记在 {household.division_id}"
        raise RegistryRefused(zh, f"household {number} is in {household.division_id}")
    if relation == Relation.HEAD and household.people.filter(relation=Relation.HEAD).exists():
        raise RegistryRefused(f"户 {number} 已有户主", f"household {number} has a head already")
    return household


def gacha_of(code: str | None) -> Division:
    """The gacha, village or community of an area code; RegistryRefused for none."""
    division = Division.objects.filter(pk=code, level=Division.Level.GACHA).first()
    if division is None:
        raise RegistryRefused(f"没有嘎查村 {code}", f"there is no gacha or village {code}")
    return division


def checked_id_number(text: str) -> identity.IdNumber:
    """An ID number as a service is given it; RegistryRefused for what cannot be one."""
    try:
        return identity.read_id_number(text)
    except identity.BadNumber as bad:
        raise RegistryRefused(f"身份证号{bad.zh}", f"ID number: {bad.en}") from None


def _card_index(text: str) -> str:
    try:
        return identity.card_index(identity.read_card(text))
    except identity.BadNumber as bad:
        raise RegistryRefused(f"社保卡号{bad.zh}", f"card number: {bad.en}") from None
