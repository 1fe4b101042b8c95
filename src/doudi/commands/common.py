"""What the commands share: options, printing JSON, and complaints with exit status 2."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar

import click
from click.core import ParameterSource

from doudi.i18n import either
from doudi.money import read_yuan, yuan
from doudi.rules.errors import BadInput, NoVersionInForce, PolicyError
from doudi.rules.policy import Policy
from doudi.rules.units import Unit

F = TypeVar("F", bound=Callable[..., Any])

DEFAULT_POLICY = "hinggan-2018"


if TYPE_CHECKING:
    # Generic since click 8.4 only.
    YuanType = click.ParamType[int]
    DayType = click.ParamType[date]
else:
    YuanType = DayType = click.ParamType


class Yuan(YuanType):
    """An amount in yuan on the command line, as fen."""

    name = "yuan"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> int:
        """The amount in fen; a usage error with the right form otherwise."""
        if isinstance(value, int):
            return value
        try:
            return read_yuan(str(value))
        except ValueError:
            self.fail(
                either(
                    f"{value} 不是金额；应写不小于 0、最多两位小数的元，如 12000 或 12000.50",
                    f"{value} is not an amount; write yuan >= 0 with at most two decimals",
                ),
                param,
                ctx,
            )


class Day(DayType):
    """A date such as 2018-04-28."""

    name = "date"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """The date; a usage error with the right form otherwise."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(str(value))
        except ValueError:
            self.fail(
                either(
                    f"{value} 不是日期；应写成 2018-04-28", f"{value} is not a date (2018-04-28)"
                ),
                param,
                ctx,
            )


YUAN = Yuan()
DAY = Day()


def report_options(function: F) -> F:
    """``--html``, ``--made`` and ``--json`` of a report: where to, dated when, or for programs."""
    for option in (
        click.option(
            "--json", "as_json", is_flag=True, help="输出 JSON（金额以分计） · JSON, in fen"
        ),
        click.option("--made", type=DAY, help="报告上的日期（默认今天） · the date on the report"),
        click.option(
            "--html", type=click.Path(path_type=Path), help="写成一个网页文件 · one HTML file"
        ),
    ):
        function = option(function)
    return function


def policy_options(function: F) -> F:
    """``--policy``, ``--set`` and ``--adoption``."""
    for option in (
        click.option(
            "--adoption",
            type=click.Path(path_type=Path),
            envvar="DOUDI_ADOPTION",
            help="经办机构采用自己数字的文件 · a bureau's own values, each with its document",
        ),
        click.option(
            "--set",
            "readings",
            multiple=True,
            metavar="NAME=READING",
            help="换一种读法，如 rise=relative · another reading of the source",
        ),
        click.option(
            "--policy",
            "policy_name",
            default=DEFAULT_POLICY,
            show_default=True,
            help="政策包，或它的文件夹 · the policy pack, or its folder",
        ),
    ):
        function = option(function)
    return function


def load(policy_name: str, readings: Iterable[str] = (), adoption: Path | None = None) -> Policy:
    """The pack with the chosen readings and adopted values; complains and exits on a fault.

    ``policy_name`` is the name of a pack or the path of its folder.
    """
    from doudi.policies import find_policy  # noqa: PLC0415
    from doudi.rules.adoption import RefusedAdoption, adopt  # noqa: PLC0415

    try:
        loaded = find_policy(policy_name).with_readings(dict(_pair(item) for item in readings))
        return loaded if adoption is None else adopt(loaded, adoption)[0]
    except RefusedAdoption as error:
        complain(either(zh, en) for zh, en in error.faults)
    except (BadInput, PolicyError) as error:
        complain([describe(error)])


def load_chosen(
    names: tuple[str, ...],
    policy_name: str,
    readings: tuple[str, ...] = (),
    adoption: Path | None = None,
) -> list[Policy]:
    """The packs named as arguments or by ``--policy``; all of them where nothing was chosen."""
    from doudi.policies import policy_names  # noqa: PLC0415

    source = click.get_current_context().get_parameter_source("policy_name")
    by_option = source is not ParameterSource.DEFAULT or readings or adoption
    wanted = names or ((policy_name,) if by_option else policy_names())
    return [load(name, readings, adoption) for name in wanted]


def _pair(text: str) -> tuple[str, str]:
    name, sign, reading = text.partition("=")
    if not sign:
        complain([either(f"--set {text}：应写成 名称=读法", f"--set {text}: write NAME=READING")])
    return name.strip(), reading.strip()


def describe(error: Exception, policy: Policy | None = None) -> str:
    """A fault as one line for a person; with ``policy`` an amount of money names its unit."""
    if isinstance(error, BadInput):
        value = "" if error.value is None else f" = {error.value}"
        item = None if policy is None else policy.inputs.get(error.field)
        if item is not None and item.unit is Unit.FEN and isinstance(error.value, int):
            amount = yuan(error.value)
            value = either(
                f" = {amount} 元（{error.value} 分）", f" = {amount} yuan ({error.value} fen)"
            )
        return either(f"{error.field}{value}：{error.zh}", f"{error.field}{value}: {error.en}")
    if isinstance(error, NoVersionInForce):
        return either(f"这一天没有有效的政策版本，不会借用相近的版本（{error}）", str(error))
    return str(error)


def complain(lines: Iterable[str]) -> NoReturn:
    """Print the faults, one a line, and stop with exit status 2; nothing has been done."""
    for line in lines:
        click.echo(line, err=True)
    sys.exit(2)


def print_json(data: Any) -> None:
    """Print a result as JSON; money in it is integer fen."""
    click.echo(json.dumps(data, ensure_ascii=False, indent=2))
