"""The items a wellbeing services county's funding is made of, by act 617/2021."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class Item(StrEnum):
    """One line of an organiser's funding, in the order of the act's own list."""

    HEALTH = "health"
    ELDERLY = "elderly"
    SOCIAL = "social"
    RESIDENTS = "residents"
    DENSITY = "density"
    FOREIGN_LANGUAGE = "foreign_language"
    BILINGUAL = "bilingual"
    ARCHIPELAGO = "archipelago"
    SAMI = "sami"
    UNIVERSITY_HOSPITAL = "university_hospital"
    HYTE = "hyte"
    RESCUE_RESIDENTS = "rescue_residents"
    RESCUE_DENSITY = "rescue_density"
    RESCUE_RISK = "rescue_risk"
    TRANSITION = "transition"
    TRANSITION_RETURN = "transition_return"
    ADJUSTMENT = "adjustment"  # what a decision of the ministry adds or takes besides the formula


NEED: Final = (Item.HEALTH, Item.ELDERLY, Item.SOCIAL)
RESCUE: Final = (Item.RESCUE_RESIDENTS, Item.RESCUE_DENSITY, Item.RESCUE_RISK)
ENTITLED: Final = (Item.BILINGUAL, Item.SAMI, Item.UNIVERSITY_HOSPITAL)
"""Items that not every organiser gets."""
PRICED: Final = (
    *NEED,
    Item.RESIDENTS,
    Item.DENSITY,
    Item.FOREIGN_LANGUAGE,
    Item.BILINGUAL,
    Item.ARCHIPELAGO,
    Item.SAMI,
    Item.UNIVERSITY_HOSPITAL,
    Item.HYTE,
    *RESCUE,
)
"""Items with a base price: together the imputed costs of sections 13 and 21."""
