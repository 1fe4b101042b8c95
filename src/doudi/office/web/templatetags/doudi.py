"""The tags of the templates: fields, tables, money, charts."""

from __future__ import annotations

from typing import Any

from django import template
from django.core.paginator import Page
from django.forms import BaseForm, BoundField
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from doudi.money import yuan as in_yuan
from doudi.office.web.charts import BarChart, Part, waterfall
from doudi.office.web.components import Badge, Cell, Link, Money, Pair, Table

register = template.Library()

_MARKS = {"neutral": "•", "good": "✓", "warning": "!", "bad": "✗"}


@register.simple_tag
def yuan(fen: int) -> SafeString:
    """An amount of fen as ``12,000 元``."""
    return format_html('<span class="money">{} {}</span>', in_yuan(fen), _("元"))


@register.simple_tag
def badge(text: str, tone: str = "neutral") -> SafeString:
    """A state in a word, with a mark for those who do not see its colour."""
    return format_html(
        '<span class="badge badge-{}"><span aria-hidden="true">{}</span> {}</span>',
        tone,
        _MARKS[tone],
        text,
    )


@register.simple_tag
def cell(value: Cell) -> Any:
    """What a cell of a table or the value of a pair holds."""
    if value is None:
        return "—"
    if isinstance(value, Money):
        return yuan(value.fen)
    if isinstance(value, Link):
        return format_html('<a href="{}">{}</a>', value.href, value.text)
    if isinstance(value, Badge):
        return badge(str(value.text), value.tone)
    if isinstance(value, int):
        return f"{value:,}"
    return value


@register.inclusion_tag("components/error_summary.html")
def error_summary(*forms: BaseForm) -> dict[str, Any]:
    """Every fault of the forms, each linked to its field; nothing when there is none."""
    faults = [
        (f"#{_id_of(form, name)}" if name != "__all__" else "", text)
        for form in forms
        for name, texts in form.errors.items()
        for text in texts
    ]
    return {"faults": faults}


def _id_of(form: BaseForm, name: str) -> str:
    return form[name].id_for_label or form[name].auto_id


@register.inclusion_tag("components/field.html")
def field(bound: BoundField) -> dict[str, Any]:
    """A field with its label, hint and faults."""
    inner = bound.field.widget
    return {"field": bound, "group": getattr(inner, "use_fieldset", False)}


@register.inclusion_tag("components/table.html")
def data_table(table: Table) -> dict[str, Any]:
    """A table of data; on a phone it scrolls by itself, not the page."""
    rows = [list(zip(row, table.columns, strict=True)) for row in table.rows]
    totals = list(zip(table.totals, table.columns, strict=True)) if table.totals else []
    return {"table": table, "rows": rows, "totals": totals}


@register.inclusion_tag("components/key_values.html")
def key_values(pairs: list[Pair]) -> dict[str, Any]:
    """A list of facts."""
    return {"pairs": pairs}


@register.inclusion_tag("components/waterfall.html")
def waterfall_chart(parts: list[Part], caption: str) -> dict[str, Any]:
    """What each payer takes off the bill, as a picture and as the table below it."""
    return {"picture": waterfall(parts), "caption": caption}


@register.inclusion_tag("components/bars.html")
def bars(chart: BarChart) -> dict[str, Any]:
    """Bars as a picture, and the table below it."""
    return {"chart": chart}


@register.inclusion_tag("components/pagination.html", takes_context=True)
def pagination(context: dict[str, Any], page: Page[Any]) -> dict[str, Any]:
    """Links to the page before and after, with the rest of the address kept."""
    request: HttpRequest = context["request"]

    def at(number: int) -> str:
        query = request.GET.copy()
        query["page"] = str(number)
        return f"?{query.urlencode()}"

    return {
        "page": page,
        "previous": at(page.previous_page_number()) if page.has_previous() else "",
        "next": at(page.next_page_number()) if page.has_next() else "",
    }
