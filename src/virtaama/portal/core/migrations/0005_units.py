from django.db import migrations, models


class Migration(migrations.Migration):
    """The units somebody works at, whose clients they may open."""

    dependencies = [("core", "0004_used_once")]

    operations = [
        migrations.AddField(
            model_name="account",
            name="units",
            field=models.JSONField(default=list),
        ),
    ]
