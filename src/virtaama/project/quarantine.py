"""Opening rows that were set aside: who opens them, and whom they name, goes on record first."""

from __future__ import annotations

import json
from dataclasses import replace

from virtaama.access.audit_entries import Act
from virtaama.access.behind import providers_of
from virtaama.access.persons import persons_named
from virtaama.lake.batches import Batch, Rejected
from virtaama.privacy.policy import Purpose
from virtaama.project.on_record import now
from virtaama.project.parts import Parts


def open_rows(parts: Parts, batches: tuple[int, ...], by: str) -> tuple[tuple[Batch, Rejected], ...]:
    """The rows of batches that were set aside, as delivered.

    Whose identity code stands in a row, whole and right, is on record; a row that names nobody is counted.
    """
    found = tuple(
        (batch, replace(row, raw=parts.keyring.unseal(row.raw, batch.feed)))
        for batch in parts.ledger.batches()
        if batch.number in batches
        for row in parts.ledger.rejected(batch.number)
    )
    feeds = dict.fromkeys(batch.feed for batch, _ in found)
    parts.audit.append(
        moment=now(),
        asker=by,
        role="",
        purpose=Purpose.DATA_QUALITY.value,
        question=json.dumps({"quarantine of batches": batches}),
        decision="allowed",
        snapshot=None,
        rows=len(found),
        act=Act.OPEN,
        data=tuple(feeds),
        providers=providers_of(feeds),
        about=persons_named((row.raw for _, row in found), parts.keyring.pseudonym),
    )
    return found
