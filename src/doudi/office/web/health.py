"""Whether the site can do its work: for monitors, without a login and without any figure."""

from __future__ import annotations

from datetime import timedelta

from django.conf import settings
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from doudi.office.approvals.adoption import lies_as_approved
from doudi.office.audit.models import Seal
from doudi.office.audit.selectors import number_unsealed
from doudi.office.registry.index_keys import knows_every_index_key
from doudi.office.web.pages import public_page

_SEAL_AGE = timedelta(hours=36)
"""A seal a day, with room for one that is made late in the evening."""


@public_page()
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when all is as it should be, else 503 with what is not.

    The database answers and is migrated; in production it is sealed; the office works by the
    figures that two people approved last, and finds everybody by the keys that it was given.
    """
    del request
    checks = {"database": _database()}
    checks["migrations"] = checks["database"] and _migrations()
    # A demonstration is sealed by nobody, and nothing depends on it.
    checks["seal"] = checks["migrations"] and (not settings.PRODUCTION or _seal())
    checks["index_keys"] = checks["migrations"] and knows_every_index_key()
    checks["adoption"] = checks["migrations"] and lies_as_approved()
    healthy = all(checks.values())
    shown = {name: "ok" if good else "failed" for name, good in checks.items()}
    response = JsonResponse(shown, status=200 if healthy else 503)
    response["Cache-Control"] = "no-store"
    return response


def _database() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return False
    return True


def _migrations() -> bool:
    executor = MigrationExecutor(connection)
    return not executor.migration_plan(executor.loader.graph.leaf_nodes())


def _seal() -> bool:
    """Whether all is sealed, or the last seal is young."""
    last = Seal.objects.order_by("-number").values_list("recorded_at", flat=True).first()
    if last is None:
        return number_unsealed() == 0
    return timezone.now() - last < _SEAL_AGE or number_unsealed() == 0
