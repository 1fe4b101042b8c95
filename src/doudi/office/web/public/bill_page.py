"""What the page about one bill shows, as plain data for its template."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.utils.translation import gettext as _

from doudi.estimate.answer import INTERPRETATION, PayerLine, payer_lines
from doudi.estimate.asking import BillResult, LimitsResult, NotInForce, Walk
from doudi.estimate.entitlements import answer_entitlement
from doudi.estimate.granted import Item, Outcome
from doudi.estimate.source_note import source_note
from doudi.i18n import either
from doudi.money import percent, yuan
from doudi.office.web.charts import Part
from doudi.office.web.public.asking import address_of
from doudi.office.web.public.clauses_shown import (
    ClauseShown,
    clauses_shown,
    directions,
    said,
    status_tone,
    status_words,
)
from doudi.rules.amounts import Schedule
from doudi.rules.entitlements import Recipient
from doudi.rules.policy import KIND, Policy

_OWN = "own_pay"


@dataclass(frozen=True)
class StepShown:
    """How one payer's amount came about."""

    name: str
    fen: int
    working: tuple[tuple[str, str], ...]
    clauses: list[ClauseShown]


@dataclass(frozen=True)
class FigureShown:
    """A figure behind the answer, with how sure it is and what it rests on."""

    name: str
    value: str
    status: str
    tone: str
    basis: str
    moves: bool


@dataclass(frozen=True)
class RefusedShown:
    """A condition that failed, with what it takes away."""

    reason: str
    titles: tuple[str, ...]


def bill_page(result: BillResult, walk: Walk) -> dict[str, Any]:
    """Everything on the page of one bill."""
    answer = result.answer
    policy, explanation = answer.policy, answer.explanation
    low, high = answer.ranges[_OWN]
    bill = int(answer.question.facts["bill"])
    items = _items_of_the_kind(result)
    guaranteed = answer.guaranteed
    return {
        "kind": either(*policy.kinds[answer.question.kind]),
        "bill": bill,
        "guaranteed": guaranteed if guaranteed is not None and guaranteed < bill else None,
        "guarantee_clauses": clauses_shown(policy.clauses, _guarantee_clauses(result)),
        "own": _money(answer.outputs[_OWN]),
        "low": _money(low),
        "high": _money(high),
        "exact": low == high,
        "year_open": result.year_open,
        "first_of_year": not answer.question.opening and not result.year_open,
        "narrowing": _narrowing(result, walk),
        "parts": _parts(result),
        "steps": _steps(result),
        "cited": clauses_shown(policy.clauses, _cited(result)),
        "assumed": _assumed(result),
        "refused": _refused(items),
        "directions": directions(one for one in items if one.outcome is not Outcome.NOT_GRANTED),
        "figures": _figures(result),
        "readings": [
            either(rest.zh, rest.en) for rest in answer.rests_on if rest.status == INTERPRETATION
        ],
        "note": source_note(policy, [explanation]),
        "policy": either(policy.zh, policy.en),
        "day": answer.question.day,
    }


def _guarantee_clauses(result: BillResult) -> set[str]:
    answer = result.answer
    return {
        clause
        for item in answer.policy.guarantees
        if item.runs_for(answer.question.kind)
        for clause in item.card.clauses
    }


def _cited(result: BillResult) -> set[str]:
    """The clauses of the guarantee and of everything that pays."""
    paying = {
        clause
        for line in payer_lines(result.answer.explanation)
        if line.pays
        for clause in line.clauses
    }
    return paying | _guarantee_clauses(result)


def _narrowing(result: BillResult, walk: Walk) -> dict[str, Any] | None:
    """The one unknown to answer next; with an address where the person can answer it."""
    most = result.answer.narrows_most
    if most is None:
        return None
    return {
        "name": either(most.zh, most.en),
        "of_input": most.of_input,
        "href": address_of(walk, most.name) if most.of_input else None,
        "width": _money(most.width),
        "left": _money(most.left),
    }


def _parts(result: BillResult) -> list[Part]:
    """The bill, its payers and the person, as the waterfall draws them."""
    answer = result.answer
    graph = answer.policy.era_on(answer.question.day).graph
    parts = [Part(either("总费用", "Whole bill"), int(answer.question.facts["bill"]), "bill")]
    for name, fen in answer.outputs.items():
        card = graph.by_name[name].card
        label = either(card.zh, card.en.rstrip("."))
        parts.append(Part(label, fen, "own" if name == _OWN else "payer"))
    return parts


def _steps(result: BillResult) -> list[StepShown]:
    policy = result.answer.policy
    return [
        StepShown(
            either(line.zh, line.en.rstrip(".")),
            line.pays,
            _working(line),
            clauses_shown(policy.clauses, line.clauses),
        )
        for line in payer_lines(result.answer.explanation)
    ]


def _working(line: PayerLine) -> tuple[tuple[str, str], ...]:
    """The base, deductible, rate and cap of one payment, as far as it has them."""
    found: list[tuple[str, str]] = []
    if line.base is not None:
        found.append((_("计算的金额"), _money(line.base)))
    if line.deductible is not None:
        found.append((_("起付线"), _money(line.deductible)))
    if line.rate is not None:
        found.append((_("支付比例"), _rate(line)))
    if line.cap_before is not None and line.cap_after is not None:
        found.append((_("封顶线还剩（付之前）"), _money(line.cap_before)))
        found.append((_("封顶线还剩（付之后）"), _money(line.cap_after)))
    found.append((_("支付"), _money(line.pays)))
    return tuple(found)


def _rate(line: PayerLine) -> str:
    if not isinstance(line.rate, Schedule):
        return percent(line.rate)
    reached = [line.rate.bands[0]]
    for lower, band in pairwise(line.rate.bands):
        if lower.upper is not None and line.base is not None and lower.upper < line.base:
            reached.append(band)
    return " / ".join(percent(band.rate) for band in reached)


def _money(fen: int) -> str:
    return _("{amount} 元").format(amount=yuan(fen))


def _assumed(result: BillResult) -> list[tuple[str, str]]:
    """What the estimate took where nobody knew."""
    answer = result.answer
    inputs = answer.policy.inputs
    found = []
    for name, fact in answer.assumed.items():
        if name not in answer.unknown:
            continue  # it changes nothing, so nobody was asked
        item = inputs[name]
        if isinstance(fact, bool):
            shown = _("是") if fact else _("否")
        elif item.options:
            shown = either(*item.options[fact])
        else:
            shown = _money(int(fact))
        found.append((either(item.zh, item.en), shown))
    return found


def _items_of_the_kind(result: BillResult) -> list[Item]:
    """The entitlements to a value that the rules of this kind of care apply."""
    answer = result.answer
    policy, day = answer.policy, answer.question.day
    rules = policy.era_on(day).graph.for_kind(answer.question.kind)
    asked = {argument for rule in rules for argument in rule.signature.arguments}
    return [
        answer_entitlement(policy, one, answer.question.given, day)
        for one in policy.entitlements
        if one.to is Recipient.PERSON and one.amount.name in asked
    ]


def _refused(items: Iterable[Item]) -> list[RefusedShown]:
    """What the person does not get: each failed condition once."""
    found: dict[str, list[str]] = {}
    for item in items:
        if item.outcome is Outcome.NOT_GRANTED:
            for reason in item.refused:
                found.setdefault(said(reason.words), []).append(said(item.entitlement.words))
    return [RefusedShown(reason, tuple(titles)) for reason, titles in found.items()]


def _figures(result: BillResult) -> list[FigureShown]:
    """Every parameter that was applied, the unsure ones first."""
    answer = result.answer
    policy, day = answer.policy, answer.question.day
    moving = {rest.name for rest in answer.rests_on}
    used = {name for step in answer.explanation.steps for name in step.rests_on} | moving
    found = []
    for name in sorted(used & set(policy.parameters), key=list(policy.parameters).index):
        parameter = policy.parameters[name]
        value = parameter.on(day)
        found.append(
            FigureShown(
                either(parameter.zh, parameter.en),
                _value(value.value, parameter.unit),
                status_words(value.status.value),
                status_tone(value.status.value),
                either(value.basis, value.basis_en) or value.document or " ".join(value.clauses),
                name in moving,
            )
        )
    return sorted(found, key=lambda one: one.tone == "good")


def _value(value: object, unit: str) -> str:
    if isinstance(value, Schedule):
        return " / ".join(percent(band.rate) for band in value.bands)
    if not isinstance(value, int):
        return _("未载")
    return _money(value) if unit == "fen" else percent(value) if unit == "rate" else f"{value:,}"


def limits_page(result: LimitsResult, walk: Walk) -> dict[str, Any]:
    """Without a kind or a total: the most that any bill can leave to the person."""
    policy = result.policy
    limits = [(either(*policy.kinds[one.kind]), one.most) for one in result.limits]
    return {
        "limits": limits,
        "none": all(most is None for _name, most in limits),
        "bill_href": address_of(walk, "bill") if "bill" not in result.known else None,
        "kind_href": address_of(walk, KIND) if KIND not in result.known else None,
        "registered_href": address_of(walk, "registered")
        if "registered" not in result.known
        else None,
        "policy": either(policy.zh, policy.en),
        "day": result.day,
        "version": _version(policy),
    }


def no_version_page(result: NotInForce) -> dict[str, Any]:
    """The policy says nothing about that day."""
    policy = result.policy
    return {
        "policy": either(policy.zh, policy.en),
        "first": policy.valid_from,
        "last": policy.valid_to,
        "version": _version(policy),
    }


def _version(policy: Policy) -> str:
    return f"{policy.name} {policy.version}"
