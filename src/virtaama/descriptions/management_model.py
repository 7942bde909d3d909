"""The information-management model of 906/2019 5 §: processes, stores, systems, interfaces, retention, security."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from virtaama.descriptions import words
from virtaama.descriptions.document import Cell, Document, Grid, Heading, Listing, Paragraph, Part
from virtaama.descriptions.known import Known, Told, about_persons, counted, strictest, systems_behind
from virtaama.descriptions.measures import MEASURES
from virtaama.descriptions.retention import retention_of, retention_of_concept
from virtaama.descriptions.stores import STORES
from virtaama.descriptions.words import Text
from virtaama.model.feeds import Feed

TITLE: Final = Text("Tiedonhallintamalli", "Informationshanteringsmodell", "Information-management model")
BASIS: Final = "906/2019 5 § 2 mom."
PROCESSES: Final = Text("Toimintaprosessit", "Verksamhetsprocesser", "Processes")
STORES_TITLE: Final = Text("Tietovarannot", "Informationslager", "Data stores")
GROUPS: Final = Text("Tietoryhmät", "Uppgiftsgrupper", "Groups of data")
ARCHIVE: Final = Text("Arkistointi ja tuhoaminen", "Arkivering och förstöring", "Archiving and destruction")
SYSTEMS: Final = Text(
    "Tietojärjestelmät ja rajapinnat", "Informationssystem och gränssnitt", "Systems and interfaces"
)
SECURITY: Final = Text(
    "Tietoturvallisuustoimenpiteet", "Informationssäkerhetsåtgärder", "Information security measures"
)
ABOUT: Final = Text(
    "Tämä koskee tietoalustaa ja sen lähteitä; muut tietojärjestelmät kuvataan muualla.",
    "Detta gäller dataplattformen och dess källor; andra informationssystem beskrivs på annat håll.",
    "This is about the data platform and its sources; other systems are described elsewhere.",
)
RESPONSIBLE: Final = Text("Kuka vastaa mallista?", "Vem ansvarar för modellen?", "Who answers for the model?")
FIGURES: Final = Text("Mittareita", "Mätare", "Metrics")
DATA_SETS: Final = Text("Aineistot", "Datamängder", "Data sets")
ATTRIBUTES: Final = Text("Tietoja", "Uppgifter", "Attributes")
INTERFACE: Final = Text("Rajapinta", "Gränssnitt", "Interface")
MANNER: Final = Text("Siirtotapa", "Överföringssätt", "Manner")
ARCHIVED: Final = Text("Arkistoitavat", "Arkiveras", "Archived")
PUBLISHING: Final = Text(
    "anonyymien lukujen luovuttaminen", "utlämnande av anonyma siffror", "releasing anonymous figures"
)
OVERSEEING: Final = Text("käytön valvonta", "övervakning av användningen", "oversight of use")
ASK_OWNER: Final = Text(
    "Mikä taho vastaa järjestelmästä?", "Vem ansvarar för systemet?", "Who answers for the system?"
)
ASK_PURPOSE: Final = Text(
    "Mihin järjestelmää käytetään?", "Vad används systemet till?", "What is the system used for?"
)
ASK_ARCHIVED: Final = Text(
    "Mitä arkistoidaan, miten ja minne?", "Vad arkiveras, hur och var?", "What is archived, how and where?"
)


def management_model(known: Known, language: str) -> Document:
    told = Told(known, language)
    return told.document("information-management-model", TITLE, BASIS, _parts(told))


def _parts(told: Told) -> Iterator[Part]:
    known = told.known
    yield Paragraph(told.say(ABOUT))
    yield Grid(
        (told.say(words.WHAT), told.say(words.CONTACT)),
        ((told.say(TITLE), told.answer("contacts.information_management", RESPONSIBLE)),),
    )
    yield Heading(told.say(PROCESSES))
    columns = (words.WHAT, words.BASIS, words.ROLES, FIGURES, DATA_SETS)
    yield Grid(told.says(*columns), tuple(_processes(told)))
    yield Heading(told.say(STORES_TITLE))
    yield Grid(
        told.says(words.NAME, words.WHAT),
        tuple((told.say(name), told.say(what)) for name, what in STORES.values()),
    )
    yield Heading(told.say(GROUPS))
    yield Grid(told.says(words.NAME, words.WHAT, ATTRIBUTES, words.SOURCES), tuple(_groups(told)))
    yield Heading(told.say(ARCHIVE))
    yield Grid(
        told.says(words.NAME, words.RETENTION),
        tuple((told.say(name), retention_of(store, told)) for store, (name, _) in STORES.items()),
    )
    yield retention_of_groups(told)
    yield Grid(
        told.says(words.SYSTEM, ARCHIVED),
        tuple(
            (told.say(each.labels), told.answer(f"systems.{each.name}.archived", ASK_ARCHIVED))
            for each in known.model.systems
        ),
    )
    yield Heading(told.say(SYSTEMS))
    yield Grid(
        told.says(words.SYSTEM, words.OWNER, words.PURPOSE),
        tuple(
            (
                told.say(each.labels),
                told.answer(f"systems.{each.name}.owner", ASK_OWNER),
                told.answer(f"systems.{each.name}.purpose", ASK_PURPOSE),
            )
            for each in known.model.systems
        ),
    )
    yield Grid(told.says(words.SYSTEM, INTERFACE, MANNER), tuple(_interfaces(told)))
    yield Heading(told.say(SECURITY))
    yield Listing(tuple(measures_in_words(told)))


def retention_of_groups(told: Told) -> Grid:
    """How long data about persons is kept, by concept."""
    return Grid(
        told.says(GROUPS, words.RETENTION),
        tuple(
            (told.say(concept.labels), retention_of_concept(concept, told))
            for concept in about_persons(told.known.model)
            if told.known.model.derived_as(concept.name) is None
        ),
    )


def measures_in_words(told: Told) -> Iterator[str]:
    """Each measure in a sentence, and where it is not in place, that it is not."""
    for measure in MEASURES.values():
        if measure.missing is None or measure.in_place(told.known.safeguards):
            yield told.say(measure.words)
        else:
            yield f"{told.say(measure.words)} {told.say(measure.missing)}"


def _processes(told: Told) -> Iterator[tuple[Cell, ...]]:
    known = told.known
    for purpose in words.PURPOSES:
        holders = [told.say(each.labels) for each in known.roles if purpose in each.role.purposes]
        tables = [told.say(table.labels) for table in known.features if purpose in table.purposes]
        figures = str(len(known.catalogue.metrics)) if holders else "0"
        yield (
            told.called(words.PURPOSES, purpose),
            words.PURPOSE_BASIS[purpose],
            told.listed(holders),
            figures,
            told.listed(tables),
        )
    makers = [told.say(each.labels) for each in known.roles if each.role.releases]
    yield (
        told.say(PUBLISHING),
        told.listed(dict.fromkeys(release.legal_basis for release in known.releases)),
        told.listed(makers),
        str(len({metric for release in known.releases for metric in release.metrics})),
        told.listed(told.say(release.labels) for release in known.releases),
    )
    overseers = [told.say(each.labels) for each in known.roles if "audit" in each.role.pages]
    yield (told.say(OVERSEEING), "703/2023 10–11 §, 552/2019 19 §", told.listed(overseers), "0", "–")


def _groups(told: Told) -> Iterator[tuple[Cell, ...]]:
    model = told.known.model
    labels = {system.name: told.say(system.labels) for system in model.systems}
    for concept in model.every_concept:
        number = counted([concept])
        yield (
            told.say(concept.labels),
            told.called(words.SENSITIVITY, strictest(concept)),
            str(number.total()),
            told.listed(labels[name] for name in systems_behind(model, [concept.name])),
        )


def _interfaces(told: Told) -> Iterator[tuple[Cell, ...]]:
    for system in told.known.model.systems:
        for feed in system.feeds:
            yield (told.say(system.labels), told.say(feed.labels), _manner(feed, told))


def _manner(feed: Feed, told: Told) -> str:
    way = words.ASKED_FOR if feed.collect else words.SENT if feed.intake else words.HANDED_OVER
    said = (
        told.called(words.FORMATS, feed.format),
        told.called(words.DELIVERIES, feed.delivery),
        told.say(way),
    )
    return ", ".join(said)
