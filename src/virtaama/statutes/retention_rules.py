"""The rows of the annex of 703/2023, each with its period, legal basis, source and first day."""

from __future__ import annotations

from datetime import date

from virtaama.model.concepts import Text
from virtaama.statutes.retention import (
    Fact,
    Period,
    Permanent,
    RetentionRule,
    YearsAfter,
    YearsAfterDeathOrBirth,
    YearsAfterImaging,
)

_ACT = "Laki sosiaali- ja terveydenhuollon asiakastietojen käsittelystä 703/2023"
_IN_FORCE = date(2024, 1, 1)
_SOCIAL = f"{_ACT}, liite: sosiaalihuollon asiakasasiakirjat"
_PATIENT = f"{_ACT}, liite: potilasasiakirjat"
_LOGS = f"{_ACT}, käyttö- ja luovutuslokitiedot"
_SOURCE = "Finlex 703/2023, text as in force from 1 January 2024; summarised 23 November 2026"


def _rule(basis: str, name: str, labels: Text, period: Period, remark: str = "") -> RetentionRule:
    return RetentionRule(
        name=name,
        labels=labels,
        period=period,
        basis=basis,
        source=_SOURCE,
        valid_from=_IN_FORCE,
        remark=remark,
    )


def _after(years: int, *facts: Fact) -> YearsAfter:
    return YearsAfter(years=years, facts=facts)


_CLOSED_10 = _after(10, Fact.CASE_CLOSED)
_DEATH_2 = _after(2, Fact.DEATH)
_CREATED_12 = _after(12, Fact.CREATED)
_DEATH_12_OR_BIRTH_120 = YearsAfterDeathOrBirth(after_death=12, after_birth=120)

RETENTION_RULES: tuple[RetentionRule, ...] = (
    # Social welfare
    _rule(
        _SOCIAL,
        "sosiaalihuolto.asiakkuus",
        Text(
            "Asiakkuusasiakirja ja asiakkaan perustiedot",
            "Klientrelationshandling och klientens basuppgifter",
            "Document of the client relationship and basic data of the client",
        ),
        _DEATH_2,
    ),
    _rule(
        _SOCIAL,
        "sosiaalihuolto.lapsiperheet",
        Text(
            "Lapsiperheiden palvelutehtävä",
            "Serviceuppgiften för barnfamiljer",
            "Services for families with children",
        ),
        _after(30, Fact.CASE_CLOSED),
    ),
    _rule(
        _SOCIAL,
        "sosiaalihuolto.tyoikaiset",
        Text(
            "Työikäisten palvelutehtävä",
            "Serviceuppgiften för personer i arbetsför ålder",
            "Services for people of working age",
        ),
        _CLOSED_10,
    ),
    _rule(
        _SOCIAL,
        "sosiaalihuolto.iakkaat",
        Text("Iäkkäiden palvelutehtävä", "Serviceuppgiften för äldre", "Services for older people"),
        _CLOSED_10,
    ),
    _rule(
        _SOCIAL,
        "sosiaalihuolto.paihdehuolto",
        Text(
            "Päihdehuollon palvelutehtävä",
            "Serviceuppgiften inom missbrukarvården",
            "Services for substance abusers",
        ),
        _CLOSED_10,
    ),
    _rule(
        _SOCIAL,
        "sosiaalihuolto.vammaispalvelut",
        Text(
            "Vammaispalvelujen palvelutehtävä",
            "Serviceuppgiften inom funktionshindersservicen",
            "Disability services",
        ),
        _after(10, Fact.CASE_CLOSED, Fact.NEED_ENDED),
    ),
    _rule(
        _SOCIAL,
        "sosiaalihuolto.lastensuojelu",
        Text("Lastensuojelun palvelutehtävä", "Serviceuppgiften inom barnskyddet", "Child protection"),
        _DEATH_2,
    ),
    _rule(
        _SOCIAL,
        "sosiaalihuolto.perheoikeudelliset",
        Text(
            "Perheoikeudelliset palvelut, lasta koskevat asiat",
            "Familjerättsliga tjänster, ärenden som gäller barn",
            "Family law services, matters of a child",
        ),
        _after(120, Fact.BIRTH),
    ),
    _rule(
        _SOCIAL,
        "sosiaalihuolto.perheoikeudelliset_muu",
        Text(
            "Perheoikeudelliset palvelut, muut asiat",
            "Familjerättsliga tjänster, övriga ärenden",
            "Family law services, other matters",
        ),
        _CLOSED_10,
    ),
    _rule(
        _SOCIAL,
        "sosiaalihuolto.tositteet",
        Text("Tositteet", "Verifikat", "Vouchers"),
        _after(3, Fact.CREATED),
    ),
    _rule(
        _SOCIAL,
        "sosiaalihuolto.asiakasmaksut",
        Text(
            "Asiakasmaksupäätökset ja tuloselvitysasiakirjat",
            "Klientavgiftsbeslut och inkomstutredningar",
            "Decisions on client fees and statements of income",
        ),
        _after(12, Fact.DECISION_EXPIRED),
    ),
    _rule(
        _SOCIAL,
        "sosiaalihuolto.yhteydenpito",
        Text(
            "Asiakaskohtainen yhteydenpito tai kirjeenvaihto",
            "Kontakter eller korrespondens som gäller en klient",
            "Contacts or correspondence about a client",
        ),
        _after(3, Fact.MESSAGE),
    ),
    _rule(
        _SOCIAL,
        "sosiaalihuolto.lausuntokopiot",
        Text(
            "Kopiot muille laadituista lausunnoista ja todistuksista",
            "Kopior av utlåtanden och intyg till andra",
            "Copies of statements and certificates for others",
        ),
        _after(5, Fact.CREATED),
    ),
    # Patient documents
    _rule(
        _PATIENT,
        "potilasasiakirjat.perinnollisyys",
        Text(
            "Perinnöllisyyslääketieteen ja harvinaissairauksien merkittävät asiakirjat",
            "Betydande handlingar om medicinsk genetik och sällsynta sjukdomar",
            "Significant documents of medical genetics and rare diseases",
        ),
        Permanent(review_every=5),
    ),
    _rule(
        _PATIENT,
        "potilasasiakirjat.hoitomerkinnat",
        Text(
            "Palvelutapahtumien hoitomerkinnät, suunnitelmat, lähetteet ja lausunnot",
            "Vårdanteckningar om servicehändelser, planer, remisser och utlåtanden",
            "Entries on service events, plans, referrals and statements",
        ),
        _DEATH_12_OR_BIRTH_120,
    ),
    _rule(
        _PATIENT,
        "potilasasiakirjat.kuvantaminen",
        Text(
            "Röntgen-, magneetti-, isotooppi- ja ultraäänikuvat",
            "Röntgen-, magnet-, isotop- och ultraljudsbilder",
            "X-ray, magnetic resonance, isotope and ultrasound images",
        ),
        YearsAfterImaging(years=20, at_most_after_death=12),
    ),
    _rule(
        _PATIENT,
        "potilasasiakirjat.kuvat_videot",
        Text(
            "Näkyvän valon kuvat, video- ja äänitallenteet",
            "Bilder i synligt ljus, video- och ljudupptagningar",
            "Visible-light images, video and sound recordings",
        ),
        _CREATED_12,
        "those that care needs",
    ),
    _rule(
        _PATIENT,
        "potilasasiakirjat.laakehoito",
        Text(
            "Lääkemääräysten toimitusmerkinnät ja lääkehoidon toteutus",
            "Expedieringsanteckningar och genomförande av läkemedelsbehandling",
            "Dispensing entries and medication given",
        ),
        _after(12, Fact.TREATMENT_ENDED),
    ),
    _rule(
        _PATIENT,
        "potilasasiakirjat.omat_seurannat",
        Text(
            "Potilaan laatimat seurantatiedot",
            "Uppföljningsuppgifter som patienten gjort upp",
            "Follow-up data made by the patient",
        ),
        _after(12, Fact.RECEIVED),
    ),
    _rule(
        _PATIENT,
        "potilasasiakirjat.ajanvaraus",
        Text("Ajanvarausasiakirjat", "Tidsbokningshandlingar", "Documents of appointments"),
        _CREATED_12,
    ),
    _rule(
        _PATIENT,
        "potilasasiakirjat.lahete_ei_saapunut",
        Text(
            "Saapumatta jääneiden potilaiden läheteasiakirjat",
            "Remisshandlingar om patienter som uteblivit",
            "Referrals of patients who did not come",
        ),
        _after(1, Fact.CREATED),
    ),
    _rule(
        _PATIENT,
        "potilasasiakirjat.paivakirjat",
        Text(
            "Ajanvaraus-, poliklinikka- ja osastopäiväkirjat",
            "Tidsboknings-, poliklinik- och avdelningsdagböcker",
            "Diaries of appointments, outpatient clinics and wards",
        ),
        _after(1, Fact.LAST_VISIT),
    ),
    _rule(
        _PATIENT,
        "potilasasiakirjat.tahdonilmaukset",
        Text(
            "Hoitotahto, elinluovutustahto ym., uusin versio",
            "Vårdtestamente, organdonationstestamente m.m., den nyaste versionen",
            "Living will, will to donate organs and others, newest version",
        ),
        _DEATH_12_OR_BIRTH_120,
        "earlier versions are kept for 12 years",
    ),
    _rule(
        _PATIENT,
        "potilasasiakirjat.yhteydenpito",
        Text(
            "Potilaskohtainen kirjeenvaihto ja yhteydenpito",
            "Korrespondens och kontakter som gäller en patient",
            "Correspondence and contacts about a patient",
        ),
        _after(3, Fact.MESSAGE),
    ),
    _rule(
        _PATIENT,
        "potilasasiakirjat.todistuskopiot",
        Text(
            "Kopiot muille laadituista lausunnoista ja todistuksista",
            "Kopior av utlåtanden och intyg till andra",
            "Copies of statements and certificates for others",
        ),
        _after(5, Fact.CREATED),
    ),
    # Logs
    _rule(
        _LOGS,
        "lokit.kaytto_ja_luovutusloki",
        Text(
            "Asiakastietojen käyttö- ja luovutuslokitiedot",
            "Logguppgifter om användning och utlämnande av klientuppgifter",
            "Log data on the use and disclosure of client data",
        ),
        _CREATED_12,
    ),
)


def retention_rules(on: date) -> tuple[RetentionRule, ...]:
    """The rules in force on a day; none before the act, whose predecessors are not recorded here."""
    return tuple(rule for rule in RETENTION_RULES if rule.holds(on))


def retention_rule(name: str, on: date) -> RetentionRule | None:
    """The rule of a name that is in force on a day."""
    return next((rule for rule in retention_rules(on) if rule.name == name), None)


def rule_names() -> tuple[str, ...]:
    """Every name a model may use, in the order of the annex."""
    return tuple(dict.fromkeys(rule.name for rule in RETENTION_RULES))
