"""Kept years say where the person lives; what was kept without it is summed anew."""

from __future__ import annotations

from typing import Any

from django.db import migrations, models


def forget(apps: Any, _schema_editor: Any) -> None:
    """Until the next `keep` the pages read the entries."""
    for name in ("KeptSum", "KeptOwed", "KeptYear", "KeptSums"):
        apps.get_model("settlement", name).objects.all().delete()


class Migration(migrations.Migration):
    dependencies = [("settlement", "0004_kept_sums")]

    operations = [
        migrations.RunPython(forget, migrations.RunPython.noop),
        migrations.RemoveIndex("keptyear", "settlement__year_5f49ae_idx"),
        migrations.AddField(
            "keptyear",
            "division",
            models.CharField(default="", max_length=12),
            preserve_default=False,
        ),
        migrations.AddIndex(
            "keptyear",
            models.Index(
                fields=["year", "own_fen", "division"], name="settlement__year_754892_idx"
            ),
        ),
    ]
