"""What has to be done to a warehouse, in order, as values."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from virtaama.model.concepts import Concept, Kind
from virtaama.model.feeds import Delivery
from virtaama.model.model import Model
from virtaama.sql.spelling import COLUMN_TYPES
from virtaama.vault.steps import (
    Arrival,
    BatchLoad,
    CodeCheck,
    CountContent,
    CountCorrections,
    CountRows,
    DateBack,
    EndAbsent,
    FindAffected,
    FindMet,
    FindRepeated,
    ForgetLater,
    InsertChanges,
    InsertHub,
    InsertNew,
    InsertReferenced,
    KeepAffected,
    KeepLastRow,
    NoteJudged,
    Reading,
    StageRows,
    Step,
)
from virtaama.vault.tables import Source, VaultDesign


def plan_load(
    model: Model,
    design: VaultDesign,
    arrivals: Iterable[Arrival],
    applied: frozenset[int],
) -> tuple[BatchLoad, ...]:
    """One load for each arrival that is not applied yet, in the order of history.

    An arrival older than an applied one of its feed is late: the later ones are read again for the keys
    it touches, so that any order of the same deliveries gives the same warehouse.
    """
    ordered = sorted(arrivals, key=lambda arrival: arrival.position)
    known = [arrival for arrival in ordered if arrival.number in applied]
    newest = known[-1].position if known else None

    @cache
    def steps(feed: str, source: Source, part: str, back: bool) -> tuple[Step, ...]:
        return _PARTS[part](model, design, feed, source, back)

    loads = []
    for arrival in ordered:
        if arrival.number in applied:
            continue
        feed = arrival.feed
        later = [other for other in known if other.feed == feed and other.position > arrival.position]
        back = newest is not None and newest > arrival.position
        readings: list[Reading] = []
        for source in design.sources_from(feed):
            readings.append(
                Reading(
                    arrival=arrival,
                    steps=steps(feed, source, "late" if later else "in order", back),
                )
            )
            readings += [Reading(arrival=o, steps=steps(feed, source, "again", False)) for o in later]
        loads.append(BatchLoad(arrival=arrival, readings=tuple(readings)))
    return tuple(loads)


def plan_refill(
    model: Model, design: VaultDesign, source: Source, arrivals: Iterable[Arrival]
) -> tuple[BatchLoad, ...]:
    """Deliveries of its feed, in the order of history, read into one emptied source; nothing is counted anew."""
    steps: tuple[Step, ...] = (
        StageRows(source=source, row_order=model.feed(source.mapping.feed).row_order, after_judged=False),
        FindRepeated(source=source),
        KeepLastRow(source=source),
        *_apply(model, design, source, back=True, counted=False, only_affected=False),
    )
    return tuple(BatchLoad(arrival=a, readings=(Reading(arrival=a, steps=steps),)) for a in arrivals)


def _in_order(model: Model, design: VaultDesign, feed: str, source: Source, back: bool) -> tuple[Step, ...]:
    return (
        *_stage(model, design, source),
        *_apply(model, design, source, back=back, counted=True, only_affected=False),
    )


def _late(model: Model, design: VaultDesign, feed: str, source: Source, back: bool) -> tuple[Step, ...]:
    full = model.feed(feed).delivery is Delivery.FULL
    return (
        *_stage(model, design, source),
        FindAffected(source=source, full=full),
        *(ForgetLater(source=source, history=history) for history in source.histories),
        *_apply(model, design, source, back=back, counted=True, only_affected=True),
    )


def _again(model: Model, design: VaultDesign, feed: str, source: Source, back: bool) -> tuple[Step, ...]:
    return (
        StageRows(source=source, row_order=model.feed(feed).row_order, after_judged=False),
        KeepAffected(source=source),
        FindRepeated(source=source),
        KeepLastRow(source=source),
        *_apply(model, design, source, back=back, counted=False, only_affected=True),
    )


_PARTS = {"in order": _in_order, "late": _late, "again": _again}


def _stage(model: Model, design: VaultDesign, source: Source) -> tuple[Step, ...]:
    feed = source.mapping.feed
    earlier, later = _neighbours(design, source)
    judges = not _is_covered(earlier)
    return (
        StageRows(source=source, row_order=model.feed(feed).row_order, after_judged=bool(earlier) and judges),
        *((NoteJudged(source=source, first=not earlier),) if later and judges else ()),
        FindRepeated(source=source),
        *((CountRows(source=source),) if judges else ()),
        KeepLastRow(source=source),
    )


def _apply(
    model: Model,
    design: VaultDesign,
    source: Source,
    *,
    back: bool,
    counted: bool,
    only_affected: bool,
) -> tuple[Step, ...]:
    delivery = model.feed(source.mapping.feed).delivery
    content = _count_content(model, design, source, delivery)
    judges = counted and content.rows
    hubs = ((source.hub, source.hub.hash_key), *((r.hub, r.column) for r in source.references))
    # Hubs first: history never describes a key that is not there yet.
    return (
        FindMet(source=source),
        *((content,) if judges or (counted and content.codes) else ()),
        InsertHub(source=source),
        *(InsertReferenced(source=source, reference=reference) for reference in source.references),
        *((DateBack(hub=hub, column=column) for hub, column in hubs) if back else ()),
        *(
            insert(source=source, history=history)
            for history in source.histories
            for insert in (InsertNew, InsertChanges)
        ),
        *(
            EndAbsent(source=source, history=history, only_affected=only_affected, counted=judges)
            for history in source.histories
            if delivery is Delivery.FULL
        ),
        *((_count_corrections(model, source),) if judges else ()),
    )


def _count_content(model: Model, design: VaultDesign, source: Source, delivery: Delivery) -> CountContent:
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
    return CountContent(
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


def _count_corrections(model: Model, source: Source) -> CountCorrections:
    # What happened is told once, so telling it again otherwise is a correction; what lasts changes.
    happens = model.concept(source.hub.concept).kind is Kind.EVENT
    return CountCorrections(source=source, check="correction" if happens else "change")


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
