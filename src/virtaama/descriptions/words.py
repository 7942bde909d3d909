"""Words that several descriptions use."""

from __future__ import annotations

from typing import Final

from virtaama.metrics.releases import Audience
from virtaama.model.concepts import Purpose, Sensitivity
from virtaama.model.concepts import Text as Text
from virtaama.model.feeds import Delivery, Format

COUNTY: Final = Text("Hyvinvointialue", "Välfärdsområde", "County")
MADE: Final = Text("Tehty", "Gjord", "Made")
BASIS: Final = Text("Säädösperuste", "Rättslig grund", "Legal basis")
OPEN: Final = Text("Ihmisten täydennettävää", "För människor att fylla i", "For people to fill in")
ASKED: Final = Text("TÄYDENNÄ", "FYLL I", "FILL IN")
NOTHING: Final = Text("Ei ole.", "Finns inte.", "There is none.")
NAME: Final = Text("Nimi", "Namn", "Name")
WHAT: Final = Text("Mitä", "Vad", "What")
PURPOSE: Final = Text("Käyttötarkoitus", "Ändamål", "Purpose")
ROLES: Final = Text("Roolit", "Roller", "Roles")
OWNER: Final = Text("Vastuutaho", "Ansvarig", "Owner")
RETENTION: Final = Text("Säilytysaika", "Bevaringstid", "Retention")
SUPPLIER: Final = Text("Toimittaja", "Leverantör", "Supplier")
CONTRACT: Final = Text("Sopimus", "Avtal", "Contract")
PLACE: Final = Text("Sijainti", "Plats", "Place")
SYSTEM: Final = Text("Tietojärjestelmä", "Informationssystem", "System")
SOURCES: Final = Text("Lähteet", "Källor", "Sources")
CONTACT: Final = Text("Yhteystieto", "Kontaktuppgift", "Contact")
TESTS: Final = Text("Testit, jotka pitävät sen voimassa", "Test som upprätthåller det", "Tests that hold it")
STATE: Final = Text("Tässä käyttöönotossa", "I denna installation", "In this installation")
IN_PLACE: Final = Text("Käytössä", "I bruk", "In place")
MEASURE: Final = Text("Toimenpide", "Åtgärd", "Measure")

SENSITIVITY: Final[dict[str, Text]] = {
    Sensitivity.OPEN: Text("Ei henkilötietoja", "Inga personuppgifter", "No personal data"),
    Sensitivity.PERSONAL: Text("Henkilötietoja", "Personuppgifter", "Personal data"),
    Sensitivity.SPECIAL: Text(
        "Erityisiä henkilötietoja (terveys, sosiaalihuolto)",
        "Särskilda personuppgifter (hälsa, socialvård)",
        "Special categories (health, social care)",
    ),
    Sensitivity.DIRECT: Text(
        "Suoria tunnisteita (vain salattuina)",
        "Direkta identifierare (endast krypterade)",
        "Direct identifiers (enciphered only)",
    ),
}
PURPOSES: Final[dict[str, Text]] = {
    Purpose.STEERING: Text(
        "palvelujen johtaminen ja valvonta",
        "ledning och övervakning av tjänster",
        "leading and supervising services",
    ),
    Purpose.PLANNING: Text("suunnittelu", "planering", "planning"),
    Purpose.EVALUATION: Text("arviointi", "utvärdering", "evaluation"),
    Purpose.DATA_QUALITY: Text("tietojen laatu", "uppgifternas kvalitet", "quality of data"),
    Purpose.CLIENT_CARE: Text(
        "asiakkaan hoito ja palvelu", "vård av och service till klienten", "care of the client"
    ),
}
PURPOSE_BASIS: Final[dict[str, str]] = {
    Purpose.STEERING: "552/2019 41 §, 612/2021 29 §",
    Purpose.PLANNING: "552/2019 41 §",
    Purpose.EVALUATION: "552/2019 41 §, 612/2021 29 §",
    Purpose.DATA_QUALITY: "552/2019 41 §",
    Purpose.CLIENT_CARE: "703/2023, 457/2024",
}
AUDIENCES: Final[dict[str, Text]] = {
    Audience.EVERYBODY: Text("kuka tahansa", "vem som helst", "anybody"),
    Audience.AUTHORITIES: Text("viranomaiset", "myndigheter", "authorities"),
    Audience.PARTNERS: Text("yhteistyökumppanit", "samarbetspartner", "partners"),
}
DELIVERIES: Final[dict[str, Text]] = {
    Delivery.FULL: Text("koko aineisto", "hela materialet", "all there is"),
    Delivery.CHANGES: Text("muutokset", "ändringar", "changes"),
    Delivery.EVENTS: Text("tapahtumat", "händelser", "events"),
}
FORMATS: Final[dict[str, Text]] = {
    Format.CSV: Text("CSV-tiedosto", "CSV-fil", "CSV file"),
    Format.FHIR: Text("FHIR R4", "FHIR R4", "FHIR R4"),
    Format.JSON_LINES: Text("JSON-rivit", "JSON-rader", "JSON lines"),
    Format.SQL: Text("SQL-tietokanta", "SQL-databas", "SQL database"),
    Format.PARQUET: Text("Parquet-tiedosto", "Parquet-fil", "Parquet file"),
}
HANDED_OVER: Final = Text("toimitetaan kansioon", "levereras till en mapp", "delivered to a folder")
ASKED_FOR: Final = Text("haetaan", "hämtas", "asked for")
SENT: Final = Text("lähetetään tapahtumina", "sänds som händelser", "sent as events")
