"""Yuan as people write it, read exactly or not at all."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from doudi.money import percent, read_yuan, yuan
from doudi.rules.amounts import LARGEST_AMOUNT

FEN = st.integers(0, LARGEST_AMOUNT)


@given(FEN)
def test_what_is_written_is_read_back_to_the_fen(fen: int) -> None:
    assert read_yuan(yuan(fen)) == fen
    assert read_yuan(f"{yuan(fen)}元") == fen
    assert read_yuan(f"  ¥{yuan(fen)} 元 ") == fen


@given(FEN, st.sampled_from(["", "元", " 元"]), st.sampled_from(["", "¥", "￥"]))
def test_an_amount_is_read_in_every_usual_form(fen: int, unit: str, sign: str) -> None:
    whole, rest = divmod(fen, 100)
    forms = {f"{whole}.{rest:02}", f"{whole:,}.{rest:02}", f"{whole:06}.{rest:02}"}
    if rest % 10 == 0:
        forms.add(f"{whole}.{rest // 10}")
    if rest == 0:
        forms |= {f"{whole}", f"{whole:,}"}
    for form in forms:
        assert read_yuan(f"{sign}{form}{unit}") == fen


@given(st.decimals(min_value=0, max_value=10**10, places=3))
def test_a_third_decimal_is_never_rounded_away(amount: Decimal) -> None:
    with pytest.raises(ValueError, match="at most two decimals"):
        read_yuan(f"{amount:.3f}")


@given(st.text(max_size=12))
def test_whatever_is_typed_is_an_amount_or_a_value_error(text: str) -> None:
    try:
        fen = read_yuan(text)
    except ValueError:
        return
    assert fen >= 0
    assert any(character.isdigit() for character in text)


@pytest.mark.parametrize(
    "text",
    ["", " ", "元", "¥", "-1", "+1", "1e3", "1.", ".5", "1.005", "1,23", "12,34,567", "1 000",
     "1,000,00", "0x10", "NaN", "inf", "1/2", "一百", "1万", "12元元", "$12", "1..2", "1,2.3.4"],
)  # fmt: skip
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is not an amount in yuan"):
        read_yuan(text)


@pytest.mark.parametrize(
    ("fen", "text"),
    [(0, "0"), (1, "0.01"), (10, "0.10"), (99, "0.99"), (100, "1"), (15_525, "155.25"),
     (1_200_000, "12,000"), (123_456_789, "1,234,567.89"), (-1, "-0.01"), (-155_000, "-1,550")],
)  # fmt: skip
def test_fen_are_written_as_yuan(fen: int, text: str) -> None:
    assert yuan(fen) == text


@pytest.mark.parametrize(
    ("basis_points", "text"),
    [(0, "0%"), (1, "0.01%"), (50, "0.5%"), (1_000, "10%"), (1_750, "17.5%"), (1_755, "17.55%"),
     (7_150, "71.5%"), (10_000, "100%"), (-500, "-5%"), (-150, "-1.5%")],
)  # fmt: skip
def test_basis_points_are_written_as_percent(basis_points: int, text: str) -> None:
    assert percent(basis_points) == text


@given(st.integers(-10_000, 100_000))
def test_no_percentage_loses_a_digit(basis_points: int) -> None:
    assert Decimal(percent(basis_points).removesuffix("%")) * 100 == basis_points
