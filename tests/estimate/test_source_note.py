"""The line at the end of an answer: on what kind of text the amounts rest."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.rules.small_pack import CLAUSES, DAY, FACTS, write_pack

from doudi.estimate.source_note import source_note
from doudi.policies import policy
from doudi.rules import Policy, explain, load_policy


@pytest.fixture(autouse=True)
def chinese(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOUDI_LANG", "zh")


def note(folder: Path, **document: Any) -> str:
    documents = {"guide": {**CLAUSES["documents"]["guide"], **document}}
    pack = load_policy(write_pack(folder, clauses={**CLAUSES, "documents": documents}))
    return source_note(pack, [explain(pack, FACTS, DAY)])


NOTES: Mapping[str, tuple[dict[str, Any], str]] = {
    "an article": ({"rank": "article"}, "依据是新闻报道所述的政策，不是法律文本，以经办机构为准。"),
    "a notice": ({"rank": "instruction"}, "依据是行政通知，不是法律文本，以经办机构为准。"),
    "a plan": (
        {"rank": "plan", "valid_from": date(2013, 1, 1), "valid_to": date(2017, 12, 31)},
        "依据是规划（2013-01-01 至 2017-12-31 有效），不是法律文本，以经办机构为准。",
    ),
    "a plan of unknown dates": ({"rank": "plan"}, "依据是规划，不是法律文本，以经办机构为准。"),
    # Of a text of another rank we only know its name; it may well be a law.
    "another text": ({"rank": "law"}, "依据是《指南》，以经办机构为准。"),
}


@pytest.mark.clause("X-02")
@pytest.mark.parametrize(("document", "line"), NOTES.values(), ids=NOTES)
def test_the_rank_of_the_cited_document_decides_what_is_said(
    tmp_path: Path, document: dict[str, Any], line: str
) -> None:
    assert note(tmp_path, **document).startswith(f"{line}fares 版本 ")


def test_the_note_is_english_in_english(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOUDI_LANG", "en")
    assert note(tmp_path / "one", rank="instruction").startswith(
        "Based on an administrative notice, not on a legal text; the bureau in charge decides. "
    )
    assert note(tmp_path / "two", rank="law").startswith("Based on “Guide”; the bureau")


@pytest.mark.clause("X-02")
def test_documents_of_several_ranks_are_all_named(tmp_path: Path) -> None:
    documents = {
        **CLAUSES["documents"],
        "order": {**CLAUSES["documents"]["guide"], "prefix": "O", "rank": "instruction"},
    }
    clauses = {
        "documents": documents,
        "clauses": {**CLAUSES["clauses"], "O-01": CLAUSES["clauses"]["G-01"]},
    }
    folder = write_pack(tmp_path, clauses=clauses)
    rules = folder / "rules.py"
    rules.write_text(rules.read_text(encoding="utf-8").replace('"G-02"', '"O-01"'), "utf-8")
    pack = load_policy(folder)
    line = source_note(pack, [explain(pack, FACTS, DAY)])
    assert line.startswith("依据是新闻报道所述的政策、行政通知，不是法律文本，以经办机构为准。")


def test_only_rules_that_were_applied_count() -> None:
    pack: Policy = policy("region-plan-2013")
    assert source_note(pack, []).startswith("以经办机构为准。region-plan-2013 版本 ")
    assert pack.version in source_note(replace(pack), [])
