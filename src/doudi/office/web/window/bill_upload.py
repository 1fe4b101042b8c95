"""A bill that is sent as a file: looked at before it is opened, and kept nowhere."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from django.core.files.uploadedfile import UploadedFile

from doudi.i18n import either
from doudi.office.imports.bounds import RefusedFile, check_upload, formula_cells
from doudi.office.settlement.bill_file import BadBill, read_bill
from doudi.office.settlement.fees import FeeInput

_HEAD = 4096


def lines_of(upload: UploadedFile[Any]) -> list[FeeInput]:
    """The lines of an uploaded CSV file or workbook; BadBill says what is wrong with it."""
    name = str(upload.name)
    try:
        check_upload(name, upload.size or 0, upload.read(_HEAD))
        with TemporaryDirectory() as folder:
            # Whatever it was called: a name from outside is no path.
            path = Path(folder, f"bill{Path(name).suffix.lower()}")
            with path.open("wb") as file:
                file.writelines(upload.chunks())
            _refuse_formulas(path)
            return read_bill(path)
    except RefusedFile as refused:
        raise BadBill([either(refused.zh, refused.en)]) from refused


def _refuse_formulas(path: Path) -> None:
    if path.suffix != ".xlsx":
        return
    cells = sorted(formula_cells(path))
    if cells:
        zh = "这些单元格是公式，请换成数值：" + "、".join(cells[:20])
        raise RefusedFile(zh, f"these cells are formulas: {', '.join(cells[:20])}")
