"""How long a person may have to wait for care: the limits of terveydenhuoltolaki 51–53 §, dated; and 55 §.

Every limit holds between two days and for an age, because the law changed in 2023, 2024 and 2025. Callers look
a limit up by what is waited for, age and day; no limit exists as a constant. Not legal advice.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Final

from virtaama.model.documents import Entry
from virtaama.model.shape import text
from virtaama.problems import Problem
from virtaama.statutes.lengths import Length, length, read_length, read_whole, whole
from virtaama.statutes.packs import Kind, Rows, Table
from virtaama.statutes.provisions import Provision, Standing, at


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitLimit(Provision):
    """The longest wait, for an age at its start; `from_age` is included, `below_age` is not, None is open.

    `wait` names the section and, where it sets several limits, what is waited for:

    - 51 contact made → need of care assessed
    - 51a, 51b, 51c need assessed → care begun; 51a_doctor another professional's visit → the doctor's part
    - 52, 53 referral arrived → care begun; 53_method need assessed → psychosocial method begun
    - 51c_assessment, 52_assessment, 53_assessment referral arrived → assessment begun
    - 52_examinations, 53_examinations referral arrived → assessment and the examinations it needs done
    """

    wait: str
    within: Length
    from_age: int = 0
    below_age: int | None = None

    def is_for(self, age: int) -> bool:
        return self.from_age <= age and (self.below_age is None or age < self.below_age)

    def ages_meet(self, other: WaitLimit) -> bool:
        """Whether there is an age both are for."""
        return (other.below_age is None or self.from_age < other.below_age) and (
            self.below_age is None or other.from_age < self.below_age
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Publication(Provision):
    """How often it is published, unit by unit, how a wait came true (55 §)."""

    wait: str
    every: Length


@dataclass(frozen=True, slots=True, kw_only=True)
class CareGuarantee:
    """The limits of every wait, and what is published about them."""

    waits: tuple[WaitLimit, ...]
    publications: tuple[Publication, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Every wait there was ever a limit for."""
        return tuple(dict.fromkeys(limit.wait for limit in self.waits))

    def limits(self, wait: str) -> tuple[WaitLimit, ...]:
        """Every limit of a wait, oldest first; at most one holds for an age and a day."""
        found = (limit for limit in self.waits if limit.wait == wait)
        return tuple(sorted(found, key=lambda limit: (limit.valid_from, limit.from_age)))

    def limit(self, wait: str, age: int, on: date) -> WaitLimit | None:
        """The limit for a person of `age` whose wait begins `on` that day; None where the law sets none."""
        return at((limit for limit in self.limits(wait) if limit.is_for(age)), on)

    def deadline(self, wait: str, born: date, on: date) -> date | None:
        """The last day in time for what someone `born` then began to wait for `on` that day; None without a limit."""
        limit = self.limit(wait, age_in_years(born, on), on)
        return None if limit is None else limit.within.last_day(on)

    def published_every(self, wait: str, on: date) -> Length | None:
        """How often figures about a wait have to be published on a day; None where the law does not ask for them."""
        found = at((each for each in self.publications if each.wait == wait), on)
        return found.every if found else None


def age_in_years(born: date, on: date) -> int:
    """Whole years lived; someone born on 29 February has a birthday on 1 March in other years."""
    return on.year - born.year - ((on.month, on.day) < (born.month, born.day))


_WAIT: Final = text(
    "What is waited for: the section, and what of it where it sets several limits: 51a_doctor."
)


def _limit(entry: Entry, standing: Standing) -> WaitLimit:
    below = entry.text("below_age")
    return WaitLimit(
        wait=entry.text("wait"),
        within=read_length(entry.text("within")),
        from_age=read_whole(entry.text("from_age", "0")),
        below_age=read_whole(below) if below else None,
        **standing,
    )


def _publication(entry: Entry, standing: Standing) -> Publication:
    return Publication(wait=entry.text("wait"), every=read_length(entry.text("every")), **standing)


def _make(rows: Rows) -> CareGuarantee:
    return CareGuarantee(waits=rows["waits"], publications=rows["publications"])


def _check(found: CareGuarantee) -> Iterator[Problem]:
    for each in found.publications:
        if each.wait not in found.names:
            what = f"'{each.wait}' is published, and no wait is called so."
            yield Problem(each.place, what, f"Known here: {', '.join(found.names)}.")


CARE_GUARANTEE: Final = Kind(
    name="care_guarantee",
    about="How long a person may have to wait for care, by what is waited for, age and day; and what is published.",
    tables=(
        Table(
            name="waits",
            about="The longest waits: a wait is judged by the row that holds on the day it begins.",
            members={
                "wait": _WAIT,
                "within": length("The longest wait."),
                "from_age": whole("The youngest age it is for.", minimum=0, maximum=200),
                "below_age": whole(
                    "The age from which it is no longer for somebody.", minimum=0, maximum=200
                ),
            },
            required=("wait", "within"),
            read=_limit,
            key=lambda limit: limit.wait,
            clash=lambda one, other: one.ages_meet(other),
        ),
        Table(
            name="publications",
            about="How often the county publishes, unit by unit, how waits came true.",
            members={"wait": _WAIT, "every": length("How often.")},
            required=("wait", "every"),
            read=_publication,
            key=lambda each: each.wait,
        ),
    ),
    make=_make,
    check=_check,
)
