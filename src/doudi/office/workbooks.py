"""Tables as Excel files that Excel does not run anything of."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from decimal import Decimal

_WIDEST = 50
_NAME_LENGTH = 31
_NOT_IN_NAMES = str.maketrans("", "", "[]:*?/\\'")


def table_workbook(
    name: str, heading: Sequence[str], rows: Iterable[Sequence[str | int | Decimal]]
) -> bytes:
    """A workbook with one sheet: a heading and rows of texts, whole numbers and amounts in yuan.

    A Decimal is an amount: a number with two decimals, which Excel can add up.

    Texts are written as texts whatever they look like, with Excel's mark that says so: one that
    begins like a formula stays a text, also when somebody edits it later.
    """
    import xlsxwriter  # type: ignore[import-untyped] # noqa: PLC0415

    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True, "constant_memory": False}) as book:
        sheet = book.add_worksheet(name.translate(_NOT_IN_NAMES)[:_NAME_LENGTH])
        bold = book.add_format({"bold": True, "bottom": 1})
        text = book.add_format({"num_format": "@", "quote_prefix": True})
        amount = book.add_format({"num_format": "#,##0.00"})
        widths = [len(word) for word in heading]
        for place, word in enumerate(heading):
            sheet.write_string(0, place, word, bold)
        for number, row in enumerate(rows, start=1):
            for place, value in enumerate(row):
                if isinstance(value, Decimal):
                    sheet.write_number(number, place, value, amount)
                    widths[place] = max(widths[place], len(str(value)) // 2 + 1)
                elif isinstance(value, int):
                    sheet.write_number(number, place, value)
                elif value:
                    sheet.write_string(number, place, value, text)
                    widths[place] = max(widths[place], len(value))
        for place, width in enumerate(widths):
            # A Chinese character is as wide as two digits.
            sheet.set_column(place, place, min(_WIDEST, 2 * width + 2))
        sheet.freeze_panes(1, 0)
    return content.getvalue()
