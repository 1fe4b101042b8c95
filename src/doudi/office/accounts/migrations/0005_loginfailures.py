"""Failures to log in by account and day; the list of all logins with their addresses goes."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models


def forget_addresses(apps: Any, schema_editor: Any) -> None:
    """django-axes kept the address and browser of every login for ever."""
    del schema_editor
    apps.get_model("axes", "AccessLog").objects.all().delete()


class Migration(migrations.Migration):
    dependencies = (("accounts", "0004_session"), ("axes", "0009_add_session_hash"))

    operations = (
        migrations.CreateModel(
            name="LoginFailures",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("day", models.DateField()),
                ("username", models.CharField(max_length=30)),
                ("passwords", models.PositiveIntegerField()),
                ("tokens", models.PositiveIntegerField()),
                ("locks", models.PositiveIntegerField()),
                ("last_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("day", "username"), name="failures_of_a_day_and_name"
                    )
                ],
            },
        ),
        migrations.RunPython(forget_addresses, migrations.RunPython.noop),
    )
