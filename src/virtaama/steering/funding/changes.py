"""What if: one number or many replaced by a new value, or moved by percents."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

from virtaama.model.documents import did_you_mean
from virtaama.problems import Place, Problem, ProblemsFound
from virtaama.statutes.funding_items import PRICED
from virtaama.statutes.funding_parameters import Rule
from virtaama.steering.funding.determinants import COUNTRY, Determinant
from virtaama.steering.funding.inputs import (
    Assumption,
    Given,
    Inputs,
    assumption,
    determinant,
    price,
    rule,
    score,
)

EVERYBODY: Final = "all"
_WRITTEN: Final = re.compile(
    r"(?P<name>[A-Za-z_0-9.]+)(?:@(?P<year>\d{4}))?=(?P<sign>[+-]?)(?P<amount>\d+(?:[.,]\d+)?)(?P<percent>%?)"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A new value for inputs of a name, or percents more or less. `year` None is every year."""

    name: str
    value: Fraction
    percent: bool = False
    year: int | None = None
    written: str = ""

    def of(self, before: Fraction | None) -> Fraction:
        if not self.percent:
            return self.value
        assert before is not None
        return before * (1 + self.value / 100)


def parse_change(written: str, place: Place) -> Change:
    """A change as people write it: price.health=+2%, determinant.21.residents=180000, rule.need_growth@2027=1.3.

    Raises ProblemsFound where it cannot be read.
    """
    match = _WRITTEN.fullmatch(re.sub(r"[\s\u00a0]", "", written.replace("−", "-")))
    if match is None:
        raise ProblemsFound(
            (
                Problem(
                    place,
                    f"'{written}' is no change.",
                    "Write name=value or name=+2%: price.health=+2%, determinant.21.residents=180000.",
                ),
            )
        )
    amount = Fraction(match["amount"].replace(",", "."))
    return Change(
        name=match["name"],
        value=-amount if match["sign"] == "-" else amount,
        percent=bool(match["percent"]),
        year=int(match["year"]) if match["year"] else None,
        written=written.strip(),
    )


def changed(inputs: Inputs, changes: Sequence[Change], place: Place) -> Inputs:
    """The inputs after changes, in their order.

    Raises ProblemsFound where a change names nothing there is, or would move a number nobody has given.
    """
    problems: list[Problem] = []
    now = inputs
    for change in changes:
        if change.year not in (None, inputs.year):
            continue
        names = _names(change.name, now)
        if not names:
            advice = did_you_mean(change.name, names_of(now))
            problems.append(Problem(place, f"there is no '{change.name}' to change.", advice))
        elif change.percent and (unknown := [name for name in names if name not in now.values]):
            what = f"'{unknown[0]}' of {inputs.year} is not known, so it cannot be moved by percents."
            problems.append(Problem(place, what, "Give it a value, or import it first."))
        else:
            now = now.but(dict(_moved(now, change, names)))
    if problems:
        raise ProblemsFound(tuple(problems))
    return now


def fits(change: Change, inputs: Inputs) -> bool:
    """Whether a change is for a year and has something to change there: percents move what is known only."""
    if change.year not in (None, inputs.year):
        return False
    names = _names(change.name, inputs)
    return bool(names) and (not change.percent or all(name in inputs.values for name in names))


def names_of(inputs: Inputs) -> tuple[str, ...]:
    """Every name a change may have in a year, organisers one by one; there need not be a number yet."""
    return tuple(
        dict.fromkeys(
            (
                *(price(item) for item in PRICED if item in inputs.items),
                *(rule(name) for name in Rule),
                *(assumption(name) for name in Assumption),
                *(name for name in inputs.values if name.startswith("entitled.")),
                *(determinant(code, name) for code in (*inputs.codes, COUNTRY) for name in Determinant),
                *(
                    score(code, each.indicator)
                    for code in inputs.codes
                    for each in inputs.indicators.indicators
                ),
            )
        )
    )


def _names(name: str, inputs: Inputs) -> tuple[str, ...]:
    known = frozenset(names_of(inputs))
    kind, _, rest = name.partition(".")
    organiser, _, what = rest.partition(".")
    if organiser != EVERYBODY:
        return (name,) if name in known else ()
    names = tuple(f"{kind}.{code}.{what}" for code in inputs.codes)
    return names if all(each in known for each in names) else ()


def _moved(inputs: Inputs, change: Change, names: Sequence[str]) -> Mapping[str, Given]:
    moved = {}
    for name in names:
        was = inputs.get(name)
        before = was.value if was else None
        value = change.of(before)
        if value == before:
            continue
        moved[name] = Given(
            value=value,
            basis=was.basis if was else "",
            invented=was.invented if was else False,
            before=was.before if was and was.before is not None else before,
        )
    return moved
