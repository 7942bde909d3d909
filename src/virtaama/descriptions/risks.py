"""The risks to persons a data protection impact assessment of this platform goes through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from virtaama.model.concepts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """What could happen to persons, and the names of the measures against it."""

    words: Text
    measures: tuple[str, ...]


RISKS: Final[Mapping[str, Risk]] = {
    "stolen_copy": Risk(
        words=Text(
            "Joku saa haltuunsa kopion tiedoista ja tunnistaa siitä henkilöitä.",
            "Någon kommer över en kopia av data och känner igen personer i den.",
            "Somebody gets hold of a copy of the data and recognises persons in it.",
        ),
        measures=("pseudonyms", "direct"),
    ),
    "curiosity": Risk(
        words=Text(
            "Käyttäjä katsoo ihmisten tietoja ilman syytä.",
            "En användare tittar på människors uppgifter utan skäl.",
            "A user looks at people's data without a reason.",
        ),
        measures=("decision", "care_relation", "record", "pages"),
    ),
    "small_groups": Risk(
        words=Text(
            "Luvuista voi päätellä jotakin yksittäisestä ihmisestä.",
            "Ur siffror går det att sluta sig till något om en enskild människa.",
            "Something about a single person can be inferred from figures.",
        ),
        measures=("small_groups", "releases", "extracts"),
    ),
    "found": Risk(
        words=Text(
            "Joku, jota ihminen pakenee, saa selville, missä tämä asuu.",
            "Någon som en människa flyr från får veta var hon bor.",
            "Somebody a person flees from finds out where they live.",
        ),
        measures=("protection_orders", "decision", "record"),
    ),
    "other_purpose": Risk(
        words=Text(
            "Tietoja käytetään muuhun kuin siihen, mihin ne on kerätty.",
            "Uppgifter används till annat än det de samlats in för.",
            "Data is used for something else than what it was collected for.",
        ),
        measures=("decision", "record"),
    ),
    "kept_too_long": Risk(
        words=Text(
            "Tietoja säilytetään pidempään kuin laki sallii.",
            "Uppgifter bevaras längre än lagen tillåter.",
            "Data is kept for longer than the law allows.",
        ),
        measures=("erased",),
    ),
    "wrong_data": Risk(
        words=Text(
            "Väärä tai puuttuva tieto vie palvelujen suunnittelun harhaan.",
            "Felaktiga eller saknade uppgifter leder planeringen av tjänster vilse.",
            "Wrong or missing data leads the planning of services astray.",
        ),
        measures=("checked",),
    ),
    "loss": Risk(
        words=Text(
            "Tiedot häviävät tai vaurioituvat.",
            "Uppgifter går förlorade eller skadas.",
            "Data is lost or damaged.",
        ),
        measures=("kept",),
    ),
    "log": Risk(
        words=Text(
            "Joku peittää jälkensä muuttamalla lokia.",
            "Någon döljer sina spår genom att ändra loggen.",
            "Somebody covers their tracks by changing the log.",
        ),
        measures=("tampering", "anchor"),
    ),
    "outsider": Risk(
        words=Text(
            "Ulkopuolinen pääsee portaaliin tai saa tietoja verkon kautta.",
            "En utomstående kommer in i portalen eller får uppgifter över nätet.",
            "An outsider gets into the portal or gets data over the network.",
        ),
        measures=("sign_in", "pages", "nothing_leaks"),
    ),
    "profiling": Risk(
        words=Text(
            "Ihmistä kohdellaan huonosti piirretaulusta opetetun mallin vuoksi.",
            "En människa behandlas illa på grund av en modell som lärts av en egenskapstabell.",
            "A person is treated badly because of a model taught by a feature table.",
        ),
        measures=("decision", "extracts", "record"),
    ),
}
"""By name, in the order they are gone through."""
