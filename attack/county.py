"""An invented county as a thief or an auditor finds it: its warehouse, and its record of who was seen."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from uuid import UUID

import duckdb

from attack.outcome import Row, Should
from virtaama.access.persons import person_key
from virtaama.privacy.policy import Asker, Purpose
from virtaama.privacy.pseudonyms import is_identity_code
from virtaama.problems import NotAllowed
from virtaama.project.create import create_county
from virtaama.project.project import Project
from virtaama.synthetic.county import CountySize

_CODE = re.compile(r"\b\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]\b", re.ASCII)
ANALYST = Asker(id="attacker", role="analyst")


def county(folder: Path, residents: int) -> Project:
    """A county of so many residents over three months, loaded and published."""
    project = create_county(folder, demo=True)
    project.invent(CountySize(residents=residents, months=3))
    project.land()
    project.load()
    project.publish()
    return project


def stolen_hub(project: Project) -> list[UUID]:
    """The keys of residents, read from a copy of the warehouse by somebody with no key of the project."""
    with closing(duckdb.connect(str(project.settings.warehouse), read_only=True)) as connection:
        return [key for (key,) in connection.execute("SELECT resident_key FROM hub_resident").fetchall()]


def codes_in(project: Project) -> list[str]:
    """The identity codes of everybody the population register delivered."""
    found: set[str] = set()
    for path in project.settings.deliveries.glob("population_register/**/*.csv"):
        text = path.read_text(encoding="utf-8", errors="replace")
        found.update(code for code in _CODE.findall(text) if is_identity_code(code))
    return sorted(found)


def persons_without_entry(project: Project) -> Iterator[Row]:
    """P1 and P4: persons in rows that were opened, and askers that were refused, of whom the record says nothing."""
    seen: set[bytes] = set()
    residents = [key.bytes for key in stolen_hub(project)]
    for table in project.features:
        opened = project.open_features(table, ANALYST, Purpose.PLANNING)
        domain = project.identities.domain(table.in_domain)
        who = {domain.pseudonym(key): key for key in residents}
        seen.update(who[called] for called in set(opened.rows[f"{table.of}_key"].to_pylist()))
    entries = project.audit.entries()
    rosters = [entry.roster for entry in entries if entry.roster]
    alone = {entry.person for entry in entries if entry.person}
    missing = sum(
        key not in alone and not any(project.audit.rosters.holds(roster, key) for roster in rosters)
        for key in seen
    )
    what = "persons in feature rows that were opened, without an entry about them"
    yield Row(id="P1", what=what, tried=len(seen), got=missing, should=Should.NONE)
    yield Row(
        id="P1",
        what="persons nobody opened, whom an entry names all the same",
        tried=1,
        got=sum(project.audit.rosters.holds(each, person_key("1-nobody")) for each in rosters),
        should=Should.NONE,
    )
    yield _refusals(project)


def joined_extracts(project: Project) -> Iterator[Row]:
    """P13: persons who are the same in two extracts of one table for different uses, by pseudonym and by place."""
    (table,) = project.features
    one, other = (
        project.open_features(replace(table, domain=domain), ANALYST, Purpose.PLANNING).rows
        for domain in ("one", "other")
    )
    name = f"{table.of}_key"
    both = set(one[name].to_pylist()) & set(other[name].to_pylist())
    what = "persons with one pseudonym in two extracts of different domains"
    yield Row(id="P13", what=what, tried=len(one), got=len(both), should=Should.NONE)
    people = [key.bytes for key in stolen_hub(project)]
    who = {
        domain: {project.identities.domain(domain).pseudonym(key): key for key in people}
        for domain in ("one", "other")
    }
    places = zip(one[name].to_pylist(), other[name].to_pylist(), strict=True)
    same = sum(who["one"][first] == who["other"][second] for first, second in places)
    days = len(set(one["snapshot_day"].to_pylist()))  # by chance one a day stands at the same place
    beyond = max(0, same - days - round(4 * days**0.5))
    what = f"persons at the same place of both, beyond the {days} there are by chance"
    yield Row(id="P13", what=what, tried=len(one), got=beyond, should=Should.NONE)


def _refusals(project: Project) -> Row:
    before = len(project.audit.entries())
    tried = 0
    for table in project.features:
        for role in ("manager", "municipality_contact", "data_engineer", "nobody"):
            tried += 1
            try:
                project.open_features(table, Asker(id="attacker", role=role), Purpose.PLANNING)
            except NotAllowed:
                continue
    refused = [e for e in project.audit.entries()[before:] if e.decision.startswith("refused")]
    return Row(id="P4", what="refused openings on record", tried=tried, got=len(refused), should=Should.ALL)
