"""Files of people as village offices send them, made for a test."""

from __future__ import annotations

import csv
import io
from typing import Any

import xlsxwriter  # type: ignore[import-untyped]
from tests.office.registry.conftest import VILLAGE, number

from doudi.office.imports import services
from doudi.office.imports.models import PeopleImport
from doudi.office.registry import identity
from doudi.office.registry.listings_file import LISTINGS
from doudi.office.registry.models import Person
from doudi.office.registry.people_columns import HEADINGS

HEADING = list(HEADINGS.values())
LISTINGS_HEADING = list(LISTINGS.headings.values())
LEAGUE = "152200000000"
MAKER: dict[str, Any] = {"actor": "村甲", "reason": "年度核对"}
CHECKER: dict[str, Any] = {"actor": "乡乙", "reason": "已核对"}


def line(serial: int = 0, **given: Any) -> list[Any]:
    """One person, the head of a household of their own unless said otherwise."""
    facts: dict[str, Any] = {
        "姓名": f"甲{serial}",
        "身份证号": number(serial),
        "户编号": f"H{serial}",
        "与户主关系": "户主",
        "村代码": VILLAGE,
        "建档立卡日期": "2016-01-05",
        "致贫原因": "因病",
        "参保年度": "2017、2018",
        "个人缴费": "220",
        "缴费人": "政府",
        "依据文件": "扶贫办〔2016〕1号",
    } | given
    return [facts.get(name, "") for name in HEADING]


def listing_line(person: Person, **given: Any) -> list[Any]:
    """A row that puts somebody on the list of chronic patients for high blood pressure."""
    facts: dict[str, Any] = {
        "姓名": person.name,
        "身份证号": identity.decrypt(person.id_cipher, public_id=person.public_id),
        "病种名单": "慢性病",
        "病种": "高血压",
        "开始日期": "2018-01-01",
        "依据文件": "卫健〔2018〕3号",
    } | given
    return [facts.get(name, "") for name in LISTINGS_HEADING]


def as_csv(*rows: list[Any], heading: list[str] = HEADING) -> bytes:
    """The rows as a CSV file."""
    text = io.StringIO()
    csv.writer(text).writerows([heading, *rows])
    return text.getvalue().encode()


def as_workbook(*rows: list[Any]) -> bytes:
    """The rows as a workbook, every cell as it is given: text, number or ``=formula``."""
    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for place, row in enumerate([HEADING, *rows]):
            for column, cell in enumerate(row):
                sheet.write(place, column, cell)
    return content.getvalue()


def send(
    content: bytes, name: str = "名单.csv", division: str = LEAGUE, of: str = "people"
) -> PeopleImport:
    """Send a file as the maker; it is not read yet."""
    return services.receive_file(
        **MAKER, division_code=division, name=name, chunks=[content], content=of, synthetic=True
    )


def staged(*rows: list[Any], division: str = LEAGUE) -> PeopleImport:
    """A CSV file that was sent and read."""
    return read(send(as_csv(*rows), division=division))


def staged_listings(*rows: list[Any], division: str = LEAGUE) -> PeopleImport:
    """A CSV file of listings that was sent and read."""
    content = as_csv(*rows, heading=LISTINGS_HEADING)
    return read(send(content, division=division, of="listings"))


def read(waiting: PeopleImport) -> PeopleImport:
    """Read a waiting file in this process."""
    services.stage_file(waiting.public_id)
    waiting.refresh_from_db()
    return waiting


def committed(*rows: list[Any]) -> PeopleImport:
    """A file whose good rows are recorded."""
    waiting = staged(*rows)
    services.commit_import(**CHECKER, public_id=waiting.public_id, only_good=True)
    waiting.refresh_from_db()
    return waiting
