"""A draft of the data protection impact assessment: article 35 of the GDPR."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from virtaama.descriptions import words
from virtaama.descriptions.document import Blank, Cell, Document, Grid, Heading, Listing, Paragraph, Part
from virtaama.descriptions.known import (
    Known,
    Told,
    about_persons,
    counted,
    kinds_of_person,
    systems_behind,
)
from virtaama.descriptions.measures import MEASURES, Measure
from virtaama.descriptions.organisation import Degree, Judged
from virtaama.descriptions.risks import RISKS
from virtaama.descriptions.words import Text
from virtaama.model.concepts import Sensitivity

TITLE: Final = Text(
    "Tietosuojaa koskeva vaikutustenarviointi, luonnos",
    "Konsekvensbedömning avseende dataskydd, utkast",
    "Data protection impact assessment, draft",
)
BASIS: Final = "GDPR 35 art. 7"
PROCESSING: Final = Text("Kuvaus käsittelystä", "Beskrivning av behandlingen", "The processing")
NEED: Final = Text(
    "Tarpeellisuus ja oikeasuhteisuus", "Behov och proportionalitet", "Necessity and proportionality"
)
RISKS_TITLE: Final = Text("Riskit ja toimenpiteet", "Risker och åtgärder", "Risks and measures")
HELD: Final = Text(
    "Mikä pitää toimenpiteet voimassa", "Vad som upprätthåller åtgärderna", "What holds the measures"
)
OPINIONS: Final = Text("Kuuleminen ja hyväksyminen", "Hörande och godkännande", "Hearing and acceptance")
SCALE: Final = Text(
    "Tietoja tulee {systems} järjestelmästä. Henkilöistä kertoo {concepts} käsitettä, joissa on {personal} "
    "henkilötietoa, {special} erityistä henkilötietoa ja {direct} suoraa tunnistetta. Ihmisryhmät: {persons}.",
    "Uppgifter kommer från {systems} system. Om personer berättar {concepts} begrepp med {personal} personuppgifter, "
    "{special} särskilda personuppgifter och {direct} direkta identifierare. Grupper av människor: {persons}.",
    "Data comes from {systems} systems. {concepts} concepts tell of persons, with {personal} attributes of personal "
    "data, {special} of special categories and {direct} direct identifiers. Groups of people: {persons}.",
)
WHY: Final = Text(
    "Arviointi tarvitaan, koska erityisiä henkilötietoja käsitellään laajasti ja eri lähteiden tietoja yhdistetään "
    "(35 artiklan 3 kohdan b alakohta).",
    "En bedömning behövs eftersom särskilda personuppgifter behandlas i stor omfattning och uppgifter ur olika källor "
    "kombineras (artikel 35.3 b).",
    "An assessment is needed because special categories are processed on a large scale and data of several sources is "
    "combined (article 35(3)(b)).",
)
RELEASED: Final = Text(
    "Henkilötietoja ei luovuteta hyvinvointialueen ulkopuolelle; anonyymeja aineistoja on {count}.",
    "Personuppgifter lämnas inte ut utanför välfärdsområdet; det finns {count} anonyma datamängder.",
    "No personal data leaves the county; there are {count} anonymous data sets.",
)
BOUND: Final = Text(
    "Erityiset henkilötiedot käyttötarkoituksittain",
    "Särskilda personuppgifter per ändamål",
    "Special categories by purpose",
)
UNREAD: Final = Text(
    "Henkilöistä kertovat käsitteet, joita mikään mittari tai piirretaulu ei lue",
    "Begrepp om personer som ingen mätare eller egenskapstabell läser",
    "Concepts about persons that no metric and no feature table reads",
)
ASK_UNREAD: Final = Text(
    "Mihin näitä tarvitaan? Mitä ei tarvita, jätetään toimittamatta.",
    "Till vad behövs dessa? Det som inte behövs lämnas bort ur leveranserna.",
    "What are these needed for? What is not needed is left out of the deliveries.",
)
ALL_READ: Final = Text("Kaikkia luetaan.", "Alla läses.", "All are read.")
RISK: Final = Text("Riski", "Risk", "Risk")
LIKELY: Final = Text("Todennäköisyys", "Sannolikhet", "Likelihood")
GRAVE: Final = Text("Vakavuus", "Allvar", "Severity")
DECISION: Final = Text("Ratkaisu", "Beslut", "Decision")
DEGREES: Final = {
    Degree.LOW: Text("pieni", "liten", "low"),
    Degree.MEDIUM: Text("keskimääräinen", "medelstor", "medium"),
    Degree.HIGH: Text("suuri", "stor", "high"),
}
ASK_DEGREE: Final = Text(
    "Pieni, keskimääräinen vai suuri?", "Liten, medelstor eller stor?", "Low, medium or high?"
)
ASK_DECISION: Final = Text(
    "Mitä jäljelle jäävälle riskille tehdään?",
    "Vad görs åt den risk som återstår?",
    "What is done about what is left?",
)
OPEN_POINTS: Final = {
    "necessity": Text(
        "Miksi käsittely on tarpeen, ja miksei vähempi riitä?",
        "Varför behövs behandlingen, och varför räcker inte mindre?",
        "Why is the processing needed, and why would less not do?",
    ),
    "automated_decisions": Text(
        "Päätetäänkö ihmisestä mitään koneellisesti (22 art.)?",
        "Fattas beslut om människor maskinellt (art. 22)?",
        "Is anything decided about a person by machine (article 22)?",
    ),
    "persons_heard": Text(
        "Miten rekisteröityjä tai heidän edustajiaan on kuultu?",
        "Hur har de registrerade eller deras företrädare hörts?",
        "How were data subjects or those who speak for them heard?",
    ),
    "officer_opinion": Text(
        "Mitä tietosuojavastaava lausui?",
        "Vad ansåg dataskyddsombudet?",
        "What did the data protection officer say?",
    ),
    "accepted_by": Text(
        "Kuka hyväksyi jäljelle jäävät riskit ja milloin?",
        "Vem godkände de risker som återstår, och när?",
        "Who accepted what is left of the risks, and when?",
    ),
}
POINTS: Final = {
    "necessity": NEED,
    "automated_decisions": Text("Automaattiset päätökset", "Automatiserade beslut", "Automated decisions"),
    "persons_heard": Text("Kuuleminen", "Hörande", "Hearing"),
    "officer_opinion": Text(
        "Tietosuojavastaavan lausunto", "Dataskyddsombudets utlåtande", "The officer's opinion"
    ),
    "accepted_by": Text("Hyväksyminen", "Godkännande", "Acceptance"),
}


def impact_assessment(known: Known, language: str) -> Document:
    told = Told(known, language)
    return told.document("impact-assessment", TITLE, BASIS, _parts(told))


def _parts(told: Told) -> Iterator[Part]:
    known = told.known
    yield Heading(told.say(PROCESSING))
    yield Paragraph(told.say(WHY))
    yield Paragraph(_scale(told))
    yield Paragraph(told.say(RELEASED).format(count=len(known.releases)))
    yield Heading(told.say(NEED))
    yield _points(told, "necessity")
    yield Paragraph(told.say(BOUND))
    yield Grid(told.says(words.PURPOSE, words.NAME, words.SOURCES), tuple(_bound(told)))
    yield Paragraph(told.say(UNREAD))
    yield Listing(_unread_in_words(told))
    yield Heading(told.say(RISKS_TITLE))
    yield Grid(told.says(RISK, words.MEASURE, LIKELY, GRAVE, DECISION), tuple(_risks(told)))
    yield Heading(told.say(HELD))
    yield Grid(told.says(words.MEASURE, words.STATE, words.TESTS), tuple(_held(told)))
    yield Heading(told.say(OPINIONS))
    yield _points(told, "automated_decisions", "persons_heard", "officer_opinion", "accepted_by")


def _scale(told: Told) -> str:
    concepts = about_persons(told.known.model)
    number = counted(concepts)
    return told.say(SCALE).format(
        systems=len(told.known.model.systems),
        concepts=len(concepts),
        personal=number[Sensitivity.PERSONAL],
        special=number[Sensitivity.SPECIAL],
        direct=number[Sensitivity.DIRECT],
        persons=told.listed(told.say(each.labels) for each in kinds_of_person(told.known.model)),
    )


def _points(told: Told, *names: str) -> Grid:
    return Grid(
        told.says(words.WHAT, DECISION),
        tuple(
            (told.say(POINTS[name]), told.answer(f"impact_assessment.{name}", OPEN_POINTS[name]))
            for name in names
        ),
    )


def _bound(told: Told) -> Iterator[tuple[Cell, ...]]:
    """What special categories may be used for, and who delivers them."""
    model = told.known.model
    labels = {system.name: told.say(system.labels) for system in model.systems}
    for purpose in words.PURPOSES:
        concepts = [
            concept
            for concept in model.every_concept
            if any(
                purpose in attribute.purposes
                for attribute in concept.attributes
                if attribute.sensitivity is Sensitivity.SPECIAL
            )
        ]
        behind = systems_behind(model, [concept.name for concept in concepts])
        yield (
            told.called(words.PURPOSES, purpose),
            told.listed(told.say(concept.labels) for concept in concepts),
            told.listed(labels[name] for name in behind),
        )


def _unread_in_words(told: Told) -> tuple[Cell, ...]:
    names = told.known.unread
    if not names:
        return (told.say(ALL_READ),)
    labels = tuple(told.say(told.known.model.concept(name).labels) for name in names)
    return (*labels, told.answer("impact_assessment.unread", ASK_UNREAD))


def _risks(told: Told) -> Iterator[tuple[Cell, ...]]:
    for name, risk in RISKS.items():
        judged = told.known.organisation.risks.get(name, Judged())
        where = f"impact_assessment.risks.{name}"
        measures = " ".join(told.say(MEASURES[each].words) for each in risk.measures)
        yield (
            told.say(risk.words),
            measures,
            _degree(told, judged.likelihood, f"{where}.likelihood"),
            _degree(told, judged.severity, f"{where}.severity"),
            told.say(judged.decision)
            if judged.decision
            else Blank(told.say(ASK_DECISION), f"{where}.decision"),
        )


def _degree(told: Told, degree: Degree | None, where: str) -> Cell:
    return Blank(told.say(ASK_DEGREE), where) if degree is None else told.say(DEGREES[degree])


def _held(told: Told) -> Iterator[tuple[Cell, ...]]:
    for measure in MEASURES.values():
        yield told.say(measure.words), _state(told, measure), ", ".join(measure.tests)


def _state(told: Told, measure: Measure) -> str:
    if measure.in_place(told.known.safeguards) or measure.missing is None:
        return told.say(words.IN_PLACE)
    return told.say(measure.missing)
