from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("registry", "0009_name_readings_by_prefix"),)

    operations = (
        migrations.AddField(
            model_name="diseaselisting",
            name="withdrawn_at",
            field=models.DateTimeField(null=True),
        ),
    )
