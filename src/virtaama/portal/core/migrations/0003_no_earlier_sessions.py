from django.db import migrations


class Migration(migrations.Migration):
    """Sessions of version 0.1 lay in a table of Django's; nothing reads it any more."""

    dependencies = [("core", "0002_sessions")]

    operations = [
        migrations.RunSQL("DROP TABLE IF EXISTS django_session", migrations.RunSQL.noop),
    ]
