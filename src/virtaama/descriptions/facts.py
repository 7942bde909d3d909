"""What is told of a project as names and values: two of them held against each other are a change."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum

from virtaama.descriptions.known import Known
from virtaama.descriptions.stores import Store
from virtaama.metrics.definitions import Catalogue
from virtaama.model.model import Model
from virtaama.privacy.policy import Approval, PersonRights

Values = dict[str, str]
Facts = dict[str, dict[str, Values]]
"""Section → name → member → value: `data` → `resident.sex` → `sensitivity` → `personal`."""


class Section(StrEnum):
    DATA = "data"
    FIGURES = "figures"
    FEATURES = "features"
    RELEASES = "releases"
    ROLES = "roles"
    SYSTEMS = "systems"
    RETENTION = "retention"
    SAFEGUARDS = "safeguards"


OF_THE_MODEL = (Section.DATA, Section.FIGURES)
"""What the deployed model tells by itself, whether or not it was ever described."""


@dataclass(frozen=True, slots=True)
class Difference:
    """`was` is empty for what is new, `now` for what is gone; `member` is empty where the whole thing is."""

    section: Section
    name: str
    member: str
    was: str
    now: str


def facts_of(known: Known) -> Facts:
    return {
        **facts_of_model(known.model, known.catalogue),
        Section.FEATURES: {
            each.name: {
                "purposes": _listed(each.purposes),
                "columns": _listed(each.names),
                "shared_by": str(each.alike) if each.identifying else "",
                "legal_basis": each.legal_basis,
                "owner": each.owner,
            }
            for each in known.features
        },
        Section.RELEASES: {
            each.name: {
                "recipients": each.audience.value,
                "figures": _listed(each.metrics),
                "levels": _listed(each.levels),
                "breakdowns": _listed(each.breakdowns),
                "minimum_group": str(each.threshold),
                "rounding": str(each.rounding),
                "legal_basis": each.legal_basis,
                "owner": each.owner,
            }
            for each in known.releases
        },
        Section.ROLES: {
            each.role.name: {
                "purposes": _listed(sorted(each.role.purposes)),
                "levels": _listed(sorted(each.role.levels)),
                "pages": _listed(sorted(each.role.pages)),
                "features": "; ".join(map(_approval, each.role.approvals)),
                "persons": _persons(each.role.persons),
                "releases": _listed(sorted(each.role.releases)),
                "minimum_group": str(each.role.minimum_group),
                "rounding": str(each.role.rounding),
                "own_municipality_only": _truth(each.role.own_municipality_only),
                "quarantine": _truth(each.role.quarantine),
                "groups": _listed(each.groups),
            }
            for each in known.roles
        },
        Section.SYSTEMS: {
            each.name: {
                member: known.organisation.text(f"systems.{each.name}.{member}", "fi")
                for member in ("owner", "supplier", "contract", "place", "legal_basis", "retention")
            }
            for each in known.model.systems
        },
        Section.RETENTION: dict(_retention(known)),
        Section.SAFEGUARDS: {
            "settings": {
                "minimum_group": str(known.safeguards.minimum_group),
                "sign_in": known.safeguards.sign_in,
                "anchor": _truth(known.safeguards.anchored),
                "hosts": _listed(known.safeguards.hosts),
                "engine": known.safeguards.engine,
            }
        },
    }


def facts_of_model(model: Model, catalogue: Catalogue) -> Facts:
    """What a model and its metrics tell; whatever else a project has set up is left out."""
    feeds: dict[str, list[str]] = {}
    for mapping in model.mappings:
        feeds.setdefault(mapping.concept, []).append(mapping.feed)
    return {
        Section.DATA: {
            f"{concept.name}.{attribute.name}": {
                "sensitivity": attribute.sensitivity.value,
                "type": attribute.type.value,
                "purposes": _listed(attribute.purposes),
                "sources": _listed(dict.fromkeys(feeds.get(concept.name, []))),
            }
            for concept in model.every_concept
            for attribute in concept.attributes
        }
        | {
            concept.name: {
                "retention": (concept.retention.none or _listed(concept.retention.named))
                if concept.retention
                else "",
                "withheld": _listed(concept.protection.withheld) if concept.protection else "",
            }
            for concept in model.concepts
            if concept.retention or concept.protection
        },
        Section.FIGURES: {
            metric.name: {
                "levels": _listed(metric.levels),
                "breakdowns": _listed(metric.by),
                "minimum_group": str(metric.minimum_group),
                "legal_basis": metric.legal_basis,
                "owner": metric.owner,
            }
            for metric in catalogue.metrics
        },
    }


def _retention(known: Known) -> Iterator[tuple[str, Values]]:
    for store in Store:
        said = known.organisation.text(f"retention.{store}", "fi")
        if store is Store.AUDIT and not said:
            said = f"{known.log_data.limits(known.made).years_kept} a"
        yield store.value, {"retention": said}


def differences(was: Mapping[str, dict[str, Values]], now: Facts) -> tuple[Difference, ...]:
    """What is other, section by section, by name. A section that was not told of is not compared."""
    return tuple(
        each
        for section in Section
        if section in was
        for each in _between(section, was[section], now.get(section, {}))
    )


def _between(section: Section, was: Mapping[str, Values], now: Mapping[str, Values]) -> Iterator[Difference]:
    for name in sorted(was.keys() | now.keys()):
        if name not in was:
            yield Difference(section, name, "", "", _said(now[name]))
        elif name not in now:
            yield Difference(section, name, "", _said(was[name]), "")
        else:
            for member in sorted(was[name].keys() | now[name].keys()):
                before, after = was[name].get(member, ""), now[name].get(member, "")
                if before != after:
                    yield Difference(section, name, member, before, after)


def _said(values: Values) -> str:
    return "; ".join(f"{member}: {value}" for member, value in values.items() if value)


def _approval(found: Approval) -> str:
    purposes = _listed(sorted(found.purposes))
    days = f"{found.valid_from}–{found.valid_until or ''}"
    return f"{found.table} ({purposes}; {found.decided_by}, {found.record}, {days})"


def _persons(rights: PersonRights | None) -> str:
    """Which persons a role opens: its work, its units, what names them, and whether the glass may be broken."""
    if rights is None:
        return ""
    work = [f"{held.work_role} ({_listed(sorted(held.services))})" for held in rights.work]
    more = [*sorted(rights.units), *sorted(rights.direct), *(["break glass"] if rights.break_glass else [])]
    return "; ".join((*work, *more))


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)


def _truth(value: bool) -> str:
    return "yes" if value else "no"
