"""Code lists as the CSV the interoperability platform imports: a file of lists, and a file of codes for each."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from io import StringIO

from virtaama.interchange.platform import CODE, Publisher, Status
from virtaama.model.concepts import Code, CodeList
from virtaama.privacy.spreadsheets import BEGINNINGS, harmless
from virtaama.problems import Problem

LANGUAGES = ("FI", "SV", "EN")
OF_LISTS = (
    "CODEVALUE",
    "ORGANIZATION",
    "INFORMATIONDOMAIN",
    "LANGUAGECODE",
    "STATUS",
    "SOURCE",
    *(f"PREFLABEL_{language}" for language in LANGUAGES),
)
OF_CODES = (
    "CODEVALUE",
    "ORDER",
    "BROADER",
    "STATUS",
    *(f"PREFLABEL_{language}" for language in LANGUAGES),
    "STARTDATE",
    "ENDDATE",
)


def lists_csv(lists: Iterable[CodeList], publisher: Publisher) -> str:
    """A row for each list."""
    return _csv(
        OF_LISTS,
        (
            (
                codes.name,
                publisher.organisation,
                ";".join(publisher.domains),
                "fi;sv;en",
                publisher.status.value,
                codes.source,
                codes.labels.fi,
                codes.labels.sv,
                codes.labels.en,
            )
            for codes in lists
        ),
    )


def codes_csv(codes: CodeList, publisher: Publisher, today: date) -> str:
    """A row for each code, in the order of the list. Of a valid list, codes whose last day is over are retired."""
    return _csv(
        OF_CODES,
        (
            (
                code.code,
                str(number),
                code.broader,
                _status(code, publisher.status, today).value,
                code.labels.fi,
                code.labels.sv,
                code.labels.en,
                _written(code.valid_from),
                _written(code.valid_until),
            )
            for number, code in enumerate(codes.codes, start=1)
        ),
    )


def not_taken(codes: CodeList) -> Iterator[Problem]:
    """Whatever of a list the platform would refuse."""
    met: dict[str, str] = {}
    for code in codes.codes:
        if not CODE.fullmatch(code.code):
            what = f"code '{code.code}' of '{codes.name}' has letters the platform does not take."
            yield Problem(codes.place, what, "It takes letters a–z, digits and _ - . + & # *.")
        elif code.code.startswith(BEGINNINGS):
            what = f"code '{code.code}' of '{codes.name}' begins as a formula does in a spreadsheet."
            yield Problem(codes.place, what, "Opening the file would change it: begin the code otherwise.")
        if (twin := met.setdefault(code.code.lower(), code.code)) != code.code:
            what = f"codes '{twin}' and '{code.code}' of '{codes.name}' are one code to the platform."
            yield Problem(codes.place, what, "It does not tell small letters from large: change one of them.")


def _status(code: Code, of_list: Status, today: date) -> Status:
    is_over = code.valid_until is not None and code.valid_until < today
    return Status.RETIRED if is_over and of_list is Status.VALID else of_list


def _written(day: date | None) -> str:
    return day.isoformat() if day else ""


def _csv(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    text = StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(map(harmless, row) for row in rows)
    return text.getvalue()
