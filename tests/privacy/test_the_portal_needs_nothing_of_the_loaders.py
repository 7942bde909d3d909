"""Property (ASVS V13.2.2): what the loader alone needs can be kept from the portal, and it serves all the same."""

from __future__ import annotations

import os
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from shutil import rmtree

import pytest

from tests.look_ups import unlimited
from tests.unit.project.loaded import loaded_project
from virtaama.keyring import OF_THE_LOADER, Keyring
from virtaama.privacy.policy import Asker
from virtaama.problems import Damaged, NotReady, ProblemsFound
from virtaama.project.confined import loaders_own, refuse_what_is_the_loaders, shown, unit_of_portal
from virtaama.project.project import Project


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return loaded_project(tmp_path_factory.mktemp("project"))


@pytest.fixture
def served(made: Project, tmp_path: Path) -> Project:
    """The project as the portal opens it, in a copy."""
    folder = shutil.copytree(made.settings.folder, tmp_path / "clinic")
    return Project.open(folder, without_keys=OF_THE_LOADER)


def written_in(project: Project) -> dict[Path, tuple[int, int]]:
    """When each file of what is shown was written, and its size."""
    files = (path for folder in shown(project.settings) for path in folder.rglob("*") if path.is_file())
    return {path: (path.stat().st_mtime_ns, path.stat().st_size) for path in files}


def test_the_portal_opens_what_it_shows_with_everything_of_the_loaders_gone(served: Project) -> None:
    own = [path for path in loaders_own(served) if path.exists()]
    there = {path.relative_to(served.settings.folder).as_posix() for path in own}
    assert {"deliveries", "data/warehouse", "keys/quarantine.key", "keys/domain-1.key"} <= there
    assert any(path.startswith("data/lake/") for path in there)
    for path in own:
        rmtree(path) if path.is_dir() else path.unlink()
    published = written_in(served)
    served.check()
    assert served.door().snapshot().number == 1
    assert served.ledger.batches()
    asker = Asker(id="someone", role="analyst")
    served.sign_ins.begin(asker, "a test")
    assert served.audit.verify_chain() == len(served.audit.entries())
    assert served.identities.find("010190-922D") is None
    assert served.link_review(unlimited) is not None
    assert served.names.county == served.settings.county
    assert written_in(served) == published != {}
    with pytest.raises(NotReady, match="quarantine"):
        Project.open(served.settings.folder).keyring  # noqa: B018 – the loader does not go on without its keys


def test_the_portal_holds_no_key_of_the_loaders(served: Project) -> None:
    keyring = served.keyring
    for name in OF_THE_LOADER:
        with pytest.raises(KeyError):
            keyring.key(f"{name}-1" if name == "domain" else name)
    assert keyring.numbers("domain") == ()
    assert not set(keyring.again().prints()) & {"quarantine", "domain-1"}
    sealed = Keyring.open(served.settings.keys).seal(b"as delivered", "a feed")
    with pytest.raises(KeyError):
        keyring.unseal(sealed, "a feed")


def test_what_people_note_on_pairs_is_closed_under_a_key_of_its_own(served: Project) -> None:
    notes = served.keyring.box("notes on links")
    closed = notes.seal(b"asked at the ward", "note on a link")
    whole = Keyring.open(served.settings.keys)
    assert whole.box("notes on links").unseal(closed, "note on a link") == b"asked at the ward"
    with pytest.raises(Damaged, match="note on a link"):
        whole.unseal(closed, "note on a link")
    with pytest.raises(Damaged):
        notes.unseal(closed, "another context")


@pytest.fixture
def closed(served: Project) -> Iterator[Callable[[Path], None]]:
    """Keeps a path from this process: by its mode, or, for root whom no mode stops, by taking it away."""
    modes: dict[Path, int] = {}

    def close(path: Path) -> None:
        if os.geteuid():
            modes[path] = stat.S_IMODE(path.stat().st_mode)
            path.chmod(0)
        else:
            path.rename(path.with_name(f"{path.name}.away"))

    yield close
    for path, mode in modes.items():
        path.chmod(mode)


def test_confined_it_starts_only_where_it_can_read_none_of_it(
    served: Project, closed: Callable[[Path], None]
) -> None:
    with pytest.raises(ProblemsFound) as found:
        refuse_what_is_the_loaders(served)
    readable = [path for path in loaders_own(served) if path.exists()]
    assert {str(problem.place) for problem in found.value.problems} == {str(path) for path in readable}
    *others, last = readable
    for path in others:
        closed(path)
    with pytest.raises(ProblemsFound) as found:
        refuse_what_is_the_loaders(served)
    assert [str(problem.place) for problem in found.value.problems] == [str(last)]
    closed(last)
    refuse_what_is_the_loaders(served)


def test_the_unit_keeps_from_the_portal_what_the_check_refuses(served: Project) -> None:
    unit = unit_of_portal(served, "127.0.0.1", 8000)
    lines = unit.splitlines()
    kept = {
        line.removeprefix("InaccessiblePaths=-") for line in lines if line.startswith("InaccessiblePaths=")
    }
    assert kept == {str(path) for path in loaders_own(served)}
    assert "--confined" in next(line for line in lines if line.startswith("ExecStart="))
    [written] = [line.removeprefix("ReadWritePaths=") for line in lines if line.startswith("ReadWritePaths=")]
    assert str(served.settings.keys) not in written.split()
    [only_read] = [line.removeprefix("ReadOnlyPaths=") for line in lines if line.startswith("ReadOnlyPaths=")]
    assert only_read.split() == [f"-{path}" for path in shown(served.settings)]
    assert "{" not in unit


def test_a_key_that_is_left_out_is_not_even_looked_at(served: Project) -> None:
    quarantine = served.settings.keys / "quarantine.key"
    quarantine.chmod(0o644)
    with pytest.raises(ProblemsFound, match=r"quarantine\.key"):
        Keyring.open(served.settings.keys)
    assert Keyring.open(served.settings.keys, OF_THE_LOADER).key("audit")
