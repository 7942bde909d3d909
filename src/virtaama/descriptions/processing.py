"""Records of processing activities: article 30 of the GDPR."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from virtaama.descriptions import words
from virtaama.descriptions.document import Cell, Document, Grid, Heading, Listing, Part
from virtaama.descriptions.known import (
    Known,
    Told,
    about_persons,
    concepts_of_table,
    counted,
    kinds_of_person,
    systems_behind,
)
from virtaama.descriptions.management_model import measures_in_words, retention_of_groups
from virtaama.descriptions.retention import retention_of
from virtaama.descriptions.stores import STORES
from virtaama.descriptions.words import Text
from virtaama.metrics.plan import concepts_of
from virtaama.model.concepts import Sensitivity
from virtaama.privacy.policy import Role

TITLE: Final = Text(
    "Seloste käsittelytoimista", "Register över behandling", "Records of processing activities"
)
BASIS: Final = "GDPR 30 art. 1"
CONTROLLER: Final = Text("Rekisterinpitäjä", "Personuppgiftsansvarig", "Controller")
OFFICER: Final = Text("Tietosuojavastaava", "Dataskyddsombud", "Data protection officer")
ACTIVITIES: Final = Text("Käsittelyn tarkoitukset", "Ändamål med behandlingen", "Purposes of the processing")
PERSONS: Final = Text("Rekisteröityjen ryhmät", "Kategorier av registrerade", "Categories of data subjects")
DATA: Final = Text("Henkilötietojen ryhmät", "Kategorier av personuppgifter", "Categories of personal data")
RECIPIENTS: Final = Text("Vastaanottajat", "Mottagare", "Recipients")
TRANSFERS: Final = Text(
    "Siirrot kolmansiin maihin", "Överföringar till tredjeländer", "Transfers to third countries"
)
TIMES: Final = Text("Poistamisen määräajat", "Tidsfrister för radering", "Time limits for erasure")
SECURITY: Final = Text("Turvatoimet", "Säkerhetsåtgärder", "Security measures")
GROUPS: Final = Text("Ryhmät tunnistuspalvelussa", "Grupper i inloggningen", "Groups of the sign-in")
INSIDE: Final = Text("Hyvinvointialueen sisällä", "Inom välfärdsområdet", "Within the county")
OUTSIDE: Final = Text(
    "Hyvinvointialueen ulkopuolella vain anonyymeja lukuja",
    "Utanför välfärdsområdet endast anonyma siffror",
    "Outside the county anonymous figures only",
)
BUSINESS_ID: Final = Text("Y-tunnus", "FO-nummer", "Business identity code")
ADDRESS: Final = Text("Osoite", "Adress", "Address")
SEES: Final = Text("Mitä näkee", "Vad som syns", "What they see")
FIGURES: Final = Text(
    "lukuja vähintään {least} henkilöstä",
    "siffror om minst {least} personer",
    "figures about {least} persons at least",
)
ROUNDED: Final = Text(
    "pyöristettyinä {to}:n kerrannaisiin", "avrundade till multiplar av {to}", "rounded to multiples of {to}"
)
OWN: Final = Text("vain omista kunnista", "endast om egna kommuner", "of their own municipalities only")
ROWS: Final = Text(
    "rivejä henkilöistä: {tables}", "rader om personer: {tables}", "rows about persons: {tables}"
)
PERSONS_OPENED: Final = Text(
    "yksittäisiä henkilöitä, joita hoitaa tai palvelee",
    "enskilda personer som de vårdar eller betjänar",
    "single persons they care for or serve",
)
BREAK_GLASS: Final = Text(
    "muita kirjallisella syyllä", "andra med skriftligt skäl", "others with a written reason"
)
ASIDE: Final = Text("syrjään siirrettyjä rivejä", "rader som lagts åt sidan", "rows set aside")
LOG: Final = Text("tarkastuslokin", "granskningsloggen", "the audit log")
NO_FIGURES: Final = Text("ei lukuja", "inga siffror", "no figures")
ASK_CONTACT: Final = Text("Miten tavoitetaan?", "Hur nås de?", "How are they reached?")
ASK_TRANSFERS: Final = Text(
    "Siirretäänkö henkilötietoja ETA:n ulkopuolelle, ja millä suojatoimin?",
    "Överförs personuppgifter utanför EES, och med vilka skyddsåtgärder?",
    "Does personal data go outside the EEA, and with which safeguards?",
)
ASK_BASIS: Final = Text(
    "Millä perusteella järjestelmän tietoja käsitellään?",
    "På vilken grund behandlas systemets uppgifter?",
    "On what basis is data of the system processed?",
)


def processing_records(known: Known, language: str) -> Document:
    told = Told(known, language)
    return told.document("records-of-processing", TITLE, BASIS, _parts(told))


def _parts(told: Told) -> Iterator[Part]:
    known = told.known
    yield Heading(told.say(CONTROLLER))
    yield Grid(
        told.says(words.WHAT, words.CONTACT),
        (
            (told.say(words.COUNTY), told.say(known.county)),
            (told.say(BUSINESS_ID), told.answer("controller.business_id", BUSINESS_ID)),
            (told.say(ADDRESS), told.answer("controller.address", ADDRESS)),
            (told.say(CONTROLLER), told.answer("controller.contact", ASK_CONTACT)),
            (told.say(OFFICER), told.answer("contacts.data_protection_officer", ASK_CONTACT)),
        ),
    )
    yield Heading(told.say(ACTIVITIES))
    yield Grid(told.says(words.WHAT, words.BASIS, words.OWNER, words.SOURCES), tuple(_activities(told)))
    yield Heading(told.say(PERSONS))
    kinds = kinds_of_person(known.model)
    yield Grid(
        told.says(words.NAME, words.WHAT),
        tuple((told.say(each.labels), told.say(each.definition)) for each in kinds),
    )
    yield Heading(told.say(DATA))
    guarded = (Sensitivity.PERSONAL, Sensitivity.SPECIAL, Sensitivity.DIRECT)
    yield Grid(
        (told.say(words.NAME), *(told.called(words.SENSITIVITY, each) for each in guarded)),
        tuple(
            (told.say(concept.labels), *(str(counted([concept])[each]) for each in guarded))
            for concept in about_persons(known.model)
        ),
    )
    yield Grid(
        told.says(words.SYSTEM, words.BASIS),
        tuple(
            (told.say(each.labels), told.answer(f"systems.{each.name}.legal_basis", ASK_BASIS))
            for each in known.model.systems
        ),
    )
    yield Heading(told.say(RECIPIENTS))
    yield Grid(told.says(INSIDE, SEES, GROUPS), tuple(_roles(told)))
    yield Grid(
        told.says(OUTSIDE, RECIPIENTS, words.BASIS),
        tuple(
            (told.say(each.labels), told.called(words.AUDIENCES, each.audience), each.legal_basis)
            for each in known.releases
        ),
    )
    yield Heading(told.say(TRANSFERS))
    yield Listing((told.answer("third_countries", ASK_TRANSFERS),))
    yield Heading(told.say(TIMES))
    yield Grid(
        told.says(words.NAME, words.RETENTION),
        tuple((told.say(name), retention_of(store, told)) for store, (name, _) in STORES.items()),
    )
    yield retention_of_groups(told)
    yield Heading(told.say(SECURITY))
    yield Listing(tuple(measures_in_words(told)))


def _activities(told: Told) -> Iterator[tuple[Cell, ...]]:
    """What is done with personal data: figures family by family, feature tables, releases."""
    known = told.known
    labels = {system.name: told.say(system.labels) for system in known.model.systems}
    for metric in known.catalogue.metrics:
        if metric.minimum_group:
            yield (
                told.say(metric.labels),
                metric.legal_basis,
                metric.owner,
                told.listed(
                    labels[name] for name in systems_behind(known.model, _concepts(metric.name, known))
                ),
            )
    for table in known.features:
        behind = systems_behind(known.model, concepts_of_table(table, known.catalogue))
        yield (
            told.say(table.labels),
            table.legal_basis,
            table.owner,
            told.listed(labels[name] for name in behind),
        )
    for release in known.releases:
        concepts = {each for name in release.metrics for each in _concepts(name, known)}
        behind = systems_behind(known.model, sorted(concepts))
        yield (
            told.say(release.labels),
            release.legal_basis,
            release.owner,
            told.listed(labels[name] for name in behind),
        )


def _concepts(metric: str, known: Known) -> tuple[str, ...]:
    return concepts_of(known.catalogue.metric(metric), known.catalogue)


def _roles(told: Told) -> Iterator[tuple[Cell, ...]]:
    for each in told.known.roles:
        yield (told.say(each.labels), "; ".join(_seen(told, each.role)), told.listed(each.groups))


def _seen(told: Told, role: Role) -> Iterator[str]:
    if role.purposes and role.levels:
        said = [told.say(FIGURES).format(least=role.minimum_group)]
        said += [told.say(ROUNDED).format(to=role.rounding)] if role.rounding > 1 else []
        said += [told.say(OWN)] if role.own_municipality_only else []
        yield ", ".join(said)
    else:
        yield told.say(NO_FIGURES)
    if role.features:
        labels = {table.name: told.say(table.labels) for table in told.known.features}
        yield told.say(ROWS).format(
            tables=", ".join(
                f"{labels.get(each.table, each.table)} ({each.decided_by} {each.record})"
                for each in role.approvals
            )
        )
    if role.persons:
        glass = f", {told.say(BREAK_GLASS)}" if role.persons.break_glass else ""
        yield told.say(PERSONS_OPENED) + glass
    if role.quarantine:
        yield told.say(ASIDE)
    if "audit" in role.pages:
        yield told.say(LOG)
