"""What the office's commands share: setting up, refusing, naming people and claims, who and why."""

from __future__ import annotations

import os
import sys
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from doudi.commands.common import complain, describe
from doudi.i18n import either
from doudi.i18n import gettext as _

F = TypeVar("F", bound=Callable[..., Any])

if TYPE_CHECKING:
    # Generic since click 8.4 only.
    TextType = click.ParamType[str]
    NumberType = click.ParamType[int]
else:
    TextType = NumberType = click.ParamType

LONGEST_ACTOR, LONGEST_REASON, LONGEST_KEY = 60, 200, 100
"""What the records hold, in characters."""

_NO_TABLE = ("no such table", "does not exist")


def set_up_office() -> None:
    """Start Django; exit status 2 where the environment of the installation is wrong."""
    import django  # noqa: PLC0415
    from django.core.exceptions import ImproperlyConfigured  # noqa: PLC0415

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doudi.office.settings")
    try:
        django.setup()
    except ImproperlyConfigured as error:
        complain([_one_of(str(error))])


def _one_of(both: str) -> str:
    """The half to show of a message that stands as ``Chinese | English``."""
    zh, _bar, en = both.partition(" | ")
    return either(zh, en)


@contextmanager
def refusals_as_lines() -> Iterator[None]:
    """Turn every refusal of the office into one line a fault and exit status 2."""
    from django.db import DatabaseError  # noqa: PLC0415

    from doudi.office.audit.services import BadCall, KeyReused  # noqa: PLC0415
    from doudi.office.ledger.services import LedgerRefused  # noqa: PLC0415
    from doudi.office.registry.errors import RegistryRefused  # noqa: PLC0415
    from doudi.office.registry.identity import BadNumber, CannotDecrypt  # noqa: PLC0415
    from doudi.office.registry.people_rows import BadPeople  # noqa: PLC0415
    from doudi.office.settlement.policy import UnconfirmedPolicy, UnusableAdoption  # noqa: PLC0415
    from doudi.office.settlement.refusals import Refused  # noqa: PLC0415
    from doudi.office.settlement.years import BrokenPromise  # noqa: PLC0415
    from doudi.rules.adoption import RefusedAdoption  # noqa: PLC0415
    from doudi.rules.errors import BadInput, PolicyError  # noqa: PLC0415

    try:
        yield
    except BadPeople as error:
        complain(either(fault.line_zh, fault.line_en) for fault in error.faults)
    except UnusableAdoption as error:
        complain([either(error.zh, error.en), *(either(zh, en) for zh, en in error.faults)])
    except RefusedAdoption as error:
        complain(either(zh, en) for zh, en in error.faults)
    except Refused as error:
        complain(either(zh, en) for zh, en in error.faults)
    except (
        BadCall,
        BadNumber,
        KeyReused,
        LedgerRefused,
        RegistryRefused,
        UnconfirmedPolicy,
    ) as error:
        complain([either(error.zh, str(error))])
    except BrokenPromise as error:
        complain([either(f"承诺未成立，未作任何改动：{error}", f"broken promise: {error}")])
    except CannotDecrypt as error:
        complain([either(f"身份证号解不开，请核对密钥：{error}", f"cannot decrypt: {error}")])
    except (BadInput, PolicyError) as error:
        complain([describe(error)])
    except DatabaseError as error:
        complain([_database_fault(error)])


def _database_fault(error: Exception) -> str:
    first = str(error).partition("\n")[0]
    if any(sign in first for sign in _NO_TABLE):
        return _("数据库还没有建立，先运行 doudi manage migrate")
    return _("数据库没有接受，未作任何改动：{error}").format(error=first)


class OfficeGroup(click.Group):
    """A group whose commands run with the office set up and refuse in one line a fault."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was asked for."""
        set_up_office()
        with refusals_as_lines():
            return super().invoke(ctx)


class OfficeCommand(click.Command):
    """A command of its own that runs as one of an `OfficeGroup` does."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        set_up_office()
        with refusals_as_lines():
            return super().invoke(ctx)


def read_bill_file(file: Path) -> list[Any]:
    """The lines of a bill in a file; exit status 2 with one line a fault."""
    from doudi.office.settlement.bill_file import BadBill, read_bill  # noqa: PLC0415

    try:
        return list(read_bill(file))
    except BadBill as bad:
        complain(bad.faults)


# --- Who and why ---


class PlainText(TextType):
    """A text that is not blank, fits the records and holds no control character."""

    name = "text"

    def __init__(self, longest: int) -> None:
        self.longest = longest

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The text; a usage error otherwise."""
        text = str(value).strip()
        if not text or len(text) > self.longest or not text.isprintable():
            self.fail(
                _("应为 1 至 {longest} 个字，不能有控制字符").format(longest=self.longest),
                param,
                ctx,
            )
        return text


def who_and_why(usual: str | None = None, needed: bool = True) -> Callable[[F], F]:
    """``--by`` and ``--why``; without a ``usual`` reason it must be given."""

    def decorate(function: F) -> F:
        # A default of None would count as one that is given.
        default: dict[str, Any] = {"required": True} if usual is None else {"default": usual}
        why = click.option(
            "--why",
            "reason",
            type=PlainText(LONGEST_REASON),
            show_default=True,
            help="原因 · why",
            **default,
        )
        by = click.option(
            "--by", "actor", type=PlainText(LONGEST_ACTOR), required=needed, help="经办人 · who"
        )
        return by(why(function))

    return decorate


def change(usual: str | None = None, can_preview: bool = False) -> Callable[[F], F]:
    """``--by`` and ``--why``, and the ``--key`` under which a change is made once only.

    With ``can_preview`` also ``--preview``, for which nobody need be named.
    """

    def decorate(function: F) -> F:
        function = click.option(
            "--key",
            type=PlainText(LONGEST_KEY),
            default=lambda: uuid.uuid4().hex,
            help="请求编号：同一编号只办一次 · the request's own number: done once",
        )(function)
        if can_preview:
            preview = click.option("--preview", is_flag=True, help="只看不办 · keep nothing")
            function = preview(function)
        return who_and_why(usual, needed=not can_preview)(function)

    return decorate


as_json = click.option(
    "--json", "as_json", is_flag=True, help="输出 JSON（金额以分计） · JSON, money in fen"
)


def who(actor: str | None, reason: str) -> Any:
    """Who asks and why, as the services of the window take it; complains when nobody is named."""
    from doudi.office.settlement.services import Who  # noqa: PLC0415

    if actor is None:
        complain([_("请用 --by 写明经办人")])
    return Who(actor, reason)


# --- Naming a person, a stay, a claim ---


class PersonName(TextType):
    """A person by public id, ID number or card; ``-`` reads it from standard input.

    The value is the public id. What is typed on a command line stays in the shell's history, and
    what is read from standard input does not.
    """

    name = "person"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The public id; one line and exit status 2 when nobody is found."""
        del param, ctx
        return str(find_person(typed(str(value))).public_id)


def typed(text: str) -> str:
    """The text, or a line of standard input where it is ``-``."""
    return sys.stdin.readline().strip() if text == "-" else text


def find_person(text: str) -> Any:
    """The person of a public id, an ID number or a card; refused, masked, when there is none."""
    from doudi.office.registry import identity, selectors  # noqa: PLC0415
    from doudi.office.registry.models import Person  # noqa: PLC0415

    found = Person.objects.filter(public_id=text.strip().upper()).first()
    if found is None:
        number = identity.normalised(text)
        by_number = _looks_like_id_number(number)
        found = selectors.find_by_id_number(text) if by_number else selectors.find_by_card(text)
        text = identity.masked(number)
    if found is None:
        complain([either(f"登记库里没有这个人：{text}", f"nobody of the registry is {text}")])
    return found


def _looks_like_id_number(number: str) -> bool:
    return len(number) in (15, 18) and number[:15].isdigit()


class AnswerName(TextType):
    """A stay or a claim by its number, or ``@KEY``: what the request with that key answered."""

    def __init__(self, field: str) -> None:
        self.name = self.field = field

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The number; one line and exit status 2 when no such request was made."""
        del param, ctx
        text = str(value)
        if not text.startswith("@"):
            return text
        found = answered(text[1:], self.field)
        if found is None:
            zh = f"没有编号为 {text[1:]} 的请求，或它的结果里没有这一项"
            complain([either(zh, f"no request {text[1:]} that answers this")])
        return found


def answered(key: str, field: str) -> str | None:
    """``admission`` or ``claim`` in the answer of the request ``key``, or None."""
    from doudi.office.audit.models import Call  # noqa: PLC0415

    call = Call.objects.filter(key=key).only("answer").first()
    answer = None if call is None else call.answer
    found = None if answer is None else answer.get(field)
    return None if found is None else str(found)


class StatementName(NumberType):
    """A statement by its number, or as ``PERIOD:PAYER:INSTITUTION``."""

    name = "statement"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """Its number; one line and exit status 2 when there is no such statement."""
        from doudi.office.ledger.models import Statement  # noqa: PLC0415

        del param, ctx
        text = str(value)
        if text.isascii() and text.isdigit():
            return int(text)
        period, payer, institution = (*text.split(":"), "", "")[:3]
        found = Statement.objects.filter(period=period, payer=payer, institution=institution)
        number = found.values_list("pk", flat=True).first()
        if number is None:
            complain([either(f"没有对账单 {text}", f"there is no statement {text}")])
        return int(number)


PERSON = PersonName()
STATEMENT = StatementName()
ADMISSION = AnswerName("admission")
CLAIM = AnswerName("claim")
