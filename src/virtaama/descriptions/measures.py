"""What protects persons: each measure in words, with the tests that hold it and what shows it in this project."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from virtaama.model.concepts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Safeguards:
    """What a project has set up; each is a fact of its settings."""

    minimum_group: int  # figures about fewer persons are not shown
    sign_in: str  # host of the county's provider of identities; empty where local accounts are used
    anchored: bool  # whether the audit log is noted outside
    demo: bool  # the data is invented
    engine: str
    hosts: tuple[str, ...]  # the only ones spoken to
    languages: tuple[str, ...] = ("fi", "sv", "en")


@dataclass(frozen=True, slots=True, kw_only=True)
class Measure:
    """`tests` hold it in every version; `in_place` tells from the settings where it must be set up as well."""

    words: Text
    tests: tuple[str, ...]
    in_place: Callable[[Safeguards], bool] = lambda safeguards: True
    missing: Text | None = None  # what is said where it is not in place


_PRIVACY: Final = "tests/privacy"
_PORTAL: Final = "tests/privacy/portal"
MEASURES: Final[Mapping[str, Measure]] = {
    "pseudonyms": Measure(
        words=Text(
            "Henkilötunnus korvataan satunnaisella pseudonyymillä ennen kuin riviäkään kirjoitetaan; se, mikä tunnus "
            "pseudonyymin takana on, ja avaimet siihen ovat erillään tiedoista ja toisistaan.",
            "Personbeteckningen ersätts med en slumpmässig pseudonym innan en enda rad skrivs; vilken beteckning den "
            "står för, och nycklarna till det, finns skilt från data och från varandra.",
            "An identity code is replaced by a random pseudonym before a row is written; which code it stands for, and "
            "the keys to that, lie apart from the data and from each other.",
        ),
        tests=(
            f"{_PRIVACY}/test_identity_codes.py",
            f"{_PRIVACY}/test_no_identity_code_in_lake.py",
            f"{_PRIVACY}/test_stolen_codes_stay_closed.py",
        ),
    ),
    "direct": Measure(
        words=Text(
            "Nimet ja osoitteet ovat vain salattuina, eivätkä ne koskaan päädy siihen, mistä kysymyksiin vastataan.",
            "Namn och adresser finns endast krypterade och hamnar aldrig i det som frågor besvaras ur.",
            "Names and addresses are kept enciphered only, and never reach what questions are answered from.",
        ),
        tests=(f"{_PRIVACY}/test_snapshots_name_nobody.py",),
    ),
    "decision": Measure(
        words=Text(
            "Kysymys, kysyjä ja käyttötarkoitus ratkaistaan ennen kuin mitään luetaan; ilman ratkaisua ei ole "
            "vastausta.",
            "Fråga, frågare och ändamål avgörs innan något läses; utan beslut finns inget svar.",
            "Question, person and purpose are decided on before anything is read; without a decision there is no "
            "answer.",
        ),
        tests=(
            f"{_PRIVACY}/test_no_plan_without_a_decision.py",
            f"{_PRIVACY}/test_rows_need_a_decision.py",
        ),
    ),
    "care_relation": Measure(
        words=Text(
            "Yksittäinen henkilö avataan vain hoito- tai asiakassuhteen ja asetuksen työroolin perusteella; muutoin "
            "kirjallisella syyllä, joka näkyy heti tietosuojavastaavalle.",
            "En enskild person öppnas endast på grund av en vård- eller klientrelation och en arbetsroll i "
            "förordningen; annars med skriftligt skäl som dataskyddsombudet genast ser.",
            "A single person is opened only by a care relation and a work role of the decree; else with a written "
            "reason that the data protection officer sees at once.",
        ),
        tests=(
            f"{_PRIVACY}/test_persons_need_a_care_relation.py",
            f"{_PRIVACY}/test_work_roles_open_what_the_decree_says.py",
            f"{_PRIVACY}/test_persons_by_a_naive_filter.py",
        ),
    ),
    "record": Measure(
        words=Text(
            "Jokainen kysymys, avattu rivi ja kieltäytyminen kirjataan ennen vastausta; jos kirjaus ei onnistu, mitään "
            "ei näytetä.",
            "Varje fråga, öppnad rad och vägran antecknas före svaret; kan den inte antecknas visas ingenting.",
            "Every question, opened row and refusal is on record before the answer; if it cannot be, nothing is shown.",
        ),
        tests=(
            f"{_PRIVACY}/test_audit_comes_before_the_answer.py",
            f"{_PRIVACY}/test_the_record_says_about_whom.py",
        ),
    ),
    "tampering": Measure(
        words=Text(
            "Tarkastuslokin muuttaminen huomataan, myös erillisellä ohjelmalla.",
            "En ändring i granskningsloggen upptäcks, också med ett separat program.",
            "A change to the audit log is found, by a separate program as well.",
        ),
        tests=(f"{_PRIVACY}/test_tampering_is_found.py",),
    ),
    "anchor": Measure(
        words=Text(
            "Tarkastuslokin pää merkitään tunneittain muistiin muualle, joten katkaistu loppu huomataan.",
            "Granskningsloggens slut antecknas varje timme på annat håll, så att en avkapad ände upptäcks.",
            "The head of the audit log is noted elsewhere every hour, so that a cut end is found.",
        ),
        tests=(f"{_PRIVACY}/test_tampering_is_found.py",),
        in_place=lambda safeguards: safeguards.anchored,
        missing=Text(
            "Ei käytössä: asetuksissa ei ole paikkaa (audit: anchor).",
            "Inte i bruk: inställningarna nämner ingen plats (audit: anchor).",
            "Not in place: the settings name no place (audit: anchor).",
        ),
    ),
    "small_groups": Measure(
        words=Text(
            "Pieniä ryhmiä koskevat luvut piilotetaan, ja niiden kanssa niin monta muuta, ettei piilotettua voi "
            "laskea.",
            "Siffror om små grupper döljs, och så många andra med dem att det dolda inte kan räknas ut.",
            "Figures about small groups are hidden, and enough others with them that none can be worked out.",
        ),
        tests=(
            f"{_PRIVACY}/test_small_groups_stay_hidden.py",
            f"{_PRIVACY}/test_small_cells_cannot_be_worked_out.py",
            f"{_PRIVACY}/test_overlapping_questions_isolate_nobody.py",
            f"{_PRIVACY}/test_recording_tells_of_no_few.py",
        ),
        in_place=lambda safeguards: safeguards.minimum_group > 1,
        missing=Text(
            "Ei käytössä: asetuksissa pienin ryhmä on alle kaksi (minimum_group).",
            "Inte i bruk: inställningarnas minsta grupp är under två (minimum_group).",
            "Not in place: the smallest group of the settings is below two (minimum_group).",
        ),
    ),
    "releases": Measure(
        words=Text(
            "Aluetta ei jätä luku, josta voisi laskea pienen ryhmän; se koetellaan ennen luovutusta.",
            "Ingen siffra ur vilken en liten grupp kan räknas ut lämnar området; det prövas före utlämnandet.",
            "No figure leaves the county from which a small group could be worked out; it is tried before release.",
        ),
        tests=(f"{_PRIVACY}/test_released_figures_give_nobody_away.py",),
    ),
    "protection_orders": Measure(
        words=Text(
            "Turvakiellon alaisen ihmisen asuinpaikkaa tai siihen viittaavaa ei ole missään näkymässä, luvussa eikä "
            "rivissä, miltä ajalta tahansa.",
            "Var en människa med spärrmarkering bor, eller något som antyder det, finns inte i någon vy, siffra eller "
            "rad, av vilken tid som helst.",
            "Where a person under a protection order lives, or what hints at it, is in no view, figure or row, of "
            "whatever moment.",
        ),
        tests=(f"{_PRIVACY}/test_protection_orders.py",),
    ),
    "extracts": Measure(
        words=Text(
            "Henkilörivejä annetaan vain, kun riittävän moni jakaa tunnistavat piirteet.",
            "Rader om personer ges endast när tillräckligt många delar de identifierande dragen.",
            "Rows about persons are given only where enough of them share what identifies.",
        ),
        tests=(f"{_PRIVACY}/test_extracted_rows_are_shared_by_several.py",),
    ),
    "sign_in": Measure(
        words=Text(
            "Käyttäjät tunnistetaan hyvinvointialueen omassa tunnistuspalvelussa, joka antaa roolit.",
            "Användarna identifieras i välfärdsområdets egen inloggningstjänst, som ger rollerna.",
            "Users are identified by the county's own sign-in, which gives the roles.",
        ),
        tests=(
            f"{_PORTAL}/test_county_sign_in.py",
            f"{_PORTAL}/test_sessions_end.py",
            f"{_PORTAL}/test_sign_in_is_throttled.py",
        ),
        in_place=lambda safeguards: bool(safeguards.sign_in),
        missing=Text(
            "Ei käytössä: portaaliin pääsee vain esittelytunnuksin (sign_in).",
            "Inte i bruk: till portalen kommer man endast med demokonton (sign_in).",
            "Not in place: only accounts of a demo get into the portal (sign_in).",
        ),
    ),
    "pages": Measure(
        words=Text(
            "Kukin rooli saa vain ne sivut, jotka tarkastetussa taulukossa sille luvataan.",
            "Varje roll får endast de sidor som den granskade tabellen lovar den.",
            "Each role gets only the pages a reviewed table promises it.",
        ),
        tests=(
            f"{_PORTAL}/test_authorization_matrix.py",
            f"{_PORTAL}/test_nobody_gets_anothers_page.py",
            f"{_PORTAL}/test_headers_of_every_response.py",
            f"{_PORTAL}/test_portal_refuses_an_unsafe_start.py",
        ),
    ),
    "nothing_leaks": Measure(
        words=Text(
            "Lokeissa ei ole henkilötietoja, eikä alusta ota yhteyttä muihin kuin nimettyihin palvelimiin.",
            "Loggarna innehåller inga personuppgifter, och plattformen kontaktar endast namngivna servrar.",
            "Logs hold no personal data, and the platform speaks to no host that is not named.",
        ),
        tests=(
            f"{_PORTAL}/test_logs_name_nobody.py",
            f"{_PORTAL}/test_the_portal_calls_nobody.py",
            f"{_PRIVACY}/test_only_named_hosts_are_spoken_to.py",
        ),
    ),
    "erased": Measure(
        words=Text(
            "Säilytysajat ovat päivättyä tietoa, ja poistettua ihmistä etsitään jälkikäteen jokaisesta tiedostosta.",
            "Bevaringstiderna är daterade data, och en raderad människa söks efteråt i varje fil.",
            "Retention times are dated data, and a person who was erased is searched for in every file afterwards.",
        ),
        tests=(
            f"{_PRIVACY}/test_what_is_due_is_erased.py",
            f"{_PRIVACY}/test_an_erased_person_is_found_nowhere.py",
        ),
    ),
    "checked": Measure(
        words=Text(
            "Toimituksia verrataan siihen, mitä niiltä odotetaan; virheelliset rivit siirretään syrjään ja luvut "
            "pidätetään.",
            "Leveranser jämförs med vad som förväntas av dem; felaktiga rader läggs åt sidan och siffror hålls inne.",
            "Deliveries are held against what is expected of them; wrong rows are set aside and figures held back.",
        ),
        tests=(
            "tests/spec/test_expectations_of_feeds.py",
            "tests/spec/test_findings.py",
            "tests/spec/test_holding_back.py",
        ),
    ),
    "kept": Measure(
        words=Text(
            "Toimituksia ei muuteta, tietovarasto voidaan tehdä niistä uudelleen, ja vaurio huomataan.",
            "Leveranser ändras inte, datalagret kan göras på nytt ur dem, och en skada upptäcks.",
            "Deliveries are never changed, the warehouse can be made anew from them, and damage is found.",
        ),
        tests=(
            "tests/reliability/test_damage.py",
            "tests/reliability/test_kills.py",
            "tests/unit/project/test_backup.py",
        ),
    ),
}
"""By name, in the order they are told."""
