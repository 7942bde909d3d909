"""How long a busy server is waited for."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
import requests

from virtaama.sources.collecting import pause_before
from virtaama.sources.web import retry_after


def answer(written: str | None) -> requests.Response:
    response = requests.Response()
    if written is not None:
        response.headers["Retry-After"] = written
    return response


@pytest.mark.parametrize(
    ("written", "seconds"), [("20", 20.0), ("0", 0.0), (None, None), ("soon", None), ("-5", None)]
)
def test_seconds_a_server_asks_for_are_read(written: str | None, seconds: float | None) -> None:
    assert retry_after(answer(written)) == seconds


def test_a_moment_a_server_asks_for_is_read() -> None:
    later = retry_after(answer(format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)))
    assert later is not None
    assert 85 < later <= 90
    assert retry_after(answer("Wed, 21 Oct 2015 07:28:00 GMT")) == 0.0


def test_pauses_grow_and_end_somewhere() -> None:
    assert all(2**attempt / 2 <= pause_before(attempt) <= min(60, 2**attempt) for attempt in range(1, 6))
    assert pause_before(30) <= 60
    assert pause_before(1, 5.0) == 5.0
    assert pause_before(1, 86_400.0) == 600.0  # longer than ten minutes is for another run
