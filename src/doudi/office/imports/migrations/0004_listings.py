from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (
        ("imports", "0003_illness_lists"),
        ("registry", "0010_withdrawn_listings"),
    )

    operations = (
        migrations.AddField(
            model_name="peopleimport",
            name="content",
            field=models.CharField(
                choices=[("people", "人员"), ("listings", "病种名单")],
                default="people",
                max_length=10,
            ),
        ),
        migrations.AddField(
            model_name="stagedrow",
            name="listed_to",
            field=models.DateField(null=True),
        ),
        migrations.CreateModel(
            name="ImportedListing",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                (
                    "listing",
                    models.OneToOneField(
                        on_delete=models.deletion.PROTECT,
                        related_name="imported",
                        to="registry.diseaselisting",
                    ),
                ),
                (
                    "staged",
                    models.OneToOneField(
                        on_delete=models.deletion.PROTECT,
                        related_name="imported",
                        to="imports.stagedrow",
                    ),
                ),
            ],
        ),
    )
