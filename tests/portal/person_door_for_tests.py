"""An in-memory door to persons: the real one's signatures; the client number 1 is in care, nobody else is."""

from __future__ import annotations

from datetime import date, datetime

from virtaama.access.answers import Snapshot
from virtaama.access.opened import (
    LeftOut,
    NotOpened,
    OpenedColumn,
    OpenedPerson,
    OpenedRow,
    OpenedSection,
    PersonQuestion,
)
from virtaama.model.concepts import Text
from virtaama.privacy.policy import Asker, Purpose
from virtaama.privacy.reasons import WrittenReason, read_reason
from virtaama.statutes.access_rights import Service

SNAPSHOT = Snapshot(
    number=3,
    published=datetime(2026, 11, 2, 5),
    model_version="m",
    catalogue_version="c",
    last_delivery=datetime(2026, 11, 1),
)


def column(fi: str, sv: str, en: str, *, withheld: bool = False, **codes: Text) -> OpenedColumn:
    return OpenedColumn(name=en, labels=Text(fi, sv, en), codes=codes, withheld=withheld)


WAYS = {"R10": Text("Käynti vastaanotolla", "Besök på mottagning", "Visit to the reception")}
BASICS = OpenedSection(
    name="basics",
    labels=Text("Perustiedot", "Grunduppgifter", "Basic data"),
    columns=(
        column("Sukunimi", "Efternamn", "Family name"),
        column("Lähiosoite", "Näradress", "Street address", withheld=True),
    ),
    rows=(OpenedRow(when=None, service=None, values=("Keksitty", None)),),
    more=False,
    of_services=False,
    own_only=False,
)
VISITS = OpenedSection(
    name="visits",
    labels=Text("Käynnit", "Besök", "Visits"),
    columns=(
        column("Alkoi", "Började", "Began"),
        column("Yhteystapa", "Kontaktsätt", "Contact type", **WAYS),
        column("Päädiagnoosi", "Huvuddiagnos", "Main diagnosis"),
    ),
    rows=tuple(
        OpenedRow(when=moment, service=Service.RECEPTION, values=(moment, "R10", number == 0))
        for number, moment in enumerate((datetime(2026, 10, 2, 9, 30), date(2026, 9, 1)))
    ),
    more=True,
    of_services=True,
    own_only=True,
)
BOOKINGS = OpenedSection(
    name="bookings",
    labels=Text("Ajanvaraukset", "Tidsbokningar", "Bookings"),
    columns=(column("Aika", "Tid", "Time"),),
    rows=(),
    more=False,
    of_services=False,
    own_only=True,
)


class PersonDoorForTests:
    def open(self, asked: PersonQuestion, asker: Asker, purpose: Purpose) -> OpenedPerson | NotOpened:
        reason = WrittenReason.read(asked.reason).text if asked.break_glass else read_reason(asked.reason)
        in_care = asked.number == "1"
        if not in_care and not asked.break_glass:
            return NotOpened(may_break_glass=True, record=7)
        return OpenedPerson(
            sections=(BASICS, VISITS, BOOKINGS),
            left_out=LeftOut(
                sections=(Text("Päätökset", "Beslut", "Decisions"),),
                services=(Service.ORAL, Service.FAMILIES),
            ),
            protected=True,
            broke_glass=not in_care,
            reason=reason,
            moment=datetime(2026, 11, 26, 12, 30).astimezone(),
            snapshot=SNAPSHOT,
            record=7,
        )
