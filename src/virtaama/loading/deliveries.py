"""The files that wait in the deliveries folder: found, dated, and opened for as long as they are read."""

from __future__ import annotations

import fnmatch
import os
import re
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from virtaama.model.feeds import Feed
from virtaama.problems import DeliveryRefused
from virtaama.sources.apart.reading import names_in, unpacked

DONE = ".done"  # `x.csv.done` beside `x.csv` says that it is complete
_MEMBER = "!"  # `x.zip!NAME.csv` is a file inside a zip


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """A file that waits in the deliveries folder, for one feed."""

    feed: Feed
    order: int  # of the feed among all feeds
    file: str  # relative to the deliveries folder, with `!member` for a file in a zip
    extracted: datetime
    dated: bool = True  # whether its path says so; else the clock does


def discover(feeds: Sequence[Feed], deliveries: Path, now: datetime) -> tuple[Delivered, ...]:
    """The files of all feeds below the deliveries folder, in the order in which they are landed."""
    found = [
        Delivered(
            feed=feed,
            order=order,
            file=file,
            extracted=extracted_at(feed, file, now),
            dated=_named(feed, file) is not None,
        )
        for order, feed in enumerate(feeds)
        for file in _files(feed, deliveries)
    ]
    return tuple(sorted(found, key=lambda item: (item.extracted, item.order, item.file)))


def files_there(feeds: Sequence[Feed], deliveries: Path) -> frozenset[str]:
    """The files of all feeds as they lie in the folder, none of them opened."""
    patterns = {outer(feed.files) for feed in feeds if feed.files}
    return frozenset(
        path.relative_to(deliveries).as_posix()
        for pattern in patterns
        for path in deliveries.glob(pattern)
        if _is_delivered(path, deliveries)
    )


def _is_delivered(path: Path, deliveries: Path) -> bool:
    """Whether it is a file of a source system: hidden ones are still on their way, or ours; markers are empty."""
    is_hidden = any(part.startswith(".") for part in path.relative_to(deliveries).parts)
    return path.is_file() and not is_hidden and path.suffix != DONE


def outer(file: str) -> str:
    """The file that lies in the folder: the zip, where the delivery is inside one."""
    return file.partition(_MEMBER)[0]


def extracted_at(feed: Feed, file: str, now: datetime) -> datetime:
    """The moment a delivery describes: the end of the month or day its path names; else the landing time."""
    return _named(feed, file) or now.replace(tzinfo=None)


def _named(feed: Feed, file: str) -> datetime | None:
    found = re.search(feed.extracted, file) if feed.extracted else None
    if found is None:
        return None
    parts = found.groupdict()
    try:
        year, month = int(parts["year"]), int(parts["month"])
        if day := parts.get("day"):
            return datetime(year, month, int(day)) + timedelta(days=1)
        return datetime(year + month // 12, month % 12 + 1, 1) if 1 <= month <= 12 else None
    except (ValueError, OverflowError):  # no such day
        return None


def _files(feed: Feed, deliveries: Path) -> list[str]:
    if not feed.files:  # it is collected
        return []
    pattern, _, member = feed.files.partition(_MEMBER)
    files = sorted(path for path in deliveries.glob(pattern) if _is_delivered(path, deliveries))
    names = [path.relative_to(deliveries).as_posix() for path in files]
    if not member:
        return names
    return [
        f"{name}{_MEMBER}{inside}"
        for path, name in zip(files, names, strict=True)
        for inside in _members(path, member, deliveries)
    ]


def _members(path: Path, pattern: str, deliveries: Path) -> list[str]:
    try:
        names = names_in(path, deliveries)
    except DeliveryRefused:
        return [pattern]  # refused with its reason when it is opened
    return sorted(
        name
        for name in names
        # As among files, a star stays in its folder.
        if name.count("/") == pattern.count("/") and fnmatch.fnmatchcase(name, pattern)
    )


@contextmanager
def opened(deliveries: Path, delivered: Delivered) -> Iterator[Path]:
    """The delivered file. What is packed is written outside the project for as long as it is read."""
    outer, _, member = delivered.file.partition(_MEMBER)
    if member:
        with tempfile.TemporaryDirectory() as folder:
            yield unpacked(deliveries / outer, member, Path(folder), deliveries)
    else:
        path = deliveries / outer
        if not os.access(path, os.R_OK):
            raise DeliveryRefused("the file cannot be opened.\n  Check who may read it.")
        yield path
