"""The requests in the document on the API are sent as they stand there, one after the other."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from tests.office.builders import clerk, hospital, someone

from doudi.office.registry.identity import decrypt
from doudi.office.tokens.services import issue_token

DOCUMENT = Path(__file__).parents[3] / "docs" / "api.md"
_BLOCK = re.compile(r"^```http\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_NAME = re.compile(r"<([A-Z_]+)>")


def requests() -> list[list[str]]:
    blocks = _BLOCK.findall(DOCUMENT.read_text(encoding="utf-8"))
    return [request.splitlines() for block in blocks for request in block.strip().split("\n\n")]


@pytest.mark.django_db
def test_the_requests_of_the_document_are_answered_one_after_the_other() -> None:
    assert len(requests()) == 10
    person = someone()
    names = {"ID_NUMBER": decrypt(person.id_cipher, public_id=person.public_id)}
    token = issue_token(
        account=clerk(hospital()),
        name="医院信息系统",
        scopes=["read", "settle", "reverse"],
        days=90,
        reason="试",
    )[1]
    answers: list[dict[str, Any]] = []
    for lines in requests():
        answers.append(_send(lines, names, token))
        for field in ("person", "admission", "claim"):
            if field in answers[-1]:
                names[field.upper()] = str(answers[-1][field])
    settled, claim = answers[6], answers[7]
    assert claim["own_fen"] == settled["own_fen"] == answers[0]["own_fen"]
    assert answers[8]["state"] == "waiting"
    assert {payer["state"] for payer in answers[9]["payers"]} == {"open"}


def _send(lines: list[str], names: dict[str, str], token: str) -> dict[str, Any]:
    first, *rest = [_NAME.sub(lambda found: names[found[1]], line) for line in lines]
    method, path = first.split(" ")
    body = next((line for line in rest if line.startswith("{")), "")
    headers = {"Authorization": f"Bearer {token}"}
    headers |= dict(line.split(": ", 1) for line in rest if not line.startswith("{"))
    if body:
        json.loads(body)
    answer = Client().generic(method, path, body, content_type="application/json", headers=headers)
    assert answer.status_code == 200, (first, answer.content.decode())
    found: dict[str, Any] = json.loads(answer.content)
    return found
