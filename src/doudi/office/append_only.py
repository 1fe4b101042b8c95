"""What the database itself holds beyond Django's constraints, by triggers, for both databases.

Rows are added and never changed; what a row names is there, in one look for a whole statement.

They stop mistakes and ordinary tampering. Whoever owns the database can drop a trigger; the
sealed chain (`doudi.office.audit`) makes that evident.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from django.db import migrations

_POSTGRES_FUNCTION = """
CREATE OR REPLACE FUNCTION doudi_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'rows of % are only ever added', TG_TABLE_NAME USING ERRCODE = 'DD001';
END $$
"""


def _postgres(table: str) -> list[str]:
    return [
        f"CREATE TRIGGER {table}_rows_stay BEFORE UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION doudi_append_only()",
        f"CREATE TRIGGER {table}_is_not_emptied BEFORE TRUNCATE ON {table} "
        "FOR EACH STATEMENT EXECUTE FUNCTION doudi_append_only()",
    ]


def _sqlite(table: str) -> list[str]:
    return [
        f"CREATE TRIGGER {table}_rows_stay_{verb.lower()} BEFORE {verb} ON {table} "
        f"BEGIN SELECT RAISE(ABORT, 'rows of {table} are only ever added'); END"
        for verb in ("UPDATE", "DELETE")
    ]


def append_only(*tables: str) -> migrations.RunPython:
    """A migration step after which the rows of ``tables`` stay as they are."""

    def statements(vendor: str) -> list[str]:
        make = _postgres if vendor == "postgresql" else _sqlite
        first = [_POSTGRES_FUNCTION] if vendor == "postgresql" else []
        return first + [line for table in tables for line in make(table)]

    return by_vendor(statements)


def referenced_by_trigger(table: str, *columns: str) -> migrations.RunPython:
    """A migration step that ends PostgreSQL's own check of references which a trigger checks.

    PostgreSQL locks the row that each new one names, in case somebody deletes it meanwhile, and
    thereby writes to it. All who settle at one hospital name the same accounts and write to the
    same rows. Rows that stay need no such lock: that they are there is all there is to check.
    SQLite, with one writer at a time, keeps its references.
    """
    names = ", ".join(f"'{column}'" for column in columns)
    drop = f"""
DO $$
DECLARE reference text;
BEGIN
    FOR reference IN
        SELECT conname FROM pg_constraint JOIN pg_attribute
            ON attrelid = conrelid AND attnum = ANY (conkey)
        WHERE contype = 'f' AND conrelid = '{table}'::regclass AND attname IN ({names})
    LOOP
        EXECUTE format('ALTER TABLE {table} DROP CONSTRAINT %I', reference);
    END LOOP;
END $$
"""
    return by_vendor(lambda vendor: [drop] if vendor == "postgresql" else [])


def by_vendor(statements: Callable[[str], Sequence[str]]) -> migrations.RunPython:
    """A migration step that runs the statements of the database in use."""

    def run(apps: Any, schema_editor: Any) -> None:
        del apps
        for statement in statements(schema_editor.connection.vendor):
            # No parameters: a percent sign in the text is a percent sign.
            schema_editor.execute(statement, params=None)

    return migrations.RunPython(run, migrations.RunPython.noop)
