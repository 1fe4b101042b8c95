"""What a monitor asks, and that the logs know nobody."""

from __future__ import annotations

import io
import json
import logging
import subprocess
import sys
from collections.abc import Callable, Generator
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.test import Client
from pytest_django import DjangoDbBlocker
from tests.office.builders import SAID, settled
from tests.office.databases import as_default
from tests.office.web.addresses import all_addresses
from tests.office.web.people_and_places import HERE, household_member

from doudi.office.accounts.roles import Role
from doudi.office.audit.services import seal_day
from doudi.office.registry import identity
from doudi.office.web.desk import home


@pytest.mark.django_db
def test_a_working_site_is_healthy(client: Client) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json() == {
        "database": "ok",
        "migrations": "ok",
        "seal": "ok",
        "index_keys": "ok",
        "adoption": "ok",
    }


@pytest.mark.django_db
def test_a_site_without_a_key_that_people_are_found_by_is_not_healthy(
    client: Client, settings: Any
) -> None:
    settings.INDEX_KEYS = {"kanother": b"another key, of thirty-two bytes"}
    answer = client.get("/healthz")
    assert (answer.status_code, answer.json()["index_keys"]) == (503, "failed")


@pytest.mark.django_db
def test_production_is_healthy_only_when_it_is_sealed(client: Client, settings: Any) -> None:
    settings.PRODUCTION = True
    household_member(HERE)
    assert client.get("/healthz").json()["seal"] == "failed"
    seal_day(day=date(2018, 5, 9), **SAID)
    assert client.get("/healthz").status_code == 200


@pytest.mark.parametrize(
    ("url", "failed"),
    [
        (
            "postgresql://nobody@127.0.0.1:1/nothing",
            {"database", "migrations", "seal", "index_keys", "adoption"},
        ),
        ("sqlite:///{folder}/empty.sqlite3", {"migrations", "seal", "index_keys", "adoption"}),
    ],
)
def test_what_does_not_work_is_named(
    url: str,
    failed: set[str],
    client: Client,
    tmp_path: Path,
    django_db_blocker: DjangoDbBlocker,
) -> None:
    with django_db_blocker.unblock(), as_default(url.format(folder=tmp_path)):
        answer = client.get("/healthz")
    assert answer.status_code == 503
    assert {name for name, state in answer.json().items() if state == "failed"} == failed


@pytest.fixture
def logged() -> Generator[Callable[[], list[dict[str, Any]]]]:
    """All that is logged from INFO on, as the site writes it."""
    written = io.StringIO()
    given = dict(django_settings.LOGGING["formatters"]["json"])
    handler = logging.StreamHandler(written)
    handler.setFormatter(given.pop("()")(**given))
    root = logging.getLogger()
    before = root.level
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lambda: [json.loads(line) for line in written.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(before)


@pytest.mark.django_db
def test_the_logs_of_all_pages_hold_no_name_number_or_address_of_a_person(
    as_role: Callable[..., Client], logged: Callable[[], list[dict[str, Any]]]
) -> None:
    person = household_member(HERE, name="绝密甲乙")
    number = identity.decrypt(person.id_cipher, public_id=person.public_id)
    settled(person, 1_200_000, 1_000_000, at=HERE.hospital)
    for role in Role.values:
        client = as_role(role)
        for address in all_addresses():
            client.get(address.path)
            client.get(address.path, {"text": "绝密甲乙", "number": number})
            client.post(address.path, {"text": "绝密甲乙", "number": number, "reason": number})
    client.get(f"/desk/nowhere/{person.public_id}")
    lines = logged()
    asked = [line for line in lines if line["event"] == "request"]
    assert len(asked) > 100
    assert {"method", "route", "status", "user", "microseconds", "request"} <= set(asked[0])
    text = json.dumps(lines, ensure_ascii=False)
    assert person.household is not None
    for secret in ("绝密", number, number[6:14], person.public_id, person.household.number):
        assert secret not in text


@pytest.mark.django_db
def test_a_failure_is_logged_with_its_place_and_without_its_words(
    as_role: Callable[..., Client],
    logged: Callable[[], list[dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def fail(*_given: Any) -> None:
        raise ValueError("绝密甲乙 152299195503089992")

    monkeypatch.setattr(home, "render", fail)
    client = as_role("clerk")
    client.raise_request_exception = False
    answer = client.get("/desk/")
    assert answer.status_code == 500
    assert "系统出错了" in answer.content.decode()
    [failure] = [line for line in logged() if line["event"] == "failed"]
    assert failure["exception"] == "ValueError"
    assert any("fail" in frame for frame in failure["where"])
    assert "绝密" not in json.dumps(logged(), ensure_ascii=False)


_A_REFUSAL_OF_DJANGO = """
import logging.config
from doudi.office.logs import logging_settings
logging.config.dictConfig(logging_settings("INFO"))
log = logging.getLogger("django.request")
log.error("Internal Server Error: %s", "/desk/people/SECRET", exc_info=ValueError("绝密甲乙"))
log.error("Service Unavailable: %s", "/healthz")
logging.getLogger("doudi.web").error("heard")
"""


def test_a_failure_prints_nothing_beside_the_log() -> None:
    # In a Python of its own: pytest gives this logger a handler, and then nothing is printed.
    command = [sys.executable, "-c", _A_REFUSAL_OF_DJANGO]
    ran = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
    [line] = ran.stderr.splitlines()
    assert json.loads(line)["event"] == "heard"
