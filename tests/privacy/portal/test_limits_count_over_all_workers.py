"""Who asks of several workers at once gets no more than who asks of one: counts are in the database they share."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from django.db import connections
from pytest_django import DjangoDbBlocker

from tests import postgresql_server
from tests.portal.project_for_tests import make_project
from virtaama.portal.api.limits import STRANGERS, network_of
from virtaama.portal.core.counting import count, name_of
from virtaama.portal.core.models import Counted
from virtaama.privacy.quotas import Quota

ROOT = Path(__file__).parents[3]
OWN = Quota(name="own", most=40, seconds=3_600)
HOUSE = Quota(name="house", most=70, seconds=86_400)
NOW = 1_800_000_000.0


@pytest.fixture(scope="module")
def server() -> Iterator[postgresql_server.Server]:
    with postgresql_server.started() as started:
        yield started


@contextmanager
def database(name: str, **settings: object) -> Iterator[str]:
    """A database of its own with the table, beside the one of the tests."""
    given = {**connections.settings["default"], "TEST": {}, **settings}
    connections.settings[name] = given
    try:
        with connections[name].schema_editor() as editor:
            editor.create_model(Counted)
        yield name
    finally:
        connections[name].close()
        del connections.settings[name]
        delattr(connections._connections, name)  # type: ignore[attr-defined]


@pytest.fixture(params=["sqlite", "postgresql"])
def shared(
    request: pytest.FixtureRequest, tmp_path: Path, django_db_blocker: DjangoDbBlocker
) -> Iterator[str]:
    with django_db_blocker.unblock():
        if request.param == "sqlite":
            with database("counted", NAME=tmp_path / "counted.sqlite") as name:
                yield name
            return
        server: postgresql_server.Server = request.getfixturevalue("server")
        with database(
            "counted",
            ENGINE="django.db.backends.postgresql",
            NAME="postgres",
            HOST="127.0.0.1",
            PORT=server.port,
            USER="reader",
            PASSWORD=postgresql_server.PASSWORD,
            OPTIONS={},
        ) as name:
            yield name
            server.run(f"DROP TABLE {Counted._meta.db_table}")


def at_once(tasks: list[Callable[[], bool]]) -> list[bool]:
    """Each in a thread that has a connection of its own, as those of workers are."""

    def run(task: Callable[[], bool]) -> bool:
        try:
            return task()
        finally:
            connections["counted"].close()

    with ThreadPoolExecutor(8) as pool:
        return list(pool.map(run, tasks))


def test_of_many_at_once_as_many_get_through_as_there_is_room_for(shared: str) -> None:
    def asks(whose: str) -> Callable[[], bool]:
        quotas = [(OWN, whose), (HOUSE, "")]
        return lambda: count(quotas, moment=NOW, using=shared).held_back is None

    through = at_once([asks(whose) for whose in ("anna", "kuisma") * 60])
    by_whom = Counter(whose for whose, let in zip(("anna", "kuisma") * 60, through, strict=True) if let)
    # Between them the house's; of neither more than their own; and whom the house holds back has used up nothing.
    assert sum(by_whom.values()) == HOUSE.most
    assert max(by_whom.values()) <= OWN.most
    for whose, used in by_whom.items():
        (own,) = count([(OWN, whose)], moment=NOW, using=shared).standings
        assert own.left == max(0, OWN.most - used - 1)


def test_what_is_over_is_removed_and_nobody_is_named(shared: str) -> None:
    for whose in ("anna", "kuisma", "10.1.2.3"):
        count([(OWN, whose)], moment=NOW, using=shared)
    kept = Counted.objects.using(shared)
    assert kept.count() == 3
    assert not {"anna", "kuisma", "10.1.2.3"} & {part for row in kept.all() for part in row.name.split(":")}
    later = NOW + OWN.seconds + OWN.piece + 1
    assert count([(OWN, "newcomer")], moment=later, using=shared).held_back is None
    assert [row.name for row in kept.all()] == [name_of(OWN, "newcomer")]


def test_a_line_of_ipv6_is_one_stranger_however_many_addresses_it_has() -> None:
    assert network_of("2001:db8::1") == network_of("2001:db8::ffff:2") != network_of("2001:db8:0:1::1")
    assert network_of("10.1.2.3") != network_of("10.1.2.4")
    assert network_of("no address") == "no address"


def test_two_workers_let_no_more_through_than_one(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder = make_project(tmp_path / "project")
    address = f"http://127.0.0.1:{port}/api/v1/reader"
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)])}
    with subprocess.Popen(
        [sys.executable, "-m", "tests.portal.serve_for_tests", str(folder), str(port), "2"], env=environment
    ) as portal:
        try:
            answers = [first_answer(address, portal)]
            begun = time.monotonic()

            def ask(_: int) -> requests.Response:
                return requests.get(address, timeout=30)  # each by a connection of its own, so of any worker

            with ThreadPoolExecutor(8) as pool:
                answers += pool.map(ask, range(STRANGERS.most + 20))
            took = time.monotonic() - begun
        finally:
            portal.terminate()
    statuses = Counter(answer.status_code for answer in answers)
    assert set(statuses) == {401, 429}
    # One more minute's on a machine so busy that it took that long; each worker for itself would have let all through.
    assert statuses[401] <= STRANGERS.most * (1 + took // STRANGERS.seconds)
    for answer in answers:
        assert answer.headers["RateLimit-Policy"] == '"stranger";q=60;w=60'
        held_back = answer.status_code == 429
        assert ("Retry-After" in answer.headers) == held_back
        if held_back:
            assert answer.headers["RateLimit"] == f'"stranger";r=0;t={answer.headers["Retry-After"]}'


def first_answer(address: str, portal: subprocess.Popen[bytes]) -> requests.Response:
    for _ in range(300):
        assert portal.poll() is None, "the portal ended before it answered"
        try:
            return requests.get(address, timeout=30)
        except requests.ConnectionError:
            time.sleep(0.1)
    raise AssertionError("the portal does not answer")
