"""The report says the finding first, says what is made up, and stands by itself in one file."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from html.parser import HTMLParser
from pathlib import Path

import pytest
from tests.population.reform_rows import three

import doudi
from doudi.population import Comparison, compare, read_reform, reform_of, solve
from doudi.population.report.charts import Bar, bar_chart
from doudi.population.report.comparison import comparison_html, comparison_text
from doudi.population.report.solution import solution_html, solution_text
from doudi.population.report.words import headline, money, per_person, share_of, signed
from doudi.rules import Policy

ROOT = Path(__file__).parents[2]
MADE = date(2018, 12, 31)


@pytest.fixture(autouse=True)
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOUDI_LANG", "zh")


@pytest.fixture(scope="module")
def policy() -> Policy:
    return doudi.policy("hinggan-2018")


@pytest.fixture
def comparison(policy: Policy) -> Comparison:
    table = three().replace_schema_metadata({"doudi": "synthetic: nobody exists"})
    values = [("own_share_ceiling", "8%"), ("outpatient_rate", "40%")]
    return compare(table, reform_of(policy, values, None), ["banner"])


class Parts(HTMLParser):
    """What a page is made of."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.open: list[str] = []
        self.texts: list[tuple[str, str]] = []
        self.links: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [str(value) for name, value in attrs if name in ("src", "href", "srcset")]
        if tag not in ("meta", "rect", "line", "polyline", "br"):
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [str(value) for name, value in attrs if name in ("src", "href", "srcset")]

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if data.strip() and self.open:
            self.texts.append((self.open[-1], data.strip()))

    def of(self, tag: str) -> list[str]:
        return [text for found, text in self.texts if found == tag]


def pages(policy: Policy, comparison: Comparison) -> Iterator[str]:
    yield comparison_html(comparison, MADE)
    yield solution_html(solve(three(), policy, "own_share_ceiling", 900_000), MADE)


def test_a_report_is_one_file_without_script_or_request(
    policy: Policy, comparison: Comparison
) -> None:
    for text in pages(policy, comparison):
        found = Parts(text)
        assert found.open == []
        assert not {"script", "link", "iframe", "img", "object"} & set(found.tags)
        assert found.links == []
        assert "url(" not in text.replace("url(#hatch)", "")
        assert "http" not in text and "@import" not in text
        assert "svg" in found.tags and "table" in found.tags


def test_the_finding_comes_first_with_its_units(comparison: Comparison) -> None:
    # Person 1: 400 less of 2,350, plus 100 for the visit at 55% instead of 65%; person 2: 80 more.
    # The payers pay 400 more for the stay and 180 less for the visits.
    assert headline(comparison) == [
        "各支付方一共多付 220 元（+1.2%），其中政府兜底 +400 元、基本医保 −180 元。",
        "1 人自付减少（占 50.0%），平均每人少付 300 元。",
        "1 人自付增加（占 50.0%），平均每人多付 80 元。",
    ]
    found = Parts(comparison_html(comparison, MADE))
    body = [text for tag, text in found.texts if tag not in ("style", "title")]
    assert body[0].startswith("合成数据")
    [title] = found.of("h1")
    assert "10% → 8%" in title
    assert body[body.index(title) + 1] == headline(comparison)[0]


def test_every_chart_has_its_table_with_the_same_figures(comparison: Comparison) -> None:
    text = comparison_html(comparison, MADE)
    found = Parts(text)
    charts = text.count('<div class="chart">')
    assert charts == 1 + len(comparison.breakdowns) == 6
    # Each figure is followed at once by a table of its own, and the changes have one besides.
    assert len(re.findall(r"</figure><div class=\"scroll\"", text)) == charts
    assert found.tags.count("table") == charts + 1
    assert "+400 元" in found.of("td")
    assert "+400 元（+4.9%）" in found.of("b")


def test_what_the_figures_rest_on_is_named_with_versions_and_days(comparison: Comparison) -> None:
    found = Parts(comparison_html(comparison, MADE))
    assert [text for text in found.of("dt") if len(text) == 2] == ["借用", "假设", "读法"]
    told = " ".join(text for _tag, text in found.texts)
    for words in (
        "基本医保起付线（三级）",
        "门诊统筹基本医保比例",
        comparison.reform.today.version,
        comparison.reform.policy.version,
        "2018-05-01 至 2018-06-01",
        "报告日期 2018-12-31",
        "新闻报道所述的政策，不是法律文本",
        "假定大家看病的次数和费用不变",
    ):
        assert words in told, words


def test_english_has_no_chinese_but_names(
    comparison: Comparison, policy: Policy, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DOUDI_LANG", "en")
    solution = solve(three(), policy, "own_share_ceiling", 900_000, payers=["backstop"])
    texts = [
        comparison_html(comparison, MADE),
        comparison_text(comparison),
        solution_html(solution, MADE),
        solution_text(solution),
    ]
    for text in texts:
        shown = re.sub(r"<style>.*?</style>", "", text, flags=re.DOTALL).replace("突泉县", "")
        assert not re.search(r"[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef]", shown)
    assert '<html lang="en">' in texts[0]
    assert "pay 220 yuan more (+1.2%): government backstop +400 yuan, basic insurance" in texts[1]
    assert "It should be 5.67%: that costs 8,998.75 yuan" in texts[3]


def test_money_that_only_moves_between_payers_is_told(policy: Policy) -> None:
    # Without assistance the floor's backstop pays its 1,194.75 yuan of the stay (see THREE).
    found = compare(three(), reform_of(policy, [("assistance_rate", "0%")], None))
    assert headline(found) == [
        "各支付方一共付出的不变，仍是 1.91 万元，"
        "其中医疗救助 −1,194.75 元、政府兜底 +1,194.75 元。",
        "没有人的自付改变。",
    ]
    nothing = compare(three(), reform_of(policy, [("chronic_floor", "85%")], None))
    assert headline(nothing)[0] == "各支付方一共付出的不变，仍是 1.91 万元。"


def test_another_reading_is_told_in_words(policy: Policy, tmp_path: Path) -> None:
    path = tmp_path / "reading.yaml"
    path.write_text("interpretations: {floor_base: catalogue}\n", encoding="utf-8")
    found = compare(three(), read_reform(policy, path))
    text = comparison_text(found)
    # The floor is then 10% of the 10,000 in the catalogue, and the 10,000 outside stay own pay.
    assert "全部住院医疗费" in text and "目录内费用" in text
    assert "catalogue" not in text
    assert found.to_dict()["changes"][0]["after"] == "catalogue"


def test_what_a_file_says_is_never_read_as_markup(policy: Policy) -> None:
    table = three().set_column(10, "banner", [["<b>x</b>", "\"'&", "<b>x</b>"]])
    found = compare(table, reform_of(policy, [("own_share_ceiling", "8%")], None), ["banner"])
    text = comparison_html(found, MADE)
    assert "<b>x</b>" not in text
    assert "&lt;b&gt;x&lt;/b&gt;" in text


def test_a_solution_shows_the_curve_the_budget_and_the_answer(policy: Policy) -> None:
    solution = solve(three(), policy, "own_share_ceiling", 900_000, payers=["backstop"])
    text = solution_text(solution)
    assert "应为 5.67%：付出 8,998.75 元，再放宽 0.01%就超出预算。" in text
    assert "5.67%（答案）" in text
    assert "10%（今天）" in text
    found = Parts(solution_html(solution, MADE))
    assert "polyline" in found.tags
    assert "答案 5.67%" in found.of("li")
    rows = len(solution.curve)
    assert len(found.of("td")) == 3 * rows


def test_a_solution_that_is_none_says_what_the_cheapest_costs(policy: Policy) -> None:
    solution = solve(three(), policy, "own_share_ceiling", 100, payers=["backstop"])
    text = solution_text(solution)
    assert "没有这样的值" in text and "5,482.75 元" in text
    assert "没有这样的值" in solution_html(solution, MADE)


def test_amounts_and_shares_are_rounded_only_when_shown() -> None:
    assert money(123_456) == "1,234.56 元"
    assert money(1_000_000) == "1 万元"
    assert money(123_456_789) == "123.46 万元"
    assert money(-123_450_000) == "−123.45 万元"
    assert (signed(100), signed(0), signed(-100)) == ("+1 元", "0 元", "−1 元")
    assert per_person(1_000, 3) == "3.33 元"
    assert per_person(0, 0) == "—"
    assert (share_of(1, 3), share_of(0, 3), share_of(3, 3)) == ("33.3%", "0%", "100.0%")
    assert share_of(1, 1_000_000) == "不到 0.1%"


def test_bars_start_at_a_common_zero_and_end_within_the_drawing() -> None:
    both = bar_chart([Bar("a", "1", right=3), Bar("b", "2", left=1)], "少", "多")
    assert 'x="25.00%" y="2" width="75.00%"' in both
    assert 'x="0.00%" y="2" width="25.00%"' in both
    one = bar_chart([Bar("a", "1", left=2), Bar("b", "2", left=1)], "少", "多")
    assert "少 →" in one and "多" not in one
    assert 'x="0.00%" y="2" width="50.00%"' in one
    assert "rect" in bar_chart([Bar("a", "0")], "少", "多")


@pytest.mark.parametrize("width", [390, 1280])
def test_a_page_fits_a_phone_and_a_desk_and_asks_for_nothing(
    policy: Policy, comparison: Comparison, tmp_path: Path, width: int
) -> None:
    paths = []
    for number, text in enumerate(pages(policy, comparison)):
        paths.append(tmp_path / f"{number}.html")
        paths[-1].write_text(text, encoding="utf-8")
    seen = subprocess.run(
        [sys.executable, "-m", "tests.population.look", str(width), *map(str, paths)],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])},
        capture_output=True,
        text=True,
        check=True,
    )
    for path, page in zip(paths, json.loads(seen.stdout), strict=True):
        assert page == {"width": width, "asked": [path.as_uri()], "faults": ""}
