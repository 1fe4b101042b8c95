"""Who looked through which list of people."""

from __future__ import annotations

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("accounts", "0006_personread"),)

    operations = (
        migrations.CreateModel(
            name="ListRead",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("page", models.CharField(max_length=40)),
                ("asked", models.CharField(blank=True, max_length=200)),
                ("rows", models.PositiveIntegerField()),
                ("read_at", models.DateTimeField(db_index=True)),
                (
                    "reader",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["reader", "read_at"], name="accounts_lists_by_reader"),
                ],
            },
        ),
    )
