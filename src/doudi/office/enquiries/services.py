"""Keeping an enquiry behind a code, opening it again, and filing an answer that looks wrong."""

from __future__ import annotations

import json
import re
import secrets
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from cryptography.exceptions import InvalidTag
from django.db import transaction
from django.utils import timezone

from doudi.office.enquiries.codes import ALPHABET, locator_of, new_code, seal, unseal
from doudi.office.enquiries.models import Dispute, SavedEnquiry

DAYS_KEPT = 30
MOST_TEXT = 300
_PUBLIC_ID_LENGTH = 26
# Seven digits in a row, spaced or not, are a telephone or the beginning of an ID or card number.
_NUMBER = re.compile(r"(?:\d[\s\-—.]?){7,}")


class DisputeRefused(Exception):
    """Refused, with the field and the reason in Chinese (``zh``) and English; nothing is kept."""

    def __init__(self, field: str, zh: str, en: str) -> None:
        super().__init__(en)
        self.field = field
        self.zh = zh
        self.en = en


@transaction.atomic
def save_enquiry(*, replies: Mapping[str, Any]) -> str:
    """Keep the replies for 30 days; the code that opens them, which is kept nowhere.

    What has expired is deleted at the same time, so that it goes without anybody's doing.
    """
    delete_expired()
    code = new_code()
    content = json.dumps(dict(replies), ensure_ascii=False, separators=(",", ":")).encode()
    SavedEnquiry.objects.create(
        locator=locator_of(code),
        sealed=seal(code, content),
        expires_at=timezone.now() + timedelta(days=DAYS_KEPT),
    )
    return code


def open_enquiry(*, code: str) -> dict[str, Any] | None:
    """The replies that were saved under ``code``; None where there are none, or no longer."""
    found = SavedEnquiry.objects.filter(
        locator=locator_of(code), expires_at__gt=timezone.now()
    ).first()
    if found is None:
        return None
    try:
        replies: dict[str, Any] = json.loads(unseal(code, bytes(found.sealed)))
    except InvalidTag:
        return None  # somebody has altered the row
    return replies


@transaction.atomic
def delete_expired() -> int:
    """Delete the enquiries whose time is over; how many there were."""
    return SavedEnquiry.objects.filter(expires_at__lte=timezone.now()).delete()[0]


@transaction.atomic
def file_dispute(
    *,
    replies: Mapping[str, Any],
    policy_version: str,
    wrong: str,
    own_paid: int | None = None,
    entitlement: str = "",
    text: str = "",
) -> Dispute:
    """File an answer that looks wrong, for the staff; amounts in fen.

    DisputeRefused for an unknown sort of fault, and for a text that is too long or holds what may
    be a telephone, ID or card number: nobody's name or number is to be kept here.
    """
    if wrong not in Dispute.Wrong.values:
        raise DisputeRefused("wrong", "请选一项哪里不对", "choose what is wrong")
    if len(text) > MOST_TEXT:
        raise DisputeRefused(
            "text", f"最多写 {MOST_TEXT} 个字", f"write at most {MOST_TEXT} characters"
        )
    if _NUMBER.search(text):
        raise DisputeRefused(
            "text",
            "这里好像有电话或证件号码，请去掉再提交",
            "this looks like a telephone or ID number; take it out, please",
        )
    return Dispute.objects.create(
        public_id="".join(secrets.choice(ALPHABET) for _ in range(_PUBLIC_ID_LENGTH)),
        wrong=wrong,
        own_paid=own_paid,
        entitlement=entitlement,
        text=text.strip(),
        replies=dict(replies),
        policy_version=policy_version,
    )
