"""The daily look at what is due: counted, on record, and listed for the one who destroys."""

from __future__ import annotations

import csv
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from virtaama.engines.port import FileDamaged
from virtaama.lake.files import sync
from virtaama.loading.deployed import refuse_unfinished
from virtaama.loading.lock import only_one
from virtaama.loading.retention import Due, DueInstance, due
from virtaama.privacy.spreadsheets import harmless
from virtaama.problems import Damaged
from virtaama.project.on_record import on_record
from virtaama.project.parts import Parts
from virtaama.project.warehouse import opened
from virtaama.statutes.retention_rules import RetentionRules

COLUMNS = ("concept", "number", "person", "rule", "basis", "counted_from", "due")


@dataclass(frozen=True, slots=True, kw_only=True)
class DueLine:
    """How many instances of a concept fell due by a rule in one month."""

    concept: str
    rule: str
    month: date  # its first day
    instances: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """What a look found, without anybody's name, and the file that says whom it is about."""

    on: date
    lines: tuple[DueLine, ...]
    persons: int
    held_back: tuple[tuple[str, int], ...]
    file: Path

    @property
    def instances(self) -> int:
        return sum(line.instances for line in self.lines)


def list_due(parts: Parts, on: date) -> Listed:
    """Look what is due on a day, write the list for the one who destroys, and put the look on record.

    The same warehouse and day give the same list. Only the newest list is kept: it names persons by pseudonyms.
    Raises NotReady while the warehouse does not hold what the model says, ProblemsFound for retention that does
    not fit the law.
    """
    parts.refuse_unlawful_retention()
    with only_one(parts.settings.lock), on_record(parts.ledger, "retention") as tell:
        found = due_now(parts, on)
        file = write_list(parts.settings.retention, found, parts.law.retention_rules)
        listed = Listed(
            on=on,
            lines=tuple(_lines(found.instances)),
            persons=len({each.person_key for each in found.instances if each.person_key}),
            held_back=tuple(sorted(found.held_back.items())),
            file=file,
        )
        tell({"due": listed.instances, "due_persons": listed.persons})
    return listed


def due_now(parts: Parts, on: date) -> Due:
    """What is due on a day; the caller holds the project's lock. Raises NotReady, Damaged."""
    try:
        with opened(parts.settings, parts.ledger) as engine:
            refuse_unfinished(engine, parts.model)
            return due(engine, parts.model, parts.law.retention_rules, on)
    except FileDamaged as damage:
        raise Damaged(
            f"{parts.settings.warehouse} is not to be trusted: {damage}.\n"
            "  `virtaama load` moves it aside and makes it again from the lake."
        ) from None


def write_list(folder: Path, found: Due, law: RetentionRules) -> Path:
    """The list of a day, readable by its owner alone, in the place of any other; whole, or not there."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    path = folder / f"due-{found.on}.csv"
    unfinished = path.with_suffix(".unfinished")
    unfinished.unlink(missing_ok=True)
    descriptor = os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\n")
        writer.writerow(COLUMNS)
        writer.writerows(map(harmless, _row(instance, law, found.on)) for instance in found.instances)
        file.flush()
        os.fsync(file.fileno())
    unfinished.replace(path)
    for other in folder.iterdir():
        if other != path:
            other.unlink()
    sync(folder)
    return path


def _row(instance: DueInstance, law: RetentionRules, on: date) -> tuple[str, ...]:
    rule = law.rule(instance.rule, on)
    return (
        instance.concept,
        instance.number,
        instance.person,
        instance.rule,
        rule.basis if rule else "",
        instance.counted_from.value,
        instance.due.isoformat(),
    )


def _lines(instances: tuple[DueInstance, ...]) -> Iterator[DueLine]:
    counts = Counter((each.concept, each.rule, each.due.replace(day=1)) for each in instances)
    for (concept, rule, month), count in sorted(counts.items()):
        yield DueLine(concept=concept, rule=rule, month=month, instances=count)
