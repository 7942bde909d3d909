"""Who may ask what for which purpose: rules as values, decided in one place."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import ClassVar, Final, Protocol

from virtaama.model.concepts import Purpose as Purpose  # what a question is asked for, too
from virtaama.privacy.leaves import SEAL, Leave
from virtaama.privacy.leaves import Asker as Asker
from virtaama.privacy.leaves import Refused as Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class HeldWork:
    """A work role of decree 457/2024, and the services or service tasks it is held in."""

    work_role: str
    services: frozenset[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRights:
    """What holders of a role may open of single persons. `units` are added to the holder's own."""

    work: tuple[HeldWork, ...]
    units: frozenset[str] = frozenset()
    direct: frozenset[str] = frozenset()  # attributes that name a person, which they are shown
    break_glass: bool = False  # whether they may open a person outside their scope, with a written reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A decision of the county that rows about single persons may be opened. Both days are included."""

    table: str  # the feature table
    purposes: frozenset[Purpose]
    decided_by: str  # a body or an office
    record: str  # by which the decision is found again
    valid_from: date
    valid_until: date | None = None

    def holds(self, on: date) -> bool:
        return self.valid_from <= on and (self.valid_until is None or on <= self.valid_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class Role:
    """What holders of a role may do; data, from the project's access.yaml."""

    name: str
    purposes: frozenset[Purpose]
    levels: frozenset[str]  # county, municipality, unit
    pages: frozenset[str]  # those of access.roles.PAGES
    own_municipality_only: bool = False
    branches: frozenset[str] = frozenset()  # of units, they see those of these alone; empty: of every branch
    minimum_group: int = 5
    approvals: tuple[Approval, ...] = ()  # under which they open rows about single persons
    releases: frozenset[str] = frozenset()  # data sets of anonymous figures they may make
    rounding: int = 1  # counts they see are multiples of it
    quarantine: bool = False  # whether they may open rows that were set aside, as delivered
    erasure: bool = False  # whether they may destroy what is known of persons
    persons: PersonRights | None = None  # None: they open no person

    @property
    def limit(self) -> str:
        """What of the county they do not see; empty for those who see all of it."""
        if self.own_municipality_only:
            return "sees its own municipality only"
        return "sees units of its own branches only" if self.branches else ""

    @property
    def features(self) -> frozenset[str]:
        """The feature tables they were ever approved to open."""
        return frozenset(approval.table for approval in self.approvals)


class Asked(Protocol):
    """What of a question the policy looks at."""

    @property
    def level(self) -> str: ...
    @property
    def area(self) -> str | None: ...
    @property
    def within(self) -> str | None: ...
    @property
    def of_another_time(self) -> bool: ...


@dataclass(frozen=True, slots=True)
class UnitPlace:
    """Where a unit lies, and to which branch of the organisation it belongs; None where nobody knows."""

    municipality: str | None = None
    branch: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed(Leave):
    """The leave to answer one question. Only `decide` makes it; without it nothing is planned or read."""

    role: Role
    own_only: bool  # figures of other municipalities and their units are left out
    decided_by: ClassVar[str] = "decide"

    def sees(self, level: str, place: UnitPlace) -> bool:
        """Whether figures of an area are shown; of a municipality `place` tells itself, of the county nothing."""
        if level == "unit" and self.role.branches and place.branch not in self.role.branches:
            return False
        return level == "county" or not self.own_only or place.municipality in self.asker.municipalities


Decision = Allowed | Refused


def decide(
    asked: Asked,
    asker: Asker,
    purpose: Purpose,
    role: Role | None,
    units: Mapping[str, UnitPlace],
) -> Decision:
    """The decision on one question. `units` tells the place of each unit there is.

    The county's figures are a comparison everyone who may see that level may see, also those who else see
    their own municipality only; those of municipalities likewise for whoever sees units of some branches only.
    """
    if role is None:
        return Refused(reason=f"there is no role '{asker.role}'")
    if purpose not in role.purposes:
        return Refused(reason=f"role '{role.name}' has no purpose '{purpose}'")
    if asked.level not in role.levels:
        return Refused(reason=f"role '{role.name}' does not see the level '{asked.level}'")
    if asked.of_another_time and role.rounding > 1:
        # Day by day, the one on which a rounded figure changes would tell the exact one.
        return Refused(reason=f"role '{role.name}' sees rounded figures, and those of now only")
    allowed = Allowed(asker=asker, purpose=purpose, role=role, own_only=role.own_municipality_only, seal=SEAL)
    at = "municipality" if asked.level == "unit" else asked.level
    wanted = [allowed.sees(at, UnitPlace(asked.within))] if asked.within else []
    if asked.area:
        place = units.get(asked.area, UnitPlace()) if asked.level == "unit" else UnitPlace(asked.area)
        wanted.append(allowed.sees(asked.level, place))
    return allowed if all(wanted) else Refused(reason=f"role '{role.name}' {role.limit}")


@dataclass(frozen=True, slots=True, kw_only=True)
class RowsAllowed(Leave):
    """The leave to open the rows of one feature table. Only `decide_rows` makes it."""

    table: str
    approval: Approval
    decided_by: ClassVar[str] = "decide_rows"


def decide_rows(
    table: str,
    purposes: tuple[Purpose, ...],
    asker: Asker,
    purpose: Purpose,
    role: Role | None,
    today: date,
) -> RowsAllowed | Refused:
    """The decision on opening a feature table. `purposes` are those its rows may serve at all.

    Its rows are about single persons of the whole county: the role must have the purpose, not be limited to some
    municipalities, and have an approval for the table and the purpose that is in force.
    """
    if role is None:
        return Refused(reason=f"there is no role '{asker.role}'")
    if table not in role.features:
        return Refused(reason=f"role '{role.name}' does not open the feature table '{table}'")
    if purpose not in role.purposes:
        return Refused(reason=f"role '{role.name}' has no purpose '{purpose}'")
    if purpose not in purposes:
        return Refused(reason=f"feature table '{table}' is not for the purpose '{purpose}'")
    if role.limit:
        return Refused(reason=f"role '{role.name}' {role.limit}")
    approved = [each for each in role.approvals if each.table == table and purpose in each.purposes]
    if not approved:
        return Refused(reason=f"role '{role.name}' is not approved to open '{table}' for '{purpose}'")
    held = [each for each in approved if each.holds(today)]
    if not held:
        return Refused(reason=f"no approval of role '{role.name}' to open '{table}' is in force on {today}")
    return RowsAllowed(table=table, approval=held[-1], asker=asker, purpose=purpose, seal=SEAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReleaseAllowed(Leave):
    """The leave to make one release. Only `decide_release` makes it."""

    release: str
    decided_by: ClassVar[str] = "decide_release"


def decide_release(
    release: str, asker: Asker, purpose: Purpose, role: Role | None
) -> ReleaseAllowed | Refused:
    """The decision on making a data set of anonymous figures.

    It is made from exact figures of the whole county: the role must name the release, have the purpose, and
    be limited neither to some municipalities nor to rounded figures.
    """
    if role is None:
        return Refused(reason=f"there is no role '{asker.role}'")
    if release not in role.releases:
        return Refused(reason=f"role '{role.name}' does not make the release '{release}'")
    if purpose not in role.purposes:
        return Refused(reason=f"role '{role.name}' has no purpose '{purpose}'")
    if role.limit:
        return Refused(reason=f"role '{role.name}' {role.limit}")
    if role.rounding > 1:
        return Refused(reason=f"role '{role.name}' sees rounded figures only")
    return ReleaseAllowed(release=release, asker=asker, purpose=purpose, seal=SEAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineAllowed(Leave):
    """The leave to open rows that were set aside. Only `decide_quarantine` makes it."""

    decided_by: ClassVar[str] = "decide_quarantine"


def decide_quarantine(asker: Asker, role: Role | None) -> QuarantineAllowed | Refused:
    """The decision on opening rows that were set aside. They are as delivered and may name persons of any area.

    They are opened to put the quality of data right, and for nothing else.
    """
    purpose = Purpose.DATA_QUALITY
    if role is None:
        return Refused(reason=f"there is no role '{asker.role}'")
    if not role.quarantine:
        return Refused(reason=f"role '{role.name}' does not open rows that were set aside")
    if purpose not in role.purposes:
        return Refused(reason=f"role '{role.name}' has no purpose '{purpose}'")
    if role.limit:
        return Refused(reason=f"role '{role.name}' {role.limit}")
    return QuarantineAllowed(asker=asker, purpose=purpose, seal=SEAL)


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkingAllowed(Leave):
    """The leave to see and decide pairs of one linkage. Only `decide_linking` makes it."""

    linkage: str
    decided_by: ClassVar[str] = "decide_linking"


LINKING_PAGE: Final = "linking"


def decide_linking(
    linkage: str, purpose: Purpose, asker: Asker, role: Role | None
) -> LinkingAllowed | Refused:
    """The decision on seeing and deciding pairs, which show names of persons of the whole county.

    `purpose` is that of the linkage. The role must have the page and the purpose, and not be limited.
    """
    if role is None:
        return Refused(reason=f"there is no role '{asker.role}'")
    if not may_open(LINKING_PAGE, role):
        return Refused(reason=f"role '{role.name}' does not decide on links")
    if purpose not in role.purposes:
        return Refused(reason=f"role '{role.name}' has no purpose '{purpose}'")
    if role.own_municipality_only:
        return Refused(reason=f"role '{role.name}' sees its own municipality only")
    return LinkingAllowed(linkage=linkage, asker=asker, purpose=purpose, seal=SEAL)


EXACT_PAGES = frozenset({"recording"})
"""Pages with sums for any choice of rows: whoever sees rounded figures does not open them."""


def may_open(page: str, role: Role | None) -> bool:
    """Whether holders of a role may open a page."""
    return role is not None and page in role.pages and not (role.rounding > 1 and page in EXACT_PAGES)
