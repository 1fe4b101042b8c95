"""What the policy versions that entries name were made of."""

from __future__ import annotations

from django.db import migrations, models

from doudi.office.append_only import append_only


class Migration(migrations.Migration):
    dependencies = (("settlement", "0002_append_only"),)

    operations = (
        migrations.CreateModel(
            name="PolicyVersion",
            fields=[
                ("version", models.CharField(max_length=12, primary_key=True, serialize=False)),
                ("pack", models.CharField(max_length=60)),
                ("adoption", models.TextField(blank=True)),
                ("recorded_at", models.DateTimeField(auto_now_add=True)),
            ],
        ),
        append_only("settlement_policyversion"),
    )
