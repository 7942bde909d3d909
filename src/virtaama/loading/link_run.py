"""One run of a linkage: what is not linked is weighed and judged, and what holds by now is delivered."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from virtaama.lake.batches import Batch
from virtaama.lake.files import Lake
from virtaama.lake.ledger import Ledger
from virtaama.lake.link_record import Decision, LinkRecord, Verdict
from virtaama.linkage.definitions import Level, Linkage
from virtaama.linkage.judge import By, Judged, Pair, judge
from virtaama.loading.link_feed import Delivered, deliver, delivered_links
from virtaama.loading.link_records import Instance, Reader, compared, hex_of, mark
from virtaama.loading.link_weights import quiet_splink, weighed

_TOLD = "told"  # the rule by which a link ends whose instance sources tell of by now
_SETTLED = (Verdict.NOT_SAME, Verdict.UNSURE, Verdict.UNDONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Linked:
    """What a run did."""

    looked_at: int  # instances that were weighed
    linked: int
    proposed: int  # pairs that came before people
    ended: int  # links that no longer hold
    waiting: int  # pairs people have yet to decide
    batch: Batch | None  # what was delivered


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkRun:
    """All that a run needs. The caller holds the project's lock."""

    linkage: Linkage
    reader: Reader
    record: LinkRecord
    lake: Lake
    ledger: Ledger
    read: str  # changes with whatever either concept is made of
    told: datetime  # the moment the newest of these deliveries describes
    key: bytes = field(repr=False)  # marks of what was compared are made with it
    now: datetime
    memory: str
    threads: int | None = None

    def run(self) -> Linked:
        """Weigh what is not linked, judge it, put it on record and deliver what has changed.

        The same data and decisions give the same; a run after nothing has changed reads no name.
        """
        self._adopt()
        before = self.record.newest(self.linkage.name)
        looked_at = 0
        decisions: list[Decision] = []
        if self.record.was_read(self.linkage.name) != self._read(before):
            looked_at, decisions = self._weigh(before)
            self.record.append(decisions)
            after = self.record.newest(self.linkage.name)
            self.record.append((), run=(self.linkage.name, self._read(after)))
        else:
            after = before
        batch, made, ended = self._deliver(after)
        return Linked(
            looked_at=looked_at,
            linked=made,
            proposed=sum(each.verdict is Verdict.PROPOSED for each in decisions),
            ended=ended,
            waiting=len(waiting(after)),
            batch=batch,
        )

    def _read(self, newest: Iterable[Decision]) -> str:
        """What a run looks at: data, settings, and what people have said since."""
        people = max((each.number for each in newest if each.decided_by == By.PERSON), default=0)
        told = json.dumps([self.read, self.linkage.settings, people, self.linkage.link, self.linkage.review])
        return hashlib.sha256(told.encode()).hexdigest()

    # Weighing

    def _weigh(self, before: tuple[Decision, ...]) -> tuple[int, list[Decision]]:
        linkage = self.linkage
        known = {each.pair: each for each in before}
        of = {each.key: each for each in self.reader.untold()}
        to = {each.key: each for each in self.reader.to()} if of else {}

        def seen(instance: str, same_as: str) -> str:
            return mark(of[instance], to[same_as], linkage, self.key)

        def still_holds(each: Decision) -> bool:
            """What people linked holds; what rules or weights did, while data and settings are as they were."""
            if each.instance not in of or each.same_as not in to:
                return False
            unchanged = each.settings == linkage.settings and each.seen == seen(*each.pair)
            return each.decided_by == By.PERSON or unchanged

        holds = (each for each in before if each.verdict is Verdict.LINKED)
        kept = {each.instance for each in holds if still_holds(each)}
        looked_at = [of[key] for key in sorted(of.keys() - kept)]
        spoken_of = {each.instance for each in before if each.decided_by == By.PERSON}
        marks: dict[tuple[str, str], str] = {}
        pairs = []
        for pair in self._pairs(looked_at, list(to.values())):
            place = (pair.of, pair.to)
            found, told = known.get(place), seen(*place)
            settled = found is not None and found.decided_by == By.PERSON and found.verdict in _SETTLED
            if found and settled and found.seen == told:
                continue
            marks[place] = told
            pairs.append(pair)
        judged = judge(pairs, linkage, spoken_of)
        return len(looked_at), list(self._decisions(judged, marks, known, kept, of, to))

    def _pairs(self, of: list[Instance], to: list[Instance]) -> Iterator[Pair]:
        linkage = self.linkage
        with quiet_splink(self.memory, self.threads) as api:
            found = weighed(api, compared(of, linkage), compared(to, linkage), linkage)
        for each in found:
            rule = next(
                (
                    rule.name
                    for rule in linkage.rules
                    if (rule.through and each.said)
                    or (rule.agree and all(each.why[name] is Level.SAME for name in rule.agree))
                ),
                "",
            )
            yield Pair(of=each.of, to=each.to, weight=each.weight, why=each.why, rule=rule)

    def _decisions(
        self,
        judged: Judged,
        marks: dict[tuple[str, str], str],
        known: dict[tuple[str, str], Decision],
        kept: set[str],
        of: dict[str, Instance],
        to: dict[str, Instance],
    ) -> Iterator[Decision]:
        """What is new in the judgement, and what of the record it no longer holds."""
        said: set[tuple[str, str]] = set()
        for pairs, verdict in ((judged.link, Verdict.LINKED), (judged.review, Verdict.PROPOSED)):
            for pair in pairs:
                place = (pair.of, pair.to)
                said.add(place)
                found = known.get(place)
                if found is None or (found.verdict, found.seen, found.settings) != (
                    verdict,
                    marks[place],
                    self.linkage.settings,
                ):
                    yield self._decision(pair, verdict, marks[place])
        for place, found in known.items():
            if place in said or found.verdict not in (Verdict.LINKED, Verdict.PROPOSED):
                continue
            if found.verdict is Verdict.LINKED and found.instance in kept:
                continue
            told = _TOLD if found.instance not in of or found.same_as not in to else ""
            yield Decision(
                linkage=self.linkage.name,
                instance=found.instance,
                same_as=found.same_as,
                verdict=Verdict.WITHDRAWN,
                decided_by=By.RULE,
                rule=told,
                moment=self.now,
                settings=self.linkage.settings,
                seen=found.seen,
            )

    def _decision(self, pair: Pair, verdict: Verdict, seen: str) -> Decision:
        return Decision(
            linkage=self.linkage.name,
            instance=pair.of,
            same_as=pair.to,
            verdict=verdict,
            decided_by=By.RULE if pair.rule else By.MODEL,
            rule=pair.rule,
            moment=self.now,
            settings=self.linkage.settings,
            weight=pair.weight,
            why={name: level.value for name, level in pair.why.items()},
            seen=seen,
        )

    # Delivering

    def _adopt(self) -> None:
        """Links the lake tells of and the record does not know: the record was lost, or is older than the lake."""
        known = {each.pair for each in self.record.newest(self.linkage.name)}
        lost = [
            Decision(
                linkage=self.linkage.name,
                instance=hex_of(link.instance),
                same_as=hex_of(link.same_as),
                verdict=Verdict.LINKED,
                decided_by=link.decided_by,
                rule=link.rule,
                moment=link.since.astimezone(),
                settings=link.settings,
                weight=link.weight,
            )
            for link in self._delivered().values()
            if link.holds and (hex_of(link.instance), hex_of(link.same_as)) not in known
        ]
        self.record.append(lost)

    def _delivered(self) -> dict[str, Delivered]:
        return delivered_links(self.reader.model.feed(self.linkage.feed), self.ledger, self.lake)

    def _deliver(self, newest: Iterable[Decision]) -> tuple[Batch | None, int, int]:
        """Land what holds by now and is not delivered, and what was delivered and holds no more."""
        linkage, model = self.linkage, self.reader.model
        delivered = {hex_of(name): link for name, link in self._delivered().items()}
        wanted = {each.instance: each for each in newest if each.verdict is Verdict.LINKED}
        told = {each.pair: each for each in newest}
        changed: list[Delivered] = []
        made = {
            instance: each
            for instance, each in wanted.items()
            if (link := delivered.get(instance)) is None
            or not link.holds
            or hex_of(link.same_as) != each.same_as
        }
        ended = [
            (instance, link) for instance, link in delivered.items() if link.holds and instance not in wanted
        ]
        if made:
            of, to = self.reader.names(linkage.of), self.reader.names(linkage.to)
            changed += [
                Delivered(
                    instance=of[instance],
                    same_as=to[each.same_as],
                    since=each.moment.replace(tzinfo=None),
                    until=None,
                    decided_by=each.decided_by,
                    rule=each.rule,
                    settings=each.settings,
                    weight=each.weight,
                )
                for instance, each in made.items()
                if instance in of and each.same_as in to
            ]
        for instance, link in ended:
            found = told.get((instance, hex_of(link.same_as)))
            changed.append(
                Delivered(
                    instance=link.instance,
                    same_as=link.same_as,
                    since=link.since,
                    until=(found.moment if found else self.now).replace(tzinfo=None),
                    decided_by=found.decided_by if found else By.RULE,
                    rule=found.rule if found else _TOLD,
                    settings=linkage.settings,
                    weight=link.weight,
                )
            )
        batch = deliver(changed, model.feed(linkage.feed), self.ledger, self.lake, self.now, self.told)
        return batch, len(changed) - len(ended), len(ended)


def waiting(newest: Iterable[Decision]) -> tuple[Decision, ...]:
    """The pairs people have yet to decide: those of instances that are not linked, by number."""
    newest = tuple(newest)
    linked = {each.instance for each in newest if each.verdict is Verdict.LINKED}
    return tuple(each for each in newest if each.verdict is Verdict.PROPOSED and each.instance not in linked)
