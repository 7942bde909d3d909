from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("core", "0003_no_earlier_sessions")]

    operations = [
        migrations.CreateModel(
            name="UsedOnce",
            fields=[
                ("mark", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("until", models.DateTimeField(db_index=True)),
            ],
        ),
    ]
