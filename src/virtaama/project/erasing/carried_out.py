"""An erasure carried out, step by step, and proven. Broken off at any point, it is finished by running it again.

On record and in the journal first; then what leads to the persons, so that what is still there says less; then the
lake, batch by batch; then whatever was made from it. Each step finds for itself what is left to do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree

from virtaama.lake.files import sync
from virtaama.loading.belonging import Belonging, Wanted, belonging, together
from virtaama.loading.load import load
from virtaama.loading.rewriting import rewrite
from virtaama.loading.snapshots import expire, last_published
from virtaama.loading.unchanged import hashes_of_others
from virtaama.problems import NotErased
from virtaama.project.copies import files_below
from virtaama.project.erasing import whom
from virtaama.project.erasing.journal import Journal, drop_journal
from virtaama.project.erasing.originals import destroy
from virtaama.project.erasing.planned import NOTHING, aside, lake_engine, rejected_of, traces_of
from virtaama.project.erasing.search import Hit, search
from virtaama.project.erasing.whom import Whom
from virtaama.project.linking import link_record
from virtaama.project.on_record import now, on_record
from virtaama.project.parts import Parts
from virtaama.project.rebuild import beside, differing_tables
from virtaama.project.settings import Settings
from virtaama.project.told import Progress
from virtaama.project.warehouse import opened
from virtaama.project.work import publish_now
from virtaama.vault.design import design


@dataclass(frozen=True, slots=True, kw_only=True)
class Proven:
    """What was destroyed, and that nothing of it was found afterwards."""

    id: int
    persons: int
    rows: int
    batches: int
    originals: int
    set_aside: int
    files: int  # that were searched
    tables: int  # of everybody else, that are what they were; 0 where there was nothing to compare with
    snapshot: int
    counts: Mapping[str, int]


def finish(parts: Parts, journal: Journal, progress: Progress) -> Proven:
    """Carry out what the journal says, from wherever it was broken off. The caller holds the project's lock.

    Raises NotErased, naming files, where something of them is found in the end: the journal stays, and so does the
    erasure as begun.
    """
    who = Whom(frozenset(journal.names), frozenset(journal.codes), frozenset(journal.subjects))
    steps: tuple[tuple[str, Callable[[], int]], ...] = (
        ("names and keys", lambda: _forget(parts, who)),
        ("links", lambda: _forget_links(parts, journal, who)),
        ("lake", lambda: _rewrite_lake(parts, journal, who)),
        ("rows that were set aside", lambda: _empty_quarantine(parts, who)),
        ("deliveries", lambda: destroy(parts.settings.deliveries, journal.originals)),
        ("ledger", lambda: _wipe(parts)),
        ("warehouse", lambda: _rebuild(parts)),
        ("what was made from it", lambda: _sweep(parts.settings)),
        ("snapshots", lambda: _publish(parts)),
    )
    with on_record(parts.ledger, "erase") as tell:
        for done, (what, act) in enumerate(steps):
            progress(done, len(steps) + 1, what)
            act()
        progress(len(steps), len(steps) + 1, "search")
        searched = _refuse_found(parts, journal, who)
        differing = _differing(parts, journal)
        rewrites = parts.ledger.erasures.rewrites(journal.id)
        counts = {
            "persons_erased": len(who.names),
            "rows_erased": sum(each.gone for each in rewrites),
            "batches_rewritten": len(rewrites),
        }
        tell(counts)
    parts.ledger.erasures.finish(journal.id, now(), {**counts, "tables_differing": len(differing)})
    drop_journal(parts.settings.erasing)
    if differing:
        raise NotErased(
            "Everything was destroyed, but tables hold something else of others than before: "
            f"{', '.join(differing)}.\n  `virtaama rebuild --check` compares the warehouse with the lake; "
            "report this to who maintains Virtaama."
        )
    return Proven(
        id=journal.id,
        persons=len(who.names),
        rows=counts["rows_erased"],
        batches=counts["batches_rewritten"],
        originals=len(journal.originals),
        set_aside=journal.set_aside,
        files=searched,
        tables=len(journal.before or ()),
        snapshot=_newest(parts),
        counts=counts,
    )


def hashes_now(parts: Parts, left_out: Mapping[str, frozenset[str]]) -> dict[str, str] | None:
    """What the warehouse says of everybody else; None where there is none."""
    if not parts.settings.warehouse.exists():
        return None
    with opened(parts.settings, parts.ledger) as engine:
        return hashes_of_others(engine, design(parts.model), left_out)


# The steps


def _forget(parts: Parts, who: Whom) -> int:
    whom.forget(parts, who)
    return len(who.names)


def _forget_links(parts: Parts, journal: Journal, who: Whom) -> int:
    """What was decided on records that may be theirs."""
    if not parts.settings.links.exists():
        return 0
    keys = {key.hex() for key in who.keys}
    keys.update(key for of in (journal.instances, journal.searched) for some in of.values() for key in some)
    with link_record(parts) as record:
        return record.forget(sorted(keys))


def _rewrite_lake(parts: Parts, journal: Journal, who: Whom) -> int:
    """Batches without the rows that go, each known to the ledger before its old file is destroyed."""
    batches = parts.ledger.batches()
    numbered = {batch.number: batch for batch in batches}
    found = _still_there(parts, journal, who)
    for number, gone in found.rows.items():
        batch = numbered[number]
        written = rewrite(parts.lake, batch, gone)
        parts.ledger.erasures.rewritten(journal.id, now(), written)
        (parts.settings.lake / batch.parquet).unlink()
    _sweep_lake(parts)
    return found.count


def _still_there(parts: Parts, journal: Journal, who: Whom) -> Belonging:
    """What is left of it in the lake. What the rows described is known from the journal: they may be gone by now."""
    batches = parts.ledger.batches()
    theirs = others = NOTHING
    with lake_engine(parts.settings) as engine:
        if who:
            wanted = Wanted(persons=who.names, instances=_sets(journal.instances))
            theirs = belonging(engine, parts.model, parts.lake, batches, wanted)
        if journal.searched:
            wanted = Wanted(instances=_sets(journal.searched))
            others = belonging(engine, parts.model, parts.lake, batches, wanted)
    return together(theirs, others)


def _sweep_lake(parts: Parts) -> None:
    """Files no batch tells of: the old ones of batches written anew, and what a landing that was broken off left."""
    known = {parts.settings.lake / batch.parquet for batch in parts.ledger.batches()}
    for path in files_below(parts.settings.lake):
        if path.suffix in (".parquet", ".unfinished") and path not in known:
            path.unlink()
            sync(path.parent)
    rmtree(parts.settings.lake / "landing.unfinished", ignore_errors=True)


def _empty_quarantine(parts: Parts, who: Whom) -> int:
    found = rejected_of(parts, who)
    return sum(parts.ledger.erasures.empty_rejected(batch, raws) for batch, raws in found.items())


def _wipe(parts: Parts) -> int:
    parts.ledger.erasures.wipe()
    return 0


def _rebuild(parts: Parts) -> int:
    """A warehouse made from the lake as it is now, in the place of the old one, of which nothing is kept."""
    warehouse = parts.settings.warehouse
    with beside(warehouse) as file:
        with opened(parts.settings, parts.ledger, file) as engine:
            loaded = load(parts.model, parts.ledger, parts.lake, engine, now=now)
        log = warehouse.with_name(f"{warehouse.name}.wal")
        log.unlink(missing_ok=True)
        if warehouse.is_dir():
            rmtree(warehouse)
        file.replace(warehouse)
        sync(warehouse.parent)
    return loaded.batches


def _sweep(settings: Settings) -> int:
    """Warehouses beside the one in use, rows that models learn from, lists of what was due."""
    gone = 0
    for path in (*aside(settings), settings.features, settings.retention):
        if path.is_dir():
            rmtree(path)
        elif path.exists():
            path.unlink()
        else:
            continue
        gone += 1
    return gone


def _publish(parts: Parts) -> int:
    """A new snapshot; no other is kept."""
    publication = publish_now(parts, lambda done, of, what: None)
    return expire(parts.settings.published, publication.number)


# The proof


def _refuse_found(parts: Parts, journal: Journal, who: Whom) -> int:
    """How many files were searched; NotErased where anything was found in one."""
    files = list(files_to_search(parts.settings))
    hits = list(search(files, traces_of(parts, who)))
    if journal.searched:
        made = [path for path in files if _is_made_from_lake(path, parts.settings)]
        hits += search(made, traces_of(parts, Whom(), _sets(journal.searched)))
    left = _still_there(parts, journal, who).count + sum(map(len, rejected_of(parts, who).values()))
    if hits or left:
        raise NotErased(_found(parts.settings, hits, left))
    return len(files)


def files_to_search(settings: Settings) -> Iterator[Path]:
    """Every file of a project but for the audit log, which the law keeps."""
    roots = (settings.folder, settings.data, settings.deliveries, settings.keys, settings.identities)
    kept = (settings.audit, settings.audit.with_name(f"{settings.audit.name}-journal"))
    met: set[Path] = set()
    for root in roots:
        for path in files_below(root) if root.is_dir() else ():
            if (
                path in met
                or path in kept
                or settings.rosters in path.parents
                or settings.erasing in path.parents
            ):
                continue
            if settings.anchors and settings.anchors in path.parents:
                continue
            met.add(path)
            yield path


def _is_made_from_lake(path: Path, settings: Settings) -> bool:
    places = (settings.warehouse.parent, settings.published, settings.features)
    return any(place in path.parents for place in places)


def _found(settings: Settings, hits: list[Hit], left: int) -> str:
    lines = [
        f"{hit.file.relative_to(settings.folder) if settings.folder in hit.file.parents else hit.file}: "
        f"found {hit.times} times ({hit.how})"
        for hit in hits[:20]
    ]
    if left:
        lines.append(f"{left} rows are still in the lake or in quarantine")
    advice = (
        "  What was begun is not finished. A mart that is held back keeps its rows until what is expected of it holds; "
        "a file nobody knows has to be taken away. Then run `virtaama erase --finish`."
    )
    return "\n".join([*lines, advice])


def _differing(parts: Parts, journal: Journal) -> tuple[str, ...]:
    """The tables that say something else of others than before."""
    if journal.before is None:
        return ()
    left_out = {
        name: frozenset(
            (*journal.instances.get(name, ()), *journal.shared.get(name, ()), *journal.searched.get(name, ()))
        )
        for name in {*journal.instances, *journal.shared, *journal.searched}
    }
    after = hashes_now(parts, left_out)
    return differing_tables(dict(journal.before), after or {})


def _sets(keys: Mapping[str, tuple[str, ...]]) -> dict[str, frozenset[str]]:
    return {concept: frozenset(of) for concept, of in keys.items()}


def _newest(parts: Parts) -> int:
    found = last_published(parts.settings.published)
    return found[1].number if found else 0
