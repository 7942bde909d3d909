"""A step in plain words, for the person who decides whether to run it."""

from __future__ import annotations

from typing import assert_never

from virtaama.vault.steps import (
    Arrival,
    BatchLoad,
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
    InsertChanges,
    InsertHub,
    InsertNew,
    InsertReferenced,
    KeepLastRow,
    NameArrivals,
    NoteJudged,
    StageContent,
    StageRows,
    Step,
    Supersede,
)
from virtaama.vault.tables import History, Link, Source


def explain(step: Step, arrivals: tuple[Arrival, ...] = ()) -> str:
    """One sentence without its full stop; `arrivals` are the deliveries the step reads, where it reads any."""
    match step:
        case NameArrivals():
            return f"put the deliveries in order{_origin(arrivals)}"
        case FindDiffering(source=source, same=True):
            return f"find odd {_words(source.hub.concept)} keys in a delivery that is as the one before it"
        case FindDiffering(source=source):
            return f"find {_words(source.hub.concept)} keys the delivery before does not say the same of"
        case FindReferenced(reference=reference):
            return f"find the {_words(reference.hub.concept)} keys rows point to as {_words(reference.relationship)}"
        case StageContent(source=source):
            return f"read the codes of every {_words(source.hub.concept)}{_origin(arrivals)}"
        case StageRows(source=source, only_differing=True):
            return f"read what differs of {_words(source.hub.concept)}{_origin(arrivals)}"
        case StageRows(source=source, only_affected=True):
            return f"read what describes the touched {_words(source.hub.concept)} keys{_origin(arrivals)}"
        case StageRows(source=source):
            return f"read what describes {_words(source.hub.concept)}{_origin(arrivals)}"
        case NoteJudged():
            return "remember these rows, so that what is odd about them is counted once"
        case FindSeveral(source=source):
            return f"find {_words(source.hub.concept)} keys with more than one row"
        case FindRepeated(source=source):
            return f"find {_words(source.hub.concept)} keys that one delivery holds more than once"
        case CountRows():
            return "count rows without a key, repeated rows and rows that contradict another"
        case KeepLastRow(source=source):
            return f"keep the last row of each {_words(source.hub.concept)} in a delivery, and none without a key"
        case FindParents(source=source):
            return f"find each {_parent(source)} these deliveries are complete for"
        case FindSiblings(source=source):
            return f"find the {_words(source.hub.concept)} keys of each such {_parent(source)} named before"
        case FindAffected(source=source, full=full):
            absent = ", and those it leaves out" if full or source.parent else ""
            return f"find the {_words(source.hub.concept)} keys this late delivery touches{absent}"
        case Supersede(history=history):
            return f"put later rows of these keys aside in {history.superseded}: what was known until now"
        case ForgetSuperseded(history=history):
            return f"take later rows of these keys out of {history.name}, to be read again from the lake"
        case ForgetReturned(history=history):
            return f"leave nothing aside in {history.superseded} that {history.name} holds again"
        case FindMet(source=source):
            return f"find which {_words(source.hub.concept)} keys this source has named before"
        case FindMoving(source=source):
            return (
                f"find which {_words(source.hub.concept)} keys are to be compared with what was said before"
            )
        case FindTouched(source=source):
            return f"find {_words(source.hub.concept)} keys met before, and those that are gone"
        case FindTold(source=source):
            return f"find rows whose {_words(source.hub.concept)} an earlier delivery has named"
        case CountContent(codes=codes, late=late, one_each=one_each):
            lists = f", unknown and ended codes of {', '.join(c.attribute for c in codes)}" if codes else ""
            several = "".join(f", several that name the same {_words(r.relationship)}" for r in one_each)
            return f"count deletions{', late rows' if late else ''}{lists}{several}"
        case InsertHub(source=source):
            return f"add {_words(source.hub.concept)} keys the hub has not met{_origin(arrivals)}"
        case InsertReferenced(reference=reference):
            concept, role = reference.hub.concept, reference.relationship
            return f"add {_words(concept)} keys the hub has not met, named as {_words(role)}"
        case InsertNew(history=history):
            return f"add {_what(history)} of what is new to {history.name}{_origin(arrivals)}"
        case InsertChanges(source=source, history=history, full=full):
            gone = ", and mark as deleted what a full delivery leaves out" if full else ""
            if source.parent and not full:
                gone = f", and mark as deleted what a delivery leaves out of the {_parent(source)} it names"
            return f"add {_what(history)} that changed to {history.name}{gone}"
        case CountChanges(source=source, check=check, full=full):
            gone = ", and keys that disappeared" if full or source.parent else ""
            return f"count {check}s: keys named before that came with other content{gone}"
        case _:
            assert_never(step)


def explain_load(load: BatchLoad) -> tuple[str, ...]:
    """The load of deliveries that are read together: a heading, then a line a step."""
    first, last = load.arrivals[0], load.arrivals[-1]
    again = max((len(reading.arrivals) for reading in load.readings), default=0) - len(load.arrivals)
    late = (
        f"; it is late, so {again} later {'delivery is' if again == 1 else 'deliveries are'} read again"
        if again > 0
        else ""
    )
    if len(load.arrivals) == 1:
        numbers, days = f"batch {first.number}", f"{first.extracted:%Y-%m-%d}"
    else:
        numbers = f"batches {first.number} to {last.number}"
        days = f"{first.extracted:%Y-%m-%d} to {last.extracted:%Y-%m-%d}"
    heading = f"{numbers}: {first.feed}, extracted {days}{_origin(load.arrivals)}{late}"
    if not load.readings:
        return heading, "nothing is mapped from this feed: only note that it was met"
    return heading, *(explain(step, reading.arrivals) for reading in load.readings for step in reading.steps)


def _parent(source: Source) -> str:
    return " and ".join(_words(part.name) for part in source.parent)


def _what(history: History) -> str:
    if isinstance(history, Link):
        return "relationships (" + ", ".join(_words(r.relationship) for r in history.references) + ")"
    return (
        f"{history.sensitivity} attributes ({', '.join(history.content)})" if history.payload else "existence"
    )


def _origin(arrivals: tuple[Arrival, ...]) -> str:
    if not arrivals:
        return ""
    number = sum(arrival.rows for arrival in arrivals)
    rows = f"{_number(number)} {'row' if number == 1 else 'rows'}"
    if len(arrivals) == 1:
        return f", from {arrivals[0].file} ({rows})"
    return f", from {_number(len(arrivals))} deliveries ({rows})"


def _words(name: str) -> str:
    return name.replace("_", " ")


def _number(value: int) -> str:
    return f"{value:,}".replace(",", " ")
