"""What items, inputs and reasons are called, in three languages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from virtaama.model.concepts import Text
from virtaama.statutes.funding_items import Item
from virtaama.statutes.funding_organisers import Organiser
from virtaama.statutes.funding_parameters import Rule
from virtaama.statutes.hyte_coefficient import HyteIndicators
from virtaama.steering.funding.changes import EVERYBODY
from virtaama.steering.funding.determinants import ABOUT, COUNTRY, Determinant, Measure
from virtaama.steering.funding.inputs import Assumption, Inputs
from virtaama.steering.funding.terms import Reason

ITEMS: Final[Mapping[Item, Text]] = {
    Item.HEALTH: Text(
        "Terveydenhuollon palvelutarve", "Servicebehov inom hälso- och sjukvården", "Need of health care"
    ),
    Item.ELDERLY: Text(
        "Vanhustenhuollon palvelutarve", "Servicebehov inom äldreomsorgen", "Need of care of the elderly"
    ),
    Item.SOCIAL: Text(
        "Sosiaalihuollon palvelutarve", "Servicebehov inom socialvården", "Need of social welfare"
    ),
    Item.RESIDENTS: Text("Asukasmäärä", "Invånarantal", "Residents"),
    Item.DENSITY: Text("Asukastiheys", "Befolkningstäthet", "Density of population"),
    Item.FOREIGN_LANGUAGE: Text("Vieraskielisyys", "Främmande språk", "Foreign languages"),
    Item.BILINGUAL: Text("Kaksikielisyys", "Tvåspråkighet", "Bilingualism"),
    Item.ARCHIPELAGO: Text("Saaristoisuus", "Skärgård", "Archipelago"),
    Item.SAMI: Text("Saamenkielisyys", "Samiskspråkighet", "Sámi languages"),
    Item.UNIVERSITY_HOSPITAL: Text(
        "Yliopistosairaalalisä", "Universitetssjukhustillägg", "University hospital"
    ),
    Item.HYTE: Text(
        "Hyvinvoinnin ja terveyden edistäminen",
        "Främjande av välfärd och hälsa",
        "Promoting health and wellbeing",
    ),
    Item.RESCUE_RESIDENTS: Text(
        "Pelastustoimi: asukasmäärä", "Räddningsväsendet: invånarantal", "Rescue services: residents"
    ),
    Item.RESCUE_DENSITY: Text(
        "Pelastustoimi: asukastiheys", "Räddningsväsendet: befolkningstäthet", "Rescue services: density"
    ),
    Item.RESCUE_RISK: Text(
        "Pelastustoimi: riskitekijät", "Räddningsväsendet: riskfaktorer", "Rescue services: risk"
    ),
    Item.TRANSITION: Text("Siirtymätasaus", "Övergångsutjämning", "Transition equalisation"),
    Item.TRANSITION_RETURN: Text(
        "Siirtymätasauksen palautus", "Återbäring av övergångsutjämning", "Return of equalisation"
    ),
    Item.ADJUSTMENT: Text("Muut erät", "Övriga poster", "Other items"),
}

REASONS: Final[Mapping[Reason, Text]] = {
    Reason.NOT_GIVEN: Text("ei tuotu", "inte importerat", "not imported"),
    Reason.NOT_ALL_GIVEN: Text(
        "lasketaan koko maasta, ja jonkun alueen luku puuttuu",
        "räknas för hela landet, och någon områdes tal saknas",
        "counted over the whole country, and somebody's number is missing",
    ),
    Reason.NOTHING_COUNTED: Text(
        "mitään ei ole laskettavana", "det finns inget att räkna", "there is nothing to count"
    ),
}

NOT_ENTITLED: Final = Text("ei kuulu alueelle", "gäller inte området", "not for this organiser")
WHOLE_COUNTRY: Final = Text("koko maa", "hela landet", "whole country")
EVERY_ORGANISER: Final = Text("kaikki alueet", "alla områden", "every organiser")

RULES: Final[Mapping[Rule, Text]] = {
    Rule.NEED_GROWTH: Text(
        "palvelutarpeen arvioitu kasvu, %",
        "uppskattad ökning av servicebehovet, %",
        "estimated growth of need, %",
    ),
    Rule.NEED_GROWTH_ADDITION: Text(
        "siirtymäajan lisäys, %-yksikköä",
        "tillägg under övergångstiden, procentenheter",
        "addition, percentage points",
    ),
    Rule.NEED_GROWTH_SHARE: Text(
        "palvelutarpeen kasvusta huomioon otettava osuus, %",
        "beaktad andel av servicebehovets ökning, %",
        "share of the growth of need that is counted, %",
    ),
    Rule.INDEX_WEIGHT_EARNINGS: Text(
        "ansiotasoindeksin paino", "förtjänstnivåindexets vikt", "weight of earnings"
    ),
    Rule.INDEX_WEIGHT_CONSUMER_PRICES: Text(
        "kuluttajahintaindeksin paino", "konsumentprisindexets vikt", "weight of consumer prices"
    ),
    Rule.INDEX_WEIGHT_CONTRIBUTIONS: Text(
        "sosiaaliturvamaksujen paino",
        "socialskyddsavgifternas vikt",
        "weight of social security contributions",
    ),
    Rule.EXPOST_SHARE: Text(
        "jälkikäteistarkistuksesta huomioon otettava osuus, %",
        "beaktad andel av efterhandsjusteringen, %",
        "share of the later correction, %",
    ),
    Rule.SHARE_NEED: Text("palvelutarpeen osuus, %", "servicebehovets andel, %", "share of need, %"),
    Rule.SHARE_RESIDENTS: Text("asukasmäärän osuus, %", "invånarantalets andel, %", "share of residents, %"),
    Rule.SHARE_DENSITY: Text(
        "asukastiheyden osuus, %", "befolkningstäthetens andel, %", "share of density, %"
    ),
    Rule.SHARE_FOREIGN_LANGUAGE: Text(
        "vieraskielisyyden osuus, %", "främmande språks andel, %", "share of foreign languages, %"
    ),
    Rule.SHARE_BILINGUAL: Text(
        "kaksikielisyyden osuus, %", "tvåspråkighetens andel, %", "share of bilingualism, %"
    ),
    Rule.SHARE_ARCHIPELAGO: Text(
        "saaristoisuuden osuus, %", "skärgårdens andel, %", "share of the archipelago, %"
    ),
    Rule.SHARE_SAMI: Text(
        "saamenkielisyyden osuus, %", "samiskspråkighetens andel, %", "share of Sámi languages, %"
    ),
    Rule.SHARE_UNIVERSITY_HOSPITAL: Text(
        "yliopistosairaalalisän osuus, %",
        "universitetssjukhustilläggets andel, %",
        "share of the university hospital item, %",
    ),
    Rule.SHARE_HYTE: Text("HYTEn osuus, %", "HYTE-andel, %", "share of HYTE, %"),
    Rule.SHARE_RESCUE: Text(
        "pelastustoimen osuus, %", "räddningsväsendets andel, %", "share of rescue services, %"
    ),
    Rule.WEIGHT_HEALTH: Text(
        "terveydenhuollon paino", "hälso- och sjukvårdens vikt", "weight of health care"
    ),
    Rule.WEIGHT_ELDERLY: Text(
        "vanhustenhuollon paino", "äldreomsorgens vikt", "weight of care of the elderly"
    ),
    Rule.WEIGHT_SOCIAL: Text("sosiaalihuollon paino", "socialvårdens vikt", "weight of social welfare"),
    Rule.WEIGHT_RESCUE_RESIDENTS: Text(
        "pelastustoimen asukasmäärän paino",
        "räddningsväsendet: invånarantalets vikt",
        "rescue: weight of residents",
    ),
    Rule.WEIGHT_RESCUE_DENSITY: Text(
        "pelastustoimen asukastiheyden paino",
        "räddningsväsendet: täthetens vikt",
        "rescue: weight of density",
    ),
    Rule.WEIGHT_RESCUE_RISK: Text(
        "pelastustoimen riskitekijöiden paino",
        "räddningsväsendet: riskfaktorernas vikt",
        "rescue: weight of risk",
    ),
    Rule.HYTE_BY_COEFFICIENT: Text(
        "HYTE kertoimen mukaan (1 tai 0)",
        "HYTE enligt koefficient (1 eller 0)",
        "HYTE by coefficient (1 or 0)",
    ),
    Rule.TRANSITION_GAIN: Text(
        "siirtymätasaus: hyötyjän oma osuus, € asukasta kohden",
        "övergångsutjämning: vinnares egen andel, € per invånare",
        "transition: borne by who gains, € for a resident",
    ),
    Rule.TRANSITION_LOSS: Text(
        "siirtymätasaus: häviäjän oma osuus, € asukasta kohden",
        "övergångsutjämning: förlorares egen andel, € per invånare",
        "transition: borne by who loses, € for a resident",
    ),
    Rule.TRANSITION_WITH_UNIVERSITY: Text(
        "siirtymätasauksessa yliopistosairaalalisä (1 tai 0)",
        "universitetssjukhustillägget i övergångsutjämningen (1 eller 0)",
        "university hospital item in the transition (1 or 0)",
    ),
    Rule.TRANSITION_WITH_HYTE: Text(
        "siirtymätasauksessa HYTE-kerroin (1 tai 0)",
        "HYTE-koefficienten i övergångsutjämningen (1 eller 0)",
        "HYTE coefficient in the transition (1 or 0)",
    ),
}

ASSUMPTIONS: Final[Mapping[Assumption, Text]] = {
    Assumption.EARNINGS: Text(
        "ansiotason muutos, %", "förändring av förtjänstnivån, %", "change of earnings, %"
    ),
    Assumption.CONSUMER_PRICES: Text(
        "kuluttajahintojen muutos, %", "förändring av konsumentpriserna, %", "change of consumer prices, %"
    ),
    Assumption.CONTRIBUTIONS: Text(
        "sosiaaliturvamaksujen muutos, %",
        "förändring av socialskyddsavgifterna, %",
        "change of social security contributions, %",
    ),
    Assumption.TASK_CHANGES: Text("tehtävämuutokset, €", "uppgiftsändringar, €", "changes of tasks, €"),
    Assumption.EXPOST_DIFFERENCE: Text(
        "toteutuneiden ja laskennallisten kustannusten ero, €",
        "skillnaden mellan faktiska och kalkylerade kostnader, €",
        "actual less imputed costs, €",
    ),
    Assumption.EXPOST_INCLUDED: Text(
        "hintoihin sisältyvä jälkikäteistarkistus, €",
        "efterhandsjustering som ingår i priserna, €",
        "correction included in the prices, €",
    ),
}

_MADE: Final[Mapping[str, Text]] = {
    "density_ratio": Text(
        "koko maan tiheys alueen tiheyteen",
        "landets täthet till områdets",
        "density of the country to its own",
    ),
    "hyte": Text("HYTE-kerroin laskettuna", "HYTE-koefficient, beräknad", "HYTE coefficient as computed"),
    "hyte_score": Text("painotetut HYTE-pisteet", "viktade HYTE-poäng", "weighted scores of HYTE"),
    "lowest_score": Text("pienin pistemäärä", "lägsta poäng", "lowest score"),
    "equalised": Text(
        "tasattava ero asukasta kohden, €", "utjämnad skillnad per invånare, €", "equalised for a resident, €"
    ),
    "transition_surplus": Text(
        "siirtymätasausten ylijäämä, €", "överskott av övergångsutjämningen, €", "surplus of equalisation, €"
    ),
    "share_of_residents": Text("osuus asukkaista", "andel av invånarna", "share of residents"),
    "need_growth": Text("palvelutarpeen kasvu, %", "servicebehovets ökning, %", "growth of need, %"),
    "price_growth": Text("hyvinvointialueindeksi, %", "välfärdsområdesindex, %", "price index, %"),
    "expost": Text("jälkikäteistarkistus, €", "efterhandsjustering, €", "later correction, €"),
    "underlying": Text("taso ilman tarkistusta, €", "nivå utan justering, €", "level without correction, €"),
    "level": Text("koko maan taso, €", "nivå för hela landet, €", "level of the country, €"),
    "imputed": Text("laskennalliset kustannukset, €", "kalkylerade kostnader, €", "imputed costs, €"),
    "share": Text("osuus tasosta", "andel av nivån", "share of the level"),
    "units": Text("yksiköitä", "enheter", "units"),
}

_PRICE: Final = Text("perushinta", "grundpris", "base price")
_ENTITLED: Final = Text("oikeus erään", "rätt till posten", "entitlement")


def name_of(name: str, inputs: Inputs, language: str) -> str:
    """An input, or what was made of inputs, in words; with whose it is where it is somebody's."""
    kind, _, rest = name.partition(".")
    first, _, last = rest.partition(".")
    if kind == "price":
        return f"{_PRICE.in_language(language)}: {ITEMS[Item(rest)].in_language(language)}"
    if kind == "rule":
        return RULES[Rule(rest)].in_language(language)
    if kind == "assumption":
        return ASSUMPTIONS[Assumption(rest)].in_language(language)
    whose = organiser_name(first, inputs.organisers, language)
    if kind == "determinant":
        about = ABOUT[Determinant(last)]
        unit = " km²" if about.measure is Measure.SQUARE_KILOMETRES else ""
        return f"{about.label.in_language(language)}{unit and ',' + unit}, {whose}"
    if kind == "entitled":
        return f"{_ENTITLED.in_language(language)} {ITEMS[Item(last)].in_language(language)}, {whose}"
    if kind == "score":
        return f"{_indicator(last, inputs.indicators, language)}, {whose}"
    made = _MADE[kind].in_language(language)
    return f"{made}, {first}" if first.isdigit() and len(first) == 4 else made


def organiser_name(code: str, organisers: Sequence[Organiser], language: str) -> str:
    if code == COUNTRY:
        return WHOLE_COUNTRY.in_language(language)
    if code == EVERYBODY:
        return EVERY_ORGANISER.in_language(language)
    return next((each.name.in_language(language) for each in organisers if each.code == code), code)


def _indicator(name: str, indicators: HyteIndicators, language: str) -> str:
    labels = (each.label for each in indicators.indicators if each.indicator == name)
    return next((label.in_language(language) for label in labels), name)
