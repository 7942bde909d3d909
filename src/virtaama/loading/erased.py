"""What was erased and is not to land again: an old file may be delivered once more, and sources keep what they have.

Marks are keyed digests, kept in the ledger. A row that names somebody who was erased, or describes an instance that
was, is left out where it would land, whatever else is wrong with it, and counted. Nothing of it is kept.
"""

from __future__ import annotations

import hmac
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from virtaama.engines.duckdb import DuckDB
from virtaama.lake.erasures import PERSON, THEIRS
from virtaama.model.concepts import Type
from virtaama.model.feeds import Feed
from virtaama.model.model import Model
from virtaama.privacy.identity_codes_in import codes_in
from virtaama.privacy.pseudonyms import normalise
from virtaama.sql.build import cast, column, named, select, subquery
from virtaama.vault.design import design
from virtaama.vault.render.names import LINE
from virtaama.vault.render.reading import keyed_rows
from virtaama.vault.tables import Source, VaultDesign


def person_mark(key: bytes, code: str) -> bytes:
    """The mark of the person of a normalised identity code."""
    return hmac.digest(key, f"person\x1f{code}".encode(), "sha256")


def instance_mark(key: bytes, concept: str, instance: str) -> bytes:
    """The mark of an instance, by its key in the warehouse."""
    return hmac.digest(key, f"instance\x1f{concept}\x1f{instance}".encode(), "sha256")


@dataclass(frozen=True)
class Erased:
    """The marks in force, and what is needed to know a row by them."""

    model: Model
    key: bytes
    marks: Mapping[str, frozenset[bytes]]

    @cached_property
    def _design(self) -> VaultDesign:
        return design(self.model)

    def names_erased(self, rows: pa.Table, feed: Feed) -> pa.Array | None:
        """Which rows, as delivered, name somebody who was erased; None where none does."""
        if not self.marks.get(PERSON):
            return None
        found: pa.Array | None = None
        for declared in feed.fields:
            if declared.type is not Type.IDENTITY:
                continue
            encoded = rows[declared.name].combine_chunks().dictionary_encode()
            erased = pa.array([self._is_erased(code) for code in encoded.dictionary.to_pylist()], pa.bool_())
            named = pc.fill_null(erased.take(encoded.indices), False)
            found = named if found is None else pc.or_(found, named)
        return found if found is not None and pc.any(found).as_py() else None

    def stands_in(self, raw: bytes) -> bool:
        """Whether somebody who was erased is named in a row that could not be read."""
        return bool(self.marks.get(PERSON)) and any(self._is_erased(code) for code in codes_in(raw))

    def _is_erased(self, code: str | None) -> bool:
        return code is not None and person_mark(self.key, normalise(code)) in self.marks[PERSON]

    def rows_of_instances(self, file: Path, feed: Feed) -> tuple[int, ...]:
        """The numbers of rows, made safe, that describe an instance that was erased.

        Rows that name nobody, too, which describe or refer to what belonged to somebody who was.
        """
        sources = [source for source in self._design.sources_from(feed.id) if self._may_meet(source)]
        if not sources or not pq.ParquetFile(file).metadata.num_rows:
            return ()
        identities = tuple(field.name for field in feed.fields if field.type is Type.IDENTITY)
        engine = DuckDB.open(folders=[file.parent], memory="500MB", threads=1)
        found: set[int] = set()
        try:
            for source in sources:
                hubs = {source.hub.hash_key: source.hub.concept}
                hubs |= {reference.column: reference.hub.concept for reference in source.references}
                keys = [named(cast(column(name), "VARCHAR"), name) for name in hubs]
                rows = select(LINE, *identities, *keys)
                query = rows.from_(subquery(keyed_rows(source, None, identities), "keyed"))
                for row in engine.rows(query, {"files": [str(file)]}):
                    names_nobody = not any(row[name] for name in identities)
                    if any(
                        row[name]
                        and self._is_gone(name == source.hub.hash_key, concept, row[name], names_nobody)
                        for name, concept in hubs.items()
                    ):
                        found.add(row[LINE])
        finally:
            engine.close()
        return tuple(sorted(found))

    def _may_meet(self, source: Source) -> bool:
        """Whether rows of a source may be about anything there is a mark for."""
        concepts = (source.hub.concept, *(reference.hub.concept for reference in source.references))
        theirs = any(f"{THEIRS}{concept}" in self.marks for concept in concepts)
        return theirs or source.hub.concept in self.marks

    def _is_gone(self, is_own: bool, concept: str, key: str, names_nobody: bool) -> bool:
        instance = key.replace("-", "")
        if is_own and instance_mark(self.key, concept, instance) in self.marks.get(concept, ()):
            return True
        kind = f"{THEIRS}{concept}"
        return names_nobody and instance_mark(self.key, kind, instance) in self.marks.get(kind, ())


def marks_of(
    key: bytes, persons: Iterable[str], instances: Mapping[str, Iterable[str]]
) -> tuple[tuple[str, bytes], ...]:
    """The marks of persons, by identity code, and of instances, by concept and key; each with its kind."""
    return (
        *((PERSON, person_mark(key, code)) for code in sorted(persons)),
        *(
            (concept, instance_mark(key, concept, instance))
            for concept, keys in sorted(instances.items())
            for instance in sorted(keys)
        ),
    )
