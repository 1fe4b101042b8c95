"""Schemathesis writes the requests: whatever comes, the API answers as its description says."""

from __future__ import annotations

from collections.abc import Generator
from typing import Any

import pytest
import schemathesis
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, given, settings
from schemathesis import Case, GenerationMode
from schemathesis.checks import CHECKS, CheckFunction, load_all_checks
from tests.office.api.conftest import token_for
from tests.office.builders import YUAN, clerk, hospital, new_key, settled, someone, stay

from doudi.office.api.urls import api
from doudi.office.limits.models import Tally

OPERATIONS = sorted(
    (path, method) for path, found in api.get_openapi_schema()["paths"].items() for method in found
)
EXAMPLES = 6
BOUNDED = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


@pytest.fixture
def _one_connection() -> Generator[None]:
    """A request through WSGI closes the connection, and the test's transaction is in it."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_the_description_names_ten_operations_and_no_interactive_page() -> None:
    assert len(OPERATIONS) == 10
    assert api.docs_url is None


@pytest.mark.django_db
@pytest.mark.usefixtures("_one_connection")
@pytest.mark.parametrize("mode", list(GenerationMode))
@pytest.mark.parametrize(("path", "method"), OPERATIONS)
def test_whatever_is_sent_is_answered_as_described(
    path: str, method: str, mode: GenerationMode
) -> None:
    person = someone()
    real = {
        "person": person.public_id,
        "admission": stay(person, 100 * YUAN),
        "claim": settled(person, 100 * YUAN).claim,
        "period": "201805",
    }
    description = schemathesis.openapi.from_wsgi("/api/openapi.json", get_wsgi_application())
    operation = description[path][method.upper()]
    bearer = {"Authorization": f"Bearer {token_for(clerk(hospital()))}"}
    seen: list[int] = []

    @BOUNDED
    @given(case=operation.as_strategy(generation_mode=mode))
    def run(case: Case) -> None:
        Tally.objects.all().delete()
        if mode is GenerationMode.POSITIVE:
            _make_real(case, real)
        answer = case.call_and_validate(headers=bearer, checks=_checks(mode))
        seen.append(answer.status_code)

    run()
    assert seen
    if mode is GenerationMode.POSITIVE and "{" in path:
        # What the path names was there each time, so the operation itself was reached.
        assert 404 not in seen


def _make_real(case: Case, real: dict[str, str]) -> None:
    """Name things that exist, under a key that nobody has used."""
    for name in case.path_parameters or {}:
        case.path_parameters[name] = real[name]
    if "Idempotency-Key" in (case.headers or {}):
        case.headers["Idempotency-Key"] = new_key()
    if isinstance(case.body, dict) and "person" in case.body:
        case.body["person"] = real["person"]


def _checks(mode: GenerationMode) -> list[CheckFunction]:
    load_all_checks()
    names = [
        "not_a_server_error",
        "status_code_conformance",
        "content_type_conformance",
        "response_schema_conformance",
    ]
    if mode is GenerationMode.NEGATIVE:
        names.append("negative_data_rejection")
    found: list[Any] = CHECKS.get_by_names(names)
    return found
