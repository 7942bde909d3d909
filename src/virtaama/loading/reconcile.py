"""Whether a warehouse is the one its ledger tells of. It can be made again from the lake; the lake cannot.

Numbers kept outside a file are what finds out that the file lost something: a log cut short reads as if
its last transactions had never been. What is only missing is loaded again by the next load; a warehouse
that holds anything else than the ledger says is not mended but made anew.
"""

from __future__ import annotations

from sqlglot import exp

from virtaama.engines.port import Engine, FileDamaged
from virtaama.lake.ledger import Ledger
from virtaama.problems import NotReady
from virtaama.sql.build import bound, column, create_table, insert, select, table
from virtaama.vault.columns import APPLIED

FORMAT = 3
"""The form of the warehouse's tables. One that differs is made again from the lake: raise it when a
change of the code makes old tables mean something else."""

ABOUT = "about"
_COLUMNS = (("format", "INTEGER"), ("ledger", "VARCHAR"))


class NotOurs(FileDamaged):
    """The warehouse is whole but is not what this ledger tells of. Says in words what does not fit."""


def reconcile(engine: Engine, ledger: Ledger) -> tuple[int, ...]:
    """The numbers of batches the warehouse lacks, in the order of history; they are loaded by the next load.

    A new warehouse is marked as this ledger's. Raises NotOurs when the warehouse is of another form or
    another project or holds what the ledger does not know, NotReady when a newer Virtaama wrote it.
    """
    _recognise(engine, ledger)
    batches = {batch.number: batch for batch in ledger.batches()}
    applied = _applied(engine)
    if unknown := sorted(number for number in applied if number not in batches):
        named = ", ".join(str(number) for number in unknown[:5]) + (" …" if len(unknown) > 5 else "")
        raise NotOurs(f"it holds batches the ledger does not know: {named}")
    for number, sha256 in applied.items():
        if sha256 != batches[number].parquet_sha256:
            raise NotOurs(f"its batch {number} is another than the ledger's")
    return tuple(number for number in batches if number not in applied)


def _recognise(engine: Engine, ledger: Ledger) -> None:
    if not engine.columns(ABOUT):
        if engine.tables():
            raise NotOurs("an earlier version of Virtaama made it")
        with engine.transaction():
            engine.run(create_table(ABOUT, _COLUMNS))
            names = [name for name, _ in _COLUMNS]
            values = {"format": FORMAT, "ledger": ledger.identity}
            engine.run(insert(ABOUT, names, select(*(bound(name) for name in names))), values)
        return
    [about] = engine.rows(_select(ABOUT, "format", "ledger"))
    if about["format"] > FORMAT:
        raise NotReady(
            f"The warehouse was made by a newer version of Virtaama (form {about['format']}, this version "
            f"knows {FORMAT}).\n  Install that version again; or move the file aside and run `virtaama load`: "
            "it is made again from the lake."
        )
    if about["format"] < FORMAT:
        raise NotOurs("an earlier version of Virtaama made it")
    if about["ledger"] != ledger.identity:
        raise NotOurs("it belongs to another project")


def _applied(engine: Engine) -> dict[int, str]:
    """The batches the warehouse holds, each with the SHA-256 of the file it was loaded from."""
    if not engine.columns(APPLIED):
        return {}
    rows = engine.rows(_select(APPLIED, "batch", "parquet_sha256"))
    return {row["batch"]: row["parquet_sha256"] for row in rows}


def _select(name: str, *columns: str) -> exp.Select:
    return select(*(column(each) for each in columns)).from_(table(name))
