"""An in-memory door: the real one's signatures, invented figures that are the same every time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path
from tempfile import mkdtemp
from types import SimpleNamespace
from typing import Any

from tests.portal.pairs_for_tests import PairsForTests
from tests.portal.person_door_for_tests import PersonDoorForTests
from tests.shipped_law import OF_LOGS
from tests.spec.funding.shared import known
from virtaama.access.answers import Answer, AreaName, FeedLineage, Lineage, Snapshot
from virtaama.access.audit import AuditLog
from virtaama.access.audit_entries import Act, Persons
from virtaama.access.expectations import ExpectationState, Held
from virtaama.access.incident_record import IncidentRecord
from virtaama.access.link_review import LinkReview
from virtaama.access.look_ups import Counts, LookUps
from virtaama.access.names import Names
from virtaama.access.opened import PersonQuestion
from virtaama.access.oversight import Oversight
from virtaama.access.persons import person_key
from virtaama.access.recording import By, RecordingAnswer, RecordingLine, RecordingQuestion, RecordingWords
from virtaama.access.sign_ins import SignIns
from virtaama.access.then import FirstDays
from virtaama.descriptions.document import Document, Paragraph
from virtaama.descriptions.forms import as_markdown, as_plain
from virtaama.identities.store import Identities
from virtaama.interchange.json_stat import json_stat
from virtaama.interchange.json_stat_cube import Origin, ReleasedFigures, Table
from virtaama.interchange.json_stat_cube import Place as ReleasedPlace
from virtaama.keyring import Keyring
from virtaama.lake.batches import Batch
from virtaama.lake.noticed import QualityLine
from virtaama.lake.runs import Run
from virtaama.metrics.definitions import Catalogue, Dimension, Direction, Family, Measure, Metric, Target
from virtaama.metrics.indicators import (
    Break,
    Counterpart,
    Frequency,
    Goal,
    MetricApproval,
    MissingRule,
    Package,
)
from virtaama.metrics.indicators import Status as MetricStatus
from virtaama.metrics.question import Figure, Grain, Level, Missing, Question
from virtaama.metrics.released import ReleasedFigure, Status
from virtaama.metrics.releases import Audience, Release
from virtaama.model.concepts import Text
from virtaama.model.expectations import Drift, Expectation, Fresh, Required, Rhythm, Severity, Unit
from virtaama.portal.steering.periods import first_day, shifted
from virtaama.privacy.look_up_limits import LookUpLimits
from virtaama.privacy.policy import Asker, Purpose, Role
from virtaama.problems import Damaged, NotAllowed, NotReady, Place
from virtaama.project.described import DescribedSet, Revised, made_sets, revised, write_set
from virtaama.project.funding import FundingKnown
from virtaama.project.law import Law
from virtaama.project.oversight import referred_to
from virtaama.project.statutes import shipped_statutes
from virtaama.quality.results import Result

PLACE = Place("metrics/test.yaml", 1)
COUNTY = AreaName(
    level="county",
    code="07",
    name=Text(
        "Päijät-Hämeen hyvinvointialue",
        "Päijänne-Tavastlands välfärdsområde",
        "Wellbeing services county of Päijät-Häme",
    ),
)
MUNICIPALITIES = (
    ("016", "Asikkala"),
    ("081", "Hartola"),
    ("111", "Heinola"),
    ("098", "Hollola"),
    ("142", "Iitti"),
    ("316", "Kärkölä"),
    ("398", "Lahti"),
    ("560", "Orimattila"),
    ("576", "Padasjoki"),
    ("781", "Sysmä"),
)
SWEDISH = {"398": "Lahtis"}
AREAS = (
    COUNTY,
    *(
        AreaName(level="municipality", code=code, name=Text(name, SWEDISH.get(code, name), name))
        for code, name in MUNICIPALITIES
    ),
    *(
        AreaName(
            level="unit",
            code=f"U{code}{number}",
            name=Text(
                f"{name}n terveysasema {number}",
                f"Hälsostation {number} i {SWEDISH.get(code, name)}",
                f"{name}n terveysasema {number}",  # units have no English names
            ),
            within=code,
        )
        for code, name in MUNICIPALITIES
        for number in (1, 2, 3)
    ),
)
ROLES = (
    Role(
        name="manager",
        purposes=frozenset({Purpose.STEERING}),
        levels=frozenset({"county", "municipality", "unit"}),
        pages=frozenset({"steering", "funding", "lineage"}),
    ),
    Role(
        name="municipality_contact",
        purposes=frozenset({Purpose.PLANNING}),
        levels=frozenset({"county", "municipality"}),
        pages=frozenset({"steering", "lineage"}),
        own_municipality_only=True,
        minimum_group=10,
    ),
    Role(
        name="analyst",
        purposes=frozenset({Purpose.STEERING, Purpose.EVALUATION, Purpose.DATA_QUALITY}),
        levels=frozenset({"county", "municipality", "unit"}),
        pages=frozenset({"steering", "funding", "lineage", "quality", "recording", "drafts"}),
    ),
    Role(
        name="data_engineer",
        purposes=frozenset({Purpose.DATA_QUALITY}),
        levels=frozenset({"county"}),
        pages=frozenset({"runs", "quality", "recording"}),
    ),
    Role(
        name="link_reviewer",
        purposes=frozenset({Purpose.DATA_QUALITY}),
        levels=frozenset(),
        pages=frozenset({"linking"}),
    ),
    Role(
        name="reception_nurse",
        purposes=frozenset({Purpose.CLIENT_CARE}),
        levels=frozenset(),
        pages=frozenset({"persons"}),
    ),
    Role(
        name="data_protection_officer",
        purposes=frozenset(),
        levels=frozenset(),
        pages=frozenset({"audit", "descriptions", "incidents"}),
    ),
)
ALL_LEVELS = ("county", "municipality", "unit")


def text(finnish: str, swedish: str = "", english: str = "") -> Text:
    return Text(fi=finnish, sv=swedish or finnish, en=english or finnish)


PER_1000 = text("/ 1 000 asukasta", "/ 1 000 invånare", "per 1,000 residents")
DAYS, EUROS, PERCENT = text("päivää", "dagar", "days"), text("euroa", "euro", "euros"), text("%")


def metric(
    name: str,
    labels: Text,
    family: Family,
    unit: Text,
    direction: Direction = Direction.NEUTRAL,
    decimals: int = 1,
    levels: tuple[str, ...] = ALL_LEVELS,
    by: tuple[str, ...] = ("age_group", "sex"),
    target: float | None = None,
) -> Metric:
    return Metric(
        name=name,
        labels=labels,
        definition=text(
            f"{labels.fi}: osoittaja jaettuna nimittäjällä kuukauden aikana.",
            f"{labels.sv}: täljaren delad med nämnaren under månaden.",
            f"{labels.en}: numerator over denominator during the month.",
        ),
        family=family,
        unit=unit,
        numerator=Measure(fact="visit", aggregate="count"),
        direction=direction,
        decimals=decimals,
        levels=levels,
        by=by,
        legal_basis="612/2021 29 §",
        source="Perusterveydenhuollon potilastietojärjestelmä",
        owner="Tietojohtaminen",
        place=PLACE,
        targets=(Target(value=target, source="Aluevaltuusto 2023", valid_from=date(2024, 1, 1), place=PLACE),)
        if target is not None
        else (),
    )


UP, DOWN = Direction.HIGHER_IS_BETTER, Direction.LOWER_IS_BETTER
METRICS = (
    metric(
        "contacts_per_1000",
        text("Yhteydenotot", "Kontakter", "Contacts"),
        Family.NEED,
        PER_1000,
        by=("channel", "age_group"),
    ),
    metric(
        "emergency_visits_per_1000",
        text("Päivystyskäynnit", "Jourbesök", "Emergency visits"),
        Family.NEED,
        PER_1000,
        DOWN,
        target=55,
    ),
    metric(
        "ward_days_per_1000",
        text("Vuodeosastopäivät", "Vårddagar på avdelning", "Ward days"),
        Family.NEED,
        PER_1000,
        DOWN,
    ),
    metric(
        "home_care_per_1000",
        text(
            "Kotihoidon asiakkaat 75 vuotta täyttäneistä",
            "Hemvårdens klienter av 75 år fyllda",
            "Home-care clients among those over 75",
        ),
        Family.NEED,
        PER_1000,
        levels=("county", "municipality"),
    ),
    metric(
        "answered_by_phone",
        text("Puheluihin vastattu", "Besvarade samtal", "Calls answered"),
        Family.AVAILABILITY,
        PERCENT,
        UP,
        target=50,
    ),
    metric(
        "median_phone_wait",
        text("Puhelujonon mediaani", "Medianen för telefonkö", "Median phone wait"),
        Family.AVAILABILITY,
        text("min"),
        DOWN,
        decimals=0,
    ),
    metric(
        "assessed_same_day",
        text("Arvioitu samana päivänä", "Bedömda samma dag", "Assessed the same day"),
        Family.AVAILABILITY,
        PERCENT,
        UP,
        target=80,
    ),
    metric(
        "median_days_to_care",
        text(
            "Odotus kiireettömään hoitoon, mediaani",
            "Väntan på icke-brådskande vård, median",
            "Wait for non-urgent care, median",
        ),
        Family.AVAILABILITY,
        DAYS,
        DOWN,
        target=14,
    ),
    metric(
        "within_care_guarantee",
        text("Hoitotakuussa hoidetut", "Vårdade inom vårdgarantin", "Treated within the care guarantee"),
        Family.AVAILABILITY,
        PERCENT,
        UP,
        target=95,
    ),
    metric(
        "remote_share",
        text("Etäkäyntien osuus", "Andel distansbesök", "Share of remote visits"),
        Family.AVAILABILITY,
        PERCENT,
    ),
    metric(
        "recommendation_index",
        text("Suositteluindeksi (NPS)", "Rekommendationsindex (NPS)", "Recommendation index (NPS)"),
        Family.QUALITY,
        text(""),
        UP,
        decimals=0,
        target=60,
    ),
    metric(
        "missed_appointments",
        text("Peruuttamatta jääneet ajat", "Uteblivna besök", "Missed appointments"),
        Family.QUALITY,
        PERCENT,
        DOWN,
    ),
    metric(
        "several_sectors",
        text("Monipalveluasiakkaat", "Klienter med flera tjänster", "Residents using several sectors"),
        Family.EFFECTIVENESS,
        PERCENT,
        levels=("county", "municipality"),
    ),
    metric(
        "several_sectors_cost",
        text("Monipalveluasiakkaiden osuus kustannuksista", "Andel av kostnaderna", "Their share of cost"),
        Family.EFFECTIVENESS,
        PERCENT,
        levels=("county",),
    ),
    metric(
        "net_cost_per_resident",
        text("Nettokustannus asukasta kohden", "Nettokostnad per invånare", "Net cost per resident"),
        Family.COST,
        EUROS,
        DOWN,
        decimals=0,
        levels=("county", "municipality"),
        by=("service",),
    ),
    metric(
        "budget_use",
        text("Talousarvion käyttö", "Budgetanvändning", "Budget use to date"),
        Family.COST,
        PERCENT,
        levels=("county", "unit"),
        by=(),
    ),
    metric(
        "sick_leave_days",
        text("Sairauspoissaolopäivät", "Sjukfrånvarodagar", "Sick-leave days"),
        Family.COST,
        text("pv / htv", "dagar / årsverke", "days per person-year"),
        DOWN,
        levels=("county", "unit"),
        by=("service",),
    ),
)
PACKAGES = (
    Package(
        name="reception",
        labels=text("Vastaanotto", "Mottagning", "Practices"),
        services=("PTH",),
        basic=True,
        place=PLACE,
    ),
    Package(
        name="older_people",
        labels=text("Ikääntyneet", "Äldre", "Older people"),
        services=("PTH",),
        basic=False,
        place=PLACE,
    ),
)


def as_indicator(metric: Metric) -> Metric:
    """The metric with everything that can be said beside its formula."""
    return replace(
        metric,
        goals=(Goal.CLIENT_EXPERIENCE, Goal.EFFECTIVENESS),
        frequency=Frequency.FOUR_MONTHLY,
        packages=("reception",),
        missing=MissingRule(
            rule=text(
                "Puutteelliset jätetään pois", "De ofullständiga utelämnas", "The incomplete are left out"
            ),
            reasons=((Missing.NO_DATA, text("Ei kysytty", "Inte frågat", "Nobody was asked")),),
        ),
        breaks=(
            Break(
                on=date(2019, 1, 1), reason=text("Koodit vaihtuivat", "Koder byttes", "Codes were changed")
            ),
            Break(on=date(2026, 1, 1), reason=text("Laki muuttui", "Lagen ändrades", "The law changed")),
        ),
        counterpart=Counterpart(
            publisher="Sotkanet",
            id="6411",
            title="Odotusaika yli 7 päivää",
            difference=text("Eri rajaus", "Annan avgränsning", "Another scope"),
        ),
        version=2,
        status=MetricStatus.APPROVED,
        approvals=tuple(
            MetricApproval(
                version=version,
                decided_by="Ohjausryhmä",
                record=f"HVA/{version}/2026",
                valid_from=date(2026, version, 1),
                formula="0a1b2c3d4e5f",
                place=PLACE,
            )
            for version in (1, 2)
        ),
    )


INDICATOR = "recommendation_index"
"""The metric that is an indicator; the others tell no more than their formula."""
METRICS = tuple(as_indicator(each) if each.name == INDICATOR else each for each in METRICS)
DRAFT = replace(
    METRICS[0], name="falls", labels=text("Kaatumiset", "Fall", "Falls"), version=1, status=MetricStatus.DRAFT
)
DIMENSIONS = (
    Dimension(name="age_group", labels=text("Ikäryhmä", "Åldersgrupp", "Age group")),
    Dimension(name="sex", labels=text("Sukupuoli", "Kön", "Sex")),
    Dimension(name="channel", labels=text("Kanava", "Kanal", "Channel")),
    Dimension(name="service", labels=text("Palvelu", "Tjänst", "Service")),
)
MEMBERS = {
    "age_group": ("0-6", "7-17", "18-64", "65-74", "75-84", "85+"),
    "sex": ("female", "male"),
    "channel": ("phone", "chat", "web"),
    "service": ("PTH_VASTAANOTTO", "KOTIHOITO", "SOSIAALI"),
}
LABELS = {"female": text("Naiset", "Kvinnor", "Women"), "male": text("Miehet", "Män", "Men")}
WORDS = RecordingWords(
    concepts={"visit": text("Käynti", "Besök", "Visit"), "stay": text("Hoitojakso", "Vårdperiod", "Stay")},
    fields={
        ("visit", "unit"): text("Yksikkö", "Enhet", "Unit"),
        ("visit", "form"): text("Palvelumuoto", "Serviceform", "Service form"),
    },
    rules={
        ("visit", "order"): text("Loppuu ennen alkuaan", "Slutar före sin början", "Ends before it begins")
    },
    feeds={"primary_care.visits": text("Käynnit", "Besök", "Visits")},
    systems={
        "primary_care": text("Perusterveydenhuolto", "Primärvård", "Primary care"),
        "staff": text("Henkilöstö", "Personal", "Staff"),
    },
)


def expected(
    name: str,
    check: Required | Drift | Fresh,
    severity: Severity,
    unit: Unit,
    measured: float | None = None,
    most: float = 0.02,
) -> ExpectationState:
    expectation = Expectation(
        name=name,
        subject="primary_care.visits",
        of_feed=True,
        check=check,
        severity=severity,
        owner="Tilastointi" if severity is Severity.STOP else "Tietohallinto",
        message=text("Yksikkö puuttuu", "Enhet saknas", "Unit is missing"),
        at_most=most,
        unit=unit,
        place=Place("systems/primary_care.yaml", 40),
        where="KAYNTI_ALKOI IS NOT NULL" if unit is Unit.SHARE else "",
    )
    last = None
    if measured is not None:
        last = Result(
            moment=datetime(2026, 11, 2, 4, 0, tzinfo=UTC),
            run=9,
            subject=expectation.subject,
            expectation=name,
            fingerprint="c0ffee",
            kind=expectation.kind,
            severity=severity,
            owner=expectation.owner,
            batch=10,
            describes=datetime(2026, 11, 1),
            measured=measured,
            least=None,
            most=most,
            passed=measured <= most,
            rows=round(1000 * measured),
            of=1000,
        )
    return ExpectationState(
        expectation=expectation,
        subject=text("Perusterveydenhuolto: Käynnit", "Primärvård: Besök", "Primary care: Visits"),
        fields=text(", ".join(expectation.fields)),
        last=last,
        failing_since=datetime(2026, 10, 1) if last and not last.passed else None,
    )


HELD = Held(
    metric="remote_share",
    expectation="primary_care.visits.unit",
    owner="Tilastointi",
    message=text("Yksikkö puuttuu", "Enhet saknas", "Unit is missing"),
    since=datetime(2026, 10, 1),
)
EXPECTED = (
    expected("mix", Drift("KAYNTI_YHTEYSTAPA", 12), Severity.NOTE, Unit.INDEX, 0.31, 0.25),
    expected("unit", Required("YKSIKKO"), Severity.STOP, Unit.SHARE, 0.11),
    expected("form", Required("PALVELUMUOTO"), Severity.WARN, Unit.SHARE, 0.01),
    expected("arrives", Fresh(Rhythm.MONTH, 5), Severity.WARN, Unit.DAYS),
)
FIRST, LAST = date(2023, 11, 1), date(2026, 10, 1)


CATALOGUE = Catalogue(
    version="cafe12345678",
    facts=(),
    dimensions=DIMENSIONS,
    metrics=METRICS,
    drafts=(DRAFT,),
    packages=PACKAGES,
)


@dataclass
class DoorForTests:
    """Refuses as the real door does, and counts how often it was asked."""

    published: bool = True
    damaged: bool = False
    expects: bool = True
    holds_back: bool = True
    tells_of_the_past: bool = True
    number: int = 7
    redefined: tuple[str, ...] = ()
    model_changed: bool = False
    newer_damaged: int | None = None
    asked: list[tuple[Question, Asker, Purpose]] = field(default_factory=list)
    refused: list[tuple[str, str]] = field(default_factory=list)

    def ask(self, question: Question, asker: Asker, purpose: Purpose) -> Answer:
        self.asked.append((question, asker, purpose))
        role = role_named(asker.role)
        if purpose not in role.purposes or question.level not in role.levels:
            raise NotAllowed("not for this role")
        if question.area is not None and question.area not in {area.code for area in self.areas(asker)}:
            raise NotAllowed("not this area")
        return Answer(
            question=question,
            figures=tuple(self.figures(question, asker)),
            snapshot=self.snapshot(),
            record=len(self.asked),
            policy=hashlib.sha256(repr((role, asker, purpose)).encode()).hexdigest()[:32],
        )

    def figures(self, question: Question, asker: Asker) -> Iterator[Figure]:
        areas = [
            area.code
            for area in AREAS
            if area.level == question.level
            and question.area in (None, area.code)
            and question.within in (None, area.within)
        ]
        members = MEMBERS[question.by] if question.by else (None,)
        allowed = {area.code for area in self.areas(asker)}
        for name in question.metrics:
            definition = next(metric for metric in METRICS if metric.name == name)
            for area in areas:
                period = first_day(question.first, question.grain)
                while period <= question.last:
                    for member in members:
                        reason = missing(definition, question.level, area, period, member, allowed)
                        value = None if reason else invented(name, area, period, member)
                        yield Figure(
                            metric=name,
                            level=question.level,
                            area=area,
                            period=period,
                            grain=question.grain,
                            member=member,
                            value=value,
                            missing=reason,
                            numerator=value,
                            denominator=None,
                            rows=None if value is None else round(value * 10),
                        )
                    period = shifted(period, question.grain, 1)

    def catalogue(self) -> Catalogue:
        return CATALOGUE

    def snapshot(self) -> Snapshot:
        if not self.published:
            raise NotReady("nothing is published")
        if self.damaged:
            raise Damaged("a file is not the file that was written")
        return Snapshot(
            number=self.number,
            published=datetime(2026, 11, 2, 4, 10, tzinfo=UTC),
            model_version="beef12345678",
            catalogue_version="cafe12345678",
            last_delivery=datetime(2026, 11, 1),
            redefined=self.redefined,
            model_changed=self.model_changed,
            newer_damaged=self.newer_damaged,
        )

    def areas(self, asker: Asker) -> tuple[AreaName, ...]:
        role = role_named(asker.role)
        return tuple(
            area
            for area in AREAS
            if area.level in role.levels
            and not (
                role.own_municipality_only
                and area.level != "county"
                and area.code not in asker.municipalities
            )
        )

    def periods(self) -> tuple[date, date]:
        if not self.published:
            raise NotReady("nothing is published")
        return FIRST, LAST

    def first_days(self) -> FirstDays | None:
        return FirstDays(as_of=date(2023, 12, 1), known=date(2026, 2, 1)) if self.tells_of_the_past else None

    def lineage(self, metric: str, asker: Asker) -> Lineage:
        return Lineage(
            metric=metric,
            concepts=("visit", "resident"),
            feeds=(
                FeedLineage(
                    feed="primary_care.visits",
                    batches=36,
                    rows=123456,
                    rejected=12,
                    newest_file="primary_care/2026-10/avohilmo_2026-10.csv",
                    newest_extracted=datetime(2026, 11, 1),
                    loaded=datetime(2026, 11, 2, 4, 0, tzinfo=UTC),
                ),
            ),
            sql="SELECT count(*) AS value\nFROM star.visit\nWHERE visit_started IS NOT NULL",
            steps=("Count the visits that began in the period.", "Divide by the residents at month ends."),
            snapshot=self.snapshot(),
        )

    def runs(self, asker: Asker) -> tuple[Run, ...]:
        if "runs" not in role_named(asker.role).pages:
            raise NotAllowed("not for this role")
        started = datetime(2026, 11, 2, 4, 0, tzinfo=UTC)
        return (
            Run(id=3, kind="publish", started=started, finished=None, ok=False, counts={}, error=""),
            Run(
                id=2,
                kind="load",
                started=started,
                finished=started.replace(minute=3, second=12),
                ok=True,
                counts={"batches": 120, "rows_read": 123_456},
                error="",
            ),
            Run(
                id=1,
                kind="land",
                started=started,
                finished=started.replace(second=8),
                ok=False,
                counts={},
                error="A delivery was refused: a column is missing.",
            ),
        )

    def batches(self, asker: Asker, feed: str | None = None) -> tuple[Batch, ...]:
        if "runs" not in role_named(asker.role).pages:
            raise NotAllowed("not for this role")
        return tuple(
            Batch(
                number=number,
                feed=name,
                file=f"{name.split('.')[0]}/2026-{1 + number % 10:02d}/{name.split('.')[1]}_{number}.csv",
                sha256=f"{number:064x}",
                parquet=f"{name}/{number}.parquet",
                parquet_sha256=f"{number:064x}",
                extracted=datetime(2026, 1 + number % 10, 1),
                landed=datetime(2026, 11, 2, 4, 0, number % 60, tzinfo=UTC),
                rows=number * 100 % 3700,
                rejected=number % 7,
                contract="c0ffee",
            )
            for number in range(1, 121)
            for name in [("primary_care.visits", "staff.shifts", "finance.postings")[number % 3]]
            if feed in (None, name)
        )

    def quality(self, asker: Asker) -> tuple[QualityLine, ...]:
        if "quality" not in role_named(asker.role).pages:
            raise NotAllowed("not for this role")
        return (
            QualityLine(
                feed="primary_care.visits", batch=4, check="bad_identity", detail="TNRO", count=3, rows=400
            ),
            QualityLine(
                feed="primary_care.visits", batch=7, check="bad_identity", detail="TNRO", count=2, rows=700
            ),
            QualityLine(
                feed="primary_care.visits",
                batch=7,
                check="wrong_type",
                detail="KAYNTI_ALKOI",
                count=1,
                rows=700,
            ),
            QualityLine(
                feed="population_register.residents",
                batch=9,
                check="column_renamed",
                detail="KOTIKUNTA, delivered as KUNTA",
                count=1,
                rows=900,
            ),
            QualityLine(
                feed="staff.shifts", batch=0, check="refused_delivery", detail="a column is missing", count=1
            ),
        )

    def expectations(self, asker: Asker) -> tuple[ExpectationState, ...]:
        if "quality" not in role_named(asker.role).pages:
            raise NotAllowed("not for this role")
        return EXPECTED if self.expects else ()

    def expectation_results(self, asker: Asker, expectation: ExpectationState) -> tuple[Result, ...]:
        last = expectation.last
        if last is None:
            return ()
        earlier = tuple(
            replace(
                last,
                batch=number,
                describes=datetime(2026, number, 1),
                measured=None if number == 3 else number / 100,
                passed=True,
            )
            for number in range(1, 10)
        )
        return (*earlier, last)

    def recording(self, asked: RecordingQuestion, asker: Asker) -> RecordingAnswer:
        role = role_named(asker.role)
        if "recording" not in role.pages or asked.level not in role.levels:
            raise NotAllowed("not for this role")
        return RecordingAnswer(
            question=asked,
            lines=tuple(recorded(asked)),
            left_out=0 if asked.area else 3,
            snapshot=self.snapshot(),
            record=1,
        )

    def refuse_page(self, page: str, asker: Asker, why: str = "the role does not open this page") -> None:
        self.refused.append((page, asker.id))

    def held_back(self) -> Mapping[str, tuple[Held, ...]]:
        return {"remote_share": (HELD,)} if self.holds_back else {}

    def recording_words(self) -> RecordingWords:
        return WORDS

    def member_label(self, dimension: str, member: str, language: str) -> str:
        return LABELS[member].in_language(language) if member in LABELS else member


def recorded(asked: RecordingQuestion) -> Iterator[RecordingLine]:
    """Two fields of visits and a rule about them; every third month is worse."""
    if asked.system not in ("", "primary_care") or asked.concept not in ("", "visit"):
        return
    fields = [("unit", "", 12, 0), ("form", "", 30, 9), ("", "order", 0, 4)]
    units = [area.code for area in AREAS if area.level == "unit" and asked.area in (None, area.code)]
    match asked.by:
        case By.FIELD:
            for field, rule, missing, wrong in fields:
                yield RecordingLine(
                    concept="visit",
                    field=field,
                    rule=rule,
                    feed="primary_care.visits",
                    rows=1000,
                    missing=missing,
                    wrong=wrong,
                )
        case By.UNIT:
            for number, code in enumerate(units):
                yield RecordingLine(unit=code, rows=100, missing=number, wrong=0)
            if not asked.area:
                yield RecordingLine(unit=None, rows=40, missing=40, wrong=0)
        case By.MONTH:
            yield RecordingLine(month=None, rows=10, missing=1, wrong=0)
            month = asked.first or FIRST
            while month <= (asked.last or LAST):
                yield RecordingLine(month=month, rows=200, missing=20 if month.month % 3 == 0 else 4, wrong=2)
                month = shifted(month, Grain.MONTH, 1)
        case By.UNIT_AND_FIELD:
            for code in units:
                for field, rule, missing, wrong in fields:
                    yield RecordingLine(
                        concept="visit",
                        field=field,
                        rule=rule,
                        feed="primary_care.visits",
                        unit=code,
                        rows=100,
                        missing=missing,
                        wrong=wrong,
                    )


def missing(
    definition: Metric, level: Level, area: str, period: date, member: str | None, allowed: set[str]
) -> Missing | None:
    if area not in allowed:
        return Missing.NOT_ALLOWED
    if level not in definition.levels:
        return Missing.NOT_DEFINED
    if definition.name == "recommendation_index" and (period.year, period.month) in {(2025, 6), (2025, 7)}:
        return Missing.NO_DATA
    if definition.name == "budget_use" and period >= LAST:
        return Missing.NOT_DELIVERED
    if member == "85+" and level is Level.UNIT:
        return Missing.TOO_FEW
    return None


def invented(name: str, area: str, period: date, member: str | None) -> float:
    def share(*parts: object) -> float:
        digest = hashlib.sha256("|".join(map(str, parts)).encode()).digest()
        return int.from_bytes(digest[:4], "big") / 2**32

    level = 20 + 70 * share(name)
    season = 1 + 0.1 * ((period.month % 6) - 3) / 3
    return (
        level * season * (0.85 + 0.3 * share(name, area)) * (0.93 + 0.14 * share(name, area, period, member))
    )


def role_named(name: str) -> Role:
    return next(role for role in ROLES if role.name == name)


class DescriptionsForTests:
    """Two sets of descriptions; the newest was made before something changed."""

    shelf: Path

    def __init__(self) -> None:
        own = type(self)
        if "shelf" not in vars(own):
            own.shelf = Path(mkdtemp(prefix="virtaama-described-"))
            for made in (date(2026, 10, 1), date(2026, 11, 1)):
                write_set(
                    own.shelf,
                    None,
                    made=made,
                    model_version="0123456789ab",
                    documents={"fi": (described_on(made),)},
                    files={
                        "fi/records.md": as_markdown(described_on(made)).encode(),
                        "fi/records.json": json.dumps(as_plain(described_on(made))).encode(),
                        "facts.json": b"{}",
                    },
                )

    def made(self) -> tuple[DescribedSet, ...]:
        return made_sets(self.shelf)

    def revised(self, told: DescribedSet, language: str, today: date) -> tuple[Revised, ...]:
        return revised(told, (described_on(today, "Rivi nyt"),))


def described_on(made: date, line: str = "Rivi silloin") -> Document:
    return Document(
        name="records",
        language="fi",
        title="Seloste",
        basis="GDPR 30",
        county="Testialue",
        made=made,
        parts=(Paragraph(line),),
    )


RELEASE = Release(
    name="emergency_care",
    labels=text("Päivystys", "Jour", "Emergency care"),
    definition=text("Päivystyskäynnit", "Jourbesök", "Emergency visits"),
    metrics=("emergency_visits_per_1000",),
    levels=(Level.COUNTY,),
    breakdowns=(),
    grains=(Grain.QUARTER,),
    first_year=2024,
    last_year=None,
    threshold=5,
    rounding=5,
    audience=Audience.EVERYBODY,
    legal_basis="552/2019 41 §",
    owner="Tietojohtaminen",
    place=PLACE,
)


FIGURES_OF_RELEASE = ReleasedFigures(
    release=RELEASE,
    figures=tuple(
        ReleasedFigure(
            metric="emergency_visits_per_1000",
            level=Level.COUNTY,
            area="07",
            dimension="",
            member="",
            grain=Grain.QUARTER,
            period=first,
            status=Status.GIVEN if value else Status.HIDDEN,
            value=value,
        )
        for first, value in ((date(2024, 1, 1), 61.5), (date(2024, 4, 1), None))
    ),
    catalogue=Catalogue(version="c", facts=(), dimensions=(), metrics=METRICS),
    places=(
        ReleasedPlace(level=Level.COUNTY, code="07", name=text("Testialue", "Testområdet", "Test county")),
    ),
    members={},
    origin=Origin(
        county=text("Testialue", "Testområdet", "Test county"),
        number=1,
        made=datetime(2026, 11, 1, 12, 0, tzinfo=UTC),
        snapshot=4,
        published=datetime(2026, 10, 31, 4, 0, tzinfo=UTC),
        model_version="m",
        catalogue_version="c",
        record=12,
    ),
)


class LogForTests:
    """A real audit log with a few entries, behind its real door; what of a project the pages of the log use."""

    settings = SimpleNamespace(
        anchors=None, county_code="07", releases=Path(mkdtemp(prefix="virtaama-releases-"))
    )
    releases = (RELEASE,)
    log: AuditLog
    roles = ROLES
    names = Names(
        county=Text("Testialue", "Testområdet", "Test county"),
        systems={"home_care": Text("Kotihoito", "Hemvård", "Home care")},
        roles={"analyst": Text("Analyytikko", "Analytiker", "Analyst")},
        data={"use": Text("Käyttö", "Användning", "Use")},
    )

    def __init__(self) -> None:
        own = type(self)  # opened once, however often the project is
        if "log" not in vars(own):
            own.log = AuditLog(Path(mkdtemp(prefix="virtaama-log-")) / "audit.sqlite", b"a key of the tests")
            self.write(ANN)
            self.write(ANN, BOB, asker="insinoori", role="data_engineer")

    @property
    def funding(self) -> FundingKnown:
        return known()

    def data_sets(self, release: Release) -> tuple[int, ...]:
        made = self.settings.releases / release.name / "1"
        made.mkdir(parents=True, exist_ok=True)
        (made / f"{release.name}.csv").write_text("metric,level\n", encoding="utf-8")
        table = Table(Grain.QUARTER, "")
        (made / f"{release.name}-{table.name}.json-stat.json").write_text(
            json.dumps(json_stat(FIGURES_OF_RELEASE, table)), encoding="utf-8"
        )
        return (1,)

    def data_set(self, release: Release, number: int) -> dict[str, Any]:
        return {"name": release.name, "number": number}

    def write(self, *keys: bytes, **more: Any) -> int:
        given: dict[str, Any] = {
            "moment": datetime.now().astimezone(),
            "asker": "analyytikko",
            "role": "analyst",
            "purpose": "planning",
            "question": "{}",
            "decision": "allowed",
            "snapshot": None,
            "rows": len(keys),
            "act": Act.OPEN,
            "data": ("use",),
            "providers": ("home_care",),
            "about": Persons.of(keys),
        }
        return self.log.append(**(given | more))

    def oversight(self) -> Oversight:
        return Oversight(audit=self.log, roles=ROLES, clock=lambda: datetime.now().astimezone(), law=OF_LOGS)

    @property
    def sign_ins(self) -> SignIns:
        return SignIns(self.log, lambda: datetime.now().astimezone())

    @property
    def law(self) -> Law:
        return Law(shipped_statutes())

    @property
    def incident_record(self) -> IncidentRecord:
        return IncidentRecord(self.log, lambda: datetime.now().astimezone())

    limits: tuple[LookUpLimits, ...] = ()

    def link_review(self, counts: Counts) -> LinkReview:
        return PAIRS.door(self.log, self.roles, counts, self.limits)

    def look_ups(self, counts: Counts) -> LookUps:
        return LookUps(
            limits=self.limits, counts=counts, audit=self.log, clock=lambda: datetime.now().astimezone()
        )

    @property
    def descriptions(self) -> DescriptionsForTests:
        return DescriptionsForTests()

    def person_door(self, counts: Counts) -> PersonDoorForTests:
        return PersonDoorForTests()

    def person_asked(self, reference: str, reason: str, *, break_glass: bool) -> PersonQuestion:
        return PersonQuestion(number=reference, reason=reason, break_glass=break_glass)

    def person_referred_to(self, reference: str) -> bytes:
        return referred_to(reference, IDENTITIES)


_FOLDER = Path(mkdtemp(prefix="virtaama-identities-"))
IDENTITIES = Identities(
    _FOLDER / "identities", Keyring.create(_FOLDER / "keys"), lambda: datetime.now().astimezone()
)
PAIRS = PairsForTests(Path(mkdtemp(prefix="virtaama-pairs-")), IDENTITIES.keyring)
ANN, BOB = map(person_key, IDENTITIES.persons(["010190-922D", "020290-922V"]))
