"""Undoing an import while one of its people is admitted: one of the two finds out."""

from __future__ import annotations

import pytest
from tests.office import builders
from tests.office.databases import at_once
from tests.office.imports.files import CHECKER, MAKER, committed, line
from tests.office.registry.conftest import number

from doudi.office.imports import services
from doudi.office.imports.undo_plan import Undo
from doudi.office.registry import selectors
from doudi.office.registry.divisions import load_divisions
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.models import Person
from doudi.office.settlement.models import Admission
from doudi.office.settlement.refusals import Refused


@pytest.mark.real_commits
def test_nobody_is_withdrawn_and_admitted_at_once() -> None:
    load_divisions()
    builders.hospital()
    for serial in range(4):
        done = committed(line(serial))
        person = selectors.find_by_id_number(number(serial))
        assert person is not None
        services.ask_to_undo(**MAKER, public_id=done.public_id)

        def undo(name: str = done.public_id) -> Undo:
            return services.undo_import(**CHECKER, public_id=name)

        def admit(found: Person = person) -> str:
            return builders.admitted(found)

        undone, admitted = at_once(undo, admit)
        after = Person.with_withdrawn.get(pk=person.pk)
        treated = Admission.objects.filter(person=after).exists()
        assert treated == (after.withdrawn_at is None)
        if treated:
            assert isinstance(undone, RegistryRefused)
        else:
            assert isinstance(undone, Undo) and isinstance(admitted, Refused)
