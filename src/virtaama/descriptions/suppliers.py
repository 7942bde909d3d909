"""Systems and suppliers: what the county's data passes through, and who answers for it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from virtaama.descriptions import words
from virtaama.descriptions.document import Document, Grid, Heading, Listing, Paragraph, Part
from virtaama.descriptions.known import Known, Told
from virtaama.descriptions.management_model import ASK_OWNER
from virtaama.descriptions.words import Text

TITLE: Final = Text(
    "Tietojärjestelmät ja toimittajat", "Informationssystem och leverantörer", "Systems and suppliers"
)
BASIS: Final = "124/2025, 906/2019 4 a luku, GDPR 28 art."
SOURCES: Final = Text("Lähdejärjestelmät", "Källsystem", "Source systems")
PLATFORM: Final = Text("Alusta", "Plattformen", "The platform")
HOSTING: Final = Text("Käyttöpalvelu", "Driftstjänst", "Hosting")
SIGN_IN: Final = Text("Tunnistuspalvelu", "Inloggningstjänst", "Sign-in")
SPOKEN_TO: Final = Text(
    "Palvelimet, joihin alusta saa ottaa yhteyttä",
    "Servrar som plattformen får kontakta",
    "Hosts the platform may speak to",
)
SOFTWARE: Final = Text(
    "Ohjelmistot, joiden varassa alusta toimii",
    "Programvara som plattformen vilar på",
    "Software the platform runs on",
)
BILL: Final = Text(
    "Näiden omat riippuvuudet, yhteensä {count} osaa, ovat ohjelmistoluettelossa sbom.cdx.json.",
    "Deras egna beroenden, sammanlagt {count} delar, finns i programvaruförteckningen sbom.cdx.json.",
    "What these need in turn, {count} parts in all, is in the bill of materials, sbom.cdx.json.",
)
VERSION: Final = Text("Versio", "Version", "Version")
LICENCE: Final = Text("Lisenssi", "Licens", "Licence")
NO_SIGN_IN: Final = Text("esittelytunnukset", "demokonton", "accounts of a demo")
ASK_SUPPLIER: Final = Text("Kuka toimittaa?", "Vem levererar?", "Who supplies it?")
ASK_CONTRACT: Final = Text("Mikä sopimus?", "Vilket avtal?", "Which contract?")
ASK_PLACE: Final = Text("Missä tietoja säilytetään?", "Var förvaras uppgifterna?", "Where is the data kept?")
ASK_SECURITY: Final = Text(
    "Kenelle poikkeamasta ilmoitetaan?", "Till vem anmäls en incident?", "Who is told of an incident?"
)


def systems_and_suppliers(known: Known, language: str) -> Document:
    told = Told(known, language)
    return told.document("systems-and-suppliers", TITLE, BASIS, _parts(told))


def _parts(told: Told) -> Iterator[Part]:
    known = told.known
    yield Heading(told.say(SOURCES))
    yield Grid(
        told.says(words.SYSTEM, words.OWNER, words.SUPPLIER, words.CONTRACT, words.PLACE),
        tuple(
            (
                told.say(each.labels),
                told.answer(f"systems.{each.name}.owner", ASK_OWNER),
                told.answer(f"systems.{each.name}.supplier", ASK_SUPPLIER),
                told.answer(f"systems.{each.name}.contract", ASK_CONTRACT),
                told.answer(f"systems.{each.name}.place", ASK_PLACE),
            )
            for each in known.model.systems
        ),
    )
    yield Heading(told.say(PLATFORM))
    yield Grid(
        told.says(words.WHAT, words.SUPPLIER, words.CONTRACT, words.PLACE),
        (
            (
                told.say(HOSTING),
                told.answer("hosting.supplier", ASK_SUPPLIER),
                told.answer("hosting.contract", ASK_CONTRACT),
                told.answer("hosting.place", ASK_PLACE),
            ),
        ),
    )
    yield Grid(
        told.says(words.WHAT, words.CONTACT),
        (
            (told.say(SIGN_IN), known.safeguards.sign_in or told.say(NO_SIGN_IN)),
            (told.say(SPOKEN_TO), told.listed(known.safeguards.hosts)),
            (told.say(words.CONTACT), told.answer("contacts.security", ASK_SECURITY)),
        ),
    )
    yield Heading(told.say(SOFTWARE))
    platform, *others = known.components
    direct = [each for each in others if each.name in platform.requires]
    yield Grid(
        told.says(words.NAME, VERSION, LICENCE, words.WHAT),
        tuple((each.name, each.version, each.licence or "–", each.summary) for each in (platform, *direct)),
    )
    yield Paragraph(told.say(BILL).format(count=len(others)))
    if not others:
        yield Listing((told.say(words.NOTHING),))
