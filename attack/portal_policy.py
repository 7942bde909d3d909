"""S3 through the portal: pages, files, links to smaller areas and addresses others shared, beside the naive reader."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from html import unescape
from io import BytesIO, StringIO
from typing import Any

import openpyxl
from django.test import Client
from django.utils import translation
from hypothesis import strategies as st

from attack.naive import County, next_period, period_with
from attack.row_policy import Case, Judge
from tests.privacy.county_of_rows import COUNTED
from virtaama.metrics.question import Figure, Grain, Level, Missing, Question
from virtaama.portal.core import door as portal_door
from virtaama.portal.core.models import Account
from virtaama.portal.ui.formats import number, period_written
from virtaama.portal.ui.words import MISSING
from virtaama.privacy.policy import Asker, Purpose, Role

ROW = re.compile(r"<tr[^>]*>\s*<th scope=\"row\">(.*?)</tr>", re.DOTALL)
CELL = re.compile(r"<td[^>]*>(.*?)</td>", re.DOTALL)
LINK = re.compile(r'<th scope="row"><a class="ds-link" href="([^"]+)"')
PARTS = ("trend", "areas", "breakdown")
DIMENSIONS = {metric.name: metric.by for metric in COUNTED}


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """What somebody types, follows or was sent: a metric, an area, a period, a breakdown."""

    metric: str
    area: str
    grain: Grain
    period: date
    by: str
    role: Role
    municipalities: frozenset[str]

    @property
    def query(self) -> dict[str, str]:
        told = {
            "area": self.area,
            "grain": self.grain.value,
            "period": period_written(self.period, self.grain),
            "by": self.by,
        }
        return {name: value for name, value in told.items() if value}


def whole_periods(county: County, grain: Grain) -> list[date]:
    found, here = [], period_with(county.first, grain)
    while next_period(here, grain) <= next_period(county.last, Grain.MONTH):
        if here >= county.first:
            found.append(here)
        here = next_period(here, grain)
    return found


def addresses(county: County, roles: tuple[Role, ...]) -> st.SearchStrategy[Address]:
    there = [(grain, period) for grain in Grain for period in whole_periods(county, grain)]
    areas = ["", county.code, *county.municipalities, *(unit for unit, _ in county.units), "999", "U9"]

    def of_metric(name: str) -> st.SearchStrategy[Address]:
        return st.builds(
            lambda place, **more: Address(metric=name, grain=place[0], period=place[1], **more),
            place=st.sampled_from(there),
            area=st.sampled_from(areas),
            by=st.sampled_from(DIMENSIONS[name]),
            role=st.sampled_from(roles),
            municipalities=st.frozensets(st.sampled_from(county.municipalities), min_size=1, max_size=2),
        )

    return st.sampled_from(sorted(DIMENSIONS)).flatmap(of_metric)


class Portal:
    """The portal over a published county, and what is right to see in it."""

    def __init__(self, county: County, judge: Judge) -> None:
        self.county = county
        self.judge = judge
        self.pages = 0

    def browser(self, role: Role, municipalities: frozenset[str]) -> Client:
        name = f"{role.name} of {','.join(sorted(municipalities))}"
        account, _ = Account.objects.get_or_create(
            name=name,
            defaults={"full_name": name, "role": role.name, "municipalities": sorted(municipalities)},
        )
        client = Client()
        client.force_login(account)
        client.cookies["virtaama_language"] = "en"
        return client

    def differences(self, address: Address) -> Iterator[str]:
        """What is shown at an address, in its files, and behind its links, that should not be."""
        client = self.browser(address.role, address.municipalities)
        with translation.override("en"):
            page = f"/ohjaus/mittarit/{address.metric}/"
            response = client.get(page, address.query)
            self.pages += 1
            if response.status_code == 403:
                if self._asker(address) and portal_door.door().areas(self._asker(address)):
                    yield f"{address}: refused"
                return
            yield from self._on_page(address, response)
            for part in PARTS:
                for kind in ("csv", "xlsx"):
                    file = client.get(f"{page}{part}.{kind}", address.query)
                    self.pages += 1
                    yield from self._in_file(address, part, kind, file)
            yield from self._by_api(address, client)
            # One step down: every area the page leads to, as the same reader.
            for link in sorted(set(LINK.findall(response.text)))[:3]:
                below = client.get(unescape(link))
                self.pages += 1
                yield from self._on_page(address, below)

    def _by_api(self, address: Address, client: Client) -> Iterator[str]:
        """The same question as a program asks it, as JSON and as CSV."""
        areas = {area.code: area for area in portal_door.door().areas(self._asker(address))}
        named = areas.get(address.area)
        asked = Question(
            metrics=(address.metric,),
            grain=address.grain,
            first=address.period,
            last=address.period,
            level=Level(named.level) if named else Level.MUNICIPALITY,
            area=address.area or None,
            by=address.by,
        )
        written = period_written(address.period, address.grain)
        query = {
            "purpose": next(p for p in Purpose if p in address.role.purposes).value,
            "level": asked.level.value,
            "grain": address.grain.value,
            "from": written,
            "to": written,
            "by": address.by,
            **({"area": address.area} if address.area else {}),
        }
        place = f"/api/v1/metrics/{address.metric}"
        page, file = (client.get(f"{place}/{name}", query) for name in ("figures", "figures.csv"))
        self.pages += 2
        if file.status_code != page.status_code:
            yield f"{address}: {page.status_code} as JSON, {file.status_code} as CSV"
        elif page.status_code != 200:
            # An area nobody has is not found by those either who would be answered nothing about it.
            if page.status_code != 404 or address.area in areas:
                yield from self._judged(address, asked, None)
        else:
            yield from self._judged(address, asked, tuple(figures_of_program(page.json()["figures"], asked)))
            lines = csv.DictReader(StringIO(file.content.decode()))
            yield from self._judged(address, asked, tuple(figures_of_program(lines, asked)))

    def _asker(self, address: Address) -> Asker:
        return Asker(id="x", role=address.role.name, municipalities=address.municipalities)

    def _on_page(self, address: Address, response: Any) -> Iterator[str]:
        context = response.context
        filters, shown = context["filters"], []
        for part in PARTS:
            rows = context[{"trend": "trend", "areas": "areas", "breakdown": "parts"}[part]]
            if rows is None:
                continue
            asked = self._question(
                address, part, filters.area, filters.grain, filters.period, context["dimension"]
            )
            yield from self._judged(address, asked, rows.answer.figures)
            shown += [row.figure for row in rows.listed]
        cells = [[unescape(cell) for cell in CELL.findall(row)] for row in ROW.findall(response.text)]
        expected = [self._cells(figure) for figure in shown]
        if cells != expected:
            yield f"{address}: the page shows {cells} for {expected}"

    def _cells(self, figure: Figure) -> list[str]:
        if figure.missing:
            return [str(MISSING[figure.missing])]
        assert figure.value is not None
        rows = "–" if figure.rows is None else number(figure.rows, 0, "en")
        return [number(figure.value, 1, "en"), rows]

    def _in_file(self, address: Address, part: str, kind: str, response: Any) -> Iterator[str]:
        if response.status_code == 404:
            return
        asker = self._asker(address)
        area = next((a for a in portal_door.door().areas(asker) if a.code == address.area), None)
        area = area or portal_door.door().areas(asker)[0]
        dimension = next(d for d in portal_door.door().catalogue().dimensions if d.name == address.by)
        asked = self._question(address, part, area, address.grain, address.period, dimension)
        read = figures_in_csv if kind == "csv" else figures_in_xlsx
        yield from self._judged(address, asked, tuple(read(response.content, asked)))

    def _question(
        self, address: Address, part: str, area: Any, grain: Grain, period: date, dimension: Any
    ) -> Question:
        there = whole_periods(self.county, grain)
        level = Level(area.level)
        if part == "trend":
            return Question(
                metrics=(address.metric,),
                grain=grain,
                first=there[0],
                last=there[-1],
                level=level,
                area=area.code,
            )
        if part == "areas":
            below = Level.MUNICIPALITY if level is Level.COUNTY else Level.UNIT
            within = {Level.COUNTY: None, Level.MUNICIPALITY: area.code, Level.UNIT: area.within}[level]
            return Question(
                metrics=(address.metric,), grain=grain, first=period, last=period, level=below, within=within
            )
        return Question(
            metrics=(address.metric,),
            grain=grain,
            first=period,
            last=period,
            level=level,
            area=area.code,
            by=dimension.name,
        )

    def _judged(
        self, address: Address, question: Question, figures: tuple[Figure, ...] | None
    ) -> Iterator[str]:
        role = address.role
        case = Case(
            question=question,
            asker=self._asker(address),
            purpose=next(p for p in Purpose if p in role.purposes),
            role=role,
        )
        yield from (f"{address}: {what}" for what in self.judge.differences(case, figures))


def figures_in_csv(content: bytes, asked: Question) -> Iterator[Figure]:
    lines = csv.DictReader(StringIO(content.decode("utf-8-sig")), delimiter=";")
    yield from (figure_of(line, asked) for line in lines)


def figures_in_xlsx(content: bytes, asked: Question) -> Iterator[Figure]:
    sheet = openpyxl.load_workbook(BytesIO(content))["Figures"]
    names, *lines = sheet.iter_rows(values_only=True)
    for line in lines:
        yield figure_of(dict(zip(names, line, strict=True)), asked)


def figures_of_program(lines: Iterable[Any], asked: Question) -> Iterator[Figure]:
    """Figures as a program gets them, as values or as the texts of a CSV file."""
    for line in lines:
        value, numerator, denominator = (
            None if line[name] in (None, "") else float(line[name])
            for name in ("value", "numerator", "denominator")
        )
        yield Figure(
            metric=asked.metrics[0],
            level=asked.level,
            area=line["area"],
            period=date.fromisoformat(line["first_day"]),
            grain=asked.grain,
            member=line["member"] or None,
            value=value,
            missing=Missing(line["missing"]) if line["missing"] else None,
            numerator=numerator,
            denominator=denominator,
            rows=None if line["rows"] in (None, "") else int(line["rows"]),
        )


def figure_of(line: Any, asked: Question) -> Figure:
    """A row of a file, back as a figure. Its reason is known by its words."""
    reasons = {str(words): reason for reason, words in MISSING.items()}
    first = line["First day"]
    count = line["Observations"]

    def read_or_none(name: str) -> float | None:
        return None if line[name] in (None, "") else float(line[name])

    return Figure(
        metric=asked.metrics[0],
        level=asked.level,
        area=str(line["Area code"]),
        period=first.date() if isinstance(first, datetime) else date.fromisoformat(first),
        grain=asked.grain,
        member=(line["Code"] or None) if asked.by else None,
        value=read_or_none("Value"),
        missing=Missing(reasons[line["Why missing"]]) if line["Why missing"] else None,
        numerator=read_or_none("Numerator"),
        denominator=read_or_none("Denominator"),
        rows=None if count in (None, "") else int(count),
    )
