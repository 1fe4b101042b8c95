"""Chinese by default, English on demand: every text translated, and nothing half in each."""

from __future__ import annotations

import ast
import re
from io import BytesIO
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.extract import extract_from_dir, extract_python
from babel.messages.pofile import read_po
from click.testing import CliRunner
from django.utils.translation.template import templatize

import doudi
from doudi import i18n
from doudi.cli import main

SOURCE = Path(doudi.__file__).parent
ROOT = SOURCE.parents[1]
CATALOGUES = sorted((SOURCE / "locale" / "en" / "LC_MESSAGES").glob("*.po"))
MISSION = ROOT.parent / "shared" / "mission"

HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]")
CHINESE_MARKS = re.compile(r"[\u3000-\u303f\uff00-\uffef]")

# What a clause in English quotes as it stands on the page: numbers of documents, figures in 万 and
# 亿, a place that is spelt in two ways, and the character that nobody can read.
QUOTED = re.compile(r"[\u4e00-\u9fff]+〔\d{4}〕\d+号|\b[\d.]+[万亿]|\(明水河镇, 明水镇\)|\(歲\)")


@pytest.fixture(scope="module")
def translations() -> dict[str, str]:
    found: dict[str, str] = {}
    for path in CATALOGUES:
        with path.open("rb") as file:
            catalogue = read_po(file, locale="en", abort_invalid=True)
        assert not catalogue.obsolete
        assert not [message.id for message in catalogue if message.id and message.fuzzy]
        found |= {str(message.id): str(message.string) for message in catalogue if message.id}
    return found


@pytest.fixture(scope="module")
def used() -> dict[str, str]:
    """Every text that is translated, in templates too, and the first place it stands at."""
    found: dict[str, str] = {}
    for name, line, text, _comments, _context in extract_from_dir(
        str(SOURCE), method_map=[("**.py", "python")], keywords={"_": None, "gettext_lazy": None}
    ):
        found.setdefault(str(text), f"{name}:{line}")
    return {**in_the_templates(), **in_the_syntax_tree(), **found}


def in_the_templates() -> dict[str, str]:
    """Every text that a template translates; Django's own tool turns its tags into calls."""
    found: dict[str, str] = {}
    for path in sorted(SOURCE.rglob("templates/**/*.html")):
        name = str(path.relative_to(SOURCE))
        calls = BytesIO(templatize(path.read_text(encoding="utf-8"), origin=name).encode())
        for line, _function, text, _comments in extract_python(
            calls, {"gettext": None, "_": None}, [], {}
        ):
            found.setdefault(str(text), f"{name}:{line}")
    return found


def in_the_syntax_tree() -> dict[str, str]:
    """As above; before Python 3.12 Babel does not look inside f-strings."""
    found: dict[str, str] = {}
    for path in sorted(SOURCE.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if not re.search(r"import gettext as _$", text, re.MULTILINE):
            continue
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                if node.func.id != "_":
                    continue
                place = f"{path.relative_to(SOURCE)}:{node.lineno}"
                [argument] = node.args
                assert isinstance(argument, ast.Constant), f"{place}: a text has to stand there"
                found.setdefault(str(argument.value), place)
    return found


def placeholders(text: str) -> list[str]:
    if "%(" in text:  # blocktranslate's
        return sorted(re.findall(r"%\((\w+)\)s", text))
    return sorted(name for _text, name, _spec, _conversion in Formatter().parse(text) if name)


# ---- The catalogue -------------------------------------------------------------------------


def test_every_text_in_use_is_translated(
    used: dict[str, str], translations: dict[str, str]
) -> None:
    assert len(used) > 40
    missing = {text: place for text, place in used.items() if not translations.get(text)}
    assert missing == {}


def test_no_text_out_of_use_is_kept(used: dict[str, str], translations: dict[str, str]) -> None:
    assert sorted(set(translations) - set(used)) == []


def test_a_translation_has_the_same_placeholders(translations: dict[str, str]) -> None:
    for zh, en in translations.items():
        assert placeholders(en) == placeholders(zh), zh


def test_a_translation_is_english_and_what_it_translates_is_chinese(
    translations: dict[str, str],
) -> None:
    for zh, en in translations.items():
        assert HAN.search(zh) or CHINESE_MARKS.search(zh), zh
        assert not HAN.search(en), en
        assert not CHINESE_MARKS.search(en), en


def test_yuan_stays_yuan_and_points_stay_points(translations: dict[str, str]) -> None:
    """An amount next to 元 is in yuan in English too, one next to 百分点 in percentage points."""
    for zh, en in translations.items():
        amounts = len(re.findall(r"[}0-9] ?元", zh))
        ranges = 1 if re.search(r"从? ?\{low\} 元[到宽].*\{high\} 元", zh) else 0
        assert en.count("yuan") >= amounts - ranges, zh
        assert ("percentage point" in en) == ("百分点" in zh), zh


def test_a_text_stands_in_one_catalogue() -> None:
    """Else it would be said in two ways, whichever catalogue is read last."""
    texts = "\n".join(path.read_text(encoding="utf-8") for path in CATALOGUES)
    ids = re.findall(r'^msgid "(.+)"$', texts, re.MULTILINE)
    assert sorted(text for text in set(ids) if ids.count(text) > 1) == []


def test_a_text_without_a_translation_is_shown_in_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOUDI_LANG", "en")
    assert i18n.gettext("没有人翻译过这句话") == "没有人翻译过这句话"


@pytest.mark.parametrize(
    ("value", "expected"),
    [("", "zh"), ("zh", "zh"), ("zh_CN.UTF-8", "zh"), ("en", "en"), ("en_GB", "en"), ("EN", "en"),
     ("fr", "zh")],
)  # fmt: skip
def test_the_language_is_chinese_unless_english_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, value: str, expected: str
) -> None:
    monkeypatch.setenv("DOUDI_LANG", value)
    assert i18n.language() == expected
    assert i18n.either("元", "yuan") == ("yuan" if expected == "en" else "元")
    assert i18n.gettext("元") == i18n.either("元", "yuan")


def test_without_any_setting_the_language_is_chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DOUDI_LANG", raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    assert i18n.language() == "zh"


def test_no_template_holds_a_chinese_text_that_nothing_translates() -> None:
    """But for the name of the language itself, which stands there to be found by its readers."""
    for path in sorted(SOURCE.rglob("templates/**/*.html")):
        text = re.sub(r"{#.*?#}|{% comment.*?endcomment %}", "", path.read_text(encoding="utf-8"))
        text = re.sub(r"{% blocktranslate.*?endblocktranslate %}", "", text, flags=re.DOTALL)
        text = re.sub(r"{%.*?%}|{{.*?}}", "", text).replace("中文", "")
        assert not HAN.search(text), path


# ---- What the commands print ---------------------------------------------------------------

STAY = ("estimate", "--bill", "12000", "--level", "3", "--registered")
CLAIMS = str(ROOT / "examples" / "claims_2018.csv")

PRINTED = {
    "the welcome": ("welcome",),
    "a bill": STAY,
    "a known bill": (*STAY, "--catalogue", "12000", "--inside", "--not-serious"),
    "a bill nobody knows anything of": ("estimate", "--bill", "12000"),
    "a serious stay": (*STAY, "--serious", "--bill", "100000", "--catalogue", "90000"),
    "chronic care": ("estimate", "--bill", "500", "--kind", "chronic", "--registered"),
    "a bed at home": ("estimate", "--bill", "9000", "--kind", "family_bed", "--registered"),
    "a fee": ("estimate", "--bill", "60", "--kind", "package", "--registered"),
    "the packs": ("policy", "list"),
    "how sure the values are": ("policy", "check"),
    "a pack": ("policy", "show"),
    "the plan": ("policy", "show", "region-plan-2013"),
    "the notice": ("policy", "show", "block-funds-2018"),
    "the cases": ("policy", "cases"),
    "the findings": ("policy", "findings"),
    "the targets": ("policy", "targets"),
    "the duties": ("policy", "duties"),
    "the clauses": ("clauses",),
    "one clause": ("clauses", "H-10"),
}


def english(*arguments: str) -> str:
    ran = CliRunner().invoke(main, ["--lang", "en", *arguments])
    assert ran.exit_code == 0, ran.output
    return ran.stdout


def without_quotations(what: str) -> str:
    text = english(*PRINTED[what])
    assert text.strip()
    return QUOTED.sub("", text) if what == "the clauses" else text


@pytest.fixture(autouse=True)
def language_comes_back(monkeypatch: pytest.MonkeyPatch) -> None:
    # Set, not deleted: then whatever --lang leaves in the environment is taken back afterwards.
    monkeypatch.setenv("DOUDI_LANG", "zh")
    monkeypatch.delenv("DOUDI_ADOPTION", raising=False)


@pytest.mark.parametrize("what", PRINTED)
def test_in_english_there_is_no_chinese_character(what: str) -> None:
    text = without_quotations(what)
    assert [line for line in text.splitlines() if HAN.search(line)] == []


@pytest.mark.parametrize("what", PRINTED)
def test_in_english_there_is_no_chinese_punctuation(what: str) -> None:
    text = without_quotations(what)
    assert [line for line in text.splitlines() if CHINESE_MARKS.search(line)] == []


def test_the_steps_of_an_answer_are_in_english_too() -> None:
    text = english(*STAY, "--catalogue", "12000", "--explain")
    assert [line for line in text.splitlines() if HAN.search(line)] == []


def test_a_settled_file_is_english_but_for_the_people_in_it() -> None:
    """Who a claim belongs to is written as the file writes it."""
    text = re.sub("示例[甲乙丙]", "somebody", english("settle", CLAIMS))
    assert [line for line in text.splitlines() if HAN.search(line)] == []
    assert [line for line in text.splitlines() if CHINESE_MARKS.search(line)] == []


def test_the_check_of_the_source_page_is_english_but_for_what_it_quotes() -> None:
    found = sorted(MISSION.glob("*.txt"))
    if not found:
        pytest.skip("the source page is not in the repository: no ../shared/mission/*.txt here")
    text = english("sources", str(found[0]))
    ours = [re.sub(r"“.”: .*$", "", line) for line in text.splitlines()]
    assert [line for line in ours if HAN.search(line)] == []
    assert "0 of them not as on the page" in text
    shown = english("sources", str(found[0]), "--line", "5", "--raw").splitlines()
    assert shown[0].startswith("L5 ")
    assert shown[1].strip().startswith("as printed: ")


def test_adopted_values_are_shown_in_english_but_for_the_name_of_the_document() -> None:
    text = english("policy", "adopt", str(ROOT / "examples" / "adoption_example.yaml"))
    ours = re.sub(r"\[示例.*?\(fictitious\)\]", "[document]", text)
    assert "1,200 yuan (stand-in) → 800 yuan  [document]" in ours
    assert [line for line in ours.splitlines() if HAN.search(line)] == []
    assert [line for line in ours.splitlines() if CHINESE_MARKS.search(line)] == []


@pytest.mark.parametrize(
    "arguments",
    [
        ("estimate",),
        (*STAY, "--level", "4"),
        (*STAY, "--catalogue", "13000"),
        (*STAY, "--date", "2019-01-01"),
        (*STAY, "--kind", "enrolment"),
        (*STAY, "--set", "rise"),
        (*STAY, "--set", "rise=double"),
        (*STAY, "--set", "fall=points"),
        (*STAY, "--policy", "nothing"),
        (*STAY, "--adoption", "nowhere.yaml"),
        (*STAY, "--adoption", "."),
        ("estimate", "--bill", "1.005"),
        (*STAY, "--date", "tomorrow"),
        ("settle", "nowhere.csv"),
        ("sources", "nowhere.txt"),
        ("clauses", "H-99"),
        ("policy", "adopt", CLAIMS),
        ("policy", "show", "nothing"),
    ],
)
def test_a_complaint_in_english_is_wholly_english(arguments: tuple[str, ...]) -> None:
    ran = CliRunner().invoke(main, ["--lang", "en", *arguments])
    assert (ran.exit_code, ran.stdout) == (2, "")
    assert ran.stderr.strip()
    for line in ran.stderr.splitlines():
        ours = line.replace(CLAIMS, "")
        assert not HAN.search(ours), line
        assert not CHINESE_MARKS.search(ours), line


def test_chinese_stays_the_language_when_none_is_chosen() -> None:
    for what, arguments in PRINTED.items():
        ran = CliRunner().invoke(main, list(arguments))
        assert HAN.search(ran.stdout), what


def test_chinese_can_be_asked_for_where_the_environment_says_english(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("DOUDI_LANG", "en")
    assert "估计自付" in CliRunner().invoke(main, ["--lang", "zh", *STAY]).stdout
    monkeypatch.setenv("DOUDI_LANG", "en")
    assert "估计自付" not in CliRunner().invoke(main, list(STAY)).stdout


def test_a_language_that_nobody_wrote_is_refused() -> None:
    ran = CliRunner().invoke(main, ["--lang", "fr", *STAY])
    assert (ran.exit_code, ran.stdout) == (2, "")


def test_both_languages_give_the_same_json() -> None:
    arguments = (*STAY, "--json")
    assert english(*arguments) == CliRunner().invoke(main, ["--lang", "zh", *arguments]).stdout
