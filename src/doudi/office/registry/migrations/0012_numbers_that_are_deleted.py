from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = (("registry", "0011_index_keys"),)

    operations = (
        migrations.AlterField(
            model_name="sealednumber", name="cipher", field=models.BinaryField(null=True)
        ),
    )
