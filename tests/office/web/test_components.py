"""The parts that pages are put together from."""

from __future__ import annotations

import re

from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from doudi.office.web.charts import Part, waterfall
from doudi.office.web.components import Badge, Column, Link, Money, Pair, Table
from doudi.office.web.language import shown_in

FEN = st.integers(0, 10**12)


def drawn(template: str, **context: object) -> str:
    return Template(template).render(Context(context))


def test_fen_are_shown_as_yuan() -> None:
    assert drawn("{% yuan 1200000 %}") == '<span class="money">12,000 元</span>'
    assert drawn("{% yuan 15525 %}") == '<span class="money">155.25 元</span>'
    with shown_in("en"):
        assert drawn("{% yuan 15525 %}") == '<span class="money">155.25 yuan</span>'


def test_a_table_draws_every_sort_of_cell_and_escapes_it() -> None:
    table = Table(
        "人员",
        [Column("姓名"), Column("自付", numeric=True), Column("状态")],
        [[Link("<b>", "/x?a=1&b=2"), Money(100), Badge("在用", "good")], [None, 12345, "&"]],
        totals=["合计", Money(5), ""],
    )
    text = drawn("{% data_table table %}", table=table)
    assert '<a href="/x?a=1&amp;b=2">&lt;b&gt;</a>' in text
    assert "12,345" in text and "—" in text and "&amp;" in text and "✓" in text
    assert text.count("<tr>") == 4
    empty = drawn("{% data_table table %}", table=Table("空", [Column("姓名")], []))
    assert "没有记录" in empty


def test_facts_are_drawn_as_a_list() -> None:
    text = drawn("{% key_values pairs %}", pairs=[Pair("姓名", "甲"), Pair("欠", Money(1))])
    assert re.findall(r"<dt>(.+?)</dt>", text) == ["姓名", "欠"]
    assert "0.01 元" in text


def test_pages_keep_the_rest_of_the_address() -> None:
    request = RequestFactory().get("/", {"text": "甲&乙", "page": "2"})
    page = Paginator(range(30), 10).page(2)
    text = drawn("{% pagination page %}", page=page, request=request)
    assert re.findall(r"page=(\d)", text) == ["1", "3"]
    assert text.count("%26") == 2
    assert "第 2 页，共 3 页" in text


@given(st.lists(FEN, min_size=1, max_size=5), FEN)
def test_the_bars_of_a_waterfall_begin_where_the_one_before_ended(
    payers: list[int], own: int
) -> None:
    bill = sum(payers) + own
    parts = [Part("总费用", bill, "bill"), *(Part("支付", fen) for fen in payers)]
    bars = waterfall([*parts, Part("自付", own, "own")]).bars
    left, whole = bars[0].x, bars[0].width
    before = 0
    for bar in bars[1:]:
        assert bar.x == left + (before * (640 - 150 - 150) // bill if bill else 0)
        before += bar.part.fen
        # A pixel for what whole numbers round off, and two for an amount too small to be seen.
        assert bar.x + bar.width <= left + whole + 2
        assert (bar.width > 0) == (bar.part.fen > 0)
    assert before == bill


def test_a_waterfall_is_a_picture_and_the_same_as_a_table() -> None:
    parts = [
        Part("总费用", 1_200_000, "bill"),
        Part("基本医保", 765_000),
        Part("自付", 435_000, "own"),
    ]
    text = drawn("{% waterfall_chart parts '谁付了多少' %}", parts=parts)
    # Each once in the picture, and once in its row of the table, for a phone.
    assert text.count("<rect") == 2 * len(parts)
    assert 'role="img" aria-label="谁付了多少"' in text
    assert text.count("7,650") == 2 and text.count("4,350") == 2
    assert "style=" not in text
