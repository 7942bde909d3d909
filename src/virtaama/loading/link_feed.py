"""The links that hold, as a feed: read from the lake, and what has changed delivered to it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from virtaama.lake.batches import Batch
from virtaama.lake.files import Lake
from virtaama.lake.ledger import Ledger
from virtaama.linkage import links_feed as named
from virtaama.loading.contract import contract_of
from virtaama.model.concepts import Type
from virtaama.model.feeds import Feed

_ARROW = {
    Type.TEXT: pa.string(),
    Type.IDENTITY: pa.string(),
    Type.INTEGER: pa.int64(),
    Type.DECIMAL: pa.decimal128(18, 4),
    Type.DATE: pa.date32(),
    Type.TIMESTAMP: pa.timestamp("us"),
    Type.BOOLEAN: pa.bool_(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivered:
    """The newest that was delivered of one instance. Holds until `until`; `repr` names neither side."""

    instance: str = field(repr=False)  # business keys
    same_as: str = field(repr=False)
    since: datetime
    until: datetime | None
    decided_by: str
    rule: str
    settings: str
    weight: float | None

    @property
    def holds(self) -> bool:
        return self.until is None


def delivered_links(feed: Feed, ledger: Ledger, lake: Lake) -> dict[str, Delivered]:
    """What the lake says of each instance by now, by its business key."""
    found: dict[str, Delivered] = {}
    for batch in ledger.batches(feed.id):
        for row in pq.read_table(lake.verified_path(batch)).to_pylist():
            link = Delivered(
                instance=row[named.INSTANCE],
                same_as=row[named.SAME_AS],
                since=row[named.SINCE],
                until=row[named.UNTIL],
                decided_by=row[named.DECIDED_BY] or "",
                rule=row[named.RULE] or "",
                settings=row[named.SETTINGS] or "",
                weight=None if row[named.WEIGHT] is None else float(row[named.WEIGHT]),
            )
            found[link.instance] = link
    return found


def deliver(
    links: Iterable[Delivered], feed: Feed, ledger: Ledger, lake: Lake, now: datetime, told: datetime
) -> Batch | None:
    """Land links that were made or ended, as one batch; None where there are none. The caller holds the lock.

    The moment they describe is that of the newest delivery they were made from (`told`): a decision of today tells
    nothing of what no source has told yet.
    """
    changed = sorted(links, key=lambda link: link.instance)
    if not changed:
        return None
    batches = ledger.batches(feed.id)
    extracted = max([told, *(batch.extracted for batch in batches)])
    schema = pa.schema([(declared.name, _ARROW[declared.type]) for declared in feed.fields])
    rows = [{name: values.get(name) for name in schema.names} for values in map(_row, changed)]
    written = json.dumps([str(now), len(batches), rows], default=str, sort_keys=True)
    sha256 = hashlib.sha256(written.encode()).hexdigest()
    relative = lake.path_of(feed.id, sha256)

    def write(path: Path) -> None:
        pq.write_table(pa.Table.from_pylist(rows, schema), path)

    return ledger.record_batch(
        feed=feed.id,
        file=f"{feed.id.replace('.', '/')}_{now:%Y-%m-%dT%H%M%S}_{len(batches) + 1}",
        sha256=sha256,
        parquet=relative,
        parquet_sha256=lake.store(relative, write),
        extracted=extracted,
        landed=now,
        rows=len(rows),
        contract=contract_of(feed),
        rejected=(),
        drift=(),
    )


def _row(link: Delivered) -> Mapping[str, object]:
    return {
        named.INSTANCE: link.instance,
        named.SAME_AS: link.same_as,
        named.SINCE: link.since,
        named.UNTIL: link.until,
        named.DECIDED_BY: link.decided_by,
        named.RULE: link.rule or None,
        named.SETTINGS: link.settings,
        named.WEIGHT: None if link.weight is None else Decimal(f"{link.weight:.4f}"),
    }
