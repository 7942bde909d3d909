"""The page of the reference about decree 457/2024: its work roles, services and what is opened, from the data."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from virtaama.statutes.access_rights import AccessRights, Domain, Reach, Right, Service
from virtaama.statutes.access_words import CONTENTS, SERVICES, WORK_ROLES

_HEADING: Final = """# Work roles of decree 457/2024

What each work role opens of a person, and in which services it can be held: what `persons` of a role in
[access.yaml](settings.md#accessyaml) refers to. Made from the pack [`access_rights`](statutes.md#access_rights).

*all*: of every service of health care, or of social welfare; *services*: of those the role is held in; *units*: of
these, and arisen at one's own units. Rows marked \\* are our own reading of how far the role reaches, not the words of
the decree. The first day is ours as well. Not legal advice.
"""


def page(law: AccessRights) -> str:
    return "\n".join(
        (
            _HEADING,
            "## Work roles\n",
            "| Name | Work role | From | Held in | Opens |",
            "|---|---|---|---|---|",
            *map(_row, law.every),
            "",
            "## Services of health care\n",
            *_services(Domain.HEALTH),
            "",
            "## Service tasks of social welfare\n",
            *_services(Domain.SOCIAL),
            "",
        )
    )


def _row(right: Right) -> str:
    words = WORK_ROLES[right.work_role]
    star = " \\*" if right.our_reading else ""
    opened = []
    for reach in Reach:
        names = [CONTENTS[content].en.lower() for content, how_far in right.opens if how_far is reach]
        if names:
            opened.append(f"*{reach}*: {', '.join(names)}")
    only = "".join(f"; {CONTENTS[c].en.lower()} in `{s}` alone" for c, s in right.only_in)
    cells = (
        f"`{right.work_role}`",
        f"{words.en} ({words.fi}){star}",
        str(right.valid_from),
        _held_in(right),
        "; ".join(opened) + only,
    )
    return f"| {' | '.join(cells)} |"


def _held_in(right: Right) -> str:
    everything = [service for service in Service if service.domain is right.work_role.domain]
    missing = [service for service in everything if service not in right.held_in]
    if not missing:
        return "all"
    if len(missing) < 4:
        return f"all but {', '.join(f'`{service}`' for service in missing)}"
    return ", ".join(f"`{service}`" for service in everything if service in right.held_in)


def _services(domain: Domain) -> Iterator[str]:
    yield "| Name | English | Finnish | Swedish |"
    yield "|---|---|---|---|"
    for service in Service:
        if service.domain is domain:
            words = SERVICES[service]
            yield f"| `{service}` | {words.en} | {words.fi} | {words.sv} |"
