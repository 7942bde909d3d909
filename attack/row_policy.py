"""S3: what the door answers, beside what a naive reader of the same rows finds: for anybody, asking anything."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import TypeVar

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from attack.naive import (
    County,
    Home,
    Key,
    Person,
    Posting,
    Reader,
    Told,
    Visit,
    branch_of,
    next_period,
)
from attack.outcome import Row, Should
from tests.privacy.county_of_rows import COUNTED, CountyOfRows, last_of, publish
from virtaama.access.answers import Answer
from virtaama.access.door import Door
from virtaama.metrics.question import Figure, Grain, Level, Missing, Question
from virtaama.privacy.policy import Asker, Purpose, Role
from virtaama.problems import NotAllowed

T = TypeVar("T")
CASES, CASES_EACH = 10_000, 125
COUNTS = frozenset({"visits", "urgent_visits", "visitors", "visits_so_far"})
CODES = ("398", "098", "016", "560", "781", "142")
SEXES, FORMS, SERVICES = ("female", "male"), ("R10", "R52"), ("care", "home", "school")


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Somebody asks something for a purpose."""

    question: Question
    asker: Asker
    purpose: Purpose
    role: Role | None


# What is made up ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """A county as few numbers: the same ones make the same rows."""

    municipalities: int
    units: tuple[int, ...]  # of each municipality
    first_month: int  # of 2023
    months: int
    persons: int
    visits: int
    seed: int


def counties() -> st.SearchStrategy[Made]:
    """Few persons in few municipalities, so that groups are small."""
    return st.builds(
        Made,
        municipalities=st.integers(1, len(CODES)),
        units=st.tuples(*[st.integers(0, 2)] * len(CODES)),
        first_month=st.integers(1, 12),
        months=st.integers(3, 18),
        persons=st.integers(1, 60),
        visits=st.integers(0, 250),
        seed=st.integers(0, 2**32),
    )


def filled(made: Made) -> County:
    """The rows; some say less than they should."""
    random, persons = Random(made.seed), made.persons
    municipalities = CODES[: made.municipalities]
    units = tuple(
        (f"U{code}{n}", code)
        for code, many in zip(municipalities, made.units, strict=False)
        for n in range(many)
    ) or (("U1", municipalities[0]),)
    first = last = date(2023, made.first_month, 1)
    for _ in range(made.months - 1):
        last = next_period(last, Grain.MONTH)
    days = (last_of(last) - first).days

    def day() -> date:
        return first + timedelta(random.randint(0, days))

    people = tuple(
        Person(
            sex=random.choice((*SEXES, *SEXES, None)),
            home=random.choice(municipalities) if random.random() < 0.95 else None,
        )
        for _ in range(persons)
    )
    homes = []
    for n, person in enumerate(people):
        if person.home is None:
            continue
        moved = day() if random.random() < 0.3 else None
        homes.append(Home(n, person.home, date(2000, 1, 1), moved))
        if moved and random.random() < 0.7:
            homes.append(Home(n, random.choice(municipalities), moved + timedelta(1), None))
    # Days at both ends, so that what is whole does not hang on chance.
    visit_days = [first, last_of(last), *(day() for _ in range(made.visits))]
    return County(
        municipalities=municipalities,
        units=units,
        persons=people,
        homes=tuple(homes),
        visits=tuple(
            Visit(
                day=when,
                person=random.randrange(persons) if random.random() < 0.97 else None,
                unit=random.choice(units)[0] if random.random() < 0.95 else None,
                form=random.choice((*FORMS, *FORMS, *FORMS, None)),
                urgent=random.random() < 0.3,
                waited=random.randint(0, 40),
                cost=random.randint(0, 900),
            )
            for when in visit_days
        ),
        postings=tuple(
            Posting(day(), random.randint(-500, 5000), random.choice((*SERVICES, None)))
            for _ in range(random.randint(0, 20))
        ),
        first=first,
        last=last,
    )


@st.composite
def all_roles(draw: st.DrawFn) -> tuple[Role, ...]:
    """Roles of every kind: whole or own municipality, some levels and purposes, exact or rounded."""
    return tuple(
        Role(
            name=f"role {n}",
            purposes=frozenset(draw(st.sets(st.sampled_from(Purpose), min_size=1))),
            levels=frozenset(draw(st.sets(st.sampled_from([*Level]), min_size=1))),
            pages=frozenset({"steering"}),
            own_municipality_only=draw(st.booleans()),
            branches=frozenset(draw(st.sampled_from([(), (), ("branch 0",), ("branch 1", "branch 2")]))),
            minimum_group=draw(st.integers(0, 15)),
            rounding=draw(st.sampled_from((1, 1, 1, 3, 5, 10))),
        )
        for n in range(6)
    )


@st.composite
def cases(draw: st.DrawFn, county: County, roles: tuple[Role, ...]) -> Case:
    role = draw(st.sampled_from(roles))
    own = frozenset(draw(st.sets(st.sampled_from(CODES), min_size=1, max_size=3)))
    # Mostly what the role may ask: a refusal shows little.
    level = Level(draw(mostly(sorted(role.levels), [*Level])))
    in_own = [code for code in county.municipalities if code in own or not role.own_municipality_only]
    within = draw(mostly([None, *in_own], [*county.municipalities, "999"])) if level is Level.UNIT else None
    area = None
    if level is Level.COUNTY:
        area = draw(st.sampled_from([None, county.code]))
    elif level is Level.MUNICIPALITY:
        area = draw(mostly([None, None, *in_own], [*county.municipalities, "999"]))
    else:
        of_own = [
            unit
            for unit, municipality in county.units
            if municipality in in_own and (not role.branches or branch_of(unit) in role.branches)
        ]
        area = draw(mostly([None, None, *of_own], [*(unit for unit, _ in county.units), "U9"]))
    first = county.first + timedelta(draw(st.integers(-90, 400)))
    return Case(
        question=Question(
            metrics=tuple(
                draw(
                    st.lists(st.sampled_from([m.name for m in COUNTED]), min_size=1, max_size=3, unique=True)
                )
            ),
            grain=draw(st.sampled_from([*Grain])),
            first=first,
            last=first + timedelta(draw(st.integers(0, 400))),
            level=level,
            area=area,
            within=within,
            by=draw(st.sampled_from((None, None, "sex", "form", "service", "nothing"))),
            known=draw(mostly([None], [first])) if role.rounding > 1 else None,
        ),
        asker=Asker(
            id="somebody",
            role=draw(mostly([role.name], ["nobody"])),
            municipalities=own,
        ),
        purpose=Purpose(draw(mostly(sorted(role.purposes), [*Purpose]))),
        role=role,
    )


def mostly(usual: Sequence[T], all_there_are: Sequence[T]) -> st.SearchStrategy[T]:
    """One of the usual, now and then any."""
    return st.sampled_from((True,) * 9 + (False,)).flatmap(
        lambda is_usual: st.sampled_from(usual if is_usual else all_there_are)
    )


# What differs ----------------------------------------------------------------------------------------------


@dataclass
class Judge:
    """Holds what was shown against the naive reader, and rounded counts against one another."""

    reader: Reader
    counts: dict[tuple[object, ...], float] = field(default_factory=dict)

    def differences(self, case: Case, figures: Iterable[Figure] | None) -> list[str]:
        """What was shown, or not shown, that should not be. `figures` is None where the question was refused."""
        role = case.role if case.role and case.asker.role == case.role.name else None
        expected = self.reader.answer(case.question, case.asker, case.purpose, role)
        if expected is None or figures is None or role is None:
            return [] if expected is None and figures is None else [f"refused: {figures is None}"]
        shown: dict[Key, Figure] = {}
        for figure in figures:
            key = (figure.metric, figure.area, figure.member or "", figure.period)
            if key in shown:
                return [f"{key} stands there twice"]
            shown[key] = figure
        if shown.keys() != expected.keys():
            return [f"other lines: {sorted(shown.keys() ^ expected.keys())[:3]}"]
        return [
            f"{key}: {figure} instead of {expected[key]}"
            for key, figure in shown.items()
            if not self._is_right(figure, expected[key], role, case.question)
        ]

    def _is_right(self, figure: Figure, expected: Told, role: Role, question: Question) -> bool:
        metric = self.reader.metrics[figure.metric]
        if role.rounding <= 1 or not metric.about_persons or expected.missing:
            return same(figure, expected)
        if metric.name == "cost_of_visits":
            return is_empty(figure) and figure.missing is Missing.NOT_ROUNDED
        if metric.name == "mean_wait":
            assert expected.value is not None
            return figure.value == round(expected.value, 1) and figure.rows is figure.numerator is None
        return self._is_rounded(figure, expected, role.rounding, question)

    def _is_rounded(self, figure: Figure, expected: Told, base: int, question: Question) -> bool:
        """Counts are multiples near the exact ones, the same wherever they stand; values come of them."""
        if expected.denominator is not None and figure.missing is Missing.TOO_FEW:
            return is_empty(figure) and expected.denominator < base
        numerator, denominator = figure.numerator, figure.denominator
        if figure.rows is not None or numerator is None or expected.numerator is None:
            return False
        if not self._stays(figure, numerator, expected.numerator, base, question):
            return False
        if expected.denominator is None or denominator is None:
            return figure.value == numerator and denominator is expected.denominator
        near = abs(denominator - expected.denominator) < base and denominator % base == 0
        return near and figure.value is not None and math.isclose(figure.value, numerator / denominator)

    def _stays(self, figure: Figure, shown: float, exact: float, base: int, question: Question) -> bool:
        if shown % base or abs(shown - exact) >= base or (exact == 0 and shown):
            return False
        if figure.metric not in COUNTS:
            return True
        count = (base, figure.metric, figure.level, figure.area, question.by, figure.member, question.grain)
        return self.counts.setdefault((*count, figure.period), shown) == shown


def same(figure: Figure, expected: Told) -> bool:
    if expected.missing is not None:
        # A reason that is of the rows and not of the policy may come with the counts it is the reason of.
        of_policy = expected.missing in (Missing.TOO_FEW, Missing.NOT_ALLOWED)
        return (
            figure.missing is expected.missing
            and figure.value is None
            and (not of_policy or is_empty(figure))
        )
    numbers = (
        (figure.value, expected.value),
        (figure.numerator, expected.numerator),
        (figure.denominator, expected.denominator),
        (figure.rows, expected.rows),
    )
    return figure.missing is None and all(
        a is b is None or (a is not None and b is not None and math.isclose(a, b, abs_tol=1e-9))
        for a, b in numbers
    )


def is_empty(figure: Figure) -> bool:
    return figure.value is figure.numerator is figure.denominator is figure.rows is None


# The attack ------------------------------------------------------------------------------------------------


def asked(door: Door, case: Case) -> Answer | None:
    """The door's answer; None where it refuses."""
    try:
        return door.ask(case.question, case.asker, case.purpose)
    except NotAllowed:
        return None


InCounty = Callable[[County, tuple[Role, ...], CountyOfRows, Judge], list[str]]


def at_random(counties_: int, in_county: InCounty, *, same_again: bool = False) -> list[str]:
    """What is wrong in so many counties, each with six roles; the same ones each time, or others."""
    wrong: list[str] = []

    @generated(counties_, same_again)
    @given(made=counties(), roles=all_roles())
    def in_counties(made: Made, roles: tuple[Role, ...]) -> None:
        county = filled(made)
        with TemporaryDirectory() as folder:
            published = publish(county, Path(folder))
            judge = Judge(Reader(county, COUNTED))
            try:
                wrong.extend(f"{made}: {what}" for what in in_county(county, roles, published, judge))
            finally:
                published.connection.close()

    in_counties()
    return wrong


def generated(number: int, same_again: bool) -> settings:
    """So many examples and no more: a difference is told and not narrowed down."""
    return settings(
        max_examples=number,
        deadline=None,
        database=None,
        derandomize=same_again,
        phases=[Phase.generate],
        suppress_health_check=[*HealthCheck],
    )


@dataclass
class AtTheDoor:
    """Asks so many questions of each county, and counts."""

    number: int
    same_again: bool = False
    asked: int = 0
    answered: int = 0
    hidden: int = 0

    def __call__(
        self, county: County, roles: tuple[Role, ...], published: CountyOfRows, judge: Judge
    ) -> list[str]:
        door, wrong = published.door_for(*roles), list[str]()

        @generated(self.number, self.same_again)
        @given(case=cases(county, roles))
        def in_cases(case: Case) -> None:
            answer = asked(door, case)
            self.asked += 1
            self.answered += answer is not None
            figures = answer.figures if answer else None
            self.hidden += sum(figure.missing is Missing.TOO_FEW for figure in figures or ())
            wrong.extend(f"{case}: {what}" for what in judge.differences(case, figures))

        in_cases()
        return wrong


def rows(number: int) -> Iterator[Row]:
    """So many questions at the door."""
    at_the_door = AtTheDoor(CASES_EACH)
    wrong = at_random(max(1, number // CASES_EACH), at_the_door)
    yield Row(
        id="S3",
        what="questions of generated askers, roles and counties, answered otherwise than rows and policy say",
        tried=at_the_door.asked,
        got=len(wrong),
        should=Should.NONE,
    )
