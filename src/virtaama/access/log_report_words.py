"""The words of a report to a person about who has seen them, in three languages."""

from __future__ import annotations

from typing import Final

from virtaama.access.audit_entries import Act
from virtaama.model.concepts import Purpose, Text

TITLE: Final = Text(
    "Lokiselvitys: kuka tietojasi on käsitellyt",
    "Loggutredning: vem som har behandlat dina uppgifter",
    "Log report: who has handled your data",
)
EXPLAINED: Final = Text(
    "Tässä on jokainen kerta, jolloin sinua koskevia rivejä on avattu hyvinvointialueen tietoalustassa. Alustan "
    "tiedoissa ei ole nimeäsi eikä henkilötunnustasi, vaan pseudonyymi. Lähdejärjestelmillä on omat lokinsa.",
    "Här finns varje gång som rader om dig har öppnats i välfärdsområdets dataplattform. Plattformen innehåller varken "
    "ditt namn eller din personbeteckning, utan en pseudonym. Källsystemen har egna loggar.",
    "This is every time rows about you were opened on the county's data platform. The platform holds a pseudonym, "
    "neither your name nor your personal identity code. Source systems have logs of their own.",
)
BASIS: Final = Text(
    "Laki sosiaali- ja terveydenhuollon asiakastietojen käsittelystä 703/2023 10–11 §, laki sosiaali- ja "
    "terveystietojen toissijaisesta käytöstä 552/2019 19 §.",
    "Lag om behandling av kunduppgifter inom social- och hälsovården 703/2023 10–11 §, lag om sekundär användning av "
    "personuppgifter inom social- och hälsovården 552/2019 19 §.",
    "Act on the processing of client data in social and health care 703/2023, sections 10–11; act on the secondary use "
    "of social and health data 552/2019, section 19.",
)
COUNTY, PERIOD, MADE, REASON, RECORD, LEGAL = (
    Text("Hyvinvointialue", "Välfärdsområde", "County"),
    Text("Aika", "Tid", "Period"),
    Text("Tehty", "Gjord", "Made"),
    Text("Erityinen syy", "Särskilt skäl", "Special reason"),
    Text("Tarkastuslokin merkintä", "Anteckning i granskningsloggen", "Entry of the audit log"),
    Text("Säädökset", "Författningar", "Statutes"),
)
COLUMNS: Final = (
    Text("Milloin", "När", "When"),
    Text("Kuka", "Vem", "Who"),
    Text("Rooli", "Roll", "Role"),
    Text("Käyttötarkoitus", "Användningsändamål", "Purpose"),
    Text("Mitä tehtiin", "Vad som gjordes", "What was done"),
    Text("Mitä tietoja", "Vilka uppgifter", "Which data"),
    Text("Kenen tietoja", "Vems uppgifter", "Whose data"),
    Text("Henkilöitä samalla kertaa", "Personer på samma gång", "Persons at the same time"),
    Text("Merkintä", "Anteckning", "Entry"),
)
NOTHING: Final = Text(
    "Sinua koskevia rivejä ei ole avattu tänä aikana.",
    "Inga rader om dig har öppnats under denna tid.",
    "No rows about you were opened in this period.",
)
UNTOLD: Final = Text(
    "Lisäksi tietoja on avattu {count} kertaa ennen kuin loki alkoi kertoa, keitä avaaminen koski.",
    "Dessutom har uppgifter öppnats {count} gånger innan loggen började berätta vem det gällde.",
    "Besides, data was opened {count} times before the log began to say about whom.",
)
UNKNOWN: Final = Text(
    "Lisäksi {count} kertaa on avattu rivejä, joista ei voitu sanoa, ketä ne koskevat.",
    "Dessutom har {count} gånger öppnats rader om vilka det inte gick att säga vem de gällde.",
    "Besides, {count} times rows were opened of which nobody could say about whom they are.",
)
TERMINAL: Final = Text("komentorivillä", "på kommandoraden", "at a terminal")

ACTS: Final[dict[str, Text]] = {
    Act.OPEN: Text("avasi rivejä", "öppnade rader", "opened rows"),
    Act.PERSON: Text("avasi henkilön tiedot", "öppnade personens uppgifter", "opened the person's record"),
    Act.BREAK_GLASS: Text(
        "avasi henkilön tiedot oman oikeutensa ulkopuolelta kirjallisella perusteella",
        "öppnade personens uppgifter utanför sin egen rätt med en skriftlig motivering",
        "opened the person's record outside their own scope, for a written reason",
    ),
    Act.REPORT: Text("teki lokiselvityksen", "gjorde en loggutredning", "made a log report"),
    Act.ASK: Text("kysyi lukuja", "frågade efter siffror", "asked for figures"),
    Act.BUILD: Text("muodosti taulun", "bildade en tabell", "made a table"),
    Act.RELEASE: Text("muodosti anonyymejä lukuja", "bildade anonyma siffror", "made anonymous figures"),
    Act.PAGE: Text("avasi sivun", "öppnade en sida", "opened a page"),
    Act.LOOK: Text("katsoi lokia", "såg i loggen", "looked into the log"),
    Act.REVIEW: Text("merkitsi lokiin", "antecknade i loggen", "marked the log"),
    Act.LINK: Text(
        "ratkaisi, koskevatko tiedot samaa henkilöä",
        "avgjorde om uppgifter gäller samma person",
        "decided whether records are about the same person",
    ),
    Act.INCIDENT: Text("kirjasi poikkeamaa", "antecknade om en incident", "wrote about an incident"),
    Act.SIGN_IN: Text("kirjautui", "loggade in", "signed in"),
    Act.SIGN_OUT: Text("kirjautui ulos", "loggade ut", "signed out"),
    Act.ERASE: Text(
        "hävitti henkilöitä koskevia tietoja",
        "förstörde uppgifter om personer",
        "destroyed data about persons",
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
        "asiakkaan hoito tai palvelu",
        "vård av eller service till klienten",
        "care of or service to the client",
    ),
    "sign_in": Text("kirjautuminen", "inloggning", "signing in"),
    "oversight": Text("lokien valvonta", "övervakning av loggar", "oversight of logs"),
    "erasure": Text("tietojen hävittäminen", "förstöring av uppgifter", "destruction of data"),
}
