"""The door to pairs that may be the same person: decide, read, record about whom, show; and what people say of them.

Names are opened for one pair at a time, and who looked at whom is on record before they are shown.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import datetime
from typing import Final

from virtaama.access.audit import AuditLog
from virtaama.access.audit_entries import ALLOWED, Act, Persons, asked_by
from virtaama.access.behind import providers_of
from virtaama.access.link_pairs import (
    MOST_WORDS,
    SAID_BY_PEOPLE,
    STATES,
    Held,
    Looks,
    NoteRefused,
    OpenedPair,
    PairFilters,
    PairLine,
    Pairs,
    Said,
    Shown,
)
from virtaama.access.look_ups import LookUps
from virtaama.access.persons import names_a_person
from virtaama.keyring import Box
from virtaama.lake.link_record import Decision, LinkRecord, OutOfDate, Verdict
from virtaama.linkage.definitions import Comparison, Level, Linkage
from virtaama.model.concepts import Text
from virtaama.model.lineage import described_by
from virtaama.model.model import Model
from virtaama.privacy.policy import Asker, LinkingAllowed, Refused, Role, decide_linking
from virtaama.problems import NotAllowed

_CONTEXT: Final = "note on a link"
_PERSON: Final = "person"
_STATES: Final = {
    Verdict.PROPOSED: "waiting",
    Verdict.LINKED: "linked",
    Verdict.NOT_SAME: "not_same",
    Verdict.UNSURE: "unsure",
    Verdict.UNDONE: "undone",
}
MOST: Final = 500  # pairs that are listed for one choice of filters


class LinkReview:
    """Shows pairs to who decides on links, and keeps what they say. There is no other way to either."""

    def __init__(
        self,
        *,
        linkages: tuple[Linkage, ...],
        model: Model,
        roles: tuple[Role, ...],
        audit: AuditLog,
        record: Callable[[], AbstractContextManager[LinkRecord]],
        looks: Looks,
        notes: Box,
        look_ups: LookUps,
        clock: Callable[[], datetime],
    ) -> None:
        self._linkages = {linkage.name: linkage for linkage in linkages}
        self._model = model
        self._roles = {role.name: role for role in roles}
        self._audit = audit
        self._record = record
        self._looks = looks
        self._notes = notes
        self._look_ups = look_ups
        self._clock = clock

    def pairs(self, filters: PairFilters, asker: Asker) -> Pairs:
        """The pairs that meet the filters: those that wait by weight, others the newest first. On record first.

        Names nobody: how far pairs agree, and what was said of them. Raises NotAllowed, on record.
        """
        question = {"pairs": {name: getattr(filters, name) for name in ("state", "by", "least", "most")}}
        allowed = [self._allowed(each, asker, question) for each in self._linkages.values()]
        lines = [line for leave in allowed for line in self._lines(leave)]
        counts = Counter(line.state for line in lines)
        found = [line for line in lines if _meets(line, filters)]
        found.sort(key=_by_weight if filters.state in ("waiting", "unsure") else _by_moment)
        shown = found[:MOST]
        waiting = sorted((line for line in lines if line.state == "waiting"), key=_by_weight)
        record = self._write(
            asker,
            tuple(self._linkages.values()),
            Act.LOOK,
            question,
            Persons.of(bytes.fromhex(line.newest.same_as) for line in shown),
            rows=len(shown),
        )
        return Pairs(
            lines=tuple(shown),
            counts={state: counts[state] for state in STATES},
            next=waiting[0].number if waiting else None,
            record=record,
        )

    def pair(self, number: int, asker: Asker) -> OpenedPair | None:
        """Both sides of a pair in the clear, and all that was said of it; None where there is no such pair.

        That they were seen is on record, about the resident, before this returns. Raises NotAllowed, on record, and
        TooOften for who has looked at as many persons as may be.
        """
        said = self._said(number)
        if not said:
            return None
        newest = said[0]
        linkage = self._linkages[newest.linkage]
        question = {"pair": said[-1].number}
        allowed = self._allowed(linkage, asker, question)
        self._look_ups.require(
            asker,
            purpose=linkage.purpose.value,
            act=Act.OPEN,
            question=question,
            about=Persons.of([bytes.fromhex(newest.same_as)]),
        )
        of = self._looks(allowed, linkage, linkage.of, newest.instance)
        to = self._looks(allowed, linkage, linkage.to, newest.same_as)
        # Whose the record is nobody knows yet: it is counted as about somebody unknown.
        about = Persons.of([bytes.fromhex(newest.same_as)] if to else [], unknown=1 if of else 0)
        record = self._write(asker, (linkage,), Act.OPEN, question, about, rows=2)
        around = [line for line in self._lines(allowed) if line.newest.instance == newest.instance]
        linked = any(line.state == "linked" and line.newest.pair != newest.pair for line in around)
        may = SAID_BY_PEOPLE[newest.verdict]
        return OpenedPair(
            number=said[-1].number,
            linkage=linkage,
            name=of.name if of else "",
            held=tuple(self._held(linkage, newest, of, to)) if of and to else (),
            gone=not (of and to),
            protected=bool(to and to.protected),
            newest=newest,
            history=tuple(self._in_words(each, linkage) for each in said),
            may=tuple(each for each in may if not (linked and each is Verdict.LINKED)) if of and to else (),
            linked_to_another=linked,
            waiting=tuple(
                line.number for line in around if line.state == "waiting" and line.newest.pair != newest.pair
            ),
            record=record,
        )

    def say(self, number: int, verdict: Verdict, note: str, after: int, asker: Asker) -> Decision:
        """Keep what somebody says of a pair; as it stands on record. It counts from the next run of `virtaama link`.

        `after` is the number of what counted when they looked: OutOfDate where something else does by now, or where
        the instance is linked to another. NoteRefused for a link that is undone without a reason, and for an
        identity code. Raises NotAllowed, on record.
        """
        said = self._said(number)
        if not said or verdict not in SAID_BY_PEOPLE[said[0].verdict]:
            raise OutOfDate
        newest = said[0]
        linkage = self._linkages[newest.linkage]
        question = {"pair": said[-1].number, "said": verdict.value}
        self._allowed(linkage, asker, question)
        note = note.strip()[:MOST_WORDS]
        if names_a_person(note) or (verdict is Verdict.UNDONE and not note):
            raise NoteRefused
        if newest.number != after:
            raise OutOfDate
        about = Persons.of([bytes.fromhex(newest.same_as)])
        self._write(asker, (linkage,), Act.LINK, question, about, rows=0)
        decision = replace(
            newest,
            verdict=verdict,
            decided_by=_PERSON,
            rule="",
            who=asker.id,
            note=self._notes.seal(note.encode(), _CONTEXT) if note else None,
            moment=self._clock(),
        )
        with self._record() as record:
            return record.decide(decision, after=after)

    # Reading

    def _said(self, number: int) -> tuple[Decision, ...]:
        with self._record() as record:
            said = record.numbered(number)
        return said if said and said[0].linkage in self._linkages else ()

    def _lines(self, allowed: LinkingAllowed) -> Iterator[PairLine]:
        linkage = self._linkages[allowed.linkage]
        with self._record() as record:
            newest, firsts = record.newest(linkage.name), record.firsts(linkage.name)
        linked = {each.instance for each in newest if each.verdict is Verdict.LINKED}
        waits = Counter(
            each.instance
            for each in newest
            if each.verdict is Verdict.PROPOSED and each.instance not in linked
        )
        for each in newest:
            if each.verdict is Verdict.WITHDRAWN:
                continue
            # Who is linked to another waits no more; the next run takes the pair away.
            if each.verdict is Verdict.PROPOSED and each.instance in linked:
                continue
            yield PairLine(
                number=firsts[each.pair],
                linkage=linkage,
                newest=each,
                state=_STATES[each.verdict],
                others=waits[each.instance] - (each.verdict is Verdict.PROPOSED),
            )

    def _held(self, linkage: Linkage, newest: Decision, of: Shown, to: Shown) -> Iterator[Held]:
        for comparison in linkage.comparisons:
            withheld = to.protected and comparison.locates
            level = newest.why.get(comparison.name)
            yield Held(
                labels=self._labels(linkage, comparison),
                of=None if withheld else of.values[comparison.name],
                to=None if withheld else to.values[comparison.name],
                level=Level(level) if level else None,
                withheld=withheld,
                codes=self._codes(linkage, comparison),
            )

    def _labels(self, linkage: Linkage, comparison: Comparison) -> Text:
        concept = self._model.concept(linkage.of)
        described = concept.attribute(comparison.of) or concept.relationship(comparison.of)
        assert described
        return described.labels

    def _codes(self, linkage: Linkage, comparison: Comparison) -> Mapping[str, Text]:
        attribute = self._model.concept(linkage.of).attribute(comparison.of)
        lists = (each for each in self._model.code_lists if attribute and each.name == attribute.code_list)
        return {code.code: code.labels for found in lists for code in found.codes}

    def _in_words(self, said: Decision, linkage: Linkage) -> Said:
        rules: Mapping[str, Text] = {rule.name: rule.labels for rule in linkage.rules}
        return Said(
            verdict=said.verdict,
            decided_by=said.decided_by,
            rule=rules.get(said.rule),
            who=said.who,
            note=self._notes.unseal(said.note, _CONTEXT).decode() if said.note else "",
            moment=said.moment,
            weight=said.weight,
            settings=said.settings,
        )

    # Deciding and recording

    def _allowed(self, linkage: Linkage, asker: Asker, question: Mapping[str, object]) -> LinkingAllowed:
        decision = decide_linking(linkage.name, linkage.purpose, asker, self._roles.get(asker.role))
        if isinstance(decision, Refused):
            self._write(
                asker,
                (linkage,),
                Act.LINK,
                question,
                Persons(),
                rows=0,
                decision=f"refused: {decision.reason}",
            )
            raise NotAllowed(f"{decision.reason}. The question was recorded and not answered.")
        return decision

    def _write(
        self,
        asker: Asker,
        linkages: Sequence[Linkage],
        act: Act,
        question: Mapping[str, object],
        about: Persons,
        *,
        rows: int,
        decision: str = ALLOWED,
    ) -> int:
        concepts = tuple(dict.fromkeys(name for each in linkages for name in (each.of, each.to)))
        return self._audit.append(
            moment=self._clock(),
            asker=asker.id,
            role=asker.role,
            purpose=linkages[0].purpose.value if linkages else "",
            question=asked_by(asker, question),
            decision=decision,
            snapshot=None,
            rows=rows,
            act=act,
            data=concepts,
            providers=providers_of(described_by(self._model, concepts)),
            about=about,
        )


def _meets(line: PairLine, filters: PairFilters) -> bool:
    weight = line.newest.weight
    return (
        filters.state in ("", line.state)
        and filters.by in ("", line.newest.decided_by)
        and (filters.least is None or (weight is not None and weight >= filters.least))
        and (filters.most is None or (weight is not None and weight <= filters.most))
    )


def _by_weight(line: PairLine) -> tuple[float, int]:
    return -(line.newest.weight or 0.0), line.number


def _by_moment(line: PairLine) -> tuple[float, int]:
    return -line.newest.moment.timestamp(), line.number
