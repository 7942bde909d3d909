"""The interoperability platform's CSV of codes as a code list of ours. What has no counterpart is told."""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from io import StringIO

from virtaama.interchange.platform import Status
from virtaama.model.concepts import Code, CodeList, Text
from virtaama.model.naming import as_name
from virtaama.privacy.spreadsheets import as_meant
from virtaama.problems import Place, Problem, ProblemsFound

LANGUAGES = ("fi", "sv", "en")
_LABEL = "PREFLABEL_"
_TAKEN = {"CODEVALUE", "ORDER", "BROADER", "STATUS", "STARTDATE", "ENDDATE", "HIERARCHYLEVEL"}
_OF_A_LIST = {"CODEVALUE", "STATUS", "SOURCE"}
# What the platform keeps for itself, or what the address of a code says anyway.
_BOOKKEEPING = {"ID", "URI", "URL", "CREATED", "MODIFIED"}
_OVER = (Status.SUPERSEDED, Status.RETIRED, Status.INVALID)
NO_SOURCE = "not stated yet"


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadCodes:
    """A code list that was read, and what of it could not be carried over."""

    codes: CodeList
    left_out: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Row:
    cells: Mapping[str, str]
    place: Place

    def __getitem__(self, column: str) -> str:
        return self.cells.get(column, "").strip()


def read_codes(file: str, text: str, *, name: str = "", lists: tuple[str, str] | None = None) -> ReadCodes:
    """The code list of a CSV file of codes, with its words from a CSV of lists (its name and text) if there is one.

    `name` is that of the list here: without it that of its row in `lists`, which is the row called so or as the
    file, or the only one; or that of the file. Raises ProblemsFound with every line the platform itself would not
    take.
    """
    left_out: list[str] = []
    rows, wrong = _rows(file, text, needed=("CODEVALUE",))
    described = _described(lists, (name, file.removesuffix(".csv")), wrong) if lists else None
    problems = [*wrong, *_problems(rows)]
    if problems:
        raise ProblemsFound(tuple(problems))
    found = [_code(row, left_out) for row in rows]
    if any(row["ORDER"] for row in rows):
        found = [
            code
            for _, code in sorted(zip(rows, found, strict=True), key=lambda pair: int(pair[0]["ORDER"] or 0))
        ]
    called = as_name(name or (described["CODEVALUE"] if described else "") or file.removesuffix(".csv"))
    spelled = {code.code.lower(): code.code for code in found}  # the platform tells no large letters apart
    codes = CodeList(
        name=called,
        labels=_words(described, called, left_out) if described else Text(called, called, called),
        source=(described["SOURCE"] if described else "") or _address(rows) or NO_SOURCE,
        codes=tuple(replace(code, broader=spelled.get(code.broader.lower(), "")) for code in found),
        place=Place(file),
    )
    if described is None:
        left_out.append(f"the words for the list: '{called}' stands in their place until they are written")
    left_out += [f"{column}: {count} values" for column, count in _without_counterpart(rows, described)]
    return ReadCodes(codes=codes, left_out=tuple(dict.fromkeys(left_out)))


def entry_of(codes: CodeList) -> dict[str, object]:
    """A code list as it is written in a file of `codes/`."""
    return {
        "labels": _plain(codes.labels),
        "source": codes.source,
        "codes": {code.code: _entry(code) for code in codes.codes},
    }


def _entry(code: Code) -> dict[str, str]:
    written = {
        **_plain(code.labels),
        "from": code.valid_from.isoformat() if code.valid_from else "",
        "until": code.valid_until.isoformat() if code.valid_until else "",
        "broader": code.broader,
    }
    return {name: value for name, value in written.items() if value}


def _plain(words: Text) -> dict[str, str]:
    return {"fi": words.fi, "sv": words.sv, "en": words.en}


# Rows


def _rows(file: str, text: str, needed: Sequence[str]) -> tuple[list[_Row], list[Problem]]:
    """The rows of a file, and what keeps it from being read at all."""
    text = text.removeprefix("\ufeff")
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","  # a spreadsheet in Finnish saves it so
    reader = csv.reader(StringIO(text, newline=""), delimiter=delimiter)
    header = [name.strip() for name in next(reader, [])]
    missing = [column for column in needed if column not in header]
    if not any(column.startswith(_LABEL) for column in header):
        missing.append(f"{_LABEL}FI")
    twice = [name for name, count in Counter(filter(None, header)).items() if count > 1]
    if missing or twice:
        what = (
            f"has no column {' and no column '.join(missing)}" if missing else f"has two columns {twice[0]}"
        )
        advice = (
            "Take the file as koodistot.suomi.fi gives it: comma-separated, with the names of columns first."
        )
        return [], [Problem(Place(file, 1), f"the file {what}.", advice)]
    rows, problems = [], []
    for cells in reader:
        place = Place(file, reader.line_num)
        if not any(cells):
            continue
        if len(cells) > len(header) and any(cells[len(header) :]):
            what = f"the line has {len(cells)} values and the header {len(header)} names."
            problems.append(Problem(place, what, "Put a value with a comma in it in quotation marks."))
            continue
        rows.append(_Row(dict(zip(header, map(as_meant, cells), strict=False)), place))
    return rows, problems


def _problems(rows: Sequence[_Row]) -> Iterator[Problem]:
    known = {row["CODEVALUE"].lower() for row in rows}
    met: set[str] = set()
    orders: set[str] = set()
    for row in rows:
        code = row["CODEVALUE"]
        if not code:
            yield Problem(row.place, "CODEVALUE is empty.", "Each line is a code: write it.")
        if code and code.lower() in met:
            yield Problem(row.place, f"code '{code}' stands here twice.", "Keep one of the two.")
        met.add(code.lower())
        above = row["BROADER"]
        if above and above.lower() not in known:
            what = f"code '{code}' is part of '{above}', which is not in the file."
            yield Problem(row.place, what, "Add the code it is part of, or leave BROADER empty.")
        if row["STATUS"] and _status(row["STATUS"]) is None:
            yield Problem(row.place, "STATUS is none of the platform's.", f"They are {', '.join(Status)}.")
        for column in ("STARTDATE", "ENDDATE"):
            if row[column] and _day(row[column]) is None:
                yield Problem(row.place, f"{column} is no day.", "Write it as 2019-01-01.")
        begins, ends = _day(row["STARTDATE"]), _day(row["ENDDATE"])
        if begins and ends and ends < begins:
            yield Problem(row.place, f"code '{code}' ends before it begins.", "ENDDATE is its last day.")
        if row["ORDER"] and (not row["ORDER"].isdecimal() or row["ORDER"] in orders):
            yield Problem(row.place, "ORDER is no number of its own.", "Number the codes 1, 2, 3, …")
        orders.add(row["ORDER"])


def _code(row: _Row, left_out: list[str]) -> Code:
    code, status = row["CODEVALUE"], _status(row["STATUS"])
    if status in _OVER and not row["ENDDATE"]:
        left_out.append(f"that '{code}' is {status}: it has no last day, so it stays in force")
    elif status and status not in (*_OVER, Status.VALID):
        left_out.append(f"that codes are {status}: they are taken as in force")
    return Code(
        code=code,
        labels=_words(row, code, left_out),
        valid_from=_day(row["STARTDATE"]),
        valid_until=_day(row["ENDDATE"]),
        broader=row["BROADER"],
    )


def _words(row: _Row, called: str, left_out: list[str]) -> Text:
    """Words in three languages; those of another stand in for one that is missing."""
    given = {language: row[f"{_LABEL}{language.upper()}"] for language in LANGUAGES}
    others = (value.strip() for name, value in row.cells.items() if name.startswith(_LABEL) and value.strip())
    stand_in = next(filter(None, given.values()), "") or next(others, "") or called
    for language, word in given.items():
        if not word:
            left_out.append(f"words for '{called}' in {language}: '{stand_in}' stands in their place")
    return Text(*(given[language] or stand_in for language in LANGUAGES))


def _described(lists: tuple[str, str], names: Sequence[str], wrong: list[Problem]) -> _Row | None:
    """The row of a list in a file of lists: that of the first of the names it has, or the only one."""
    file, text = lists
    rows, problems = _rows(file, text, needed=("CODEVALUE",))
    wrong += problems
    by_name = {as_name(row["CODEVALUE"]): row for row in rows}
    found = [by_name[as_name(name)] for name in names if name and as_name(name) in by_name]
    if found or len(rows) == 1:
        return (*found, *rows)[0]
    if not problems:
        what = (
            f"the file describes {len(rows)} lists, none of them called {' or '.join(filter(None, names))}."
        )
        known = ", ".join(row["CODEVALUE"] for row in rows[:12])
        wrong.append(Problem(Place(file), what, f"Call the file of codes like one of them: {known}."))
    return None


def _without_counterpart(rows: Sequence[_Row], described: _Row | None) -> Iterator[tuple[str, int]]:
    labels = {f"{_LABEL}{language.upper()}" for language in LANGUAGES}
    for said, read, taken in (
        ("", rows, _TAKEN | labels | _BOOKKEEPING),
        ("of the list ", [described] if described else [], _OF_A_LIST | labels | _BOOKKEEPING),
    ):
        counts = Counter(name for row in read for name, value in row.cells.items() if name and value.strip())
        yield from ((f"{said}{name}", count) for name, count in counts.items() if name not in taken)


def _address(rows: Sequence[_Row]) -> str:
    """The address of the list, where its codes have addresses."""
    return next((row["URI"].partition("/code/")[0] for row in rows if "/code/" in row["URI"]), "")


def _status(written: str) -> Status | None:
    try:
        return Status(written.replace(" ", "").upper())
    except ValueError:
        return None


def _day(written: str) -> date | None:
    try:
        return date.fromisoformat(written) if len(written) == len("2019-01-01") else None
    except ValueError:
        return None
