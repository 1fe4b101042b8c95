"""An index of stays by institution and person takes the place of the one by institution."""

from __future__ import annotations

import django.db.models.deletion
from django.db import migrations, models

_OLD = "settlement_admission_institution_id_25be5f64"
"""As Django names it on both databases; PostgreSQL has a second one for LIKE."""


class Migration(migrations.Migration):
    dependencies = (("settlement", "0007_standing_holds"),)

    operations = (
        # By hand: on SQLite Django would write the table anew and stumble over its triggers.
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(f"DROP INDEX IF EXISTS {_OLD}", migrations.RunSQL.noop),
                migrations.RunSQL(f"DROP INDEX IF EXISTS {_OLD}_like", migrations.RunSQL.noop),
            ],
            state_operations=[
                migrations.AlterField(
                    model_name="admission",
                    name="institution",
                    field=models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        to="settlement.institution",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="admission",
            index=models.Index(
                fields=["institution", "person"], name="stays_of_a_hospital_by_person"
            ),
        ),
    )
