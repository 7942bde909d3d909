"""Data sets described for people, and in DCAT for catalogues: feature tables, releases, facts behind metrics."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from virtaama.descriptions import words
from virtaama.descriptions.document import Cell, Document, Grid, Heading, Paragraph, Part
from virtaama.descriptions.known import Known, Told, concepts_of_fact, concepts_of_table, systems_behind
from virtaama.descriptions.words import Text
from virtaama.metrics.definitions import Fact
from virtaama.metrics.plan import concepts_of, measures_of
from virtaama.metrics.releases import Audience

TITLE: Final = Text("Tietoaineistojen kuvaukset", "Beskrivningar av datamängder", "Descriptions of data sets")
BASIS: Final = "552/2019 12 §, 906/2019 5 § 2 mom."
RELEASES: Final = Text("Luovutettavat aineistot", "Datamängder som lämnas ut", "Data sets that are released")
TABLES: Final = Text(
    "Piirretaulut: rivejä henkilöistä",
    "Egenskapstabeller: rader om personer",
    "Feature tables: rows about persons",
)
FACTS: Final = Text(
    "Aineistot mittareiden takana", "Datamängder bakom mätarna", "Data sets behind the metrics"
)
COLUMNS: Final = Text("Sarakkeet", "Kolumner", "Columns")
BREAKDOWNS: Final = Text("Erittelyt", "Indelningar", "Breakdowns")
METRICS: Final = Text("Mittarit", "Mätare", "Metrics")
ACCESS: Final = Text("Saatavuus", "Tillgång", "Access")
PROTECTED: Final = Text(
    "alle {threshold} henkilön luvut piilotetaan, lukumäärät pyöristetään {rounding}:n kerrannaisiin",
    "siffror om färre än {threshold} personer döljs, antal avrundas till multiplar av {rounding}",
    "figures about fewer than {threshold} persons are hidden, counts rounded to multiples of {rounding}",
)
INSIDE: Final = Text(
    "vain hyvinvointialueen sisällä, rooleittain ja käyttötarkoituksittain, jokainen avaaminen kirjataan",
    "endast inom välfärdsområdet, enligt roll och ändamål, varje öppning antecknas",
    "within the county only, by role and purpose, every opening on record",
)

_RIGHTS: Final = "http://publications.europa.eu/resource/authority/access-right"
_HEALTH: Final = "http://publications.europa.eu/resource/authority/data-theme/HEAL"
_LANGUAGES: Final = ("fi", "sv", "en")


@dataclass(frozen=True, slots=True, kw_only=True)
class DataSet:
    """One data set as both forms say it. `names` are what it holds: columns, metrics, or breakdowns."""

    kind: str
    name: str
    title: Text
    description: Text
    access: str  # PUBLIC | RESTRICTED | NON_PUBLIC, of the EU's authority list
    owner: str
    legal_basis: str
    systems: tuple[str, ...]
    purposes: tuple[str, ...] = ()
    holds: tuple[str, ...] = ()
    first_year: int | None = None


def data_sets(known: Known) -> tuple[DataSet, ...]:
    return (*_releases(known), *_tables(known), *_facts(known))


def _releases(known: Known) -> Iterator[DataSet]:
    for each in known.releases:
        metrics = [known.catalogue.metric(name) for name in each.metrics]
        concepts = [concept for metric in metrics for concept in concepts_of(metric, known.catalogue)]
        yield DataSet(
            kind="release",
            name=each.name,
            title=each.labels,
            description=each.definition,
            access="PUBLIC" if each.audience is Audience.EVERYBODY else "RESTRICTED",
            owner=each.owner,
            legal_basis=each.legal_basis,
            systems=systems_behind(known.model, concepts),
            holds=each.metrics,
            first_year=each.first_year,
        )


def _tables(known: Known) -> Iterator[DataSet]:
    for each in known.features:
        yield DataSet(
            kind="feature-table",
            name=each.name,
            title=each.labels,
            description=each.definition,
            access="NON_PUBLIC",
            owner=each.owner,
            legal_basis=each.legal_basis,
            systems=systems_behind(known.model, concepts_of_table(each, known.catalogue)),
            purposes=tuple(each.purposes),
            holds=each.names,
        )


def _facts(known: Known) -> Iterator[DataSet]:
    for fact in known.catalogue.facts:
        metrics = [m for m in known.catalogue.metrics if fact.name in {each.fact for each in measures_of(m)}]
        if not metrics:
            continue
        yield DataSet(
            kind="fact",
            name=fact.name,
            title=_title(fact, known),
            description=_definition(fact, known),
            access="NON_PUBLIC",
            owner=", ".join(dict.fromkeys(metric.owner for metric in metrics)),
            legal_basis="; ".join(dict.fromkeys(metric.legal_basis for metric in metrics)),
            systems=systems_behind(known.model, concepts_of_fact(fact, known.catalogue)),
            holds=tuple(metric.name for metric in metrics),
        )


def _title(fact: Fact, known: Known) -> Text:
    concepts = [known.model.concept(name).labels for name in concepts_of_fact(fact, known.catalogue)]
    named = (", ".join(each.in_language(language) for each in concepts) for language in _LANGUAGES)
    return Text(*(f"{each} ({fact.name})" for each in named))


def _definition(fact: Fact, known: Known) -> Text:
    concepts = [known.model.concept(name).definition for name in concepts_of_fact(fact, known.catalogue)]
    return Text(*(" ".join(each.in_language(language) for each in concepts) for language in _LANGUAGES))


# For people -------------------------------------------------------------------------------------------


def data_set_descriptions(known: Known, language: str) -> Document:
    told = Told(known, language)
    return told.document("data-sets", TITLE, BASIS, _parts(told))


def _parts(told: Told) -> Iterator[Part]:
    found = data_sets(told.known)
    for kind, heading in (("release", RELEASES), ("feature-table", TABLES), ("fact", FACTS)):
        yield Heading(told.say(heading))
        chosen = [each for each in found if each.kind == kind]
        if not chosen:
            yield Paragraph(told.say(words.NOTHING))
            continue
        holds = COLUMNS if kind == "feature-table" else METRICS
        columns = (words.NAME, words.WHAT, holds, ACCESS, words.BASIS, words.OWNER, words.SOURCES)
        yield Grid(told.says(*columns), tuple(_row(each, told) for each in chosen))


def _row(each: DataSet, told: Told) -> tuple[Cell, ...]:
    labels = {system.name: told.say(system.labels) for system in told.known.model.systems}
    return (
        told.say(each.title),
        told.say(each.description),
        told.listed(_held(each, told)),
        _access(each, told),
        each.legal_basis,
        each.owner,
        told.listed(labels[name] for name in each.systems),
    )


def _held(each: DataSet, told: Told) -> Iterator[str]:
    if each.kind != "feature-table":
        yield from (told.say(told.known.catalogue.metric(name).labels) for name in each.holds)
        return
    table = next(table for table in told.known.features if table.name == each.name)
    yield from (told.say(column.labels) for column in (*table.columns, *table.outcomes))


def _access(each: DataSet, told: Told) -> str:
    release = next((r for r in told.known.releases if each.kind == "release" and r.name == each.name), None)
    if release is None:
        return told.say(INSIDE)
    shown = told.say(PROTECTED).format(threshold=release.threshold, rounding=release.rounding)
    return f"{told.called(words.AUDIENCES, release.audience)}; {shown}"


# For catalogues ---------------------------------------------------------------------------------------


def as_dcat(known: Known) -> dict[str, Any]:
    """The data sets as a catalogue in DCAT 3 (JSON-LD), in three languages."""
    web = known.organisation.text("web", "fi").rstrip("/")
    base = web or f"urn:virtaama:{known.county_code}"
    step = "/" if web else ":"
    contact = known.organisation.text("contacts.documents", "en")
    labels = {system.name: system.labels for system in known.model.systems}
    publisher = {"@type": "foaf:Organization", "foaf:name": _worded(known.county)}

    def described(each: DataSet) -> dict[str, Any]:
        said: dict[str, Any] = {
            "@id": f"{base}{step}{each.kind}{step}{each.name}",
            "@type": "dcat:Dataset",
            "dct:identifier": f"{each.kind}/{each.name}",
            "dct:title": _worded(each.title),
            "dct:description": _worded(each.description),
            "dct:publisher": publisher,
            "dct:accessRights": {"@id": f"{_RIGHTS}/{each.access}"},
            "dcat:theme": {"@id": _HEALTH},
            "dcat:keyword": list(each.holds),
            "dct:provenance": {
                "@type": "dct:ProvenanceStatement",
                "rdfs:label": [word for name in each.systems for word in _worded(labels[name])],
            },
            "dct:isReferencedBy": each.legal_basis,
            "dcat:contactPoint": {"@type": "vcard:Kind", "vcard:fn": each.owner}
            | ({"vcard:note": contact} if contact else {}),
        }
        if each.purposes:
            said["dct:rights"] = [told for name in each.purposes for told in _worded(words.PURPOSES[name])]
        if each.first_year:
            start = {"@type": "xsd:gYear", "@value": str(each.first_year)}
            said["dct:temporal"] = {"@type": "dct:PeriodOfTime", "dcat:startDate": start}
        return said

    return {
        "@context": {
            "dcat": "http://www.w3.org/ns/dcat#",
            "dct": "http://purl.org/dc/terms/",
            "foaf": "http://xmlns.com/foaf/0.1/",
            "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
            "vcard": "http://www.w3.org/2006/vcard/ns#",
            "xsd": "http://www.w3.org/2001/XMLSchema#",
        },
        "@id": f"{base}{step}catalogue",
        "@type": "dcat:Catalog",
        "dct:title": _worded(TITLE),
        "dct:publisher": publisher,
        "dct:modified": {"@type": "xsd:date", "@value": known.made.isoformat()},
        "dcat:dataset": [described(each) for each in data_sets(known)],
    }


def _worded(text: Text) -> list[dict[str, str]]:
    return [{"@language": language, "@value": text.in_language(language)} for language in _LANGUAGES]
