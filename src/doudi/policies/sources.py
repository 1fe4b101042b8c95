"""The source page: its lines, raw and made readable, and the figures that are said to stand there.

Nothing on the page is executed or trusted; it is only what citations point at.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

from doudi.rules.errors import PolicyError
from doudi.rules.files import read_yaml

TITLE = "内蒙古兴安盟扶贫基金救助能给多少钱呢"
UNITS = ("fen", "basis_points", "count", "hundredths")

_OBFUSCATION = Path(__file__).with_name("obfuscation.yaml")
_CONTEXT = 6

# Full-width forms to ASCII, so that a quotation matches whichever width its author typed.
_WIDTHS = {code: chr(code - 0xFEE0) for code in range(0xFF01, 0xFF5F)}
_WIDTHS |= {ord("∶"): ":", 0x3000: " "}

_NUMBER = re.compile(r"(?P<number>[0-9]+(?:\.[0-9]+)?)(?P<multiple>万亿|万|亿)?")
_MULTIPLES = {
    "": Decimal(1),
    "万": Decimal(10) ** 4,
    "亿": Decimal(10) ** 8,
    "万亿": Decimal(10) ** 12,
}
# Longest first where one begins another. The value is how many basis points one of it is.
_SHARES = {"个百分点": 100, "百分点": 100, "%": 100, "‰": 10}
_DOUBLING = re.compile(r"翻[一二两三四]?番")
_CALENDAR_YEAR = re.compile(r"(?:19|20)[0-9]{2}")
_SEPARATED_THOUSANDS = re.compile(r"[0-9],[0-9]{3}(?![0-9])")


class SourceError(PolicyError):
    """A source page that cannot be read, or that is another page. Chinese first, then English."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.zh = zh
        self.en = en


class FigureError(ValueError):
    """A quoted fragment whose number cannot be read in the unit asked for."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(f"{zh} / {en}")
        self.zh = zh
        self.en = en


@dataclass(frozen=True)
class SourceLine:
    """One line of the page; ``readable`` has exactly as many characters as ``raw``."""

    number: int
    raw: str
    readable: str


@dataclass(frozen=True)
class SourcePage:
    """The whole page; lines count from 1."""

    lines: tuple[SourceLine, ...]

    def has(self, number: int) -> bool:
        """Whether the page has a line of that number."""
        return 1 <= number <= len(self.lines)

    def line(self, number: int) -> SourceLine:
        """The line of that number; SourceError when the page has none."""
        if not self.has(number):
            last = len(self.lines)
            raise SourceError(
                f"原文页面没有第{number}行，只有第1行到第{last}行",
                f"the source page has no line {number}, only 1 to {last}",
            )
        return self.lines[number - 1]


@dataclass(frozen=True)
class StrangeCharacter:
    """A character of the readable text that nobody has a sure reading for."""

    line: int
    character: str
    context: str


@dataclass(frozen=True)
class CitedFigure:
    """A value and the fragment of the page it is read from.

    ``value`` is an integer in ``unit`` (see `figure_value`); ``lines`` are line numbers of the
    page, and the fragment has to stand on at least one of them.
    """

    name: str
    clauses: tuple[str, ...]
    lines: tuple[int, ...]
    figure: str
    value: int
    unit: str


@dataclass(frozen=True)
class FigureFault:
    """What is wrong with one cited figure; ``zh`` and ``en`` are whole sentences."""

    name: str
    lines: tuple[int, ...]
    figure: str
    value: int
    zh: str
    en: str

    def __str__(self) -> str:
        return f"{self.zh} / {self.en}"


@dataclass(frozen=True)
class _Obfuscation:
    """How characters are replaced; the tables are those of `str.translate`."""

    everywhere: Mapping[int, str]
    by_line: Mapping[int, Mapping[int, str]]
    doubtful: frozenset[str]
    accepted: frozenset[str]


def read_page(path: Path) -> SourcePage:
    """The source page at ``path``.

    SourceError when the file cannot be read, is not UTF-8, or does not begin with the title of
    the page whose line numbers the clauses cite.
    """
    text = _read_text(path)
    # Not splitlines(): it also breaks at characters that are no line ends to an editor, and the
    # line numbers are those of an editor.
    raw_lines = text.removesuffix("\n").split("\n")
    lines = tuple(
        SourceLine(number, raw, readable(raw, number))
        for number, raw in enumerate((line.removesuffix("\r") for line in raw_lines), start=1)
    )
    if lines[0].readable.strip() != TITLE:
        raise SourceError(
            f"{path}：这不是所引用的原文页面，第1行应当是“{TITLE}”",
            f"{path}: this is not the page that is cited, its line 1 should be {TITLE!r}",
        )
    return SourcePage(lines)


def readable(text: str, line: int | None = None) -> str:
    """``text`` with variant characters and full-width forms replaced, one character for one.

    Look-alikes are replaced only when ``line`` says which line of the page the text is, because
    the same characters are right elsewhere; ``obfuscation.yaml`` lists them.
    """
    obfuscation = _obfuscation()
    on_this_line = obfuscation.by_line.get(line, {}) if line is not None else {}
    return text.translate(obfuscation.everywhere).translate(on_this_line)


def strange_characters(page: SourcePage) -> tuple[StrangeCharacter, ...]:
    """Every character that is still doubtful in the readable text, in reading order.

    These are the unresolved ones, look-alikes on a line where nobody has read them, and anything
    outside GB2312, which a text in simplified Chinese has no use for.
    """
    return tuple(
        StrangeCharacter(line.number, character, _around(line.readable, position))
        for line in page.lines
        for position, character in enumerate(line.readable)
        if _is_strange(character)
    )


def figure_value(figure: str, unit: str) -> int:
    """The last number in a short quoted fragment, as an integer in ``unit``.

    ``fen``: yuan x 100, and 元 has to follow the number. ``basis_points``: percent or percentage
    points x 100, per mille x 10. ``count``: persons, households, things; whole. ``hundredths``:
    the number x 100, for decimals such as 0.18. 万 is 10,000 and 亿 is 100,000,000.

    FigureError (a ValueError) when there is no number, when it is written in words such as 翻一番,
    is part of a ratio or a calendar year, has another measure than the unit, or is finer than it.
    """
    if unit not in UNITS:
        raise FigureError(
            f"没有“{unit}”这种单位，只有 {'、'.join(UNITS)}",
            f"there is no unit {unit!r}, only {', '.join(UNITS)}",
        )
    text = _compact(figure)
    found = list(_NUMBER.finditer(text))
    if not found:
        raise FigureError(
            f"“{figure}”里没有阿拉伯数字",
            f"{figure!r} holds no number in digits",
        )
    last = found[-1]
    before, after = text[: last.start()], text[last.end() :]
    _refuse_other_notation(figure, last, before, after)
    scaled = _number(last) * _scale(figure, unit, last, after)
    if scaled != scaled.to_integral_value():
        raise FigureError(
            f"“{figure}”比单位 {unit} 还细",
            f"{figure!r} is finer than one of the unit {unit}",
        )
    return int(scaled)


def check_figures(page: SourcePage, figures: Iterable[CitedFigure]) -> list[FigureFault]:
    """What is wrong with the figures, in their order; an empty list when all stand as cited.

    The fragment has to stand, white space aside, in the readable text of one of its lines, and
    its last number has to be the value.
    """
    return [
        FigureFault(figure.name, figure.lines, figure.figure, figure.value, zh, en)
        for figure in figures
        for zh, en in _complaints(page, figure)
    ]


def _read_text(path: Path) -> str:
    try:
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise SourceError(f"找不到原文页面 {path}", f"there is no source page at {path}") from None
    except OSError as error:
        raise SourceError(
            f"原文页面 {path} 打不开：{error.strerror}",
            f"the source page {path} cannot be opened: {error.strerror}",
        ) from error
    except UnicodeDecodeError as error:
        raise SourceError(
            f"原文页面 {path} 不是 UTF-8 编码（第{error.start}字节处）",
            f"the source page {path} is not UTF-8 (at byte {error.start})",
        ) from error


@lru_cache(maxsize=1)
def _obfuscation() -> _Obfuscation:
    raw = read_yaml(_OBFUSCATION)
    by_line: dict[int, dict[int, str]] = {}
    for character, entry in raw["on_lines"].items():
        for line in entry["lines"]:
            by_line.setdefault(line, {})[ord(character)] = entry["reads"]
    variants = {ord(character): reads for character, reads in raw["everywhere"].items()}
    return _Obfuscation(
        everywhere=_WIDTHS | variants,
        by_line=by_line,
        doubtful=frozenset(raw["on_lines"]) | frozenset(raw["unresolved"]),
        accepted=frozenset(raw["accepted"]),
    )


def _is_strange(character: str) -> bool:
    obfuscation = _obfuscation()
    if character in obfuscation.doubtful:
        return True
    if character in obfuscation.accepted:
        return False
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        return True
    return False


def _around(text: str, position: int) -> str:
    return text[max(0, position - _CONTEXT) : position + _CONTEXT + 1]


def _compact(text: str, line: int | None = None) -> str:
    """The readable text without white space, which the page strews at random."""
    return "".join(readable(text, line).split())


def _number(match: re.Match[str]) -> Decimal:
    return Decimal(match["number"]) * _MULTIPLES[match["multiple"] or ""]


def _refuse_other_notation(figure: str, last: re.Match[str], before: str, after: str) -> None:
    """FigureError where the last digits of the fragment are not the figure, or only part of it."""
    if _DOUBLING.search(after):
        raise FigureError(
            f"“{figure}”是用文字写的倍数，不能当数字读",
            f"{figure!r} is a multiple written in words, not a number",
        )
    if _ends_in_ratio(before) or _starts_with_ratio(after):
        raise FigureError(
            f"“{figure}”是一个比，不是一个数", f"{figure!r} is a ratio, not one number"
        )
    if before.endswith(".") or _is_separated(before, last):
        raise FigureError(
            f"“{figure}”里的数字有多余的点或逗号",
            f"the number in {figure!r} has a stray point or comma",
        )
    if _CALENDAR_YEAR.fullmatch(last.group()) and after.startswith("年"):
        raise FigureError(
            f"“{figure}”里最后的数字是年份",
            f"the last number in {figure!r} is a calendar year",
        )


def _ends_in_ratio(before: str) -> bool:
    return re.search(r"[0-9]:$", before) is not None


def _starts_with_ratio(after: str) -> bool:
    return re.match(r":[0-9]", after) is not None


def _is_separated(before: str, last: re.Match[str]) -> bool:
    """Whether ``3,741`` was written, of which only 741 would be read."""
    return _SEPARATED_THOUSANDS.fullmatch(before[-2:] + last["number"]) is not None


def _scale(figure: str, unit: str, last: re.Match[str], after: str) -> int:
    """By what the number is multiplied; FigureError when its measure is another than the unit."""
    share = next((scale for word, scale in _SHARES.items() if after.startswith(word)), None)
    in_yuan = after.startswith("元")
    if unit == "fen" and in_yuan:
        return 100
    if unit == "basis_points" and share is not None and last["multiple"] is None:
        return share
    if unit in ("count", "hundredths") and share is None and not in_yuan:
        return 1 if unit == "count" else 100
    raise FigureError(
        f"“{figure}”里最后的数字不能按单位 {unit} 读",
        f"the last number in {figure!r} does not read as {unit}",
    )


def _complaints(page: SourcePage, figure: CitedFigure) -> Iterator[tuple[str, str]]:
    yield from _complaints_of_place(page, figure)
    yield from _complaints_of_value(figure)


def _complaints_of_place(page: SourcePage, figure: CitedFigure) -> Iterator[tuple[str, str]]:
    fragment = _compact(figure.figure)
    if not fragment or not figure.lines:
        yield (
            f"{figure.name}：没有写明引用的原文片段或行号",
            f"{figure.name}: no fragment of the source or no line is given",
        )
        return
    cited = [number for number in figure.lines if page.has(number)]
    if len(cited) < len(figure.lines):
        absent = [number for number in figure.lines if not page.has(number)]
        yield (
            f"{figure.name}：原文页面没有 {_lines(absent, '、')}",
            f"{figure.name}: the source page has no {_lines(absent, ', ')}",
        )
    if any(_stands_on(fragment, page.line(number)) for number in cited):
        return
    elsewhere = [line.number for line in page.lines if _stands_on(fragment, line)]
    yield (
        f"{figure.name}：{_lines(figure.lines, '、')} 上没有“{figure.figure}”（值 {figure.value}）"
        + (f"，它在 {_lines(elsewhere, '、')} 上" if elsewhere else "，整页也没有"),
        f"{figure.name}: {figure.figure!r} (value {figure.value}) is not on "
        f"{_lines(figure.lines, ', ')}"
        + (f" but on {_lines(elsewhere, ', ')}" if elsewhere else " nor elsewhere on the page"),
    )


def _complaints_of_value(figure: CitedFigure) -> Iterator[tuple[str, str]]:
    where_zh, where_en = _lines(figure.lines, "、"), _lines(figure.lines, ", ")
    try:
        stated = figure_value(figure.figure, figure.unit)
    except FigureError as error:
        yield (
            f"{figure.name}（{where_zh}，值 {figure.value}）：{error.zh}",
            f"{figure.name} ({where_en}, value {figure.value}): {error.en}",
        )
        return
    if stated != figure.value:
        yield (
            f"{figure.name}：{where_zh} 的“{figure.figure}”是 {stated} {figure.unit}，"
            f"这里写成 {figure.value}",
            f"{figure.name}: {figure.figure!r} on {where_en} is {stated} {figure.unit}, "
            f"not {figure.value}",
        )


def _stands_on(fragment: str, line: SourceLine) -> bool:
    """Whether the fragment is there as it is: 50% does not stand in 150%, nor 5 in 5万."""
    start = r"(?<![0-9.])" if fragment[0].isdigit() else ""
    end = r"(?!\.?[0-9]|[万亿%‰])" if fragment[-1].isdigit() else ""
    if fragment[-1] == "万":
        end = "(?!亿)"
    found = re.search(start + re.escape(fragment) + end, _compact(line.readable))
    return found is not None


def _lines(numbers: Iterable[int], separator: str) -> str:
    return separator.join(f"L{number}" for number in numbers)
