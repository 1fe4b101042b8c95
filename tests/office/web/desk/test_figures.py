"""The figures against three settlements worked out by hand, and the lists behind them.

A, in May: 12,000 yuan, 10,800 of them in the catalogue, registered, level 3, as in
`tests/office/settlement/test_settle.py`: 7,650 + 1,732.50 + 1,275.75 + 141.75, own 1,200.
B, in June: 50,000 outside the catalogue, registered: nobody pays but the backstop, which leaves
10%, 5,000, which is the year's ceiling too. C, in June: 1,000 outside the catalogue, not
registered: own 1,000. D is reversed. E is another banner's: 1,000 like B's, own 100, in the same
hospital.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from html import unescape
from io import BytesIO

import pytest
from django.test import Client
from django.utils import timezone
from playwright.sync_api import Page as BrowserPage
from python_calamine import CalamineWorkbook
from tests.office.builders import SAID, YUAN, hospital, new_key, reverse, settled
from tests.office.web.browser import assert_accessible
from tests.office.web.conftest import Statements, log_in
from tests.office.web.people_and_places import HERE, THERE, account, household_member

from doudi.office.accounts.scope import institutions_in_scope, people_in_scope, place_in_scope
from doudi.office.audit.models import Call
from doudi.office.ledger import services as ledger
from doudi.office.ledger.advances import Advance, months_between, unpaid_advances
from doudi.office.ledger.models import Statement
from doudi.office.settlement.figures import (
    Band,
    ClaimFilter,
    bands_of,
    by_month_and_hospital,
    near_ceiling,
    settlements,
)
from doudi.office.settlement.keep_sums import keep
from doudi.office.settlement.kept_sums import Paid, YearSums, owed_to
from doudi.office.settlement.models import Institution, KeptSums
from doudi.office.web.desk import figure_lists
from doudi.office.workbooks import table_workbook

MAY, JUNE = date(2018, 5, 9), date(2018, 6, 5)
A_PAYERS = {
    "basic": 765_000,
    "critical": 0,
    "commercial": 173_250,
    "assistance": 127_575,
    "backstop": 14_175,
}
B_PAYERS = dict.fromkeys(A_PAYERS, 0) | {"backstop": 4_500_000}


def settle_all() -> dict[str, str]:
    """The five settlements; the person's public id of each."""
    people = {name: household_member(HERE, name=f"合成{name}") for name in "ABD"}
    people["C"] = household_member(HERE, name="合成C", since=None)
    people["E"] = household_member(THERE, name="合成E")
    settled(people["A"], 12_000 * YUAN, 10_800 * YUAN, day=MAY)
    settled(people["B"], 50_000 * YUAN, 0, day=JUNE)
    settled(people["C"], 1_000 * YUAN, 0, day=JUNE)
    settled(people["E"], 1_000 * YUAN, 0, day=JUNE)
    reverse(settled(people["D"], 9_000 * YUAN, day=JUNE).claim)
    return {name: person.public_id for name, person in people.items()}


@pytest.mark.django_db
def test_settled_cost_is_summed_by_payer_month_and_hospital(
    statements: Statements, keeping: Callable[[], None]
) -> None:
    settle_all()
    keeping()
    place = place_in_scope(account("banner", HERE))
    with statements(4):
        may, june = by_month_and_hospital(YearSums(place, 2018))
    assert (may.month, may.claims, may.institution) == (5, 1, hospital())
    assert may.payers == A_PAYERS
    assert (may.own_fen, may.bill_fen) == (120_000, 1_200_000)
    assert (june.month, june.claims) == (6, 2)
    assert june.payers == B_PAYERS
    assert (june.own_fen, june.bill_fen) == (600_000, 5_100_000)
    assert YearSums(place, 2017).by("month") == {}


@pytest.mark.django_db
def test_settlements_are_counted_by_own_part_and_by_share(
    statements: Statements, keeping: Callable[[], None]
) -> None:
    settle_all()
    keeping()
    place = place_in_scope(account("banner", HERE))
    with statements(3):
        found = bands_of(YearSums(place, 2018))
    assert found == [
        Band(own=2, share=0, claims=1, own_fen=100_000, bill_fen=100_000),
        Band(own=3, share=5, claims=1, own_fen=120_000, bill_fen=1_200_000),
        Band(own=5, share=5, claims=1, own_fen=500_000, bill_fen=5_000_000),
    ]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("chosen", "names"),
    [
        (ClaimFilter(), "ABC"),
        (ClaimFilter(month=6), "BC"),
        (ClaimFilter(payer="backstop"), "AB"),
        (ClaimFilter(payer="basic"), "A"),
        (ClaimFilter(own=2), "C"),
        (ClaimFilter(own=5), "B"),
        (ClaimFilter(own=0), ""),
        (ClaimFilter(share=5), "AB"),
        (ClaimFilter(share=0), "C"),
        (ClaimFilter(institution="H0"), ""),
        (ClaimFilter(month=6, share=5, payer="backstop"), "B"),
    ],
)
def test_the_list_behind_a_figure_is_what_it_counts(chosen: ClaimFilter, names: str) -> None:
    people = settle_all()
    found = settlements(place_in_scope(account("banner", HERE)).claims, 2018, chosen)
    seen = sorted(claim.admission.person.public_id for claim in found)
    assert seen == sorted(people[name] for name in names)


@pytest.mark.django_db
def test_who_has_paid_four_fifths_of_the_ceiling_is_near_it(
    statements: Statements, keeping: Callable[[], None]
) -> None:
    people = settle_all()
    one = household_member(HERE, name="合成F")
    other = household_member(HERE, name="合成G")
    # 10% of 40,000 is four fifths of the ceiling of 5,000; ten yuan less are not.
    settled(one, 40_000 * YUAN, 0, day=JUNE)
    settled(other, 39_990 * YUAN, 0, day=JUNE)
    keeping()
    banner = account("banner", HERE)
    place, scope = place_in_scope(banner), people_in_scope(banner)
    with statements(2):
        ceiling, near = near_ceiling(place, scope, 2018)
    assert ceiling == 500_000
    with statements(1 if KeptSums.objects.exists() else 0):
        assert len(near) == 2
    assert near[:] == [
        Paid(people["B"], "合成B", 500_000),
        Paid(one.public_id, "合成F", 400_000),
    ]
    assert near[1:2] == [Paid(one.public_id, "合成F", 400_000)]
    ceiling, nobody = near_ceiling(place, scope, 2017)
    assert (ceiling, nobody[:]) == (500_000, [])


@pytest.mark.django_db
def test_what_payers_have_not_paid_is_summed_by_month(
    statements: Statements, keeping: Callable[[], None]
) -> None:
    settle_all()
    keeping()
    places = institutions_in_scope(account("league", HERE)).values("code")
    with statements(4):
        found = unpaid_advances(owed_to(places), places)
    may = Advance(hospital(), "201805", 1_080_000)
    june = Advance(hospital(), "201806", 4_500_000 + 90_000)
    assert found == [may, june]
    ledger.close_month(key=new_key(), period="201805", **SAID)
    ledger.draw_statements(key=new_key(), period="201805", **SAID)
    drawn = Statement.objects.get(payer="basic")
    ledger.confirm_statement(key=new_key(), statement=drawn.pk, business_date=JUNE, **SAID)
    assert unpaid_advances(owed_to(places), places) == [may, june]
    ledger.pay_statement(key=new_key(), statement=drawn.pk, business_date=JUNE, **SAID)
    assert unpaid_advances(owed_to(places), places) == [
        Advance(hospital(), "201805", 1_080_000 - 765_000),
        june,
    ]
    assert unpaid_advances(owed_to([HERE.hospital]), [HERE.hospital]) == []


def test_months_between_go_over_new_year() -> None:
    assert months_between("201811", "201902") == 3
    assert months_between("201805", "201805") == 0


@pytest.mark.django_db
def test_the_page_shows_every_figure_and_opens_its_list(
    as_role: Callable[..., Client], statements: Statements
) -> None:
    settle_all()
    league = as_role("banner", HERE)
    league.get("/desk/figures/")
    with statements(24):
        text = league.get("/desk/figures/").content.decode()
    keep(timezone.now())
    with statements(22):
        kept = league.get("/desk/figures/").content.decode()
    assert re.findall(r">([\d,.]+)</a>", kept) == re.findall(r">([\d,.]+)</a>", text)
    for figure in ("2018 年", "7,650", "45,141.75", "63,000", "51,000", "6,200", "7,200"):
        assert figure in text, figure
    for query in ("month=5", "own=5", "share=5", f"hospital={hospital()}", "payer=basic"):
        assert query in text, query
    lists = {
        "settlements?year=2018&month=5": ("合成A", "合成B"),
        "settlements?year=2018&own=5": ("合成B", "合成A"),
        "near-ceiling?year=2018": ("合成B", "合成A"),
    }
    for path, (there, absent) in lists.items():
        text = league.get(f"/desk/figures/{path}").content.decode()
        assert there in text and absent not in text, path
    assert league.get("/desk/figures/settlements?month=13").status_code == 404
    assert league.get("/desk/figures/advances?age=9").status_code == 404
    stranger = as_role("banner", THERE).get("/desk/figures/settlements?year=2018").content.decode()
    assert "合成E" in stranger and "合成A" not in stranger


@pytest.mark.django_db
def test_every_sum_of_the_figures_opens_a_list_of_what_it_counts(
    as_role: Callable[..., Client],
) -> None:
    settle_all()
    client = as_role("banner", HERE)
    text = client.get("/desk/figures/").content.decode()
    linked = re.findall(r'<a href="([^"]+)">([\d,.]+)</a>', text)
    assert not re.findall(r'<td class="number">\s*[\d,.]+\s*</td>', text)
    for path, shown in linked:
        answer = client.get(unescape(path)).content.decode()
        rows = re.findall(r"<tr\b.*?</tr>", answer.partition("<tbody")[2], re.DOTALL)
        if shown == "0":
            continue
        assert rows and "没有记录" not in answer, path
        if "settlements" in path and "." not in shown and int(shown.replace(",", "")) < 4:
            assert len(rows) == int(shown), path


@pytest.mark.django_db
def test_small_hospitals_are_summed_in_one_row_with_the_way_to_all_of_them(
    as_role: Callable[..., Client],
) -> None:
    person = household_member(HERE, name="合成A")
    for number in range(1, 13):
        code = f"H{number:02}"
        Institution.objects.create(
            code=code,
            name=f"合成医院{number:02}",
            level=1,
            division_id=HERE.banner,
            designated=True,
            inside_league=True,
        )
        ledger.open_institution_accounts(institution=code)
        settled(person, 100 * number * YUAN, 0, day=MAY, at=code)
    client = as_role("banner", HERE)
    chart = client.get("/desk/figures/").content.decode().partition("各医院结算</h2>")[2]
    chart = chart.partition("</figure>")[0]
    for number in range(3, 13):
        assert f"合成医院{number:02}" in chart
    for number in (1, 2):
        assert f"合成医院{number:02}" not in chart
    # 100 and 200 are left for the others; all of them are 100 x 78, own parts a tenth.
    cells = [unescape(cell) for cell in re.findall(r">([^<>]+)</a>", chart)]
    assert cells[-7:] == ["2", "300", "30", "12", "7,800", "780", "全部 12 家医院"]
    every = client.get("/desk/figures/hospitals?year=2018").content.decode()
    assert every.index("合成医院12") < every.index("合成医院01")
    assert "7,800" in every
    answer = client.get("/desk/figures/hospitals?year=2018&excel=1")
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert [row[2] for row in rows[1:]] == [100 * number for number in range(12, 0, -1)]


@pytest.mark.django_db
def test_what_patients_owe_is_listed_and_who_lives_elsewhere_is_not_named(
    as_role: Callable[..., Client],
) -> None:
    settle_all()
    league = as_role("league", HERE)
    text = league.get("/desk/figures/advances").content.decode()
    # A's 1,200 in May; B's 5,000, C's 1,000 and E's 100 in June.
    for figure in ("10,800", "45,900", "1,200", "6,100", "56,700", "7,300"):
        assert f">{figure}<" in text.replace("\n", "").replace(" ", ""), figure
    everything = league.get("/desk/figures/unpaid").content.decode()
    assert "共 4 笔，7,300 元" in everything
    june = league.get("/desk/figures/unpaid?period=201806").content.decode()
    assert "合成B" in june and "合成A" not in june
    assert league.get("/desk/figures/unpaid?period=x").status_code == 404
    assert league.get("/desk/figures/advances?age=0").content.decode().count("2018-") == 0
    answer = league.get("/desk/figures/unpaid?period=201805&excel=1")
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert [(row[3], row[-1]) for row in rows[1:]] == [("合成A", 1_200)]
    Institution.objects.filter(code=hospital()).update(division=THERE.banner)
    other = as_role("banner", THERE).get("/desk/figures/unpaid").content.decode()
    assert "共 4 笔，7,300 元" in other
    assert "合成E" in other and "合成A" not in other and other.count("住在别处") == 3


@pytest.mark.django_db
def test_a_list_is_exported_as_excel_that_runs_nothing(as_role: Callable[..., Client]) -> None:
    settle_all()
    settled(household_member(HERE, name="=1+1"), 1_000 * YUAN, 0, day=JUNE)
    client = as_role("banner", HERE)
    answer = client.get("/desk/figures/settlements?year=2018&month=6&excel=1")
    rows = CalamineWorkbook.from_filelike(BytesIO(answer.content)).get_sheet_by_index(0).to_python()
    assert {row[1] for row in rows[1:]} == {"合成B", "合成C", "=1+1"}
    by_name = {str(row[1]): row for row in rows}
    assert by_name["合成B"][4:] == [50_000, 0, 0, 0, 0, 45_000, 5_000]
    assert by_name["=1+1"][-1] == 100
    assert Call.objects.get(service="export_figures").detail["rows"] == 3


@pytest.mark.django_db
def test_an_amount_in_excel_is_a_number_to_the_fen() -> None:
    content = table_workbook("a", ["金额"], [[Decimal(10_000_000_000_01).scaleb(-2)]])
    [_heading, [amount]] = (
        CalamineWorkbook.from_filelike(BytesIO(content)).get_sheet_by_index(0).to_python()
    )
    assert amount == 10_000_000_000.01


@pytest.mark.django_db
def test_a_list_goes_on_page_by_page_and_shows_every_settlement_once(
    as_role: Callable[..., Client], statements: Statements, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(figure_lists, "ON_A_PAGE", 2)
    person = household_member(HERE, name="合成A")
    claims = [settled(person, 1_000 * YUAN, day=MAY).claim for _ in range(3)]
    claims += [settled(person, 1_000 * YUAN, day=JUNE).claim for _ in range(2)]
    reverse(claims.pop())
    client = as_role("banner", HERE)
    path = "/desk/figures/settlements?year=2018"
    client.get(path)
    seen: list[int] = []
    while path:
        with statements(9):
            text = client.get(path).content.decode()
        seen.append(len(re.findall(r">\s*2018-0\d-\d\d\s*<", text)))
        assert "共 4 笔" in text
        following = re.search(r'rel="next" href="([^"]+)"', text)
        path = f"/desk/figures/settlements{unescape(following[1])}" if following else ""
    assert seen == [2, 2]
    for wrong in ("x", "2018-13-01_" + "0" * 36):
        assert client.get(f"/desk/figures/settlements?after={wrong}").status_code == 404


@pytest.mark.django_db
def test_what_is_too_much_for_one_file_is_refused_in_words(
    as_role: Callable[..., Client], monkeypatch: pytest.MonkeyPatch
) -> None:
    settle_all()
    monkeypatch.setattr(figure_lists, "MOST_EXPORTED", 2)
    client = as_role("banner", HERE)
    start = "/desk/figures/settlements?year=2018&excel=1"
    for asked, file in (("", False), ("&month=6", True), ("&payer=backstop", True)):
        answer = client.get(start + asked)
        assert answer["Content-Type"].startswith("application/") == file, asked
    assert "超过 2 笔" in client.get(start).content.decode()
    assert Call.objects.filter(service="export_figures").count() == 2


def test_the_figures_are_readable_on_a_phone_and_at_a_desk(page: BrowserPage) -> None:
    settle_all()
    log_in(page, account("banner", HERE))
    for width in (390, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto("/desk/figures/")
        assert_accessible(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= width
    page.get_by_role("link", name="45,141.75").click()
    page.get_by_role("heading", name="2018 年结算明细").wait_for()
    assert_accessible(page)
