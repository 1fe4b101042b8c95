"""The key of the indexes is renewed while everybody works, and nobody comes in twice meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from typing import Any

import pytest
from django.db import connection, transaction
from tests.office.databases import at_once
from tests.office.imports.files import CHECKER, line, staged
from tests.office.registry.conftest import SAID, number
from tests.office.web.people_and_places import account

from doudi.office.accounts.second_factor import (
    confirm_device,
    device_to_confirm,
    device_with_token,
)
from doudi.office.audit.models import Call
from doudi.office.imports import services as imports
from doudi.office.keys import index_tag
from doudi.office.registry import identity, index_keys, selectors, services
from doudi.office.registry.errors import RegistryRefused
from doudi.office.registry.index_keys import (
    cards_under_old_keys,
    ids_under_old_keys,
    knows_every_index_key,
)
from doudi.office.registry.models import IndexKey, Person

Register = Callable[..., Person]
Keys = dict[str, bytes]

NEW_KEY = b"a new key for the blind indexes."
NEW: Keys = {index_tag(NEW_KEY): NEW_KEY}
CARD = "KAP0001234"


@pytest.fixture
def old(settings: Any) -> Keys:
    """The key that the database begins with."""
    return dict(settings.INDEX_KEYS)


@pytest.fixture
def with_new_key(settings: Any, old: Keys, monkeypatch: pytest.MonkeyPatch) -> Callable[[], None]:
    """Puts a new key in front of the old one; batches of two."""
    monkeypatch.setattr(index_keys, "_BATCH", 2)

    def put() -> None:
        settings.INDEX_KEYS = NEW | old

    return put


class KeysOfThreads(Mapping[str, bytes]):
    """Other keys in each thread, as processes have that were started with others."""

    def __init__(self, usual: Keys) -> None:
        self._usual, self._here = usual, threading.local()

    def use(self, keys: Keys) -> None:
        """Have these keys in this thread."""
        self._here.keys = keys

    def _now(self) -> Keys:
        return getattr(self._here, "keys", self._usual)

    def __getitem__(self, tag: str) -> bytes:
        return self._now()[tag]

    def __iter__(self) -> Iterator[str]:
        return iter(self._now())

    def __len__(self) -> int:
        return len(self._now())


class Stopped(BaseException):
    """As Ctrl+C does."""


def stop_after(most: int) -> None:
    """Renew so many indexes and be stopped."""

    def stop(done: int) -> None:
        if done >= most:
            raise Stopped

    with pytest.raises(Stopped):
        services.renew_indexes(**SAID, after_batch=stop)


def found(serial: int) -> int | None:
    someone = selectors.find_by_id_number(number(serial))
    return None if someone is None else someone.pk


# --- Renewing ---


@pytest.mark.real_commits
def test_stopped_in_the_middle_everybody_is_found_and_the_next_run_takes_up_what_is_left(
    person: Register, settings: Any, with_new_key: Callable[[], None]
) -> None:
    people = [person().pk for _ in range(7)]
    with_new_key()
    stop_after(4)
    assert ids_under_old_keys() == 3
    assert [found(serial) for serial in range(7)] == people
    renewed: list[int] = []
    assert services.renew_indexes(**SAID, after_batch=renewed.append) == 3
    assert renewed == [2, 3]
    settings.INDEX_KEYS = NEW
    assert [found(serial) for serial in range(7)] == people
    assert services.renew_indexes(**SAID) == 0
    assert person().pk == found(7)


@pytest.mark.django_db
def test_renewing_says_who_and_what_is_left(
    person: Register, with_new_key: Callable[[], None]
) -> None:
    person(card=CARD)
    person()
    with_new_key()
    services.renew_indexes(**SAID)
    first, last = Call.objects.filter(service="renew_indexes").order_by("pk")
    assert (first.detail["left"], last.detail["left"]) == (2, 0)
    assert (last.detail["renewed"], last.detail["cards_left"]) == (2, 1)
    assert last.actor == SAID["actor"]


@pytest.mark.django_db
def test_the_withdrawn_are_renewed_too(person: Register, with_new_key: Callable[[], None]) -> None:
    gone = person()
    Person.objects.filter(pk=gone.pk).update(withdrawn_at="2018-01-01T00:00Z")
    with_new_key()
    assert services.renew_indexes(**SAID) == 1


@pytest.mark.django_db
def test_a_card_is_found_as_long_as_its_key_is_there(
    person: Register, settings: Any, with_new_key: Callable[[], None]
) -> None:
    someone = person(card=CARD)
    with_new_key()
    services.renew_indexes(**SAID)
    assert cards_under_old_keys() == 1
    assert selectors.find_by_card(CARD) == someone
    settings.INDEX_KEYS = NEW
    assert selectors.find_by_card(CARD) is None
    assert found(0) == someone.pk


@pytest.mark.django_db
def test_one_can_go_back_to_the_key_before(
    person: Register, settings: Any, old: Keys, with_new_key: Callable[[], None]
) -> None:
    people = [person().pk for _ in range(3)]
    with_new_key()
    stop_after(2)
    settings.INDEX_KEYS = old | NEW
    assert services.renew_indexes(**SAID) == 2
    settings.INDEX_KEYS = old
    assert [found(serial) for serial in range(3)] == people
    assert person().pk


# --- Nobody comes in twice ---


@pytest.mark.real_commits
def test_half_renewed_nobody_is_registered_again_under_either_key(
    person: Register, with_new_key: Callable[[], None]
) -> None:
    for _ in range(4):
        person()
    with_new_key()
    stop_after(2)
    assert ids_under_old_keys() == 2
    for serial in range(4):
        with pytest.raises(RegistryRefused, match="registered already"):
            services.register_person(**SAID, name="乙", id_number=number(serial), synthetic=True)
    assert Person.objects.count() == 4


@pytest.mark.django_db
def test_half_renewed_no_number_is_corrected_to_somebody_elses(
    person: Register, with_new_key: Callable[[], None]
) -> None:
    for _ in range(3):
        person()
    with_new_key()
    stop_after(2)
    first, last = (found(serial) for serial in (0, 2))
    for who, theirs in ((first, 2), (last, 0)):
        assert who is not None
        with pytest.raises(RegistryRefused, match="registered already"):
            services.correct_id_number(**SAID, person_id=who, id_number=number(theirs))
    assert first is not None and last is not None
    for who, own in ((first, 0), (last, 2)):
        with pytest.raises(RegistryRefused, match="nothing is changed"):
            services.correct_id_number(**SAID, person_id=who, id_number=number(own))


@pytest.mark.django_db
def test_who_writes_with_another_key_than_the_current_one_is_refused(
    person: Register, settings: Any, old: Keys, with_new_key: Callable[[], None]
) -> None:
    person()
    with_new_key()
    with pytest.raises(RegistryRefused, match="renew-indexes"):
        person()
    assert found(0)
    services.renew_indexes(**SAID)
    person()
    for keys in (old, old | NEW):
        settings.INDEX_KEYS = keys
        with pytest.raises(RegistryRefused):
            person()
    assert Person.objects.count() == 2


@pytest.mark.django_db
def test_a_key_that_somebody_is_found_by_cannot_be_left_out(
    person: Register, settings: Any, with_new_key: Callable[[], None]
) -> None:
    for _ in range(4):
        person()
    with_new_key()
    stop_after(2)
    assert knows_every_index_key()
    settings.INDEX_KEYS = NEW
    assert not knows_every_index_key()
    with pytest.raises(RegistryRefused, match="still in use"):
        person()
    with pytest.raises(RegistryRefused, match="still in use"):
        services.renew_indexes(**SAID)


@pytest.mark.real_commits
def test_whoever_registers_with_the_old_key_is_waited_for_before_another_becomes_current(
    settings: Any, old: Keys
) -> None:
    settings.INDEX_KEYS = keys = KeysOfThreads(NEW | old)
    registered, may_commit, renewed = (threading.Event() for _ in range(3))

    def register() -> None:
        keys.use(old)
        with transaction.atomic():
            services.register_person(**SAID, name="甲", id_number=number(), synthetic=True)
            registered.set()
            assert may_commit.wait(30)

    def renew() -> int:
        assert registered.wait(30)
        done = services.renew_indexes(**SAID)
        renewed.set()
        return done

    def watch() -> bool:
        assert registered.wait(30)
        too_early = renewed.wait(1)
        may_commit.set()
        return too_early

    assert at_once(register, renew, watch) == [None, 1, False]
    with pytest.raises(RegistryRefused, match="registered already"):
        services.register_person(**SAID, name="乙", id_number=number(), synthetic=True)
    assert Person.objects.count() == 1


@pytest.mark.real_commits
def test_of_many_who_register_one_number_while_the_key_is_renewed_one_comes_in(
    person: Register, settings: Any, old: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(index_keys, "_BATCH", 2)
    for _ in range(20):
        person()
    settings.INDEX_KEYS = keys = KeysOfThreads(NEW | old)

    def register(serial: int, mine: Keys) -> Person:
        keys.use(mine)
        return services.register_person(**SAID, name="乙", id_number=number(serial), synthetic=True)

    # Somebody who is there already, under a key that is renewed just then, and somebody new.
    for serial in (19, 30):
        at_once(
            lambda: services.renew_indexes(**SAID),
            *(
                lambda mine=mine, serial=serial: register(serial, mine)
                for mine in (old, old | NEW, NEW | old, NEW | old)
            ),
        )
    services.renew_indexes(**SAID)
    assert ids_under_old_keys() == 0
    numbers = [
        identity.decrypt(row.id_cipher, public_id=row.public_id) for row in Person.objects.all()
    ]
    assert len(numbers) == len(set(numbers))
    assert len(numbers) in (20, 21)


# --- Files of people ---


@pytest.mark.django_db
@pytest.mark.usefixtures("divisions")
def test_a_file_waits_until_every_index_is_under_one_key(
    person: Register, with_new_key: Callable[[], None]
) -> None:
    for _ in range(3):
        person()
    waiting = staged(line(50), line(51))
    with_new_key()
    stop_after(2)
    commit: dict[str, Any] = {**CHECKER, "public_id": waiting.public_id, "only_good": False}
    with pytest.raises(RegistryRefused, match="being renewed"):
        imports.commit_import(**commit)
    # Registered meanwhile, one by one.
    services.register_person(**SAID, name="丙", id_number=number(50), synthetic=True)
    services.renew_indexes(**SAID)
    with pytest.raises(RegistryRefused, match="no longer fit"):
        imports.commit_import(**commit)
    assert Person.objects.count() == 4
    commit["only_good"] = True
    assert imports.commit_import(**commit) == 1
    assert found(51)


@pytest.mark.django_db
def test_an_import_from_the_command_line_waits_as_well(
    person: Register, with_new_key: Callable[[], None]
) -> None:
    for _ in range(3):
        person()
    with_new_key()
    stop_after(2)
    with pytest.raises(RegistryRefused, match="being renewed"):
        services.import_people(**SAID, rows=[])


@pytest.mark.django_db
@pytest.mark.usefixtures("divisions")
def test_a_file_that_is_read_half_renewed_finds_who_is_registered_under_either_key(
    person: Register, with_new_key: Callable[[], None]
) -> None:
    for _ in range(3):
        person()
    with_new_key()
    stop_after(2)
    waiting = staged(line(0), line(2), line(60))
    assert (waiting.faulty_rows, waiting.good_rows) == (2, 1)


@pytest.mark.django_db
@pytest.mark.usefixtures("divisions")
def test_a_file_read_with_another_key_than_the_current_one_is_refused_and_says_why(
    person: Register, with_new_key: Callable[[], None]
) -> None:
    person()
    with_new_key()
    waiting = staged(line(70))
    assert "renew-indexes" in waiting.failure_en


# --- What else is made with the key ---


@pytest.mark.django_db
def test_backup_codes_of_before_work_once_while_their_key_is_there(
    settings: Any, old: Keys, monkeypatch: pytest.MonkeyPatch
) -> None:
    user = account("league")
    device = device_to_confirm(user=user)
    monkeypatch.setattr(device, "verify_token", lambda _token: True)
    codes = [code.replace("-", "") for code in confirm_device(device=device, token="1")]
    settings.INDEX_KEYS = NEW | old
    assert device_with_token(user=user, token=codes[0]) is not None
    assert device_with_token(user=user, token=codes[0]) is None
    settings.INDEX_KEYS = NEW
    assert device_with_token(user=user, token=codes[1]) is None


@pytest.mark.django_db
def test_indexes_of_before_there_were_tags_get_the_tag_of_their_key(
    person: Register, settings: Any, old: Keys
) -> None:
    someone = person(card=CARD)
    key = next(iter(old.values()))
    untagged = {
        "id_index": identity.hashes_under_every_key(f"id\0{number()}")[0],
        "card_index": identity.hashes_under_every_key(f"card\0{CARD}")[0],
    }
    Person.objects.filter(pk=someone.pk).update(**untagged)
    assert found(0) is None
    migration = import_module("doudi.office.registry.migrations.0011_index_keys")
    settings.INDEX_KEYS = NEW | old
    with pytest.raises(RuntimeError, match="the one"), transaction.atomic():
        migration.tag(connection, "registry_person", "id_index", "card_index")
    settings.INDEX_KEYS = old
    migration.tag(connection, "registry_person", "id_index", "card_index")
    assert found(0) == someone.pk
    assert selectors.find_by_card(CARD) == someone
    assert IndexKey.objects.get().tag == index_tag(key)
