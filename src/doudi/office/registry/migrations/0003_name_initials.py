"""People are found by name and by the initials of its pinyin."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models

from doudi.office.registry.names import initials_of

_BATCH = 1_000


def fill(apps: Any, schema_editor: Any) -> None:
    """The initials of everybody who is there already."""
    people = apps.get_model("registry", "Person")._default_manager.using(
        schema_editor.connection.alias
    )
    last = 0
    while batch := list(people.filter(pk__gt=last).order_by("pk").only("pk", "name")[:_BATCH]):
        for person in batch:
            person.initials = initials_of(person.name)
        people.bulk_update(batch, ["initials"])
        last = batch[-1].pk


class Migration(migrations.Migration):
    dependencies = (("registry", "0002_withdrawn_people_and_health"),)

    operations = (
        migrations.AddField(
            model_name="person",
            name="initials",
            field=models.CharField(blank=True, db_index=True, default="", max_length=60),
            preserve_default=False,
        ),
        migrations.AlterField(
            model_name="person",
            name="name",
            field=models.CharField(db_index=True, max_length=60),
        ),
        migrations.RunPython(fill, migrations.RunPython.noop),
    )
