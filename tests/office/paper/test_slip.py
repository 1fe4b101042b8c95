"""The slip on paper says what was stored, in characters that anybody's name is written with."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import pytest
from pypdf import PdfReader

import doudi
from doudi.office.paper.slip import shown_name, slip_data, slip_pdf
from doudi.office.paper.typeset import not_in_font

HINGGAN = doudi.policy("hinggan-2018")
RARE = "王𬱖"
"""A given name from the state's table of general characters, beyond what most fonts hold."""
NOWHERE = "\U0002a6a5"
WORDS = {"basic_cap": "基本医保年度封顶"}


def slip(**changes: Any) -> dict[str, Any]:
    """What the selector gives for a stay of 12,000 yuan."""
    explained = HINGGAN.explain(
        {
            "kind": "inpatient",
            "hospital_level": 3,
            "outside_league": False,
            "bill": 1_200_000,
            "catalogue": 1_080_000,
            "registered": True,
            "serious": False,
            "date": date(2018, 5, 9),
        }
    )
    payers = ("basic", "critical", "commercial", "assistance", "backstop")
    return {
        "claim": "0c9d5b3a-6a5c-4f1e-9f0b-3a2b1c0d9e8f",
        "institution": "合成医院",
        "admitted_on": "2018-05-01",
        "settled_on": "2018-05-09",
        "reversed": False,
        "bill_fen": 1_200_000,
        "payers": {payer: explained.outputs[f"{payer}_pay"] for payer in payers},
        "own_fen": 120_000,
        "owed_fen": 100_050,
        "policy": {"name": "hinggan-2018", "version": HINGGAN.version},
        "explanation": explained.to_dict(),
        **changes,
    }


def text_of(pdf: bytes) -> tuple[int, str]:
    """How many pages a PDF has, and all its text without white space."""
    pages = PdfReader(io.BytesIO(pdf)).pages
    return len(pages), "".join("".join(page.extract_text().split()) for page in pages)


@pytest.mark.clause("H-27")
def test_the_slip_fits_on_one_page_and_shows_every_payer_and_what_is_owed() -> None:
    pdf = slip_pdf(
        slip(),
        name=RARE,
        id_number="152201********0017",
        kind="住院",
        instalments=[("2018-06-09", 50_000), ("2018-07-09", 50_050)],
        words=WORDS,
    )
    pages, text = text_of(pdf)
    assert pages == 1
    for shown in ("7,650.00", "1,732.50", "1,275.75", "141.75", "1,200.00", "1,000.50", "500.50"):
        assert shown in text
    assert RARE in text
    assert "基本医保年度封顶" in text
    assert "合成数据" not in text


def test_a_synthetic_person_and_a_reversed_claim_are_marked_on_the_paper() -> None:
    pdf = slip_pdf(
        slip(reversed=True), name="合成", id_number="-", kind="住院", synthetic=True, words=WORDS
    )
    _pages, text = text_of(pdf)
    assert "合成数据，不是真人" in text
    assert "已经冲销" in text


def test_a_character_that_no_font_has_is_named_so_that_it_can_be_written_by_hand() -> None:
    assert not_in_font(RARE) == []
    assert not_in_font(f"王{NOWHERE}明{NOWHERE}") == [NOWHERE]
    assert "U+2A6A5" in shown_name(f"王{NOWHERE}")
    assert shown_name(RARE) == RARE


def test_the_slip_in_english_has_no_chinese_words_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOUDI_LANG", "en")
    data = slip_data(
        slip(),
        name="x",
        id_number="-",
        kind="Stay",
        instalments=(),
        synthetic=True,
        words={},
    )
    shown = str({name: part for name, part in data.items() if name != "institution"})
    assert not [char for char in shown if "\u4e00" <= char <= "\u9fff"]
