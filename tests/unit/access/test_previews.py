"""Drafts: computed for those who preview them, as they will be told once they are published."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.unit.published_county import CATALOGUE, MANAGER, MOMENT, ROLES, PublishedCounty
from virtaama.access.door import Door
from virtaama.metrics.question import Grain, Level, Question
from virtaama.model.concepts import Text
from virtaama.privacy.policy import Purpose
from virtaama.problems import NotAllowed

DRAFTS = replace(CATALOGUE, metrics=(), drafts=CATALOGUE.metrics)
PREVIEWING = tuple(replace(role, pages=role.pages | {"drafts"}) for role in ROLES)


def previews(county: PublishedCounty, roles: tuple = PREVIEWING) -> Door:  # type: ignore[type-arg]
    return Door(
        published=county.folder / "published",
        catalogue=DRAFTS.of_drafts(),
        model=county.model,
        roles=roles,
        audit=county.audit,
        ledger=county.ledger,
        county_code="07",
        county=Text("Esimerkkialue", "Exempelområdet", "Example county"),
        clock=lambda: MOMENT,
        rounding_key=b"a key of the tests",
        afresh=True,
    )


def asked(metric: str, level: Level, grain: Grain, by: str | None) -> Question:
    return Question(
        metrics=(metric,), grain=grain, first=date(2023, 12, 1), last=date(2024, 5, 1), level=level, by=by
    )


@pytest.mark.parametrize("grain", [Grain.MONTH, Grain.QUARTER])
@pytest.mark.parametrize(
    ("level", "by"), [(Level.COUNTY, None), (Level.COUNTY, "sex"), (Level.MUNICIPALITY, None)]
)
@pytest.mark.parametrize("metric", [metric.name for metric in CATALOGUE.metrics])
def test_a_draft_tells_what_the_metric_tells_once_it_is_published(
    county: PublishedCounty, metric: str, level: Level, by: str | None, grain: Grain
) -> None:
    question = asked(metric, level, grain, by)
    published = county.door().ask(question, MANAGER, Purpose.STEERING)
    draft = previews(county).ask(question, MANAGER, Purpose.STEERING)
    assert draft.figures == published.figures
    assert draft.snapshot.redefined == ()


def test_a_draft_is_no_metric_of_the_door(county: PublishedCounty) -> None:
    door = county.door(
        catalogue=replace(CATALOGUE, metrics=CATALOGUE.metrics[:1], drafts=CATALOGUE.metrics[1:])
    )
    assert [metric.name for metric in door.catalogue().metrics] == ["visits_per_1000"]
    answer = door.ask(asked("cost", Level.COUNTY, Grain.MONTH, None), MANAGER, Purpose.STEERING)
    assert all(figure.value is None for figure in answer.figures)


def test_who_does_not_open_drafts_previews_none_and_it_goes_on_record(county: PublishedCounty) -> None:
    door = previews(county, ROLES)
    with pytest.raises(NotAllowed, match="does not open the page 'drafts'"):
        door.ask(asked("cost", Level.COUNTY, Grain.MONTH, None), MANAGER, Purpose.STEERING)
    assert [entry.decision for entry in county.audit.entries()] == [
        "refused: the role does not open this page"
    ]


def test_a_preview_goes_on_record_like_every_question(county: PublishedCounty) -> None:
    answer = previews(county).ask(asked("cost", Level.COUNTY, Grain.MONTH, None), MANAGER, Purpose.STEERING)
    [entry] = county.audit.entries()
    assert (entry.number, entry.decision) == (answer.record, "allowed")
