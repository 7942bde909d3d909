"""What can be asked: the parameters of each operation, as strict as their schema says."""

from __future__ import annotations

import re
from datetime import date
from typing import Annotated, Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

from virtaama.metrics.question import Grain, Level
from virtaama.portal.api.problems import Kind, Refusal, Wrong
from virtaama.privacy.policy import Purpose

CODE = r"^[A-Za-z0-9ÅÄÖåäö_.:/ -]{1,64}$"
NAME = r"^[a-z][a-z0-9_]{0,79}$"
PERIOD = r"^(19|20|21)[0-9]{2}(-(0[1-9]|1[0-2])|-?Q[1-4])?$"
LONGEST_PAGE, USUAL_PAGE = 5_000, 1_000
_NUMBER = re.compile(r"[0-9]{1,9}", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)


def _number(text: Any) -> Any:
    """Digits and nothing else: no sign, space, point or exponent."""
    if isinstance(text, str) and not _NUMBER.fullmatch(text):
        raise ValueError
    return text


def _day(text: Any) -> Any:
    """A day of the calendar as 2026-03-31: no time of day, no seconds of the clock."""
    if isinstance(text, str):
        if not _DAY.fullmatch(text):
            raise ValueError
        return date.fromisoformat(text)
    return text


Number = Annotated[int, BeforeValidator(_number)]
Day = Annotated[date, BeforeValidator(_day)]
Period = Annotated[str, Field(pattern=PERIOD, examples=["2026-09"])]
Code = Annotated[str, Field(pattern=CODE)]


class Nothing(BaseModel):
    """No parameters."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Paged(Nothing):
    """One page of a list."""

    offset: Number = Field(0, ge=0, le=999_999_999)
    limit: Number = Field(USUAL_PAGE, ge=1, le=LONGEST_PAGE)


class AreasAsked(Paged):
    level: Level | None = None


class FiguresAsked(Nothing):
    """A question, as the portal's pages and the command `ask` put it."""

    purpose: Purpose
    level: Level = Level.COUNTY
    area: Code | None = None
    within: Code | None = None
    by: Annotated[str, Field(pattern=NAME)] | None = None
    grain: Grain = Grain.MONTH
    from_: Period | None = Field(None, alias="from")
    to: Period | None = None
    as_of: Day | None = None
    known: Day | None = None


class JsonStatAsked(Nothing):
    """A table of a published data set."""

    grain: Grain | None = None
    by: Annotated[str, Field(pattern=NAME)] | None = None


class PageOfFiguresAsked(FiguresAsked, Paged):
    pass


MEANINGS: dict[str, Promise] = {
    "name": _("The name of a metric."),
    "release": _("The name of a release."),
    "number": _("The number of a data set of it."),
    "offset": _("How many come before the page."),
    "limit": _("How many a page has at most."),
    "level": _("The county, its municipalities or its units."),
    "purpose": _("What the figures are for. It goes on record; your role must have it."),
    "area": _("One area of the level; without it every area."),
    "within": _("Units of this municipality alone."),
    "by": _("One breakdown of the metric, by its name."),
    "grain": _("The length of the periods."),
    "from": _("The first period, as 2026-09, 2026Q3 or 2026. Without it the last one alone."),
    "to": _("The last period, written likewise. Without it the newest that is whole."),
    "as_of": _("What was true when this day was over."),
    "known": _("What was known when this day was over."),
}
"""What each parameter is, of a path or a query."""

RIGHT: dict[str, Promise] = {
    "offset": _("Write a whole number, 0 or more."),
    "limit": _("Write a whole number from 1 to 5000."),
    "level": _("Write county, municipality or unit."),
    "grain": _("Write month, quarter or year."),
    "purpose": _(
        "Say what the figures are for: one of the purposes of your role, as /api/v1/reader lists them."
    ),
    "area": _("Write the code of an area of the level, as /api/v1/areas lists them."),
    "within": _("Write the code of a municipality, and the level unit."),
    "by": _("Write the name of a breakdown, as the metric lists them."),
    "from": _("Write the period as 2026-09, 2026Q3 or 2026, not after the last one."),
    "to": _("Write the period as 2026-09, 2026Q3 or 2026."),
    "as_of": _("Write a day as 2026-03-31, of which something is told and which is over."),
    "known": _("Write a day as 2026-03-31, on which something was known and which is over."),
}
"""What would be right in place of a parameter that is not understood."""

NO_SUCH_PARAMETER = _("There is no such parameter here.")
GIVEN_TWICE = _("It is given more than once.")


def read(asked: type[BaseModel], given: dict[str, list[str]]) -> BaseModel:
    """The parameters of a request; Refusal with everything that is wrong with them. Repeats nothing that was sent."""
    known = {field.alias or name for name, field in asked.model_fields.items()}
    wrong = [Wrong(parameter="?", detail=str(NO_SUCH_PARAMETER)) for name in given if name not in known]
    wrong += [
        Wrong(parameter=name, detail=str(GIVEN_TWICE))
        for name, values in given.items()
        if name in known and len(values) > 1
    ]
    try:
        found = asked.model_validate({name: values[-1] for name, values in given.items() if name in known})
    except ValidationError as error:
        names = dict.fromkeys(str(each["loc"][0]) for each in error.errors())
        wrong += [not_understood(name) for name in names]
    if wrong:
        raise Refusal(Kind.NOT_UNDERSTOOD, *wrong)
    return found


def not_understood(name: str) -> Wrong:
    """A parameter that is wrong, with what would be right."""
    return Wrong(parameter=name, detail=str(RIGHT[name]))
