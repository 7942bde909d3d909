"""What the work roles, services, tasks and kinds of data of decree 457/2024 are called."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from virtaama.model.concepts import Text
from virtaama.statutes.access_rights import Content, Service, WorkRole

SERVICES: Final[Mapping[Service, Text]] = {
    Service.RECEPTION: Text("Vastaanottopalvelut", "Mottagningstjänster", "Reception services"),
    Service.HOSPITAL: Text(
        "Sairaala- ja vuodeosastopalvelut",
        "Sjukhus- och bäddavdelningstjänster",
        "Hospital and ward services",
    ),
    Service.OCCUPATIONAL: Text("Työterveyshuolto", "Företagshälsovård", "Occupational health care"),
    Service.ORAL: Text("Suun terveydenhuolto", "Mun- och tandvård", "Oral health care"),
    Service.HOME_NURSING: Text("Kotisairaanhoito", "Hemsjukvård", "Home nursing"),
    Service.MENTAL_AND_SUBSTANCE: Text(
        "Mielenterveyden hoito sekä päihde- ja riippuvuushoito",
        "Vård av psykisk hälsa samt missbrukar- och beroendevård",
        "Mental health, substance abuse and addiction care",
    ),
    Service.EMERGENCY: Text("Ensihoito ja päivystys", "Prehospital akutsjukvård och jour", "Emergency care"),
    Service.CLINICS: Text("Neuvolapalvelut", "Rådgivningsbyråtjänster", "Maternity and child health clinics"),
    Service.STUDENTS: Text("Opiskeluhuolto", "Studerandevård", "Student welfare"),
    Service.REHABILITATION: Text("Kuntoutus", "Rehabilitering", "Rehabilitation"),
    Service.WITH_SOCIAL_SERVICE: Text(
        "Sosiaalipalvelun yhteydessä annettavat terveyspalvelut",
        "Hälsotjänster i samband med socialservice",
        "Health services given with a social service",
    ),
    Service.EXAMINATIONS: Text(
        "Tutkimus- ja toimenpidepalvelut", "Undersöknings- och åtgärdstjänster", "Examinations and procedures"
    ),
    Service.SCREENING: Text(
        "Seulonta ja rokotukset", "Screening och vaccinationer", "Screening and vaccination"
    ),
    Service.PHARMACY: Text("Sairaalan apteekkipalvelut", "Sjukhusapotekstjänster", "Hospital pharmacy"),
    Service.FAMILIES: Text(
        "Lapsiperheiden palvelut", "Tjänster för barnfamiljer", "Services for families with children"
    ),
    Service.WORKING_AGE: Text(
        "Työikäisten palvelut",
        "Tjänster för personer i arbetsför ålder",
        "Services for people of working age",
    ),
    Service.OLDER_PEOPLE: Text("Iäkkäiden palvelut", "Tjänster för äldre", "Services for older people"),
    Service.SUBSTANCE_ABUSERS: Text("Päihdehuolto", "Missbrukarvård", "Services for substance abusers"),
    Service.DISABILITY: Text("Vammaispalvelut", "Funktionshindersservice", "Disability services"),
    Service.CHILD_PROTECTION: Text("Lastensuojelu", "Barnskydd", "Child protection"),
    Service.FAMILY_LAW: Text(
        "Perheoikeudelliset palvelut", "Familjerättsliga tjänster", "Family law services"
    ),
}

WORK_ROLES: Final[Mapping[WorkRole, Text]] = {
    WorkRole.HEALTH_BROAD: Text(
        "Laaja-alainen terveyspalvelun järjestäminen ja toteuttaminen",
        "Omfattande ordnande och tillhandahållande av hälsotjänster",
        "Broad arranging and giving of health services",
    ),
    WorkRole.HEALTH_LIMITED: Text(
        "Rajattu terveyspalvelun toteuttaminen",
        "Begränsat tillhandahållande av hälsotjänster",
        "Limited giving of health services",
    ),
    WorkRole.HEALTH_SUPPORT: Text(
        "Terveyspalvelun toteuttamisen tuki", "Stöd för hälsotjänster", "Support of health services"
    ),
    WorkRole.MEDICINES: Text(
        "Lääkkeiden käytön arviointi, toimittaminen ja opastus",
        "Bedömning, expediering och handledning i fråga om läkemedel",
        "Assessing, dispensing and guiding the use of medicines",
    ),
    WorkRole.PATIENT_ADMINISTRATION: Text(
        "Potilashallinto", "Patientadministration", "Patient administration"
    ),
    WorkRole.SOCIAL_BROAD: Text(
        "Laaja asiakasvastuu", "Omfattande klientansvar", "Broad client responsibility"
    ),
    WorkRole.SOCIAL_ARRANGING: Text(
        "Sosiaalipalvelun järjestäminen palvelutehtävässä",
        "Ordnande av socialservice inom en serviceuppgift",
        "Arranging social services in a service task",
    ),
    WorkRole.CHILD_SUPERVISOR: Text("Lastenvalvoja", "Barnatillsyningsman", "Child welfare supervisor"),
    WorkRole.SOCIAL_GIVING: Text(
        "Sosiaalipalvelun toteutus", "Tillhandahållande av socialservice", "Giving social services"
    ),
    WorkRole.SOCIAL_ADMINISTRATION: Text(
        "Sosiaalihuollon hallinnolliset tehtävät",
        "Administrativa uppgifter inom socialvården",
        "Administration of social welfare",
    ),
    WorkRole.PRIVATE_ARRANGING: Text(
        "Yksityisen sosiaalipalvelun järjestäminen asiakassopimuksella",
        "Ordnande av privat socialservice genom klientavtal",
        "Arranging private social services by agreement",
    ),
    WorkRole.PRIVATE_GIVING: Text(
        "Yksityisen sosiaalipalvelun toteutus",
        "Tillhandahållande av privat socialservice",
        "Giving private social services",
    ),
    WorkRole.PRIVATE_ADMINISTRATION: Text(
        "Yksityisen sosiaalihuollon hallinnolliset tehtävät",
        "Administrativa uppgifter inom privat socialvård",
        "Administration of private social welfare",
    ),
}

CONTENTS: Final[Mapping[Content, Text]] = {
    Content.BASICS: Text("Perustiedot", "Grunduppgifter", "Basic data"),
    Content.BOOKINGS: Text("Ajanvaraukset", "Tidsbokningar", "Bookings"),
    Content.REQUESTS: Text(
        "Pyynnöt, lähetteet ja tilaukset",
        "Begäran, remisser och beställningar",
        "Requests, referrals and orders",
    ),
    Content.VISITS: Text("Käyntitiedot", "Besöksuppgifter", "Visits"),
    Content.RECORDS: Text(
        "Hoito- ja palvelutiedot", "Vård- och serviceuppgifter", "Records of care and service"
    ),
    Content.PLANS: Text("Suunnitelmat", "Planer", "Plans"),
    Content.SUMMARY: Text("Potilasyhteenveto", "Patientöversikt", "Patient summary"),
    Content.MEDICATION: Text("Lääkitystiedot", "Medicineringsuppgifter", "Medication"),
    Content.WILLS: Text(
        "Hoito- ja elinluovutustahto", "Vård- och organdonationsvilja", "Living will and organ donation"
    ),
    Content.BILLING: Text("Laskutuksen perusteet", "Faktureringsgrunder", "Grounds of billing"),
    Content.CASES: Text("Asiakkuudet", "Klientskap", "Client relationships"),
    Content.DECISIONS: Text("Päätökset", "Beslut", "Decisions"),
    Content.ASSESSMENTS: Text("Arvioinnit", "Bedömningar", "Assessments"),
}
