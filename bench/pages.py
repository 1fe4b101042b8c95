"""How long every page takes, in milliseconds of the server and SQL statements, by role.

Run with ``./doudi bench pages [--data FOLDER]``. Without a folder a small league is made in a
temporary one; ``--people 350000 --settlements 1000000`` makes the whole one, which takes long. A
folder is one that ``DOUDI_DATA=FOLDER ./doudi demo-data …`` filled; a few lines are added to it
(accounts, sessions, look-ups), nothing else. The pages are asked for in this process, through all
of Django, so what a web server and a network add is not in the times. Every answer is checked to
be one before its time is shown.
"""

from __future__ import annotations

import argparse
import json
import os
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from pathlib import Path
from typing import Any

LIMIT_MS = 100


def prepare(people: int, settlements: int) -> None:
    """The database, with a league in it when it is empty, and an account of every role."""
    import django
    from django.core.management import call_command

    django.setup()
    call_command("migrate", verbosity=0)
    call_command("collectstatic", interactive=False, verbosity=0)
    from doudi.office.demo.accounts import make_accounts
    from doudi.office.demo.make import make_league
    from doudi.office.registry.divisions import load_divisions
    from doudi.office.registry.models import Person

    load_divisions()
    if not Person.objects.exists():
        make_league(people=people, seed=2018, settlements=settlements)
    make_accounts()


def examples(user: Any) -> dict[str, str]:
    """A part of an address that the account may see, by the name of the part.

    The stay settled last and its person, since the first person there is may be like no other.
    """
    from doudi.office.accounts.scope import (
        admissions_in_scope,
        claims_in_scope,
        households_in_scope,
        people_in_scope,
    )

    newest = claims_in_scope(user).order_by("-date").select_related("admission__person").first()
    stay = newest.admission if newest else admissions_in_scope(user).first()
    person = stay.person if stay else people_in_scope(user).first()
    found: dict[str, Any] = {
        "person": person.public_id if person else None,
        "household": households_in_scope(user).values_list("pk", flat=True).first(),
        "admission": stay.public_id if stay else None,
        "claim": newest.pk if newest else None,
        "number": 1,
        "step": "service",
        "place": user.division_id,
        "kind": "enrol",
        "account": user.username,
    }
    return {name: str(value) for name, value in found.items() if value is not None}


def addresses(user: Any) -> Iterator[tuple[str, str]]:
    """Every page of the staff for which the account has an example, and some searches and lists."""
    import re

    from doudi.office.accounts.permissions import Permission
    from doudi.office.web.pages import every_view

    part = re.compile(r"<(?:\w+:)?(\w+)>")
    known = examples(user)
    for pattern, name, view in every_view():
        page = getattr(view.callback, "page", None)
        space = name.partition(":")[0]
        if page is None or page.public or space == "account" or not user.may(page.permission):
            continue
        parts = part.findall(pattern)
        if all(one in known for one in parts):
            yield name, "/" + part.sub(lambda match: known[match[1]], pattern)
    for text in ("合成甲", "合成", "hcjz", "h"):
        if user.may(Permission.SEE_PEOPLE):
            yield f"find {text}", f"/desk/people/?find={text}"
    for name, path, permission in _lists():
        if user.may(permission):
            yield name, path


def _lists() -> list[tuple[str, str, Any]]:
    from doudi.office.accounts.permissions import Permission
    from doudi.office.demo.institutions import LEAGUE_HOSPITAL

    start = "/desk/figures/settlements?year=2018"
    asked = ("", "&month=3", "&payer=backstop", "&own=6", "&share=0", "&page=20")
    lists = [(f"list {one}", start + one, Permission.SEE_FIGURES) for one in asked]
    place = f"{start}&hospital={LEAGUE_HOSPITAL}"
    return [*lists, ("list &hospital=", place, Permission.SEE_FIGURES)]


def ask(client: Any, path: str) -> Any:
    """A page, or with ``path?text`` of a search what its form finds."""
    address, mark, text = path.partition("?find=")
    return client.post(address, {"text": text}) if mark else client.get(path)


def measure(role: str, only: str) -> list[dict[str, Any]]:
    """The pages of a role: status, the fastest of three in milliseconds, SQL statements.

    ``cpu_ms`` is what this process worked, which with SQLite is all of it, whoever else is busy.
    """
    from django.db import connection
    from django.test import Client
    from django.test.utils import CaptureQueriesContext

    from doudi.office.accounts.models import User

    user = User.objects.get(username=f"demo-{role}")
    client = Client()
    client.force_login(user, "doudi.office.accounts.backend.AccountBackend")
    rows = []
    for name, path in addresses(user):
        if only and only not in name:
            continue
        times, worked, status = [], [], 0
        for _turn in range(3):
            begin, cpu = time.perf_counter(), time.process_time()
            answer = ask(client, path)
            # A file that is streamed is not made before it is read.
            _size = len(b"".join(answer.streaming_content)) if answer.streaming else 0
            times.append(1_000 * (time.perf_counter() - begin))
            worked.append(1_000 * (time.process_time() - cpu))
            status = answer.status_code
            if times[-1] > 2_000:
                break
        with CaptureQueriesContext(connection) as asked:
            ask(client, path)
        rows.append(
            {
                "role": role,
                "page": name,
                "path": path,
                "status": status,
                "ms": round(min(times), 1),
                "cpu_ms": round(min(worked), 1),
                "sql": len(asked),
            }
        )
        slow = " !" if rows[-1]["ms"] >= LIMIT_MS else ""
        times_of = f"{rows[-1]['ms']:8.1f} ms {rows[-1]['cpu_ms']:8.1f} cpu"
        print(f"{role:14} {name:32} {status} {times_of} {len(asked):4} sql{slow}")
        assert status in (200, 302, 404, 405), (name, path, status)
        assert "/login" not in answer.headers.get("Location", ""), (name, path)
    return rows


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--data", type=Path)
    parser.add_argument("--people", type=int, default=5_000)
    parser.add_argument("--settlements", type=int, default=2_000)
    parser.add_argument("--role", action="append")
    parser.add_argument("--only", default="", help="part of the name of the pages")
    parser.add_argument("--json", type=Path)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="doudi-bench-") as folder:
        data = given.data or Path(folder)
        os.environ["DOUDI_DATA"] = str(data)
        if given.data is None:
            os.environ["DATABASE_URL"] = f"sqlite:///{data / 'bench.sqlite3'}"
        os.environ.setdefault("DJANGO_SETTINGS_MODULE", "doudi.office.settings")
        prepare(given.people, given.settlements)
        from django.conf import settings

        from doudi.office.accounts.roles import Role

        settings.ALLOWED_HOSTS = ["testserver"]
        # In a thread, as a server does: on the command line's own thread, deep in calls, pages
        # took up to four times as long, most of it in mmap and munmap.
        with ThreadPoolExecutor(max_workers=1) as thread:
            found = thread.map(measure, given.role or Role.values, repeat(given.only))
            rows = [row for of_role in found for row in of_role]
    slow = [row for row in rows if row["ms"] >= LIMIT_MS]
    print(f"{len(rows)} pages, {len(slow)} of {LIMIT_MS} ms or more")
    if given.json:
        given.json.write_text(json.dumps(rows, indent=1, ensure_ascii=False))


main()
