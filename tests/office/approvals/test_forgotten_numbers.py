"""A number that waited for a second person goes when the change is refused or taken back."""

from __future__ import annotations

from datetime import date
from importlib import import_module
from typing import Any

import pytest
from django.apps import apps
from tests.office.web.people_and_places import HERE, account, household_member

from doudi.office.accounts.models import User
from doudi.office.approvals import services
from doudi.office.approvals.errors import ApprovalRefused
from doudi.office.approvals.models import Proposal
from doudi.office.approvals.registry_changes import SEALED, subject_of, without_secrets
from doudi.office.audit.chain import seal, verify
from doudi.office.keys import key_id
from doudi.office.registry import services as registry
from doudi.office.registry.ciphertexts import count_under_old_keys
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.identity import made_up_id_number
from doudi.office.registry.models import SealedNumber

pytestmark = pytest.mark.django_db
NUMBERS = {
    "record_phone": {"phone": "13800138000"},
    "correct_id_number": {
        "id_number": made_up_id_number(born=date(1955, 2, 3), sex="1", serial=21).text
    },
}


def proposed(kind: str, by: User) -> Proposal:
    person = household_member(HERE)
    given: dict[str, Any] = {"person_id": person.pk, **NUMBERS[kind]}
    return services.propose(
        kind=kind,
        subject=subject_of(person),
        given=without_secrets(kind, given, person, by.username),
        reason="本人来登记",
        by=by,
        division=HERE.gacha,
    )


def number_of(proposal: Proposal) -> str:
    return registry.sealed_number(proposal.given[SEALED])


@pytest.mark.parametrize("kind", sorted(NUMBERS))
@pytest.mark.parametrize("refused", [True, False])
def test_it_is_deleted_and_what_was_shown_of_it_stays(kind: str, refused: bool) -> None:
    maker, checker = account("village"), account("sumu")
    proposal = proposed(kind, maker)
    [number] = NUMBERS[kind].values()
    assert number_of(proposal) == number
    before = dict(proposal.given)
    if refused:
        services.refuse(proposal=proposal, by=checker, remark="不是本人的")
    else:
        services.take_back(proposal=proposal, by=maker)
    with pytest.raises(RegistryRefused, match="deleted"):
        number_of(proposal)
    row = SealedNumber.objects.get()
    assert (row.cipher, row.recorded_by) == (None, maker.username)
    proposal.refresh_from_db()
    assert proposal.given == before
    assert "*" in str(proposal.given)


def test_a_refusal_that_is_refused_deletes_nothing() -> None:
    maker = account("sumu")
    proposal = proposed("record_phone", maker)
    with pytest.raises(ApprovalRefused):
        services.refuse(proposal=proposal, by=maker, remark="算了")
    assert number_of(proposal) == "13800138000"


def test_the_number_of_an_approved_change_stays_with_it() -> None:
    proposal = proposed("record_phone", account("village"))
    services.approve(proposal=proposal, by=account("sumu"))
    assert number_of(proposal) == "13800138000"


def test_deleting_a_number_leaves_the_seal_whole_and_new_keys_pass_it_over(settings: Any) -> None:
    maker = account("village")
    proposal = proposed("record_phone", maker)
    seal(date(2018, 5, 9))
    services.take_back(proposal=proposal, by=maker)
    assert verify()[1] is None
    old, new = next(iter(settings.ID_KEYS.values())), b"2" * 32
    settings.ID_KEYS = {key_id(new): new, key_id(old): old}
    registry.renew_ciphertexts(actor="甲", reason="更换密钥")
    assert count_under_old_keys() == 0
    assert SealedNumber.objects.get().cipher is None


def test_numbers_of_changes_refused_before_are_deleted_by_the_migration(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """As it was before: the number stayed. One that still waits, stays."""
    maker = account("village")
    waiting, refused = proposed("record_phone", maker), proposed("record_phone", maker)
    with monkeypatch.context() as before:
        before.setattr(services, "forget_secrets", lambda _proposal: None)
        services.refuse(proposal=refused, by=account("sumu"), remark="不是本人的")
    assert number_of(refused) == "13800138000"
    import_module("doudi.office.approvals.migrations.0003_forget_numbers")._forget(apps, None)
    assert number_of(waiting) == "13800138000"
    with pytest.raises(RegistryRefused, match="deleted"):
        number_of(refused)
