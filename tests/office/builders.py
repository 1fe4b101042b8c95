"""What tests of the office share: made-up people, hospitals, stays with bills, policy files.

A builder calls the services as the window does, under a new key each time.
"""

from __future__ import annotations

import uuid
from collections.abc import Generator, Iterable, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import yaml
from django.db import connection
from tests.policies.naive_fold import Fold

from doudi.office.accounts.models import User
from doudi.office.accounts.services import look_up
from doudi.office.ledger import services as ledger
from doudi.office.ledger.models import PAYERS, Statement
from doudi.office.ledger.selectors import balance
from doudi.office.ledger.services import patient, pending
from doudi.office.registry import services as registry
from doudi.office.registry.identity import made_up_id_number
from doudi.office.registry.models import Person
from doudi.office.settlement import services
from doudi.office.settlement.bills import lines_in_force
from doudi.office.settlement.fees import FeeInput
from doudi.office.settlement.models import Claim, Entry, Institution, PersonYear
from doudi.office.settlement.policy import unconfirmed
from doudi.office.settlement.services import Who
from doudi.policies import policy
from doudi.rules.amounts import Schedule
from doudi.rules.policy import Policy

DAY = date(2018, 5, 9)
LONG_AGO = date(2016, 1, 1)
SAID: dict[str, Any] = {"actor": "窗口甲", "reason": "测试"}
WHO = Who(**SAID)
YUAN = 100
HINGGAN = policy("hinggan-2018")
OUTPUTS = (*(f"{payer}_pay" for payer in PAYERS), "own_pay")
OUTPATIENT_KINDS = (
    "chronic",
    "drug_purchase",
    "outpatient",
    "observation",
    "family_bed",
    "package",
)

_serials = count()


def new_key() -> str:
    """A key nobody has used."""
    return uuid.uuid4().hex


def hospital(
    level: int = 3, *, designated: bool = True, inside: bool = True, serious: bool = True
) -> str:
    """The code of a hospital of this sort, registered when it is first asked for."""
    code = f"1522000{serious:d}{level}{designated:d}{inside:d}"
    if not Institution.objects.filter(code=code).exists():
        services.register_institution(
            code=code,
            name=f"合成医院{level}",
            level=level,
            designated=designated,
            inside_league=inside,
            serious_designated=serious,
        )
    return code


def someone(
    *,
    registered: bool = True,
    since: date = LONG_AGO,
    serious: bool = False,
    insured: Iterable[int] = (2018, 2019),
) -> Person:
    """A new person, insured in these years; registered as poor and seriously ill if so asked."""
    # No two of a run have one number, whichever database it is.
    day, serial = divmod(next(_serials), 5_000)
    number = made_up_id_number(born=date(1961, 5, 1 + day), sex="1", serial=serial)
    person = registry.register_person(**SAID, name="甲", id_number=number.text, synthetic=True)
    for year in insured:
        enrol(person, year)
    if registered:
        register(person, since)
    if serious:
        registry.list_disease(
            **SAID,
            person_id=person.pk,
            list="serious",
            disease="胃癌",
            valid_from=LONG_AGO,
            document="卫健〔2016〕2号",
        )
    return person


def enrol(person: Person, year: int) -> int:
    """Insure a person for a year; the enrolment's id."""
    enrolment = registry.enrol(
        **SAID,
        person_id=person.pk,
        year=year,
        premium_own_fen=0,
        paid_by="government",
        document=f"参保〔{year}〕1号",
    )
    return int(enrolment.pk)


def register(person: Person, since: date, until: date | None = None) -> int:
    """Register a person as poor; the period's id."""
    period = registry.add_registration(
        **SAID,
        person_id=person.pk,
        valid_from=since,
        valid_to=until,
        cause="01",
        document="扶贫办〔2016〕1号",
    )
    return int(period.pk)


def line(bill: int, in_scope: int | None = None, **other: Any) -> FeeInput:
    """One line of a bill, in fen; what is not in scope is first paid by the person."""
    inside = bill if in_scope is None else in_scope
    facts: dict[str, Any] = {
        "item": "床位费",
        "catalogue": "B",
        "quantity_thousandths": 1_000,
        "unit_price_fen": bill,
        "total_fen": bill,
        "full_own_fen": 0,
        "over_limit_fen": 0,
        "first_own_fen": bill - inside,
        "in_scope_fen": inside,
    }
    return FeeInput(**facts | other)


def admitted(
    person: Person,
    *,
    at: str | None = None,
    kind: str = "inpatient",
    on: date = DAY,
    agreement: str = "协议1",
    deposit: int = 0,
) -> str:
    """Admit a person; the admission."""
    answer = services.admit(
        key=new_key(),
        person=person.public_id,
        institution=at or hospital(),
        kind=kind,
        admitted_on=on,
        agreement=agreement,
        deposit_fen=deposit,
        who=WHO,
    )
    return str(answer["admission"])


def stay(person: Person, bill: int, in_scope: int | None = None, **given: Any) -> str:
    """An admission with its bill entered, not settled yet."""
    admission = admitted(person, **given)
    services.enter_fees(key=new_key(), admission=admission, lines=[line(bill, in_scope)], who=WHO)
    return admission


@dataclass(frozen=True)
class Settled:
    """A settled stay: what settling it answered."""

    admission: str
    answer: dict[str, Any]

    @property
    def claim(self) -> str:
        return str(self.answer["claim"])

    @property
    def own(self) -> int:
        return int(self.answer["own_fen"])

    @property
    def amounts(self) -> tuple[int, ...]:
        return six(self.answer)


def settled(
    person: Person,
    bill: int,
    in_scope: int | None = None,
    *,
    day: date = DAY,
    before: str | None = None,
    **given: Any,
) -> Settled:
    """A stay of one day, settled."""
    admission = stay(person, bill, in_scope, on=day, **given)
    return Settled(admission, settle(admission, day, before=before))


def settle(admission: str, day: date = DAY, *, before: str | None = None) -> dict[str, Any]:
    """Settle an admission under a new key."""
    return services.settle(key=new_key(), admission=admission, day=day, before=before, who=WHO)


def visited(
    person: Person, kind: str, bill: int, in_scope: int | None = None, *, day: date = DAY
) -> dict[str, Any]:
    """An outpatient visit settled in one step."""
    return services.settle_visit(
        key=new_key(),
        person=person.public_id,
        institution=hospital(),
        kind=kind,
        day=day,
        lines=[line(bill, in_scope)],
        who=WHO,
    )


def reverse(claim: str) -> dict[str, Any]:
    """Reverse a claim under a new key."""
    return services.reverse(key=new_key(), claim=claim, who=WHO)


def correct(
    claim: str, *, bill: int | None = None, catalogue: int | None = None, **facts: Any
) -> dict[str, Any]:
    """Correct a claim under a new key: its bill to one line of so much, or its facts."""
    lines = corrected_lines(claim, bill, catalogue)
    return services.correct(key=new_key(), claim=claim, lines=lines, facts=facts, who=WHO)


def corrected_lines(claim: str, bill: int | None, catalogue: int | None) -> list[FeeInput]:
    """One line of so much in place of all that the claim was for; none where nothing is given."""
    if bill is None and catalogue is None:
        return []
    found = Claim.objects.get(pk=claim)
    bill = found.facts["bill"] if bill is None else bill
    in_scope = min(found.facts["catalogue"] if catalogue is None else catalogue, bill)
    first, *others = lines_in_force(found.admission).values_list("number", flat=True)
    return [
        line(bill, in_scope, replaces=first),
        *(line(0, replaces=other, quantity_thousandths=0) for other in others),
    ]


def pay(admission: str, amount: int, day: date = DAY) -> dict[str, Any]:
    """Take a payment of the own part under a new key."""
    return services.pay_own(key=new_key(), admission=admission, amount_fen=amount, day=day, who=WHO)


def six(answer: Mapping[str, Any]) -> tuple[int, ...]:
    """The amounts of a service's answer in the order of OUTPUTS."""
    return (*(answer["payers"][payer] for payer in PAYERS), answer["own_fen"])


def differences(answer: Mapping[str, Any]) -> dict[str, dict[str, int]]:
    """What an answer says changed for other claims, by claim."""
    return {item["claim"]: item["changes_fen"] for item in answer["differences"]}


def owes(admission: str) -> int:
    """What the patient owes the hospital for a stay."""
    return balance(patient(admission))


def payers_owe(institution: str) -> dict[str, int]:
    """What each payer owes a hospital and has not confirmed."""
    return {payer: balance(pending(payer, institution)) for payer in PAYERS}


def year_of(person: Person, year: int = 2018) -> PersonYear:
    """The person's year as it is stored."""
    return PersonYear.objects.get(person=person, year=year)


def in_force(person: Person, year: int = 2018) -> dict[str, tuple[int, ...]]:
    """What each claim of a year comes to, as the sum of its entries' changes."""
    sums: dict[str, dict[str, int]] = {}
    for entry in Entry.objects.filter(year__person=person, year__year=year):
        of_claim = sums.setdefault(str(entry.claim_id), dict.fromkeys(OUTPUTS, 0))
        for name, change in entry.changes.items():
            of_claim[name] += change
    return {claim: tuple(found[name] for name in OUTPUTS) for claim, found in sums.items()}


def facts_in_order(person: Person) -> list[dict[str, Any]]:
    """The facts of a person's claims in the order in which they were first settled."""
    entries = Entry.objects.filter(claim__year__person=person, sort="settle").order_by("number")
    return [entry.claim.facts for entry in entries.select_related("claim")]


def plain_fold(pack: Policy = HINGGAN, day: date = DAY) -> Fold:
    """An empty year worked out without any code of ours, by the values of ``pack``."""
    values = {name: _plain(value.value) for name, value in pack.era_on(day).values.items()}
    return Fold(values, {name: pack.reading(name) for name in pack.interpretations})


def _plain(value: Any) -> Any:
    if isinstance(value, Schedule):
        return [(band.upper, band.rate) for band in value.bands]
    return value


def rows_of(*models: Any) -> dict[str, int]:
    """How many rows there are, by table."""
    return {model._meta.label: model.objects.count() for model in models}


def claim_row(claim: str) -> Claim:
    """A claim as it is stored."""
    return Claim.objects.get(pk=claim)


@contextmanager
def without_triggers() -> Generator[None]:
    """What somebody with full rights over the database can do: change rows that are to stay."""
    connection.check_constraints()
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET session_replication_role = replica")
            yield
            cursor.execute("SET session_replication_role = DEFAULT")
            return
        cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
        triggers = cursor.fetchall()
        for name, _sql in triggers:
            cursor.execute(f"DROP TRIGGER {name}")
        yield
        for _name, sql in triggers:
            cursor.execute(sql)


def month_of_business() -> None:
    """May 2018 with a row in every table: settled, put right, paid, closed and cleared."""
    person = someone()
    look_up(user=clerk(hospital()), person=person, by="id_number")
    done = settled(person, 12_000 * YUAN, 10_800 * YUAN)
    first = settled(person, 50_000 * YUAN, 40_000 * YUAN)
    visited(person, "chronic", 1_000 * YUAN)
    correct(first.claim, catalogue=45_000 * YUAN)
    services.plan_instalments(
        key=new_key(),
        admission=done.admission,
        parts=[(date(2018, 6, 1), owes(done.admission))],
        who=WHO,
    )
    pay(done.admission, 100 * YUAN)
    close_and_draw("201805")
    statement = Statement.objects.get(payer="basic")
    for step in (ledger.confirm_statement, ledger.pay_statement):
        step(key=new_key(), statement=statement.pk, business_date=date(2018, 6, 5), **SAID)


def clerk(institution: str) -> User:
    """The clerk's account at an institution's window."""
    place = {"institution_id": institution, "display_name": "窗口甲", "role": "clerk"}
    return User.objects.get_or_create(username="window", defaults=place)[0]


def close_and_draw(period: str) -> dict[str, Statement]:
    """Close a month and draw its statements; by payer, of the one hospital there is."""
    ledger.close_month(key=new_key(), period=period, **SAID)
    ledger.draw_statements(key=new_key(), period=period, **SAID)
    return {found.payer: found for found in Statement.objects.filter(period=period)}


def adoption_file(path: Path, values: Mapping[str, Any]) -> Path:
    """An adoption file that puts values, as written in YAML, into the pack."""
    entries = [
        {"parameter": name, "value": value, "document": "示例〔2018〕0号（虚构）"}
        for name, value in values.items()
    ]
    whole = {"policy": HINGGAN.name, "bureau": "示例医保局（虚构）", "values": entries}
    path.write_text(yaml.safe_dump(whole, allow_unicode=True), encoding="utf-8")
    return path


def confirmed_values(names: Iterable[str] | None = None) -> dict[str, Any]:
    """The pack's unconfirmed values, or some of them, as an adoption file would write them."""
    wanted = [name for name, _status in unconfirmed(HINGGAN, DAY)] if names is None else names
    return {name: _written(name) for name in wanted}


def _written(name: str) -> Any:
    value = HINGGAN.value_on(name, DAY).value
    if isinstance(value, Schedule):
        return [
            {"rate": f"{band.rate / YUAN:g}%"}
            | ({} if band.upper is None else {"to": f"{band.upper // YUAN} yuan"})
            for band in value.bands
        ]
    unit = HINGGAN.parameters[name].unit
    assert isinstance(value, int)
    return f"{value / YUAN:g}%" if unit == "rate" else f"{value // YUAN} yuan"
