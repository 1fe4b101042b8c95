"""What the window calls kinds of care and payers."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext as _

from doudi.i18n import either
from doudi.office.ledger.models import PAYERS
from doudi.office.settlement.policy import active_policy
from doudi.office.web.charts import Part


def kind_word(kind: str) -> str:
    """A kind of care in the reader's language; itself where the pack has it no longer."""
    names = active_policy().kinds.get(kind)
    return kind if names is None else either(*names)


def payer_words() -> dict[str, str]:
    """The five payers, in the order in which they pay (H-14)."""
    words = (_("基本医保"), _("大病保险"), _("商业补充保险"), _("医疗救助"), _("政府兜底"))
    return dict(zip(PAYERS, words, strict=True))


def waterfall_parts(bill_fen: int, payers: Mapping[str, int], own_fen: int) -> list[Part]:
    """A bill, what each payer takes off it, and what is left to the person."""
    words = payer_words()
    return [
        Part(_("总费用"), bill_fen, "bill"),
        *(Part(words[payer], payers[payer]) for payer in PAYERS),
        Part(_("个人自付"), own_fen, "own"),
    ]
