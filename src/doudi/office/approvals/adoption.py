"""A bureau's own figures: checked when they are proposed, put into the data folder when approved.

The office settles by the file that ``DOUDI_ADOPTION`` names when it starts. An approved file lies
in ``adoptions/`` of the data folder under its digest, so that what runs can be told from what was
approved.
"""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path
from typing import Any

from django.conf import settings

from doudi.office.approvals.errors import ApprovalRefused
from doudi.office.approvals.models import Proposal
from doudi.office.settlement.policy import active_policy
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
    path = Path(settings.DATA, "adoptions", f"{digest[:16]}.yaml")
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return {"file": str(path), "sha256": digest, "values": [item.parameter for item in adopted]}


def digest_of(text: str) -> str:
    """What an adoption file is known by."""
    return hashlib.sha256(text.encode()).hexdigest()


def is_approved(path: Path) -> bool:
    """Whether two people agreed to exactly this file."""
    digest = digest_of(path.read_text(encoding="utf-8"))
    approved = Proposal.objects.filter(kind="adopt", state=Proposal.State.APPROVED)
    return approved.filter(answer__sha256=digest).exists()
