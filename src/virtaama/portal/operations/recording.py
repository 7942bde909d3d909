"""Everything the page of recording quality reads: filters from the address, sums from the door, in order."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from virtaama.access.answers import AreaName
from virtaama.access.door import Door
from virtaama.access.recording import By, RecordingAnswer, RecordingLine, RecordingQuestion, RecordingWords
from virtaama.portal.core.door import role_of
from virtaama.privacy.policy import Asker

MONTHS = (3, 12, 36)
USUAL = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """What of recording is looked at. What the address says and nobody knows is left out."""

    months: int  # 0: every month there is
    first: date | None
    last: date
    system: str
    concept: str
    unit: AreaName | None
    everything: bool  # also fields nobody expects a value of
    systems: tuple[tuple[str, str], ...]
    concepts: tuple[tuple[str, str], ...]
    units: tuple[AreaName, ...]  # none where the reader sees no single unit
    not_open: bool = False  # a unit was named that is not there, or not open to the reader

    @property
    def set_by_reader(self) -> bool:
        return bool(self.system or self.concept or self.unit or self.everything or self.months != USUAL)

    @property
    def carried(self) -> dict[str, str]:
        return {}


def read_filters(given: Mapping[str, str], door: Door, asker: Asker, language: str) -> Filters:
    words = door.recording_words()
    units = tuple(area for area in door.areas(asker) if area.level == "unit")
    first, last = door.periods()
    written = given.get("months", "")
    months = int(written) if written in {str(choice) for choice in (0, *MONTHS)} else USUAL
    begins = shifted(last, 1 - months) if months else None
    unit = next((unit for unit in units if unit.code == given.get("unit")), None)
    return Filters(
        months=months,
        first=max(first, begins) if begins else None,
        last=last,
        system=given["system"] if given.get("system") in words.systems else "",
        concept=given["concept"] if given.get("concept") in words.concepts else "",
        unit=unit,
        not_open=unit is None and bool(given.get("unit")),
        everything=given.get("fields") == "all",
        systems=named(words.systems, language),
        concepts=named(words.concepts, language),
        units=tuple(sorted(units, key=lambda unit: unit.name.in_language(language))),
    )


def named(words: Mapping[str, Any], language: str) -> tuple[tuple[str, str], ...]:
    labels = [(name, text.in_language(language)) for name, text in words.items()]
    return tuple(sorted(labels, key=lambda each: each[1]))


def shifted(month: date, by: int) -> date:
    number = month.year * 12 + month.month - 1 + by
    return date(number // 12, number % 12 + 1, 1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """Sums with the words for what they are of."""

    name: str  # of the field, unit or month
    system: str = ""
    concept: str = ""
    unit: AreaName | None = None
    month: date | None = None
    unit_name: str = ""
    rows: int
    missing: int
    wrong: int

    @property
    def faulty(self) -> float:
        """The share that is missing or wrong."""
        return min((self.missing + self.wrong) / self.rows, 1.0)

    @property
    def missing_share(self) -> float:
        return self.missing / self.rows

    @property
    def wrong_share(self) -> float:
        return self.wrong / self.rows


ORDERS: dict[str, Callable[[Line], Any]] = {
    "name": lambda line: (line.name, line.concept, line.system),
    "concept": lambda line: (line.concept, line.name, line.system),
    "system": lambda line: (line.system, line.concept, line.name),
    "rows": lambda line: line.rows,
    "missing": lambda line: line.missing_share,
    "wrong": lambda line: line.wrong_share,
    "faulty": lambda line: line.faulty,
}
WORST = "-faulty"


def in_order(lines: tuple[Line, ...], order: str) -> tuple[Line, ...]:
    """By one of ORDERS, downwards when it begins with a minus; any other order: the worst first."""
    by_name = sorted(lines, key=ORDERS["name"])
    by = ORDERS.get(order.removeprefix("-"))
    if by is None:
        return in_order(lines, WORST)
    return tuple(sorted(by_name, key=by, reverse=order.startswith("-")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What the page shows: the worst fields, units, and the course over the months."""

    fields: tuple[Line, ...]
    units: tuple[Line, ...]
    months: tuple[Line, ...]  # the oldest first; those without a month left out
    answer: RecordingAnswer

    @property
    def whole(self) -> Line | None:
        """Everything together."""
        rows = sum(line.rows for line in self.fields)
        if not rows:
            return None
        return Line(
            name="",
            rows=rows,
            missing=sum(line.missing for line in self.fields),
            wrong=sum(line.wrong for line in self.fields),
        )

    @property
    def worst(self) -> Line | None:
        faulty = [line for line in self.fields if line.faulty]
        return in_order(tuple(faulty), WORST)[0] if faulty else None


def picture(
    door: Door, asker: Asker, filters: Filters, language: str, *, order: str, unit_order: str, no_unit: str
) -> Picture:
    """Three questions to the door; where the reader sees no single unit, two."""
    words = door.recording_words()
    fields = door.recording(question(filters, By.FIELD), asker)
    months = door.recording(question(filters, By.MONTH), asker)
    units = door.recording(question(filters, By.UNIT), asker) if sees_units(asker) else None
    names = {unit.code: unit for unit in filters.units}
    by_unit = units.lines if units else ()
    return Picture(
        fields=in_order(tuple(field_line(line, words, language) for line in fields.lines), order),
        units=in_order(tuple(unit_line(line, names, language, no_unit) for line in by_unit), unit_order),
        months=tuple(
            Line(name="", month=line.month, rows=line.rows, missing=line.missing, wrong=line.wrong)
            for line in months.lines
            if line.month
        ),
        answer=fields,
    )


def detail(
    door: Door, asker: Asker, filters: Filters, language: str, *, no_unit: str
) -> tuple[tuple[Line, ...], RecordingAnswer]:
    """Every field of every unit; without the units where the reader sees none."""
    words = door.recording_words()
    by = By.UNIT_AND_FIELD if sees_units(asker) else By.FIELD
    answer = door.recording(question(filters, by), asker)
    names = {unit.code: unit for unit in filters.units}
    lines = []
    for line in answer.lines:
        of_unit = unit_line(line, names, language, no_unit).name if by is By.UNIT_AND_FIELD else ""
        lines.append(field_line(line, words, language, unit_name=of_unit))
    return in_order(tuple(lines), "concept"), answer


def question(filters: Filters, by: By) -> RecordingQuestion:
    return RecordingQuestion(
        by=by,
        system=filters.system,
        concept=filters.concept,
        area=filters.unit.code if filters.unit else None,
        first=filters.first,
        last=filters.last,
        expected_only=not filters.everything,
    )


def sees_units(asker: Asker) -> bool:
    role = role_of(asker)
    return role is not None and "unit" in role.levels


def field_line(line: RecordingLine, words: RecordingWords, language: str, unit_name: str = "") -> Line:
    key = (line.concept, line.field or line.rule)
    called = words.fields.get(key) if line.field else words.rules.get(key)
    concept = words.concepts.get(line.concept)
    system = words.systems.get(line.feed.partition(".")[0])
    return Line(
        name=called.in_language(language) if called else key[1],
        concept=concept.in_language(language) if concept else line.concept,
        system=system.in_language(language) if system else line.feed,
        unit_name=unit_name,
        rows=line.rows,
        missing=line.missing,
        wrong=line.wrong,
    )


def unit_line(line: RecordingLine, names: Mapping[str, AreaName], language: str, no_unit: str) -> Line:
    unit = names.get(line.unit or "")
    return Line(
        name=unit.name.in_language(language) if unit else line.unit or no_unit,
        unit=unit,
        rows=line.rows,
        missing=line.missing,
        wrong=line.wrong,
    )
