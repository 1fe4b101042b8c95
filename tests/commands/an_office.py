"""An office of its own on SQLite, with one poor household, for the tests of its commands."""

from __future__ import annotations

import shutil
from collections.abc import Generator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from tempfile import mkdtemp

from django.core.management import call_command
from tests.commands.conftest import ROOT
from tests.office.databases import as_default

from doudi.office.registry.services import import_people_file, load_divisions, register_person
from doudi.office.settlement.services import register_institution

POOR = "152299195503089992"
WIFE = "152299195710029984"
OTHER = "152298198001019991"
OTHER_CARD = "KAP0001234"
HOSPITAL = "H15222400099"
EXAMPLES = ROOT / "examples" / "office"
BILL, EARLIER_BILL = EXAMPLES / "bill_september.csv", EXAMPLES / "bill_august.csv"
CORRECTED = EXAMPLES / "bill_august_corrected.csv"


@contextmanager
def an_office(folder: Path) -> Generator[None]:
    """Django works on a new database that holds two poor people and one who is not."""
    path = folder / "office.sqlite3"
    shutil.copy(_template(), path)
    with as_default(f"sqlite:///{path}"):
        yield


@contextmanager
def an_empty_database(folder: Path) -> Generator[None]:
    """Django works on a database without tables."""
    with as_default(f"sqlite:///{folder / 'empty.sqlite3'}"):
        yield


@lru_cache(maxsize=1)
def _template() -> Path:
    path = Path(mkdtemp(prefix="doudi-office-")) / "template.sqlite3"
    with as_default(f"sqlite:///{path}"):
        call_command("migrate", verbosity=0)
        load_divisions()
        said = {"actor": "测试员", "reason": "测试"}
        import_people_file(path=EXAMPLES / "people_2018.csv", synthetic=True, **said)
        register_person(**said, name="示例丙", id_number=OTHER, card=OTHER_CARD, synthetic=True)
        register_institution(
            code=HOSPITAL, name="示例医院", level=2, designated=True, inside_league=True
        )
    return path
