"""Who works in the county's units: positions, and the persons who hold them one after another."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from virtaama.synthetic import units as service
from virtaama.synthetic.calendar import FAR, Flags, Integers, Month
from virtaama.synthetic.facts import MUNICIPALITIES
from virtaama.synthetic.people import People
from virtaama.synthetic.rows import Column, numbers, pick
from virtaama.synthetic.units import Units

STAFF_PER_RESIDENT = 0.04
TURNOVER_A_YEAR = 0.08

# Title, share of the staff of its service class; the professional right of the Terhikki register or none.
TITLES = (
    ("lääkäri", "000"),
    ("sairaanhoitaja", "100"),
    ("terveydenhoitaja", "110"),
    ("hammaslääkäri", "031"),
    ("suuhygienisti", "120"),
    ("fysioterapeutti", "130"),
    ("lähihoitaja", "300"),
    ("sosiaalityöntekijä", "500"),
    ("sosiaaliohjaaja", "510"),
    ("psykologi", "140"),
    ("toimistosihteeri", ""),
    ("hallintoasiantuntija", ""),
)
RIGHTS = tuple(right for _, right in TITLES)

_STAFFING: dict[str, tuple[float, dict[int, float]]] = {
    service.RECEPTION: (0.13, {0: 0.3, 1: 0.5, 2: 0.1, 10: 0.1}),
    service.EMERGENCY: (0.05, {0: 0.3, 1: 0.7}),
    service.CLINIC: (0.05, {2: 0.85, 0: 0.15}),
    service.ORAL: (0.05, {3: 0.45, 4: 0.55}),
    service.REHABILITATION: (0.03, {5: 1.0}),
    service.OUTPATIENT: (0.14, {0: 0.35, 1: 0.55, 10: 0.1}),
    service.HOSPITAL_WARD: (0.16, {0: 0.1, 1: 0.7, 6: 0.2}),
    service.LOCAL_WARD: (0.07, {1: 0.4, 6: 0.6}),
    service.MENTAL: (0.06, {1: 0.5, 9: 0.2, 8: 0.3}),
    service.HOME_CARE: (0.17, {6: 0.85, 1: 0.15}),
    service.SOCIAL: (0.07, {7: 0.5, 8: 0.5}),
    service.ADMINISTRATION: (0.02, {11: 1.0}),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffMembers:
    """One position of each array a person who works, or comes to work, in the county."""

    person: Integers
    number: Column
    terhikki: Column  # null where the title needs no right
    unit: Integers
    title: Integers
    starts: Integers
    ends: Integers  # FAR while nothing is agreed
    permanent: Flags
    percent: Integers
    successor: Integers  # who holds the position after this one; itself when nobody does
    posts_of_unit: tuple[Integers, ...]  # first holders of the posts of each unit

    def __len__(self) -> int:
        return len(self.person)

    def someone(self, rng: np.random.Generator, units: Integers, day: Integers) -> Integers:
        """Somebody who works in each unit on each day."""
        sizes = np.array([len(posts) for posts in self.posts_of_unit])
        offsets = np.r_[0, np.cumsum(sizes)[:-1]]
        posts = np.concatenate(self.posts_of_unit)
        chosen = posts[offsets[units] + (rng.random(len(units)) * sizes[units]).astype(np.int64)]
        holder: Integers = np.where(day <= self.ends[chosen], chosen, self.successor[chosen])
        return holder


def invent_staff(
    rng: np.random.Generator, people: People, units: Units, months: tuple[Month, ...]
) -> StaffMembers:
    """Posts for about 4 % of the residents, at least one in each unit; some change hands."""
    first, end = months[0].first_day, months[-1].next_first_day
    residents = int(people.present(first).sum())
    served = units.serves() @ np.array([municipality.population for municipality in MUNICIPALITIES])
    unit_of_post: list[Integers] = []
    title_of_post: list[Integers] = []
    for name, (share, titles) in _STAFFING.items():
        of_service = units.of(name)
        for number in of_service:
            part = served[number] / served[of_service].sum()
            how_many = max(1, round(residents * STAFF_PER_RESIDENT * share * part))
            unit_of_post.append(np.full(how_many, number))
            title_of_post.append(rng.choice(list(titles), how_many, p=list(titles.values())))
    unit = np.concatenate(unit_of_post)
    title = np.concatenate(title_of_post)
    posts = len(unit)

    leaving = first + (rng.exponential(1.0, posts) / TURNOVER_A_YEAR * 365).astype(np.int64) + 20
    opens = np.array([one.opens for one in units.all])[unit]
    closes = np.array([one.closes for one in units.all])[unit]
    replaced = np.flatnonzero((leaving < end - 40) & (opens < first) & (closes == FAR))
    ends = np.where(np.isin(np.arange(posts), replaced), leaving, closes)
    starts = np.maximum(opens, first - rng.integers(30, 12 * 365, posts))
    successor = np.arange(posts + len(replaced))
    successor[replaced] = posts + np.arange(len(replaced))

    size = posts + len(replaced)
    age = people.age_on(first)
    able = np.flatnonzero(people.present(first) & (age >= 20) & (age < 63) & (people.leaves > end))
    person = rng.permutation(able)[np.arange(size) % len(able)]
    titles_of_all = np.r_[title, title[replaced]]
    licensed = np.array([bool(right) for right in RIGHTS])[titles_of_all]
    return StaffMembers(
        person=person,
        number=numbers(200001 + rng.permutation(size)),
        terhikki=numbers(90000000001 + rng.permutation(size * 3)[:size] * 7, where=licensed),
        unit=np.r_[unit, unit[replaced]],
        title=titles_of_all,
        starts=np.r_[starts, leaving[replaced] + 1],
        ends=np.r_[ends, np.full(len(replaced), FAR)],
        permanent=np.r_[rng.random(posts) < 0.86, rng.random(len(replaced)) < 0.6],
        percent=np.where(rng.random(size) < 0.82, 100, rng.choice([50, 60, 80], size)),
        successor=successor,
        posts_of_unit=tuple(np.flatnonzero(unit == number) for number in range(len(units.all))),
    )


def rights_of(staff: StaffMembers, who: Integers) -> Column:
    return pick(RIGHTS, staff.title[who])
