"""Which rows of the lake are a person's, or describe instances that are due: found in the batches themselves.

A row is a person's where it names them, in whatever field. A row that names nobody is theirs where it describes, or
refers to, what such a row describes: the diagnoses of their visits. What others are named with too is not followed.
A row that describes an instance that is due goes with it, unless it describes something else that is kept.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from sqlglot import exp

from virtaama.engines.port import Engine
from virtaama.lake.batches import Batch
from virtaama.lake.files import Lake
from virtaama.loading.load import arrival_of
from virtaama.model.concepts import Type
from virtaama.model.model import Model
from virtaama.sql.build import (
    all_of,
    any_of,
    bound,
    cast,
    column,
    create_table,
    drop_table,
    function,
    insert,
    named,
    select,
    subquery,
    table,
    temporary_table,
    union_all,
)
from virtaama.vault.design import design
from virtaama.vault.plan import shape_of
from virtaama.vault.render.names import FILE, LINE, known, unknown
from virtaama.vault.render.reading import field_rows, keyed_rows
from virtaama.vault.steps import Shape
from virtaama.vault.tables import Source

_WHO = "wanted__person"
_KEY = "key"
_ROWS = "gone__rows"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Whose rows, by their names in the lake, and which instances, by concept: keys of 32 hexadecimal digits."""

    persons: frozenset[str] = frozenset()
    instances: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Belonging:
    """What was found. `instances` are those the rows describe; `shared` those that other rows describe as well.

    `rows` are numbers of rows, from 0, in order, by batch. `stay` counts rows that describe something due and
    something that is kept.
    """

    rows: Mapping[int, tuple[int, ...]]
    instances: Mapping[str, frozenset[str]]
    shared: Mapping[str, frozenset[str]]
    stay: int

    @property
    def count(self) -> int:
        return sum(map(len, self.rows.values()))


def belonging(
    engine: Engine, model: Model, lake: Lake, batches: Sequence[Batch], wanted: Wanted
) -> Belonging:
    """Look through the lake. `engine` is one in memory that may read it; Damaged where a batch is not what landed."""
    look = _Look(engine, model, lake, batches, wanted)
    look.read()
    if wanted.persons:
        look.follow()
    return look.found()


def named_in(
    lake: Lake, batches: Sequence[Batch], feeds: Collection[str], persons: frozenset[str]
) -> frozenset[str]:
    """Those of some persons whom rows of these feeds name."""
    found: set[str] = set()
    names = pa.array(sorted(persons), pa.string())
    for batch in batches if persons else ():
        if batch.feed in feeds:
            whole = pq.ParquetFile(lake.verified_path(batch))
            texts = [f.name for f in whole.schema_arrow if pa.types.is_string(f.type)]
            for piece in whole.iter_batches(columns=texts) if texts else ():
                for column in piece.columns:
                    found.update(column.filter(pc.is_in(column, names)).to_pylist())
    return frozenset(found)


def together(one: Belonging, other: Belonging) -> Belonging:
    """What either found."""
    rows = {
        number: tuple(sorted({*one.rows.get(number, ()), *other.rows.get(number, ())}))
        for number in sorted({*one.rows, *other.rows})
    }
    return Belonging(
        rows=rows,
        instances=_merged(one.instances, other.instances),
        shared=_merged(one.shared, other.shared),
        stay=one.stay + other.stay,
    )


def _merged(
    one: Mapping[str, frozenset[str]], other: Mapping[str, frozenset[str]]
) -> dict[str, frozenset[str]]:
    nothing = frozenset[str]()
    return {name: one.get(name, nothing) | other.get(name, nothing) for name in sorted({*one, *other})}


@dataclass(frozen=True, slots=True)
class _Read:
    """A source whose rows were read: the table they are in."""

    source: Source
    name: str
    identities: tuple[str, ...]
    shape: Shape | None
    files: tuple[str, ...]


class _Look:
    """One look through the lake: rows that may be wanted, with their keys, in tables of the engine."""

    def __init__(
        self, engine: Engine, model: Model, lake: Lake, batches: Sequence[Batch], wanted: Wanted
    ) -> None:
        self._engine = engine
        self._model = model
        self._lake = lake
        self._wanted = wanted
        self._design = design(model)
        self._by_feed: dict[str, list[Batch]] = defaultdict(list)
        for batch in batches:
            self._by_feed[batch.feed].append(batch)
        self._batch_of = {str(self._lake.folder / batch.parquet): batch for batch in batches}
        self._read: list[_Read] = []
        self._stay = 0

    # Reading

    def read(self) -> None:
        self._engine.run(create_table(_WHO, [(_KEY, "VARCHAR")]))
        self._fill(_WHO, "VARCHAR", self._wanted.persons)
        self._engine.run(create_table(_ROWS, [(FILE, "VARCHAR"), (LINE, "BIGINT")]))
        for concept in self._model.concepts:
            self._engine.run(create_table(_owned(concept.name), [(_KEY, "UUID")]))
            self._engine.run(create_table(_shared(concept.name), [(_KEY, "UUID")]))
            self._fill(_owned(concept.name), "UUID", self._wanted.instances.get(concept.name, ()))
        known_feeds = {feed.id for feed in self._model.feeds}
        for feed, batches in self._by_feed.items():
            paths = tuple(str(self._lake.verified_path(batch)) for batch in batches)
            is_known = feed in known_feeds
            if self._wanted.persons:
                for batch in batches:
                    if not is_known or arrival_of(batch, self._model, self._lake).columns is not None:
                        self._look_everywhere(batch)
            if is_known:
                self._read_feed(feed, batches, paths)

    def _read_feed(self, feed: str, batches: Sequence[Batch], paths: tuple[str, ...]) -> None:
        arrivals = tuple(arrival_of(batch, self._model, self._lake) for batch in batches)
        shape = shape_of(self._model, feed, arrivals)
        identities = tuple(f.name for f in self._model.feed(feed).fields if f.type is Type.IDENTITY)
        if identities and self._wanted.persons:
            rows = select(FILE, LINE).from_(subquery(field_rows(shape, identities), "delivered"))
            rows = rows.where(any_of([_in(name, _WHO) for name in identities]))
            self._engine.run(insert(_ROWS, [FILE, LINE], rows), {"files": list(paths)})
        for place, source in enumerate(self._design.sources_from(feed)):
            read = _Read(source, f"read__{feed.replace('.', '__')}__{place}", identities, shape, paths)
            rows = select(exp.Star()).from_(subquery(keyed_rows(source, shape, identities), "keyed"))
            wanted: list[exp.Expr] = []
            if self._wanted.persons:
                wanted.append(_theirs(identities))
                wanted.append(all_of([unknown(name) for name in identities]))
            if self._wanted.instances.get(source.hub.concept):
                wanted.append(_in(source.hub.hash_key, _owned(source.hub.concept)))
            if wanted:
                self._engine.run(
                    temporary_table(read.name, rows.where(any_of(wanted))), {"files": list(paths)}
                )
                self._read.append(read)

    def _look_everywhere(self, batch: Batch) -> None:
        """Rows of a batch that was landed under a description nobody has any more: any text may name them."""
        whole = pq.ParquetFile(self._lake.folder / batch.parquet)
        texts = [f.name for f in whole.schema_arrow if pa.types.is_string(f.type)]
        names = pa.array(sorted(self._wanted.persons), pa.string())
        start = 0
        for piece in whole.iter_batches(columns=texts) if texts else ():
            named_in = [pc.is_in(piece.column(name), names) for name in texts]
            lines = {start + n for found in named_in for n in pc.indices_nonzero(found).to_pylist()}
            if lines:
                file = str(self._lake.folder / batch.parquet)
                numbers = named(cast(function("UNNEST", bound("lines")), "BIGINT"), LINE)
                rows = select(named(exp.Literal.string(file), FILE), numbers)
                self._engine.run(insert(_ROWS, [FILE, LINE], rows), {"lines": sorted(lines)})
            start += piece.num_rows

    # Following

    def follow(self) -> None:
        """What the rows of persons describe, and what names nobody and leads there."""
        for read in self._read:
            self._own(read, _theirs(read.identities))
        self._leave_shared()
        while sum(self._own(read, self._leads_there(read)) for read in self._read):
            pass
        self._leave_shared()

    def _leads_there(self, read: _Read) -> exp.Expr:
        """Whether a row names nobody, and describes or refers to something of theirs."""
        source = read.source
        ways = [_in(source.hub.hash_key, _owned(source.hub.concept))]
        ways += [_in(reference.column, _owned(reference.hub.concept)) for reference in source.references]
        return all_of([*(unknown(name) for name in read.identities), any_of(ways)])

    def _own(self, read: _Read, condition: exp.Expr) -> int:
        """Count in what rows describe; how many that was not known of."""
        key, owned = read.source.hub.hash_key, _owned(read.source.hub.concept)
        others = exp.not_(_in(key, owned)), exp.not_(_in(key, _shared(read.source.hub.concept)))
        keys = select(named(column(key), _KEY)).distinct().from_(table(read.name))
        return self._engine.run(insert(owned, [_KEY], keys.where(condition, known(key), *others)))

    def _leave_shared(self) -> None:
        """What a row describes that names somebody else is no longer followed."""
        for read in self._read:
            key, concept = read.source.hub.hash_key, read.source.hub.concept
            if not read.identities or not self._count(_owned(concept)):
                continue
            others = any_of([exp.and_(known(name), exp.not_(_in(name, _WHO))) for name in read.identities])
            rows = select(named(column(key), _KEY)).distinct()
            rows = rows.from_(subquery(keyed_rows(read.source, read.shape, read.identities), "keyed"))
            rows = rows.where(others, _in(key, _owned(concept)))
            self._engine.run(insert(_shared(concept), [_KEY], rows), {"files": list(read.files)})
            self._engine.run(
                exp.Delete(this=table(_owned(concept)), where=exp.Where(this=_in(_KEY, _shared(concept))))
            )

    # What was found

    def found(self) -> Belonging:
        for read in self._read:
            self._take_rows(read)
        if not self._wanted.persons:
            self._leave_kept()
        rows: dict[int, set[int]] = defaultdict(set)
        for row in self._engine.read(select(FILE, LINE).from_(table(_ROWS))).to_pylist():
            rows[self._batch_of[row[FILE]].number].add(row[LINE])
        found = Belonging(
            rows={number: tuple(sorted(lines)) for number, lines in sorted(rows.items()) if lines},
            instances=self._keys(_owned),
            shared=self._keys(_shared),
            stay=self._stay,
        )
        self._drop()
        return found

    def _take_rows(self, read: _Read) -> None:
        """Rows that name them were taken when they were read."""
        if self._wanted.persons:
            condition = self._leads_there(read)
        else:
            condition = _in(read.source.hub.hash_key, _owned(read.source.hub.concept))
        rows = select(FILE, LINE).from_(table(read.name)).where(condition)
        self._engine.run(insert(_ROWS, [FILE, LINE], rows))

    def _leave_kept(self) -> None:
        """A row that describes something that is kept, too, stays with all it says."""
        for feed, batches in self._by_feed.items():
            sources = self._design.sources_from(feed)
            if len(sources) < 2:
                continue
            arrivals = tuple(arrival_of(batch, self._model, self._lake) for batch in batches)
            shape = shape_of(self._model, feed, arrivals)
            files = [str(self._lake.folder / batch.parquet) for batch in batches]
            kept = [
                select(FILE, LINE)
                .from_(subquery(keyed_rows(source, shape, ()), f"keyed{place}"))
                .where(
                    known(source.hub.hash_key),
                    exp.not_(_in(source.hub.hash_key, _owned(source.hub.concept))),
                )
                for place, source in enumerate(sources)
                if self._model.concept(source.hub.concept).retention
            ]
            if not kept:
                continue
            self._engine.run(temporary_table("kept__rows", union_all(kept)), {"files": files})
            here = exp.Tuple(expressions=[column(FILE), column(LINE)])
            stays = exp.In(this=here, query=exp.Subquery(this=select(FILE, LINE).from_(table("kept__rows"))))
            together = select(FILE, LINE).distinct().from_(table(_ROWS)).where(stays)
            self._stay += len(self._engine.read(together).to_pylist())
            self._engine.run(exp.Delete(this=table(_ROWS), where=exp.Where(this=stays.copy())))
            self._engine.run(drop_table("kept__rows"))

    def _keys(self, of: Callable[[str], str]) -> dict[str, frozenset[str]]:
        found = {}
        for concept in self._model.concepts:
            rows = select(named(cast(column(_KEY), "VARCHAR"), _KEY)).from_(table(of(concept.name)))
            keys = frozenset(
                row[_KEY].replace("-", "") for row in self._engine.rows(rows) if row[_KEY] is not None
            )
            if keys:
                found[concept.name] = keys
        return found

    def _count(self, name: str) -> int:
        [row] = self._engine.rows(select(named(exp.Count(this=exp.Star()), "rows")).from_(table(name)))
        return int(row["rows"])

    def _fill(self, name: str, kind: str, values: Iterable[str]) -> None:
        if given := sorted(values):
            rows = select(named(cast(function("UNNEST", bound("values")), kind), _KEY))
            self._engine.run(insert(name, [_KEY], rows), {"values": given})

    def _drop(self) -> None:
        for name in (_WHO, _ROWS, *(read.name for read in self._read), *self._key_tables()):
            self._engine.run(drop_table(name))

    def _key_tables(self) -> Iterator[str]:
        for concept in self._model.concepts:
            yield _owned(concept.name)
            yield _shared(concept.name)


def _in(name: str, keys: str) -> exp.In:
    return exp.In(this=column(name), query=exp.Subquery(this=select(_KEY).from_(table(keys))))


def _theirs(identities: Iterable[str]) -> exp.Expr:
    """Whether a row names them: in a field of today, or in one it was landed with."""
    here = exp.Tuple(expressions=[column(FILE), column(LINE)])
    met = exp.In(this=here, query=exp.Subquery(this=select(FILE, LINE).from_(table(_ROWS))))
    return any_of([*(_in(name, _WHO) for name in identities), met])


def _owned(concept: str) -> str:
    return f"owned__{concept}"


def _shared(concept: str) -> str:
    return f"shared__{concept}"
