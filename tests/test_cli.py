"""The command line as a whole: where options may stand."""

from __future__ import annotations

import pytest

from doudi.cli import language_first


@pytest.mark.parametrize(
    ("typed", "read"),
    [
        (["estimate", "--bill", "5", "--lang", "en"], ["--lang", "en", "estimate", "--bill", "5"]),
        (["--lang", "en", "estimate"], ["--lang", "en", "estimate"]),
        (["estimate", "--bill", "5"], ["estimate", "--bill", "5"]),
        (["estimate", "--lang"], ["--lang", "estimate"]),
    ],
)
def test_the_language_may_be_chosen_anywhere_on_the_line(typed: list[str], read: list[str]) -> None:
    assert language_first(typed) == read
