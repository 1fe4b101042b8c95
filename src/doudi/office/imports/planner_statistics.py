"""What the database knows of tables that one import has just filled.

PostgreSQL plans by statistics that it renews in its own time. Right after a hundred thousand rows
it still takes the table for empty and goes through all of it for each of them: what takes seconds
would take hours.
"""

from __future__ import annotations

from django.db import connection


def renew_statistics(*tables: str) -> None:
    """Let PostgreSQL look at the tables again; SQLite plans without. One short read of each.

    Inside a transaction nobody else can renew them until it ends; nothing else waits.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for table in tables:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(table)}")
