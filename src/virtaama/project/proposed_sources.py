"""The source descriptions that would read extracts: files as they lie there, and tables of a database."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from virtaama.model.concepts import Type
from virtaama.project.extract import DATES, TIMESTAMPS, Column, Extract, plain_name

GONE = "REMOVED"
NOBODY = "not stated yet"
_MARKS = re.compile(r"muutettu|muokattu|paivitetty|changed|updated|modified|andrad")


@dataclass(frozen=True, slots=True, kw_only=True)
class FromWhere:
    """The database tables were found in: what it is called in the model, and where its address is."""

    system: str
    url_from: str
    queries: dict[str, str]  # by the name of the extract


def labels(text: str) -> str:
    return f"{{fi: {text}, sv: {text}, en: {text}}}"


def opening(extract: Extract, about: str) -> str:
    return f"# {about}\n# Proposed from {extract.file}. Read it through and correct it; `virtaama check` helps.\n"


def system_of_file(extract: Extract) -> str:
    """The source description: how the file is written and what its columns are."""
    day = next((c.format for c in extract.columns if c.type is Type.DATE), DATES[0])
    moment = next((c.format for c in extract.columns if c.type is Type.TIMESTAMP), TIMESTAMPS[0])
    decimal = next((c.decimal for c in extract.columns if c.decimal), ",")
    lines = [
        opening(extract, "How the source system hands its data over."),
        f"system: {extract.name}\n",
        f"labels: {labels(extract.name)}\n",
    ]
    if extract.delimiter:
        lines.append(
            "format: csv\n"
            f"csv: {{delimiter: {json.dumps(extract.delimiter)}, encoding: {extract.encoding}, "
            f'decimal: "{decimal}", date: "{day}", timestamp: "{moment}"}}\n'
        )
    else:
        lines.append("format: json_lines\n")
    lines.append(
        "extracted: '/(?P<year>\\d{4})-(?P<month>\\d{2})(?:-(?P<day>\\d{2}))?/' # from the path of a delivery\n"
        "\n"
        "feeds:\n"
        "  rows:\n"
        f"    labels: {labels(extract.name)}\n"
        f'    files: "{extract.name}/*/*{Path(extract.file).suffix}"\n'
        "    delivery: events # full: a delivery holds everything there is; changes: what is new or changed\n"
        f"{_whose(extract)}"
        "    fields:\n"
    )
    defaults = {Type.DATE: day, Type.TIMESTAMP: moment} if extract.delimiter else {}
    lines += [_field(extract, column, defaults.get(column.type, "")) for column in extract.columns]
    return "".join([*lines, _expectations(extract)])


def system_of_database(extracts: Sequence[Extract], database: FromWhere) -> str:
    """The source description of a database: each table a feed, asked for what is new where that can be told."""
    lines = [
        "# What is collected from the database, table by table.\n"
        "# Proposed from its tables. Read it through and correct it; `virtaama check` helps.\n",
        f"system: {database.system}\n",
        f"labels: {labels(database.system)}\n",
        "format: sql\n",
        f"collect: {{database: {{url_from: {json.dumps(database.url_from)}}}}}\n",
        "\nfeeds:\n",
    ]
    for extract in extracts:
        collect, delivery = _way(extract)
        lines += [
            f"  {extract.name}:\n",
            f"    labels: {labels(extract.name)}\n",
            f"    query: {json.dumps(database.queries[extract.name], ensure_ascii=False)}\n",
            f"    delivery: {delivery}\n",
            f"    collect: {{database: {{{collect}}}}}\n" if collect else "",
            _whose(extract),
            "    fields:\n",
            *(_field(extract, column, _iso(column)) for column in extract.columns),
            f"      {GONE}: {{type: boolean, optional: true}} # a row that is gone\n"
            if compares(extract)
            else "",
            _expectations(extract),
        ]
    return "".join(lines)


def _whose(extract: Extract) -> str:
    names = ", ".join(json.dumps(name, ensure_ascii=False) for name in extract.whose)
    return f"    whose: [{names}] # whom the direct fields name: the first that is filled\n" if names else ""


def _expectations(extract: Extract) -> str:
    """What held in all that was looked at: a key stands once, and what is referred to is always there."""
    keys = extract.key_columns
    names = ", ".join(json.dumps(column.name, ensure_ascii=False) for column in keys)
    lines = []
    if extract.keys or keys[0].unique:
        lines.append(f"      key_is_unique: {{unique: [{names}], owner: {NOBODY}}}\n")
    referring = {name for reference in extract.references for name in reference.columns}
    for column in extract.columns:
        if column.filled and column not in keys and (column.name in referring or column == extract.person):
            said = f"required: {json.dumps(column.name, ensure_ascii=False)}, at_most: 0.01, owner: {NOBODY}"
            lines.append(f"      {plain_name(column.name)}_is_known: {{{said}}}\n")
    return "".join(["    expectations: # held in what was looked at\n", *lines]) if lines else ""


def _way(extract: Extract) -> tuple[str, str]:
    if mark := _mark(extract):
        return (
            f"mark: {json.dumps(mark.name, ensure_ascii=False)}",
            "changes # what is deleted is not seen: see docs",
        )
    if compares(extract):
        names = ", ".join(json.dumps(column.name, ensure_ascii=False) for column in extract.key_columns)
        return f"compare: [{names}], removed: {GONE}", "changes"
    return "", "full"


def _mark(extract: Extract) -> Column | None:
    return next(
        (
            column
            for column in extract.columns
            if column.type is Type.TIMESTAMP and column.filled and _MARKS.search(plain_name(column.name))
        ),
        None,
    )


def compares(extract: Extract) -> bool:
    return (bool(extract.keys) or extract.key.unique) and _mark(extract) is None


def _iso(column: Column) -> str:
    """The format of a day or a moment that needs no saying, where text is read as SQL writes it."""
    return column.format if column.format.startswith("%Y-%m-%d") else ""


def _field(extract: Extract, column: Column, usual: str) -> str:
    members = [f"type: {column.type.value}"]
    if column.format and column.format != usual:
        members.append(f'format: "{column.format}"')
    if column.direct:
        members.append("direct: true")
    if column in extract.key_columns:
        members.append("required: true")
    remark = " # names a person: kept only enciphered" if column.direct else ""
    return f"      {_key(column.name)}: {{{', '.join(members)}}}{remark}\n"


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) else json.dumps(name, ensure_ascii=False)
