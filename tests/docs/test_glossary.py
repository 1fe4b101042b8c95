"""One Chinese term, one English name, and no third spelling of it in the code."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import pytest

from doudi.policies.carriers import clause_book
from doudi.rules.duties import DutyState
from doudi.rules.parameters import Status

ROOT = Path(__file__).parents[2]
GLOSSARY = ROOT / "docs" / "glossary.md"
SOURCE = ROOT / "src" / "doudi"

ONLY_IN_DOCUMENTS = {"one-stop settlement"}
"""Names for what no code does yet."""

# Likely spellings of the glossary's terms. Proper names (doudi, gacha, sumu, places) are not
# among them, and neither is any English word.
PINYIN = {
    *("qifu", "qifuxian", "jiandang", "lika", "jiandanglika", "baoxiao", "menzhen", "zhuyuan"),
    *("yibao", "jibenyibao", "dabing", "shangbao", "yiliao", "jiuzhu", "yiliaojiuzhu", "zhengfu"),
    *("mulu", "zifu", "zhifu", "fengding", "fengdingxian", "qiekuai", "zhibiao", "denglu"),
    *("jixiao", "zhengcun", "tuijin", "lianpian", "kaifa", "yimin", "banqian", "huzhu", "tiexi"),
    *("yikatong", "zhenliao", "yizhanshi", "jiesuan", "qianyue", "fuwubao", "bingchuang"),
    *("jiating", "manxing", "manxingbing", "temanbing", "daigou", "daigouyao", "pinkun", "fupin"),
    *("tuopin", "qixian", "mengshi", "xiangzhen", "nongmu", "canbao", "baofei", "tijian"),
    *("feiyong", "zijin", "bokuan", "mubiao", "canshu", "guize", "tiaowen", "chengnuo"),
    *("baozheng", "zhize", "yuanwen", "jieyong", "jiashe", "caiyong", "hukou", "gongbenfei"),
    *("weifang", "dibao", "longtou", "daikuan", "tongchou", "bili", "jine", "niandu"),
}


_KEY = re.compile(r"(?:^|[{,\s])\"?([A-Za-z_]\w*)\"?(?:\[\w+\])?:(?=\s)", re.MULTILINE)


class Term(NamedTuple):
    chinese: str
    english: str
    meaning: str
    clauses: tuple[str, ...]


def read_terms() -> list[Term]:
    terms = []
    for line in GLOSSARY.read_text(encoding="utf-8").splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if not line.startswith("|") or cells[0] == "Chinese" or set(cells[0]) == {"-"}:
            continue
        chinese, english, meaning, clauses = cells
        listed = () if clauses == "—" else tuple(clauses.split(", "))
        terms.append(Term(chinese, english, meaning, listed))
    return terms


TERMS = read_terms()


def plain(text: str) -> str:
    """Lower case, with a space for every break, hyphen and underscore."""
    return re.sub(r"[\s\-_]+", " ", text.lower())


def written_names() -> Iterator[tuple[str, str]]:
    """(file, name) for every name that our own code and data files define."""
    for path in SOURCE.rglob("*.py"):
        where = str(path.relative_to(SOURCE))
        yield where, path.stem
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            match node:
                case ast.FunctionDef(name=name) | ast.ClassDef(name=name) | ast.arg(arg=name):
                    yield where, name
                case ast.Name(id=name, ctx=ast.Store()):
                    yield where, name
    for path in SOURCE.rglob("*.yaml"):
        where = str(path.relative_to(SOURCE))
        for name in _KEY.findall(path.read_text(encoding="utf-8")):
            yield where, name


def test_there_are_terms():
    assert len(TERMS) > 60


def test_no_chinese_term_stands_twice():
    chinese = [term.chinese for term in TERMS]
    assert sorted(chinese) == sorted(set(chinese))


def test_no_english_name_stands_twice():
    english = [plain(term.english) for term in TERMS]
    assert sorted(english) == sorted(set(english))


def test_every_term_has_a_meaning():
    assert all(term.meaning for term in TERMS)


def test_every_clause_of_the_glossary_exists():
    known = clause_book().clauses
    assert [clause for term in TERMS for clause in term.clauses if clause not in known] == []


@lru_cache(maxsize=1)
def everything_written() -> str:
    paths = [path for end in ("py", "yaml", "po") for path in sorted(SOURCE.rglob(f"*.{end}"))]
    return plain("\n".join(path.read_text(encoding="utf-8") for path in paths))


@pytest.mark.parametrize(
    "english", sorted({term.english for term in TERMS} - ONLY_IN_DOCUMENTS), ids=str
)
def test_the_code_uses_the_english_name(english: str):
    assert plain(english) in everything_written()


@pytest.mark.parametrize("word", [*Status, *DutyState], ids=lambda word: word.value)
def test_a_status_word_is_in_the_glossary_as_the_code_shows_it(word: Status | DutyState):
    assert (word.zh, word.value) in [(term.chinese, term.english) for term in TERMS]


def test_no_name_in_the_code_is_pinyin():
    found = {
        (where, name)
        for where, name in written_names()
        for part in re.split(r"_|(?<=[a-z])(?=[A-Z])", name)
        if part.lower() in PINYIN
    }
    assert found == set()


def test_the_search_for_pinyin_would_find_one():
    names = {name for _, name in written_names()}
    assert {"basic_deductible", "share", "Policy", "registered", "gachas_a_year"} <= names
