"""Reading what was typed or chosen as the reply to one question."""

from __future__ import annotations

import unicodedata
from decimal import Decimal, InvalidOperation
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from doudi.estimate.asking import Question, Sort
from doudi.i18n import either
from doudi.money import read_yuan, yuan

UNKNOWN = "unknown"
_WAN = 10_000
_LONGEST = 40


class BadReply(ValueError):
    """Not a reply to the question; the text says what would be one."""


def read_reply(question: Question, data: QueryDict) -> Any:
    """The reply in a sent form; None for 不清楚. Errors: BadReply."""
    if UNKNOWN in data:
        return None
    text = data.get("reply", "")
    if question.sort in (Sort.FLAG, Sort.CHOICE):
        return _chosen(question, text)
    if question.sort is Sort.YUAN:
        return _amount(question, text)
    return _count(question, text)


def _chosen(question: Question, text: str) -> Any:
    if text == UNKNOWN:
        return None
    known: dict[str, Any] = {"yes": True, "no": False} if question.sort is Sort.FLAG else {}
    known |= {str(option.value): option.value for option in question.options}
    if text not in known:
        raise BadReply(_("请选一项；不知道就选“不清楚”"))
    return known[text]


def _amount(question: Question, text: str) -> int:
    # NFKC turns full-width digits into plain ones; people write 1.2万 as they say it.
    plain = unicodedata.normalize("NFKC", text).replace(" ", "").removesuffix("元")
    if not plain:
        raise BadReply(_("请填金额；不知道就点“不清楚”"))
    try:
        fen = _wan(plain) if plain.endswith("万") else read_yuan(plain)
    except (ValueError, InvalidOperation):
        raise BadReply(_("金额只写数字，例如 12000 或 12000.50 或 1.2万")) from None
    if fen > question.most:
        raise BadReply(_("不能超过 {most} 元").format(most=yuan(question.most)))
    return fen


def _wan(text: str) -> int:
    fen = Decimal(str(read_yuan(text.removesuffix("万")))) * _WAN
    return int(fen)


def _count(question: Question, text: str) -> int:
    plain = unicodedata.normalize("NFKC", text).strip()
    if not plain.isascii() or not plain.isdigit() or len(plain) > _LONGEST:
        raise BadReply(_("请填整数，例如 12；不知道就点“不清楚”"))
    if int(plain) > question.most:
        raise BadReply(_("不能超过 {most}").format(most=question.most))
    return int(plain)


def shown_reply(question: Question, reply: Any) -> str:
    """A reply as it stands in a list of replies."""
    if reply is None:
        return _("不清楚")
    if question.sort is Sort.FLAG:
        return _("是") if reply else _("否")
    if question.sort is Sort.YUAN:
        return _("{amount} 元").format(amount=yuan(reply))
    for option in question.options:
        if option.value == reply:
            return either(option.words.zh, option.words.en)
    return str(reply)
