"""The catalogue of indicators: which of them are listed, and in what order. Pure: definitions in, a list out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from virtaama.metrics.definitions import Catalogue, Family, Metric
from virtaama.metrics.indicators import Frequency, Goal, Package, Status

ORDERS = ("name", "family", "owner", "decided")


@dataclass(frozen=True, slots=True, kw_only=True)
class Choices:
    """What a reader looks for; empty where they do not say. Whatever is none of the choices counts as not said."""

    text: str = ""
    family: str = ""
    goal: str = ""
    package: str = ""
    frequency: str = ""
    status: str = ""
    order: str = "family"

    @property
    def said(self) -> bool:
        return any((self.text, self.family, self.goal, self.package, self.frequency, self.status))


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """The metrics a reader finds, of how many there are, and the packages to choose from."""

    metrics: tuple[Metric, ...]
    of: int
    packages: tuple[Package, ...]


def read_choices(given: Mapping[str, str], catalogue: Catalogue) -> Choices:
    def one_of(name: str, known: Iterable[str], otherwise: str = "") -> str:
        said = given.get(name, "")
        return said if said in list(known) else otherwise

    orders = (*ORDERS, *(f"-{each}" for each in ORDERS))
    return Choices(
        text=given.get("q", "").strip()[:100],
        family=one_of("family", Family),
        goal=one_of("goal", Goal),
        package=one_of("package", [package.name for package in catalogue.packages]),
        frequency=one_of("frequency", Frequency),
        status=one_of("status", Status),
        order=one_of("order", orders, "family"),
    )


def listed(catalogue: Catalogue, choices: Choices, language: str, *, with_drafts: bool) -> Listed:
    """The metrics that fit the choices. Drafts are among them for those who preview drafts alone."""
    known = (*catalogue.metrics, *(catalogue.drafts if with_drafts else ()))
    found = [metric for metric in known if _fits(metric, choices, language)]
    found.sort(key=lambda metric: metric.labels.in_language(language).casefold())
    found.sort(
        key=lambda metric: _rank(metric, choices.order.lstrip("-")), reverse=choices.order.startswith("-")
    )
    if choices.order == "-name":
        found.reverse()
    return Listed(metrics=tuple(found), of=len(known), packages=catalogue.packages)


def _fits(metric: Metric, choices: Choices, language: str) -> bool:
    return (
        choices.family in ("", metric.family)
        and (not choices.goal or choices.goal in metric.goals)
        # One that names no package tells about all of them.
        and (not choices.package or not metric.packages or choices.package in metric.packages)
        and choices.frequency in ("", metric.frequency)
        and choices.status in ("", metric.status)
        and all(word in _words(metric, language) for word in choices.text.casefold().split())
    )


def _words(metric: Metric, language: str) -> str:
    words = (
        metric.name,
        metric.labels.in_language(language),
        metric.definition.in_language(language),
        metric.owner,
        metric.source,
        metric.legal_basis,
    )
    return " ".join(words).casefold()


def _rank(metric: Metric, order: str) -> str:
    match order:
        case "family":
            return str(list(Family).index(metric.family))
        case "owner":
            return metric.owner.casefold()
        case "decided":
            return metric.approval.valid_from.isoformat() if metric.approval else ""
        case _:
            return ""
