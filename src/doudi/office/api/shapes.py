"""What goes in and comes out, by field; money is integer fen."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from ninja import Header, Path, Schema
from pydantic import BeforeValidator, ConfigDict, Field

from doudi.office.registry.identity import PUBLIC_ID_LENGTH
from doudi.rules.amounts import LARGEST_AMOUNT

_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def _written_out(value: Any) -> Any:
    """A day as text; a number would be taken for seconds since 1970."""
    if isinstance(value, str) and _DAY.fullmatch(value) is None:
        raise ValueError("a day is written YYYY-MM-DD")
    if not isinstance(value, str | date):
        raise ValueError("a day is a text, YYYY-MM-DD")
    return value


Day = Annotated[date, BeforeValidator(_written_out)]
Fen = Annotated[int, Field(strict=True, ge=0, le=LARGEST_AMOUNT)]
Flag = Annotated[bool, Field(strict=True)]
# What PostgreSQL cannot hold and nobody can read is refused before a service sees it.
_PLAIN = r"^[^\x00-\x1f\x7f]*$"
PersonId = Annotated[str, Field(pattern=rf"^[0-9A-HJKMNP-TV-Z]{{{PUBLIC_ID_LENGTH}}}$")]
InPathPerson = Annotated[PersonId, Path()]
InPathStay = Annotated[str, Path(pattern=r"^[0-9a-f]{32}$")]
InPathClaim = Annotated[str, Path(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")]
InPathPeriod = Annotated[str, Path(pattern=r"^(19|20)\d\d(0[1-9]|1[0-2])$")]
Key = Annotated[
    str,
    Header(
        alias="Idempotency-Key",
        pattern=r"^[0-9A-Za-z._:-]{8,80}$",
        description="同一编号、同一内容只办一次 · the same key and body are done once",
    ),
]


class Given(Schema):
    """A body with these fields and no others."""

    model_config = ConfigDict(extra="forbid")


# --- Estimate ---


class EstimateGiven(Given):
    """One bill. What is left out is taken as unknown and answered with a range."""

    date: Day
    kind: Annotated[str, Field(max_length=20, pattern=r"^[a-z_]+$")] = "inpatient"
    bill_fen: Fen
    catalogue_fen: Fen | None = None
    hospital_level: Annotated[int, Field(strict=True, ge=1, le=3)] | None = None
    registered: Flag | None = None
    serious: Flag | None = None
    outside_league: Flag | None = None
    own_so_far_fen: Fen = 0


class PolicyShown(Schema):
    """Which rules answered."""

    name: str
    version: str


class Payers(Schema):
    """What each payer gives."""

    basic_fen: int
    critical_fen: int
    commercial_fen: int
    assistance_fen: int
    backstop_fen: int


class Rest(Schema):
    """Something unconfirmed that moved the answer."""

    name: str
    status: str
    zh: str
    en: str


class EstimateAnswer(Schema):
    """What the person can count on (None: nothing is guaranteed), the estimate and its range."""

    policy: PolicyShown
    date: Day
    kind: str
    bill_fen: int
    payers: Payers
    own_fen: int
    guaranteed_own_fen: int | None
    own_from_fen: int
    own_to_fen: int
    unknown: list[str]
    rests_on: list[Rest]


# --- People ---


class FindGiven(Given):
    """A whole ID number; that it was looked up is recorded."""

    id_number: Annotated[str, Field(min_length=15, max_length=40, pattern=_PLAIN)]


class Found(Schema):
    """A person's public id, which stands for the person everywhere else."""

    person: str


class RoomShown(Schema):
    """A cap of the year, what is used and what is left of it."""

    rule: str
    zh: str
    cap_fen: int
    used_fen: int
    left_fen: int
    status: str


class Entitlement(Schema):
    """What holds for a person on a day, by the registry, and what the year leaves of each cap.

    ``serious`` is whether a listed disease counts at the token's institution.
    """

    person: str
    date: Day
    enrolled: bool
    registered: bool
    serious_listed: bool
    serious: bool
    rooms: list[RoomShown]


# --- Stays ---


class AdmitGiven(Given):
    """An admission to the token's institution."""

    person: PersonId
    kind: Annotated[str, Field(max_length=20, pattern=r"^[a-z_]+$")] = "inpatient"
    admitted_on: Day
    agreement: Annotated[str, Field(max_length=60, pattern=_PLAIN)] = ""
    deposit_fen: Fen = 0


class Admitted(Schema):
    """The stay's name, and whether the person is insured that year."""

    admission: str
    enrolled: bool


class FeeGiven(Given):
    """A line of the bill; quantity times price is the total, and the four parts add up to it.

    ``replaces`` is the number of the line in whose place it comes.
    """

    item: Annotated[str, Field(min_length=1, max_length=120, pattern=_PLAIN)]
    catalogue: Annotated[str, Field(pattern=r"^[ABC]$")]
    quantity_thousandths: Fen
    unit_price_fen: Fen
    total_fen: Fen
    full_own_fen: Fen = 0
    over_limit_fen: Fen = 0
    first_own_fen: Fen = 0
    in_scope_fen: Fen = 0
    replaces: Annotated[int, Field(strict=True, ge=1, le=100_000)] | None = None


class FeesGiven(Given):
    """Lines to add to the bill, all of them or none."""

    lines: Annotated[list[FeeGiven], Field(min_length=1, max_length=5_000)]


class FeesTaken(Schema):
    """How many lines were added."""

    admission: str
    lines: int


class SettleGiven(Given):
    """The day of discharge or treatment."""

    settled_on: Day


class Difference(Schema):
    """Another claim whose amounts changed because of this one."""

    claim: str
    sort: str
    date: Day
    changes_fen: dict[str, int]


class Settled(Schema):
    """What each payer gives and the person pays."""

    claim: str
    admission: str
    date: Day
    bill_fen: int
    payers: Payers
    own_fen: int
    differences: list[Difference]


class ClaimShown(Schema):
    """A settlement as it stands now; ``owed_fen`` is what the person has not paid yet."""

    claim: str
    admission: str
    person: str
    admitted_on: Day
    settled_on: Day
    reversed: bool
    bill_fen: int
    payers: Payers
    own_fen: int
    owed_fen: int
    policy: PolicyShown


class ReverseGiven(Given):
    """Why."""

    reason: Annotated[str, Field(min_length=1, max_length=150, pattern=_PLAIN)]


class Proposed(Schema):
    """The proposal that now waits for a second person; nothing is reversed yet."""

    proposal: str
    state: str


# --- Statements ---


class PayerMonth(Schema):
    """What a payer owes for a month: ``state`` is open, closed, drawn, confirmed or paid."""

    payer: str
    amount_fen: int
    state: str


class StatementShown(Schema):
    """The month of the token's institution, by payer; below 0 after corrections."""

    period: str
    closed: bool
    payers: list[PayerMonth]


def payers_of(amounts: dict[str, Any]) -> Payers:
    """The payers' amounts under the API's names."""
    return Payers(**{f"{payer}_fen": amount for payer, amount in amounts.items()})
