"""Tables of a report: rows of text once, printed on a terminal or written as HTML."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from doudi.estimate.text import padded, width
from doudi.i18n import either
from doudi.i18n import gettext as _
from doudi.population.compare import Breakdown, Comparison
from doudi.population.report.words import (
    after_text,
    before_text,
    money,
    name_of,
    per_person,
    relative,
    signed,
)


@dataclass(frozen=True)
class Table:
    """Cells as they are shown; the first column holds names, the others numbers."""

    caption: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    words: bool = False
    """Whether the other columns hold words, too."""


def table_lines(table: Table) -> list[str]:
    """The table for a terminal."""
    columns = [
        max(width(row[at]) for row in (table.head, *table.rows)) for at in range(len(table.head))
    ]
    return [
        "  "
        + "  ".join(
            padded(cell, columns[at], right=at > 0 and not table.words)
            for at, cell in enumerate(row)
        ).rstrip()
        for row in (table.head, *table.rows)
    ]


def table_html(table: Table) -> str:
    """The table as HTML; on a narrow screen it scrolls by itself."""
    head = "".join(f'<th scope="col">{escape(cell)}</th>' for cell in table.head)
    rows = "".join(
        f'<tr><th scope="row">{escape(row[0])}</th>'
        + "".join(f"<td>{escape(cell)}</td>" for cell in row[1:])
        + "</tr>"
        for row in table.rows
    )
    sort = ' class="words"' if table.words else ""
    label = escape(table.caption, quote=True)
    return (
        f'<div class="scroll" role="region" tabindex="0" aria-label="{label}">'
        f"<table{sort}><caption>{escape(table.caption)}</caption>"
        f"<thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"
    )


def changes_table(comparison: Comparison) -> Table:
    """What the reform changes, and from when to when."""
    rows = tuple(
        (
            either(item.zh, item.en.rstrip(".")),
            before_text(item),
            after_text(item),
            f"{item.valid_from} – {item.valid_to}",
        )
        for item in comparison.reform.changes
    )
    head = (_("改什么"), _("今天"), _("方案"), _("适用日期"))
    return Table(_("方案改了什么"), head, rows, words=True)


def payers_table(comparison: Comparison) -> Table:
    """What each payer pays, and the people."""
    rows = [
        (
            name_of(item),
            money(item.amount.today),
            money(item.amount.reform),
            signed(item.amount.change),
            relative(item.amount),
        )
        for item in comparison.payers
    ]
    head = (_("谁付"), _("今天"), _("方案"), _("增减"), _("增减比例"))
    return Table(_("各方付多少"), head, tuple(rows))


def people_table(breakdown: Breakdown) -> Table:
    """Own pay by group, with who gains and who loses."""
    rows = tuple(
        (
            either(group.zh, group.en),
            f"{group.persons:,}",
            per_person(group.own.today, group.persons),
            per_person(group.own.reform, group.persons),
            signed(group.own.change),
            f"{group.better:,}",
            f"{group.worse:,}",
            signed(group.paid.change),
        )
        for group in breakdown.groups
    )
    head = (
        _("组别"),
        _("人数"),
        _("今天人均自付"),
        _("方案人均自付"),
        _("自付合计增减"),
        _("自付减少人数"),
        _("自付增加人数"),
        _("支付方增减"),
    )
    return Table(either(breakdown.zh, breakdown.en), head, rows)


def lines_of(tables: Sequence[Table]) -> list[str]:
    """Tables one below the other, each under its caption."""
    return [line for table in tables for line in ("", table.caption, *table_lines(table))]
