"""When a program first showed a token."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("tokens", "0001_initial"),)

    operations = (
        migrations.AddField(
            model_name="apitoken",
            name="first_used_at",
            field=models.DateTimeField(null=True),
        ),
    )
