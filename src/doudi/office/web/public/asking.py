"""The questions, one a page; back and change at any point; checking what was answered."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from doudi.estimate.asking import Question, Sort, Walk
from doudi.estimate.asking.structure import LABEL, WAY, person_words
from doudi.i18n import either
from doudi.money import yuan
from doudi.office.web.pages import FORM, public_page
from doudi.office.web.public.replies_cookie import forget_replies, keep_replies, read_replies
from doudi.office.web.public.reply_form import UNKNOWN, BadReply, read_reply, shown_reply
from doudi.office.web.public.results import guide
from doudi.office.web.throttle import throttled

_FORMS_A_MINUTE = 120


@dataclass(frozen=True)
class Choice:
    """One answer to choose, as it stands on the page."""

    value: str
    text: str
    hint: str
    chosen: bool


@dataclass(frozen=True)
class Given:
    """One question with its reply and the address where it can be changed."""

    question: str
    reply: str
    href: str


@public_page()
@never_cache
def following(request: HttpRequest) -> HttpResponse:
    """The next question, or what there is to check when there is none."""
    return redirect(_next_address(guide().walk(read_replies(request))))


@public_page(FORM)
@never_cache
@throttled("ask", times=_FORMS_A_MINUTE, seconds=60)
def one(request: HttpRequest, number: int) -> HttpResponse:
    """Question ``number`` of those that apply to this person, from 1."""
    walk = guide().walk(read_replies(request))
    if request.method == "POST":
        # By its slot: a page from another tab or an hour ago must not answer another question.
        question = walk.question(request.POST.get("slot", ""))
        if question is None:
            return redirect(_next_address(walk))
        try:
            reply = read_reply(question, request.POST)
        except BadReply as bad:
            return _page(request, walk, question, str(bad))
        walk = guide().reply(walk.replies, question.slot, reply)
        response = redirect(_next_address(walk))
        keep_replies(response, walk.replies)
        return response
    if not 1 <= number <= len(walk.questions):
        return redirect(_next_address(walk))
    return _page(request, walk, walk.questions[number - 1])


@public_page()
@never_cache
def check(request: HttpRequest) -> HttpResponse:
    """What was answered, each with a way to change it, before the answer is shown."""
    walk = guide().walk(read_replies(request))
    if WAY not in walk.replies:
        return redirect("public:ask")
    return render(request, "public/check.html", {"given": given(walk), "open": walk.next})


@public_page(("POST",))
def clear(request: HttpRequest) -> HttpResponse:
    """Forget everything that was answered."""
    del request
    response = redirect("public:home")
    forget_replies(response)
    return response


def given(walk: Walk) -> list[Given]:
    """Everything answered so far, in order."""
    return [
        Given(
            _of_person(question, walk) + either(question.words.label.zh, question.words.label.en),
            shown_reply(question, walk.replies[question.slot]),
            reverse("public:question", args=[number]),
        )
        for number, question in enumerate(walk.questions, start=1)
        if question.slot in walk.replies
    ]


def address_of(walk: Walk, slot: str) -> str | None:
    """Where the question of a slot is asked; None where it is not."""
    for number, question in enumerate(walk.questions, start=1):
        if question.slot == slot:
            return reverse("public:question", args=[number])
    return None


def _next_address(walk: Walk) -> str:
    if walk.next is None:
        return reverse("public:check")
    return address_of(walk, walk.next.slot) or reverse("public:home")


def _page(request: HttpRequest, walk: Walk, question: Question, fault: str = "") -> HttpResponse:
    number = walk.questions.index(question) + 1
    words = question.words
    asked = (
        request.POST.get("reply", "")
        if fault
        else _typed(question, walk.replies.get(question.slot))
    )
    before = walk.questions[number - 2] if number > 1 else None
    context = {
        "question": question,
        "number": number,
        "title": either(words.title.zh, words.title.en),
        "hint": either(words.hint.zh, words.hint.en) if words.hint else "",
        "unknown": either(words.unknown.zh, words.unknown.en) if words.unknown else _("不清楚"),
        "person": _of_person(question, walk).rstrip("：: "),
        "choices": _choices(question, walk),
        "money": question.sort is Sort.YUAN,
        "typed": asked,
        "faults": [("#reply", fault)] if fault else [],
        "back": reverse("public:question", args=[number - 1]) if before else reverse("public:home"),
        "address": reverse("public:question", args=[number]),
        "can_skip": len(walk.replies) > 2,  # noqa: PLR2004 - way, period and one fact more
        "changing": walk.next is None,
    }
    return render(request, "public/question.html", context)


def _choices(question: Question, walk: Walk) -> list[Choice]:
    if question.sort not in (Sort.FLAG, Sort.CHOICE):
        return []
    answered = question.slot in walk.replies
    reply = walk.replies.get(question.slot)
    if question.sort is Sort.FLAG:
        found = [
            Choice("yes", _("是"), "", answered and reply is True),
            Choice("no", _("否"), "", answered and reply is False),
        ]
    else:
        found = [
            Choice(
                str(option.value),
                either(option.words.zh, option.words.en),
                either(option.hint.zh, option.hint.en) if option.hint else "",
                answered and reply == option.value,
            )
            for option in question.options
        ]
    words = question.words.unknown
    if question.name != LABEL or question.person == 1:
        text = either(words.zh, words.en) if words else _("不清楚")
        found.append(Choice(UNKNOWN, text, "", answered and reply is None))
    return found


def _typed(question: Question, reply: Any) -> str:
    """A reply as it would have been typed."""
    if reply is None or question.sort not in (Sort.YUAN, Sort.COUNT):
        return ""
    return yuan(reply) if question.sort is Sort.YUAN else str(reply)


def _of_person(question: Question, walk: Walk) -> str:
    """Whom a question is about, where it is about one member of the household."""
    if not question.person or question.name == LABEL:
        return ""
    words = person_words(walk.replies.get(f"{question.person}.{LABEL}"))
    return either(f"{words.zh}：", f"{words.en}: ")
