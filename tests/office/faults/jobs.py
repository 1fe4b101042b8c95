"""What a process of `tests.office.faults.worker` can be asked to do, always over the services.

The state of the database is compared as a whole (`look`): all tables but one are only ever added
to (the triggers see to it), so their row counts tell whether a call has left nothing or all of
it; of the one that changes, the person's years, every row is compared.
"""

from __future__ import annotations

import importlib
import os
import resource
import signal
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

from django.apps import apps
from django.core.management import call_command
from django.db import DatabaseError, InterfaceError, connection, transaction
from django.db.backends.signals import connection_created
from tests.office.builders import without_triggers
from tests.office.databases import at_once
from tests.office.faults.cells import DAY, WHO, a_full_year, call, cells, people
from tests.office.faults.moments import BEFORE, Moments, die, disk_is_full
from tests.office.faults.signs import SECONDS, told, wait_for
from tests.office.faults.standing import change_standing_when, settled_against_the_registry

from doudi.office.audit import chain
from doudi.office.audit.models import Call
from doudi.office.ledger.models import Account, ClosedMonth, Statement
from doudi.office.ledger.selectors import month_amount, trial_balance
from doudi.office.ledger.services import pending
from doudi.office.settlement import services as window
from doudi.office.settlement import turns
from doudi.office.settlement.checks import check_everything
from doudi.office.settlement.models import Claim, Entry, PersonYear, PolicyText, PolicyVersion
from doudi.office.settlement.policy import active_policy

__all__ = [
    "a_full_year",
    "call",
    "cells",
    "change_standing_when",
    "people",
    "settled_against_the_registry",
]

_APPS = ("registry", "ledger", "settlement", "audit")


def warm_up() -> None:
    """Load what is loaded at the first settlement, so that it is loaded once for all jobs."""
    for name in ("doudi.commands.audit", "doudi.commands.manage", "click.testing"):
        importlib.import_module(name)
    active_policy()


# --- Calling ---


def migrate() -> None:
    """Make the tables."""
    call_command("migrate", verbosity=0)


def statements(cell: dict[str, Any], key: str) -> list[str]:
    """Make the call of a cell; every SQL statement that this took."""
    moments = Moments(None, "", die)
    call(cell, key)
    return moments.statements


def killed_at(cell: dict[str, Any], key: str, place: int, side: str) -> None:
    """Make the call of a cell and die at a moment of it."""
    Moments(place, side, die)
    call(cell, key)


def disk_full_at(cell: dict[str, Any], key: str, place: int) -> dict[str, Any]:
    """Make the call of a cell while the database's disk is full at a moment of it.

    Answers the error, and what the same connection sees and does afterwards.
    """
    moments = Moments(place, BEFORE, disk_is_full)
    error = _error_of(lambda: call(cell, key))
    moments.stop()
    return {"error": error, "then": look(), "answer": call(cell, key), "at the end": look()}


def _error_of(act: Callable[[], Any]) -> list[str] | None:
    try:
        act()
    except Exception as error:
        return told(error)
    return None


def killed_writing(cell: dict[str, Any], key: str, room: int) -> None:
    """Make the call of a cell; the kernel kills it once it writes beyond ``room`` bytes.

    A file of SQLite may then end in the middle of a page, as after kill -9 during a write.
    """
    _leave_room(room, signal.SIG_DFL)
    call(cell, key)
    # Closing the database copies its log into the file, which is longer than the room.
    _give_room()


def without_room(cell: dict[str, Any], key: str, room: int) -> dict[str, Any]:
    """The same, but the kernel refuses the write; then there is room again."""
    _leave_room(room, signal.SIG_IGN)
    error = _error_of(lambda: call(cell, key))
    _give_room()
    return {"error": error, "then": look(), "answer": call(cell, key), "at the end": look()}


def _leave_room(room: int, when_full: signal.Handlers) -> None:
    # The file of shared memory is made with the first read and has its full size then.
    Call.objects.first()
    signal.signal(signal.SIGXFSZ, when_full)
    _soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (room, hard))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def _give_room() -> None:
    _soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))


def room_needed(cell: dict[str, Any], key: str) -> int:
    """Make the call of a cell; how long SQLite's log is afterwards."""
    call(cell, key)
    return Path(f"{connection.settings_dict['NAME']}-wal").stat().st_size


# --- Looking ---


def look() -> dict[str, Any]:
    """The state of the database, once no other process is at it, and what does not hang together.

    Of a process that was killed the server may still be clearing up.
    """
    _wait_until_alone()
    report = check_everything()
    columns = ("person_id", "year", "sequence", "position", "totals")
    balances = trial_balance()
    faults = list(report.faults)
    if sum(row.balance_fen for row in balances):
        faults.append("debits and credits differ")
    return {
        "rows": {model._meta.label: model._default_manager.count() for model in _models()},
        "years": [
            list(row) for row in PersonYear.objects.order_by("pk").values_list("pk", *columns)
        ],
        "balances": {row.account: row.balance_fen for row in balances},
        "faults": faults,
    }


def _models() -> list[Any]:
    return [model for name in _APPS for model in apps.get_app_config(name).get_models()]


def _wait_until_alone() -> None:
    if connection.vendor != "postgresql":
        return
    deadline = time.monotonic() + SECONDS
    while _others() and time.monotonic() < deadline:
        time.sleep(0.005)
    assert not _others(), "a server process still works for a client that is gone"


def _others() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND backend_type = 'client backend' AND pid <> pg_backend_pid()"
        )
        return int(cursor.fetchone()[0])


def look_and_retry(cell: dict[str, Any], key: str) -> dict[str, Any]:
    """The state that was found, the answer of the same call under the same key, the state then."""
    found = look()
    return {"found": found, "answer": call(cell, key), "then": look()}


def statements_that_differ() -> list[list[Any]]:
    """Closed months in which an account holds something else than its statement says."""
    stated = {
        (pending(drawn.payer, drawn.institution), drawn.period): drawn.amount_fen
        for drawn in Statement.objects.all()
    }
    accounts = Account.objects.filter(kind=Account.Kind.PENDING).values_list("code", flat=True)
    found = [
        [account, period, stated.get((account, period), 0), month_amount(account, period)]
        for account in accounts
        for period in ClosedMonth.objects.values_list("period", flat=True)
    ]
    return [item for item in found if item[2] != item[3]]


# --- Under load ---


def settle_many(
    stays: list[str], acknowledged: str, retry: bool = False, callers: int = 1
) -> list[list[str]]:
    """Settle stay after stay; each claim goes to a file on the disk before the next one.

    The key is the stay. With ``retry`` an error of the database is noted and the same call made
    again, until it succeeds; answers the errors. Several ``callers`` are threads that take turns.
    """
    file = os.open(acknowledged, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    if callers == 1:
        return _settle_each(window.settle, stays, file, retry)
    shares = [stays[number::callers] for number in range(callers)]
    found = at_once(*[partial(_settle_each, turns.settle, share, file, retry) for share in shares])
    for errors in found:
        if isinstance(errors, Exception):
            raise errors
    return [error for errors in found for error in errors]


def _settle_each(
    settle: Callable[..., dict[str, Any]], stays: list[str], file: int, retry: bool
) -> list[list[str]]:
    errors: list[list[str]] = []
    for stay in stays:
        deadline = time.monotonic() + SECONDS
        while True:
            try:
                answer = settle(key=stay, admission=stay, day=DAY, who=WHO)
                break
            except (DatabaseError, InterfaceError) as error:
                if not retry or time.monotonic() > deadline:
                    raise
                errors.append([type(error).__name__, str(error).partition("\n")[0]])
                connection.close()
                time.sleep(0.01)
        os.write(file, f"{stay} {answer['claim']}\n".encode())
        os.fsync(file)
    return errors


def lost(acknowledged: dict[str, str]) -> list[str]:
    """Which of the acknowledged claims (by stay) are not there whole."""
    claims = {str(pk): stay for pk, stay in Claim.objects.values_list("pk", "admission__public_id")}
    entries = {str(claim) for claim in Entry.objects.values_list("claim_id", flat=True)}
    answers = Call.objects.filter(service="settle").values_list("key", "answer__claim")
    calls = dict(answers)
    return [
        stay
        for stay, claim in acknowledged.items()
        if claims.get(claim) != stay or claim not in entries or calls.get(stay) != claim
    ]


def all_claims() -> dict[str, str]:
    """Every claim by its stay."""
    return {stay: str(pk) for pk, stay in Claim.objects.values_list("pk", "admission__public_id")}


def claims_in_force() -> dict[str, str]:
    """The claim of every stay that is not reversed."""
    reversed_claims = Entry.objects.filter(sort=Entry.Sort.REVERSE).values("claim")
    rows = Claim.objects.exclude(pk__in=reversed_claims)
    return {stay: str(pk) for pk, stay in rows.values_list("pk", "admission__public_id")}


def seal_and_verify(day: str) -> list[Any]:
    """Seal; then rows verified, and the fault if there is one."""
    made = chain.seal(date.fromisoformat(day))
    checked, tampered = chain.verify()
    return [made.number, checked, None if tampered is None else tampered.en]


# --- At the same time ---


def call_when(go: str, cell: dict[str, Any], key: str) -> dict[str, Any]:
    """Make the call of a cell as soon as the file ``go`` is there."""
    connection.ensure_connection()
    wait_for(go)
    return call(cell, key)


def calls_when(go: str, calls: list[list[Any]]) -> list[Any]:
    """Make calls (cell and key) one after the other; each answer, or its error."""
    connection.ensure_connection()
    wait_for(go)
    answers: list[Any] = []
    for cell, key in calls:
        try:
            answers.append(call(cell, key))
        except Exception as error:
            answers.append(told(error))
    return answers


def hold_before_the_end(cell: dict[str, Any], key: str, place: int, held: str, go: str) -> None:
    """Make the call of a cell, but stop before a statement until the file ``go`` is there."""

    def wait() -> None:
        Path(held).touch()
        wait_for(go)

    Moments(place, BEFORE, wait)
    call(cell, key)


def somebody_waits() -> bool:
    """Whether a process waits for a lock; PostgreSQL only."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
            "AND wait_event_type = 'Lock'"
        )
        return bool(cursor.fetchone()[0])


def call_in_threads(cell: dict[str, Any], key: str, threads: int) -> list[Any]:
    """Make the same call in many threads at once; each answer, or its error."""
    answers = at_once(*[lambda: call(cell, key)] * threads)
    return [repr(found) if isinstance(found, Exception) else found for found in answers]


def history(stays: list[str]) -> list[list[Any]]:
    """The entries of a person's year in their order, with stays by number instead of ids."""
    rows = Entry.objects.filter(claim__admission__public_id__in=stays).order_by("number")
    return [
        [
            entry.number,
            entry.sort,
            stays.index(entry.claim.admission.public_id),
            entry.outputs,
            entry.changes,
            entry.opening,
            entry.closing,
        ]
        for entry in rows.select_related("claim__admission")
    ]


def replay(calls: list[list[Any]], stays: list[str]) -> list[list[Any]]:
    """Make ``settle`` and ``reverse`` calls on stays by number, one by one; the history then."""
    for number, (service, stay) in enumerate(calls):
        key = f"replay {stays[stay]} {number}"
        if service == "settle":
            window.settle(key=key, admission=stays[stay], day=DAY, who=WHO)
        else:
            claim = str(Claim.objects.get(admission__public_id=stays[stay]).pk)
            window.reverse(key=key, claim=claim, who=WHO)
    return history(stays)


def forget_the_text() -> None:
    """As when the policy has changed since the last admission: its text is not kept yet."""
    with without_triggers():
        PolicyText.objects.all().delete()
        PolicyVersion.objects.all().delete()


# --- Tampering ---


def tamper_with_every_column() -> list[list[Any]]:
    """Change each column of a sealed row of each table, one at a time, and verify each time.

    Answers table, row and column, and what verifying named: table and row, None when it found
    nothing, or the text of the constraint that did not let the change happen.
    """
    found: list[list[Any]] = []
    connection.disable_constraint_checking()
    for label in chain.SEALED:
        model = apps.get_model(label)
        rows = list(model._default_manager.order_by("pk"))
        row = rows[len(rows) // 2]
        for field in model._meta.concrete_fields:
            value = _changed(getattr(row, field.attname))
            found.append([label, str(row.pk), field.attname, _named_after(row, field, value)])
        found.append([label, str(row.pk), "all of it", _named_after(row, None, None)])
    return found


def _named_after(row: Any, field: Any, value: Any) -> Any:
    """What verifying names while one column has another value; then all is as before."""
    mine = type(row)._default_manager.filter(pk=row.pk)
    try:
        with transaction.atomic(), without_triggers():
            # Past Django too, which would follow the references.
            if field is None:
                mine._raw_delete(mine.db)
            else:
                mine.update(**{field.attname: value})
            _checked, tampered = chain.verify()
            raise _Enough(None if tampered is None else [tampered.table, tampered.row])
    except _Enough as enough:
        return enough.args[0]
    except DatabaseError as error:
        return str(error)


class _Enough(Exception):
    """Leaves a transaction so that it is rolled back."""


_CHANGES: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (bool, lambda value: not value),
    (int, lambda value: value + 1),
    (datetime, lambda value: value + timedelta(microseconds=1)),
    (date, lambda value: value + timedelta(days=1)),
    (UUID, lambda value: UUID(int=value.int ^ 1)),
    (dict, lambda value: {**value, "changed": 1}),
    (list, lambda value: [*value, 1]),
    (str, lambda value: f"{value[:-1]}{'1' if value.endswith('0') else '0'}"),
)


def _changed(value: Any) -> Any:
    """Another value of the same sort; 1 in the place of nothing."""
    for sort, change in _CHANGES:
        if isinstance(value, sort):
            return change(value)
    return 1


def change_a_row(label: str, changes: dict[str, Any]) -> str:
    """Change columns of a row past all triggers, for good; its key."""
    model = apps.get_model(label)
    rows = list(model._default_manager.order_by("pk"))
    row = rows[len(rows) // 2]
    with without_triggers():
        model._default_manager.filter(pk=row.pk).update(**changes)
    return str(row.pk)


# --- The command line ---


def doudi(arguments: list[str], pages: int | None = None, fail_at: int | None = None) -> list[Any]:
    """Run ``doudi``: exit status, what it printed, what it complained.

    ``pages``: SQLite has room for so many pages more. ``fail_at``: PostgreSQL's disk is full when
    it writes that row (see `full_disk_triggers`).
    """
    from click.testing import CliRunner  # noqa: PLC0415

    from doudi.cli import main  # noqa: PLC0415

    def limit(connection: Any, **_given: Any) -> None:
        with connection.cursor() as cursor:
            if pages is not None:
                cursor.execute("PRAGMA page_count")
                cursor.execute(f"PRAGMA max_page_count = {cursor.fetchone()[0] + pages}")
            if fail_at is not None:
                cursor.execute("SELECT setval('doudi_rows', 1, false)")
                cursor.execute(f"SET doudi.fail_at = {fail_at}")

    connection_created.connect(limit)
    done = CliRunner().invoke(main, arguments, prog_name="doudi")
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    return [done.exit_code, done.stdout, done.stderr]


def full_disk_triggers() -> None:
    """Let PostgreSQL say that its disk is full at the row ``doudi.fail_at``, COMMIT included."""
    with connection.cursor() as cursor:
        cursor.execute("CREATE SEQUENCE doudi_rows")
        cursor.execute(
            """
CREATE FUNCTION doudi_disk_full() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF nextval('doudi_rows') = current_setting('doudi.fail_at', true)::int THEN
        RAISE EXCEPTION 'could not extend file "base/16384/16385": No space left on device'
            USING ERRCODE = '53100', HINT = 'Check free disk space.';
    END IF;
    RETURN NULL;
END $$
"""
        )
        for model in _models():
            table = model._meta.db_table
            cursor.execute(
                f"CREATE TRIGGER {table}_disk AFTER INSERT OR UPDATE ON {table} "
                "FOR EACH ROW EXECUTE FUNCTION doudi_disk_full()"
            )
        # Deferred: this one is met by COMMIT itself.
        cursor.execute(
            "CREATE CONSTRAINT TRIGGER audit_call_disk_at_the_end AFTER INSERT ON audit_call "
            "DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION doudi_disk_full()"
        )
