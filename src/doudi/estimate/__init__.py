"""How much: one bill, a year of claims, or everything a household may get.

The package can itself be called: ``doudi.estimate(bill=1_200_000, registered=True)``.
"""

from __future__ import annotations

import sys
from datetime import date as Date  # noqa: N812 - `date` is the name of the argument
from types import ModuleType
from typing import Any

from doudi.estimate.answer import Answer, answer

__all__ = ["Answer", "answer", "estimate"]


def estimate(
    *,
    bill: int,
    kind: str = "inpatient",
    date: Date | None = None,
    policy: str = "hinggan-2018",
    own_so_far: int = 0,
    readings: dict[str, str] | None = None,
    **facts: Any,
) -> Answer:
    """The answer to one bill; ``bill``, ``catalogue`` and ``own_so_far`` in fen.

    What is not given is unknown and widens the range. Without ``date`` the last day on which the
    policy is in force is used. Errors: BadInput, NoVersionInForce.
    """
    from doudi.policies import policy as load  # noqa: PLC0415

    pack = load(policy).with_readings(readings or {})
    opening = {pack.own_so_far: own_so_far} if own_so_far and pack.own_so_far else {}
    return answer(pack, {"kind": kind, "bill": bill, **facts}, date or pack.valid_to, opening)


class _CallableModule(ModuleType):
    """Lets ``doudi.estimate`` be both the package and the function that it is named after."""

    def __call__(self, **given: Any) -> Answer:
        return estimate(**given)


sys.modules[__name__].__class__ = _CallableModule
