"""The project files that would read an extract, or several that hang together: a beginning to edit."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from virtaama.model.concepts import Type
from virtaama.project.extract import NUMBERED, Column, Extract, plain_name
from virtaama.project.proposed_sources import (
    GONE,
    NOBODY,
    FromWhere,
    compares,
    labels,
    opening,
    system_of_database,
    system_of_file,
)
from virtaama.project.relations import telling_of_persons


@dataclass(frozen=True, slots=True)
class _Proposed:
    """Extracts with names that do not meet, and what is known of them together."""

    extracts: tuple[Extract, ...]
    persons: frozenset[str]
    person: str  # the concept of persons
    database: FromWhere | None

    def feed(self, extract: Extract) -> str:
        return f"{self.database.system}.{extract.name}" if self.database else f"{extract.name}.rows"

    def of(self, name: str) -> Extract:
        return next(extract for extract in self.extracts if extract.name == name)

    def relationships(self, extract: Extract) -> dict[str, tuple[str, tuple[Column, ...]]]:
        """What a row refers to: by the name of the relationship the concept, and the columns of its key."""
        found: dict[str, tuple[str, tuple[Column, ...]]] = {}
        for reference in extract.references:
            name = plain_name(reference.columns[0]) if len(reference.columns) == 1 else reference.to
            stem = name.removesuffix("_id").removesuffix("_nro") or name
            while stem in found or any(stem == self.name(extract, each) for each in self.attributes(extract)):
                stem = f"{stem}_of"
            found[stem] = (reference.to, tuple(map(extract.column, reference.columns)))
        if extract.person:
            found["person"] = (self.person, (extract.person,))
        return found

    def attributes(self, extract: Extract) -> tuple[Column, ...]:
        """Every column but those that refer to something, unless they are part of the key."""
        referring = {name for reference in extract.references for name in reference.columns}
        keys = extract.key_columns
        return tuple(
            column
            for column in extract.columns
            if column in keys or (column != extract.person and column.name not in referring)
        )

    def name(self, extract: Extract, column: Column) -> str:
        """What a column is called in the model: no name twice, and none the warehouse keeps for itself."""
        taken = {*_TAKEN, f"{extract.name}_key"}
        for each in extract.columns:
            name = plain_name(each.name)
            while name in taken:
                name = f"{name}_x"
            if each == column:
                return name
            taken.add(name)
        raise LookupError(column.name)


def proposal(*extracts: Extract, database: FromWhere | None = None) -> dict[str, str]:
    """The files of a project that reads the extracts, by their place in the project folder."""
    names = {extract.name for extract in extracts}
    person = next(name for name in ("person", "identified_person", "somebody") if name not in names)
    proposed = _Proposed(
        tuple(_apart(extract) for extract in extracts), telling_of_persons(extracts), person, database
    )
    files = {}
    if database:
        files[f"systems/{database.system}.yaml"] = system_of_database(proposed.extracts, database)
    with_person = next((extract for extract in proposed.extracts if extract.person), None)
    for extract in proposed.extracts:
        if not database:
            files[f"systems/{extract.name}.yaml"] = system_of_file(extract)
        files[f"concepts/{extract.name}.yaml"] = _concepts(
            proposed, extract, with_the_person=extract is with_person
        )
        files[f"mappings/{extract.name}.yaml"] = _mapping(proposed, extract)
        if any(column.codes for column in proposed.attributes(extract)):
            files[f"codes/{extract.name}.yaml"] = _codes(proposed, extract)
        if _time(proposed, extract):
            files[f"metrics/{extract.name}.yaml"] = _metrics(proposed, extract)
    return files


def _apart(extract: Extract) -> Extract:
    """The extract with a key that is a key: no codes, nothing special, and no name of a person if it is a number."""
    keys = {column.name for column in extract.key_columns}
    return replace(
        extract,
        columns=tuple(
            replace(
                column,
                direct=column.direct and not NUMBERED.search(column.name.lower()),
                special=False,
                codes=(),
            )
            if column.name in keys
            else column
            for column in extract.columns
        ),
    )


def _time(proposed: _Proposed, extract: Extract) -> Column | None:
    return next(
        (column for column in proposed.attributes(extract) if column.type in (Type.DATE, Type.TIMESTAMP)),
        None,
    )


# What is known


def _concepts(proposed: _Proposed, extract: Extract, *, with_the_person: bool) -> str:
    """What the rows tell about: one concept, and the person where there is an identity code."""
    guarded = "personal" if extract.name in proposed.persons else "open"
    keys = ", ".join(proposed.name(extract, column) for column in extract.key_columns)
    lines = [
        opening(extract, "What the county knows from these rows. Labels and definitions: three languages."),
        "concepts:\n",
        f"  {extract.name}:\n",
        f"    kind: {'event' if _time(proposed, extract) else 'entity'}\n",
        f"    labels: {labels(extract.name)}\n",
        f"    definition: {labels(f'A row of {extract.file}.')}\n",
        f"    key: [{keys}]\n",
        "    attributes: # health and social care data: sensitivity special, with purposes\n",
    ]
    lines += [_attribute(proposed, extract, column, guarded) for column in proposed.attributes(extract)]
    relationships = proposed.relationships(extract)
    if relationships:
        lines.append("    relationships:\n")
        lines += [
            f"      {name}: {{to: {to}, labels: {labels(name)}}}\n" for name, (to, _) in relationships.items()
        ]
    described = [name for name, (to, _) in relationships.items() if to != proposed.person]
    if described:
        lines.append("    expectations:\n")
        lines += [
            f"      {name}_is_described: {{reference: {name}, at_most: 0.02, owner: {NOBODY}}}\n"
            for name in described
        ]
    if with_the_person:
        lines.append(
            f"  {proposed.person}:\n"
            "    kind: entity\n"
            f"    labels: {labels(proposed.person)}\n"
            f"    definition: {labels('Somebody a row is about.')}\n"
            "    key: [pseudonym]\n"
            "    attributes:\n"
            f"      pseudonym: {{type: identity, sensitivity: personal, labels: {labels('pseudonym')}}}\n"
        )
    return "".join(lines)


def _attribute(proposed: _Proposed, extract: Extract, column: Column, guarded: str) -> str:
    members, remark = [f"type: {column.type.value}"], ""
    if column.direct:
        members.append("sensitivity: direct")
    elif column.type is Type.IDENTITY:
        members.append("sensitivity: personal")
    elif column.special and guarded == "personal":
        members.append("sensitivity: special, purposes: [steering, planning, evaluation]")
        remark = " # its name sounds like health or social care data"
    else:
        members.append(f"sensitivity: {guarded}")
    if column.codes:
        members.append(f"code_list: {_list(extract, column)}")
    members.append(f"labels: {labels(json.dumps(column.name, ensure_ascii=False))}")
    return f"      {proposed.name(extract, column)}: {{{', '.join(members)}}}{remark}\n"


_TAKEN = ("deleted", "extracted", "batch", "superseded_by", "first_extracted", "first_batch")


def _list(extract: Extract, column: Column) -> str:
    return f"{extract.name}_{plain_name(column.name)}"


def _codes(proposed: _Proposed, extract: Extract) -> str:
    """Values that several rows share, as code lists: their words are still to be written."""
    lines = [
        opening(
            extract, "Codes that were met, each in several rows. Write what they mean, in three languages."
        ),
        "code_lists:\n",
    ]
    for column in proposed.attributes(extract):
        if column.codes:
            lines += [
                f"  {_list(extract, column)}:\n",
                f"    labels: {labels(json.dumps(column.name, ensure_ascii=False))}\n",
                "    source: not stated yet\n",
                "    codes:\n",
                *(
                    f"      {quoted}: {labels(quoted)}\n"
                    for quoted in (json.dumps(code, ensure_ascii=False) for code in column.codes)
                ),
            ]
    return "".join(lines)


# How it becomes known


def _mapping(proposed: _Proposed, extract: Extract) -> str:
    """How columns become attributes."""
    lines = [
        opening(extract, "How columns become attributes: expressions in DuckDB's SQL."),
        "mappings:\n",
        f"  - feed: {proposed.feed(extract)}\n",
        f"    concept: {extract.name}\n",
        f"    deleted: {GONE}\n" if proposed.database and compares(extract) else "",
        f"    key: {{{_parts(proposed, extract, extract.key_columns)}}}\n",
    ]
    others = [column for column in proposed.attributes(extract) if column not in extract.key_columns]
    if others:
        lines.append("    attributes:\n")
        lines += [f"      {proposed.name(extract, column)}: {_expression(column)}\n" for column in others]
    if relationships := proposed.relationships(extract):
        lines.append("    relationships:\n")
        for name, (to, columns) in relationships.items():
            if len(columns) == 1:
                lines.append(f"      {name}: {_expression(columns[0])}\n")
            else:
                lines.append(f"      {name}: {{{_parts(proposed, proposed.of(to), columns)}}}\n")
    if extract.person:
        lines.append(
            f"  - feed: {proposed.feed(extract)}\n"
            f"    concept: {proposed.person}\n"
            f"    key: {{pseudonym: {_expression(extract.person)}}}\n"
        )
    return "".join(lines)


def _parts(proposed: _Proposed, extract: Extract, columns: Sequence[Column]) -> str:
    """Columns for the parts of an extract's key, in its order."""
    return ", ".join(
        f"{proposed.name(extract, key)}: {_expression(column)}"
        for key, column in zip(extract.key_columns, columns, strict=True)
    )


def _expression(column: Column) -> str:
    name = column.name
    is_plain = re.fullmatch(r"[A-Za-z_][A-Za-z0-9_]*", name)
    return json.dumps(name if is_plain else '"' + name.replace('"', '""') + '"', ensure_ascii=False)


# What is counted


def _metrics(proposed: _Proposed, extract: Extract) -> str:
    """A first metric: how many rows there are in a month."""
    time = _time(proposed, extract)
    assert time is not None
    counted = "    person: person\n" if extract.person else ""
    return (
        opening(extract, "What is counted, and the figures made of it.")
        + "facts:\n"
        + f"  {extract.name}_row:\n"
        + f"    of: {extract.name}\n"
        + f"    time: {proposed.name(extract, time)}\n"
        + counted
        + "\n"
        + "metrics:\n"
        + f"  {extract.name}_rows:\n"
        + f"    labels: {labels(f'Rows of {extract.name}')}\n"
        + f"    definition: {labels(f'How many rows of {extract.file} fall in the period.')}\n"
        + "    family: need\n"
        + "    unit: {fi: riviä, sv: rader, en: rows}\n"
        + "    direction: neutral\n"
        + "    decimals: 0\n"
        + f"    numerator: {{fact: {extract.name}_row, aggregate: count}}\n"
        + "    levels: [county]\n"
        + "    legal_basis: not stated yet\n"
        + f"    source: {proposed.database.system if proposed.database else extract.name}\n"
        + "    owner: not stated yet\n"
    )
