"""The door to single persons: decide, look whether they are in care, decide, read, record, and only then show.

Whoever asks for somebody outside their care, and for somebody who is not there, gets the same answer by the same
way. What names a person is deciphered here and nowhere else.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Final
from uuid import UUID

from virtaama.access.audit import AuditLog
from virtaama.access.audit_entries import ALLOWED, NOBODY, Act, Persons, asked_by
from virtaama.access.behind import providers_of
from virtaama.access.look_ups import LookUps
from virtaama.access.opened import (
    NotOpened,
    OpenedColumn,
    OpenedPerson,
    OpenedRow,
    OpenedSection,
    PersonQuestion,
    Value,
)
from virtaama.access.person_plan import (
    MOST_ROWS,
    PersonPlan,
    PersonReading,
    SectionReading,
    Statements,
    plan_number,
    plan_own_address,
    plan_person,
    plan_relations,
)
from virtaama.access.person_rights import left_out, opened_by_role
from virtaama.access.persons import person_key
from virtaama.access.snapshots import OpenSnapshot, PublishedFolder
from virtaama.lake.direct_marts import DirectMarts
from virtaama.metrics.definitions import Catalogue
from virtaama.metrics.person_views import PersonViews, code_list_of, words_of_column
from virtaama.model.lineage import described_by
from virtaama.model.model import Model
from virtaama.privacy.closeness import Flag, Known, flags_of
from virtaama.privacy.person_policy import (
    LookUpAllowed,
    PersonAllowed,
    decide_look_up,
    decide_person,
)
from virtaama.privacy.policy import Asker, Purpose, Refused, Role
from virtaama.privacy.reasons import WrittenReason, read_reason
from virtaama.problems import Damaged, NotAllowed
from virtaama.statutes.access_rights import AccessRights, Service

Decipher = Callable[[str, str, str], str | None]
"""Opens a value that names a person: the person's pseudonym, the field it was closed in, and the closed text.

None for a person who has been forgotten.
"""

_NO_ONE: Final = person_key("nobody has this pseudonym")
"""Looked for where a client number is nobody's, so that it takes the same way as one that is somebody's."""


class PersonDoor:
    """Opens single persons to professionals. There is no other way to them. May be used by many threads at once."""

    def __init__(
        self,
        *,
        published: Path,
        direct: Path,
        views: PersonViews,
        catalogue: Catalogue,
        model: Model,
        roles: tuple[Role, ...],
        law: AccessRights,
        audit: AuditLog,
        clock: Callable[[], datetime],
        decipher: Decipher,
        look_ups: LookUps,
        memory: str = "512MB",
        threads: int = 1,
    ) -> None:
        self._published = PublishedFolder(published, catalogue, memory=memory, threads=threads)
        self._direct = DirectMarts(direct)
        self._views = views
        self._statements = Statements(views, model)
        self._model = model
        self._roles = {role.name: role for role in roles}
        self._law = law
        self._audit = audit
        self._clock = clock
        self._decipher = decipher
        self._look_ups = look_ups
        self._providers = {
            section.name: providers_of(described_by(model, (section.of,))) for section in views.sections
        }

    def open(self, asked: PersonQuestion, asker: Asker, purpose: Purpose) -> OpenedPerson | NotOpened:
        """The record of one person as far as the asker's work opens it; NotOpened outside their care.

        Who asked for whom and why is on record, on disk, before this returns, refusals too. Raises ReasonRefused
        for a reason that is none (nothing is read then), TooOften for who has looked up as many as may be,
        NotAllowed for whoever opens no persons at all, NotReady when nothing is published, and whatever hinders the
        record from being written: then nothing is shown.
        """
        glass = WrittenReason.read(asked.reason) if asked.break_glass else None
        reason = glass.text if glass else read_reason(asked.reason)
        self._look_ups.require(
            asker,
            purpose=purpose.value,
            act=Act.PERSON,
            question=_told(asked, reason),
            about=Persons.of([asked.person]) if asked.person else NOBODY,
        )
        while True:
            snapshot = self._published.current()
            opening = _Opening(self, snapshot, asked, asker, purpose, reason, glass)
            try:
                return opening.opened()
            except _SnapshotDamaged as found:
                # Its files went bad, or away under a question that took long: asked anew of what is there.
                self._published.leave(snapshot, found.damaged)

    def may_break_glass(self, asker: Asker) -> bool:
        role = self._roles.get(asker.role)
        return bool(role and role.persons and role.persons.break_glass)


class _SnapshotDamaged(Exception):
    def __init__(self, damaged: Damaged) -> None:
        super().__init__()
        self.damaged = damaged


class _Opening:
    """One question for one person, from the decision to the record."""

    def __init__(
        self,
        door: PersonDoor,
        snapshot: OpenSnapshot,
        asked: PersonQuestion,
        asker: Asker,
        purpose: Purpose,
        reason: str,
        glass: WrittenReason | None,
    ) -> None:
        self._door, self._snapshot, self._asked = door, snapshot, asked
        self._asker, self._purpose, self._reason, self._glass = asker, purpose, reason, glass
        self._moment = door._clock()

    def opened(self) -> OpenedPerson | NotOpened:
        door, today = self._door, self._moment.date()
        role = door._roles.get(self._asker.role)
        look_up = decide_look_up(
            self._asker, self._purpose, role, opened_by_role(role, self._door._law, today)
        )
        if isinstance(look_up, Refused):
            about = Persons.of([self._asked.person]) if self._asked.person else NOBODY
            self._record(f"refused: {look_up.reason}", about)
            raise NotAllowed(f"{look_up.reason}. The question was recorded and not answered.")
        person = self._asked.person or self._of_number(look_up)
        relations = plan_relations(look_up, person, today, door._statements)
        in_care = any(self._read(reading) for reading in relations)
        decision = decide_person(look_up, person, in_care=in_care, glass=self._glass)
        about = NOBODY if person == _NO_ONE else Persons.of([person])
        if isinstance(decision, Refused):
            record = self._record(f"refused: {decision.reason}", about)
            return NotOpened(may_break_glass=door.may_break_glass(self._asker), record=record)
        return self._shown(decision, about)

    def _shown(self, allowed: PersonAllowed, about: Persons) -> OpenedPerson:
        door = self._door
        plan = plan_person(allowed, door._statements)
        pseudonym, protected = next(iter(self._read(plan.person)), ("", False))
        names = self._names(allowed.person, pseudonym, allowed.direct)
        sections = tuple(self._section(each, allowed, names, protected) for each in plan.sections)
        shown = [section for section in sections if section.rows]
        record = self._record(
            ALLOWED,
            about,
            act=Act.BREAK_GLASS if allowed.broke_glass else Act.PERSON,
            rows=sum(len(section.rows) for section in shown),
            data=tuple(section.name for section in shown),
            providers=tuple(sorted({p for section in shown for p in door._providers[section.name]})),
            flags=self._flags(allowed, plan, pseudonym, names),
        )
        return OpenedPerson(
            sections=sections,
            left_out=left_out(allowed, door._views, plan.closed),
            protected=protected,
            broke_glass=allowed.broke_glass,
            reason=self._reason,
            moment=self._moment,
            snapshot=self._snapshot.info,
            record=record,
        )

    # Reading

    def _read(self, reading: PersonReading) -> list[tuple]:  # type: ignore[type-arg]
        try:
            return self._snapshot.read(reading.sql, dict(reading.parameters), reading.marts)
        except Damaged as damaged:
            raise _SnapshotDamaged(damaged) from damaged

    def _of_number(self, look_up: LookUpAllowed) -> bytes:
        views, number = self._door._views, self._asked.number.strip()
        if views.persons.numbers is None:
            return _NO_ONE
        found = self._read(plan_number(look_up, number, self._door._statements))
        return found[0][0].bytes if found else _NO_ONE

    def _names(self, person: bytes, pseudonym: str, shown: frozenset[str]) -> dict[str, str]:
        """What names a person, deciphered: what is shown, and what flags are told by."""
        persons = self._door._views.persons
        wanted = {*shown, persons.family_name, *persons.address}
        found = self._door._direct.of(persons.of, str(UUID(bytes=person))) if pseudonym else ()
        opened = {
            each.attribute: self._door._decipher(pseudonym, each.field, each.value)
            for each in found
            if each.attribute in wanted
        }
        return {attribute: text for attribute, text in opened.items() if text is not None}

    def _section(
        self, reading: SectionReading, allowed: PersonAllowed, names: Mapping[str, str], protected: bool
    ) -> OpenedSection:
        section, model = reading.section, self._door._model
        direct = self._door._views.direct(model) if not section.person else ()
        # A column nobody of this work sees is no column at all.
        seen = [
            (place, column)
            for place, column in enumerate(section.columns)
            if not (
                len(column.path) == 1 and column.path[0] in direct and column.path[0] not in allowed.direct
            )
        ]
        columns = tuple(
            OpenedColumn(
                name=column.name,
                labels=words_of_column(column, section, model),
                codes=self._snapshot.words_of(code_list_of(column, section, model)),
                withheld=protected and column.locates,
            )
            for _, column in seen
        )
        found = self._read(reading.reading)
        rows = []
        for when, service, *values in found[:MOST_ROWS]:
            shown: list[Value] = []
            for (place, column), described in zip(seen, columns, strict=True):
                name = column.path[0] if len(column.path) == 1 and column.path[0] in direct else ""
                value = names.get(name) if name else values[place]
                shown.append(None if described.withheld else value)
            rows.append(
                OpenedRow(when=when, service=Service(service) if service else None, values=tuple(shown))
            )
        return OpenedSection(
            name=section.name,
            labels=section.labels,
            columns=columns,
            rows=tuple(rows),
            more=len(found) > MOST_ROWS,
            of_services=bool(section.services.by),
            own_only=not reading.scope.every,
        )

    def _flags(
        self, allowed: PersonAllowed, plan: PersonPlan, pseudonym: str, names: Mapping[str, str]
    ) -> tuple[Flag, ...]:
        """What a data protection officer may ask about, told by comparing; what was compared is given to nobody."""
        views, asker = self._door._views, self._asker
        open_values = next(iter(self._read(plan.address)), ()) if plan.address else ()
        own_name, own = asker.family_name, Known(family_name=asker.family_name)
        if asker.person:
            key = person_key(asker.person)
            address = plan_own_address(allowed, key, self._door._statements)
            own_values = next(iter(self._read(address)), ()) if address else ()
            own = self._known(self._names(key, asker.person, frozenset()), own_values, own_name)
        return flags_of(
            own,
            self._known(names, open_values, names.get(views.persons.family_name, "")),
            is_oneself=bool(asker.person) and asker.person == pseudonym,
            is_staff=bool(plan.staff and self._read(plan.staff)),
        )

    def _known(self, names: Mapping[str, str], open_values: tuple[object, ...], family_name: str) -> Known:
        """The street is the first part of the address, the postal code the second."""
        persons = self._door._views.persons
        parts = self._door._statements.open_address
        told = {**names, **{name: str(value or "") for name, value in zip(parts, open_values, strict=False)}}
        street, code = (*(told.get(name, "") for name in persons.address), "", "")[:2]
        return Known(family_name=family_name, street=street, postal_code=code)

    # Recording

    def _record(
        self,
        decision: str,
        about: Persons,
        *,
        act: Act = Act.PERSON,
        rows: int = 0,
        data: tuple[str, ...] = (),
        providers: tuple[str, ...] = (),
        flags: tuple[Flag, ...] = (),
    ) -> int:
        question = _told(self._asked, self._reason)
        if flags:
            question["flags"] = [str(flag) for flag in flags]
        return self._door._audit.append(
            moment=self._moment,
            asker=self._asker.id,
            role=self._asker.role,
            purpose=self._purpose.value,
            question=asked_by(self._asker, question),
            decision=decision,
            snapshot=self._snapshot.info.number,
            rows=rows,
            act=act,
            data=data,
            providers=providers,
            about=about,
        )


def _told(asked: PersonQuestion, reason: str) -> dict[str, object]:
    """The question as it stands on record: by what somebody was asked for, and why, without the number."""
    by = "client number" if asked.number else "identity code"
    glass = {"break glass": True} if asked.break_glass else {}
    return {"open person": f"by {by}", "reason": reason, **glass}
