"""An allotment as a record: what the notice says and what it leaves out, how far the money has
come, and what is wrong with it.

Everything is computed from the record; what the record does not know is reported as missing or as
not decidable, and never taken for yes or no. Money is in fen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import Enum
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from doudi.money import yuan
from doudi.rules.clauses import ClauseBook
from doudi.rules.errors import BadValue
from doudi.rules.files import read_yaml
from doudi.rules.notation import read_fen


def _fen(value: Any) -> int:
    """Fen as they are, or an amount as a policy author writes it: ``3000000 yuan``."""
    if type(value) is int and value >= 0:
        return value
    try:
        return read_fen(value, "an amount")
    except BadValue as error:
        raise ValueError(str(error)) from error


Fen = Annotated[int, BeforeValidator(_fen)]
Clauses = tuple[str, ...]


class _Record(BaseModel):
    """Immutable, and without keys that nobody reads."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Words(_Record):
    """A text for people, in Chinese and English."""

    zh: str = Field(min_length=1)
    en: str = Field(min_length=1)


class AccountItem(Words):
    """An item of the government's revenue and expenditure classification."""

    code: str = Field(pattern=r"^[0-9]{3,9}$")


class Statement(Words):
    """Something the notice says, with its clauses."""

    clauses: Clauses = Field(min_length=1)


class Basis(Statement):
    """A document the allotment rests on; ``kept`` says whether its text is at hand."""

    number: str | None
    kept: bool


class Annex(Statement):
    """An annex of the notice; ``present`` says whether it came with it."""

    present: bool


class Payment(_Record):
    """One payment from the allotment; ``item`` is the code it was booked to."""

    paid_on: date
    payee: str = Field(min_length=1)
    amount: Fen = Field(gt=0)
    item: str


class Allotment(_Record):
    """One allotment with all that a finance bureau keeps about it; None means not known."""

    number: str | None
    dated: date | None
    sender: Words | None
    addressee: Words
    budget_year: int
    level: Literal["central", "region", "league", "banner"]
    fund: Words
    amount: Fen
    account_item: AccountItem
    basis: tuple[Basis, ...]
    annexes: tuple[Annex, ...]
    monitored: bool | None
    block: bool | None
    pilot_county: bool | None
    pilot_evidence: str | None
    projects_named_by: Literal["sender", "county"] | None
    unrelated_task: bool | None
    implementing_unit: Words | None
    cites: Mapping[str, Clauses]
    block_rule: tuple[Statement, ...] = ()

    received_on: date | None = None
    registered_on: date | None = None
    pooled_on: date | None = None
    projects_named_on: date | None = None
    targets_entered_on: date | None = None
    completed_on: date | None = None
    evaluated_on: date | None = None
    targets_met_on: date | None = None
    monitoring: tuple[date, ...] = ()
    payments: tuple[Payment, ...] = ()

    @property
    def paid(self) -> int:
        """All that has been paid from it, in fen, whatever it was booked to."""
        return sum(payment.amount for payment in self.payments)

    @property
    def left(self) -> int:
        """What is left of it, in fen; negative when more was paid than was allotted."""
        return self.amount - self.paid

    @property
    def all_clauses(self) -> Clauses:
        """The clauses that the record carries, each once, in order."""
        stated = (*self.basis, *self.annexes, *self.block_rule)
        ids = [one for clauses in self.cites.values() for one in clauses]
        ids += [one for statement in stated for one in statement.clauses]
        return tuple(sorted(set(ids)))


def read_allotment(path: Path, book: ClauseBook) -> Allotment:
    """The allotment recorded in the YAML file at ``path``.

    Errors: BadValue naming the file and the field, UnknownClause.
    """
    raw = read_yaml(path)
    try:
        allotment = Allotment.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in first["loc"]) or "-"
        raise BadValue(f"{path.name}: {place}: {first['msg']}") from error
    unknown = sorted(set(allotment.cites) - set(Allotment.model_fields))
    if unknown:
        raise BadValue(f"{path.name}: cites: there is no field {', '.join(unknown)}")
    book.check(allotment.all_clauses, path.name)
    return allotment


# ---- What is not known ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Missing:
    """Something that the notice should give and does not."""

    field: str
    zh: str
    en: str
    clauses: Clauses


_MISSING_WORDS = {
    "number": ("没有文号", "the number of the notice is not given"),
    "dated": ("没有日期", "the date of the notice is not given"),
    "sender": ("没有发文单位", "the sender is not given"),
    "implementing_unit": ("没有项目实施单位", "the project-implementing unit is not given"),
    "block": ("没有说明是不是切块资金", "whether it is block money is not given"),
    "pilot_county": (
        "没有说明收文方是不是试点贫困县",
        "whether the addressee is a pilot poor county is not given",
    ),
    "monitored": ("没有说明是否纳入动态监控", "whether it is monitored is not given"),
}


def missing(allotment: Allotment) -> tuple[Missing, ...]:
    """What the record does not know, in the order of a notice: fields, documents, annexes."""
    fields = [
        Missing(name, zh, en, tuple(allotment.cites.get(name, ())))
        for name, (zh, en) in _MISSING_WORDS.items()
        if getattr(allotment, name) is None
    ]
    documents = [
        Missing(
            "basis",
            f"依据文件的原文不在手边：{document.number or document.zh}",
            f"the text of a basis document is not at hand: {document.number or document.en}",
            document.clauses,
        )
        for document in allotment.basis
        if not document.kept
    ]
    return (*fields, *documents, *_missing_annexes(allotment))


def _missing_annexes(allotment: Allotment) -> Iterator[Missing]:
    for annex in allotment.annexes:
        if not annex.present:
            yield Missing(
                "annexes",
                f"缺少附件：{annex.zh}",
                f"an annex is missing: {annex.en}",
                annex.clauses,
            )


# ---- How far it has come -------------------------------------------------------------------------


class Stage(Enum):
    """How far an allotment has come."""

    RECEIVED = "received"
    REGISTERED = "registered"
    POOLED = "pooled"
    PROJECTS_NAMED = "projects named"
    TARGETS_ENTERED = "targets entered"
    PAID_IN_PARTS = "paid in parts"
    COMPLETED = "completed"
    EVALUATED = "evaluated"

    @property
    def zh(self) -> str:
        """The label on Chinese pages."""
        return _STAGE_ZH[self]

    @property
    def en(self) -> str:
        """The label on English pages."""
        return self.value


_STAGE_ZH = {
    Stage.RECEIVED: "已收到",
    Stage.REGISTERED: "已登录",
    Stage.POOLED: "已统筹",
    Stage.PROJECTS_NAMED: "已定项目",
    Stage.TARGETS_ENTERED: "目标已录入",
    Stage.PAID_IN_PARTS: "陆续付款",
    Stage.COMPLETED: "已完成",
    Stage.EVALUATED: "已评价",
}

FOLLOWS: Mapping[Stage, tuple[Stage, ...]] = {
    Stage.RECEIVED: (Stage.REGISTERED,),
    Stage.REGISTERED: (Stage.POOLED, Stage.PROJECTS_NAMED),
    Stage.POOLED: (Stage.TARGETS_ENTERED,),
    Stage.PROJECTS_NAMED: (Stage.TARGETS_ENTERED,),
    Stage.TARGETS_ENTERED: (Stage.PAID_IN_PARTS,),
    Stage.PAID_IN_PARTS: (Stage.PAID_IN_PARTS, Stage.COMPLETED),
    Stage.COMPLETED: (Stage.EVALUATED,),
    Stage.EVALUATED: (),
}
"""Which stages may come next. A pilot county pools its block; elsewhere projects are named."""


def stage(allotment: Allotment) -> Stage:
    """The furthest stage that was reached without leaving one out.

    A payment before the registration does not carry the allotment forward: it is an alert.
    """
    if county_decides(allotment) is False:
        chosen = {Stage.PROJECTS_NAMED: allotment.projects_named_on is not None}
    else:
        chosen = {
            Stage.POOLED: allotment.pooled_on is not None,
            Stage.PROJECTS_NAMED: allotment.projects_named_on is not None,
        }
    reached = {
        Stage.REGISTERED: allotment.registered_on is not None,
        **chosen,
        Stage.TARGETS_ENTERED: allotment.targets_entered_on is not None,
        Stage.PAID_IN_PARTS: bool(allotment.payments),
        Stage.COMPLETED: allotment.completed_on is not None and not blockers(allotment),
        Stage.EVALUATED: allotment.evaluated_on is not None,
    }
    current = Stage.RECEIVED
    while True:
        following = [one for one in FOLLOWS[current] if one is not current and reached.get(one)]
        if not following:
            return current
        current = following[0]


def blockers(allotment: Allotment) -> tuple[Missing, ...]:
    """What keeps the allotment from being completed; () when nothing does."""
    undone = [
        ("registered_on", "指标还没有登录", "it is not registered", ("N-18",)),
        ("targets_entered_on", "绩效目标还没有录入", "the targets are not entered", ("N-20",)),
    ]
    found = [
        Missing(name, zh, en, clauses)
        for name, zh, en, clauses in undone
        if getattr(allotment, name) is None
    ]
    if not allotment.payments:
        found.append(Missing("payments", "还没有付款", "nothing is paid", ("N-06",)))
    return (*found, *_missing_annexes(allotment))


def county_decides(allotment: Allotment) -> bool | None:
    """Whether a pilot county decides about its block; None while either fact is unknown."""
    facts = (allotment.block, allotment.pilot_county)
    if False in facts:
        return False
    return None if None in facts else True


def events(allotment: Allotment) -> dict[str, date]:
    """The days of what has happened, under the names that the duties of the pack use."""
    days = {
        "allotment_received": allotment.received_on,
        "registered": allotment.registered_on,
        "pooled": allotment.pooled_on,
        "targets_entered": allotment.targets_entered_on,
        "targets_met": allotment.targets_met_on,
        "first_paid": min((payment.paid_on for payment in allotment.payments), default=None),
        "monitored": max(allotment.monitoring, default=None),
        "block_received": allotment.received_on if county_decides(allotment) else None,
        "project_named_by_sender": (
            allotment.received_on if allotment.projects_named_by == "sender" else None
        ),
        "unrelated_task_attached": allotment.received_on if allotment.unrelated_task else None,
        "county_is_poor": allotment.received_on if allotment.pilot_county else None,
        "sent_without_block": allotment.received_on if allotment.block is False else None,
    }
    return {name: day for name, day in days.items() if day is not None}


# ---- What is wrong with it -----------------------------------------------------------------------


class AlertKind(Enum):
    """What an alert is about."""

    PAID_UNREGISTERED = "payment without registration"
    PAID_WITHOUT_TARGETS = "payment without targets"
    OTHER_ITEM = "payment booked to another item"
    OVERPAID = "payments above the allotment"
    PROJECT_NAMED = "project named although block"
    UNRELATED_TASK = "unrelated task although block"
    NOT_A_BLOCK = "poor county without block"
    COMPLETED_TOO_EARLY = "completed too early"


@dataclass(frozen=True)
class Alert:
    """Something wrong, or - with ``decided`` False - something that cannot be decided yet."""

    kind: AlertKind
    decided: bool
    zh: str
    en: str
    clauses: Clauses


def alerts(allotment: Allotment) -> tuple[Alert, ...]:
    """All that is wrong with the record: each payment, their sum, the block rule, completion."""
    found = [alert for payment in allotment.payments for alert in _of_payment(allotment, payment)]
    return (*found, *_of_sum(allotment), *_of_block(allotment), *_of_completion(allotment))


def _of_payment(allotment: Allotment, payment: Payment) -> Iterator[Alert]:
    zh = f"{payment.paid_on}付款{yuan(payment.amount)}元"
    en = f"{yuan(payment.amount)} yuan paid on {payment.paid_on}"
    if _not_before(allotment.registered_on, payment.paid_on):
        yield Alert(
            AlertKind.PAID_UNREGISTERED,
            True,
            f"{zh}，当时指标没有登录",
            f"{en}: the allotment was not registered then",
            ("N-18",),
        )
    if _not_before(allotment.targets_entered_on, payment.paid_on):
        yield Alert(
            AlertKind.PAID_WITHOUT_TARGETS,
            True,
            f"{zh}，当时绩效目标没有录入",
            f"{en}: the targets were not entered then",
            ("N-20",),
        )
    if payment.item != allotment.account_item.code:
        yield Alert(
            AlertKind.OTHER_ITEM,
            True,
            f"{zh}，记在科目{payment.item}，应记{allotment.account_item.code}",
            f"{en}: booked to {payment.item}, not {allotment.account_item.code}",
            ("N-04",),
        )


def _not_before(done: date | None, paid: date) -> bool:
    """Whether what had to come first had not been done on the day of the payment."""
    return done is None or done > paid


def _of_sum(allotment: Allotment) -> Iterator[Alert]:
    if allotment.left < 0:
        yield Alert(
            AlertKind.OVERPAID,
            True,
            f"付款合计{yuan(allotment.paid)}元，超出指标{yuan(-allotment.left)}元",
            f"{yuan(allotment.paid)} yuan paid in all, {yuan(-allotment.left)} above the allotment",
            ("N-03",),
        )


def _of_block(allotment: Allotment) -> Iterator[Alert]:
    if allotment.pilot_county and allotment.block is False:
        yield Alert(
            AlertKind.NOT_A_BLOCK,
            True,
            "收文方是贫困县，这笔钱却没有切块下达",
            "the addressee is a poor county, but the money was not allotted as a block",
            ("N-13",),
        )
    named = allotment.projects_named_by == "sender"
    yield from _if_county_decides(
        allotment,
        AlertKind.PROJECT_NAMED,
        named,
        ("上级指定了具体项目", "the sender named specific projects"),
        ("N-05", "N-14"),
    )
    yield from _if_county_decides(
        allotment,
        AlertKind.UNRELATED_TASK,
        bool(allotment.unrelated_task),
        ("上级附加了与脱贫无关的任务", "the sender attached a task unrelated to poverty relief"),
        ("N-15",),
    )


def _if_county_decides(
    allotment: Allotment,
    kind: AlertKind,
    happened: bool,
    words: tuple[str, str],
    clauses: Clauses,
) -> Iterator[Alert]:
    decides = county_decides(allotment)
    if not happened or decides is False:
        return
    zh, en = words
    if decides:
        yield Alert(
            kind,
            True,
            f"{zh}，但这是试点贫困县的切块资金，不允许",
            f"{en}, which block money of a pilot poor county does not allow",
            clauses,
        )
        return
    yield Alert(
        kind,
        False,
        f"{zh}；收文方是不是试点贫困县、这是不是切块资金还没有查明，无法判断是否允许",
        f"{en}; not decidable until it is known whether the addressee is a pilot poor county "
        "and the money a block",
        clauses,
    )


def _of_completion(allotment: Allotment) -> Iterator[Alert]:
    if allotment.completed_on is None:
        return
    for blocker in blockers(allotment):
        yield Alert(
            AlertKind.COMPLETED_TOO_EARLY,
            True,
            f"已记为完成，但{blocker.zh}",
            f"marked as completed, but {blocker.en}",
            blocker.clauses,
        )
