"""A real record of pairs behind its real door; what is compared of them is invented."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from tests.linked_model import MODEL, linkage
from tests.look_ups import unlimited
from virtaama.access.audit import AuditLog
from virtaama.access.link_pairs import Shown
from virtaama.access.link_review import LinkReview
from virtaama.access.look_ups import Counts, LookUps
from virtaama.keyring import Keyring
from virtaama.lake.link_record import Decision, LinkRecord, Verdict
from virtaama.linkage.definitions import Linkage
from virtaama.privacy.look_up_limits import LookUpLimits
from virtaama.privacy.policy import LinkingAllowed, Role

MOMENT = datetime(2026, 11, 26, 9, 30, tzinfo=UTC)
LINKAGE = linkage()
WHY = {"family_name": "near", "given_names": "first", "birth_date": "swapped"}


def key(number: int) -> str:
    return f"{number:032x}"


class PairsForTests:
    """Pairs 1 and 2 wait for the same record, 3 for another; 4 was linked by a rule, 5 of somebody under protection."""

    def __init__(self, folder: Path, keyring: Keyring) -> None:
        self.path = folder / "links.sqlite"
        self.keyring = keyring
        self.fill()

    def fill(self) -> None:
        """As it was in the beginning."""
        self.path.unlink(missing_ok=True)
        with self.record() as record:
            record.append(
                [
                    decision(1, 101, 7.5),
                    decision(1, 102, 6.25),
                    decision(2, 103, 3.0),
                    decision(3, 104, 23.1, Verdict.LINKED, decided_by="rule", rule="same_person"),
                    decision(4, 105, 1.5),
                ]
            )

    @contextmanager
    def record(self) -> Iterator[LinkRecord]:
        record = LinkRecord.open(self.path)
        try:
            yield record
        finally:
            record.close()

    def door(
        self,
        audit: AuditLog,
        roles: tuple[Role, ...],
        counts: Counts = unlimited,
        limits: tuple[LookUpLimits, ...] = (),
    ) -> LinkReview:
        return LinkReview(
            linkages=(LINKAGE,),
            model=MODEL,
            roles=roles,
            audit=audit,
            record=self.record,
            looks=look,
            notes=self.keyring.box("notes on links"),
            look_ups=LookUps(limits=limits, counts=counts, audit=audit, clock=lambda: MOMENT),
            clock=lambda: MOMENT,
        )


def decision(
    instance: int,
    same_as: int,
    weight: float,
    verdict: Verdict = Verdict.PROPOSED,
    *,
    decided_by: str = "model",
    rule: str = "",
) -> Decision:
    return Decision(
        linkage=LINKAGE.name,
        instance=key(instance),
        same_as=key(same_as),
        verdict=verdict,
        decided_by=decided_by,
        rule=rule,
        moment=MOMENT,
        settings=LINKAGE.settings,
        weight=weight,
        why=WHY,
        seen="as it was",
    )


def look(allowed: LinkingAllowed, linkage: Linkage, concept: str, instance: str) -> Shown | None:
    assert isinstance(allowed, LinkingAllowed)
    if concept == linkage.of:
        values = {"family_name": "Kivela", "given_names": "Anna", "birth_date": "1962-05-04"}
        return Shown(name=f"{int(instance, 16)}", values=values)
    values = {"family_name": "Kivelä", "given_names": "Anna Maria", "birth_date": "1962-04-05"}
    return Shown(name="", values=values, protected=int(instance, 16) == 105)
