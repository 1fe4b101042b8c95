"""One request of a clerk: one transaction under the key that came with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from doudi.office.audit.services import once
from doudi.office.settlement.entries import Who


def do_once(
    key: str,
    service: str,
    subject: str,
    who: Who,
    body: Mapping[str, Any],
    act: Callable[[], dict[str, Any]],
) -> dict[str, Any]:
    """Do ``act`` in one transaction, once for this key; its answer, kept for the next time."""
    return once(
        key=key,
        service=service,
        subject=subject,
        actor=who.actor,
        reason=who.reason,
        body=body,
        act=act,
    )
