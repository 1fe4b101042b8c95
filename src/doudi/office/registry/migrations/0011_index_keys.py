"""Indexes begin with the tag of their key, so that another key can come beside it."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import migrations, models
from django.db.models import Q

_UNTAGGED = "{0} IS NOT NULL AND {0} <> '' AND {0} NOT LIKE 'k%%'"


def tag(connection: Any, table: str, *columns: str) -> None:
    """Put the tag of the one key that there is before the indexes of a table."""
    for column in columns:
        untagged = _UNTAGGED.format(column)
        with connection.cursor() as cursor:
            cursor.execute(
                f"UPDATE {table} SET {column} = %s || substr({column}, 1, 56) WHERE {untagged}",
                [_first_key()],
            )
            if cursor.rowcount and len(settings.INDEX_KEYS) > 1:
                raise RuntimeError(
                    "migrate with the one DOUDI_INDEX_KEY that indexes are made with"
                )


def _first_key() -> str:
    return str(next(iter(settings.INDEX_KEYS)))


def _begin(apps: Any, schema_editor: Any) -> None:
    apps.get_model("registry", "IndexKey").objects.create(tag=_first_key(), current=True)
    tag(schema_editor.connection, "registry_person", "id_index", "card_index")


class Migration(migrations.Migration):
    dependencies = (("registry", "0010_withdrawn_listings"),)

    operations = (
        migrations.CreateModel(
            name="IndexKey",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("tag", models.CharField(max_length=8, unique=True)),
                ("current", models.BooleanField()),
                ("in_use", models.BooleanField(default=True)),
                ("since", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("current",),
                        condition=Q(current=True),
                        name="one_key_makes_indexes",
                    ),
                    models.CheckConstraint(
                        condition=Q(current=False) | Q(in_use=True),
                        name="the_current_key_is_in_use",
                    ),
                ],
            },
        ),
        migrations.RunPython(_begin, migrations.RunPython.noop),
    )
