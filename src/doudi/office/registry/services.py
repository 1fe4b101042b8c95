"""Changing the registry: each function is one transaction and says who changed what, and why."""

from __future__ import annotations

from doudi.office.registry.ciphertexts import renew_ciphertexts
from doudi.office.registry.divisions import known_divisions, load_divisions
from doudi.office.registry.enrolments import enrol, enrol_village, withdraw_enrolment
from doudi.office.registry.index_keys import renew_indexes
from doudi.office.registry.listings import end_listing, list_disease, withdraw_listing
from doudi.office.registry.moves import join_household, move_household, split_household
from doudi.office.registry.people import (
    register_person,
    reveal_id_number,
    reveal_id_numbers,
)
from doudi.office.registry.people_import import import_people, import_people_file
from doudi.office.registry.person_corrections import correct_id_number, correct_person, name_head
from doudi.office.registry.phones import record_phone, reveal_phone
from doudi.office.registry.registrations import (
    add_registration,
    end_registration,
    withdraw_registration,
)
from doudi.office.registry.sealed_numbers import (
    forget_number,
    reveal_sealed_number,
    seal_number,
    sealed_number,
)

__all__ = [
    "add_registration",
    "correct_id_number",
    "correct_person",
    "end_listing",
    "end_registration",
    "enrol",
    "enrol_village",
    "forget_number",
    "import_people",
    "import_people_file",
    "join_household",
    "known_divisions",
    "list_disease",
    "load_divisions",
    "move_household",
    "name_head",
    "record_phone",
    "register_person",
    "renew_ciphertexts",
    "renew_indexes",
    "reveal_id_number",
    "reveal_id_numbers",
    "reveal_phone",
    "reveal_sealed_number",
    "seal_number",
    "sealed_number",
    "split_household",
    "withdraw_enrolment",
    "withdraw_listing",
    "withdraw_registration",
]
