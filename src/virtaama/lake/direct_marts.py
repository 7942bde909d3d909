"""What names persons, enciphered, where one person's can be looked up: a Parquet file for each concept.

The folder lies beside what readers of figures open, never inside it, and only the owner of the project's files may
enter it. Values are closed with keys that are elsewhere. The door to persons is the only reader.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from virtaama.lake.files import sha256_of, sync
from virtaama.problems import Damaged

_ABOUT = "about.json"
GROUP = 20_000
"""Rows that share statistics: a person's are looked for in a few groups, not in all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectFile:
    """The file of a concept; where an engine writes parts, the folder of them."""

    concept: str
    attributes: tuple[str, ...]
    parts: tuple[tuple[str, str], ...]  # path below the folder, and SHA-256
    rows: int


@dataclass(frozen=True, slots=True)
class Enciphered:
    """One value that names a person: of which attribute, in which field it was enciphered, and the closed text."""

    attribute: str
    field: str
    value: str


@dataclass(slots=True)
class DirectMarts:
    """The folder of all of them."""

    folder: Path

    def about(self) -> dict[str, DirectFile]:
        """What is whole, by concept; nothing while nothing was published."""
        path = self.folder / _ABOUT
        try:
            read = json.loads(path.read_text(encoding="utf-8"))
            return {
                each["concept"]: DirectFile(
                    concept=each["concept"],
                    attributes=tuple(each["attributes"]),
                    parts=tuple((part, digest) for part, digest in each["parts"]),
                    rows=each["rows"],
                )
                for each in read
            }
        except FileNotFoundError:
            return {}
        except (ValueError, KeyError, TypeError):
            raise Damaged(f"{path} cannot be read. Delete the folder and run `virtaama load`.") from None

    def holds(self, wanted: Mapping[str, tuple[str, ...]]) -> bool:
        """Whether the wanted attributes of concepts are there, and no others are."""
        return self.about_attributes() == dict(wanted)

    def about_attributes(self) -> dict[str, tuple[str, ...]]:
        try:
            return {name: file.attributes for name, file in self.about().items()}
        except Damaged:
            return {"": ()}

    def store(
        self, concept: str, attributes: tuple[str, ...], number: int, write: Callable[[Path], int]
    ) -> DirectFile:
        """Let `write` make the file of a concept for a publication, and put it on disk."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        path = self.folder / f"{concept}-{number}.parquet"
        _remove(path)
        rows = write(path)
        files = sorted(path.glob("*.parquet")) if path.is_dir() else [path]
        for file in files:
            file.chmod(0o600)
            sync(file)
        parts = tuple((file.relative_to(self.folder).as_posix(), sha256_of(file)) for file in files)
        return DirectFile(concept=concept, attributes=attributes, parts=parts, rows=rows)

    def finish(self, files: tuple[DirectFile, ...]) -> None:
        """Say what is whole, and delete what is not of it any more: an erased person is in no file left behind."""
        if not files and not self.folder.exists():
            return
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self.folder / _ABOUT
        unfinished = path.with_suffix(".unfinished")
        unfinished.write_text(json.dumps([asdict(each) for each in files], indent=1) + "\n", encoding="utf-8")
        sync(unfinished)
        unfinished.replace(path)
        sync(self.folder)
        kept = {_ABOUT, *(part.split("/")[0] for each in files for part, _ in each.parts)}
        for other in self.folder.iterdir():
            if other.name not in kept:
                _remove(other)

    def of(self, concept: str, key: str) -> tuple[Enciphered, ...]:
        """The values of one instance, given by its key as text; of each attribute the first source's.

        Damaged where a file is not the one that was written.
        """
        for again in (True, False):
            try:
                return self._read(self.about().get(concept), key)
            except FileNotFoundError:
                # Published anew between the two readings; once more, and then it is damage.
                if not again:
                    raise self._damaged(concept) from None
        raise AssertionError

    def _read(self, file: DirectFile | None, key: str) -> tuple[Enciphered, ...]:
        import pyarrow.parquet as pq  # here: what only publishes has no use for it

        found: dict[str, tuple[int, Enciphered]] = {}
        for part, digest in file.parts if file else ():
            path = self.folder / part
            if _digest_of(path) != digest:
                raise self._damaged(part)
            rows = pq.read_table(path, filters=[("key", "=", key)]).to_pylist()
            for row in rows:
                value = Enciphered(row["attribute"], row["field"], row["value"])
                rank = int(row["rank"])
                if row["attribute"] not in found or rank < found[row["attribute"]][0]:
                    found[row["attribute"]] = rank, value
        return tuple(value for _, value in found.values())

    def _damaged(self, what: str) -> Damaged:
        return Damaged(f"{self.folder}: {what} is not what was written. Run `virtaama publish`.")


_DIGESTS: dict[tuple[str, int, int, int], str] = {}
"""Digests of files that were looked at, by path, inode, size and moment: a file is hashed once in a process."""


def _digest_of(path: Path) -> str:
    there = path.stat()
    mark = (str(path), there.st_ino, there.st_size, there.st_mtime_ns)
    if mark not in _DIGESTS:
        _DIGESTS[mark] = sha256_of(path)
    return _DIGESTS[mark]


def _remove(path: Path) -> None:
    if path.is_dir():
        for each in path.iterdir():
            each.unlink()
        path.rmdir()
    else:
        path.unlink(missing_ok=True)
