"""How people were written down by hand: names and birth dates with the errors registers of old are known for."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

_PLAIN = str.maketrans("åäöüõÅÄÖÜÕ", "aaouoAAOUO")
_OTHERWISE = (
    # Names of other alphabets have no one spelling in ours.
    ("Mohammed", "Muhammad"),
    ("Ahmed", "Ahmad"),
    ("Yusuf", "Yousef"),
    ("Hussein", "Husain"),
    ("Elena", "Jelena"),
    ("Yulia", "Julija"),
    ("Sergei", "Sergey"),
    ("Aleksei", "Alexey"),
    ("Oleksandr", "Aleksandr"),
    ("Olena", "Elena"),
    ("Nguyen", "Nguen"),
    ("Kovalenko", "Kovalenco"),
    ("Zhang", "Chang"),
    ("Abdi", "Cabdi"),
    ("Farah", "Faarax"),
    ("Hosseini", "Husseini"),
)
_KEYS = {"a": "s", "e": "r", "i": "o", "k": "l", "n": "m", "o": "p", "r": "t", "s": "d", "t": "y", "u": "i"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """A person as somebody wrote them down; the birth date as 19601231, None where it was left out."""

    surname: str
    given_names: str
    born: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Habits:
    """How often a person is written down in each wrong way."""

    first_name_only: float = 0.35
    wrong_key: float = 0.04  # in either name
    without_dots: float = 0.04
    otherwise: float = 0.25  # of the names that can be spelled otherwise
    former_name: float = 0.02
    day_and_month: float = 0.02  # the other way round, where that is a day
    wrong_digit: float = 0.015
    no_date: float = 0.01


CARELESS = Habits(
    first_name_only=0.5,
    wrong_key=0.12,
    without_dots=0.1,
    former_name=0.15,
    day_and_month=0.08,
    wrong_digit=0.1,
    no_date=0.06,
)
"""Of whoever did not ask for an identity code either."""


def written_down(
    rng: np.random.Generator, person: Written, former: str, habits: Habits | None = None
) -> Written:
    """The person with errors drawn by chance; `former` is the family name of before."""
    habits = habits or Habits()
    # As many draws for each person, whatever comes of them.
    chance = rng.random(10)
    place = rng.random(4)
    surname = former if chance[0] < habits.former_name else person.surname
    given = person.given_names.split()[0] if chance[1] < habits.first_name_only else person.given_names
    if chance[2] < habits.otherwise:
        surname, given = _otherwise(surname), _otherwise(given)
    if chance[3] < habits.without_dots:
        surname, given = surname.translate(_PLAIN), given.translate(_PLAIN)
    if chance[4] < habits.wrong_key:
        surname = _wrong_key(surname, place[0], swaps=place[1] < 0.5)
    if chance[5] < habits.wrong_key:
        given = _wrong_key(given, place[2], swaps=place[1] < 0.5)
    born = person.born
    if born and chance[6] < habits.day_and_month and int(born[6:]) <= 12:
        born = born[:4] + born[6:] + born[4:6]
    elif born and chance[7] < habits.wrong_digit:
        born = born[:6] + _other_day(born[6:], place[3])
    if chance[8] < habits.no_date:
        born = None
    return Written(surname=surname, given_names=given, born=born)


def _otherwise(name: str) -> str:
    for one, other in _OTHERWISE:
        if one in name:
            return name.replace(one, other)
        if other in name:
            return name.replace(other, one)
    return name


def _wrong_key(name: str, place: float, *, swaps: bool) -> str:
    """Two letters the other way round, or the key beside the right one; never the first letter."""
    at = 1 + int(place * max(len(name) - 2, 1))
    if at >= len(name) - 1:
        return name
    if swaps:
        return name[:at] + name[at + 1] + name[at] + name[at + 2 :]
    return name[:at] + _KEYS.get(name[at], name[at] * 2) + name[at + 1 :]


def _other_day(day: str, place: float) -> str:
    """Another last digit of a day, still a day of every month."""
    tens, ones = int(day[0]), int(day[1])
    wrong = (ones + 1 + int(place * 8)) % 10
    found = tens * 10 + wrong
    return f"{found:02}" if 1 <= found <= 28 else f"{max(1, 28 - ones):02}"
