"""Work on a warehouse that may turn out not to be whole: it is moved aside and made again from the lake."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from virtaama.engines.port import FileDamaged
from virtaama.lake.ledger import Ledger
from virtaama.problems import Damaged
from virtaama.project.on_record import on_record
from virtaama.project.settings import Settings
from virtaama.project.told import Notice
from virtaama.project.warehouse import set_aside

Done = TypeVar("Done")


def mended(
    settings: Settings, ledger: Ledger, notice: Notice, work: Callable[[], Done], again: Callable[[], object]
) -> Done:
    """Do the work; where the warehouse is not to be trusted, move it aside, do `again` and the work anew."""
    try:
        return work()
    except FileDamaged as damage:
        with on_record(ledger, "set_aside"):
            told = set_aside(settings.warehouse, str(damage))
        notice(str(told))
    try:
        again()
        return work()
    except FileDamaged as damage:
        raise Damaged(
            f"{settings.warehouse}: made again from the lake, and again not to be trusted: {damage}.\n"
            "  Disk or memory of this machine may be failing: have them looked at. The lake was only read."
        ) from None
