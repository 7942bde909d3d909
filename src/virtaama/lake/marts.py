"""Feature tables on disk: a folder for each, a Parquet file for each day, and a list of what is whole.

The folder holds rows about single persons. It is outside what readers of figures open, and only the owner of
the project's files may enter it; people come through the door.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date, datetime
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from virtaama.lake.files import sha256_of, sync
from virtaama.problems import Damaged

_ABOUT = "about.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeatureDay:
    """The rows of one day: the file, its digest, and the digest of what it was made from."""

    day: date
    file: str  # or a folder of part files, as some engines write
    rows: int
    sha256: str
    made_from: str


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """What a mart holds: the days that are whole, in order, and the versions they were made by."""

    name: str
    built: datetime
    model_version: str
    catalogue_version: str
    days: tuple[FeatureDay, ...]


@dataclass(frozen=True, slots=True)
class FeatureMart:
    """The folder of one feature table."""

    folder: Path

    def about(self) -> About | None:
        """What is whole; None while nothing was built."""
        try:
            read = json.loads((self.folder / _ABOUT).read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except ValueError:
            raise Damaged(
                f"{self.folder / _ABOUT} cannot be read. Delete the folder; it is built again."
            ) from None
        days = tuple(
            FeatureDay(**{**each, "day": date.fromisoformat(each["day"])}) for each in read.pop("days")
        )
        return About(**{**read, "built": datetime.fromisoformat(read["built"])}, days=days)

    def store(self, day: date, made_from: str, write: Callable[[Path], int]) -> FeatureDay:
        """Let `write` fill the file of a day and put it in place whole and durable."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.folder.chmod(0o700)
        path = self.folder / f"{day}-{made_from[:12]}.parquet"
        unfinished = path.with_suffix(".unfinished")
        for leftover in (unfinished, path):
            _remove(leftover)
        rows = write(unfinished)
        digest = _digest(unfinished)
        for file in _files(unfinished):
            sync(file)
        unfinished.replace(path)
        return FeatureDay(day=day, file=path.name, rows=rows, sha256=digest, made_from=made_from)

    def finish(self, about: About) -> None:
        """Say what is whole, and delete what is not of it any more."""
        path = self.folder / _ABOUT
        unfinished = path.with_suffix(".unfinished")
        unfinished.write_text(json.dumps(asdict(about), default=str, indent=1) + "\n", encoding="utf-8")
        sync(unfinished)
        unfinished.replace(path)
        sync(self.folder)
        kept = {_ABOUT, *(each.file for each in about.days)}
        for other in self.folder.iterdir():
            if other.name not in kept:
                _remove(other)

    def rows(self, day: FeatureDay) -> pa.Table:
        """The rows of a day, keys as text; Damaged where the file is not the one that was written."""
        path = self.folder / day.file
        if not path.exists() or _digest(path) != day.sha256:
            raise Damaged(f"{path} is not the file that was built. Delete the folder; it is built again.")
        table = pq.read_table(path)
        for place, field in enumerate(table.schema):
            if pa.types.is_binary(field.type) or pa.types.is_fixed_size_binary(field.type):
                keys = [None if key is None else key.hex() for key in table.column(place).to_pylist()]
                table = table.set_column(place, field.name, pa.array(keys, pa.string()))
        return table


def _files(path: Path) -> list[Path]:
    return sorted(path.glob("*.parquet")) if path.is_dir() else [path]


def _digest(path: Path) -> str:
    """The SHA-256 of a file; of the digests of all where there are several."""
    digests = [sha256_of(file) for file in _files(path)]
    return digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()


def _remove(path: Path) -> None:
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)
