"""不对？: a case without anybody's identity, which the tests can run."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from doudi.estimate.cases import read_case, run_case
from doudi.estimate.entitlements import answer_household
from doudi.estimate.household_file import parse_household
from doudi.office.enquiries.case_file import case_file, policy_version
from doudi.office.enquiries.models import Dispute
from doudi.office.enquiries.services import DisputeRefused, file_dispute
from doudi.office.web.public.results import guide

pytestmark = pytest.mark.django_db

BILL: dict[str, Any] = {
    "way": "bill",
    "period": "2018-12-31",
    "kind": "inpatient",
    "bill": 1_200_000,
    "registered": True,
    "hospital_level": 3,
    "outside_league": False,
    "catalogue": 1_080_050,
    "own_so_far": 180_000,
}
HOUSEHOLD: dict[str, Any] = {
    "way": "household",
    "period": "2018-12-31",
    "place": "1522",
    "registered": True,
    "1.label": "elder",
    "1.bedridden_long_term": True,
    "1.special_chronic_disease": True,
    "1.family_bed_approved": False,
    "2.label": "nobody",
}


def filed(replies: dict[str, Any], **said: Any) -> Dispute:
    given = {"wrong": Dispute.Wrong.AMOUNT, "policy_version": "hinggan-2018@1", **said}
    return file_dispute(replies=replies, **given)


def run(dispute: Dispute, folder: Path, pack: str = "hinggan-2018") -> Any:
    path = folder / "case.yaml"
    path.write_text(case_file(guide(), dispute), encoding="utf-8")
    policy = next(one for one in guide().policies if one.name == pack)
    case = read_case(path)
    policy.clauses.check(case.clauses, case.id)
    return case, run_case(policy, case)


@pytest.mark.parametrize(
    ("paid", "fits", "usual"), [(120_000, True, True), (119_999, False, False), (None, True, None)]
)
def test_a_downloaded_bill_runs_as_a_case_of_its_pack(
    tmp_path: Path, paid: int | None, fits: bool, usual: bool | None
) -> None:
    # Of 12,000 yuan with this catalogue part at most a tenth is left, and nothing less: the first
    # four pay under 90% whatever the stand-ins are.
    case, result = run(filed(BILL, own_paid=paid), tmp_path)
    assert case.form == "claim"
    assert case.given["facts"]["bill"] == "12000 yuan"
    assert case.given["facts"]["catalogue"] == "10800.50 yuan"
    assert case.given["opening"] == {"registered_own": "1800 yuan"}
    assert result.agrees is fits
    assert result.usual_agrees is usual
    assert {"H-07", "H-11", "H-12"} <= set(case.clauses)


def test_a_downloaded_entitlement_runs_as_a_case_of_its_pack(tmp_path: Path) -> None:
    dispute = filed(HOUSEHOLD, wrong=Dispute.Wrong.REFUSED, entitlement="family_bed")
    case, result = run(dispute, tmp_path)
    assert case.form == "right"
    assert case.given["facts"]["family_bed_approved"] is False
    assert case.expect == "granted"
    assert result.computed_en == "not granted"
    assert not result.agrees
    said = filed(HOUSEHOLD, wrong=Dispute.Wrong.GRANTED, entitlement="family_bed")
    assert run(said, tmp_path)[1].agrees


def test_a_household_without_one_thing_in_dispute_becomes_a_file_that_the_estimate_reads() -> None:
    text = case_file(guide(), filed(HOUSEHOLD, wrong=Dispute.Wrong.WORDS))
    household = parse_household(text, guide().policies)
    expected: Any = guide().result(HOUSEHOLD)
    found = answer_household(household, guide().policies)
    assert found.to_dict() == expected.answer.to_dict()


@pytest.mark.parametrize(
    "text",
    ["打我电话 13812345678", "电话138 1234 5678", "152201196001011234", "6222-0200-1234-5678-901"],
)
def test_a_text_with_a_number_that_may_be_somebodys_is_refused(text: str) -> None:
    with pytest.raises(DisputeRefused) as refused:
        filed(BILL, text=text)
    assert refused.value.field == "text"
    assert Dispute.objects.count() == 0


def test_a_text_that_is_too_long_and_a_fault_that_is_unknown_are_refused() -> None:
    for said in ({"text": "长" * 301}, {"wrong": "made up"}):
        with pytest.raises(DisputeRefused):
            filed(BILL, **said)
    assert filed(BILL, text="报了12000，实际只给了2018年的一半").text.startswith("报了")


def test_the_version_that_gave_the_answer_is_filed_with_it() -> None:
    result = guide().result(BILL)
    assert policy_version(guide(), result) == f"hinggan-2018@{guide().bill_policy.version}"
