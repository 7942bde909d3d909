from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0005_units")]

    operations = [
        migrations.CreateModel(
            name="Counted",
            fields=[
                ("name", models.CharField(max_length=80, primary_key=True, serialize=False)),
                ("counts", models.TextField()),
                ("until", models.FloatField(db_index=True)),
            ],
        ),
    ]
