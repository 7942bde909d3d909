"""How well links are decided, on records of the invented county whose truth is known: `python -m benchmarks.linking`.

Residents are written down as clients without an identity code, with the errors of `synthetic.mistyped`, and some
records are of nobody in the register. The linkage of the county decides on them; truth tells what was right.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from importlib.resources import files

import numpy as np
import pyarrow as pa

from virtaama.linkage.definitions import Level, Linkage, Weights
from virtaama.linkage.judge import Judged, Pair, judge
from virtaama.linkage.parse import parse_links
from virtaama.loading.link_records import Instance, compared
from virtaama.loading.link_weights import learned, quiet_splink, weighed
from virtaama.model.parse import parse_model
from virtaama.synthetic.county import County, CountySize, settle
from virtaama.synthetic.facts import MUNICIPALITIES
from virtaama.synthetic.manifest import Manifest
from virtaama.synthetic.mistyped import CARELESS, Habits, Written, written_down
from virtaama.synthetic.rows import COMPACT, ISO, day_texts

STRANGERS = 0.1  # of the records: their persons are in no register
LEARNED_FROM = 2  # the seed of what weights are learned from; what is measured has others


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """Records to be linked, the residents, and the truth."""

    records: tuple[Instance, ...]
    residents: tuple[Instance, ...]
    truth: dict[str, str | None]  # key of a record → key of the resident
    groups: dict[str, frozenset[str]]  # name of a subgroup → keys of its records


@dataclass(frozen=True, slots=True, kw_only=True)
class Quality:
    """What came of the records of a group."""

    records: int
    known: int  # whose person is in the register
    linked: int  # without anybody looking
    false: int  # of these
    to_people: int  # records that came before people
    found_by_people: int  # of those with somebody to find: whose person is among what people see

    @property
    def precision(self) -> float | None:
        return None if not self.linked else (self.linked - self.false) / self.linked

    @property
    def recall(self) -> float | None:
        return None if not self.known else (self.linked - self.false) / self.known

    @property
    def recall_with_people(self) -> float | None:
        return None if not self.known else (self.linked - self.false + self.found_by_people) / self.known


def county_linkage() -> Linkage:
    """The linkage of the invented county."""
    content = files("virtaama") / "content" / "county"

    def read(*folders: str) -> dict[str, str]:
        return {
            f"{folder}/{path.name}": path.read_text(encoding="utf-8")
            for folder in folders
            for path in sorted((content / folder).iterdir(), key=lambda path: path.name)
        }

    model = parse_model(read("systems", "concepts", "codes", "mappings", "derived", "calendars"))
    [linkage] = parse_links(read("links"), model)
    return linkage


def invented(residents: int, records: int, seed: int, habits: Habits | None = None) -> Case:
    """A county, and clients of it as they were written down."""
    county = settle(CountySize(residents=residents, seed=seed), Manifest())
    people, rng = county.people, np.random.default_rng([seed, 4_711])
    registered = np.flatnonzero(people.real)
    strangers = int(records * STRANGERS)
    known = np.sort(rng.choice(registered, records - strangers, replace=False))
    who = [*known.tolist(), *rng.choice(registered, strangers, replace=False).tolist()]
    found, truth = [], {}
    groups: dict[str, set[str]] = {name: set() for name in GROUPS}
    today = county.months[-1].next_first_day
    for n, at in enumerate(who):
        is_known = n < len(known)
        # Strangers in turn: nobody like anybody, a twin of a resident, and somebody of the same names.
        drawn = [int(rng.choice(registered)) for _ in range(2)]
        like = n % 3 if not is_known else None
        while like == 1 and _first_name(people.given_names[drawn[0]]) == _first_name(people.given_names[at]):
            drawn[0] = int(rng.choice(registered))  # twins have not the same first name
        other = at if is_known or like == 2 else drawn[0]
        third = at if is_known or like == 1 else drawn[1]
        person = Written(
            surname=people.surname[at].as_py(),
            given_names=people.given_names[other].as_py(),
            born=day_texts(people.born[third : third + 1], COMPACT)[0].as_py(),
        )
        former = people.surname[int(rng.choice(registered))].as_py()
        typed = written_down(rng, person, former, habits)
        key = f"{n:032x}"
        found.append(
            Instance(
                key=key,
                name=key,
                told=None,
                said=None,
                values=_values(
                    typed,
                    "male" if people.male[other] else "female",
                    MUNICIPALITIES[int(people.home[at])].code,
                ),
            )
        )
        truth[key] = _key(at) if is_known else None
        age = int((today - people.born[third]) / 365.25)
        for name, belongs in GROUPS.items():
            if belongs(age, people.language[at].as_py(), bool(people.male[other])):
                groups[name].add(key)
    return Case(
        records=tuple(found),
        residents=tuple(_residents(county, registered.tolist(), today)),
        truth=truth,
        groups={name: frozenset(keys) for name, keys in groups.items()},
    )


GROUPS: dict[str, Callable[[int, str, bool], bool]] = {
    "all": lambda age, language, male: True,
    "children, 0-17": lambda age, language, male: age < 18,
    "18-64": lambda age, language, male: 18 <= age < 65,
    "65 or older": lambda age, language, male: age >= 65,
    "Finnish and Swedish names": lambda age, language, male: language in ("fi", "sv"),
    "names of other languages": lambda age, language, male: language not in ("fi", "sv"),
    "women": lambda age, language, male: not male,
    "men": lambda age, language, male: male,
}


def _residents(county: County, who: list[int], today: int) -> Iterator[Instance]:
    people = county.people
    born = day_texts(people.born, ISO).to_pylist()
    surnames, given = people.surname.to_pylist(), people.given_names.to_pylist()
    homes = people.home_on(today).tolist()
    for at in who:
        values = {
            "family_name": surnames[at],
            "given_names": given[at],
            "birth_date": born[at],
            "sex": "male" if people.male[at] else "female",
            "home_municipality": MUNICIPALITIES[homes[at]].code,
        }
        yield Instance(key=_key(at), name=_key(at), told=None, said=None, values=values)


def _values(typed: Written, sex: str, municipality: str) -> dict[str, str | None]:
    born = typed.born
    return {
        "family_name": typed.surname,
        "given_names": typed.given_names,
        "birth_date": f"{born[:4]}-{born[4:6]}-{born[6:]}" if born else None,
        "sex": sex,
        "home_municipality": municipality,
    }


def _first_name(given: pa.StringScalar) -> str:
    return str(given.as_py()).split()[0]


def _key(at: int) -> str:
    return f"{at + (1 << 100):032x}"


def learn(residents: int, records: int, linkage: Linkage) -> Weights:
    """Weights from records of another county of the same invention, whose persons are told."""
    case = invented(residents, records, LEARNED_FROM)
    told = tuple(replace(each, told=case.truth[each.key]) for each in case.records if case.truth[each.key])
    with quiet_splink("2GB", 2) as api:
        levels = learned(api, compared(told, linkage), compared(case.residents, linkage), linkage)
    return Weights(
        version=linkage.weights.version + 1,
        learned=date.today(),
        learned_from=f"{len(told)} invented records",
        same=linkage.weights.same,
        levels=levels,
    )


def pairs_of(case: Case, linkage: Linkage) -> list[Pair]:
    with quiet_splink("2GB", 2) as api:
        found = weighed(api, compared(case.records, linkage), compared(case.residents, linkage), linkage)
    rules = [rule for rule in linkage.rules if rule.agree]
    return [
        Pair(
            of=each.of,
            to=each.to,
            weight=each.weight,
            why=each.why,
            rule=next((r.name for r in rules if all(each.why[n] is Level.SAME for n in r.agree)), ""),
        )
        for each in found
    ]


def quality(judged: Judged, case: Case, keys: frozenset[str]) -> Quality:
    """What came of some records."""
    linked = {pair.of: pair.to for pair in judged.link if pair.of in keys}
    people: dict[str, set[str]] = {}
    for pair in judged.review:
        if pair.of in keys:
            people.setdefault(pair.of, set()).add(pair.to)
    return Quality(
        records=len(keys),
        known=sum(case.truth[key] is not None for key in keys),
        linked=len(linked),
        false=sum(case.truth[of] != to for of, to in linked.items()),
        to_people=len(people),
        found_by_people=sum(case.truth[of] in found for of, found in people.items()),
    )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--residents", type=int, default=20_000)
    parser.add_argument("--records", type=int, default=4_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--learn", action="store_true", help="learn weights first, and print them")
    parser.add_argument("--careless", action="store_true", help="records with two to ten times the errors")
    asked = parser.parse_args()
    linkage = county_linkage()
    if asked.learn:
        linkage = replace(linkage, weights=learn(asked.residents, asked.records, linkage))
        for name, levels in linkage.weights.levels.items():
            print(f"      {name}:")
            for level, (m, u) in levels.items():
                print(f"        {level}: [{m:.7f}, {u:.7f}]")
    case = invented(asked.residents, asked.records, asked.seed, CARELESS if asked.careless else None)
    begun, used = time.perf_counter(), time.process_time()
    pairs = pairs_of(case, linkage)
    print(
        f"{len(case.records)} records, {len(case.residents)} residents: {len(pairs)} pairs weighed in "
        f"{time.process_time() - used:.1f} CPU s, {time.perf_counter() - begun:.1f} s\n"
    )
    print("| link from | linked | false | precision | recall | to people | recall with people |")
    print("|--:|--:|--:|--:|--:|--:|--:|")
    print(
        _row("rules alone", quality(judge(pairs, replace(linkage, link=math.inf)), case, case.groups["all"]))
    )
    for least in sorted({4.0, 6.0, 8.0, 10.0, 12.0, 14.0, linkage.link}):
        found = quality(judge(pairs, replace(linkage, link=least)), case, case.groups["all"])
        print(_row(f"{least:g}", found))
    print("\n| group | records | linked | false | precision | recall | to people | recall with people |")
    print("|---|--:|--:|--:|--:|--:|--:|--:|")
    judged = judge(pairs, linkage)
    for name, keys in case.groups.items():
        found = quality(judged, case, keys)
        print(_row(f"{name} | {found.records:,}", found))


def _row(first: str, found: Quality) -> str:
    def share(value: float | None) -> str:
        return "" if value is None else f"{value:.4f}"

    cells = (
        first,
        f"{found.linked:,}",
        found.false,
        share(found.precision),
        share(found.recall),
        found.to_people,
        share(found.recall_with_people),
    )
    return "| " + " | ".join(map(str, cells)) + " |"


if __name__ == "__main__":
    main()
