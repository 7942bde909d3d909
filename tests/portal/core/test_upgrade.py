from __future__ import annotations

import pytest
from django.core.management import call_command
from django.db import connection


@pytest.mark.django_db(transaction=True)
def test_sessions_of_an_earlier_version_are_gone_after_an_upgrade() -> None:
    call_command("migrate", "core", "0002_sessions", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE django_session (session_key TEXT)")
    call_command("migrate", "core", verbosity=0)
    assert "django_session" not in connection.introspection.table_names()


@pytest.mark.django_db
def test_the_tables_are_those_the_models_describe() -> None:
    call_command("makemigrations", "--check", "--dry-run", verbosity=0)
