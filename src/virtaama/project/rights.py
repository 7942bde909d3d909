"""Rights of roles to what is not there: nobody would get anything by them, and nobody be told why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Protocol

from virtaama.model.documents import did_you_mean
from virtaama.problems import Place, Problem

if TYPE_CHECKING:
    from virtaama.metrics.definitions import Catalogue
    from virtaama.model.model import Model
    from virtaama.privacy.policy import Role


class Named(Protocol):
    @property
    def name(self) -> str: ...


def rights_to_nothing(
    roles: Iterable[Role],
    features: Iterable[Named],
    releases: Iterable[Named],
    catalogue: Catalogue,
    model: Model,
    file: str,
) -> Iterator[Problem]:
    """Told at `file`: feature tables, releases and branches that roles name and nothing else does."""
    tables, sets = ({each.name for each in found} for found in (features, releases))
    place = Place(file)
    for role in roles:
        yield from _missing(place, role, "feature table", role.features, tables)
        yield from _missing(place, role, "release", role.releases, sets)
        if role.branches:
            yield from _of_branches(place, role, catalogue, model)


def _of_branches(place: Place, role: Role, catalogue: Catalogue, model: Model) -> Iterator[Problem]:
    unit = next((each for each in catalogue.dimensions if each.name == "unit" and each.branch), None)
    attribute = model.concept(unit.concept).attribute(unit.branch) if unit else None
    if attribute is None:
        said = f"role '{role.name}' sees units of some branches only, and nothing tells of a unit's branch."
        yield Problem(place, said, "Write branch: with an attribute of its concept at the dimension `unit`.")
        return
    for codes in model.code_lists:
        if codes.name == attribute.code_list:
            yield from _missing(place, role, "branch", role.branches, {code.code for code in codes.codes})


def _missing(
    place: Place, role: Role, what: str, named: frozenset[str], known: set[str]
) -> Iterator[Problem]:
    for name in sorted(named - known):
        said = f"role '{role.name}' names the {what} '{name}', which is not there."
        yield Problem(place, said, did_you_mean(name, sorted(known)))
