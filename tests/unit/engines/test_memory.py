"""`memory` is what a process may take: the engine gets what the rest of it leaves."""

import pytest

from virtaama.engines.memory import in_megabytes, of_the_engine, threads_within


@pytest.mark.parametrize(
    ("amount", "megabytes", "engine"),
    [("256MB", 256, "156MB"), ("1.2GB", 1200, "1100MB"), ("3GB", 3000, "2900MB")],
)
def test_the_engine_gets_what_is_left(amount: str, megabytes: float, engine: str) -> None:
    assert in_megabytes(amount) == megabytes
    assert of_the_engine(amount) == engine


@pytest.mark.parametrize(("amount", "cores", "threads"), [("256MB", 16, 2), ("256MB", 1, 1), ("3GB", 16, 16)])
def test_little_memory_is_not_shared_among_many_threads(amount: str, cores: int, threads: int) -> None:
    assert threads_within(amount, cores) == threads
