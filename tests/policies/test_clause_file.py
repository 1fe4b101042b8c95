"""The clause file: every clause once, in place, in both languages, and in our own words."""

from collections import Counter
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

import pytest
import yaml

from doudi import policies
from doudi.policies.sources import SourcePage, read_page, strange_characters

CLAUSES = Path(policies.__file__).with_name("clauses.yaml")
MISSION = Path(__file__).resolve().parents[2].parent / "shared" / "mission"

COUNTS = {"X": 4, "N": 20, "H": 67, "P": 94}
RANKS = {"page", "instruction", "article", "plan"}
REASONS = {"statistic", "scene", "aspiration", "reference", "frame"}
APPS = {"registry", "settlement", "ledger", "funds", "care", "plan", "web"}

# A list of names (diseases, places) can only be given as it is, so the marks between its items
# break a run; what remains has to leave room for the number of a cited document.
LONGEST_SHARED_RUN = 14


@pytest.fixture(scope="module")
def text() -> str:
    return CLAUSES.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def documents(text: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(text)["documents"]
    return content


@pytest.fixture(scope="module")
def clauses(text: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load(text)["clauses"]
    return content


@pytest.fixture(scope="module")
def page() -> SourcePage:
    found = sorted(MISSION.glob("*.txt"))
    if not found:
        pytest.skip("the source page is not in the repository: no ../shared/mission/*.txt here")
    return read_page(found[0])


def mapping_nodes(node: yaml.Node) -> list[yaml.MappingNode]:
    if isinstance(node, yaml.SequenceNode):
        return [found for child in node.value for found in mapping_nodes(child)]
    if not isinstance(node, yaml.MappingNode):
        return []
    return [node, *(found for _, value in node.value for found in mapping_nodes(value))]


def test_no_key_is_written_twice(text: str) -> None:
    root = yaml.compose(text, Loader=yaml.SafeLoader)
    assert root is not None
    for node in mapping_nodes(root):
        keys = Counter(key.value for key, _ in node.value)
        assert max(keys.values()) == 1, keys.most_common(1)


def test_every_clause_of_the_page_is_there_once_and_in_order(clauses: dict[str, Any]) -> None:
    expected = [
        f"{prefix}-{number:02}"
        for prefix, count in COUNTS.items()
        for number in range(1, count + 1)
    ]
    assert list(clauses) == expected
    assert len(expected) == 185


def test_every_document_has_its_own_prefix_and_a_known_rank(documents: dict[str, Any]) -> None:
    assert [document["prefix"] for document in documents.values()] == list(COUNTS)
    assert {document["rank"] for document in documents.values()} == RANKS


def test_every_document_but_the_page_says_when_it_is_valid(documents: dict[str, Any]) -> None:
    for name, document in documents.items():
        if name == "page":
            assert document["valid_from"] is document["valid_to"] is None
        else:
            assert document["valid_from"] < document["valid_to"]


def test_the_texts_of_the_page_follow_each_other_without_overlap(
    documents: dict[str, Any],
) -> None:
    page_start, page_end = documents["page"]["lines"]
    spans = [document["lines"] for name, document in documents.items() if name != "page"]
    ends = [page_start, *(number for span in spans for number in span), page_end]
    assert ends == sorted(set(ends))


def test_every_line_of_a_clause_is_a_line_of_its_document(
    documents: dict[str, Any], clauses: dict[str, Any]
) -> None:
    spans = {document["prefix"]: document["lines"] for document in documents.values()}
    for clause_id, clause in clauses.items():
        first, last = spans[clause_id[0]]
        lines = clause["lines"]
        assert lines, clause_id
        assert lines == sorted(set(lines)), clause_id
        assert all(type(line) is int and first <= line <= last for line in lines), clause_id


def test_every_clause_and_reason_is_worded_in_both_languages(
    documents: dict[str, Any], clauses: dict[str, Any]
) -> None:
    reasons = [clause["reason"] for clause in clauses.values() if "reason" in clause]
    for entry in [*documents.values(), *clauses.values(), *reasons]:
        assert any("\u4e00" <= character <= "\u9fff" for character in entry["zh"]), entry
        assert any(character.isascii() and character.isalpha() for character in entry["en"]), entry
        assert entry["zh"] == entry["zh"].strip(), entry
        assert entry["en"] == entry["en"].strip(), entry


def test_no_clause_has_both_a_reason_and_a_plan(clauses: dict[str, Any]) -> None:
    for clause_id, clause in clauses.items():
        assert not {"reason", "planned"} <= set(clause), clause_id


def test_a_clause_has_no_other_keys(clauses: dict[str, Any]) -> None:
    for clause_id, clause in clauses.items():
        assert {"lines", "zh", "en"} <= set(clause), clause_id
        assert set(clause) <= {"lines", "zh", "en", "reason", "planned", "code"}, clause_id


def test_every_reason_is_of_a_known_kind(clauses: dict[str, Any]) -> None:
    for clause_id, clause in clauses.items():
        if "reason" in clause:
            assert set(clause["reason"]) == {"kind", "zh", "en"}, clause_id
            assert clause["reason"]["kind"] in REASONS, clause_id


def test_every_plan_names_an_app(clauses: dict[str, Any]) -> None:
    for clause_id, clause in clauses.items():
        assert clause.get("planned", "web") in APPS, clause_id


def test_the_clauses_that_mean_money_or_a_yearly_duty_are_left_for_objects_to_carry(
    clauses: dict[str, Any],
) -> None:
    carried = [f"X-{number:02}" for number in range(1, 5)]
    carried += [f"N-{number:02}" for number in range(1, 21)]
    carried += [f"H-{number:02}" for number in range(6, 27)]
    carried += [f"P-{number:02}" for number in (*range(4, 22), *range(34, 52), *range(90, 94))]
    for clause_id in carried:
        assert not {"reason", "planned"} & set(clauses[clause_id]), clause_id


# ---- Against the real page, where it is at hand --------------------------------------------


def test_the_page_has_as_many_lines_as_the_clause_file_says(
    documents: dict[str, Any], page: SourcePage
) -> None:
    assert documents["page"]["lines"] == [1, len(page.lines)]


def test_every_cited_line_says_something(clauses: dict[str, Any], page: SourcePage) -> None:
    for clause_id, clause in clauses.items():
        for line in clause["lines"]:
            assert page.line(line).readable.strip(), (clause_id, line)


def test_the_clause_about_readability_names_every_line_that_needs_it(
    clauses: dict[str, Any], page: SourcePage
) -> None:
    replaced = {line.number for line in page.lines if line.raw != line.readable}
    doubtful = {found.line for found in strange_characters(page)}
    assert clauses["X-04"]["lines"] == sorted(replaced | doubtful)


def test_no_clause_copies_a_sentence_of_the_page(clauses: dict[str, Any], page: SourcePage) -> None:
    for clause_id, clause in clauses.items():
        for line in clause["lines"]:
            run = longest_shared_run(clause["zh"], page.line(line).readable)
            assert len(run) <= LONGEST_SHARED_RUN, (clause_id, run)


def longest_shared_run(ours: str, theirs: str) -> str:
    runs = []
    for piece in ours.split("、"):
        match = SequenceMatcher(None, piece, theirs, autojunk=False).find_longest_match()
        runs.append(piece[match.a : match.a + match.size])
    return max(runs, key=len)
