"""Expectations as they are written: their shape, what is read from it, and the words where none are given."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import TypeVar

from virtaama.model.concepts import Text
from virtaama.model.documents import Entry
from virtaama.model.expectations import (
    AGAINST,
    DRIFTED,
    Check,
    Codes,
    Drift,
    Expectation,
    Fresh,
    Holds,
    Pattern,
    Range,
    Reference,
    Required,
    Rhythm,
    Severity,
    Unique,
    Unit,
    Volume,
)
from virtaama.model.shape import expression, members, named, number, one_of, text, texts, words
from virtaama.problems import Problem

Choice = TypeVar("Choice", bound=StrEnum)

KINDS = (
    "required",
    "unique",
    "reference",
    "range",
    "pattern",
    "codes",
    "holds",
    "fresh",
    "volume",
    "drift",
)
"""The members that say what is expected; an expectation has exactly one."""

BELONGS_TO = {
    "least": ("range",),
    "most": ("range",),
    "matches": ("pattern",),
    "list": ("codes",),
    "within": ("fresh",),
    "against": ("drift",),
    "where": ("required", "unique", "reference", "range", "pattern", "codes", "holds"),
    "at_most": tuple(kind for kind in KINDS if kind not in ("volume", "fresh")),
    "unit": ("required", "unique", "reference", "range", "pattern", "codes", "holds"),
}
"""The kinds each further member says something to."""

_BOUND = {"type": ["string", "number"]}
_AGAINST = number(
    "How many earlier deliveries it is held against; 12 where nothing is said.", minimum=1, multipleOf=1
)

EXPECTATION = members(
    "What the data is expected to be. Exactly one of required, unique, reference, range, pattern, codes, "
    "holds, fresh, volume and drift.",
    {
        "required": text("What has a value: a field of a feed, an attribute or relationship of a concept."),
        "unique": texts("What no two rows share, together.", minItems=1),
        "reference": text("The relationship of a concept whose target is known."),
        "range": text("What lies between `least` and `most`."),
        "least": {
            "description": "A number or a day, itself allowed; without it nothing is too little.",
            **_BOUND,
        },
        "most": {
            "description": "A number or a day, itself allowed; `extracted` is the moment a delivery describes.",
            **_BOUND,
        },
        "pattern": text("The text that `matches` is held against, as a whole."),
        "matches": text("A regular expression for the whole text: '[0-9]{5}'."),
        "codes": text("What takes its values from a code list."),
        "list": text("The code list; without it that of the attribute."),
        "holds": expression("A condition that is true for each row."),
        "fresh": one_of(
            [each.value for each in Rhythm], "Each day, week, month, quarter or year is delivered."
        ),
        "within": number("So many days after its end, at the latest.", minimum=0, multipleOf=1),
        "volume": members(
            "How many rows a delivery has, or instances a concept.",
            {
                "least": number("At least so many.", minimum=0),
                "most": number("At most so many.", minimum=0),
                "of_median": {
                    "description": "At least and at most so many times the median of the deliveries before; of a "
                    "feed alone.",
                    "type": "array",
                    "items": {"type": "number", "minimum": 0},
                    "minItems": 2,
                    "maxItems": 2,
                },
                "against": _AGAINST,
            },
        ),
        "drift": text("The field whose values are spread as in the deliveries before."),
        "against": _AGAINST,
        "where": expression("Which rows are looked at: a condition over one row. Without it all of them."),
        "at_most": number(
            "What is allowed: a share or a count of rows, 0 where nothing is said; of drift a population "
            "stability index, 0.25 where nothing is said.",
            minimum=0,
        ),
        "unit": one_of(
            [Unit.SHARE.value, Unit.COUNT.value],
            "What `at_most` is: a share of the rows looked at, or a count.",
        ),
        "severity": one_of(
            [each.value for each in Severity],
            "note: it is written down. warn: its owner is told. stop: what it concerns keeps its previous "
            "publication.",
        ),
        "owner": text("Who answers for it and puts it right."),
        "message": words("What is said when it does not hold. Without it words are made."),
    },
    required=("owner",),
)
EXPECTATIONS = named("What is expected, by name.", EXPECTATION)


def read_expectations(
    subject: str, entry: Entry, labels: dict[str, Text], code_lists: dict[str, str], *, of_feed: bool
) -> Iterator[Expectation]:
    """The expectations of a concept or feed. `labels` are the words for its fields, `code_lists` their lists.

    Where the shape is wrong the nearest thing it could mean is taken.
    """
    for name, written in entry.within("expectations"):
        check = _check(written, code_lists)
        unit = _unit(check, written)
        at_most = _number(written, "at_most")
        if at_most is None:
            at_most = DRIFTED if isinstance(check, Drift) else 0.0
        message = written.words("message")
        yield Expectation(
            name=name,
            subject=subject,
            of_feed=of_feed,
            check=check,
            severity=_choice(written.text("severity"), Severity, Severity.WARN),
            owner=written.text("owner"),
            message=message if message.fi else made_message(check, labels, of_feed=of_feed),
            at_most=at_most,
            unit=unit,
            place=written.place,
            where=written.text("where"),
        )


def _check(written: Entry, code_lists: dict[str, str]) -> Check:
    kind = next((kind for kind in KINDS if written.member(kind)), "")
    named = written.text(kind)
    match kind:
        case "unique":
            return Unique(written.texts("unique"))
        case "reference":
            return Reference(named)
        case "range":
            return Range(named, written.text("least"), written.text("most"))
        case "pattern":
            return Pattern(named, written.text("matches"))
        case "codes":
            return Codes(named, written.text("list") or code_lists.get(named, ""))
        case "holds":
            return Holds(named)
        case "fresh":
            return Fresh(_choice(named, Rhythm, Rhythm.MONTH), int(_number(written, "within") or 0))
        case "volume":
            volume = written.at(("volume",))
            times = [float(item.scalar) for item in volume.list("of_median") if _is_number(item.scalar)]
            return Volume(
                _number(volume, "least"),
                _number(volume, "most"),
                (times[0], times[1]) if len(times) == 2 else None,
                int(_number(volume, "against") or AGAINST),
            )
        case "drift":
            return Drift(named, int(_number(written, "against") or AGAINST))
        case _:
            return Required(named)


def _unit(check: Check, written: Entry) -> Unit:
    match check:
        case Drift():
            return Unit.INDEX
        case Fresh():
            return Unit.DAYS
        case Volume():
            return Unit.COUNT
        case _:
            return _choice(written.text("unit"), Unit, Unit.SHARE)


def _choice(written: str, kinds: type[Choice], default: Choice) -> Choice:
    return next((kind for kind in kinds if kind.value == written), default)


def _is_number(written: str) -> bool:
    try:
        float(written)
    except ValueError:
        return False
    return True


def _number(entry: Entry, name: str) -> float | None:
    written = entry.text(name)
    return float(written) if _is_number(written) else None


_RHYTHMS = {
    Rhythm.DAY: Text("päivän", "dagens", "day"),
    Rhythm.WEEK: Text("viikon", "veckans", "week"),
    Rhythm.MONTH: Text("kuukauden", "månadens", "month"),
    Rhythm.QUARTER: Text("neljänneksen", "kvartalets", "quarter"),
    Rhythm.YEAR: Text("vuoden", "årets", "year"),
}


def made_message(check: Check, labels: dict[str, Text], *, of_feed: bool = True) -> Text:
    """What is said where nobody wrote other words. Names fields, never values."""

    def called(field: str) -> Text:
        return labels.get(field) or Text(field, field, field)

    match check:
        case Required(field):
            of = called(field)
            return Text(f"Tieto puuttuu: {of.fi}", f"Uppgift saknas: {of.sv}", f"Missing: {of.en}")
        case Unique(fields):
            of = _together([called(field) for field in fields])
            return Text(
                f"Sama arvo useammalla rivillä: {of.fi}",
                f"Samma värde på flera rader: {of.sv}",
                f"The same value on several rows: {of.en}",
            )
        case Reference(relationship):
            of = called(relationship)
            return Text(
                f"Viittaa tuntemattomaan: {of.fi}",
                f"Hänvisar till något okänt: {of.sv}",
                f"Refers to something unknown: {of.en}",
            )
        case Range(field):
            of = called(field)
            return Text(
                f"Arvo sallittujen rajojen ulkopuolella: {of.fi}",
                f"Värdet utanför tillåtna gränser: {of.sv}",
                f"Value outside its bounds: {of.en}",
            )
        case Pattern(field):
            of = called(field)
            return Text(f"Väärä muoto: {of.fi}", f"Fel form: {of.sv}", f"Wrong form: {of.en}")
        case Codes(field):
            of = called(field)
            return Text(
                f"Koodi ei ole koodistossa: {of.fi}",
                f"Koden finns inte i kodlistan: {of.sv}",
                f"Code not in its list: {of.en}",
            )
        case Holds(condition):
            return Text(
                f"Ehto ei toteudu: {condition}",
                f"Villkoret uppfylls inte: {condition}",
                f"The condition does not hold: {condition}",
            )
        case Fresh(every, _):
            of = _RHYTHMS[every]
            return Text(
                f"{of.fi.capitalize()} toimitus puuttuu",
                f"{of.sv.capitalize()} leverans saknas",
                f"The delivery of the {of.en} is missing",
            )
        case Volume() if not of_feed:
            return Text(
                "Rivejä on poikkeava määrä",
                "Antalet rader är avvikande",
                "There is an unusual number of rows",
            )
        case Volume():
            return Text(
                "Toimituksessa on poikkeava määrä rivejä",
                "Leveransen har ett avvikande antal rader",
                "The delivery has an unusual number of rows",
            )
        case Drift(field):
            of = called(field)
            return Text(
                f"Arvojen jakauma on muuttunut: {of.fi}",
                f"Värdenas fördelning har ändrats: {of.sv}",
                f"Values are spread differently: {of.en}",
            )


def _together(labels: list[Text]) -> Text:
    return Text(
        ", ".join(label.fi for label in labels),
        ", ".join(label.sv for label in labels),
        ", ".join(label.en for label in labels),
    )


# What no schema says ---------------------------------------------------------------------------------


def expected_problems(folder: str, root: Entry) -> Iterator[Problem]:
    """Whatever in the expectations of a file says nothing, or two things at once."""
    section = {"systems": "feeds", "concepts": "concepts", "derived": "derived"}.get(folder, "")
    for _, subject in root.within(section):
        for name, written in subject.within("expectations"):
            yield from _written_problems(name, written)


def _written_problems(name: str, written: Entry) -> Iterator[Problem]:
    said = f"expectation '{name}'"
    given = [kind for kind in KINDS if written.member(kind)]
    if not given:
        yield Problem(written.place, f"{said} expects nothing.", f"Write one of {', '.join(KINDS)}.")
    if len(given) > 1:
        what = f"{said} expects {' and '.join(given)} at once."
        yield Problem(written.place, what, "Write one expectation for each.")
    if len(given) != 1:
        return
    for member, kinds in BELONGS_TO.items():
        found = written.member(member)
        if found and given[0] not in kinds:
            what = f"`{member}` says nothing in {said}, which is about `{given[0]}`."
            yield Problem(found.place, what, f"It belongs to {', '.join(kinds)}.")
    if written.text("unit", Unit.SHARE) == Unit.SHARE and given[0] != "drift":
        at_most = _number(written, "at_most")
        if at_most is not None and at_most > 1:
            what = f"{said} allows a share of {at_most:g}."
            yield Problem(
                written.at(("at_most",)).place, what, "A share is 1 at most; or write `unit: count`."
            )
    match given[0]:
        case "range" if not (written.text("least") or written.text("most")):
            yield Problem(written.place, f"{said} has no bounds.", "Write `least`, `most` or both.")
        case "pattern" if not written.text("matches"):
            yield Problem(written.place, f"{said} has no `matches`.", "Write a regular expression.")
        case "volume" if not [*written.within("volume")]:
            yield Problem(written.place, f"{said} has no bounds.", "Write `least`, `most` or `of_median`.")
