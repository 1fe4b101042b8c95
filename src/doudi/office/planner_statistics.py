"""What the database knows of tables that were filled at once a moment ago.

PostgreSQL plans by statistics that it renews in its own time. Of a table that a long transaction is
filling it may have noted that nobody sees a row, and then goes through all of it for each row of
another: what takes seconds would take hours.
"""

from __future__ import annotations

from django.db import connection
from django.db.models import Model


def renew_statistics(*models: type[Model]) -> None:
    """Let PostgreSQL look at their tables again; SQLite plans without. One short read of each.

    Inside a transaction nobody else can renew them until it ends; nothing else waits.
    """
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        for model in models:
            cursor.execute(f"ANALYZE {connection.ops.quote_name(model._meta.db_table)}")
