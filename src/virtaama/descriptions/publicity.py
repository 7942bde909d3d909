"""The description of data stores and case register that anybody may read: 906/2019 28 §."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from virtaama.descriptions import words
from virtaama.descriptions.data_sets import data_sets
from virtaama.descriptions.document import Document, Grid, Heading, Listing, Paragraph, Part
from virtaama.descriptions.known import Known, Told
from virtaama.descriptions.management_model import ASK_PURPOSE
from virtaama.descriptions.words import Text

TITLE: Final = Text(
    "Kuvaus asiakirjajulkisuuden toteuttamiseksi",
    "Beskrivning för genomförande av handlingsoffentligheten",
    "Description of data stores for public access to documents",
)
BASIS: Final = "906/2019 28 §"
WHAT_FOR: Final = Text(
    "Tästä näkee, mitä tietoja hyvinvointialueen tietoalustassa on ja millä niitä haetaan, jotta tietopyynnön voi "
    "kohdistaa. Henkilöitä koskevat tiedot ovat salassa pidettäviä.",
    "Här framgår vilka uppgifter som finns på välfärdsområdets dataplattform och hur de söks, så att en begäran kan "
    "riktas rätt. Uppgifter om personer är sekretessbelagda.",
    "This tells which data the county's data platform holds and what it is searched by, so that a request can be "
    "aimed. Data about persons is secret.",
)
SYSTEMS: Final = Text("Tietojärjestelmät", "Informationssystem", "Systems")
GROUPS: Final = Text("Mitä tietoja on", "Vilka uppgifter som finns", "What data there is")
SEARCHED: Final = Text("Millä tietoja haetaan", "Hur uppgifter söks", "What data is searched by")
SEARCH: Final = Text(
    "Luvut: mittari, alue ({levels}), kuukausi, neljännes tai vuosi, ja erittelyt: {dimensions}.",
    "Siffror: mätare, område ({levels}), månad, kvartal eller år, och indelningar: {dimensions}.",
    "Figures: metric, area ({levels}), month, quarter or year, and breakdowns: {dimensions}.",
)
LEVELS: Final = {
    "county": Text("hyvinvointialue", "välfärdsområde", "county"),
    "municipality": Text("kunta", "kommun", "municipality"),
    "unit": Text("yksikkö", "enhet", "unit"),
}
PERSONS: Final = Text(
    "Henkilöiden tietoja ei haeta nimellä eikä henkilötunnuksella; jokaisella on oikeus saada tietonsa "
    "lähdejärjestelmistä.",
    "Uppgifter om personer söks varken med namn eller personbeteckning; var och en har rätt att få sina uppgifter ur "
    "källsystemen.",
    "Data about persons is searched neither by name nor by identity code; everybody has a right to their data from "
    "the source systems.",
)
OPEN: Final = Text(
    "Avoimesti saatavilla olevat aineistot", "Öppet tillgängliga datamängder", "Data sets open to anybody"
)
ASKING: Final = Text("Tietopyynnöt", "Begäran om uppgifter", "Requests")
ASK_CONTACT: Final = Text("Mistä tietoja pyydetään?", "Var begärs uppgifter?", "Where does one ask for data?")
ASK_HOW: Final = Text(
    "Miten pyyntö tehdään ja miten siihen vastataan?",
    "Hur görs en begäran och hur besvaras den?",
    "How is a request made, and how is it answered?",
)


def public_description(known: Known, language: str) -> Document:
    told = Told(known, language)
    return told.document("public-description", TITLE, BASIS, _parts(told))


def _parts(told: Told) -> Iterator[Part]:
    known = told.known
    yield Paragraph(told.say(WHAT_FOR))
    yield Heading(told.say(SYSTEMS))
    yield Grid(
        told.says(words.SYSTEM, words.PURPOSE),
        tuple(
            (told.say(each.labels), told.answer(f"systems.{each.name}.purpose", ASK_PURPOSE))
            for each in known.model.systems
        ),
    )
    yield Heading(told.say(GROUPS))
    yield Grid(
        told.says(words.NAME, words.WHAT),
        tuple((told.say(each.labels), told.say(each.definition)) for each in known.model.every_concept),
    )
    yield Heading(told.say(SEARCHED))
    levels = dict.fromkeys(level for metric in known.catalogue.metrics for level in metric.levels)
    yield Listing(
        (
            told.say(SEARCH).format(
                levels=", ".join(told.called(LEVELS, level) for level in levels),
                dimensions=told.listed(told.say(each.labels) for each in known.catalogue.dimensions),
            ),
            told.say(PERSONS),
        )
    )
    yield Heading(told.say(OPEN))
    public = [each for each in data_sets(known) if each.access == "PUBLIC"]
    yield Listing(
        tuple(f"{told.say(each.title)}: {told.say(each.description)}" for each in public)
        or (told.say(words.NOTHING),)
    )
    yield Heading(told.say(ASKING))
    yield Grid(
        told.says(words.WHAT, words.CONTACT),
        (
            (told.say(words.CONTACT), told.answer("contacts.documents", ASK_CONTACT)),
            (told.say(ASKING), told.answer("access_to_documents", ASK_HOW)),
        ),
    )
