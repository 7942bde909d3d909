"""The residents of the invented county: who lives where, from when to when, and how much care they need."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from virtaama.synthetic.calendar import FAR, Flags, Integers, Month, Numbers
from virtaama.synthetic.facts import (
    AGE_STRUCTURE,
    FOREIGN_NAMES,
    LANGUAGE_SHARES,
    LANGUAGES,
    MENS_NAMES,
    MUNICIPALITIES,
    POPULATION,
    SURNAMES,
    WOMENS_NAMES,
)
from virtaama.synthetic.identity import identity_codes
from virtaama.synthetic.rows import Column, join, pick

BIRTHS_A_YEAR = 0.0072
ARRIVALS_A_YEAR = 0.028
MOVES_WITHIN_A_YEAR = 0.016
REGISTERED_IN_ERROR_A_MONTH = 0.00003  # of residents; at least a few in all

_YEAR = 365.25
# How unequally care is needed: about a tenth of the residents causes three quarters of the cost.
_SIGMA = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class People:
    """Everybody who ever lives in the county, one position a person.

    A person lives there from the day `enters` to the day `leaves` (the last one), first in municipality
    `home` and from the day `moves` on in `moves_to`. `frailty` is the person's own need of care: mean 1.
    """

    identity: Column
    surname: Column
    given_names: Column
    language: Column
    born: Integers
    male: Flags
    protected: Flags
    home: Integers
    moves: Integers
    moves_to: Integers
    enters: Integers
    leaves: Integers
    dies: Flags
    real: Flags  # false: registered in error, lives nowhere
    frailty: Numbers

    def __len__(self) -> int:
        return len(self.born)

    def present(self, day: int) -> Flags:
        return np.asarray((self.enters <= day) & (self.leaves >= day) & self.real)

    def home_on(self, day: Integers | int, who: Integers | None = None) -> Integers:
        index = np.arange(len(self)) if who is None else who
        return np.where(self.moves[index] <= day, self.moves_to[index], self.home[index])

    def need(self, steepness: float) -> Numbers:
        """The persons' own need, mean 1: even at steepness 0, the more concentrated the higher."""
        return np.asarray(self.frailty**steepness * np.exp(-(_SIGMA**2) * (steepness**2 - steepness) / 2))

    def age_on(self, day: Integers | int, who: Integers | None = None) -> Integers:
        born = self.born if who is None else self.born[who]
        return np.asarray(np.floor((day - born) / _YEAR), dtype=np.int64)


def invent_people(rng: np.random.Generator, residents: int, months: tuple[Month, ...]) -> People:
    """`residents` at the first day, and those who are born or move in later."""
    first, end = months[0].first_day, months[-1].next_first_day
    years = (end - first) / _YEAR
    arrivals = int(residents * ARRIVALS_A_YEAR * years)
    births = int(residents * BIRTHS_A_YEAR * years)
    errors = max(4, int(residents * REGISTERED_IN_ERROR_A_MONTH * len(months)))
    count = residents + arrivals + births + errors
    here = np.arange(count) < residents
    newborn = (np.arange(count) >= residents + arrivals) & (np.arange(count) < count - errors)
    real = np.arange(count) < count - errors

    shares = np.array([municipality.population for municipality in MUNICIPALITIES]) / POPULATION
    home = rng.choice(len(shares), count, p=shares)
    enters = np.where(here, first, first + rng.integers(0, end - first, count))
    age = np.where(here, _ages(rng, home), rng.gamma(3.2, 9.5, count).clip(0, 90))
    born = np.where(newborn, enters, (enters - age * _YEAR)).astype(np.int64)
    born = np.maximum(born, first - 104 * 365)
    lived_here = (rng.random(count) ** 0.6 * 30 * _YEAR).astype(np.int64) + 40
    enters = np.where(here, np.maximum(born, first - lived_here), enters)

    male = rng.random(count) < np.where(age > 72, 0.42, 0.505)
    years_old = (np.maximum(enters, first) - born) / _YEAR
    dying = _days_until(rng, 0.000025 * np.exp(0.0985 * (years_old + 1.2)) * np.where(male, 1.25, 0.85))
    moving = _days_until(rng, np.where((years_old > 17) & (years_old < 34), 0.052, 0.013))
    start = np.maximum(enters, first)
    leaves = np.minimum(np.minimum(start + dying, start + 40 + moving), FAR)
    moves = start + 35 + _days_until(rng, np.full(count, MOVES_WITHIN_A_YEAR))
    moves = np.where(moves + 5 < leaves, moves, FAR)

    surname = _skewed(rng, len(SURNAMES), count)
    given = [_given(rng, male), _given(rng, male)]
    language = rng.choice(len(LANGUAGES), count, p=LANGUAGE_SHARES)
    surnames, given_names = _names(surname, given, language, male)

    return People(
        identity=identity_codes(born, male),
        surname=surnames,
        given_names=given_names,
        language=pick(LANGUAGES, language),
        born=born,
        male=male,
        protected=rng.random(count) < 0.004,
        home=home,
        moves=moves,
        moves_to=(home + rng.integers(1, len(shares), count)) % len(shares),
        enters=enters,
        leaves=leaves,
        dies=dying <= 40 + moving,
        real=real,
        frailty=np.exp(rng.normal(-_SIGMA * _SIGMA / 2, _SIGMA, count)),
    )


def _ages(rng: np.random.Generator, home: Integers) -> Numbers:
    groups = np.arange(len(AGE_STRUCTURE))
    ages = np.zeros(len(home))
    for number, municipality in enumerate(MUNICIPALITIES):
        weights = np.array(AGE_STRUCTURE) * np.exp(municipality.ageing * (groups - 9))
        where = np.flatnonzero(home == number)
        ages[where] = (
            rng.choice(groups, len(where), p=weights / weights.sum()) * 5 + rng.random(len(where)) * 5
        )
    return ages


def _days_until(rng: np.random.Generator, yearly_hazard: Numbers) -> Integers:
    waits = rng.exponential(1.0, len(yearly_hazard)) / yearly_hazard * _YEAR
    return np.minimum(waits, FAR).astype(np.int64) + 1


def _skewed(rng: np.random.Generator, size: int, count: int) -> Integers:
    return np.asarray((rng.random(count) ** 1.6 * size).astype(np.int64))


def _given(rng: np.random.Generator, male: Flags) -> Integers:
    women = rng.integers(0, len(WOMENS_NAMES), len(male))
    men = len(WOMENS_NAMES) + rng.integers(0, len(MENS_NAMES), len(male))
    return np.where(male, men, women)


def _names(
    surname: Integers, given: Sequence[Integers], language: Integers, male: Flags
) -> tuple[Column, Column]:
    """Family and given names: two Finnish ones for most; speakers of other languages have names of their own."""
    families, firsts = list(SURNAMES), [*WOMENS_NAMES, *MENS_NAMES]
    family, chosen = surname.copy(), [each.copy() for each in given]
    for code, (own, women, men) in FOREIGN_NAMES.items():
        speaks = language == LANGUAGES.index(code)
        family[speaks] = len(families) + surname[speaks] % len(own)
        families += own
        for place, each in enumerate(given):
            for names, of_sex in ((women, speaks & ~male), (men, speaks & male)):
                chosen[place][of_sex] = len(firsts) + (each[of_sex] * (place + 3)) % len(names)
                firsts += names
    return pick(families, family), join(" ", *(pick(firsts, each) for each in chosen))
