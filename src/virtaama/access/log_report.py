"""A report to a person about who has seen them: as rows of words, CSV, FHIR and a tagged PDF."""

from __future__ import annotations

import base64
import csv
import json
from dataclasses import dataclass
from datetime import datetime
from io import StringIO
from pathlib import Path
from typing import Any, Final

import typst

from virtaama.access import log_report_words as words
from virtaama.access.asked_about import told_to_the_person
from virtaama.access.audit_entries import Entry
from virtaama.access.looked import LogReport
from virtaama.access.names import Names, called
from virtaama.model.concepts import Text
from virtaama.privacy.spreadsheets import harmless

_TEMPLATE: Final = Path(__file__).with_name("log_report.typ")
_DCM: Final = "http://dicom.nema.org/resources/ontology/DCM"
_FHIR: Final = "http://terminology.hl7.org/CodeSystem"


@dataclass(frozen=True, slots=True, kw_only=True)
class Worded:
    """A report in words of one language: what it is, what it says of itself, and a row for each entry."""

    language: str
    title: str
    explained: str
    about: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    remarks: tuple[str, ...]


def worded(report: LogReport, names: Names, language: str) -> Worded:
    def say(text: Text) -> str:
        return text.in_language(language)

    found = report.seen
    about = [
        (say(words.COUNTY), say(names.county)),
        (say(words.PERIOD), f"{report.first} – {report.last}"),
        (say(words.MADE), _minute(report.asked)),
        (say(words.RECORD), str(report.record)),
        (say(words.LEGAL), say(words.BASIS)),
    ]
    if report.reason:
        about.insert(2, (say(words.REASON), report.reason))
    return Worded(
        language=language,
        title=say(words.TITLE),
        explained=say(words.EXPLAINED),
        about=tuple(about),
        columns=tuple(map(say, words.COLUMNS)),
        rows=tuple(_row(entry, names, language) for entry in found.entries),
        remarks=tuple(
            say(text).format(count=count)
            for text, count in ((words.UNTOLD, found.untold), (words.UNKNOWN, found.unknown))
            if count
        ),
    )


def _row(entry: Entry, names: Names, language: str) -> tuple[str, ...]:
    return (
        _minute(entry.moment),
        entry.who,
        called(names.roles, entry.role, language) or words.TERMINAL.in_language(language),
        called(words.PURPOSES, entry.purpose, language),
        called(words.ACTS, entry.act, language),
        ", ".join(called(names.data, name, language) for name in entry.data),
        ", ".join(called(names.systems, name, language) for name in entry.providers),
        str(entry.persons),
        str(entry.number),
    )


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M}"


# Files -----------------------------------------------------------------------------------------------


def as_csv(report: Worded) -> bytes:
    """Semicolons and a byte order mark, as Excel expects here; no cell is taken for a formula."""
    text = StringIO()
    writer = csv.writer(text, delimiter=";", lineterminator="\r\n")
    for row in (report.columns, *report.rows):
        writer.writerow(map(harmless, row))
    return text.getvalue().encode("utf-8-sig")


def as_pdf(report: Worded, made: datetime) -> bytes:
    """A tagged PDF that meets PDF/UA-1. The words go in as data and are never read as markup."""
    told = {
        "language": report.language,
        "title": report.title,
        "explained": report.explained,
        "about": report.about,
        "columns": report.columns,
        "rows": report.rows,
        "nothing": words.NOTHING.in_language(report.language),
        "remarks": report.remarks,
        "day": [made.year, made.month, made.day],
    }
    made_pdf = typst.compile(
        _TEMPLATE.read_bytes(),
        format="pdf",
        sys_inputs={"report": json.dumps(told)},
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,  # the compiler's own: the same file everywhere
        timestamp=int(made.timestamp()),
    )
    assert isinstance(made_pdf, bytes)
    return made_pdf


def as_fhir(report: LogReport, names: Names, source: str, language: str) -> dict[str, Any]:
    """A Bundle of AuditEvents in FHIR R4, each in the shape of IHE BALP's PatientQuery.

    Holds nothing that identifies the person: whom it is about, the person knows.
    """
    return {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": _instant(report.asked),
        "entry": [
            {
                "fullUrl": f"urn:virtaama:audit:{entry.number}",
                "resource": _audit_event(entry, names, source, language),
            }
            for entry in report.seen.entries
        ],
    }


def _audit_event(entry: Entry, names: Names, source: str, language: str) -> dict[str, Any]:
    query = {
        "type": {"system": f"{_FHIR}/audit-entity-type", "code": "2", "display": "System Object"},
        "role": {"system": f"{_FHIR}/object-role", "code": "24", "display": "Query"},
        "query": base64.b64encode(told_to_the_person(entry).encode()).decode("ascii"),
    }
    if entry.data:
        query["name"] = ", ".join(called(names.data, name, language) for name in entry.data)
    role = {"role": [{"text": called(names.roles, entry.role, language)}]} if entry.role else {}
    place = "portal" if entry.role and not entry.asker.startswith("terminal") else "terminal"
    unrecorded = {"address": "not recorded"}  # the log holds no addresses; the profile asks for one
    return {
        "resourceType": "AuditEvent",
        "id": f"entry-{entry.number}",
        "meta": {
            "profile": ["https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.PatientQuery"]
        },
        "type": {"system": f"{_FHIR}/audit-event-type", "code": "rest", "display": "Restful Operation"},
        "subtype": [
            {"system": "http://hl7.org/fhir/restful-interaction", "code": "search", "display": "search"}
        ],
        "action": "E",
        "recorded": _instant(entry.moment),
        "outcome": "0",
        "agent": [
            {
                "type": _concept(_DCM, "110153", "Source Role ID"),
                "who": {"display": place},
                "requestor": False,
                "network": unrecorded,
            },
            {
                "type": _concept(_DCM, "110152", "Destination Role ID"),
                "who": {"display": source},
                "requestor": False,
                "network": unrecorded,
            },
            {
                "type": _concept(f"{_FHIR}/v3-ParticipationType", "IRCP", "information recipient"),
                "who": {"identifier": {"value": entry.asker}, "display": entry.who},
                "name": entry.asker_name or entry.asker,
                "requestor": True,
                **role,
                "purposeOfUse": [
                    {
                        **_concept(f"{_FHIR}/v3-ActReason", "HOPERAT", "healthcare operations"),
                        "text": called(words.PURPOSES, entry.purpose, language),
                    }
                ],
            },
        ],
        "source": {"site": source, "observer": {"display": f"{source}: audit log"}},
        "entity": [
            {
                "what": {"type": "Patient", "display": "the person this report was made for"},
                "type": {"system": f"{_FHIR}/audit-entity-type", "code": "1", "display": "Person"},
                "role": {"system": f"{_FHIR}/object-role", "code": "1", "display": "Patient"},
            },
            query,
            *(
                {
                    "what": {"display": called(names.systems, name, language)},
                    "type": {"system": f"{_FHIR}/audit-entity-type", "code": "3", "display": "Organization"},
                    "role": {"system": f"{_FHIR}/object-role", "code": "9", "display": "Provider"},
                    "description": "whose data it is",
                }
                for name in entry.providers
            ),
        ],
    }


def _concept(system: str, code: str, display: str) -> dict[str, Any]:
    return {"coding": [{"system": system, "code": code, "display": display}]}


def _instant(moment: datetime) -> str:
    return moment.astimezone().isoformat(timespec="milliseconds")
