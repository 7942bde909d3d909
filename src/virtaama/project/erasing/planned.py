"""What an erasure would destroy, found before anything is: the dry run and the first step are the same."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from shutil import rmtree

from virtaama.engines.duckdb import DuckDB
from virtaama.engines.memory import of_the_engine, threads_within
from virtaama.lake.published import snapshot_number
from virtaama.loading.belonging import Belonging, Wanted, belonging, named_in, together
from virtaama.loading.load import plan
from virtaama.loading.retention import Due, person_concepts
from virtaama.loading.retention import due as due_in
from virtaama.model.model import Model
from virtaama.problems import NotReady
from virtaama.project.erasing import whom
from virtaama.project.erasing.originals import Originals, originals
from virtaama.project.erasing.search import Traces
from virtaama.project.erasing.whom import Whom
from virtaama.project.parts import Parts
from virtaama.project.settings import Settings
from virtaama.project.warehouse import SESSION, opened
from virtaama.statutes.retained import without_rule

NOTHING = Belonging(rows={}, instances={}, shared={}, stay=0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What goes. Names nobody but in `whom` and in what only the one who destroys it sees."""

    scope: str  # person | due
    on: date
    whom: Whom
    theirs: Belonging  # what belongs to persons who go
    others: Belonging  # what describes instances that are due of persons who stay
    due: Mapping[str, frozenset[str]]  # those instances
    rejected: Mapping[int, tuple[bytes, ...]]  # rows that were set aside and name them, sealed, by batch
    originals: Originals
    snapshots: tuple[str, ...]
    features: tuple[str, ...]
    aside: tuple[str, ...]  # warehouses that were moved aside or replaced
    too_early: Mapping[str, int]  # instances of theirs whose time is not over, by concept
    staying: int  # persons who are due and whom rows name that follow no rule

    @property
    def gone(self) -> Belonging:
        return together(self.theirs, self.others)

    @property
    def is_empty(self) -> bool:
        return not (self.gone.rows or self.rejected or self.originals.destroyed or self.originals.waiting)


def plan_person(parts: Parts, code: str, on: date) -> Planned:
    """What is known of one person. The caller holds the project's lock. ValueError for what is no identity code.

    Raises NotReady while something waits to be loaded.
    """
    who = whom.by_code(parts, code)
    found = _due(parts, on)
    with lake_engine(parts.settings) as engine:
        wanted = Wanted(persons=who.names)
        theirs = belonging(engine, parts.model, parts.lake, parts.ledger.batches(), wanted)
    who = whom.with_subjects(parts, who, theirs)
    keys = found.keys()
    kept = {
        concept: len(instances - keys.get(concept, frozenset()))
        for concept, instances in theirs.instances.items()
        if _has_rule(parts.model, concept)
    }
    too_early = {concept: count for concept, count in kept.items() if count}
    return _planned(parts, "person", on, who, theirs, NOTHING, {}, too_early, staying=0)


def plan_due(parts: Parts, on: date) -> Planned:
    """Whatever is due on a day; persons of whom nothing would be left go wholly. Raises as `plan_person`."""
    found = _due(parts, on)
    people = {concept.name for concept in person_concepts(parts.model)}
    names = frozenset(each.person for each in found.instances if each.concept in people)
    batches = parts.ledger.batches()
    with lake_engine(parts.settings) as engine:
        staying = named_in(parts.lake, batches, _unruled(parts.model), names)
        who = whom.by_names(parts, names - staying)
        instances: dict[str, set[str]] = defaultdict(set)
        for each in found.instances:
            if each.concept not in people:
                instances[each.concept].add(each.key)
        due = {concept: frozenset(keys) for concept, keys in sorted(instances.items())}
        theirs = (
            belonging(engine, parts.model, parts.lake, batches, Wanted(persons=who.names)) if who else NOTHING
        )
        who = whom.with_subjects(parts, who, theirs)
        others = (
            belonging(engine, parts.model, parts.lake, batches, Wanted(instances=due)) if due else NOTHING
        )
    return _planned(parts, "due", on, who, theirs, others, due, {}, staying=len(staying))


def _planned(
    parts: Parts,
    scope: str,
    on: date,
    who: Whom,
    theirs: Belonging,
    others: Belonging,
    due: Mapping[str, frozenset[str]],
    too_early: Mapping[str, int],
    *,
    staying: int,
) -> Planned:
    settings = parts.settings
    gone_from = together(theirs, others).rows.keys()
    return Planned(
        scope=scope,
        on=on,
        whom=who,
        theirs=theirs,
        others=others,
        due=due,
        rejected=rejected_of(parts, who),
        originals=originals(
            settings.deliveries,
            parts.model.feeds,
            parts.ledger,
            parts.keyring,
            gone_from,
            traces_of(parts, who),
        ),
        snapshots=tuple(name for name in _names(settings.published) if snapshot_number(name)),
        features=tuple(_names(settings.features)),
        aside=tuple(path.name for path in aside(settings)),
        too_early=too_early,
        staying=staying,
    )


def traces_of(parts: Parts, who: Whom, instances: Mapping[str, frozenset[str]] | None = None) -> Traces:
    """What they may be found by, and instances of persons who stay."""
    keys = {bytes.fromhex(key) for of in (instances or {}).values() for key in of}
    return Traces(
        is_theirs=lambda code: whom.is_theirs(who, code), names=who.names | who.subjects, keys=who.keys | keys
    )


def rejected_of(parts: Parts, who: Whom) -> dict[int, tuple[bytes, ...]]:
    """The rows that were set aside and name them, sealed as they are kept, by batch."""
    if not who:
        return {}
    traces = traces_of(parts, who)
    found: dict[int, tuple[bytes, ...]] = {}
    for batch in parts.ledger.batches():
        if not batch.rejected:
            continue
        raws = tuple(
            row.raw
            for row in parts.ledger.rejected(batch.number)
            if row.raw and traces.in_bytes(parts.keyring.unseal(row.raw, batch.feed))
        )
        if raws:
            found[batch.number] = raws
    return found


@contextmanager
def lake_engine(settings: Settings) -> Iterator[DuckDB]:
    """An engine in memory that reads the lake; what does not fit in memory is put beside the journal, and goes."""
    temporary = settings.erasing / "temporary"
    engine = DuckDB.open(
        folders=[settings.lake],
        memory=of_the_engine(settings.memory),
        threads=settings.threads or threads_within(settings.memory, os.cpu_count() or 1),
        temporary=temporary,
    )
    try:
        yield engine
    finally:
        engine.close()
        rmtree(temporary, ignore_errors=True)


def aside(settings: Settings) -> list[Path]:
    """Warehouses that are kept beside the one in use, and what was left of making one."""
    folder = settings.warehouse.parent
    log = f"{settings.warehouse.name}.wal"
    return sorted(
        path
        for path in (folder.iterdir() if folder.is_dir() else ())
        if path.name not in (settings.warehouse.name, log, SESSION)
    )


def _due(parts: Parts, on: date) -> Due:
    """What is due, of a warehouse that holds all that landed."""
    parts.refuse_unlawful_retention()
    with opened(parts.settings, parts.ledger) as engine:
        if not plan(parts.model, parts.ledger, parts.lake, engine).is_empty:
            raise NotReady(
                "The warehouse does not hold yet what has landed, or what the model says.\n"
                "  Run `virtaama load` first; nothing was destroyed."
            )
        return due_in(engine, parts.model, parts.law.retention_rules, on)


def _has_rule(model: Model, concept: str) -> bool:
    said = model.concept(concept).retention
    return said is not None and bool(said.named)


def _unruled(model: Model) -> frozenset[str]:
    """The feeds whose rows describe somebody by no rule, or nothing at all."""
    silent = {concept.name for concept in without_rule(model)}

    def is_ruled(feed: str) -> bool:
        concepts = [mapping.concept for mapping in model.mappings if mapping.feed == feed]
        return bool(concepts) and not any(
            concept in silent or (model.concept(concept).retention and not _has_rule(model, concept))
            for concept in concepts
        )

    return frozenset(feed.id for feed in model.feeds if not is_ruled(feed.id))


def _names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []
