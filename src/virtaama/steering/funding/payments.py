"""When a year's funding is paid: section 25, month by month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from virtaama.steering.funding.cents import split
from virtaama.steering.funding.inputs import Inputs


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """Paid at the latest on `by`."""

    by: date
    cents: int


def payments(cents: int, inputs: Inputs) -> tuple[Payment, ...]:
    """The twelve payments of a year's funding: together they are it, to the cent.

    Cents that no month's part comes to go to the first months they fit.
    """
    paid = split(cents, inputs.payments)
    return tuple(
        Payment(by=date(inputs.year, month, 1), cents=part) for month, part in enumerate(paid, start=1)
    )
