"""What one bill would be given: for everybody, nothing stored."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest
from ninja import Router

from doudi.office.api.guard import ByAddress
from doudi.office.api.problems import PROBLEMS
from doudi.office.api.shapes import EstimateAnswer, EstimateGiven, payers_of

router = Router(tags=["estimate"])

_SAME_NAME = ("kind", "hospital_level", "registered", "serious", "outside_league")


@router.post(
    "estimate", response={200: EstimateAnswer, **PROBLEMS}, auth=None, throttle=[ByAddress()]
)
def estimate(request: HttpRequest, given: EstimateGiven) -> EstimateAnswer:
    """What relief gives for one bill: guaranteed, estimated, and from what to what."""
    from doudi.estimate.answer import answer  # noqa: PLC0415
    from doudi.estimate.claims_file import check_kind  # noqa: PLC0415
    from doudi.office.settlement.policy import active_policy  # noqa: PLC0415
    from doudi.rules.facts import read_facts  # noqa: PLC0415

    del request
    policy = active_policy()
    policy.era_on(given.date)
    facts: dict[str, Any] = {name: getattr(given, name) for name in _SAME_NAME}
    facts |= {"bill": given.bill_fen, "catalogue": given.catalogue_fen}
    known = {name: fact for name, fact in facts.items() if fact is not None}
    read_facts(policy.inputs, known)
    check_kind(policy, known["kind"], given.date)
    opening = {}
    if given.own_so_far_fen and policy.own_so_far is not None:
        opening[policy.own_so_far] = given.own_so_far_fen
    found = answer(policy, known, given.date, opening).to_dict()
    own_from, own_to = found["range"].get("own_fen", (found["own_fen"], found["own_fen"]))
    same = ("policy", "date", "kind", "bill_fen", "own_fen", "guaranteed_own_fen", "unknown")
    return EstimateAnswer(
        **{name: found[name] for name in same},
        payers=payers_of(found["payers"]),
        own_from_fen=own_from,
        own_to_fen=own_to,
        rests_on=found["rests_on"],
    )
