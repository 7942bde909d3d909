"""Rules and calendars as their writers wrote them: read into values, not yet held against anything."""

from __future__ import annotations

from datetime import date

from virtaama.model.calendars import Calendar, Every
from virtaama.model.concepts import ValueRule
from virtaama.model.derived import Episode, Group, Making, Rule, Select
from virtaama.model.documents import Entry
from virtaama.model.mappings import Expression

_ALWAYS = date.min


def read_value_rules(entry: Entry) -> tuple[ValueRule, ...]:
    """The rules of an attribute, the oldest first; none where sources deliver it."""
    alone = entry.member("rule")
    rules = (
        ValueRule(
            sql=item.text("rule"),
            place=item.place,
            version=_number(item.text("version"), 1),
            valid_from=day(item.text("valid_from")),
            legal_basis=item.text("legal_basis"),
        )
        for item in entry.list("rules")
    )
    given = [ValueRule(sql=alone.scalar, place=alone.place)] if alone else []
    return tuple(sorted((*given, *rules), key=lambda rule: rule.valid_from or _ALWAYS))


def read_rules(entry: Entry) -> tuple[Rule, ...]:
    """The rules of a derived concept, the oldest first."""
    rules = (
        Rule(
            version=_number(item.text("version"), 1),
            valid_from=day(item.text("valid_from")) or _ALWAYS,
            making=_making(item),
            place=item.place,
            legal_basis=item.text("legal_basis"),
        )
        for item in entry.list("rules")
    )
    return tuple(sorted(rules, key=lambda rule: rule.valid_from))


def read_calendar(name: str, entry: Entry) -> Calendar:
    every = entry.text("every")
    return Calendar(
        name=name,
        labels=entry.words("labels"),
        definition=entry.words("definition" if entry.member("definition") else "labels"),
        place=entry.place,
        every=Every(every) if every in list(Every) else None,
        yearly=tuple(
            (int(month), int(of_month))
            for month, _, of_month in (text.partition("-") for text in entry.texts("yearly"))
            if month.isdigit() and of_month.isdigit()
        ),
        dates=tuple(found for text in entry.texts("dates") if (found := day(text))),
        begins=day(entry.text("from")),
        ends=day(entry.text("until")),
        keep=_number(entry.text("keep"), 0) or None,
    )


def day(written: str) -> date | None:
    """The day, or None where there is none of that name."""
    try:
        return date.fromisoformat(written)
    except ValueError:
        return None


def _making(entry: Entry) -> Making:
    if episode := entry.member("episode"):
        return Episode(
            of=episode.text("of"),
            by=episode.texts("by"),
            starts=_expression(episode, "from") or Expression("", episode.place),
            ends=_expression(episode, "until"),
            gap=_number(episode.text("gap").partition(" ")[0], 0),
            where=_expression(episode, "where"),
            columns=_expressions(episode),
        )
    if group := entry.member("group"):
        return Group(
            of=group.text("of"),
            by=group.texts("by"),
            where=_expression(group, "where"),
            columns=_expressions(group),
        )
    sql = entry.member("sql")
    return Select(sql=Expression(sql.scalar if sql else "", sql.place if sql else entry.place))


def _expression(entry: Entry, name: str) -> Expression | None:
    found = entry.member(name)
    return Expression(found.scalar, found.place) if found else None


def _expressions(entry: Entry) -> tuple[tuple[str, Expression], ...]:
    return tuple((name, Expression(found.scalar, found.place)) for name, found in entry.within("columns"))


def _number(written: str, otherwise: int) -> int:
    try:
        return int(float(written))
    except ValueError:
        return otherwise
