"""An invented county is the same for the same seed, and complete in its months."""

from __future__ import annotations

import hashlib

from virtaama.synthetic import CountySize, Manifest, invent


def fingerprint(size: CountySize) -> str:
    digest = hashlib.sha256()
    for file in invent(size):
        digest.update(file.path.encode())
        digest.update(file.data)
    return digest.hexdigest()


def test_same_seed_gives_the_same_bytes() -> None:
    size = CountySize(residents=400, months=3, seed=7)
    assert fingerprint(size) == fingerprint(size)


def test_another_seed_gives_other_people() -> None:
    first = CountySize(residents=400, months=2, seed=7)
    second = CountySize(residents=400, months=2, seed=8)
    assert fingerprint(first) != fingerprint(second)


def test_every_system_hands_over_files_until_the_last_month() -> None:
    done: list[int] = []
    paths = {file.path for file in invent(CountySize(residents=400, months=4), months_done=done.append)}
    last = {path.split("/")[0] for path in paths if "/2026-10/" in path}
    assert done == [1, 2, 3, 4]
    assert {path.split("/")[0] for path in paths} - last == {"old_system", "organisation_register"}
    assert min(path.split("/")[1] for path in paths) == "2026-07"


def test_no_path_is_delivered_twice() -> None:
    paths = [file.path for file in invent(CountySize(residents=400, months=4))]
    assert len(paths) == len(set(paths))


def test_a_delivery_without_rows_is_no_file() -> None:
    for seed in range(1, 4):
        size = CountySize(residents=200, months=3, seed=seed)
        assert all(file.data for file in invent(size))


def test_manifest_reads_back_from_its_own_text() -> None:
    manifest = Manifest()
    for _ in invent(CountySize(residents=400, months=4), manifest=manifest):
        pass
    assert manifest.as_rows()
    assert Manifest.from_json(manifest.as_json()).as_rows() == manifest.as_rows()
