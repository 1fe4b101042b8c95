"""A bureau's own figures: checked when they are proposed, put into the data folder when approved.

An approved file lies in ``adoptions/`` of the data folder under its digest, so that what runs can
be told from what was approved. ``current`` beside it holds the digest of the last one: by that file
the office settles and the public pages answer from the next second on, in every process, unless
``DOUDI_ADOPTION`` names another.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from doudi.office.approvals.errors import ApprovalRefused
from doudi.office.approvals.models import Proposal
from doudi.office.audit.services import note
from doudi.office.settlement.policy import (
    ADOPTION_VARIABLE,
    ADOPTIONS,
    CURRENT,
    UnusableAdoption,
    active_policy,
    adoption_name,
    current_adoption,
    pack,
)
from doudi.rules.adoption import Adopted, RefusedAdoption, adopt
from doudi.rules.policy import Policy


def read_adoption(text: str) -> tuple[Adopted, ...]:
    """What the file would put in place of what; ApprovalRefused with every fault of it."""
    with tempfile.TemporaryDirectory(prefix="doudi-adoption-") as folder:
        path = Path(folder, "adoption.yaml")
        path.write_text(text, encoding="utf-8")
        try:
            return adopt(_before(), path)[1]
        except RefusedAdoption as refused:
            zh = "；".join(zh for zh, _en in refused.faults)
            raise ApprovalRefused(zh, "; ".join(en for _zh, en in refused.faults)) from refused


def _before() -> Policy:
    # New figures are how one gets out of unusable ones, so those must not stand in the way.
    try:
        return active_policy()
    except UnusableAdoption:
        return pack()


def adopt_file(proposal: Proposal) -> dict[str, Any]:
    """Write the approved file down; its path and what it changes."""
    text = proposal.given["text"]
    adopted = read_adoption(text)
    path, digest = _write(text)
    return {"file": str(path), "sha256": digest, "values": [item.parameter for item in adopted]}


def put_back_adoption(*, actor: str, reason: str) -> Path:
    """Write the file that was approved last once more, from the record of its approval.

    For a file that was altered or lost. ApprovalRefused when none was ever approved.
    """
    with transaction.atomic():
        last = _approved().order_by("decided_at", "pk").last()
        if last is None:
            raise ApprovalRefused("还没有复核通过的采用文件", "no adoption file was ever approved")
        path, digest = _write(last.given["text"])
        note(
            actor=actor,
            reason=reason,
            service="put_back_adoption",
            subject=f"proposal:{last.public_id}",
            detail={"sha256": digest},
        )
    return path


def _write(text: str) -> tuple[Path, str]:
    """Put the text into the folder, in force once the transaction is through; path and digest."""
    digest = digest_of(text)
    path = Path(settings.DATA, ADOPTIONS, adoption_name(digest))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    transaction.on_commit(lambda: _put_in_force(path.parent, digest))
    return path, digest


def _put_in_force(folder: Path, digest: str) -> None:
    """Name the file as the current one, whole or not at all."""
    handle, temporary = tempfile.mkstemp(dir=folder)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(digest)
    Path(temporary).replace(folder / CURRENT)


def digest_of(text: str) -> str:
    """What an adoption file is known by."""
    return hashlib.sha256(text.encode()).hexdigest()


def is_approved(path: Path) -> bool:
    """Whether two people agreed to exactly this file."""
    digest = digest_of(path.read_text(encoding="utf-8"))
    return _approved().filter(answer__sha256=digest).exists()


def _approved() -> QuerySet[Proposal]:
    return Proposal.objects.filter(kind="adopt", state=Proposal.State.APPROVED)


def lies_as_approved() -> bool:
    """Whether the office works by the file that was approved last, or by none if none ever was.

    What ``DOUDI_ADOPTION`` names is the operator's choice and only has to be usable.
    """
    try:
        active_policy()
    except UnusableAdoption:
        return False
    if os.environ.get(ADOPTION_VARIABLE):
        return True
    ordered = _approved().order_by("decided_at", "pk")
    last: str | None = ordered.values_list("answer__sha256", flat=True).last()
    current = current_adoption()
    if last is None or not current:
        return last is None and not current
    return last == digest_of(Path(current).read_text(encoding="utf-8"))
