"""The pages of care: figures with the lists behind them, and a day of a village doctor's."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page as BrowserPage
from python_calamine import CalamineWorkbook
from tests.office.builders import SAID
from tests.office.care.builders import (
    DAY,
    chronic_patient,
    designated,
    listed,
    serious_patient,
    served,
    signed,
    team,
)
from tests.office.web.browser import assert_accessible
from tests.office.web.conftest import Statements, log_in
from tests.office.web.people_and_places import HERE, THERE, account, household_member, make_place

from doudi.office.approvals.models import Proposal
from doudi.office.audit.models import Call
from doudi.office.care import services as care
from doudi.office.care.models import (
    CheckUp,
    Contract,
    Recorded,
    Service,
    ServicePackage,
    Team,
    Treatment,
    TreatmentPlan,
)
from doudi.office.registry.models import DiseaseListing, Person
from doudi.office.web.desk import care_lists

Role = Callable[..., Client]


def text(answer: object) -> str:
    return str(answer.content.decode())  # type: ignore[attr-defined] # of Django's test client


def record(client: Client, person: Person, step: str, **given: object) -> int:
    """Send a form; 302 when it was recorded, 200 with its faults otherwise."""
    address = f"/desk/care/people/{person.public_id}/{step}"
    assert client.get(address).status_code == 200
    sent = {"reason": "入户", **given}
    return int(client.post(address, sent).status_code)


@pytest.mark.django_db
def test_the_figures_of_a_place_are_those_of_its_people_and_each_opens_its_list(
    as_role: Role,
) -> None:
    chronic_patient("合成未签")
    signed(chronic_patient("合成已签"))
    chronic_patient("合成外旗", THERE)
    listing = serious_patient("合成已治")
    care.record_treatment(**SAID, listing_id=listing.pk, treated_on=DAY, institution=designated())
    serious_patient("合成没方案")
    client = as_role("banner")
    page = text(client.get("/desk/care/"))
    assert "50.0%" in page
    assert "/desk/care/chronic?signed=no" in page
    unsigned = text(client.get("/desk/care/chronic?signed=no"))
    assert ("合成未签" in unsigned, "合成已签" in unsigned, "合成外旗" in unsigned) == (
        True,
        False,
        False,
    )
    duty = text(client.get("/desk/care/serious?state=unplanned"))
    assert ("合成没方案" in duty, "合成已治" in duty) == (True, False)
    assert client.get("/desk/care/serious?state=cured").status_code == 404
    assert client.get(f"/desk/care/?place={make_place(THERE).banner}").status_code == 404


@pytest.mark.django_db
@pytest.mark.clause("H-44")
def test_the_contradiction_of_the_article_is_shown_beside_the_figures(as_role: Role) -> None:
    page = text(as_role("league").get("/desk/care/"))
    assert "43,356 ÷ 43,486 = 99.7%; 43,486 − 43,356 = 130" in page
    assert "不符" in page
    assert "445 ÷ 525 = 84.8%" in page


@pytest.mark.django_db
def test_the_figures_take_as_many_statements_however_many_people_there_are(
    as_role: Role, statements: Statements
) -> None:
    client = as_role("banner")
    for number in range(3):
        chronic_patient(f"合成{number}")
        serious_patient(f"合成大病{number}")
    client.get("/desk/care/")
    with statements(8):
        client.get("/desk/care/")
    for number in range(3):
        person = chronic_patient(f"合成又{number}")
        served(signed(person), "drug_delivery")
        care.call_to_check_up(**SAID, person_id=person.pk, year=2018, why="wishes")
        listed(person, "severe_backstop", "重病")
        serious_patient(f"合成又大病{number}")
    with statements(8):
        client.get("/desk/care/")
    for address, count in (
        ("/desk/care/serious", 6),
        ("/desk/care/chronic", 9),
        ("/desk/care/severe", 5),
        ("/desk/care/check-ups?state=wishes&year=2018", 8),
        ("/desk/care/teams", 6),
        ("/desk/care/packages", 3),
        ("/desk/care/incentives?month=2018-09", 4),
        ("/desk/care/services?month=2018-09", 5),
    ):
        with statements(count):
            assert client.get(address).status_code == 200, address


@pytest.mark.django_db
def test_a_list_of_care_is_saved_as_excel_by_who_may_export(
    as_role: Role, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(care_lists, "_ON_A_PAGE", 1)
    chronic_patient("=1+1")
    chronic_patient("合成乙")
    signed(chronic_patient("合成已签"))
    chronic_patient("合成外旗", THERE)
    listing = serious_patient("合成没方案")
    client = as_role("banner")
    page = text(client.get("/desk/care/chronic?signed=no&page=2"))
    assert "excel=1" in page and "第 2 页，共 2 页" in page
    answer = client.get("/desk/care/chronic?signed=no&excel=1")
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert sorted(str(row[0]) for row in rows[1:]) == ["=1+1", "合成乙"]
    assert {row[3] for row in rows[1:]} == {"没有签约"}
    assert Call.objects.get(service="export_care").detail["people"] == 2
    answer = client.get("/desk/care/serious?state=unplanned&excel=1")
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert [row[0] for row in rows[1:]] == [listing.person.name]
    village = as_role("village")
    assert "excel=1" not in text(village.get("/desk/care/chronic"))
    assert village.get("/desk/care/chronic?excel=1").status_code == 403


@pytest.mark.django_db
@pytest.mark.clause("H-31")
def test_a_village_doctors_day_signs_serves_checks_and_is_paid_for(as_role: Role) -> None:
    person, doctors = chronic_patient(), team()
    client, today = as_role("village"), timezone.localdate().isoformat()
    choice = {"team": doctors.public_id, "valid_from": today, "agreed_by": "person"}
    assert record(client, person, "sign", **choice) == 302
    assert record(client, person, "sign", **choice) == 200
    assert Contract.objects.count() == 1
    delivered = {"sort": "drug_delivery", "day": today}
    assert record(client, person, "service", **delivered) == 302
    assert record(client, person, "service", **delivered) == 200
    assert Service.objects.count() == 1
    assert record(client, person, "call", year=2018, why="wishes") == 302
    found = {"day": "2018-09-03", "finding": "untreated", "disease": "糖尿病"}
    assert record(client, person, "check_up", **found, report_to="chronic") == 302
    assert CheckUp.objects.get().disease == "糖尿病"
    page = text(client.get(f"/desk/care/people/{person.public_id}"))
    assert "代购药品并送到" in page
    assert "糖尿病" in page
    proposal = Proposal.objects.get()
    assert (proposal.kind, proposal.given["disease"]) == ("list_disease", "糖尿病")


@pytest.mark.django_db
@pytest.mark.clause("H-31", "H-41")
def test_a_sumu_plans_and_records_treatment_and_a_hospital_sees_only_its_own_patients(
    as_role: Role,
) -> None:
    listing = serious_patient()
    client = as_role("sumu")
    day = (timezone.localdate() + timedelta(days=9)).isoformat()
    plan = {"listing": listing.pk, "institution": designated(), "planned_on": day}
    assert record(client, listing.person, "plan", **plan) == 302
    assert TreatmentPlan.objects.get().listing == listing
    done = {"listing": listing.pk, "institution": designated(), "treated_on": "2018-09-03"}
    assert record(client, listing.person, "treat", **done) == 302
    assert Treatment.objects.get().designated
    hospital_page = as_role("hospital").get(f"/desk/care/people/{listing.person.public_id}")
    assert hospital_page.status_code == 404


@pytest.mark.django_db
def test_a_village_makes_no_plans_and_a_hospital_no_contracts(as_role: Role) -> None:
    listing = serious_patient()
    address = f"/desk/care/people/{listing.person.public_id}/plan"
    assert as_role("village").get(address).status_code == 404
    assert as_role("league").get(address.replace("/plan", "/sign")).status_code == 404


@pytest.mark.django_db
def test_what_a_team_earned_opens_the_services_that_earned_it(as_role: Role) -> None:
    contract = signed(chronic_patient("合成甲"))
    served(contract, "drug_delivery")
    served(contract, "family_bed_visit")
    served(signed(chronic_patient("合成外旗", THERE), team("外旗队", THERE)), "drug_delivery")
    client = as_role("banner")
    page = text(client.get("/desk/care/incentives?month=2018-09"))
    assert "28 元" in page
    assert "外旗队" not in page
    asked = f"month=2018-09&team={contract.team.public_id}&sort=drug_delivery"
    behind = text(client.get(f"/desk/care/services?{asked}"))
    assert "合成甲" in behind
    assert "家庭病床出诊</td>" not in behind


@pytest.mark.django_db
def test_the_banner_opens_teams_and_names_packages_and_a_village_does_not(as_role: Role) -> None:
    client = as_role("banner")
    new = {"institution": HERE.hospital, "name": "第一团队", "reason": "组建"}
    assert client.post("/desk/care/teams", new).status_code == 302
    assert Team.objects.get().institution_id == HERE.hospital
    package = {"name": "示例包", "disease": "高血压", "reason": "试"}
    assert client.post("/desk/care/packages", package).status_code == 302
    village = as_role("village")
    for address, given in (("teams", new), ("packages", package)):
        assert village.post(f"/desk/care/{address}", given).status_code == 403


@pytest.mark.django_db
def test_a_team_is_dissolved_once_nobody_has_it_and_a_package_goes_out_of_use(
    as_role: Role,
) -> None:
    contract = signed(chronic_patient())
    care.name_package(**SAID, name="示例包", disease="高血压")
    client = as_role("banner")
    close = {"closing": contract.team.public_id, "reason": "撤并", "confirmed": "on"}
    refused = text(client.post("/desk/care/teams", close))
    assert "还有 1 人签约" in refused
    assert Team.objects.get().closed_on is None
    step = {"row": contract.pk, "confirmed": "on"}
    assert record(as_role("village"), contract.person, "withdraw_contract", **step) == 302
    assert client.post("/desk/care/teams", close).status_code == 302
    assert Team.objects.get().closed_on == timezone.localdate()
    assert "已停用" in text(client.get("/desk/care/teams"))
    assert client.post("/desk/care/teams", close).status_code == 200
    package = {"closing": ServicePackage.objects.get().pk, "reason": "不用了", "confirmed": "on"}
    assert client.post("/desk/care/packages", package).status_code == 302
    assert ServicePackage.objects.get().closed_on == timezone.localdate()
    assert as_role("village").post("/desk/care/packages", package).status_code == 403
    make_place(THERE)
    other = close | {"closing": team("外旗队", THERE).public_id}
    assert client.post("/desk/care/teams", other).status_code == 200
    assert Team.objects.get(name="外旗队").closed_on is None


@pytest.mark.django_db
def test_nothing_is_withdrawn_or_closed_without_a_reason_and_a_confirmation(as_role: Role) -> None:
    contract = signed(chronic_patient())
    care.name_package(**SAID, name="示例包", disease="高血压")
    empty = team("空队")
    banner, village = as_role("banner"), as_role("village")
    whole = {"reason": "记错了", "confirmed": "on"}
    sendings = (
        (village, f"people/{contract.person.public_id}/withdraw_contract", {"row": contract.pk}),
        (banner, "teams", {"closing": empty.public_id}),
        (banner, "packages", {"closing": ServicePackage.objects.get().pk}),
    )
    for client, address, chosen in sendings:
        for missing in whole:
            given = {name: value for name, value in whole.items() if name != missing}
            answer = client.post(f"/desk/care/{address}", {**chosen, **given})
            assert answer.status_code == 200, (address, missing)
            assert "error-summary" in text(answer), (address, missing)
    assert Contract.objects.get().withdrawn_at is None
    assert Team.objects.get(name="空队").closed_on is None
    assert ServicePackage.objects.get().closed_on is None
    for client, address, chosen in sendings:
        assert client.post(f"/desk/care/{address}", {**chosen, **whole}).status_code == 302, address


@pytest.mark.django_db
def test_a_contract_that_has_ended_can_be_withdrawn_and_then_counts_no_more(as_role: Role) -> None:
    contract = signed(chronic_patient())
    care.end_contract(**SAID, contract_id=contract.pk, valid_to=contract.valid_from)
    client = as_role("village")
    page = f"/desk/care/people/{contract.person.public_id}"
    assert f"{page}/withdraw_contract" in text(client.get(page))
    form = text(client.get(f"{page}/withdraw_contract"))
    assert ">撤回</button>" in form and "哪里记错了" in form
    assert ">登记</button>" in text(client.get(f"{page}/sign"))
    step = {"row": contract.pk, "confirmed": "on"}
    assert record(client, contract.person, "withdraw_contract", **step) == 302
    assert Contract.objects.get().withdrawn_at is not None
    after = text(client.get(page))
    assert "没有签过约" in after and f"{page}/withdraw_contract" not in after
    assert as_role("league").get(f"{page}/withdraw_contract").status_code == 404


def mistakes(listing: DiseaseListing) -> dict[str, Recorded]:
    """A plan, a call and a check-up of a patient, by the step that withdraws them."""
    person, day = listing.person, timezone.localdate() + timedelta(days=9)
    at = designated()
    plan = care.plan_treatment(**SAID, listing_id=listing.pk, planned_on=day, institution=at)
    call = care.call_to_check_up(**SAID, person_id=person.pk, year=2018, why="wishes")
    done, _proposal = care.record_check_up(
        by=account("village"), reason="体检", person_id=person.pk, day=DAY, finding="not_ill"
    )
    return {"withdraw_plan": plan, "withdraw_call": call, "withdraw_check_up": done}


@pytest.mark.django_db
@pytest.mark.parametrize("step", ["withdraw_plan", "withdraw_call", "withdraw_check_up"])
def test_what_was_a_mistake_is_withdrawn_once_at_its_person_and_nowhere_else(
    as_role: Role, step: str
) -> None:
    listing, other = serious_patient(), serious_patient("合成辛")
    client, row = as_role("sumu"), mistakes(listing)[step]
    page = f"/desk/care/people/{listing.person.public_id}"
    assert f"{page}/{step}" in text(client.get(page))
    sent = {"row": row.pk, "confirmed": "on"}
    assert record(client, other.person, step, **sent) == 200
    assert record(client, listing.person, step, row=row.pk) == 200
    row.refresh_from_db()
    assert row.withdrawn_at is None
    assert record(client, listing.person, step, **sent) == 302
    row.refresh_from_db()
    assert row.withdrawn_at is not None
    assert f"{page}/{step}" not in text(client.get(page))
    assert record(client, listing.person, step, **sent) == 200


@pytest.mark.django_db
def test_the_page_of_a_person_shows_what_stands_and_not_what_was_withdrawn(as_role: Role) -> None:
    listing = serious_patient()
    rows, client = mistakes(listing), as_role("sumu")
    page = f"/desk/care/people/{listing.person.public_id}"
    shown = text(client.get(page))
    planned = (timezone.localdate() + timedelta(days=9)).isoformat()
    said = (planned, "2018 自愿", "没有发现疾病")
    assert all(words in shown for words in said)
    for step, row in rows.items():
        assert record(client, listing.person, step, row=row.pk, confirmed="on") == 302
    shown = text(client.get(page))
    assert not [words for words in said if words in shown]


@pytest.mark.django_db
def test_a_village_withdraws_no_plan_and_the_league_no_check_up(as_role: Role) -> None:
    listing = serious_patient()
    mistakes(listing)
    page = f"/desk/care/people/{listing.person.public_id}"
    assert as_role("village").get(f"{page}/withdraw_plan").status_code == 404
    for step in ("withdraw_call", "withdraw_check_up"):
        assert as_role("league").get(f"{page}/{step}").status_code == 404


@pytest.mark.django_db
def test_a_stranger_sees_nobody_of_another_district_in_any_list(as_role: Role) -> None:
    person = chronic_patient("绝密甲")
    served(signed(person), "drug_delivery")
    serious_patient("绝密乙")
    household_member(THERE)
    client = as_role("banner", THERE)
    for address in ("serious", "chronic", "severe", "teams", "services?month=2018-09"):
        assert "绝密" not in text(client.get(f"/desk/care/{address}")), address
    assert "第一团队" not in text(client.get("/desk/care/teams"))
    assert client.get(f"/desk/care/people/{person.public_id}").status_code == 404


def test_the_pages_of_care_are_accessible_on_a_phone_and_at_a_desk(page: BrowserPage) -> None:
    person = chronic_patient()
    served(signed(person), "drug_delivery")
    serious_patient()
    care.name_package(**SAID, name="示例高血压包", disease="高血压", synthetic=True)
    log_in(page, account("banner"))
    here = f"/desk/care/people/{person.public_id}"
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        for address in (
            "/desk/care/",
            "/desk/care/serious",
            "/desk/care/chronic?signed=yes",
            "/desk/care/teams",
            "/desk/care/packages",
            "/desk/care/incentives?month=2018-09",
            here,
            f"{here}/service",
            f"{here}/check_up",
            f"{here}/withdraw_check_up",
        ):
            page.goto(address)
            assert_accessible(page)
            too_wide = page.evaluate("document.documentElement.scrollWidth > innerWidth")
            assert not too_wide, (address, width)
