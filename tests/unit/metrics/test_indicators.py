"""What is said of a metric beside its formula: decisions, versions, breaks, packages."""

from __future__ import annotations

from datetime import date

import pytest

from tests.spec.metrics.small_county import FACTS, METRIC, MODEL, catalogue_with
from virtaama.metrics.definitions import Catalogue
from virtaama.metrics.formula import formula_of
from virtaama.metrics.indicators import Frequency, Goal, Status
from virtaama.metrics.parse import parse_catalogue
from virtaama.metrics.question import Missing
from virtaama.problems import ProblemsFound

BODY = """
numerator: {fact: visit, aggregate: sum(cost), where: urgent}
denominator: {fact: residence, aggregate: persons, window: month_ends}
levels: [county, municipality]
by: [sex]
"""
APPROVED = """
version: 1
approvals: [{{version: 1, decided_by: Ohjausryhmä, record: HVA/1/2026, from: 2026-01-15, formula: '{formula}'}}]
"""
PACKAGES = """
dimensions:
  service: {labels: {fi: Palvelu, sv: Service, en: Service}, code_list: form}
packages:
  visits: {labels: {fi: Käynnit, sv: Besök, en: Visits}, services: [R10], basic: true}
  remote: {labels: {fi: Etä, sv: Distans, en: Remote}, services: [REMOTE], basic: true}
  all: {labels: {fi: Kaikki, sv: Alla, en: All}, services: [R10, R52]}
"""


def formula_with(body: str, facts: str = FACTS) -> str:
    indented = body.strip().replace("\n", "\n    ")
    files = {"facts.yaml": facts, "metrics.yaml": METRIC.format(body=indented)}
    catalogue = parse_catalogue(files, MODEL)
    return formula_of(catalogue.metric("asked"), catalogue)


def approved(body: str = BODY, formula: str = "") -> Catalogue:
    return catalogue_with(body + APPROVED.format(formula=formula or formula_with(BODY)))


def problems_of(body: str) -> str:
    with pytest.raises(ProblemsFound) as found:
        catalogue_with(body)
    return str(found.value)


def test_a_metric_without_any_of_it_is_in_use_as_before() -> None:
    metric = catalogue_with(BODY).metric("asked")
    assert (metric.status, metric.approval, metric.goals) == (Status.UNRECORDED, None, ())


def test_an_indicator_is_read_with_all_its_members() -> None:
    metric = catalogue_with(
        BODY
        + """
goals: [client_experience, effectiveness]
frequency: four_monthly
missing:
  rule: {fi: jätetään pois, sv: utelämnas, en: left out}
  reasons: {no_denominator: {fi: ei asukkaita, sv: inga invånare, en: no residents}}
breaks:
  - {on: 2025-01-01, reason: {fi: laki, sv: lag, en: law}}
  - {on: 2019-01-01, reason: {fi: koodit, sv: koder, en: codes}}
counterpart: {id: '6411', title: Odotus, difference: {fi: eri, sv: annan, en: other}}
"""
    ).metric("asked")
    assert metric.goals == (Goal.CLIENT_EXPERIENCE, Goal.EFFECTIVENESS)
    assert metric.frequency is Frequency.FOUR_MONTHLY
    assert [each.on for each in metric.breaks] == [date(2019, 1, 1), date(2025, 1, 1)]
    assert metric.counterpart
    assert (metric.counterpart.publisher, metric.counterpart.id) == (
        "Sotkanet",
        "6411",
    )
    said = metric.missing.reason(Missing.NO_DENOMINATOR)
    assert said
    assert said.en == "no residents"
    assert metric.missing.reason(Missing.TOO_FEW) is None
    assert metric.missing.rule
    assert metric.missing.rule.fi == "jätetään pois"


def test_an_approved_metric_tells_who_decided_on_it() -> None:
    metric = approved().metric("asked")
    assert metric.status is Status.APPROVED
    assert metric.approval
    assert (metric.approval.decided_by, metric.approval.record) == (
        "Ohjausryhmä",
        "HVA/1/2026",
    )


def test_a_draft_is_apart_from_what_is_in_use() -> None:
    catalogue = catalogue_with(BODY + "status: draft")
    assert [metric.name for metric in catalogue.metrics] == []
    assert [metric.name for metric in catalogue.drafts] == ["asked"]
    assert catalogue.of_drafts().metrics == catalogue.drafts
    assert catalogue.of_drafts().metric("asked").status is Status.DRAFT


def test_a_draft_is_checked_like_any_other_metric() -> None:
    assert "'vist' is not a fact" in problems_of(
        "numerator: {fact: vist, aggregate: count}\nlevels: [county]\nstatus: draft"
    )


def test_a_changed_formula_needs_a_new_approval() -> None:
    changed = BODY.replace("where: urgent", "where: NOT urgent")
    with pytest.raises(ProblemsFound) as found:
        approved(changed)
    assert "its formula is not what was approved as version 1 (HVA/1/2026)" in str(found.value)
    assert formula_with(changed) in str(found.value)
    assert approved(changed, formula_with(changed)).metric("asked").approval


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("where: urgent}", "where: urgent AND urgent}"),
        ("sum(cost)", "mean(cost)"),
        ("window: month_ends", "window: period_end"),
        ("levels:", "scale: 1000\nlevels:"),
    ],
)
def test_whatever_changes_a_figure_changes_the_digest(was: str, becomes: str) -> None:
    assert was in BODY
    assert formula_with(BODY.replace(was, becomes)) != formula_with(BODY)


@pytest.mark.parametrize(
    ("was", "becomes"),
    [
        ("by: [sex]", "by: [sex, form]"),
        ("where: urgent", "where: '  urgent '"),
        ("levels:", "targets: [{value: 4, source: plan, from: 2024-01-01}]\nlevels:"),
    ],
)
def test_what_changes_no_figure_changes_no_digest(was: str, becomes: str) -> None:
    assert was in BODY
    assert formula_with(BODY.replace(was, becomes)) == formula_with(BODY)


@pytest.mark.parametrize(
    ("was", "becomes", "changes"),
    [
        ('where: "started IS NOT NULL"', "where: urgent", True),
        ("municipality: resident.home_municipality.code", "municipality: unit.municipality.code", True),
        ("unit: unit.code", "unit: unit.name", False),  # the metric is not told by unit
        ("columns: {days: waited,", "columns: {days: waited + 1,", False),  # nor does it name days
    ],
)
def test_of_a_fact_only_what_is_counted_changes_the_digest(was: str, becomes: str, changes: bool) -> None:
    assert was in FACTS
    assert (formula_with(BODY, FACTS.replace(was, becomes, 1)) != formula_with(BODY)) is changes


@pytest.mark.parametrize(
    ("said", "problem"),
    [
        ("version: 2\nstatus: approved", "no approval is told of version 2"),
        (
            APPROVED.format(formula="x").replace("version: 1\n", "version: 2\n", 1),
            "no approval is told of version 2",
        ),
        (
            APPROVED.format(formula="x").replace("version: 1\n", "", 1),
            "it is version unsaid, and version 1 is approved",
        ),
        (
            APPROVED.format(formula="x") + "status: draft",
            "it is a draft, and version 1 is approved (HVA/1/2026)",
        ),
        (
            "version: 1\napprovals:\n"
            "  - {version: 2, decided_by: a, record: b, from: 2026-01-01, formula: x}\n"
            "  - {version: 1, decided_by: a, record: b, from: 2026-02-01, formula: x}\n",
            "version 1, in force from 2026-02-01, follows version 2",
        ),
        ("packages: [unheard_of]", "'unheard_of' is not a package of services"),
        (
            "breaks: [{on: 2025-01-01, reason: &w {fi: a, sv: b, en: c}}, {on: 2025-01-01, reason: *w}]",
            "its series breaks twice on 2025-01-01",
        ),
        ("goals: [happiness]", "goals"),
    ],
)
def test_what_cannot_be_meant_is_told(said: str, problem: str) -> None:
    assert problem in problems_of(BODY + said)


def test_basic_packages_hold_every_service_once() -> None:
    whole = PACKAGES.replace("[REMOTE]", "[R52]")
    packages = parse_catalogue({"packages.yaml": whole}, MODEL).packages
    assert [(each.name, each.basic) for each in packages] == [
        ("visits", True),
        ("remote", True),
        ("all", False),
    ]


def test_gaps_overlaps_and_unknown_services_of_packages_are_told_at_once() -> None:
    overlapping = PACKAGES.replace("services: [R10, R52]", "services: [R10], basic: true")
    with pytest.raises(ProblemsFound) as found:
        parse_catalogue({"packages.yaml": overlapping}, MODEL)
    said = str(found.value)
    assert "package 'remote': 'REMOTE' is not in the code list 'form'" in said
    assert "service 'R10' is in several basic packages: 'all', 'visits'." in said
    assert "the basic packages leave out 'R52'." in said


def test_packages_need_the_services_they_divide() -> None:
    only = "packages:" + PACKAGES.partition("packages:")[2]
    with pytest.raises(ProblemsFound, match="there is no dimension 'service' with a code list"):
        parse_catalogue({"packages.yaml": only}, MODEL)
