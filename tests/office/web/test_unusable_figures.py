"""A bureau's own figures that were altered stop what works with them, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from structlog.testing import capture_logs
from tests.office.approved_figures import ADOPTION, approve_figures, cap_of
from tests.office.web.addresses import all_addresses

from doudi.office.accounts.roles import Role
from doudi.office.approvals.adoption import put_back_adoption
from doudi.office.approvals.errors import ApprovalRefused
from doudi.office.audit.models import Call
from doudi.office.settlement import policy
from doudi.office.settlement.models import Entry
from doudi.office.web.public.results import get_ready

REMEDY = "put-back-adoption"


def approve(text: str) -> None:
    """Have a file approved and put in force."""
    approve_figures(text)
    follow_commit()


def follow_commit() -> None:
    """What follows a commit, run inside the transaction of a test."""
    for waiting in connection.run_on_commit:
        waiting[1]()
    connection.run_on_commit.clear()


@pytest.fixture(autouse=True)
def _in_force_at_once(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.DATA = tmp_path
    monkeypatch.setattr(policy, "_SECONDS", 0.0)
    monkeypatch.setattr(policy, "_seen", policy._Seen())
    monkeypatch.delenv("DOUDI_ADOPTION", raising=False)


@pytest.fixture
def alter(tmp_path: Path) -> Callable[[], None]:
    """Approves a file and alters it afterwards."""

    def do() -> None:
        approve(ADOPTION)
        [file] = tmp_path.glob("adoptions/*.yaml")
        file.write_text(cap_of(90_000), encoding="utf-8")

    return do


STOPPED = {"public:ask", "public:answer", "window:home", "window:stay", "desk:figures"}
WORKING = {
    "account:login",
    "desk:home",
    "desk:people",
    "desk:person",
    "desk:accounts",
    "desk:approvals",
    "desk:approval",
    "public:home",
}
"""Some of those that work with the figures, and some that must not notice."""


@pytest.mark.django_db
def test_pages_that_need_no_figures_work_and_the_others_say_what_to_do(
    as_role: Callable[..., Client], alter: Callable[[], None]
) -> None:
    addresses = all_addresses()
    before = {role: as_role(role) for role in Role.values}
    usual = {
        (role, address.name): client.get(address.path).status_code
        for role, client in before.items()
        for address in addresses
    }
    alter()
    stopped = set()
    for role, client in before.items():
        for address in addresses:
            answer = client.get(address.path)
            if answer.status_code == 503 and address.name != "healthz":
                stopped.add(address.name)
                assert REMEDY in answer.content.decode(), address
                assert "no-store" in answer["Cache-Control"], address
            elif address.name != "healthz":
                assert answer.status_code == usual[role, address.name], address
    assert stopped >= STOPPED
    assert not stopped & WORKING


@pytest.mark.django_db
def test_the_page_is_in_english_where_english_is_read(
    client: Client, alter: Callable[[], None]
) -> None:
    alter()
    client.post("/preferences", {"language": "en"})
    text = client.get("/answer/").content.decode()
    assert "Nothing can be computed or settled now" in text
    assert "not what was approved" in text


@pytest.mark.django_db
def test_nothing_is_settled_and_no_amount_given_meanwhile(
    as_role: Callable[..., Client], alter: Callable[[], None]
) -> None:
    addresses, clerk = all_addresses(), as_role("clerk")
    settled = Entry.objects.count()
    alter()
    for address in addresses:
        if address.name.startswith("window:"):
            # Whatever it answers, it does not fail; what is unforeseen would be raised here.
            clerk.post(address.path)
    assert Entry.objects.count() == settled
    estimate = {"date": "2018-05-09", "kind": "inpatient", "bill_fen": 1_200_000}
    answer = clerk.post("/api/estimate", estimate, content_type="application/json")
    assert answer.status_code == 503
    assert answer["Content-Type"] == "application/problem+json"
    assert REMEDY in answer.json()["zh"] and REMEDY in answer.json()["en"]


@pytest.mark.django_db
def test_the_log_says_it_once_and_once_that_it_is_over(
    client: Client, alter: Callable[[], None]
) -> None:
    client.raise_request_exception = False
    with capture_logs() as lines:
        alter()
        for _time in range(3):
            assert client.get("/answer/").status_code == 503
            assert client.get("/healthz").json()["adoption"] == "failed"
        put_back()
        for _time in range(3):
            assert client.get("/answer/").status_code in (200, 302)
            assert client.get("/healthz").json()["adoption"] == "ok"
    said = [line["event"] for line in lines if line["event"] != "request"]
    assert said == ["adoption_unusable", "adoption_usable_again"]


def put_back() -> None:
    put_back_adoption(actor="管理员", reason="文件被改动")
    follow_commit()


@pytest.mark.django_db
def test_the_approved_file_is_put_back_from_the_record_of_its_approval(
    tmp_path: Path, alter: Callable[[], None]
) -> None:
    alter()
    put_back()
    [file] = tmp_path.glob("adoptions/*.yaml")
    assert file.read_text(encoding="utf-8") == ADOPTION
    assert Call.objects.get(service="put_back_adoption").reason == "文件被改动"


@pytest.mark.django_db
def test_new_figures_can_be_approved_while_the_old_ones_are_unusable(
    client: Client, alter: Callable[[], None]
) -> None:
    alter()
    approve(cap_of(70_000))
    assert client.get("/healthz").json()["adoption"] == "ok"


@pytest.mark.django_db
@pytest.mark.parametrize("damage", ["gone", "bytes", "current", "none in force"])
def test_whatever_is_wrong_with_the_file_it_is_said_and_not_a_failure(
    damage: str, client: Client, tmp_path: Path, alter: Callable[[], None]
) -> None:
    alter()
    [file] = tmp_path.glob("adoptions/*.yaml")
    current = tmp_path / "adoptions" / "current"
    if damage == "gone":
        file.unlink()
    elif damage == "bytes":
        file.write_bytes(b"\xff\xfe")
    elif damage == "current":
        current.write_bytes(b"\xff")
    else:
        current.unlink()
    assert client.get("/healthz").json()["adoption"] == "failed"
    expected = (200, 302) if damage == "none in force" else (503,)
    assert client.get("/answer/").status_code in expected


@pytest.mark.django_db
@pytest.mark.parametrize("content", ["values: [", "policy: hinggan-2018\nvalues: []\nmore: 1\n"])
def test_a_file_named_by_the_operator_that_cannot_be_read_is_said_too(
    content: str, client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = tmp_path / "own.yaml"
    monkeypatch.setenv("DOUDI_ADOPTION", str(own))
    assert client.get("/answer/").status_code == 503
    own.write_text(content, encoding="utf-8")
    assert client.get("/answer/").status_code == 503
    own.write_text(ADOPTION, encoding="utf-8")
    assert client.get("/answer/").status_code in (200, 302)


@pytest.mark.django_db
def test_a_server_process_starts_all_the_same(alter: Callable[[], None]) -> None:
    alter()
    get_ready()


@pytest.mark.django_db
def test_there_is_nothing_to_put_back_where_nothing_was_approved() -> None:
    with pytest.raises(ApprovalRefused):
        put_back_adoption(actor="管理员", reason="试")
