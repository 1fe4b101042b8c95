"""Whether an uploaded file may be opened at all: its kind, its size, and what it unpacks to."""

from __future__ import annotations

import re
import zipfile
import zlib
from pathlib import Path

MOST_BYTES = 30 * 2**20
"""A workbook of 100,000 people takes about 6 million bytes."""
MOST_UNZIPPED = 400 * 2**20
MOST_PARTS = 300
MOST_SHEETS = 20
SUFFIXES = (".xlsx", ".csv")

_CHUNK = 2**18
# As much of the end of a chunk as may be the beginning of a cell.
_OVERLAP = 400
_ZIP = b"PK\x03\x04"
_SHEET = re.compile(r"^xl/worksheets/[^/]+\.xml$")
_FORMULA = re.compile(rb'<c\s[^<>]*?r="([A-Z]{1,3}[0-9]{1,7})"[^<>]*>\s*<f[\s/>]')
# A value right of column Z or below row 299,999: a reader would make room for all cells before it.
_FAR = re.compile(
    rb'<c\s[^<>]*?r="(?:[A-Z]{2,3}[0-9]+|[A-Z](?:[3-9][0-9]{5}|[0-9]{7,}))"[^<>/]*>\s*<[vfi]'
)
_MACROS = "xl/vbaProject.bin"


class RefusedFile(Exception):
    """A file that is not opened; ``zh`` is for people."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.zh, self.en = zh, en


def check_upload(name: str, size: int, head: bytes) -> None:
    """RefusedFile for a kind or size that is not read; ``head`` is how the file begins."""
    suffix = Path(name).suffix.lower()
    if suffix not in SUFFIXES:
        raise RefusedFile("只收 .xlsx 或 .csv 文件；旧的 .xls 请另存为 .xlsx", "not .xlsx or .csv")
    if size == 0:
        raise RefusedFile("文件是空的", "the file is empty")
    if size > MOST_BYTES:
        zh = f"文件超过 {MOST_BYTES >> 20} MB，请分成几个"
        raise RefusedFile(zh, f"the file is larger than {MOST_BYTES >> 20} MB")
    if (suffix == ".xlsx") != head.startswith(_ZIP):
        zh = "文件内容和扩展名不符：请在 Excel 里另存为 .xlsx"
        raise RefusedFile(zh, "the content is not what the name says")
    if suffix == ".csv" and b"\0" in head:
        raise RefusedFile("这不是文本文件", "this is no text file")


def formula_cells(path: Path) -> frozenset[str]:
    """The cells of a workbook's first sheet that hold formulas, such as ``C17``.

    Every part is unpacked once to see how large it really is: RefusedFile when it is too large,
    holds too much, or cannot be unpacked.
    """
    try:
        with zipfile.ZipFile(path) as book:
            parts = book.infolist()
            _check_parts(parts)
            first = _first_sheet(book)
            found: frozenset[str] = frozenset()
            left = MOST_UNZIPPED
            for part in parts:
                cells, size = _unpack(book, part, left)
                left -= size
                if part.filename == first:
                    found = cells
            return found
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, KeyError) as error:
        # RuntimeError and NotImplementedError: encrypted, or packed in a way nobody writes.
        zh = "不是能读的 Excel 文件（可能已加密或损坏）"
        raise RefusedFile(zh, f"not a readable workbook: {error}") from error


def _check_parts(parts: list[zipfile.ZipInfo]) -> None:
    names = [part.filename for part in parts]
    if len(names) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNZIPPED:
        raise _too_large()
    if len([name for name in names if _SHEET.match(name)]) > MOST_SHEETS:
        zh = f"工作表超过 {MOST_SHEETS} 张"
        raise RefusedFile(zh, f"more than {MOST_SHEETS} sheets")
    if _MACROS in names:
        raise RefusedFile("文件里有宏，不收", "the workbook holds macros")


def _too_large() -> RefusedFile:
    return RefusedFile("文件展开后太大，不收", "the workbook unpacks to too much")


def _first_sheet(book: zipfile.ZipFile) -> str:
    """The part that holds the first sheet of the workbook."""
    sheet = re.search(rb"<sheet\s[^>]*?r:id=\"([^\"]+)\"", book.read("xl/workbook.xml"))
    links = book.read("xl/_rels/workbook.xml.rels")
    for link in re.findall(rb"<Relationship\s[^>]*>", links):
        if sheet is not None and b'Id="' + sheet[1] + b'"' in link:
            target = re.search(rb'Target="([^"]+)"', link)
            if target is not None:
                return "xl/" + target[1].decode().removeprefix("/xl/")
    return "xl/worksheets/sheet1.xml"


def _unpack(book: zipfile.ZipFile, part: zipfile.ZipInfo, most: int) -> tuple[frozenset[str], int]:
    cells: set[str] = set()
    size = 0
    rest = b""
    is_sheet = _SHEET.match(part.filename) is not None
    with book.open(part) as content:
        while chunk := content.read(_CHUNK):
            size += len(chunk)
            if size > most:
                raise _too_large()
            if is_sheet and _FAR.search(rest + chunk):
                zh = "Z 列以右或 30 万行以下还有内容，请删去"
                raise RefusedFile(zh, "something stands right of column Z or below row 299,999")
            if b"<f" in chunk or b"<f" in rest[-1:] + chunk[:1]:
                cells.update(cell.decode() for cell in _FORMULA.findall(rest + chunk))
            rest = chunk[-_OVERLAP:]
    return frozenset(cells), size
