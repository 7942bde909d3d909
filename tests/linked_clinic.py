"""A clinic's clients, some without an identity code, residents, visits, and a linkage: small enough to read."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from tests.linked_model import MODEL, linkage
from tests.published_warehouse import METRIC, Published
from tests.small_warehouse import Warehouse
from virtaama.access.answers import Answer
from virtaama.lake.link_record import Decision, LinkRecord, Verdict
from virtaama.linkage.definitions import Linkage
from virtaama.loading.link_records import Reader, hex_of
from virtaama.loading.link_run import Linked, LinkRun
from virtaama.metrics.parse import parse_catalogue
from virtaama.metrics.question import Grain, Question
from virtaama.privacy.policy import Asker, Purpose

FACTS = """
facts:
  visit: {of: visit, time: day, person: resident, by: {}}
"""

CATALOGUE = parse_catalogue(
    {
        "facts.yaml": FACTS,
        "visits.yaml": METRIC.replace("NAME", "visits")
        .replace("FACT", "visit")
        .replace("LEVELS", "[county]"),
        "visitors.yaml": METRIC.replace("NAME", "visitors")
        .replace("FACT, aggregate: count", "visit, aggregate: persons")
        .replace("LEVELS", "[county]"),
    },
    MODEL,
)
BORN = date(1962, 5, 14)
MANAGER = Asker(id="anna", role="manager")


class Opener:
    """An identity store that closes a text by writing before it whose it is, and in which field."""

    def __init__(self) -> None:
        self.opened: list[str] = []  # the fields that were deciphered

    def find_subject(self, kind: str, name: str) -> str:
        return f"{kind} {name}"

    def data_keys(self, persons: Iterable[str]) -> KeysOfSome:
        return KeysOfSome(frozenset(persons), self.opened)


@dataclass(frozen=True, slots=True)
class KeysOfSome:
    persons: frozenset[str]
    opened: list[str]

    def __contains__(self, person: str) -> bool:
        return person in self.persons

    def decipher(self, person: str, field_name: str, enciphered: str) -> str:
        closing = f"{person}|{field_name}|"
        assert enciphered.startswith(closing), "closed for another, or in another field"
        self.opened.append(field_name)
        return enciphered.removeprefix(closing)


class Clinic(Published):
    """The clinic with its record of links; links are landed at the moments the tests give."""

    catalogue = CATALOGUE

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        Warehouse.__init__(self, MODEL, folder, in_memory=True)
        self.record = LinkRecord.open(folder / "links.sqlite")
        self.opener = Opener()

    def person(
        self, moment: datetime, code: str, family: str, given: str, born: date = BORN, **more: Any
    ) -> None:
        row = {"ID": code, "BORN": born, **_closed(code, FAMILY=family, GIVEN=given), **more}
        self.deliver("clinic.people", moment, row)

    def client(
        self, moment: datetime, number: str, family: str, given: str, born: date = BORN, **more: Any
    ) -> None:
        owner = more.get("ID") or f"clinic.NUMBER {number}"
        row = {"NUMBER": number, "BORN": born, **_closed(owner, FAMILY=family, GIVEN=given), **more}
        self.deliver("clinic.clients", moment, row)

    def visit(self, moment: datetime, visit: str, number: str = "", code: str | None = None) -> None:
        row = {"VISIT": visit, "NUMBER": number or None, "ID": code, "DAY": date(2025, 1, 10)}
        self.deliver("clinic.visits", moment, row)

    def link(self, now: datetime, of: Linkage | None = None) -> Linked:
        """Load what has landed, run the linkage, and load the links."""
        self.load()
        chosen = of or linkage()
        done = LinkRun(
            linkage=chosen,
            reader=Reader(self.engine, self.model, chosen, self.opener),
            record=self.record,
            lake=self.lake,
            ledger=self.ledger,
            read=str([b.number for b in self.ledger.batches() if b.feed != chosen.feed]),
            told=max(b.extracted for b in self.ledger.batches() if b.feed != chosen.feed),
            key=b"a key of the tests",
            now=now.astimezone(),
            memory="500MB",
            threads=2,
        ).run()
        self.load()
        return done

    def decide(self, verdict: Verdict, number: str, code: str, now: datetime) -> Decision:
        """What a person says of a pair that stands in the record."""
        instance, same_as = hex_of(number), hex_of(code)
        newest = self.record.of_pair("clients", instance, same_as)[0]
        said = Decision(
            linkage="clients",
            instance=instance,
            same_as=same_as,
            verdict=verdict,
            decided_by="person",
            who="rita",
            moment=now.astimezone(),
            settings="1.1",
            seen=newest.seen,
        )
        return self.record.decide(said, after=newest.number)

    def verdicts(self) -> dict[tuple[str, str], str]:
        """What counts of each pair, by client number and person."""
        numbers = {hex_of(name): name for name in self._names("hub_client", "number")}
        persons = {hex_of(name): name for name in self._names("hub_resident", "person")}
        return {
            (numbers[d.instance], persons[d.same_as]): d.verdict.value for d in self.record.newest("clients")
        }

    def links(self) -> list[tuple[Any, ...]]:
        """Every row the lake was delivered of links: number, person, whether it holds, decided by, rule."""
        found = []
        for batch in self.ledger.batches("linking.clients"):
            for row in self.rows_of(batch.parquet):
                found.append(
                    (row["instance"], row["same_as"], row["until"] is None, row["decided_by"], row["rule"])
                )
        return found

    def rows_of(self, parquet: str) -> list[dict[str, Any]]:
        import pyarrow.parquet as pq

        rows: list[dict[str, Any]] = pq.read_table(self.lake.folder / parquet).to_pylist()
        return rows

    def ask(self, metric: str, *, known: date | None = None) -> float | None:
        month = date(2025, 1, 1)
        question = Question(metrics=(metric,), grain=Grain.MONTH, first=month, last=month, known=known)
        answer: Answer = self.door().ask(question, MANAGER, Purpose.STEERING)
        [figure] = answer.figures
        return figure.value

    def _names(self, hub: str, column: str) -> list[str]:
        return [str(name) for (name,) in self.rows(f"SELECT {column} FROM {hub}")]


def _closed(owner: str, **texts: str) -> dict[str, str]:
    return {field: f"{owner}|{field}|{text}" for field, text in texts.items()}
