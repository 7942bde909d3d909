"""What the reader looks at: area, grain and period, as the address of the page says."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from virtaama.access.answers import AreaName
from virtaama.metrics.question import Grain, Level
from virtaama.portal.steering.past import AS_OF, KNOWN, Past
from virtaama.portal.steering.periods import first_day, shifted, whole_periods
from virtaama.portal.ui.formats import period_written, read_period
from virtaama.portal.ui.words import GRAINS
from virtaama.problems import NotAllowed, NotReady

NOW = Past()


@dataclass(frozen=True, slots=True, kw_only=True)
class AreaBranch:
    """An area with the areas inside it."""

    area: AreaName
    inside: tuple[AreaName, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Filters:
    """A choice that can be answered, and what was wrong with the one in the address.

    `set_by_reader` names the filters the reader chose; the others have their defaults.
    """

    area: AreaName
    grain: Grain
    period: date
    areas: tuple[AreaName, ...]
    periods: tuple[date, ...]  # that can be chosen at this grain, oldest first
    problems: tuple[tuple[str, str], ...]  # filter, what is wrong
    set_by_reader: frozenset[str]
    past: Past = NOW

    @property
    def level(self) -> Level:
        return Level(self.area.level)

    @property
    def period_written(self) -> str:
        return period_written(self.period, self.grain)

    @property
    def earlier(self) -> str:
        """The period before, as an address has it; empty at the first."""
        before = shifted(self.period, self.grain, -1)
        return period_written(before, self.grain) if before in self.periods else ""

    @property
    def later(self) -> str:
        after = shifted(self.period, self.grain, 1)
        return period_written(after, self.grain) if after in self.periods else ""

    @property
    def choices_of_period(self) -> tuple[tuple[str, date], ...]:
        """What an address has for each period, the newest first; nothing for the newest itself."""
        return tuple(
            ("" if period == self.newest else period_written(period, self.grain), period)
            for period in reversed(self.periods)
        )

    @property
    def newest(self) -> date:
        return self.periods[-1]

    @property
    def widest(self) -> AreaName:
        """The area shown when none is chosen."""
        return self.areas[0]

    @property
    def choices_of_grain(self) -> tuple[tuple[str, Promise], ...]:
        """What an address has for each grain; nothing for the one shown when none is chosen."""
        return tuple(("" if grain is Grain.MONTH else grain.value, name) for grain, name in GRAINS.items())

    @property
    def carried(self) -> dict[str, str]:
        """What the reader chose, as every link of the page carries it on."""
        values = {"area": self.area.code, "grain": self.grain.value, "period": self.period_written}
        return {
            name: value for name, value in values.items() if name in self.set_by_reader
        } | self.past.carried

    @property
    def looks_back(self) -> bool:
        return self.past.end is not None

    @property
    def above(self) -> tuple[AreaName, ...]:
        """The areas this one lies in, the widest first."""
        county = tuple(a for a in self.areas if a.level == Level.COUNTY and a != self.area)
        municipality = tuple(
            a for a in self.areas if a.level == Level.MUNICIPALITY and a.code == self.area.within
        )
        return (*county, *municipality)

    @property
    def county(self) -> AreaName | None:
        return next((area for area in self.areas if area.level == Level.COUNTY), None)

    @property
    def tree(self) -> tuple[AreaBranch, ...]:
        """Municipalities with their units."""
        return tuple(
            AreaBranch(
                area=area,
                inside=tuple(u for u in self.areas if u.level == Level.UNIT and u.within == area.code),
            )
            for area in self.areas
            if area.level == Level.MUNICIPALITY
        )

    def problem_of(self, name: str) -> str:
        return dict(self.problems).get(name, "")

    @property
    def area_problem(self) -> str:
        return self.problem_of("area")

    @property
    def grain_problem(self) -> str:
        return self.problem_of("grain")

    @property
    def as_of_problem(self) -> str:
        return dict(self.past.problems).get(AS_OF, "")

    @property
    def known_problem(self) -> str:
        return dict(self.past.problems).get(KNOWN, "")

    @property
    def period_problem(self) -> str:
        return self.problem_of("period")


def read_filters(
    address: Mapping[str, str], areas: tuple[AreaName, ...], data: tuple[date, date], past: Past = NOW
) -> Filters:
    """Read the filters of an address. What cannot be read becomes a problem and takes its default.

    Who looks back is shown the periods that were over by then.
    """
    if not areas:
        raise NotAllowed("no area is open to the asker")
    problems: list[tuple[str, str]] = []
    chosen: set[str] = set()

    area = next((a for a in areas if a.code == address.get("area")), None)
    if area is not None and area != areas[0]:
        chosen.add("area")
    elif area is None and address.get("area"):
        problems.append(
            ("area", _("This area does not exist or is not open to you. Showing the widest you may see."))
        )
    area = area or areas[0]

    grain = next((g for g in Grain if g == address.get("grain")), None)
    if grain is not None and grain is not Grain.MONTH:
        chosen.add("grain")
    elif grain is None and address.get("grain"):
        problems.append(("grain", _("Choose month, quarter or year. Showing months.")))
    grain = grain or Grain.MONTH

    if past.end and not whole_periods(*until(data, past.end), Grain.MONTH):
        past = replace(
            past, as_of=None, known=None, problems=((AS_OF if past.as_of else KNOWN, no_month_then()),)
        )
    data = until(data, past.end) if past.end else data
    periods = whole_periods(*data, grain)
    if not periods:
        problems.append(("grain", _("There is no whole period of this length yet. Showing months.")))
        grain = Grain.MONTH
        periods = whole_periods(*data, grain)
    if not periods:
        raise NotReady("no whole month has been published")
    period, problem = read_chosen_period(address.get("period", ""), grain, periods, past.end)
    if problem:
        problems.append(("period", problem))
    elif address.get("period"):
        chosen.add("period")
    return Filters(
        area=area,
        grain=grain,
        period=period,
        areas=areas,
        periods=periods,
        problems=tuple(problems),
        set_by_reader=frozenset(chosen),
        past=past,
    )


def until(data: tuple[date, date], end: date) -> tuple[date, date]:
    """The months of data that were over when a day was."""
    over = shifted(first_day(end + timedelta(days=1), Grain.MONTH), Grain.MONTH, -1)
    return data[0], min(data[1], over)


def no_month_then() -> str:
    return _("No month of the figures was over by then. Showing today's view.")


def read_chosen_period(
    text: str, grain: Grain, periods: tuple[date, ...], end: date | None = None
) -> tuple[date, str]:
    """The period to show and what is wrong with the one asked for.

    A period of another grain is no fault: who changes from months to quarters keeps the time they look at.
    """
    if not text:
        return periods[-1], ""
    found = read_period(text)
    if found is None:
        return periods[-1], _("Write the period as 2026-09, 2026Q3 or 2026. Showing the newest.")
    day, grain_written = found
    if grain_written is not grain:
        # The last month of a longer period, so that a year becomes its December and not its January.
        end = shifted(shifted(day, grain_written, 1), Grain.MONTH, -1)
        wanted = first_day(end, grain)
        return max((p for p in periods if p <= wanted), default=periods[0]), ""
    if day not in periods and end and day > periods[-1]:
        return periods[-1], _(
            "This period was not over on the day you look back to. Showing the newest that was."
        )
    if day not in periods:
        return periods[-1], _("There are no figures for this period. Showing the newest.")
    return day, ""
