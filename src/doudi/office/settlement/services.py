"""The one-stop window: admit, enter the bill, settle, reverse, correct, pay the own part.

Every service is one transaction under the caller's key. What it changes is written as new rows;
`reverse`, `correct` and a claim found late settle the later claims of the person's year again in
the same transaction, as differences that name what caused them.
"""

from __future__ import annotations

from doudi.office.settlement.admission import admit, enter_fees
from doudi.office.settlement.corrections import correct, reassess, reverse
from doudi.office.settlement.entries import Who
from doudi.office.settlement.instalments import plan_instalments
from doudi.office.settlement.institutions import register_institution
from doudi.office.settlement.own_part import pay_own, refund_own
from doudi.office.settlement.previews import (
    preview,
    preview_correct,
    preview_reverse,
    preview_settle,
)
from doudi.office.settlement.settling import settle, settle_many, settle_visit

__all__ = [
    "Who",
    "admit",
    "correct",
    "enter_fees",
    "pay_own",
    "plan_instalments",
    "preview",
    "preview_correct",
    "preview_reverse",
    "preview_settle",
    "reassess",
    "refund_own",
    "register_institution",
    "reverse",
    "settle",
    "settle_many",
    "settle_visit",
]
