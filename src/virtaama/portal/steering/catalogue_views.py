from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from virtaama.metrics.definitions import Catalogue, Family, Metric
from virtaama.metrics.indicators import Frequency, Goal, Status
from virtaama.metrics.question import Level
from virtaama.portal.core.door import asker_of, door
from virtaama.portal.core.pages import at_clean_address, opens_with, pages_of
from virtaama.portal.steering.catalogue import Choices, Listed, listed, read_choices
from virtaama.portal.ui.exports import Cell, Export, as_file
from virtaama.portal.ui.formulas import formula_in_words
from virtaama.portal.ui.words import DIRECTIONS, FAMILIES, FREQUENCIES, GOALS, LEVELS, STATUSES


@require_GET
@opens_with("steering")
@at_clean_address
def catalogue(request: HttpRequest) -> HttpResponse:
    choices, found = found_for(request)
    with_drafts = "drafts" in pages_of(request)
    return render(
        request,
        "steering/catalogue.html",
        {
            "section": "catalogue",
            "choices": choices,
            "found": found,
            "families": tuple(Family),
            "goals": tuple(Goal),
            "frequencies": tuple(Frequency),
            "statuses": [each for each in Status if with_drafts or each is not Status.DRAFT],
            "names": {package.name: package.labels for package in found.packages},
        },
    )


@require_GET
@opens_with("steering")
def catalogue_export(request: HttpRequest, kind: str) -> HttpResponse:
    choices, found = found_for(request)
    language = get_language() or "fi"
    defined = door().catalogue()
    about = (
        (_("Taken by"), asker_of(request).id),
        (_("Taken at"), timezone.localtime(timezone.now()).isoformat(timespec="seconds")),
        (_("Version of the metrics"), defined.version),
        (_("Listed"), f"{len(found.metrics)} / {found.of}"),
        *(((_("Filters"), filters_written(choices)),) if choices.said else ()),
    )
    columns = (
        _("Name"), _("Metric"), _("Definition"), _("Family"), _("Goals"), _("Packages of services"), _("Unit"),
        _("Direction"), _("Target"), _("Source of the target"), _("Areas"), _("Breakdowns"), _("How often"),
        _("Owner"), _("Legal basis"), _("Source"), _("Formula"), _("Rows that lack something"), _("Series breaks"),
        _("Counterpart"), _("Title of the counterpart"), _("Difference in definition"), _("Version"), _("Status"),
        _("Decided by"), _("Number of the decision"), _("In force from"), _("Digest of the formula"),
    )  # fmt: skip
    rows = tuple(row_of(metric, defined, language) for metric in found.metrics)
    name = f"virtaama-mittarit-{defined.version}"
    return as_file(Export(name=name, columns=columns, rows=rows, about=about), kind, language)


def found_for(request: HttpRequest) -> tuple[Choices, Listed]:
    defined = door().catalogue()
    choices = read_choices(request.GET.dict(), defined)
    with_drafts = "drafts" in pages_of(request)
    return choices, listed(defined, choices, get_language() or "fi", with_drafts=with_drafts)


def filters_written(choices: Choices) -> str:
    said = (choices.text, choices.family, choices.goal, choices.package, choices.frequency, choices.status)
    return ", ".join(each for each in said if each)


def row_of(metric: Metric, defined: Catalogue, language: str) -> tuple[Cell, ...]:
    target = metric.targets[-1] if metric.targets else None
    packages = {package.name: package.labels.in_language(language) for package in defined.packages}
    dimensions = {each.name: each.labels.in_language(language) for each in defined.dimensions}
    approval, counterpart = metric.approval, metric.counterpart
    return (
        metric.name,
        metric.labels.in_language(language),
        metric.definition.in_language(language),
        str(FAMILIES[metric.family]),
        ", ".join(str(GOALS[goal]) for goal in metric.goals),
        ", ".join(packages[name] for name in metric.packages),
        metric.unit.in_language(language),
        str(DIRECTIONS[metric.direction]),
        target.value if target else None,
        target.source if target else None,
        ", ".join(str(LEVELS[Level(level)]) for level in metric.levels),
        ", ".join(dimensions.get(name, name) for name in metric.by),
        str(FREQUENCIES[metric.frequency]) if metric.frequency else None,
        metric.owner,
        metric.legal_basis,
        metric.source,
        " ".join(formula_in_words(metric, defined)),
        metric.missing.rule.in_language(language) if metric.missing.rule else None,
        " ".join(f"{each.on.isoformat()}: {each.reason.in_language(language)}" for each in metric.breaks),
        f"{counterpart.publisher} {counterpart.id}" if counterpart else None,
        counterpart.title if counterpart else None,
        counterpart.difference.in_language(language) if counterpart else None,
        metric.version or None,
        str(STATUSES[metric.status]),
        approval.decided_by if approval else None,
        approval.record if approval else None,
        approval.valid_from if approval else None,
        approval.formula if approval else None,
    )
