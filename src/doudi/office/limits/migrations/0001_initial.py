from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = []

    operations = [
        migrations.CreateModel(
            name="Tally",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("key", models.CharField(max_length=64)),
                ("ends_at", models.BigIntegerField(db_index=True)),
                ("times", models.IntegerField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("key", "ends_at"), name="limits_one_tally")
                ],
            },
        ),
    ]
