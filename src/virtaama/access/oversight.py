"""The door to the audit log itself. Whoever looks is on record in it, before anything is shown."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from virtaama.access.asked_about import broken_glass, flagged
from virtaama.access.audit import AuditLog
from virtaama.access.audit_anchors import TOO_OLD, Anchors
from virtaama.access.audit_entries import ALLOWED, Act, Entry, Persons
from virtaama.access.held_back import held_back
from virtaama.access.looked import (
    COMPARED,
    LOOKED_AT,
    MARKS,
    MOST,
    MOST_WORDS,
    AnchorState,
    Choices,
    Filters,
    LogReport,
    Looked,
    Mark,
    OneEntry,
    StandsOut,
)
from virtaama.access.persons import names_a_person
from virtaama.access.seen import seen
from virtaama.privacy.policy import Asker, Role, may_open
from virtaama.privacy.unusual import Day, is_out_of_hours, unusual_volumes
from virtaama.problems import Damaged, NotAllowed, NotReady
from virtaama.statutes.log_data import LogData

FINLAND: Final = ZoneInfo("Europe/Helsinki")
PAGE: Final = "audit"
PURPOSE: Final = "oversight"
"""What the log is looked at for: a duty of its own, which no role has for figures."""


class Oversight:
    """Looks into the audit log. There is no other way to it but the verifier's, which shows no entry."""

    def __init__(
        self,
        *,
        audit: AuditLog,
        roles: tuple[Role, ...],
        clock: Callable[[], datetime],
        law: LogData,
        anchors: Anchors | None = None,
    ) -> None:
        self._audit = audit
        self._anchors = anchors
        self._law = law
        self._roles = {role.name: role for role in roles}
        self._clock = clock

    def report(
        self,
        person: bytes,
        asker: Asker,
        *,
        first: date | None = None,
        last: date | None = None,
        reason: str = "",
        also: tuple[bytes, ...] = (),
    ) -> LogReport:
        """Who has seen a person, given by their key. From two years back until today, where nothing else is said.

        `also` are other keys the log has known the same person by.
        Older entries need a reason (ValueError). That it was asked for is on record, about this person, first.
        Raises NotAllowed, on record.
        """
        self._require(asker, {"log report": "of one person"})
        now = self._clock()
        earliest = self._law.given_without_reason_since(now.date())
        first, last = first or earliest, last or now.date()
        if first < earliest and not reason.strip():
            raise ValueError(f"what is older than {earliest} is told for a special reason only")
        question: dict[str, object] = {"log report": "of one person", "first": str(first), "last": str(last)}
        if reason.strip():
            question["reason"] = reason.strip()
        begun, ended = _span(first, last, now)
        found = seen(self._audit, person, begun, ended, also=also)
        record = self._record(
            asker, Act.REPORT, question, rows=len(found.entries), about=Persons.of([person])
        )
        return LogReport(asked=now, first=first, last=last, reason=reason.strip(), seen=found, record=record)

    def entries(self, filters: Filters, asker: Asker) -> Looked:
        """The newest MOST entries that meet the filters. That they were looked at, and how, goes on record first."""
        question = _told(filters)
        self._require(asker, question)
        first, last = self._numbers(filters.first, filters.last)
        if filters.person is None:
            found = self._newest(first, last, *_conditions(filters))
        else:
            begun, ended = _span(filters.first, filters.last, self._clock())
            about = seen(self._audit, filters.person, begun, ended).entries
            found = tuple(entry for entry in reversed(about) if _meets(entry, filters))
        about_whom = Persons.of([filters.person]) if filters.person else None
        record = self._record(asker, Act.LOOK, question, rows=min(len(found), MOST), about=about_whom)
        return Looked(
            entries=found[:MOST],
            marks=self._newest_marks(found[:MOST]),
            more=len(found) > MOST,
            record=record,
        )

    def entry(self, number: int, asker: Asker) -> OneEntry | None:
        """One entry with its marks; None where there is none. On record first."""
        question = {"entry": number}
        self._require(asker, question)
        found = self._audit.select("number = ?", (number,))
        record = self._record(asker, Act.LOOK, question, rows=len(found), regards=number if found else None)
        if not found:
            return None
        marks = tuple(self._marks(number, number))
        return OneEntry(entry=found[0], marks=marks, record=record)

    def mark(self, number: int, mark: str, comment: str, asker: Asker) -> int:
        """Add a mark to an entry; the number of the entry that holds it. What is marked is never changed.

        ValueError where there is no such entry or mark, or the comment holds a personal identity code.
        """
        self._require(asker, {"mark": number})
        if mark not in MARKS or not self._audit.select("number = ?", (number,)):
            raise ValueError("no such entry or mark")
        comment = comment.strip()[:MOST_WORDS]
        if names_a_person(comment):
            raise ValueError("the comment holds a personal identity code")
        return self._record(asker, Act.REVIEW, {"mark": mark, "comment": comment}, regards=number)

    def stands_out(self, asker: Asker) -> StandsOut:
        """What of the last LOOKED_AT days a person might ask about. On record first."""
        question = {"what stands out": f"{LOOKED_AT} days"}
        self._require(asker, question)
        today = self._clock().date()
        since = today - timedelta(days=LOOKED_AT)
        first, last = self._numbers(today - timedelta(days=COMPARED), today)
        begun, _ = self._numbers(since, today)
        volumes = unusual_volumes(self._days(first, last), since)
        at_night = self._at_night(begun, last)
        broken, close = (
            tuple(broken_glass(self._audit, first, last)),
            tuple(flagged(self._audit, begun, last)),
        )
        marks = self._newest_marks(tuple(each.entry for each in (*broken, *close)))
        glass = sorted(
            (each for each in broken if each.entry.number >= begun or each.entry.number not in marks),
            key=lambda each: (each.entry.number in marks, -each.entry.number),
        )
        held = held_back(self._audit, begun, last, FINLAND)
        shown = len(volumes) + len(at_night) + len(glass) + len(close) + len(held)
        return StandsOut(
            glass=tuple(glass),
            held_back=held,
            flagged=close,
            marks=marks,
            volumes=volumes,
            out_of_hours=at_night,
            since=since,
            record=self._record(asker, Act.LOOK, question, rows=shown),
        )

    def unreviewed(self, asker: Asker) -> int:
        """How many openings outside their askers' scope nobody has marked yet, of COMPARED days. Shows no entry."""
        self._require(asker, {"unreviewed": "how many"})
        today = self._clock().date()
        first, last = self._numbers(today - timedelta(days=COMPARED), today)
        broken = [each.entry for each in broken_glass(self._audit, first, last)]
        return len(broken) - len(self._newest_marks(tuple(broken)))

    def choices(self, filters: Filters, asker: Asker) -> Choices:
        """What filters may be set to: askers, roles and purposes of the days looked at. Shows no entry."""
        self._require(asker, {"choices": "of filters"})
        rows = {
            row
            for piece in self._audit.pieces(*self._numbers(filters.first, filters.last))
            for row in self._audit.read(
                "SELECT DISTINCT asker, role, purpose FROM record WHERE number BETWEEN ? AND ?", piece
            )
        }
        askers, roles, purposes = (tuple(sorted({row[n] for row in rows if row[n]})) for n in range(3))
        return Choices(askers=askers, roles=roles, purposes=purposes)

    def anchored(self) -> AnchorState:
        """Whether a cut end would be noticed. Tells of no entry."""
        if self._anchors is None:
            return AnchorState(named=False)
        try:
            newest = self._anchors.newest()
        except (NotReady, Damaged, OSError):
            return AnchorState(named=True, problem=True)
        if newest is None:
            return AnchorState(named=True)
        return AnchorState(
            named=True, newest=newest.moment, late=self._clock().astimezone() - newest.moment > TOO_OLD
        )

    def _newest(self, first: int, last: int, condition: str, values: list[str]) -> tuple[Entry, ...]:
        """The newest entries of some numbers that meet a condition in SQL, one more than MOST at most."""
        found: list[Entry] = []
        for piece in self._audit.pieces(first, last):
            left = MOST + 1 - len(found)
            found += self._audit.select(
                f"{condition} AND number BETWEEN ? AND ? ORDER BY number DESC LIMIT {left}", (*values, *piece)
            )
            if len(found) > MOST:
                break
        return tuple(found)

    def _at_night(self, first: int, last: int) -> tuple[Entry, ...]:
        """The newest MOST of some entries that showed persons at hours nobody works."""
        found: list[int] = []
        for piece in self._audit.pieces(first, last):
            for number, moment in self._audit.read(
                "SELECT number, moment FROM record WHERE number BETWEEN ? AND ? AND (persons > 0 OR unknown > 0) "
                "AND decision = ? AND act <> ? ORDER BY number DESC",
                (*piece, ALLOWED, Act.LOOK),
            ):
                if is_out_of_hours(datetime.fromisoformat(moment).astimezone(FINLAND)):
                    found.append(number)
        return tuple(reversed(tuple(self._audit.numbered(sorted(found[:MOST])))))

    def _days(self, first: int, last: int) -> list[Day]:
        """What each asker asked on each day, among entries of some numbers; neither sign-ins nor looks into the log."""
        found: dict[tuple[str, str], Day] = {}
        for piece in self._audit.pieces(first, last):
            for asker, role, day, entries, persons in self._audit.read(
                "SELECT asker, max(role), substr(moment, 1, 10) AS day, count(*), sum(persons + unknown) "
                "FROM record WHERE number BETWEEN ? AND ? AND act NOT IN (?, ?, ?) AND decision = ? "
                "GROUP BY asker, day",
                (*piece, Act.LOOK, Act.SIGN_IN, Act.SIGN_OUT, ALLOWED),
            ):
                before = found.get((asker, day))
                found[asker, day] = Day(
                    asker=asker,
                    role=role,
                    day=date.fromisoformat(day),
                    entries=entries + (before.entries if before else 0),
                    persons=persons + (before.persons if before else 0),
                )
        return list(found.values())

    def _numbers(self, first: date, last: date) -> tuple[int, int]:
        begun, ended = _span(first, last, self._clock())
        return self._audit.first_since(begun), self._audit.first_since(ended) - 1

    def _marks(self, first: int, last: int) -> Iterator[Mark]:
        """The marks on entries from one number to another, the newest first."""
        for entry in self._audit.select(
            "regards BETWEEN ? AND ? AND act = ? ORDER BY number DESC", (first, last, Act.REVIEW)
        ):
            told = json.loads(entry.question)
            assert entry.regards is not None
            yield Mark(
                entry=entry.regards,
                mark=told["mark"],
                comment=told["comment"],
                by=entry.asker,
                moment=entry.moment,
            )

    def _newest_marks(self, entries: tuple[Entry, ...]) -> dict[int, Mark]:
        marks: dict[int, Mark] = {}
        if entries:
            numbers = [entry.number for entry in entries]
            for mark in self._marks(min(numbers), max(numbers)):
                marks.setdefault(mark.entry, mark)
        return marks

    def _require(self, asker: Asker, question: Mapping[str, object]) -> None:
        if may_open(PAGE, self._roles.get(asker.role)):
            return
        self._record(asker, Act.LOOK, question, decision="refused: the role does not look into the audit log")
        raise NotAllowed(f"role '{asker.role}' does not look into the audit log. The refusal was recorded.")

    def _record(
        self,
        asker: Asker,
        act: Act,
        question: Mapping[str, object],
        *,
        decision: str = ALLOWED,
        rows: int = 0,
        about: Persons | None = None,
        regards: int | None = None,
    ) -> int:
        return self._audit.append(
            moment=self._clock(),
            asker=asker.id,
            role=asker.role,
            purpose=PURPOSE,
            question=json.dumps(question, ensure_ascii=False),
            decision=decision,
            snapshot=None,
            rows=rows,
            act=act,
            about=about or Persons(),
            regards=regards,
        )


def _span(first: date, last: date, now: datetime) -> tuple[datetime, datetime]:
    """From the first moment of a day to the last of another, in the zone of the clock."""
    begun = datetime.combine(first, time.min, now.tzinfo)
    return begun, datetime.combine(last + timedelta(days=1), time.min, now.tzinfo)


def _told(filters: Filters) -> dict[str, object]:
    told = {
        "look": "entries",
        "first": str(filters.first),
        "last": str(filters.last),
        "asker": filters.asker,
        "role": filters.role,
        "purpose": filters.purpose,
        "act": filters.act,
        "decision": filters.decision,
    }
    return {name: value for name, value in told.items() if value}


def _conditions(filters: Filters) -> tuple[str, list[str]]:
    """The filters in SQL, and the values they bind."""
    conditions, values = ["1 = 1"], []
    for column in ("asker", "role", "purpose", "act"):
        if value := getattr(filters, column):
            conditions.append(f"{column} = ?")
            values.append(value)
    if not filters.act:
        conditions.append("act <> ?")
        values.append(Act.LOOK)
    if filters.decision:
        conditions.append("decision = ?" if filters.decision == ALLOWED else "decision <> ?")
        values.append(ALLOWED)
    return " AND ".join(conditions), values


def _meets(entry: Entry, filters: Filters) -> bool:
    return (
        filters.asker in ("", entry.asker)
        and filters.role in ("", entry.role)
        and filters.purpose in ("", entry.purpose)
        and (entry.act == filters.act if filters.act else entry.act != Act.LOOK)
        and (not filters.decision or (filters.decision == ALLOWED) == entry.allowed)
    )
