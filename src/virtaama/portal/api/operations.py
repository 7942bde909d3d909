"""What one can ask, and how each is answered. One list: addresses, schema, page and tests are made of it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlencode

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from pydantic import BaseModel

from virtaama.access.door import Door
from virtaama.interchange.json_stat_cube import Table
from virtaama.metrics.definitions import Metric
from virtaama.metrics.releases import Audience, Release
from virtaama.portal.api import asked, shapes, told
from virtaama.portal.api.problems import Kind, Refusal
from virtaama.portal.api.questions import question_of
from virtaama.portal.api.tables import COLUMNS, csv_of
from virtaama.portal.core.door import data_set as made_data_set
from virtaama.portal.core.door import data_sets, door, json_stat, json_stat_tables, role_of
from virtaama.portal.core.door import releases as described_releases
from virtaama.portal.ui.formulas import formula_in_words
from virtaama.privacy.policy import Asker
from virtaama.privacy.policy_mark import mark_of_reader

ROOT = "/api/v1"
MOST_FIGURES = 200_000
PARTS = {
    "name": asked.NAME,
    "release": asked.NAME,
    "number": "^[1-9][0-9]{0,5}$",
}
"""The parts of a path that name a thing, each with its form."""

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request that may be answered: who asks, what the path names, and the parameters."""

    asker: Asker
    path: dict[str, str]
    asked: Any  # of the type the operation says
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What is answered, under which policy, from which snapshot, and the entry it is on record with."""

    body: BaseModel | bytes
    policy: str = ""
    snapshot: int | None = None
    record: int | None = None
    file: str = ""  # the name of a file


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation:
    """One thing to ask, with words for it.

    Without `told` the answer is a CSV file; `page` is the page of the portal a role must have.
    """

    id: str
    path: str
    summary: Promise
    run: Callable[[Call], Told]
    told: type[BaseModel] | None
    description: Promise | None = None
    asked: type[BaseModel] = asked.Nothing
    page: str = "steering"
    columns: Sequence[str] = ()

    @property
    def is_open(self) -> bool:
        """Whether nobody has to be signed in."""
        return not self.page


def health(call: Call) -> Told:
    door().snapshot()
    return Told(body=shapes.Health(status="ok"))


def reader(call: Call) -> Told:
    return of_reader(call, told.reader(call.asker, role_of(call.asker)))


def snapshot(call: Call) -> Told:
    return of_reader(call, told.snapshot(door().snapshot(), door().periods()))


def metrics(call: Call) -> Told:
    catalogue, held = door().catalogue(), door().held_back()
    page, rest = page_of(catalogue.metrics, call)
    found = [told.metric(metric, catalogue, held) for metric in page]
    return of_reader(call, shapes.Metrics(metrics=found, **rest))


def one_metric(call: Call) -> Told:
    found = told.metric(metric_of(call, door()), door().catalogue(), door().held_back())
    return of_reader(call, found)


def areas(call: Call) -> Told:
    level = call.asked.level
    seen = [area for area in door().areas(call.asker) if level in (None, area.level)]
    page, rest = page_of(seen, call)
    return of_reader(call, shapes.Areas(areas=[told.area(area) for area in page], **rest))


def figures(call: Call) -> Told:
    metric = metric_of(call, door())
    answer = door().ask(question_of(call.asked, metric, door(), call.asker), call.asker, call.asked.purpose)
    page, rest = page_of(answer.figures, call)
    role = role_of(call.asker)
    return Told(
        body=shapes.Figures(
            question=told.question(answer.question, call.asked.purpose),
            unit=told.words(metric.unit),
            decimals=metric.decimals,
            snapshot=answer.snapshot.number,
            redefined=bool(answer.snapshot.redefined),
            rounding=role.rounding if role else 1,
            figures=told.figures(page, labels_of(call.asked.by, [figure.member for figure in page])),
            **rest,
        ),
        policy=answer.policy,
        snapshot=answer.snapshot.number,
        record=answer.record,
    )


def figures_as_file(call: Call) -> Told:
    metric = metric_of(call, door())
    answer = door().ask(question_of(call.asked, metric, door(), call.asker), call.asker, call.asked.purpose)
    if len(answer.figures) > MOST_FIGURES:
        raise Refusal(Kind.TOO_MUCH)
    labels = labels_of(call.asked.by, [figure.member for figure in answer.figures])
    names = {area.code: area.name.in_language(told.language()) for area in door().areas(call.asker)}
    return Told(
        body=csv_of(metric, answer, labels, names),
        policy=answer.policy,
        snapshot=answer.snapshot.number,
        record=answer.record,
        file=f"{metric.name}.csv",
    )


def lineage(call: Call) -> Told:
    metric = metric_of(call, door())
    formula = formula_in_words(metric, door().catalogue()) if door().catalogue().facts else ()
    found = door().lineage(metric.name, call.asker)
    return of_reader(call, told.lineage(found, formula), found.snapshot.number)


def releases(call: Call) -> Told:
    page, rest = page_of(releases_open_to(call.asker), call)
    found = [told.release(each, data_sets_of(each)) for each in page]
    return of_reader(call, shapes.Releases(releases=found, **rest))


def data_set(call: Call) -> Told:
    release, number = data_set_named(call)
    address = f"{ROOT}/releases/{release.name}/{number}"
    described, _ = made_data_set(release, number)
    return of_reader(
        call,
        shapes.DataSetDescription(
            release=release.name,
            number=number,
            figures=f"{address}/figures.csv",
            json_stat=[
                shapes.JsonStatTable(
                    grain=table.grain,
                    by=table.dimension or None,
                    address=f"{address}/json-stat?{urlencode(asked_of(table))}",
                )
                for table in json_stat_tables(release, number)
            ],
            description=described,
        ),
    )


def data_set_as_file(call: Call) -> Told:
    release, number = data_set_named(call)
    _, path = made_data_set(release, number)
    return Told(
        body=path.read_bytes(),
        policy=mark_of_reader(call.asker, role_of(call.asker)),
        file=f"{release.name}-{number}.csv",
    )


def data_set_as_json_stat(call: Call) -> Told:
    release, number = data_set_named(call)
    table = Table(call.asked.grain or release.grains[0], call.asked.by or "")
    found = json_stat(release, number, table, told.language())
    if found is None:
        raise Refusal(Kind.NOT_FOUND)
    return of_reader(call, shapes.JsonStat.model_validate(found))


# Parts of answers


def of_reader(call: Call, body: BaseModel, snapshot: int | None = None) -> Told:
    """What is told without a question: under the mark of who reads it."""
    return Told(body=body, policy=mark_of_reader(call.asker, role_of(call.asker)), snapshot=snapshot)


def page_of(items: Sequence[Item], call: Call) -> tuple[Sequence[Item], dict[str, Any]]:
    """The page of a list that is asked for, and what says where in the list it is."""
    offset, limit = call.asked.offset, call.asked.limit
    following = None
    if offset + limit < len(items):
        given = call.asked.model_dump(mode="json", by_alias=True, exclude_none=True)
        following = f"{call.address}?{urlencode({**given, 'offset': offset + limit, 'limit': limit})}"
    rest = {"total": len(items), "offset": offset, "limit": limit, "next": following}
    return items[offset : offset + limit], rest


def metric_of(call: Call, door: Door) -> Metric:
    found = next((each for each in door.catalogue().metrics if each.name == call.path["name"]), None)
    if found is None:
        raise Refusal(Kind.NOT_FOUND)
    return found


def labels_of(dimension: str | None, members: Sequence[str | None]) -> dict[str, str]:
    """The words for members of a dimension, in the reader's language."""
    if not dimension:
        return {}
    return {
        member: door().member_label(dimension, member, told.language()) for member in set(members) if member
    }


def releases_open_to(asker: Asker) -> tuple[Release, ...]:
    """What is for everybody, and what the asker's role makes."""
    role = role_of(asker)
    return tuple(
        release
        for release in described_releases()
        if release.audience is Audience.EVERYBODY or (role and release.name in role.releases)
    )


def data_sets_of(release: Release) -> list[shapes.DataSet]:
    return [
        shapes.DataSet(number=number, description=f"{ROOT}/releases/{release.name}/{number}")
        for number in data_sets(release)
    ]


def asked_of(table: Table) -> dict[str, str]:
    """The parameters a table is asked by."""
    return {"grain": table.grain.value, **({"by": table.dimension} if table.dimension else {})}


def data_set_named(call: Call) -> tuple[Release, int]:
    named = call.path["release"]
    release = next((each for each in releases_open_to(call.asker) if each.name == named), None)
    number = int(call.path["number"])
    if release is None or number not in data_sets(release):
        raise Refusal(Kind.NOT_FOUND)
    return release, number


OPERATIONS = (
    Operation(
        id="health",
        path="/health",
        summary=_("Whether questions can be answered"),
        description=_("For whoever watches over the portal. Tells nothing else, and asks for no sign-in."),
        run=health,
        told=shapes.Health,
        page="",
    ),
    Operation(
        id="reader",
        path="/reader",
        summary=_("Who asks, and what they may ask"),
        run=reader,
        told=shapes.Reader,
    ),
    Operation(
        id="snapshot",
        path="/snapshot",
        summary=_("The published version everything is read from"),
        run=snapshot,
        told=shapes.Snapshot,
    ),
    Operation(
        id="metrics",
        path="/metrics",
        summary=_("Every metric with its meaning"),
        asked=asked.Paged,
        run=metrics,
        told=shapes.Metrics,
    ),
    Operation(
        id="metric", path="/metrics/{name}", summary=_("One metric"), run=one_metric, told=shapes.Metric
    ),
    Operation(
        id="areas",
        path="/areas",
        summary=_("The areas that are open to the reader"),
        asked=asked.AreasAsked,
        run=areas,
        told=shapes.Areas,
    ),
    Operation(
        id="figures",
        path="/metrics/{name}/figures",
        summary=_("Figures of a metric"),
        description=_(
            "Each question is on record, with its purpose, before it is answered. What is missing says why."
        ),
        asked=asked.PageOfFiguresAsked,
        run=figures,
        told=shapes.Figures,
    ),
    Operation(
        id="figures_csv",
        path="/metrics/{name}/figures.csv",
        summary=_("The same as a table, whole"),
        description=_("UTF-8, separated by commas, with a decimal point. Each question is on record first."),
        asked=asked.FiguresAsked,
        run=figures_as_file,
        told=None,
        columns=COLUMNS,
    ),
    Operation(
        id="lineage",
        path="/metrics/{name}/lineage",
        summary=_("Where figures of a metric come from"),
        run=lineage,
        told=shapes.Lineage,
        page="lineage",
    ),
    Operation(
        id="releases",
        path="/releases",
        summary=_("Data sets of anonymous figures that have been published"),
        asked=asked.Paged,
        run=releases,
        told=shapes.Releases,
    ),
    Operation(
        id="data_set",
        path="/releases/{release}/{number}",
        summary=_("What a published data set holds, and how it was protected"),
        run=data_set,
        told=shapes.DataSetDescription,
    ),
    Operation(
        id="data_set_csv",
        path="/releases/{release}/{number}/figures.csv",
        summary=_("The figures of a published data set"),
        run=data_set_as_file,
        told=None,
    ),
    Operation(
        id="data_set_json_stat",
        path="/releases/{release}/{number}/json-stat",
        summary=_("The same as JSON-stat, a table at a time"),
        description=_(
            "JSON-stat 2.0. Without a grain the first of the release. What is missing is null, and its status says why."
        ),
        asked=asked.JsonStatAsked,
        run=data_set_as_json_stat,
        told=shapes.JsonStat,
    ),
)
