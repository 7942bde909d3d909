"""The impact assessment of a change: 906/2019 5 § 3 mom. What is deployed and described against what is to be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from virtaama.descriptions import words
from virtaama.descriptions.document import Blank, Cell, Document, Grid, Heading, Paragraph, Part
from virtaama.descriptions.facts import (
    OF_THE_MODEL,
    Difference,
    Facts,
    Section,
    Values,
    differences,
    facts_of,
    facts_of_model,
)
from virtaama.descriptions.known import Known, Told
from virtaama.descriptions.words import Text
from virtaama.metrics.definitions import Catalogue
from virtaama.model.changes import Renamed
from virtaama.model.compare import compare, under_new_names
from virtaama.model.model import Model


@dataclass(frozen=True, slots=True, kw_only=True)
class Leaving:
    """What the next load would take out of the warehouse; the lake keeps it."""

    name: str
    count: int
    since: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Before:
    """What a project is compared with. None and nothing where there is no such thing yet.

    `deployed` is the model the warehouse follows, with its metrics; `described` the facts of the
    descriptions made last, on the day `described_on`.
    """

    deployed: tuple[Model, Catalogue] | None = None
    deployed_on: date | None = None
    described: Facts | None = None
    described_on: date | None = None
    leaving: tuple[Leaving, ...] = ()


TITLE: Final = Text(
    "Muutoksen vaikutusten arviointi", "Bedömning av ändringens konsekvenser", "Impact assessment of a change"
)
BASIS: Final = "906/2019 5 § 3 mom."
COMPARED: Final = Text("Mitä verrataan", "Vad som jämförs", "What is compared")
MODEL: Final = Text(
    "Malli {now} verrattuna käytössä olevaan malliin {was}, {day}.",
    "Modell {now} jämförd med modellen i bruk {was}, {day}.",
    "Model {now} against the deployed model {was} of {day}.",
)
NO_MODEL: Final = Text(
    "Malli {now}: mitään mallia ei ole vielä otettu käyttöön.",
    "Modell {now}: ingen modell har ännu tagits i bruk.",
    "Model {now}: no model has been deployed yet.",
)
RIGHTS: Final = Text(
    "Roolit, vastaanottajat, järjestelmät ja säilytys verrattuna kuvauksiin, jotka tehtiin {day}.",
    "Roller, mottagare, system och bevaring jämförda med beskrivningarna av {day}.",
    "Roles, recipients, systems and retention against the descriptions made on {day}.",
)
NO_RIGHTS: Final = Text(
    "Kuvauksia ei ole tehty aiemmin, joten rooleja, vastaanottajia, järjestelmiä ja säilytystä ei verrata.",
    "Inga beskrivningar har gjorts tidigare, så roller, mottagare, system och bevaring jämförs inte.",
    "Nothing was described before, so roles, recipients, systems and retention are not compared.",
)
SECTIONS: Final[dict[Section, Text]] = {
    Section.DATA: Text(
        "Tiedot ja niiden arkaluonteisuus", "Uppgifter och deras känslighet", "Data and its sensitivity"
    ),
    Section.FIGURES: Text("Mittarit", "Mätare", "Metrics"),
    Section.FEATURES: Text("Piirretaulut", "Egenskapstabeller", "Feature tables"),
    Section.RELEASES: Text(
        "Luovutettavat aineistot ja vastaanottajat",
        "Utlämnade datamängder och mottagare",
        "Released data and recipients",
    ),
    Section.ROLES: Text("Roolit ja käyttöoikeudet", "Roller och åtkomsträttigheter", "Roles and rights"),
    Section.SYSTEMS: Text("Järjestelmät ja toimittajat", "System och leverantörer", "Systems and suppliers"),
    Section.RETENTION: Text("Säilytysajat", "Bevaringstider", "Retention"),
    Section.SAFEGUARDS: Text("Suojatoimet", "Skyddsåtgärder", "Safeguards"),
}
MEMBERS: Final[dict[str, Text]] = {
    "sensitivity": Text("arkaluonteisuus", "känslighet", "sensitivity"),
    "type": Text("tyyppi", "typ", "type"),
    "purposes": Text("käyttötarkoitukset", "ändamål", "purposes"),
    "sources": Text("lähteet", "källor", "sources"),
    "levels": Text("aluetasot", "områdesnivåer", "levels"),
    "breakdowns": Text("erittelyt", "indelningar", "breakdowns"),
    "minimum_group": Text("pienin ryhmä", "minsta grupp", "smallest group"),
    "rounding": Text("pyöristys", "avrundning", "rounding"),
    "legal_basis": Text("säädösperuste", "rättslig grund", "legal basis"),
    "owner": Text("vastuutaho", "ansvarig", "owner"),
    "columns": Text("sarakkeet", "kolumner", "columns"),
    "shared_by": Text("vähintään näin moni jakaa", "delas av minst", "shared by at least"),
    "recipients": Text("vastaanottajat", "mottagare", "recipients"),
    "figures": Text("mittarit", "mätare", "metrics"),
    "pages": Text("sivut", "sidor", "pages"),
    "features": Text("piirretaulut", "egenskapstabeller", "feature tables"),
    "releases": Text("luovutettavat aineistot", "utlämnade datamängder", "released data sets"),
    "persons": Text("yksittäiset henkilöt", "enskilda personer", "single persons"),
    "own_municipality_only": Text("vain omat kunnat", "endast egna kommuner", "own municipalities only"),
    "quarantine": Text("syrjään siirretyt rivit", "rader lagda åt sidan", "rows set aside"),
    "groups": Text("ryhmät", "grupper", "groups"),
    "supplier": Text("toimittaja", "leverantör", "supplier"),
    "contract": Text("sopimus", "avtal", "contract"),
    "place": Text("sijainti", "plats", "place"),
    "withheld": Text("ei kerrota turvakiellossa", "sägs inte vid spärrmarkering", "withheld under an order"),
    "retention": Text("säilytysaika", "bevaringstid", "retention"),
    "sign_in": Text("tunnistuspalvelu", "inloggning", "sign-in"),
    "anchor": Text("lokin ankkuri", "loggens ankare", "anchor of the log"),
    "hosts": Text("palvelimet", "servrar", "hosts"),
    "engine": Text("tietokantamoottori", "databasmotor", "engine"),
}
WAS: Final = Text("Oli", "Var", "Was")
NOW: Final = Text("On", "Är", "Is")
NEW: Final = Text("uusi", "ny", "new")
GONE: Final = Text("poistuu", "utgår", "gone")
SAME: Final = Text("Ei muutu.", "Ändras inte.", "Does not change.")
RENAMED: Final = Text("Uudet nimet", "Nya namn", "Other names")
LEAVING: Final = Text(
    "Mitä poistuu tietovarastosta", "Vad som utgår ur datalagret", "What leaves the warehouse"
)
VALUES: Final = Text("Arvoja tai rivejä", "Värden eller rader", "Values or rows")
SINCE: Final = Text("Alkaen", "Från och med", "Since")
PEOPLE: Final = Text("Ihmisten arvioitavaa", "För människor att bedöma", "For people to assess")
QUESTIONS: Final[dict[str, Text]] = {
    "responsibilities": Text(
        "Kuka vastaa muuttuvasta tiedosta?",
        "Vem ansvarar för det som ändras?",
        "Who answers for what changes?",
    ),
    "security": Text(
        "Mitä tietoturvatoimia muutos vaatii?",
        "Vilka säkerhetsåtgärder kräver ändringen?",
        "Which security measures does the change need?",
    ),
    "interfaces": Text(
        "Miten tietojen muodostaminen ja luovuttaminen muuttuvat?",
        "Hur ändras hur uppgifter bildas och lämnas ut?",
        "How does the way data is made and handed over change?",
    ),
    "documents": Text(
        "Miten asian- ja palvelujen käsittely muuttuu?",
        "Hur ändras hanteringen av ärenden och tjänster?",
        "How does the handling of cases and services change?",
    ),
    "publicity": Text(
        "Miten julkisuus, salassapito tai tiedonsaantioikeus muuttuvat?",
        "Hur ändras offentlighet, sekretess eller rätten till uppgifter?",
        "How do publicity, secrecy or rights to data change?",
    ),
}


def change_assessment(known: Known, before: Before, language: str) -> Document:
    told = Told(known, language)
    return told.document("change-assessment", TITLE, BASIS, _parts(told, before))


def changes(known: Known, before: Before) -> tuple[Difference, ...]:
    """What is other now. Things under a new name are the same things."""
    was: dict[str, dict[str, Values]] = {
        section: values for section, values in (before.described or {}).items() if section not in OF_THE_MODEL
    }
    if before.deployed:
        model, catalogue = before.deployed
        was |= facts_of_model(under_new_names(model, known.model), catalogue)
    return differences(was, facts_of(known))


def as_plain_change(known: Known, before: Before) -> dict[str, Any]:
    """The change for machines."""
    return {
        "made": known.made.isoformat(),
        "model": known.model.version,
        "deployed_model": before.deployed[0].version if before.deployed else None,
        "described_on": before.described_on.isoformat() if before.described_on else None,
        "changes": [
            {
                "section": each.section.value,
                "name": each.name,
                "member": each.member or None,
                "was": each.was or None,
                "now": each.now or None,
            }
            for each in changes(known, before)
        ],
        "renamed": [{"name": now, "was": was} for was, now in _renamed(known, before)],
        "leaving": [
            {"name": each.name, "count": each.count, "since": each.since.isoformat()}
            for each in before.leaving
        ],
    }


def _parts(told: Told, before: Before) -> Iterator[Part]:
    known = told.known
    yield Heading(told.say(COMPARED))
    yield Paragraph(_models(told, before))
    if before.described is None or before.described_on is None:
        yield Paragraph(told.say(NO_RIGHTS))
    else:
        yield Paragraph(told.say(RIGHTS).format(day=before.described_on))
    found = changes(known, before)
    for section, heading in SECTIONS.items():
        if section in OF_THE_MODEL and before.deployed is None:
            continue
        if section not in OF_THE_MODEL and before.described is None:
            continue
        yield Heading(told.say(heading))
        rows = tuple(_row(each, told) for each in found if each.section is section)
        yield Grid(told.says(words.NAME, words.WHAT, WAS, NOW), rows) if rows else Paragraph(told.say(SAME))
    if renamed := tuple(_renamed(known, before)):
        yield Heading(told.say(RENAMED))
        yield Grid(told.says(WAS, NOW), renamed)
    yield Heading(told.say(LEAVING))
    if before.leaving:
        gone = tuple((each.name, str(each.count), each.since.isoformat()) for each in before.leaving)
        yield Grid(told.says(words.NAME, VALUES, SINCE), gone)
    else:
        yield Paragraph(told.say(words.NOTHING))
    yield Heading(told.say(PEOPLE))
    yield Grid(
        told.says(words.WHAT, NOW),
        tuple((told.say(text), _judged(told, name)) for name, text in QUESTIONS.items()),
    )


def _models(told: Told, before: Before) -> str:
    now = told.known.model.version
    if before.deployed is None:
        return told.say(NO_MODEL).format(now=now)
    return told.say(MODEL).format(now=now, was=before.deployed[0].version, day=before.deployed_on)


def _judged(told: Told, name: str) -> Cell:
    """What people said of this change; what they said of another one is no answer."""
    said = told.known.organisation
    of_this = said.text("change.model", told.language) == told.known.model.version
    where = f"change.{name}"
    return (of_this and said.text(where, told.language)) or Blank(told.say(QUESTIONS[name]), where)


def _row(each: Difference, told: Told) -> tuple[Cell, ...]:
    what = told.called(MEMBERS, each.member) if each.member else told.say(NEW if each.now else GONE)
    return (each.name, what, each.was or "–", each.now or "–")


def _renamed(known: Known, before: Before) -> Iterator[tuple[str, str]]:
    if before.deployed is None:
        return
    for change in compare(before.deployed[0], known.model):
        if isinstance(change, Renamed):
            of = f"{change.thing.of}." if change.thing.of else ""
            yield f"{of}{change.was}", change.thing.path
