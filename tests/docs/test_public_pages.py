"""The page on the public pages: its example runs, and its addresses are there."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from django.urls import resolve

from doudi.office.enquiries.services import DAYS_KEPT, MOST_TEXT

PAGE = Path(__file__).parents[2] / "docs" / "public-pages.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_the_example_gives_what_it_says() -> None:
    (block,) = re.findall(r"```python\n(.*?)```", TEXT, re.DOTALL)
    *lines, last = block.strip().splitlines()
    known: dict[str, Any] = {}
    for line in lines:
        statement, _mark, said = line.partition("  # ")
        if said.startswith("'"):
            assert repr(eval(statement, known)) == said
        else:
            exec(statement, known)
    # Nobody said that they are registered, so nothing below the bill is certain.
    assert eval(last, known) == 1_200_000


def test_every_address_that_is_named_leads_to_a_page() -> None:
    table = TEXT[TEXT.index("| address |") : TEXT.index("There are two ways in")]
    addresses = re.findall(r"`(/[^`]*)`", table)
    assert len(addresses) >= 9
    for address in addresses:
        assert resolve(address).view_name.partition(":")[0] in ("public", "desk"), address


def test_the_numbers_in_words_are_those_of_the_code() -> None:
    assert f"expires after {DAYS_KEPT} days" in TEXT
    assert f"up to {MOST_TEXT} characters" in TEXT
