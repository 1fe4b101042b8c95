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

from doudi.office.approvals.errors import ApprovalRefused
from doudi.office.approvals.models import Proposal
from doudi.office.settlement.policy import ADOPTIONS, CURRENT, active_policy, adoption_name
from doudi.rules.adoption import Adopted, RefusedAdoption, adopt


def read_adoption(text: str) -> tuple[Adopted, ...]:
    """What the file would put in place of what; ApprovalRefused with every fault of it."""
    with tempfile.TemporaryDirectory(prefix="doudi-adoption-") as folder:
        path = Path(folder, "adoption.yaml")
        path.write_text(text, encoding="utf-8")
        try:
            return adopt(active_policy(), path)[1]
        except RefusedAdoption as refused:
            zh = "；".join(zh for zh, _en in refused.faults)
            raise ApprovalRefused(zh, "; ".join(en for _zh, en in refused.faults)) from refused


def adopt_file(proposal: Proposal) -> dict[str, Any]:
    """Write the approved file down; its path and what it changes."""
    text = proposal.given["text"]
    adopted = read_adoption(text)
    digest = digest_of(text)
    path = Path(settings.DATA, ADOPTIONS, adoption_name(digest))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    transaction.on_commit(lambda: _put_in_force(path.parent, digest))
    return {"file": str(path), "sha256": digest, "values": [item.parameter for item in adopted]}


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
    approved = Proposal.objects.filter(kind="adopt", state=Proposal.State.APPROVED)
    return approved.filter(answer__sha256=digest).exists()
