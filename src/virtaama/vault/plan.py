"""What has to be done to a warehouse, in order, as values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from functools import cache, partial

from virtaama.model.concepts import Concept, Kind
from virtaama.model.feeds import Delivery
from virtaama.model.model import Model
from virtaama.sql.column_types import COLUMN_TYPES
from virtaama.vault.steps import (
    Arrival,
    BatchLoad,
    CodeCheck,
    CountChanges,
    CountContent,
    CountRows,
    FindAffected,
    FindDiffering,
    FindMet,
    FindMoving,
    FindParents,
    FindReferenced,
    FindRepeated,
    FindSeveral,
    FindSiblings,
    FindTold,
    FindTouched,
    ForgetReturned,
    ForgetSuperseded,
    HeldField,
    InsertChanges,
    InsertHub,
    InsertNew,
    InsertReferenced,
    KeepLastRow,
    NameArrivals,
    NoteJudged,
    Reading,
    Shape,
    StageContent,
    StageRows,
    Step,
    Supersede,
)
from virtaama.vault.tables import Source, VaultDesign

AT_MOST = 4_000_000
"""The rows that are loaded together, so that what a load needs does not grow with history."""

FULL_AT_MOST = 100_000
"""The same for full deliveries: larger ones are laid beside the one before, and only what differs is loaded."""


def plan_load(
    model: Model,
    design: VaultDesign,
    arrivals: Iterable[Arrival],
    applied: frozenset[int],
    at_most: int = AT_MOST,
) -> tuple[BatchLoad, ...]:
    """The loads that bring in every arrival that is not applied yet, each in one transaction.

    Arrivals of a feed that land in the order of history are loaded together, `at_most` rows at a time.
    One that is older than what landed before it is late, and loaded by itself: the later ones are read
    again for the keys it touches, so that any order of the same deliveries gives the same history.
    """
    by_feed: dict[str, list[Arrival]] = {}
    for arrival in sorted(arrivals, key=lambda arrival: arrival.number):
        by_feed.setdefault(arrival.feed, []).append(arrival)
    loads = [
        load
        for feed, of_feed in by_feed.items()
        for load in _plan_feed(
            model, design, feed, design.sources_from(feed), of_feed, applied, at_most, True
        )
    ]
    return tuple(sorted(loads, key=lambda load: load.arrivals[0].number))


def plan_refill(
    model: Model, design: VaultDesign, source: Source, arrivals: Iterable[Arrival]
) -> tuple[BatchLoad, ...]:
    """Deliveries of its feed, as they landed, read into one emptied source; nothing is counted anew."""
    of_feed = sorted(arrivals, key=lambda arrival: arrival.number)
    feed = source.mapping.feed
    return tuple(_plan_feed(model, design, feed, (source,), of_feed, frozenset(), AT_MOST, False))


def _plan_feed(
    model: Model,
    design: VaultDesign,
    feed: str,
    sources: tuple[Source, ...],
    arrivals: list[Arrival],
    applied: frozenset[int],
    at_most: int,
    counted: bool,
) -> Iterator[BatchLoad]:
    """Loads of one feed. `arrivals` are in the order they landed, and so are the loads."""

    @cache
    def steps(source: Source, part: str, shape: Shape | None) -> tuple[Step, ...]:
        return tuple(_PARTS[part](model, design, source, shape, counted))

    def reading(
        source: Source, part: str, read: tuple[Arrival, ...], before: Arrival | None = None
    ) -> Reading:
        shape = shape_of(model, feed, (*read, before) if before else read)
        return Reading(arrivals=read, steps=steps(source, part, shape), before=before)

    def together(run: list[Arrival]) -> Iterator[BatchLoad]:
        if not run:
            return
        read = tuple(run)
        before = max((a for a in loaded if a not in read), key=lambda a: a.position, default=None)
        if full and before and len(read) == 1:
            same = before.sha256 != "" and before.sha256 == read[0].sha256
            # What is the same byte for byte is read, and checked, once.
            part, other = ("beside the same", None) if same else ("beside", before)
            readings = tuple(reading(source, part, read, other) for source in sources)
        else:
            readings = tuple(reading(source, "in order", read) for source in sources)
        yield BatchLoad(arrivals=read, readings=readings)

    full = model.feed(feed).delivery is Delivery.FULL if sources else False
    at_most = min(at_most, FULL_AT_MOST) if full else at_most
    loaded = [arrival for arrival in arrivals if arrival.number in applied]
    run: list[Arrival] = []
    for arrival in arrivals:
        if arrival.number in applied:
            continue
        later = sorted((a for a in loaded if a.position > arrival.position), key=lambda a: a.position)
        if later or sum(a.rows for a in run) + arrival.rows > at_most:
            yield from together(run)
            run = []
        if later:
            readings = tuple(
                part
                for source in sources
                for part in (
                    reading(source, "late", (arrival,)),
                    reading(source, "again", (arrival, *later)),
                )
            )
            yield BatchLoad(arrivals=(arrival,), readings=readings)
        else:
            run.append(arrival)
        loaded.append(arrival)
    yield from together(run)


def shape_of(model: Model, feed: str, arrivals: tuple[Arrival, ...]) -> Shape | None:
    """How rows of these deliveries are brought to today's description of their feed; None where they are of it."""
    if all(arrival.columns is None for arrival in arrivals):
        return None
    fields = model.feed(feed).fields
    today = frozenset(field.name for field in fields)
    there = frozenset[str]().union(
        *(today if arrival.columns is None else arrival.columns for arrival in arrivals)
    )
    return Shape(
        fields=tuple(
            HeldField(
                name=field.name,
                kind=COLUMN_TYPES[field.type],
                columns=tuple(name for name in (field.name, *field.also) if name in there),
            )
            for field in fields
        )
    )


def _in_order(
    model: Model, design: VaultDesign, source: Source, shape: Shape | None, counted: bool
) -> Iterator[Step]:
    full = _is_full(model, source)
    yield from _stage(model, design, source, shape, counted)
    yield from _find_siblings(source, shape)
    yield FindMet(source=source)
    yield FindMoving(source=source, full=full)
    if counted:
        yield FindTold(source=source)
        yield from _count_content(model, design, source)
    yield from _write(source, full, "" if full else "siblings" if source.parent else "met")
    if counted and _judges(design, source):
        yield _count_changes(model, source, full, first_only=False)


def _beside(
    model: Model,
    design: VaultDesign,
    source: Source,
    shape: Shape | None,
    counted: bool,
    same: bool = False,
) -> Iterator[Step]:
    """A full delivery beside the one before it. What is odd about rows is counted of all, the rest of what differs."""
    earlier, later = _neighbours(design, source)
    judges = counted and _judges(design, source)
    after_judged = bool(earlier) and judges
    content = tuple(_count_content(model, design, source)) if counted else ()
    deletes = source.mapping.deleted is not None
    yield NameArrivals()
    for count in content:
        notes = bool(later) and judges
        if count.codes or count.one_each or (count.rows and deletes) or notes:
            yield StageContent(
                source=source,
                content=count,
                row_order=model.feed(source.mapping.feed).row_order,
                after_judged=after_judged,
                shape=shape,
            )
            if notes:
                yield NoteJudged(of="content", first=not earlier)
            yield KeepLastRow(source=source, of="content")
            yield replace(count, of="content")
    yield FindDiffering(source=source, shape=shape, same=same)
    yield from _read(model, source, shape, after_judged, only_differing=True)
    if judges:
        yield CountRows(source=source)
    yield KeepLastRow(source=source)
    yield FindMet(source=source)
    yield FindMoving(source=source, full=True)
    yield FindTouched(source=source)
    yield from _write(source, full=True, among="touched")
    if judges:
        yield FindTold(source=source)
        yield _count_changes(model, source, full=True, first_only=False)


def _late(
    model: Model, design: VaultDesign, source: Source, shape: Shape | None, counted: bool
) -> Iterator[Step]:
    yield from _stage(model, design, source, shape, counted)
    yield from _find_siblings(source, shape)
    yield FindAffected(source=source, full=_is_full(model, source))
    for history in source.histories:
        yield Supersede(history=history)
        yield ForgetSuperseded(history=history)
    if counted:
        yield FindMet(source=source)
        yield FindTold(source=source)
        yield from _count_content(model, design, source)


def _again(
    model: Model, design: VaultDesign, source: Source, shape: Shape | None, counted: bool
) -> Iterator[Step]:
    full = _is_full(model, source)
    earlier, _ = _neighbours(design, source)
    after_judged = counted and bool(earlier) and _judges(design, source)
    yield NameArrivals()
    yield from _read(model, source, shape, after_judged, only_affected=True)
    yield KeepLastRow(source=source)
    yield from _find_siblings(source, shape, only_affected=True)
    yield FindMet(source=source)
    yield FindMoving(source=source, full=full)
    yield from _write(source, full, "affected" if full else "siblings" if source.parent else "met")
    for history in source.histories:
        yield ForgetReturned(history=history)
    if counted and _judges(design, source):
        yield FindTold(source=source)
        yield _count_changes(model, source, full, first_only=True)


_Part = Callable[[Model, VaultDesign, Source, Shape | None, bool], Iterator[Step]]

_PARTS: dict[str, _Part] = {
    "in order": _in_order,
    "beside": _beside,
    "beside the same": partial(_beside, same=True),
    "late": _late,
    "again": _again,
}


def _stage(
    model: Model, design: VaultDesign, source: Source, shape: Shape | None, counted: bool
) -> Iterator[Step]:
    earlier, later = _neighbours(design, source)
    judges = counted and _judges(design, source)
    yield NameArrivals()
    yield from _read(model, source, shape, bool(earlier) and judges)
    if later and judges:
        yield NoteJudged(of="stage", first=not earlier)
    if judges:
        yield CountRows(source=source)
    yield KeepLastRow(source=source)


def _read(
    model: Model,
    source: Source,
    shape: Shape | None,
    after_judged: bool,
    *,
    only_affected: bool = False,
    only_differing: bool = False,
) -> Iterator[Step]:
    for reference in source.references:
        yield FindReferenced(source=source, reference=reference, only_differing=only_differing, shape=shape)
    yield StageRows(
        source=source,
        row_order=model.feed(source.mapping.feed).row_order,
        after_judged=after_judged,
        only_affected=only_affected,
        only_differing=only_differing,
        shape=shape,
    )
    yield FindSeveral(source=source)
    yield FindRepeated(source=source)


def _find_siblings(source: Source, shape: Shape | None, only_affected: bool = False) -> Iterator[Step]:
    if source.parent:
        yield FindParents(source=source, shape=shape)
        yield FindSiblings(source=source, only_affected=only_affected)


def _write(source: Source, full: bool, among: str) -> Iterator[Step]:
    # Hubs first: history never describes a key that is not there yet.
    yield InsertHub(source=source)
    for reference in source.references:
        yield InsertReferenced(source=source, reference=reference)
    for history in source.histories:
        # Changes first: they are compared with what history said before these deliveries.
        yield InsertChanges(source=source, history=history, full=full, among=among)
        yield InsertNew(source=source, history=history)


def _is_full(model: Model, source: Source) -> bool:
    return model.feed(source.mapping.feed).delivery is Delivery.FULL


def _judges(design: VaultDesign, source: Source) -> bool:
    """Whether what is odd about rows is counted where this source is loaded."""
    earlier, _ = _neighbours(design, source)
    return not _is_covered(earlier)


def _count_content(model: Model, design: VaultDesign, source: Source) -> Iterator[CountContent]:
    concept = model.concept(source.hub.concept)
    expressions = _expressions(concept, source)
    moments = concept.time or tuple(
        a.name for a in concept.attributes if COLUMN_TYPES[a.type] in ("DATE", "TIMESTAMP")
    )
    happens = concept.kind is Kind.EVENT
    earlier, _ = _neighbours(design, source)
    judged = {check for other in earlier for check in _checks(model, other)}
    covered = _is_covered(earlier)
    tables = {table.code_list: table for table in design.code_tables}
    alone = {relationship.name for relationship in concept.relationships if relationship.one_each}
    delivery = model.feed(source.mapping.feed).delivery
    content = CountContent(
        source=source,
        rows=not covered,
        one_each=tuple(reference for reference in source.references if reference.relationship in alone),
        time=tuple(name for name in moments if name in expressions) if happens else (),
        late=happens and delivery is Delivery.EVENTS,
        codes=tuple(
            CodeCheck(
                attribute=attribute.name,
                table=tables[attribute.code_list],
                dated=any(c.valid_from or c.valid_until for c in model.code_list(attribute.code_list).codes),
                new_rows=met,
            )
            for attribute in concept.attributes
            if attribute.code_list and attribute.name in expressions
            for met in [(expressions[attribute.name], attribute.code_list) in judged]
            if not (met and covered)
        ),
    )
    if content.rows or content.codes:
        yield content


def _count_changes(model: Model, source: Source, full: bool, first_only: bool) -> CountChanges:
    # What happened is told once, so telling it again otherwise is a correction; what lasts changes.
    happens = model.concept(source.hub.concept).kind is Kind.EVENT
    check = "correction" if happens else "change"
    return CountChanges(source=source, check=check, full=full, first_only=first_only)


def _checks(model: Model, source: Source) -> set[tuple[str, str]]:
    """The expressions of a source that are judged by a code list."""
    concept = model.concept(source.hub.concept)
    expressions = _expressions(concept, source)
    return {
        (expressions[a.name], a.code_list)
        for a in concept.attributes
        if a.code_list and a.name in expressions
    }


def _expressions(concept: Concept, source: Source) -> dict[str, str]:
    """The expression of each attribute the source fills, its key included."""
    keys = zip(concept.key, source.mapping.key, strict=True)
    return {name: expression.sql for name, expression in (*source.mapping.attributes, *keys)}


def _neighbours(design: VaultDesign, source: Source) -> tuple[tuple[Source, ...], tuple[Source, ...]]:
    """The sources that read the same feed before this one, and after."""
    all_of_feed = design.sources_from(source.mapping.feed)
    place = all_of_feed.index(source)
    return all_of_feed[:place], all_of_feed[place + 1 :]


def _is_covered(earlier: tuple[Source, ...]) -> bool:
    """True when an earlier source reads every row of the delivery: a row is judged once.

    A feed of visits may also name professionals. Their keys repeat from row to row on purpose, so what
    would be odd about a visit says nothing about them.
    """
    return any(source.mapping.where is None for source in earlier)
