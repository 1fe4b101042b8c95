"""`doudi estimate --household`: everything the packs grant to those a file describes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import click

from doudi.commands.common import complain, describe, load, print_json
from doudi.i18n import language


def answer_household(
    path: Path,
    policy_name: str,
    readings: tuple[str, ...],
    adoption: Path | None,
    *,
    as_json: bool,
) -> None:
    """Print all entitlements; the chosen pack, readings and adopted values answer the bills."""
    from doudi.estimate.answer import Answer, answer  # noqa: PLC0415
    from doudi.estimate.entitlements import all_policies  # noqa: PLC0415
    from doudi.estimate.entitlements import answer_household as answer_all  # noqa: PLC0415
    from doudi.estimate.household_faults import HouseholdError  # noqa: PLC0415
    from doudi.estimate.household_file import read_household  # noqa: PLC0415
    from doudi.estimate.household_text import render_household  # noqa: PLC0415
    from doudi.rules.errors import BadInput, PolicyError  # noqa: PLC0415

    chosen = load(policy_name, readings, adoption)
    packs = [chosen if pack.name == chosen.name else pack for pack in all_policies()]
    if chosen not in packs:
        # A pack from a folder answers alone: its facts may mean something else under one name.
        packs = [chosen]

    def answer_bill(facts: Mapping[str, Any], day: date) -> Answer:
        return answer(chosen, facts, day)

    try:
        result = answer_all(read_household(path, packs), packs, answer_bill)
    except HouseholdError as error:
        complain(str(fault) for fault in error.faults)
    except (BadInput, PolicyError) as error:
        complain([describe(error)])
    if as_json:
        print_json(result.to_dict())
        return
    click.echo(render_household(result, "en" if language() == "en" else "zh"), nl=False)
