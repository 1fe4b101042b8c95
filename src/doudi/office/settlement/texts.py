"""The words and values of the pack that settles, kept once for all entries that rest on them."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from doudi.office.settlement.models import Entry
from doudi.rules.frozen import text_of, thaw
from doudi.rules.policy import Policy

_MEMO = "office text"


@dataclass(frozen=True)
class Text:
    """A policy's text and the id that its content gives it."""

    id: UUID
    content: dict[str, Any]


def text_for(policy: Policy) -> Text:
    """What entries worked out by ``policy`` rest on; made once for each loaded policy."""
    found: Text | None = policy.memo.get(_MEMO)
    if found is None:
        content = text_of(policy)
        found = policy.memo[_MEMO] = Text(id_of(content), content)
    return found


def id_of(content: Any) -> UUID:
    """The id of a text: the first 128 bits of the SHA-256 of its content."""
    text = json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return UUID(bytes=hashlib.sha256(text.encode()).digest()[:16])


def explanation_of(entry: Entry) -> dict[str, Any] | None:
    """The whole working of an entry as it was; None when it only takes something back."""
    if entry.numbers is None:
        return None
    return thaw(
        entry.text.content,
        day=entry.claim.date,
        facts=entry.claim.facts,
        opening=entry.opening,
        numbers=entry.numbers,
    )
