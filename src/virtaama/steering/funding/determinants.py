"""What is counted of organisers: the determinants of the formula, with their units and what columns are headed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from virtaama.model.concepts import Text

COUNTRY: Final = "FI"
"""The code of the row of the whole country, beside those of organisers."""


class Determinant(StrEnum):
    """One number about one organiser in one year."""

    RESIDENTS = "residents"
    HEALTH_NEED = "health_need"
    ELDERLY_NEED = "elderly_need"
    SOCIAL_NEED = "social_need"
    LAND_AREA = "land_area"
    TOTAL_AREA = "total_area"
    FOREIGN_LANGUAGE_RESIDENTS = "foreign_language_residents"
    SWEDISH_SPEAKING_RESIDENTS = "swedish_speaking_residents"
    ARCHIPELAGO_RESIDENTS = "archipelago_residents"
    SAMI_SPEAKING_RESIDENTS = "sami_speaking_residents"
    HYTE = "hyte"
    RISK = "risk"
    RESIDENTS_2022 = "residents_2022"
    IMPUTED_2022 = "imputed_2022"
    ACTUAL_2022 = "actual_2022"
    UNIVERSITY_EFFECT_2022 = "university_effect_2022"
    HYTE_EFFECT_2022 = "hyte_effect_2022"
    ADJUSTMENT = "adjustment"
    TRANSITION_RETURN = "transition_return"


class Measure(StrEnum):
    """What a determinant is counted in."""

    PERSONS = "persons"
    SQUARE_KILOMETRES = "km2"
    COEFFICIENT = "coefficient"  # 1 is the mean of the country
    EUROS = "euros"
    EUROS_PER_RESIDENT = "euros_per_resident"


@dataclass(frozen=True, slots=True)
class About:
    """The unit of a determinant and its name in three languages: any of them heads its column."""

    measure: Measure
    label: Text

    @property
    def may_be_negative(self) -> bool:
        return self.measure in (Measure.EUROS, Measure.EUROS_PER_RESIDENT)


_P, _A, _C, _E = Measure.PERSONS, Measure.SQUARE_KILOMETRES, Measure.COEFFICIENT, Measure.EUROS
ABOUT: Final[Mapping[Determinant, About]] = {
    Determinant.RESIDENTS: About(_P, Text("asukasmäärä", "invånarantal", "residents")),
    Determinant.HEALTH_NEED: About(
        _C,
        Text(
            "terveydenhuollon tarvekerroin", "hälso- och sjukvårdens behovskoefficient", "need of health care"
        ),
    ),
    Determinant.ELDERLY_NEED: About(
        _C,
        Text(
            "vanhustenhuollon tarvekerroin", "äldreomsorgens behovskoefficient", "need of care of the elderly"
        ),
    ),
    Determinant.SOCIAL_NEED: About(
        _C, Text("sosiaalihuollon tarvekerroin", "socialvårdens behovskoefficient", "need of social welfare")
    ),
    Determinant.LAND_AREA: About(_A, Text("maapinta-ala", "landareal", "land area")),
    Determinant.TOTAL_AREA: About(_A, Text("kokonaispinta-ala", "totalareal", "total area")),
    Determinant.FOREIGN_LANGUAGE_RESIDENTS: About(
        _P, Text("vieraskieliset", "personer med främmande språk", "residents with a foreign language")
    ),
    Determinant.SWEDISH_SPEAKING_RESIDENTS: About(
        _P, Text("ruotsinkieliset", "svenskspråkiga", "Swedish-speaking residents")
    ),
    Determinant.ARCHIPELAGO_RESIDENTS: About(
        _P, Text("saaristossa asuvat", "skärgårdsbor", "residents of the archipelago")
    ),
    Determinant.SAMI_SPEAKING_RESIDENTS: About(
        _P, Text("saamenkieliset", "samiskspråkiga", "Sámi-speaking residents")
    ),
    Determinant.HYTE: About(_C, Text("HYTE-kerroin", "HYTE-koefficient", "HYTE coefficient")),
    Determinant.RISK: About(
        _C, Text("riskikerroin", "riskkoefficient", "risk coefficient of rescue services")
    ),
    Determinant.RESIDENTS_2022: About(
        _P, Text("asukasmäärä 2022", "invånarantal 2022", "residents of the transition")
    ),
    Determinant.IMPUTED_2022: About(
        _E, Text("laskennalliset kustannukset 2022", "kalkylerade kostnader 2022", "imputed costs of 2022")
    ),
    Determinant.ACTUAL_2022: About(
        _E, Text("toteutuneet kustannukset 2022", "faktiska kostnader 2022", "actual costs of 2022")
    ),
    Determinant.UNIVERSITY_EFFECT_2022: About(
        _E,
        Text(
            "yliopistosairaalalisän vaikutus 2022",
            "universitetssjukhustilläggets effekt 2022",
            "effect of the university hospital item",
        ),
    ),
    Determinant.HYTE_EFFECT_2022: About(
        _E,
        Text(
            "HYTE-kertoimen vaikutus 2022",
            "HYTE-koefficientens effekt 2022",
            "effect of the HYTE coefficient",
        ),
    ),
    Determinant.ADJUSTMENT: About(_E, Text("muut erät", "övriga poster", "other items of the decision")),
    Determinant.TRANSITION_RETURN: About(
        Measure.EUROS_PER_RESIDENT,
        Text(
            "siirtymätasauksen palautus asukasta kohden",
            "återbäring av övergångsutjämning per invånare",
            "return of the transition, for a resident",
        ),
    ),
}

OF_COUNTRY: Final = (
    Determinant.RESIDENTS,
    Determinant.LAND_AREA,
    Determinant.TOTAL_AREA,
    Determinant.TRANSITION_RETURN,
)
"""What the row of the whole country may hold: what a county needs of the others when it has not all of them."""
OF_COUNTRY_ALONE: Final = (Determinant.TRANSITION_RETURN,)
OPTIONAL: Final = (Determinant.ADJUSTMENT, Determinant.TRANSITION_RETURN)
"""What is not missed where a table does not have it: there is such an item only when somebody names it."""
