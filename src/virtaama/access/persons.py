"""Which persons rows are about, as keys of 16 bytes: the key a person has in the warehouse.

It is computed from the surrogate, so a report to a person finds it; the identity code cannot be told from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from uuid import UUID

import pyarrow as pa
import pyarrow.compute as pc

from virtaama.access.audit_entries import Persons
from virtaama.identities.store import is_person
from virtaama.metrics.feature_tables import FeatureTable
from virtaama.model.concepts import Type
from virtaama.model.model import Model
from virtaama.privacy.identity_codes_in import codes_in
from virtaama.vault.keys import key_of


def person_key(surrogate: str) -> bytes:
    """The key of a person in the warehouse and in the audit log."""
    return key_of(surrogate).bytes


def persons_in(table: FeatureTable, model: Model, rows: pa.Table) -> Persons:
    """About whom the rows of a feature table are.

    Known where rows are about a concept that a person's surrogate identifies, or show a surrogate; rows about
    anything else may be about persons nobody can name here, and are counted as that.
    """
    concept = model.concept(table.of)
    identities = {a.name for a in concept.attributes if a.type is Type.IDENTITY}
    keys: set[bytes] = set()
    known = False
    if len(concept.key) == 1 and concept.key[0] in identities:
        known = True
        keys.update(UUID(key).bytes for key in _values(rows, f"{table.of}_key"))
    for surrogates in surrogates_shown(table, model, rows).values():
        known = True
        keys.update(map(person_key, surrogates))
    return Persons.of(keys, unknown=0 if known else len(rows))


def surrogates_shown(table: FeatureTable, model: Model, rows: pa.Table) -> dict[str, frozenset[str]]:
    """The surrogates of persons that rows of a feature table show, by column.

    Those of attributes that identify a person, and whatever else has the form of a surrogate, by which way it came.
    """
    identities = {a.name for a in model.concept(table.of).attributes if a.type is Type.IDENTITY}
    found: dict[str, frozenset[str]] = {}
    for state in table.states:
        if pa.types.is_string(rows.schema.field(state.name).type):
            values = frozenset(_values(rows, state.name))
            shown = values if state.value.strip() in identities else frozenset(filter(is_person, values))
            if shown:
                found[state.name] = shown
    return found


def persons_named(rows: Iterable[bytes], persons: Callable[[Sequence[str]], Sequence[str]]) -> Persons:
    """About whom rows are that could not be read: those whose identity code stands in them, whole and right.

    `persons` gives the surrogates of codes.
    """
    codes: set[str] = set()
    unknown = 0
    for raw in rows:
        found = set(codes_in(raw))
        codes |= found
        unknown += not found
    return Persons.of(map(person_key, persons(sorted(codes))), unknown=unknown)


def names_a_person(text: str) -> bool:
    """Whether a text holds a personal identity code."""
    return any(codes_in(text.encode()))


def _values(rows: pa.Table, name: str) -> Iterator[str]:
    return (value for value in pc.unique(rows.column(name)).to_pylist() if value is not None)
