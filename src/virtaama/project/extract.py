"""What an extract looks like: how it is written, and what its columns hold."""

from __future__ import annotations

import csv
import io
import json
import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from virtaama.model.concepts import Type
from virtaama.privacy.pseudonyms import is_identity_code, normalise
from virtaama.problems import NotReady

SAMPLE = 4_000_000  # bytes looked at
DELIMITERS = ";,\t|"
DATES = ("%d.%m.%Y", "%Y-%m-%d", "%Y%m%d", "%d/%m/%Y", "%d-%m-%Y")
TIMES = ("%H:%M", "%H:%M:%S", "%H:%M:%S.%f")
TIMESTAMPS = tuple(f"{day}{gap}{time}" for day in DATES for gap in (" ", "T") for time in TIMES)
NAMING = ("nimi", "name", "osoite", "address", "puhelin", "phone", "email", "posti_")
# Health and social care in Finnish, Swedish and English names of columns: GDPR article 9.
HEALTH = (
    "diagn",
    "icd",
    "toimenp",
    "procedure",
    "atgard",
    "laak",
    "lake",
    "medic",
    "drug",
    "lab_",
    "tutkimus",
    "hoito",
    "oire",
    "symptom",
    "syy",
    "reason",
    "orsak",
    "kuolin",
    "death",
    "dod",
    "raskau",
    "pregnan",
    "graviditet",
    "mielenter",
    "psyk",
    "paihde",
    "missbruk",
    "alko",
    "allerg",
    "vamma",
    "injur",
    "disab",
    "toimeentulo",
    "lastensuoj",
)
CODED = (
    "koodi",
    "code",
    "kod",
    "tyyppi",
    "type",
    "typ",
    "luokka",
    "class",
    "klass",
    "status",
    "tila",
    "state",
    "sukupuoli",
    "sex",
    "gender",
    "kon",
    "laji",
    "kind",
    "ryhma",
    "group",
)
NUMBERED = re.compile(r"id$|tunnus|numero|_nro|nro$|koodi|code|^id")
MOST_CODES = 25
SHARED = 5  # a value that fewer rows share may tell of one person: it is no code
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
    special: bool = False  # its name sounds like health or social care data
    codes: tuple[str, ...] = ()  # where a few values, each shared by several rows, make it up
    distinct: frozenset[str] = field(default=frozenset(), repr=False, compare=False)


@dataclass(frozen=True, slots=True)
class Reference:
    """Columns that hold the key of another extract."""

    columns: tuple[str, ...]
    to: str  # the name of the extract


@dataclass(frozen=True, slots=True, kw_only=True)
class Extract:
    """A file or a table as it looks: how it is written and what its columns hold."""

    file: str
    name: str  # of the concept proposed; of the system too, where it is a file
    columns: tuple[Column, ...]
    delimiter: str = ""  # empty for JSON lines
    encoding: str = "utf-8"
    keys: tuple[str, ...] = ()  # as a database declares them
    references: tuple[Reference, ...] = ()

    def first(self, *types: Type) -> Column | None:
        return next((column for column in self.columns if column.type in types), None)

    def column(self, name: str) -> Column:
        return next(column for column in self.columns if column.name == name)

    @property
    def key_columns(self) -> tuple[Column, ...]:
        """What identifies a row: as declared, else what seems to."""
        return tuple(map(self.column, self.keys)) or (self.key,)

    @property
    def person(self) -> Column | None:
        """The column of identity codes, unless it is the key itself."""
        found = self.first(Type.IDENTITY)
        return None if found in self.key_columns else found

    @property
    def whose(self) -> tuple[str, ...]:
        """What tells whom the direct columns name, the first that is filled; empty where that needs no saying."""
        if not any(column.direct for column in self.columns):
            return ()
        told = (*filter(None, [self.person]), self.key_columns[0])
        return () if told[0].type is Type.IDENTITY and len(told) == 1 else tuple(c.name for c in told)

    @property
    def key(self) -> Column:
        """What seems to identify a row: a filled column without repeats, named like an id if there is one."""
        unique = [column for column in self.columns if column.unique and not column.direct]
        named = [column for column in unique if NUMBERED.search(column.name.lower())]
        unnamed = [column for column in self.columns if not column.direct]
        return next(iter(named or unique or unnamed), self.columns[0])


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
    return Extract(
        file=path.name,
        name=plain_name(path.stem),
        columns=columns_of(header, body),
        delimiter=delimiter,
        encoding=encoding,
    )


def columns_of(header: Sequence[str], rows: Sequence[Sequence[str]]) -> tuple[Column, ...]:
    """The columns of a table from its rows as text, an empty text where there is no value."""
    return tuple(
        column_of(name, [row[position].strip() for row in rows if position < len(row)])
        for position, name in enumerate(header)
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
    distinct = frozenset(filled)
    unique = bool(filled) and len(filled) == len(values) == len(distinct)
    lowered = plain_name(name)
    make = Column(
        name=name,
        type=Type.TEXT,
        unique=unique,
        filled=len(filled) == len(values),
        special=any(part in lowered for part in HEALTH),
        distinct=distinct,
    )
    if not filled:
        return make
    # A few wrong codes among right ones are flaws of the rows, not of the column.
    if sum(is_identity_code(normalise(value)) for value in filled) > len(filled) / 2:
        return replace(make, type=Type.IDENTITY)
    if all(_WHOLE.fullmatch(value) for value in filled):
        codes = codes_of(filled) if any(part in lowered.split("_") for part in CODED) else ()
        return replace(make, type=Type.TEXT if codes else Type.INTEGER, codes=codes)
    for pattern, decimal in ((_WITH_COMMA, ","), (_WITH_POINT, ".")):
        if all(pattern.fullmatch(value) or _WHOLE.fullmatch(value) for value in filled):
            return replace(make, type=Type.DECIMAL, decimal=decimal)
    for kind, formats in ((Type.DATE, DATES), (Type.TIMESTAMP, TIMESTAMPS)):
        for form in formats:
            if all(_reads(value, form) for value in filled):
                return replace(make, type=kind, format=form)
    if all(value.lower() in ("true", "false") for value in filled):
        return replace(make, type=Type.BOOLEAN)
    if any(part in lowered for part in NAMING) or any("@" in value for value in filled):
        return replace(make, direct=True, special=False)
    return replace(make, codes=() if unique else codes_of(filled))


def codes_of(filled: Sequence[str]) -> tuple[str, ...]:
    """The values of a column as codes, where they are few, short and shared; none where they are not."""
    counts = Counter(filled)
    shared = sorted(value for value, count in counts.items() if count >= SHARED)
    rare = sum(count for count in counts.values() if count < SHARED)
    if not shared or len(counts) > MOST_CODES or rare > len(filled) / 20:
        return ()
    return tuple(shared) if all(len(value) <= 20 and value.count(" ") < 3 for value in counts) else ()


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
