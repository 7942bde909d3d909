"""Whether what is said of indicators can be meant: decisions and versions, breaks, packages of services."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from virtaama.metrics.definitions import Catalogue, Metric
from virtaama.metrics.formula import formula_of
from virtaama.metrics.indicators import MetricApproval, Package, Status
from virtaama.model.documents import did_you_mean
from virtaama.model.model import Model
from virtaama.model.paths import listed
from virtaama.problems import Problem

SERVICE = "service"
"""The dimension whose code list packages divide among them."""


def check_indicator(metric: Metric, catalogue: Catalogue, *, sound: bool) -> Iterator[Problem]:
    """What is wrong with what a metric says beside its formula; of one that is not `sound`, not its digest."""
    known = tuple(package.name for package in catalogue.packages)
    for name in metric.packages:
        if name not in known:
            yield _wrong(metric, f"'{name}' is not a package of services", did_you_mean(name, known))
    days = [each.on for each in metric.breaks]
    for day in dict.fromkeys(day for day in days if days.count(day) > 1):
        yield _wrong(metric, f"its series breaks twice on {day}", "Tell both reasons in one break.")
    yield from _check_versions(metric)
    if sound and metric.status is Status.APPROVED and metric.approval:
        yield from _check_formula(metric, metric.approval, catalogue)


def _check_versions(metric: Metric) -> Iterator[Problem]:
    for earlier, later in pairwise(metric.approvals):
        if later.version <= earlier.version or later.valid_from < earlier.valid_from:
            yield Problem(
                later.place,
                f"metric '{metric.name}': version {later.version}, in force from {later.valid_from}, follows version"
                f" {earlier.version}, in force from {earlier.valid_from}.",
                "Write the approvals with the oldest first, each of a later version.",
            )
    if metric.approvals and metric.version < metric.approvals[-1].version:
        yield _wrong(
            metric,
            f"it is version {metric.version or 'unsaid'}, and version {metric.approvals[-1].version} is approved",
            f"Write `version: {metric.approvals[-1].version}`.",
        )
    elif metric.status is Status.APPROVED and metric.approval is None:
        yield _wrong(
            metric,
            f"no approval is told of version {metric.version or 'unsaid'}",
            "Add it to `approvals`, or write `status: draft`: a draft is previewed and published nowhere.",
        )
    elif metric.status is Status.DRAFT and metric.approval:
        yield _wrong(
            metric,
            f"it is a draft, and version {metric.version} is approved ({metric.approval.record})",
            "Give the draft the next version, or take `status: draft` out.",
        )


def _check_formula(metric: Metric, approval: MetricApproval, catalogue: Catalogue) -> Iterator[Problem]:
    formula = formula_of(metric, catalogue)
    if formula != approval.formula:
        yield Problem(
            approval.place,
            f"metric '{metric.name}': its formula is not what was approved as version {approval.version}"
            f" ({approval.record}): that was {approval.formula}, this is {formula}.",
            "Let the new formula be decided on and add its approval, under the next version; until then leave the"
            " old one, and try the new one as a draft under a name of its own. A fact it counts may have changed.",
        )


def check_packages(catalogue: Catalogue, model: Model) -> Iterator[Problem]:
    """Whether packages name services there are, and the basic ones hold each service exactly once."""
    if not catalogue.packages:
        return
    dimension = next((each for each in catalogue.dimensions if each.name == SERVICE), None)
    code_list = next(
        (each for each in model.code_lists if dimension and each.name == dimension.code_list), None
    )
    if code_list is None:
        yield Problem(
            catalogue.packages[0].place,
            f"packages divide the services, and there is no dimension '{SERVICE}' with a code list.",
            f"Describe it under `dimensions`: {SERVICE}: {{labels: …, code_list: …}}.",
        )
        return
    codes = tuple(dict.fromkeys(code.code for code in code_list.codes))
    holders: dict[str, list[Package]] = {code: [] for code in codes}
    for package in catalogue.packages:
        for service in package.services:
            if service not in holders:
                what = f"package '{package.name}': '{service}' is not in the code list '{code_list.name}'."
                yield Problem(package.place, what, did_you_mean(service, codes))
            elif package.basic:
                holders[service].append(package)
    basic = [package for package in catalogue.packages if package.basic]
    for service, holding in holders.items():
        if len(holding) > 1:
            names = listed(tuple(package.name for package in holding))
            what = f"service '{service}' is in several basic packages: {names}."
            yield Problem(
                holding[1].place, what, "Leave it in one of them; packages that cut across are not basic."
            )
    missing = tuple(service for service, holding in holders.items() if not holding)
    if basic and missing:
        yield Problem(
            basic[0].place,
            f"the basic packages leave out {listed(missing)}.",
            "Together they hold every service exactly once: add it to one of them, or a package of its own.",
        )


def _wrong(metric: Metric, what: str, advice: str) -> Problem:
    return Problem(metric.place, f"metric '{metric.name}': {what}", advice)
