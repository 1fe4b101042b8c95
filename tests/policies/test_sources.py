"""Reading the source page, making it readable, and holding cited figures against it."""

from pathlib import Path

import pytest
import yaml

from doudi.policies import sources
from doudi.policies.sources import (
    TITLE,
    CitedFigure,
    SourceError,
    SourcePage,
    check_figures,
    figure_value,
    read_page,
    readable,
    strange_characters,
)

OBFUSCATION = Path(sources.__file__).with_name("obfuscation.yaml")
MISSION = Path(__file__).resolve().parents[2].parent / "shared" / "mission"

# Stands in for the real page: a variant form, a look-alike on a line where the list
# has it (悝) and one where it has not (囚), a character without a reading, and odd spacing.
MADE_UP = [
    TITLE,
    "",
    "  根據规定,每 户补贴 1500元,封顶线5万元。",
    "",
    "绩效目标表歲资金,囚数不详",
    "",
    "管悝费用降低50%,另有150%和6‰,人口266.6万人",
]


@pytest.fixture
def page(tmp_path: Path) -> SourcePage:
    return read_page(written(tmp_path, "\n".join(MADE_UP)))


@pytest.fixture(scope="module")
def real_page() -> SourcePage:
    found = sorted(MISSION.glob("*.txt"))
    if not found:
        pytest.skip("the source page is not in the repository: no ../shared/mission/*.txt here")
    return read_page(found[0])


def written(folder: Path, text: str) -> Path:
    path = folder / "page.txt"
    path.write_text(text, encoding="utf-8", newline="")
    return path


def cited(figure: str, value: int, unit: str, *lines: int) -> CitedFigure:
    return CitedFigure("some_parameter", ("H-07",), lines, figure, value, unit)


# ---- Reading the page ----------------------------------------------------------------------


@pytest.mark.clause("X-04")
def test_the_raw_line_is_kept_beside_the_readable_one(page: SourcePage) -> None:
    line = page.line(3)
    assert line.number == 3
    assert line.raw == MADE_UP[2]
    assert line.readable == "  根据规定,每 户补贴 1500元,封顶线5万元。"


def test_a_line_that_the_page_does_not_have_is_refused_by_number(page: SourcePage) -> None:
    for number in (0, -1, 8):
        with pytest.raises(SourceError, match=f"第{number}行.* / .*no line {number}, only 1 to 7"):
            page.line(number)


def test_a_missing_page_is_named_in_chinese_and_then_in_english(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"^找不到.*absent\.txt / there is no .*absent\.txt$"):
        read_page(tmp_path / "absent.txt")


def test_a_folder_in_place_of_the_page_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="打不开"):
        read_page(tmp_path)


def test_a_page_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "page.txt"
    path.write_bytes(TITLE.encode("gb18030"))
    with pytest.raises(SourceError, match=r"不是 UTF-8 编码.*is not UTF-8"):
        read_page(path)


@pytest.mark.parametrize("text", ["", "\n", "另一张页面\n" + TITLE])
def test_a_page_without_the_expected_title_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(SourceError, match=r"不是所引用的原文页面.*not the page that is cited"):
        read_page(written(tmp_path, text))


def test_line_ends_and_a_byte_order_mark_do_not_change_the_lines(tmp_path: Path) -> None:
    page = read_page(written(tmp_path, f"\ufeff{TITLE}\r\n第二行\u2028仍是第二行\r\n"))
    assert [line.raw for line in page.lines] == [TITLE, "第二行\u2028仍是第二行"]


# ---- Making it readable --------------------------------------------------------------------


@pytest.mark.clause("X-04")
def test_variant_forms_are_replaced_wherever_they_stand() -> None:
    assert readable("扶貧辦的農民參加醫療保險") == "扶贫辦的农民参加医疗保险"


@pytest.mark.clause("X-04")
def test_a_look_alike_is_replaced_only_on_the_line_where_it_was_read() -> None:
    assert readable("贫困囚口", 79) == "贫困人口"
    assert readable("囚犯", 80) == "囚犯"
    assert readable("囚犯") == "囚犯"


def test_full_width_forms_are_folded() -> None:
    assert readable("降低５０％，比例１∶３：（甲）") == "降低50%,比例1:3:(甲)"


def test_a_character_without_a_sure_reading_stays_and_is_reported(page: SourcePage) -> None:
    strange = {found.character: found for found in strange_characters(page)}
    assert strange["歲"].line == 5
    assert "目标表歲资金" in strange["歲"].context


def test_a_look_alike_where_nobody_has_read_it_is_reported(page: SourcePage) -> None:
    assert [(found.line, found.character) for found in strange_characters(page)] == [
        (5, "歲"),
        (5, "囚"),
    ]


def test_a_character_outside_simplified_chinese_is_reported(tmp_path: Path) -> None:
    page = read_page(written(tmp_path, f"{TITLE}\n報销——一次"))
    assert [(found.line, found.character) for found in strange_characters(page)] == [(2, "報")]


def test_every_replacement_is_one_character_for_one_other() -> None:
    table = yaml.safe_load(OBFUSCATION.read_text(encoding="utf-8"))
    pairs = [*table["everywhere"].items()]
    pairs += [(character, entry["reads"]) for character, entry in table["on_lines"].items()]
    for character, reads in pairs:
        assert len(character) == len(reads) == 1
        assert character != reads


def test_no_character_is_listed_under_two_headings() -> None:
    table = yaml.safe_load(OBFUSCATION.read_text(encoding="utf-8"))
    headings = [set(table[name]) for name in ("everywhere", "on_lines", "unresolved", "accepted")]
    assert len(set.union(*headings)) == sum(len(heading) for heading in headings)


# ---- The value of a figure -----------------------------------------------------------------


@pytest.mark.parametrize(
    ("figure", "unit", "value"),
    [
        ("封顶线5万元", "fen", 5_000_000),
        ("超5000元", "fen", 500_000),
        ("450万元", "fen", 450_000_000),
        ("1亿元", "fen", 10_000_000_000),
        ("6950.22万元", "fen", 6_950_220_000),
        ("0.01元", "fen", 1),
        ("起付线降低50%", "basis_points", 5000),
        ("提高１０％", "basis_points", 1000),
        ("63.4%", "basis_points", 6340),
        ("增加1.5个百分点", "basis_points", 150),
        ("控制在6‰以内", "basis_points", 60),
        ("400个", "count", 400),
        ("5.3万户", "count", 53_000),
        ("266.6万", "count", 2_666_000),
        ("9万多名", "count", 90_000),
        ("5年共2000个", "count", 2000),
        ("达到0.18亩", "hundredths", 18),
        ("1.68左右", "hundredths", 168),
        ("2亩", "hundredths", 200),
    ],
)
def test_the_last_number_of_a_fragment_is_read_in_its_unit(
    figure: str, unit: str, value: int
) -> None:
    assert figure_value(figure, unit) == value


@pytest.mark.parametrize(
    ("figure", "unit", "complaint"),
    [
        ("翻一番", "count", "holds no number in digits"),
        ("比2010年翻两番", "count", "written in words"),
        ("", "fen", "holds no number in digits"),
        ("到2015年", "count", "calendar year"),
        ("按1∶3整合", "count", "ratio"),
        ("3,741人", "count", "stray point or comma"),
        ("1.2.3", "count", "stray point or comma"),
        ("1.5户", "count", "finer"),
        ("0.005元", "fen", "finer"),
        ("1.234亩", "hundredths", "finer"),
        ("50%", "fen", "does not read as fen"),
        ("5万", "fen", "does not read as fen"),
        ("5000元", "basis_points", "does not read as basis_points"),
        ("5万%", "basis_points", "does not read as basis_points"),
        ("6‰", "count", "does not read as count"),
        ("10元", "count", "does not read as count"),
        ("1.5个百分点", "hundredths", "does not read as hundredths"),
        ("5元", "yuan", "no unit 'yuan'"),
    ],
)
def test_a_fragment_that_does_not_give_the_figure_is_refused(
    figure: str, unit: str, complaint: str
) -> None:
    with pytest.raises(ValueError, match=complaint):
        figure_value(figure, unit)


# ---- Figures against the page --------------------------------------------------------------


def test_figures_that_stand_as_cited_have_no_fault(page: SourcePage) -> None:
    assert not check_figures(
        page,
        [
            cited("封顶线5万元", 5_000_000, "fen", 3),
            cited("每户补贴1500元", 150_000, "fen", 3),
            cited("管理费用降低50%", 5000, "basis_points", 7),
            cited("降低５０％", 5000, "basis_points", 3, 7),
        ],
    )


def test_a_figure_that_is_not_on_its_line_is_named(page: SourcePage) -> None:
    [fault] = check_figures(page, [cited("封顶线6万元", 6_000_000, "fen", 3, 5)])
    assert (fault.name, fault.lines) == ("some_parameter", (3, 5))
    assert (fault.figure, fault.value) == ("封顶线6万元", 6_000_000)
    assert fault.zh.startswith("some_parameter：L3、L5 上没有“封顶线6万元”（值 6000000）")
    assert fault.en.startswith("some_parameter: '封顶线6万元' (value 6000000) is not on L3, L5")
    assert str(fault) == f"{fault.zh} / {fault.en}"


def test_a_figure_on_another_line_is_told_where_it_stands(page: SourcePage) -> None:
    [fault] = check_figures(page, [cited("封顶线5万元", 5_000_000, "fen", 5)])
    assert fault.zh.endswith("它在 L3 上")
    assert fault.en.endswith("but on L3")


def test_a_value_that_is_not_the_last_number_of_its_fragment_is_named(page: SourcePage) -> None:
    [fault] = check_figures(page, [cited("封顶线5万元", 50_000, "fen", 3)])
    assert fault.zh == "some_parameter：L3 的“封顶线5万元”是 5000000 fen，这里写成 50000"
    assert fault.en == "some_parameter: '封顶线5万元' on L3 is 5000000 fen, not 50000"


def test_a_figure_in_the_wrong_unit_is_named(page: SourcePage) -> None:
    [fault] = check_figures(page, [cited("降低50%", 50, "count", 7)])
    assert "does not read as count" in fault.en
    assert fault.zh.startswith("some_parameter（L7，值 50）")


def test_a_line_beyond_the_page_is_named_and_the_others_still_count(page: SourcePage) -> None:
    [fault] = check_figures(page, [cited("降低50%", 5000, "basis_points", 7, 99)])
    assert fault.zh == "some_parameter：原文页面没有 L99"


def test_a_figure_with_two_faults_is_told_both(page: SourcePage) -> None:
    assert len(check_figures(page, [cited("降低60%", 5000, "basis_points", 7)])) == 2


def test_a_figure_without_fragment_or_lines_is_a_fault(page: SourcePage) -> None:
    for figure in (cited("降低50%", 5000, "basis_points"), cited(" ", 5000, "basis_points", 7)):
        faults = check_figures(page, [figure])
        assert "no fragment of the source or no line is given" in faults[0].en


@pytest.mark.parametrize(
    ("figure", "value", "unit", "line"),
    [
        ("500元", 50_000, "fen", 3),
        ("6.6万人", 66_000, "count", 7),
        ("266", 266, "count", 7),
        ("266.6", 26_660, "hundredths", 7),
        ("另有15", 15, "count", 7),
    ],
)
def test_part_of_a_longer_number_does_not_count_as_standing_there(
    page: SourcePage, figure: str, value: int, unit: str, line: int
) -> None:
    [fault] = check_figures(page, [cited(figure, value, unit, line)])
    assert "nor elsewhere on the page" in fault.en


# ---- The real page, where it is at hand ----------------------------------------------------


@pytest.mark.clause("X-04")
def test_one_character_of_the_real_page_stays_without_a_reading(real_page: SourcePage) -> None:
    assert [(found.line, found.character) for found in strange_characters(real_page)] == [(5, "歲")]


def test_every_listed_character_stands_on_the_real_page_where_the_list_says(
    real_page: SourcePage,
) -> None:
    table = yaml.safe_load(OBFUSCATION.read_text(encoding="utf-8"))
    where = {
        character: [line.number for line in real_page.lines if character in line.raw]
        for heading in ("everywhere", "on_lines", "unresolved", "accepted")
        for character in table[heading]
    }
    assert all(where.values())
    for heading in ("on_lines", "unresolved"):
        for character, entry in table[heading].items():
            assert where[character] == entry["lines"], character


def test_a_position_in_the_readable_text_is_the_same_position_in_the_raw_text(
    real_page: SourcePage,
) -> None:
    for line in real_page.lines:
        assert len(line.raw) == len(line.readable)


def test_well_known_figures_stand_on_the_real_page(real_page: SourcePage) -> None:
    assert not check_figures(
        real_page,
        [
            cited("补助地方项目资金300万元", 300_000_000, "fen", 5),
            cited("民政医疗救助报销90%", 9000, "basis_points", 43),
            cited("封顶线5万元", 5_000_000, "fen", 43),
            cited("年度累计自付医疗费超5000元", 500_000, "fen", 43),
            cited("自付费用不到1000元", 100_000, "fen", 53),
            cited("代购药品3741人", 3741, "count", 61),
            cited("饲草料地面积达到0.18亩", 18, "hundredths", 112),
            cited("人口自然增长率控制在6‰", 60, "basis_points", 132),
            cited("森林覆盖率比2010年增加1.5个百分点", 150, "basis_points", 134),
            cited("达到5亿元", 50_000_000_000, "fen", 192),
            cited("5.3万户", 53_000, "count", 154),
        ],
    )
