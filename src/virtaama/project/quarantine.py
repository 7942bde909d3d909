"""Opening rows that were set aside: decided on, and on record whom they name, before they are shown."""

from __future__ import annotations

import json
from dataclasses import replace

from virtaama.access.audit_entries import NOBODY, Act, Persons
from virtaama.access.behind import providers_of
from virtaama.access.persons import persons_named
from virtaama.lake.batches import Batch, Rejected
from virtaama.privacy.policy import Asker, Purpose, QuarantineAllowed, Refused, decide_quarantine
from virtaama.problems import NotAllowed
from virtaama.project.on_record import now
from virtaama.project.parts import Parts


def open_rows(parts: Parts, batches: tuple[int, ...], asker: Asker) -> tuple[tuple[Batch, Rejected], ...]:
    """The rows of batches that were set aside, as delivered. NotAllowed, on record, where the role has no right to.

    Whose identity code stands in a row, whole and right, is on record; a row that names nobody is counted.
    """
    role = next((role for role in parts.roles if role.name == asker.role), None)
    decision = decide_quarantine(asker, role)
    feeds = tuple(dict.fromkeys(batch.feed for batch in parts.ledger.batches() if batch.number in batches))
    if isinstance(decision, Refused):
        _record(parts, asker, batches, feeds, f"refused: {decision.reason}", 0, NOBODY)
        raise NotAllowed(f"{decision.reason}. The question was recorded and not answered.")
    found = _opened(parts, batches, decision)
    about = persons_named((row.raw for _, row in found), parts.identities.persons)
    _record(parts, asker, batches, feeds, "allowed", len(found), about)
    return found


def _opened(
    parts: Parts, batches: tuple[int, ...], allowed: QuarantineAllowed
) -> tuple[tuple[Batch, Rejected], ...]:
    assert isinstance(allowed, QuarantineAllowed)
    return tuple(
        (batch, replace(row, raw=parts.keyring.unseal(row.raw, batch.feed) if row.raw else b""))
        for batch in parts.ledger.batches()
        if batch.number in batches
        for row in parts.ledger.rejected(batch.number)
    )


def _record(
    parts: Parts,
    asker: Asker,
    batches: tuple[int, ...],
    feeds: tuple[str, ...],
    decision: str,
    rows: int,
    about: Persons,
) -> None:
    parts.audit.append(
        moment=now(),
        asker=asker.id,
        role=asker.role,
        purpose=Purpose.DATA_QUALITY.value,
        question=json.dumps({"quarantine of batches": batches}),
        decision=decision,
        snapshot=None,
        rows=rows,
        act=Act.OPEN,
        data=feeds,
        providers=providers_of(feeds),
        about=about,
    )
