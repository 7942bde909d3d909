"""A step in plain words, for the person who decides whether to run it."""

from __future__ import annotations

from typing import assert_never

from virtaama.vault.steps import (
    AddColumn,
    Arrival,
    BatchLoad,
    CountContent,
    CountCorrections,
    CountRows,
    CreateTable,
    DateBack,
    EmptyCodes,
    EmptyHistory,
    EndAbsent,
    FillCodes,
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
    StageRows,
    Step,
)
from virtaama.vault.tables import History, Link


def explain(step: Step, arrival: Arrival | None = None) -> str:
    """One sentence without its full stop; `arrival` is the delivery the step reads, where it reads one."""
    match step:
        case CreateTable(name=name, columns=columns):
            return f"create table {name} ({', '.join(column for column, _ in columns)})"
        case AddColumn(table=name, column=column):
            return f"widen table {name} by {column}"
        case EmptyCodes(table=table):
            return f"take the codes out of {table.name}"
        case EmptyHistory(history=history):
            return f"empty {history.name}, to be filled again from the lake"
        case FillCodes(table=table, codes=codes):
            return f"write the {_number(len(codes.codes))} codes of list {codes.name} to {table.name}"
        case StageRows(source=source):
            return f"read what describes {_words(source.hub.concept)}{_origin(arrival)}"
        case NoteJudged():
            return "remember these rows, so that what is odd about them is counted once"
        case FindRepeated(source=source):
            return f"find {_words(source.hub.concept)} keys that are delivered more than once"
        case CountRows():
            return "count rows without a key, repeated rows and rows that contradict another"
        case KeepLastRow(source=source):
            return f"keep the last row of each {_words(source.hub.concept)}, and none without a key"
        case FindAffected(source=source, full=full):
            absent = ", and those it leaves out" if full else ""
            return f"find the {_words(source.hub.concept)} keys this late delivery touches{absent}"
        case ForgetLater(history=history):
            return f"take later rows of these keys out of {history.name}, to be read again from the lake"
        case KeepAffected():
            return f"leave only the keys the late delivery touches{_origin(arrival)}"
        case FindMet(source=source):
            return f"find which {_words(source.hub.concept)} keys this source has named before"
        case CountContent(codes=codes, late=late, one_each=one_each):
            lists = f", unknown and ended codes of {', '.join(c.attribute for c in codes)}" if codes else ""
            several = "".join(f", several that name the same {_words(r.relationship)}" for r in one_each)
            return f"count deletions{', late rows' if late else ''}{lists}{several}"
        case InsertHub(source=source):
            return f"add {_words(source.hub.concept)} keys the hub has not met{_origin(arrival)}"
        case InsertReferenced(reference=reference):
            concept, role = reference.hub.concept, reference.relationship
            return f"add {_words(concept)} keys the hub has not met, named as {_words(role)}"
        case DateBack(hub=hub):
            return f"date keys in {hub.name} back to this delivery where it is older than what brought them"
        case InsertNew(source=source, history=history):
            return f"add {_what(history)} of what is new to {history.name}{_origin(arrival)}"
        case InsertChanges(history=history):
            return f"add {_what(history)} that changed to {history.name}"
        case EndAbsent(history=history):
            return f"mark as deleted in {history.name} what the full delivery leaves out"
        case CountCorrections(check=check):
            return f"count {check}s: keys met before that came with other content"
        case _:
            assert_never(step)


def explain_load(load: BatchLoad) -> tuple[str, ...]:
    """The load of one delivery: a heading, then a line a step."""
    arrival = load.arrival
    again = len({reading.arrival.number for reading in load.readings}) - 1
    late = (
        f"; it is late, so {again} later {'delivery is' if again == 1 else 'deliveries are'} read again"
        if again
        else ""
    )
    heading = f"batch {arrival.number}: {arrival.feed}, extracted {arrival.extracted:%Y-%m-%d}{_origin(arrival)}{late}"
    if not load.readings:
        return heading, "nothing is mapped from this feed: only note that it was met"
    return heading, *(explain(step, reading.arrival) for reading in load.readings for step in reading.steps)


def _what(history: History) -> str:
    if isinstance(history, Link):
        return "relationships (" + ", ".join(_words(r.relationship) for r in history.references) + ")"
    return (
        f"{history.sensitivity} attributes ({', '.join(history.content)})" if history.payload else "existence"
    )


def _origin(arrival: Arrival | None) -> str:
    if arrival is None:
        return ""
    return f", from {arrival.file} ({_number(arrival.rows)} {'row' if arrival.rows == 1 else 'rows'})"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _number(value: int) -> str:
    return f"{value:,}".replace(",", " ")
