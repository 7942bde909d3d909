"""What an extract looks like, and the project files that would read it: a beginning to edit."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from virtaama.model.concepts import Type
from virtaama.privacy.pseudonyms import is_identity_code, normalise
from virtaama.problems import NotReady

SAMPLE = 4_000_000  # bytes looked at
DELIMITERS = ";,\t|"
DATES = ("%d.%m.%Y", "%Y-%m-%d", "%Y%m%d", "%d/%m/%Y", "%d-%m-%Y")
TIMES = ("%H:%M", "%H:%M:%S")
TIMESTAMPS = tuple(f"{day}{gap}{time}" for day in DATES for gap in (" ", "T") for time in TIMES)
NAMING = ("nimi", "name", "osoite", "address", "puhelin", "phone", "email", "posti_")
_WHOLE = re.compile(r"-?(0|[1-9]\d{0,17})")
_WITH_COMMA = re.compile(r"-?\d{1,14},\d{1,4}")
_WITH_POINT = re.compile(r"-?\d{1,14}\.\d{1,4}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column as its values look. `format` is set for dates and moments."""

    name: str
    type: Type
    format: str = ""
    decimal: str = ""
    direct: bool = False
    unique: bool = False
    filled: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """A file as it looks: how it is written and what its columns hold."""

    file: str
    name: str  # of the system and the concept proposed
    columns: tuple[Column, ...]
    delimiter: str = ""  # empty for JSON lines
    encoding: str = "utf-8"

    def first(self, *types: Type) -> Column | None:
        return next((column for column in self.columns if column.type in types), None)

    @property
    def key(self) -> Column:
        """What seems to identify a row: a filled column without repeats, named like an id if there is one."""
        unique = [column for column in self.columns if column.unique and not column.direct]
        named = [column for column in unique if re.search(r"id$|tunnus|numero|_nro|^id", column.name.lower())]
        return next(iter(named or unique), self.columns[0])


def read_extract(path: Path) -> Extract:
    """How an extract is written and what it holds, from its beginning. CSV or JSON lines."""
    if not path.is_file():
        raise NotReady(f"{path}: there is no such file.")
    with path.open("rb") as file:
        beginning = file.read(SAMPLE)
    if len(beginning) == SAMPLE:
        beginning = beginning[: beginning.rfind(b"\n") + 1]
    encoding = encoding_of(beginning)
    text = beginning.decode("utf-8-sig" if encoding == "utf-8" else encoding)
    if path.suffix.lower() in (".jsonl", ".ndjson"):
        delimiter, rows = "", _json_rows(path, text)
    elif path.suffix.lower() in (".csv", ".txt", ".tsv"):
        delimiter = delimiter_of(text.partition("\n")[0])
        rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    else:
        raise NotReady(
            f"{path}: only CSV (.csv, .txt, .tsv) and JSON lines (.jsonl, .ndjson) can be looked into.\n"
            "  Databases, Parquet and FHIR are described by hand: docs/how-to/add-a-source.md."
        )
    if len(rows) < 2:
        raise NotReady(f"{path}: a line with the names of the columns and at least one row are needed.")
    header, *body = rows
    columns = tuple(
        column_of(name, [row[position].strip() for row in body if position < len(row)])
        for position, name in enumerate(header)
    )
    return Extract(
        file=path.name, name=plain_name(path.stem), columns=columns, delimiter=delimiter, encoding=encoding
    )


def encoding_of(raw: bytes) -> str:
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError:
        return "latin-1"
    return "utf-8"


def delimiter_of(header: str) -> str:
    return max(DELIMITERS, key=header.count)


def column_of(name: str, values: Sequence[str]) -> Column:
    """The narrowest type that every value of the column reads as."""
    filled = [value for value in values if value]
    unique = bool(filled) and len(filled) == len(values) == len(set(filled))
    make = Column(name=name, type=Type.TEXT, unique=unique, filled=len(filled) == len(values))
    if not filled:
        return make
    # A few wrong codes among right ones are flaws of the rows, not of the column.
    if sum(is_identity_code(normalise(value)) for value in filled) > len(filled) / 2:
        return _with(make, type=Type.IDENTITY)
    if all(_WHOLE.fullmatch(value) for value in filled):
        return _with(make, type=Type.INTEGER)
    for pattern, decimal in ((_WITH_COMMA, ","), (_WITH_POINT, ".")):
        if all(pattern.fullmatch(value) or _WHOLE.fullmatch(value) for value in filled):
            return _with(make, type=Type.DECIMAL, decimal=decimal)
    for kind, formats in ((Type.DATE, DATES), (Type.TIMESTAMP, TIMESTAMPS)):
        for form in formats:
            if all(_reads(value, form) for value in filled):
                return _with(make, type=kind, format=form)
    if all(value.lower() in ("true", "false") for value in filled):
        return _with(make, type=Type.BOOLEAN)
    lowered = plain_name(name)
    return _with(
        make, direct=any(part in lowered for part in NAMING) or any("@" in value for value in filled)
    )


def _with(column: Column, **changes: object) -> Column:
    members = {name: getattr(column, name) for name in Column.__slots__}
    return Column(**{**members, **changes})


def _reads(value: str, form: str) -> bool:
    try:
        datetime.strptime(value, form)
    except ValueError:
        return False
    return True


def _json_rows(path: Path, text: str) -> list[list[str]]:
    try:
        objects = [json.loads(line) for line in text.splitlines() if line.strip()]
    except json.JSONDecodeError as error:
        raise NotReady(f"{path}: line {error.lineno} is not JSON; one object a line is expected.") from None
    names = list(dict.fromkeys(name for each in objects for name in each))
    rows = [["" if each.get(name) is None else _spelled(each[name]) for name in names] for each in objects]
    return [names, *rows]


def _spelled(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def plain_name(text: str) -> str:
    """Text as a name of the model: small letters a–z, digits and underscores; dates at its end are left out."""
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    without_date = re.sub(r"[-_ ]*(19|20)\d{2}([-_ ]?\d{2}){0,2}$", "", ascii_only)
    name = re.sub(r"[^a-z0-9]+", "_", without_date).strip("_") or "extract"
    return f"x_{name}" if name[0].isdigit() else name


def proposal(extract: Extract) -> dict[str, str]:
    """The files of a project that reads the extract, by their place in the project folder."""
    files = {
        f"systems/{extract.name}.yaml": system_of(extract),
        f"concepts/{extract.name}.yaml": concepts_of(extract),
        f"mappings/{extract.name}.yaml": mapping_of(extract),
    }
    if extract.first(Type.DATE, Type.TIMESTAMP):
        files[f"metrics/{extract.name}.yaml"] = metrics_of(extract)
    return files


def _labels(text: str) -> str:
    return f"{{fi: {text}, sv: {text}, en: {text}}}"


def _opening(extract: Extract, about: str) -> str:
    return f"# {about}\n# Proposed from {extract.file}. Read it through and correct it; `virtaama check` helps.\n"


def system_of(extract: Extract) -> str:
    """The source description: how the file is written and what its columns are."""
    day = next((c.format for c in extract.columns if c.type is Type.DATE), DATES[0])
    moment = next((c.format for c in extract.columns if c.type is Type.TIMESTAMP), TIMESTAMPS[0])
    decimal = next((c.decimal for c in extract.columns if c.decimal), ",")
    lines = [
        _opening(extract, "How the source system hands its data over."),
        f"system: {extract.name}\n",
        f"labels: {_labels(extract.name)}\n",
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
        f"    labels: {_labels(extract.name)}\n"
        f'    files: "{extract.name}/*/*{Path(extract.file).suffix}"\n'
        "    delivery: events # full: a delivery holds everything there is; changes: what is new or changed\n"
        "    fields:\n"
    )
    for column in extract.columns:
        members = [f"type: {column.type.value}"]
        default = {Type.DATE: day, Type.TIMESTAMP: moment}.get(column.type) if extract.delimiter else ""
        if column.format and column.format != default:
            members.append(f'format: "{column.format}"')
        if column.direct:
            members.append("direct: true")
        if column == extract.key:
            members.append("required: true")
        remark = " # names a person: kept only enciphered" if column.direct else ""
        lines.append(f"      {_key(column.name)}: {{{', '.join(members)}}}{remark}\n")
    return "".join(lines)


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) else json.dumps(name, ensure_ascii=False)


def _sql(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name) else '"' + name.replace('"', '""') + '"'


def concepts_of(extract: Extract) -> str:
    """What the rows tell about: one concept, and the person where there is an identity code."""
    person = extract.first(Type.IDENTITY)
    time = extract.first(Type.DATE, Type.TIMESTAMP)
    guarded = "personal" if person else "open"
    lines = [
        _opening(extract, "What the county knows from these rows. Labels and definitions: three languages."),
        "concepts:\n",
        f"  {extract.name}:\n",
        f"    kind: {'event' if time else 'entity'}\n",
        f"    labels: {_labels(extract.name)}\n",
        f"    definition: {_labels(f'A row of {extract.file}.')}\n",
        f"    key: [{plain_name(extract.key.name)}]\n",
        "    attributes: # health and social care data: sensitivity special, with purposes\n",
    ]
    for column in _attributes(extract):
        sensitivity = "direct" if column.direct else guarded
        lines.append(
            f"      {plain_name(column.name)}: {{type: {column.type.value}, sensitivity: {sensitivity}, "
            f"labels: {_labels(json.dumps(column.name, ensure_ascii=False))}}}\n"
        )
    if person and person != extract.key:
        lines.append(
            "    relationships:\n"
            f"      person: {{to: person, labels: {_labels('person')}}}\n"
            "  person:\n"
            "    kind: entity\n"
            f"    labels: {_labels('person')}\n"
            f"    definition: {_labels('Somebody a row is about.')}\n"
            "    key: [pseudonym]\n"
            "    attributes:\n"
            f"      pseudonym: {{type: identity, sensitivity: personal, labels: {_labels('pseudonym')}}}\n"
        )
    return "".join(lines)


def _attributes(extract: Extract) -> Iterable[Column]:
    """Every column but the person's, which is a relationship unless it is the key."""
    person = extract.first(Type.IDENTITY)
    return (column for column in extract.columns if column != person or column == extract.key)


def mapping_of(extract: Extract) -> str:
    """How columns become attributes."""
    person = extract.first(Type.IDENTITY)
    key = extract.key
    lines = [
        _opening(extract, "How columns become attributes: expressions in DuckDB's SQL."),
        "mappings:\n",
        f"  - feed: {extract.name}.rows\n",
        f"    concept: {extract.name}\n",
        f"    key: {{{plain_name(key.name)}: {_expression(key)}}}\n",
    ]
    others = [column for column in _attributes(extract) if column != key]
    if others:
        lines.append("    attributes:\n")
        lines += [f"      {plain_name(column.name)}: {_expression(column)}\n" for column in others]
    if person and person != key:
        lines.append(f"    relationships: {{person: {_expression(person)}}}\n")
        lines.append(
            f"  - feed: {extract.name}.rows\n"
            "    concept: person\n"
            f"    key: {{pseudonym: {_expression(person)}}}\n"
        )
    return "".join(lines)


def _expression(column: Column) -> str:
    return json.dumps(_sql(column.name), ensure_ascii=False)


def metrics_of(extract: Extract) -> str:
    """A first metric: how many rows there are in a month."""
    person = extract.first(Type.IDENTITY)
    time = extract.first(Type.DATE, Type.TIMESTAMP)
    assert time is not None
    counted = "    person: person\n" if person and person != extract.key else ""
    return (
        _opening(extract, "What is counted, and the figures made of it.")
        + "facts:\n"
        + f"  {extract.name}_row:\n"
        + f"    of: {extract.name}\n"
        + f"    time: {plain_name(time.name)}\n"
        + counted
        + "\n"
        + "metrics:\n"
        + f"  {extract.name}_rows:\n"
        + f"    labels: {_labels(f'Rows of {extract.name}')}\n"
        + f"    definition: {_labels(f'How many rows of {extract.file} fall in the period.')}\n"
        + "    family: need\n"
        + "    unit: {fi: riviä, sv: rader, en: rows}\n"
        + "    direction: neutral\n"
        + "    decimals: 0\n"
        + f"    numerator: {{fact: {extract.name}_row, aggregate: count}}\n"
        + "    levels: [county]\n"
        + "    legal_basis: not stated yet\n"
        + f"    source: {extract.name}\n"
        + "    owner: not stated yet\n"
    )
