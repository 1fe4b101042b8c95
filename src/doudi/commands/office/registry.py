"""The registry at the command line: who is poor from when to when, insured, on which list."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import click

from doudi.commands.common import DAY, YUAN, print_json
from doudi.commands.office.common import PERSON, PlainText, as_json, typed, who_and_why
from doudi.commands.office.show import masked_name, person_text
from doudi.i18n import gettext as _

_DOCUMENT = PlainText(120)


@click.command("import-people", help="导入人员文件（CSV、XLSX） · import a file of people")
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--synthetic", is_flag=True, help="标为合成数据 · mark as synthetic")
@who_and_why()
def import_people(file: Path, synthetic: bool, actor: str, reason: str) -> None:
    """The whole file, or every fault of it and nothing."""
    from doudi.office.registry.services import import_people_file  # noqa: PLC0415

    count = import_people_file(path=file, actor=actor, reason=reason, synthetic=synthetic)
    click.echo(_("导入 {count} 人").format(count=count))


@click.command("add-person", help="登记一个人 · record a person")
@click.argument("name")
@click.argument("id_number")
@click.option("--household", help="户编号 · household number")
@click.option("--division", help="村代码，新户才要 · village, for a new household")
@click.option("--relation", default="01", show_default=True, help="与户主关系代码 · relation code")
@click.option("--card", help="社保卡号 · social security card")
@click.option("--phone", help="联系电话 · phone")
@click.option("--synthetic", is_flag=True, help="标为合成数据 · mark as synthetic")
@who_and_why()
def add_person(
    name: str,
    id_number: str,
    household: str | None,
    division: str | None,
    relation: str,
    card: str | None,
    phone: str | None,
    synthetic: bool,
    actor: str,
    reason: str,
) -> None:
    """A person; ``-`` for the ID number reads it from standard input. Prints the public id."""
    from doudi.office.registry.services import register_person  # noqa: PLC0415

    person = register_person(
        actor=actor,
        reason=reason,
        name=name,
        id_number=typed(id_number),
        relation=relation,
        household_number=household,
        division_code=division,
        card=card,
        phone=phone,
        synthetic=synthetic,
    )
    click.echo(_("人员 {person}").format(person=person.public_id))


@click.command("register", help="登记为建档立卡 · register as poor")
@click.argument("person", type=PERSON)
@click.option("--from", "valid_from", type=DAY, required=True, help="从哪天起 · first day")
@click.option("--to", "valid_to", type=DAY, help="到哪天止（含） · last day")
@click.option("--cause", required=True, help="致贫原因 01–11 · cause")
@click.option("--document", type=_DOCUMENT, required=True, help="依据文件 · document")
@who_and_why()
def register(
    person: str,
    valid_from: date,
    valid_to: date | None,
    cause: str,
    document: str,
    actor: str,
    reason: str,
) -> None:
    """A period of registration; prints its number."""
    from doudi.office.registry.services import add_registration  # noqa: PLC0415

    period = add_registration(
        actor=actor,
        reason=reason,
        person_id=_key_of(person),
        valid_from=valid_from,
        valid_to=valid_to,
        cause=cause,
        document=document,
    )
    click.echo(_("登记 {id}").format(id=period.pk))


@click.command("end-registration", help="结束一段建档立卡 · end a period of registration")
@click.argument("period", type=int)
@click.option("--date", "day", type=DAY, required=True, help="最后一天 · last day")
@who_and_why()
def end_registration(period: int, day: date, actor: str, reason: str) -> None:
    """``find`` shows the number of a period. Once only: a wrong day is withdrawn."""
    from doudi.office.registry.services import end_registration as end  # noqa: PLC0415

    ended = end(actor=actor, reason=reason, period_id=period, valid_to=day)
    click.echo(_("登记 {id}，最后一天 {day}").format(id=period, day=ended.valid_to))


@click.command("withdraw", help="撤回记错的一段建档立卡 · withdraw a period recorded by mistake")
@click.argument("period", type=int)
@who_and_why()
def withdraw(period: int, actor: str, reason: str) -> None:
    """It stays in the records, but nothing rests on it; `reassess` then follows."""
    from doudi.office.registry.services import withdraw_registration  # noqa: PLC0415

    withdraw_registration(actor=actor, reason=reason, period_id=period)
    click.echo(_("登记 {id} 已撤回；此前按它结算的，用 reassess 重新核定").format(id=period))


@click.command("enrol", help="登记一年参保 · enrol for a year")
@click.argument("person", type=PERSON)
@click.argument("year", type=int)
@click.option("--premium", type=YUAN, required=True, help="个人缴费，元 · own premium in yuan")
@click.option(
    "--paid-by",
    type=click.Choice(["person", "government"]),
    default="government",
    show_default=True,
    help="缴费人 · who pays it",
)
@click.option("--document", type=_DOCUMENT, required=True, help="依据文件 · document")
@who_and_why()
def enrol(
    person: str, year: int, premium: int, paid_by: str, document: str, actor: str, reason: str
) -> None:
    """The year's insurance of a person."""
    from doudi.office.registry.services import enrol as enrol_person  # noqa: PLC0415

    enrol_person(
        actor=actor,
        reason=reason,
        person_id=_key_of(person),
        year=year,
        premium_own_fen=premium,
        paid_by=paid_by,
        document=document,
    )
    click.echo(_("{year} 年已参保").format(year=year))


@click.command("list-disease", help="列入病种名单 · put on a disease list")
@click.argument("person", type=PERSON)
@click.argument("name")
@click.argument("disease")
@click.option("--from", "valid_from", type=DAY, required=True, help="从哪天起 · first day")
@click.option("--to", "valid_to", type=DAY, help="到哪天止（含） · last day")
@click.option("--document", type=_DOCUMENT, required=True, help="依据文件 · document")
@who_and_why()
def list_disease(
    person: str,
    name: str,
    disease: str,
    valid_from: date,
    valid_to: date | None,
    document: str,
    actor: str,
    reason: str,
) -> None:
    """NAME is serious, chronic, special_chronic, drug_purchase or severe_backstop."""
    from doudi.office.registry.services import list_disease as put_on_list  # noqa: PLC0415

    listing = put_on_list(
        actor=actor,
        reason=reason,
        person_id=_key_of(person),
        list=name,
        disease=disease,
        valid_from=valid_from,
        valid_to=valid_to,
        document=document,
    )
    click.echo(_("名单 {id}").format(id=listing.pk))


@click.command("end-listing", help="移出病种名单 · take off a disease list")
@click.argument("listing", type=int)
@click.option("--date", "day", type=DAY, required=True, help="最后一天 · last day")
@who_and_why()
def end_listing(listing: int, day: date, actor: str, reason: str) -> None:
    """``find`` shows the number of a listing."""
    from doudi.office.registry.services import end_listing as end  # noqa: PLC0415

    ended = end(actor=actor, reason=reason, listing_id=listing, valid_to=day)
    click.echo(_("名单 {id}，最后一天 {day}").format(id=listing, day=ended.valid_to))


@click.command("withdraw-listing", help="撤回记错的一条名单 · withdraw a listing made by mistake")
@click.argument("listing", type=int)
@who_and_why()
def withdraw_listing(listing: int, actor: str, reason: str) -> None:
    """It stays in the records, but nothing rests on it; `reassess` then follows."""
    from doudi.office.registry.services import withdraw_listing as withdraw  # noqa: PLC0415

    withdraw(actor=actor, reason=reason, listing_id=listing)
    click.echo(_("名单 {id} 已撤回；此前按它结算的，用 reassess 重新核定").format(id=listing))


@click.command("find", help="按身份证号、社保卡或编号查人 · find a person")
@click.argument("person", type=PERSON)
@click.option("--date", "day", type=DAY, help="哪一天的情况，默认今天 · as of a day")
@as_json
def find(person: str, day: date | None, as_json: bool) -> None:
    """Name, ID number and phone are masked; ``-`` reads what to look for from standard input."""
    from django.utils import timezone  # noqa: PLC0415

    found = _card_of(person, day or timezone.localdate())
    if as_json:
        print_json(found)
    else:
        click.echo(person_text(found))


def _key_of(public_id: str) -> int:
    from doudi.office.registry.models import Person  # noqa: PLC0415

    return int(Person.objects.values_list("pk", flat=True).get(public_id=public_id))


def _card_of(public_id: str, day: date) -> dict[str, Any]:
    """What may be shown of a person: name and numbers masked, of the birthday the year."""
    from doudi.office.registry import identity  # noqa: PLC0415
    from doudi.office.registry.models import DiseaseListing, Person  # noqa: PLC0415
    from doudi.office.registry.phones import shown_phone  # noqa: PLC0415
    from doudi.office.registry.selectors import standing_on  # noqa: PLC0415

    person = Person.objects.select_related("household__division__parent").get(public_id=public_id)
    number = identity.decrypt(person.id_cipher, public_id=person.public_id)
    standing = standing_on(person.pk, day)
    household = person.household
    listings = DiseaseListing.with_withdrawn.filter(person=person)
    return {
        "person": person.public_id,
        "name": masked_name(person.name),
        "id_number": identity.masked(number),
        "phone": shown_phone(person),
        "born": None if person.born is None else person.born.year,
        "household": None if household is None else household.number,
        "division": None if household is None else _place(household.division),
        "synthetic": person.synthetic,
        "day": day.isoformat(),
        "registered": standing.registered,
        "enrolled": standing.enrolled,
        "serious": standing.serious,
        "registrations": [_period(row) for row in person.registrations.order_by("pk")],
        "listings": [_listing(row) for row in listings.order_by("pk")],
    }


def _place(division: Any) -> str:
    above = division.parent
    return division.name if above is None else f"{above.name}{division.name}"


def _period(row: Any) -> dict[str, Any]:
    return _days(row) | {
        "cause": str(row.cause),
        "cause_zh": row.get_cause_display(),
    }


def _listing(row: Any) -> dict[str, Any]:
    return _days(row) | {
        "list": str(row.list),
        "list_zh": row.get_list_display(),
        "disease": row.disease,
    }


def _days(row: Any) -> dict[str, Any]:
    return {
        "id": row.pk,
        "valid_from": row.valid_from.isoformat(),
        "valid_to": None if row.valid_to is None else row.valid_to.isoformat(),
        "withdrawn": row.withdrawn_at is not None,
    }
