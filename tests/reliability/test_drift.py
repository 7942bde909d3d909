"""Each way the columns of a file can change has a declared outcome, in every format; none is silent."""

from __future__ import annotations

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.unit.loading.deliveries import Landing, feed, fields
from virtaama.model.feeds import Drift, Feed, Format, Outcome

FORMATS = (Format.CSV, Format.JSON_LINES, Format.PARQUET)
CHANGED: dict[str, dict[str, Any]] = {
    "added": {"NAME": "x", "N": 1, "NEW": "z"},
    "missing": {"NAME": "x"},
    "renamed": {"NAME": "x", "NUMBER": 1},
    "retyped": {"NAME": "x", "N": "many"},
}


def written(format: Format, rows: Sequence[dict[str, Any]]) -> bytes:
    match format:
        case Format.CSV:
            lines = [";".join(rows[0]), *(";".join(str(value) for value in row.values()) for row in rows)]
            return "\n".join(lines).encode() + b"\n"
        case Format.JSON_LINES:
            return b"".join(json.dumps(row).encode() + b"\n" for row in rows)
        case _:
            whole = io.BytesIO()
            pq.write_table(pa.Table.from_pylist(list(rows)), whole)
            return whole.getvalue()


def numbers(format: Format, drift: Drift | None = None) -> Feed:
    declared = fields(NAME="text", N={"type": "integer", "also": ("NUMBER",)})
    return feed(*declared, format=format, files="register/*/rows.*", drift=drift or Drift())


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize("outcome", list(Outcome))
@pytest.mark.parametrize("kind", CHANGED)
def test_a_changed_column_has_its_declared_outcome_and_is_on_record(
    tmp_path: Path, kind: str, outcome: Outcome, format: Format
) -> None:
    landing = Landing(tmp_path, (numbers(format, Drift(**{kind: outcome})),))
    landing.deliver(written(format, [CHANGED[kind]]), "register/2026-09/rows.x")
    report = landing.land()
    if outcome is Outcome.STOP:
        [refused] = report.refused
        sha256 = refused.sha256
        assert report.landed == ()
    else:
        [batch] = report.landed
        sha256 = batch.sha256
        assert (batch.rows, batch.rejected) == ((1, 0) if outcome is Outcome.ACCEPT else (0, 1))
        assert landing.table(batch).schema.names == ["NAME", "N"]
    events = landing.ledger.drift("register.rows", sha256)
    assert [(event.kind, event.outcome) for event in events] == [(kind, outcome)]


@pytest.mark.parametrize("format", FORMATS)
def test_columns_in_another_order_are_the_same_delivery(tmp_path: Path, format: Format) -> None:
    landing = Landing(tmp_path, (numbers(format),))
    landing.deliver(written(format, [{"N": 1, "NAME": "x"}]), "register/2026-09/rows.x")
    [batch] = landing.land().landed
    assert landing.rows() == [{"NAME": "x", "N": 1}]
    assert landing.ledger.drift("register.rows", batch.sha256) == ()


@pytest.mark.parametrize("format", FORMATS)
def test_an_empty_file_is_refused(tmp_path: Path, format: Format) -> None:
    landing = Landing(tmp_path, (numbers(format),))
    landing.deliver(b"", "register/2026-09/rows.x")
    report = landing.land()
    assert (len(report.refused), report.landed) == (1, ())


def test_a_header_alone_is_a_delivery_without_rows(tmp_path: Path) -> None:
    landing = Landing(tmp_path, (numbers(Format.CSV),))
    landing.deliver(b"NAME;N\n", "register/2026-09/rows.x")
    [batch] = landing.land().landed
    assert (batch.rows, batch.rejected) == (0, 0)


def test_parquet_with_a_broken_end_is_refused_and_stops_nothing_else(tmp_path: Path) -> None:
    landing = Landing(tmp_path, (numbers(Format.PARQUET),))
    whole = written(Format.PARQUET, [{"NAME": "x", "N": 1}])
    for number in range(12, 120, 9):
        at = len(whole) - number
        landing.deliver(
            whole[:at] + b"\xff" + whole[at + 1 :], f"register/2025-{number // 10 + 1:02}/rows.{number}"
        )
    landing.deliver(whole, "register/2026-09/rows.x")
    report = landing.land()
    assert len(report.refused) + len(report.landed) + len(report.repeats) == 13
    assert "register/2026-09/rows.x" in {batch.file for batch in report.landed}
