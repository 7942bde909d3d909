"""How long data is kept: by the rules of the law where the platform knows them, else by what people wrote."""

from __future__ import annotations

from typing import Final, assert_never

from virtaama.descriptions.document import Cell
from virtaama.descriptions.known import Told
from virtaama.descriptions.stores import Store
from virtaama.descriptions.words import Text
from virtaama.model.concepts import Concept
from virtaama.statutes.retained import rules_of
from virtaama.statutes.retention import (
    Fact,
    Period,
    Permanent,
    YearsAfter,
    YearsAfterDeathOrBirth,
    YearsAfterImaging,
)

YEARS: Final = Text("{years} vuotta ({source})", "{years} år ({source})", "{years} years ({source})")
ASK: Final = Text(
    "Kuinka kauan ja minkä säännön mukaan?", "Hur länge och enligt vilken regel?", "How long, by which rule?"
)


def retention_of(store: Store, told: Told) -> Cell:
    written = told.known.organisation.text(f"retention.{store}", told.language)
    if store is Store.AUDIT and not written:
        limits = told.known.log_data.limits(told.known.made)
        return told.say(YEARS).format(years=limits.years_kept, source=limits.basis)
    return told.answer(f"retention.{store}", ASK)


# What is known of concepts ----------------------------------------------------------------------------

UNSAID: Final = Text("Mallissa ei ole sanottu.", "Modellen säger det inte.", "The model does not say.")
FACTS: Final[dict[Fact, Text]] = {
    Fact.DEATH: Text("kuolemasta", "dödsfallet", "death"),
    Fact.BIRTH: Text("syntymästä", "födelsen", "birth"),
    Fact.CASE_CLOSED: Text("asian päättymisestä", "att ärendet avslutats", "the closing of the case"),
    Fact.NEED_ENDED: Text(
        "palvelutarpeen päättymisestä", "att servicebehovet upphört", "the end of the need of services"
    ),
    Fact.CREATED: Text("laatimisesta", "upprättandet", "creation"),
    Fact.MESSAGE: Text("viestin päiväyksestä", "meddelandets datum", "the date of the message"),
    Fact.RECEIVED: Text("saapumisesta", "ankomsten", "receipt"),
    Fact.IMAGED: Text("kuvantamisesta", "bilddiagnostiken", "imaging"),
    Fact.DECISION_EXPIRED: Text(
        "päätöksen voimassaolon päättymisestä",
        "att beslutet upphört att gälla",
        "the day the decision expired",
    ),
    Fact.TREATMENT_ENDED: Text(
        "lääkemääräyksen tai hoidon päättymisestä",
        "att receptet eller vården upphört",
        "the end of the prescription or of the episode of care",
    ),
    Fact.LAST_VISIT: Text("viimeisestä käynnistä", "det senaste besöket", "the last visit"),
}
_AND: Final = Text(" ja ", " och ", " and ")
_AFTER: Final = Text("{years} vuotta {fact}", "{years} år från {fact}", "{years} years from {fact}")
_DEATH_OR_BIRTH: Final = Text(
    "{death} vuotta kuolemasta; {birth} vuotta syntymästä, jos kuolemaa ei tiedetä tai lapsi kuoli",
    "{death} år från dödsfallet; {birth} år från födelsen om dödsfallet inte är känt eller ett barn dog",
    "{death} years from death; {birth} years from birth where no death is known or a child died",
)
_IMAGED: Final = Text(
    "{years} vuotta kuvantamisesta, enintään {most} vuotta kuolemasta",
    "{years} år från bilddiagnostiken, högst {most} år från dödsfallet",
    "{years} years from imaging, at most {most} years from death",
)
_PERMANENT: Final = Text(
    "pysyvästi, tarve arvioidaan {years} vuoden välein",
    "varaktigt, behovet bedöms med {years} års mellanrum",
    "for good, looked at anew every {years} years",
)


def retention_of_concept(concept: Concept, told: Told) -> str:
    """How long instances of a concept are kept, by which rules of the law; or why by none."""
    said = concept.retention
    if said is None:
        return told.say(UNSAID)
    if said.none:
        return said.none
    rules = rules_of(said, told.known.retention, told.known.made).values()
    return "; ".join(
        f"{told.say(rule.labels)}: {period_in_words(rule.period, told.language)} ({rule.basis})"
        for rule in rules
    )


def period_in_words(period: Period, language: str) -> str:
    match period:
        case YearsAfter(years=years, facts=facts):
            named = _AND.in_language(language).join(FACTS[fact].in_language(language) for fact in facts)
            return _AFTER.in_language(language).format(years=years, fact=named)
        case YearsAfterDeathOrBirth(after_death=death, after_birth=birth):
            return _DEATH_OR_BIRTH.in_language(language).format(death=death, birth=birth)
        case YearsAfterImaging(years=years, at_most_after_death=most):
            return _IMAGED.in_language(language).format(years=years, most=most)
        case Permanent(review_every=years):
            return _PERMANENT.in_language(language).format(years=years)
        case _:
            assert_never(period)
