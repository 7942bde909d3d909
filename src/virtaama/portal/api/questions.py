"""From the parameters of a request to a question for the door."""

from __future__ import annotations

from datetime import date, timedelta

from django.utils import timezone

from virtaama.access.answers import AreaName
from virtaama.access.door import Door
from virtaama.metrics.definitions import Metric
from virtaama.metrics.periods import following, last_day, period_of, periods
from virtaama.metrics.question import Grain, Level, Question
from virtaama.portal.api.asked import FiguresAsked, not_understood
from virtaama.portal.api.problems import Kind, Refusal
from virtaama.portal.ui.formats import read_period
from virtaama.privacy.policy import Asker

MOST_PERIODS = 240  # twenty years of months


def question_of(asked: FiguresAsked, metric: Metric, door: Door, asker: Asker) -> Question:
    """The question; Refusal where it makes no sense, or names an area that is not there or not open to the asker."""
    first, last = days_of(asked, door)
    first, last = period_of(first, asked.grain), last_day(period_of(last, asked.grain), asked.grain)
    if len(periods(first, last, asked.grain)) > MOST_PERIODS:
        raise Refusal(Kind.TOO_MUCH)
    if asked.within and asked.level is not Level.UNIT:
        raise Refusal(Kind.NOT_UNDERSTOOD, not_understood("within"))
    check_past(asked, door)
    check_areas(asked, door.areas(asker))
    return Question(
        metrics=(metric.name,),
        grain=asked.grain,
        first=first,
        last=last,
        level=asked.level,
        area=asked.area,
        within=asked.within,
        by=asked.by,
        as_of=asked.as_of,
        known=asked.known,
    )


def days_of(asked: FiguresAsked, door: Door) -> tuple[date, date]:
    """A day in the first and one in the last period asked for."""
    last = None
    if asked.to:
        found = read_period(asked.to)
        if found is None:
            raise Refusal(Kind.NOT_UNDERSTOOD, not_understood("to"))
        last = last_day(*found)
    if asked.from_ is None:
        last = last or newest_whole(door.periods(), asked.grain)
        return last, last
    found = read_period(asked.from_)
    if found is None:
        raise Refusal(Kind.NOT_UNDERSTOOD, not_understood("from"))
    first = found[0]
    last = last or max(newest_whole(door.periods(), asked.grain), last_day(*found))
    if first > last:
        raise Refusal(Kind.NOT_UNDERSTOOD, not_understood("from"))
    return first, last


def newest_whole(months: tuple[date, date], grain: Grain) -> date:
    """The last day of the newest period that lies wholly before the end of the last month; else of that month."""
    end = last_day(months[1], Grain.MONTH)
    newest = period_of(end, grain)
    if last_day(newest, grain) > end:
        newest = period_of(newest - timedelta(days=1), grain)
    found = last_day(newest, grain)
    return found if following(newest, grain) > months[0] else end


def check_past(asked: FiguresAsked, door: Door) -> None:
    """Refusal for days one cannot look back to."""
    if not (asked.as_of or asked.known):
        return
    reach, today = door.first_days(), timezone.localdate()
    for name, day in (("as_of", asked.as_of), ("known", asked.known)):
        if day and (reach is None or not getattr(reach, name) <= day <= today):
            raise Refusal(Kind.NOT_UNDERSTOOD, not_understood(name))


def check_areas(asked: FiguresAsked, areas: tuple[AreaName, ...]) -> None:
    """Refusal for an area that is not there, or not open: nobody can tell which."""
    of_level = [area for area in areas if area.level == asked.level]
    if asked.area and asked.area not in {area.code for area in of_level}:
        raise Refusal(Kind.NOT_FOUND)
    if asked.within and asked.within not in {area.within for area in of_level}:
        raise Refusal(Kind.NOT_FOUND)
