"""The bands of the figures in words, and the ages of what is owed."""

from __future__ import annotations

import itertools

from django.utils import timezone
from django.utils.translation import gettext as _

from doudi.money import yuan
from doudi.office.ledger.advances import months_between, months_earlier
from doudi.office.settlement.bands import OWN_BANDS, SHARE_BANDS

AGES = (3, 6, 12)
"""Up to how many months old what is owed is in each band; one more lies above."""

_FIRST, _LAST = "000001", "999912"


def own_band_words() -> list[str]:
    """The bands of the own part, from nothing paid to more than the last amount."""
    ends = [yuan(most) for most in OWN_BANDS[1:]]
    words = [_("没有自付"), _("{most} 元以内").format(most=ends[0])]
    words += [
        _("{least} 至 {most} 元").format(least=least, most=most)
        for least, most in itertools.pairwise(ends)
    ]
    return [*words, _("{least} 元以上").format(least=ends[-1])]


def share_band_words() -> list[str]:
    """The bands of what the payers give of a bill."""
    words = [_("不到 {percent}%").format(percent=SHARE_BANDS[0])]
    words += [f"{least}%–{most}%" for least, most in itertools.pairwise(SHARE_BANDS)]
    return [*words, _("{percent}% 及以上").format(percent=SHARE_BANDS[-1])]


def age_words() -> list[str]:
    """The bands of how long an advance is not paid."""
    ends = itertools.pairwise(AGES)
    words = [_("{most} 个月以内").format(most=AGES[0])]
    words += [
        _("{least} 至 {most} 个月").format(least=least + 1, most=most) for least, most in ends
    ]
    return [*words, _("{least} 个月以上").format(least=AGES[-1])]


def age_of(period: str, now: str) -> int:
    """The place of a month among `age_words`, seen from another."""
    months = months_between(period, now)
    return sum(months > most for most in AGES)


def this_month() -> str:
    """``YYYYMM`` of today."""
    return f"{timezone.localdate():%Y%m}"


def periods_of_age(at: int | None, now: str) -> tuple[str, str]:
    """The first and the last month (``YYYYMM``) of a band of `age_words`; of all for None."""
    first = _FIRST if at in (None, len(AGES)) else months_earlier(now, AGES[at or 0])
    last = _LAST if not at else months_earlier(now, AGES[at - 1] + 1)
    return first, last
