"""What a project folder holds, read when first asked for and then kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from virtaama.lake.files import Lake
from virtaama.lake.ledger import Ledger
from virtaama.model.collect import addresses_of, host_of
from virtaama.model.model import Model
from virtaama.model.parse import parse_model
from virtaama.problems import Place, Problem, ProblemsFound
from virtaama.project.settings import Settings, files_in
from virtaama.sql.spelling import EngineName

# Each part brings in what reads it: a load has no use for metrics and roles.
if TYPE_CHECKING:
    from virtaama.access.audit import AuditLog
    from virtaama.access.audit_anchors import Anchors
    from virtaama.access.groups import Group
    from virtaama.access.incident_record import IncidentRecord
    from virtaama.access.link_review import LinkReview
    from virtaama.access.look_ups import Counts, LookUps
    from virtaama.access.sign_ins import SignIns
    from virtaama.descriptions.organisation import Organisation
    from virtaama.identities.store import Identities
    from virtaama.keyring import Keyring
    from virtaama.linkage.definitions import Linkage
    from virtaama.loading.erased import Erased
    from virtaama.metrics.definitions import Catalogue
    from virtaama.metrics.feature_tables import FeatureTable
    from virtaama.metrics.person_views import PersonViews
    from virtaama.metrics.releases import Release
    from virtaama.privacy.policy import Role
    from virtaama.project.demo_users import DemoUser
    from virtaama.project.descriptions import Descriptions
    from virtaama.project.funding import FundingKnown
    from virtaama.project.law import Law
    from virtaama.statutes.crosswalk import Crosswalk
    from virtaama.statutes.editions import Edition, Statutes

MODEL_FOLDERS = ("systems", "concepts", "codes", "mappings", "derived", "calendars")
METRIC_FOLDER = "metrics"
FEATURE_FOLDER = "features"
RELEASE_FOLDER = "releases"
PERSON_VIEW_FOLDER = "person_views"
LINK_FOLDER = "links"
ACCESS_FILE = "access.yaml"
CROSSWALK_FILE = "crosswalk.yaml"


class Parts:
    """Model, metrics, feature tables, roles and users as written; keys, lake, ledger and audit log as they are."""

    def __init__(self, settings: Settings, without_keys: tuple[str, ...] = ()) -> None:
        self.settings = settings
        self._without_keys = without_keys

    @cached_property
    def statutes(self) -> Statutes:
        """The packs of dated law; each is read when it is asked for, and ProblemsFound where it is wrong."""
        from virtaama.project.statutes import statutes_of

        return statutes_of(self.settings.folder)

    @property
    def law(self) -> Law:
        """What the packs say, each read when it is asked for; ProblemsFound where one is wrong."""
        from virtaama.project.law import Law

        return Law(self.statutes)

    @property
    def editions(self) -> tuple[Edition, ...]:
        """Every edition of every pack, each read; ProblemsFound with every problem of them."""
        return self.statutes.all()

    @property
    def funding(self) -> FundingKnown:
        """Law, determinants and scenarios of the funding of counties, read anew each time; ProblemsFound likewise."""
        from virtaama.project.funding import read_funding

        return read_funding(self.settings.folder, self.statutes)

    @cached_property
    def model(self) -> Model:
        """The concept model; ProblemsFound with every problem of its files."""
        return parse_model(dict(files_in(self.settings.folder, *MODEL_FOLDERS)))

    @cached_property
    def crosswalk(self) -> Crosswalk | None:
        """Which codes stand for which of the county's classes, checked against the model; ProblemsFound likewise."""
        path = self.settings.folder / CROSSWALK_FILE
        if not path.is_file():
            return None
        from virtaama.statutes.crosswalk import parse_crosswalk

        return parse_crosswalk(CROSSWALK_FILE, path.read_text(encoding="utf-8"), self.model)

    @cached_property
    def catalogue(self) -> Catalogue:
        """Facts, dimensions and metrics, checked against the model; ProblemsFound likewise."""
        from virtaama.metrics.parse import parse_catalogue

        files = dict(files_in(self.settings.folder, METRIC_FOLDER))
        return parse_catalogue(files, self.model, self.law.care_guarantee.waits)

    @cached_property
    def features(self) -> tuple[FeatureTable, ...]:
        """Feature tables, checked against model and facts; ProblemsFound likewise."""
        from virtaama.metrics.feature_parse import parse_features

        files = dict(files_in(self.settings.folder, FEATURE_FOLDER))
        return parse_features(files, self.model, self.catalogue) if files else ()

    @cached_property
    def releases(self) -> tuple[Release, ...]:
        """Data sets of anonymous figures, checked against the catalogue; ProblemsFound likewise."""
        from virtaama.metrics.release_parse import parse_releases

        files = dict(files_in(self.settings.folder, RELEASE_FOLDER))
        return parse_releases(files, self.catalogue, self.settings.minimum_group) if files else ()

    @cached_property
    def organisation(self) -> Organisation:
        """What people wrote for the descriptions; nothing where they wrote nothing. ProblemsFound likewise."""
        from virtaama.descriptions.organisation import NOTHING_SAID, ORGANISATION_FILE, parse_organisation

        path = self.settings.folder / ORGANISATION_FILE
        if not path.is_file():
            return NOTHING_SAID
        systems = (system.name for system in self.model.systems)
        return parse_organisation(path.read_text(encoding="utf-8"), systems)

    @cached_property
    def person_views(self) -> PersonViews | None:
        """What of one person can be shown, checked against the model; ProblemsFound likewise. None: no person is."""
        folder = self.settings.folder / PERSON_VIEW_FOLDER
        if not folder.is_dir():
            return None
        from virtaama.metrics.person_view_parse import parse_person_views

        files = dict(files_in(self.settings.folder, PERSON_VIEW_FOLDER))
        return parse_person_views(files, self.model, self.law.care_guarantee.waits)

    @property
    def direct_wanted(self) -> dict[str, tuple[str, ...]]:
        """What names a person and is looked up by the doors to persons and to pairs: attributes by concept."""
        views = self.person_views
        wanted = {views.persons.of: views.direct(self.model)} if views else {}
        for linkage in self.links:
            for concept, names in linkage.direct(self.model).items():
                wanted[concept] = tuple(dict.fromkeys((*wanted.get(concept, ()), *names)))
        return {concept: names for concept, names in wanted.items() if names}

    def link_review(self, counts: Counts) -> LinkReview:
        """The door to records that may be about the same person."""
        from virtaama.project.linking import link_review_of

        return link_review_of(self, counts)

    def look_ups(self, counts: Counts) -> LookUps:
        """What lets look-ups of persons through, as often as may be."""
        from virtaama.access.look_ups import LookUps
        from virtaama.project.on_record import now

        return LookUps(limits=self.settings.look_ups, counts=counts, audit=self.audit, clock=now)

    @cached_property
    def links(self) -> tuple[Linkage, ...]:
        """Which records may be about the same person, checked against the model; ProblemsFound likewise."""
        from virtaama.linkage.parse import parse_links

        files = dict(files_in(self.settings.folder, LINK_FOLDER))
        return parse_links(files, self.model) if files else ()

    @cached_property
    def roles(self) -> tuple[Role, ...]:
        """Who may ask what; no role shows smaller groups than the settings allow."""
        from virtaama.access.roles import parse_roles

        path = self.settings.folder / ACCESS_FILE
        roles = (
            parse_roles(path.read_text(encoding="utf-8"), self.law.access_rights) if path.is_file() else ()
        )
        smallest = self.settings.minimum_group
        return tuple(replace(role, minimum_group=max(smallest, role.minimum_group)) for role in roles)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Groups of the county's sign-in with what each may do; the roles must be right."""
        from virtaama.access.roles import parse_groups

        path = self.settings.folder / ACCESS_FILE
        return parse_groups(path.read_text(encoding="utf-8")) if path.is_file() else ()

    @property
    def demo_users(self) -> tuple[DemoUser, ...]:
        """Who may sign in with a password of access.yaml; nobody outside a demo."""
        path = self.settings.folder / ACCESS_FILE
        if not self.settings.demo or not path.is_file():
            return ()
        from virtaama.project.demo_users import parse_demo_users

        return parse_demo_users(path.read_text(encoding="utf-8"))

    @cached_property
    def keyring(self) -> Keyring:
        from virtaama.keyring import Keyring

        return Keyring.open(self.settings.keys, self._without_keys)

    @cached_property
    def identities(self) -> Identities:
        """Who persons are; NotReady where the store is gone, or not the one this lake was landed with."""
        from virtaama.project.identities import open_identities

        return open_identities(self.settings, self.keyring, self.ledger)

    @cached_property
    def lake(self) -> Lake:
        return Lake(self.settings.lake)

    @cached_property
    def ledger(self) -> Ledger:
        return Ledger.open(self.settings.ledger)

    @property
    def erased(self) -> Erased | None:
        """What is not to land again; None where nothing was erased."""
        if not self.ledger.erasures.marks():
            return None
        from virtaama.project.erasing.whom import erased

        return erased(self)

    def check(self) -> None:
        """Read everything; ProblemsFound with every problem of every file."""
        problems: list[Problem] = []
        for part in (
            "editions",
            "funding",
            "model",
            "crosswalk",
            "catalogue",
            "features",
            "releases",
            "links",
            "person_views",
            "roles",
            "organisation",
        ):
            try:
                getattr(self, part)
            except ProblemsFound as found:
                problems += found.problems
        if not problems:
            problems += (
                *self._unnamed_hosts(),
                *self._nobody_gets_in(),
                *self._unlawful_retention(),
                *self._persons_unshown(),
                *self._rights_to_nothing(),
            )
        if not problems and self.settings.engine is EngineName.SPARK:
            from virtaama.loading.on_spark import problems_on_spark

            problems += problems_on_spark(self.model, self.catalogue)
        if problems:
            raise ProblemsFound(tuple(problems))

    def refuse_unlawful_retention(self) -> None:
        """ProblemsFound where what concepts say of retention does not fit the law of today."""
        if problems := tuple(self._unlawful_retention()):
            raise ProblemsFound(problems)

    def _unlawful_retention(self) -> Iterator[Problem]:
        from virtaama.statutes.retained import retention_problems

        return retention_problems(self.model, self.law.retention_rules, date.today())

    def _unnamed_hosts(self) -> Iterator[Problem]:
        for feed in self.model.feeds:
            spoken_to = [host_of(address) for address in addresses_of(feed.collect)] if feed.collect else []
            spoken_to += [feed.intake.host] if feed.intake and feed.intake.topic else []
            for host in spoken_to:
                if host not in self.settings.hosts:
                    what = f"feed '{feed.id}' speaks to {host}, which is not among `hosts`."
                    yield Problem(feed.place, what, f"Write hosts: [{host}] in virtaama.yaml.")

    def _nobody_gets_in(self) -> Iterator[Problem]:
        if self.settings.sign_in and not self.groups:
            what = "no group has a role, so nobody who signs in gets in."
            yield Problem(Place(ACCESS_FILE), what, "Write groups: {name of a group: {role: analyst}}.")

    def _persons_unshown(self) -> Iterator[Problem]:
        from virtaama.access.person_role import problems_with_views

        return problems_with_views(self.roles, self.person_views, self.model, ACCESS_FILE)

    def _rights_to_nothing(self) -> Iterator[Problem]:
        from virtaama.project.rights import rights_to_nothing

        return rights_to_nothing(
            self.roles, self.features, self.releases, self.catalogue, self.model, ACCESS_FILE
        )

    @cached_property
    def audit(self) -> AuditLog:
        from virtaama.access.audit import AuditLog

        return AuditLog(self.settings.audit, self.keyring.key("audit"))

    @property
    def sign_ins(self) -> SignIns:
        """Where it goes on record that somebody was signed in to the portal, and until when."""
        from virtaama.access.sign_ins import SignIns
        from virtaama.project.on_record import now

        return SignIns(self.audit, now)

    @property
    def incident_record(self) -> IncidentRecord:
        """Where what happens with incidents goes on record."""
        from virtaama.access.incident_record import IncidentRecord
        from virtaama.project.on_record import now

        return IncidentRecord(self.audit, now)

    @cached_property
    def descriptions(self) -> Descriptions:
        """The descriptions that were made, and what has changed since."""
        from virtaama.project.descriptions import Descriptions

        return Descriptions(self)

    @property
    def anchors(self) -> Anchors | None:
        """Where the head of the audit log is noted outside; None where no such place is named."""
        from virtaama.access.audit_anchors import Anchors

        folder = self.settings.anchors
        return Anchors(folder, self.keyring.key("audit")) if folder else None
