"""People are found by every reading of their names, not only the usual one."""

from __future__ import annotations

from typing import Any

import django.db.models.deletion
from django.db import migrations, models

from doudi.office.registry.names import other_initials_of

_BATCH = 2_000


def fill(apps: Any, schema_editor: Any) -> None:
    """The other readings of everybody who is there already, the withdrawn among them."""
    alias = schema_editor.connection.alias
    people = apps.get_model("registry", "Person")._base_manager.using(alias)
    reading = apps.get_model("registry", "NameReading")
    last = 0
    while batch := list(
        people.filter(pk__gt=last).order_by("pk").values_list("pk", "name")[:_BATCH]
    ):
        rows = [
            reading(person_id=key, initials=initials)
            for key, name in batch
            for initials in other_initials_of(name)
        ]
        reading._base_manager.using(alias).bulk_create(rows, batch_size=_BATCH)
        last = batch[-1][0]


class Migration(migrations.Migration):
    dependencies = (("registry", "0006_moves"),)

    operations = (
        migrations.CreateModel(
            name="NameReading",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("initials", models.CharField(max_length=60)),
                (
                    "person",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="readings",
                        to="registry.person",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("initials", "person"), name="a_reading_of_a_name_is_kept_once"
                    )
                ],
            },
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    )
