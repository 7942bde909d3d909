"""Where the platform keeps data, and what each place is for."""

from __future__ import annotations

from enum import StrEnum
from typing import Final

from virtaama.model.concepts import Text


class Store(StrEnum):
    """A place where data is kept; each is a part of a project's folder."""

    LAKE = "lake"
    QUARANTINE = "quarantine"
    WAREHOUSE = "warehouse"
    SNAPSHOTS = "snapshots"
    FEATURES = "features"
    RELEASES = "releases"
    AUDIT = "audit"
    PORTAL = "portal"
    IDENTITIES = "identities"
    KEYS = "keys"


STORES: Final[dict[Store, tuple[Text, Text]]] = {
    Store.LAKE: (
        Text("Tietoallas", "Datasjö", "Lake"),
        Text(
            "Lähdejärjestelmien toimitukset muuttumattomina; henkilötunnusten tilalla on pseudonyymit, suorat "
            "tunnisteet on salattu.",
            "Källsystemens leveranser oförändrade; i stället för personbeteckningar finns pseudonymer, direkta "
            "identifierare är krypterade.",
            "Deliveries of source systems as they came; pseudonyms in place of identity codes, direct identifiers "
            "enciphered.",
        ),
    ),
    Store.QUARANTINE: (
        Text("Syrjään siirretyt rivit", "Rader som lagts åt sidan", "Rows set aside"),
        Text(
            "Rivit, joita ei voitu lukea, salattuina ja syineen, jotta lähteen virheet voidaan korjata.",
            "Rader som inte kunde läsas, krypterade och med orsak, så att källans fel kan rättas.",
            "Rows that could not be read, enciphered and with the reason, so that errors of a source can be mended.",
        ),
    ),
    Store.WAREHOUSE: (
        Text("Tietovarasto", "Datalager", "Warehouse"),
        Text(
            "Toimitukset käsitemallin mukaan järjestettyinä, historioineen.",
            "Leveranserna ordnade enligt begreppsmodellen, med historik.",
            "Deliveries arranged by the concept model, with their history.",
        ),
    ),
    Store.SNAPSHOTS: (
        Text("Julkaistut tilannevedokset", "Publicerade ögonblicksbilder", "Published snapshots"),
        Text(
            "Se, mistä kysymyksiin vastataan: pseudonyymejä ja lukuja, ei suoria tunnisteita.",
            "Det som frågor besvaras ur: pseudonymer och siffror, inga direkta identifierare.",
            "What questions are answered from: pseudonyms and figures, no direct identifiers.",
        ),
    ),
    Store.FEATURES: (
        Text("Piirretaulut", "Egenskapstabeller", "Feature tables"),
        Text(
            "Rivejä yksittäisistä henkilöistä pseudonyymein suunnittelua ja arviointia varten.",
            "Rader om enskilda personer under pseudonym för planering och utvärdering.",
            "Rows about single persons under pseudonyms, for planning and evaluation.",
        ),
    ),
    Store.RELEASES: (
        Text("Luovutetut aineistot", "Utlämnade datamängder", "Released data sets"),
        Text(
            "Anonyymejä lukuja, jotka saavat lähteä hyvinvointialueelta, ja tieto siitä, mitä on luovutettu.",
            "Anonyma siffror som får lämna välfärdsområdet, och uppgift om vad som har lämnats ut.",
            "Anonymous figures that may leave the county, and the record of what has left.",
        ),
    ),
    Store.AUDIT: (
        Text("Tarkastusloki", "Granskningslogg", "Audit log"),
        Text(
            "Kuka on kysynyt mitä, mihin tarkoitukseen ja ketä koskien.",
            "Vem som har frågat vad, för vilket ändamål och om vem.",
            "Who asked what, for which purpose and about whom.",
        ),
    ),
    Store.PORTAL: (
        Text("Portaalin tietokanta", "Portalens databas", "The portal's database"),
        Text(
            "Käyttäjätilit, istunnot ja poikkeamarekisteri.",
            "Användarkonton, sessioner och incidentregister.",
            "Accounts, sessions and the incident register.",
        ),
    ),
    Store.IDENTITIES: (
        Text("Henkilöiden hakemisto", "Personregister över pseudonymer", "Identity store"),
        Text(
            "Mikä henkilötunnus kuuluu mihinkin pseudonyymiin ja jokaisen henkilön oma avain, salattuina; erillään "
            "tiedoista.",
            "Vilken personbeteckning som hör till vilken pseudonym och varje persons egen nyckel, krypterade; skilda "
            "från data.",
            "Which identity code belongs to which pseudonym and each person's own key, enciphered; apart from the "
            "data.",
        ),
    ),
    Store.KEYS: (
        Text("Avaimet", "Nycklar", "Keys"),
        Text(
            "Avaimet, joita ilman pseudonyymiä ei voi palauttaa tunnukseksi eikä salattua lukea; erillään tiedoista.",
            "Nycklar utan vilka en pseudonym inte kan återföras och det krypterade inte kan läsas; skilda från data.",
            "Keys without which no pseudonym leads back to a code and nothing enciphered can be read; apart from data.",
        ),
    ),
}
"""What each store is called, and what is in it."""
