"""One self-contained HTML file: its frame, its style inside it, nothing fetched from anywhere."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from html import escape
from pathlib import Path

from doudi.estimate.source_note import note_on
from doudi.i18n import gettext as _
from doudi.i18n import language
from doudi.population.groundwork import READING, Ground
from doudi.population.report.charts import HATCH
from doudi.population.report.words import ground_lines
from doudi.rules.policy import Policy

_STYLE = Path(__file__).with_name("report.css")


def page(kicker: str, title: str, body: Iterable[str], synthetic: bool) -> str:
    """The whole file as text; made-up claims are said to be made up before anything else."""
    warning = _("合成数据：记录是生成的，不是真实的人，数字只用来演示。") if synthetic else ""
    tag = "en" if language() == "en" else "zh-CN"
    style = _STYLE.read_text(encoding="utf-8")
    return (
        f'<!doctype html>\n<html lang="{tag}">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="robots" content="noindex">\n'
        f"<title>{escape(title)} · {escape(_('兜底'))}</title>\n"
        f"<style>\n{style}</style>\n</head>\n<body>\n<main>\n"
        f"{HATCH}\n"
        + (f'<p class="made-up">{escape(warning)}</p>\n' if warning else "")
        + f'<p class="kicker">{escape(kicker)}</p>\n<h1>{escape(title)}</h1>\n'
        + "\n".join(body)
        + "\n</main>\n</body>\n</html>\n"
    )


def finding(sentences: Sequence[str]) -> str:
    """The headline, first on the page."""
    paragraphs = "".join(f"<p>{escape(sentence)}</p>" for sentence in sentences)
    return f'<div class="finding">{paragraphs}</div>'


def tiles(items: Sequence[tuple[str, str, str]]) -> str:
    """The key numbers: what, how much, and a word beside it."""
    cells = "".join(
        f"<div><dt>{escape(name)}</dt><dd>{escape(number)}<small>{escape(beside)}</small></dd></div>"
        for name, number, beside in items
    )
    return f'<dl class="tiles">{cells}</dl>'


def section(heading: str, *parts: str) -> str:
    """A heading with what stands under it."""
    return f"<section><h2>{escape(heading)}</h2>{''.join(parts)}</section>"


def note(text: str) -> str:
    """A remark in smaller type."""
    return f'<p class="note">{escape(text)}</p>'


def figure(chart: str, caption: str, *below: str) -> str:
    """A chart under its caption and over its table."""
    return f"<figure><figcaption>{escape(caption)}</figcaption>{chart}</figure>{''.join(below)}"


def grounds_section(grounds: Sequence[Ground], method: str) -> str:
    """What the figures rest on, by how sure it is."""
    lines = "".join(
        f"<dt>{escape(status)}</dt><dd>{escape(names)}</dd>"
        for status, names in ground_lines(grounds)
    )
    told = _("没有原文依据的数字，本地公布后应换成本地的数字；换了以后结果会变。")
    unsure = any(item.status != READING for item in grounds)
    return section(
        _("这些数字依据什么"),
        note(method),
        note(told) if unsure else "",
        f'<dl class="grounds">{lines}</dl>',
    )


def footer(lines: Sequence[str], policy: Policy, clauses: Iterable[str], made: date) -> str:
    """Versions, sources and the day on which the report was made."""
    dated = _("报告日期 {day}；兜底（Doudi）生成").format(day=made.isoformat())
    texts = [*lines, note_on(policy, clauses), dated]
    return "<footer>" + "".join(f"<p>{escape(text)}</p>" for text in texts) + "</footer>"


def clauses_of(policy: Policy) -> set[str]:
    """The clauses that any rule of a claim's amounts cites."""
    return {
        clause
        for era in policy.eras
        for kind in policy.kinds
        for rule in era.graph.needed_for(str(kind), policy.outputs)
        for clause in rule.card.clauses
    }
