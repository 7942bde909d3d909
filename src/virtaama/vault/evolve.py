"""What brings a warehouse from the model it was made under to another, as steps.

Cheapest first: what is only called otherwise is renamed, what is read otherwise is read again from the lake,
and what nothing changed is not touched. The tables are changed in one transaction; then each source that
must be read again is filled in a transaction of its own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from virtaama.model.compare import under_new_names
from virtaama.model.model import Model
from virtaama.model.record import meaning_of
from virtaama.vault.columns import WantedTable, source_tables, wanted_tables
from virtaama.vault.design import design
from virtaama.vault.fingerprints import fingerprint
from virtaama.vault.table_steps import (
    CreateTable,
    DropTable,
    EmptyCodes,
    FillCodes,
    KeepNamedKeys,
    RenameColumn,
    RenameTable,
    TableStep,
)
from virtaama.vault.tables import CodeTable, Hub, Source, VaultDesign


@dataclass(frozen=True, slots=True, kw_only=True)
class Refill:
    """A source whose tables are empty and are filled from the lake; then hubs lose the keys nobody names."""

    source: Source
    fingerprint: str
    hubs: tuple[KeepNamedKeys, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Evolution:
    """Everything a changed model asks of a warehouse."""

    steps: tuple[TableStep, ...]  # together, in this order
    filled: tuple[tuple[str, str], ...]  # source and fingerprint of what is whole after the steps
    refills: tuple[Refill, ...]  # one after another, in this order


def plan_evolution(
    old: Model | None, new: Model, filled: Mapping[str, str], fed: frozenset[str]
) -> Evolution:
    """What brings a warehouse of the old model (None: an empty one) to the new one.

    `filled` holds the fingerprint each source had when it was filled, as the warehouse remembers it: a source
    that is missing was never finished. `fed` names the feeds that have deliveries in the warehouse.
    """
    wanted = design(new)
    today = under_new_names(old, new) if old else None
    whole = _whole(old, today, filled) if old and today else {}
    prints = {source.id: fingerprint(new, source) for source in wanted.sources}
    # The tables of a source without deliveries are made anew as well: they may have other columns now.
    anew = tuple(source for source in wanted.sources if whole.get(source.id) != prints[source.id])
    again = tuple(source for source in anew if source.mapping.feed in fed)
    waiting = {source.id for source in again}
    later = {hub.name for source in again for hub in _hubs_of(source)}
    tables = _Tables(old, today, new, anew)
    pruned = (keep_named_keys(wanted, hub) for hub in tables.hubs_that_lost() if hub.name not in later)
    return Evolution(
        steps=(*tables.steps(), *pruned),
        filled=tuple((name, value) for name, value in prints.items() if name not in waiting),
        refills=tuple(
            Refill(
                source=source,
                fingerprint=prints[source.id],
                hubs=tuple(
                    keep_named_keys(wanted, hub)
                    for hub in _hubs_of(source)
                    # Once is enough: with the last source that adds keys to it.
                    if not any(hub in _hubs_of(other) for other in again[place + 1 :])
                ),
            )
            for place, source in enumerate(again)
        ),
    )


def plan_codes(model: Model, design: VaultDesign) -> tuple[EmptyCodes | FillCodes, ...]:
    """Steps that make the code tables say what the model says."""
    return tuple(step for table in design.code_tables for step in _codes_anew(model, table))


def keep_named_keys(design: VaultDesign, hub: Hub) -> KeepNamedKeys:
    """The step that leaves in a hub what the histories of a design name."""
    named = [
        (source.histories[0].name, source.histories[0].hash_key)
        for source in design.sources
        if source.hub == hub
    ]
    named += [
        (source.link.name, reference.column)
        for source in design.sources
        if source.link
        for reference in source.references
        if reference.hub == hub
    ]
    return KeepNamedKeys(hub=hub, named_in=tuple(named))


def _whole(old: Model, today: Model, filled: Mapping[str, str]) -> dict[str, str]:
    """The fingerprints of what is whole, as they are under the names of the new model."""
    pairs = zip(design(old).sources, design(today).sources, strict=True)
    return {
        now.id: fingerprint(today, now) for was, now in pairs if filled.get(was.id) == fingerprint(old, was)
    }


class _Tables:
    """The tables there are, held against the tables there should be."""

    def __init__(self, old: Model | None, today: Model | None, new: Model, anew: Collection[Source]) -> None:
        self._old, self._new = old, new
        self._wanted = design(new)
        self._today = design(today) if today else None
        there = wanted_tables(design(old)) if old else ()
        called = wanted_tables(self._today) if self._today else ()
        self._pairs = tuple(zip(there, called, strict=True))
        self._found = {table.name: table for table in wanted_tables(self._wanted)}
        self._anew = {source.id for source in anew}
        emptied = {table.name for source in anew for table in source_tables(source)}
        self._kept = {
            now.name
            for _, now in self._pairs
            if now.name in self._found and now.name not in emptied and _alike(now, self._found[now.name])
        }

    def steps(self) -> Iterator[TableStep]:
        """First what goes, so that names are free for what comes."""
        yield from (DropTable(name=was.name) for was, now in self._pairs if now.name not in self._kept)
        for was, now in self._pairs:
            if now.name in self._kept:
                yield from _renamed(was, now)
        for table in self._found.values():
            if table.name not in self._kept:
                yield CreateTable(name=table.name, columns=table.columns)
        before = {
            codes.name: meaning_of(codes.codes) for codes in (self._old.code_lists if self._old else ())
        }
        for codes in self._wanted.code_tables:
            says = meaning_of(self._new.code_list(codes.code_list).codes)
            if codes.name not in self._kept or before.get(codes.code_list) != says:
                yield from _codes_anew(self._new, codes)

    def hubs_that_lost(self) -> Iterator[Hub]:
        """Hubs that stay, of sources that do not stay as they were."""
        stays = {source.id for source in self._wanted.sources} - self._anew
        lost = {
            hub.name
            for source in (self._today.sources if self._today else ())
            if source.id not in stays
            for hub in _hubs_of(source)
        }
        return (hub for hub in self._wanted.hubs if hub.name in lost and hub.name in self._kept)


def _alike(one: WantedTable, other: WantedTable) -> bool:
    """Whether two tables have the same columns; in a hub their order decides the hash of a key."""
    if one.ordered:
        return one.columns == other.columns
    return sorted(one.columns) == sorted(other.columns)


def _renamed(was: WantedTable, now: WantedTable) -> Iterator[TableStep]:
    if was.name != now.name:
        yield RenameTable(name=was.name, to=now.name)
    for (column, _), (to, _) in zip(was.columns, now.columns, strict=True):
        if column != to:
            yield RenameColumn(table=now.name, column=column, to=to)


def _codes_anew(model: Model, table: CodeTable) -> tuple[EmptyCodes, FillCodes]:
    return EmptyCodes(table=table), FillCodes(table=table, codes=model.code_list(table.code_list))


def _hubs_of(source: Source) -> tuple[Hub, ...]:
    """The hubs a source adds keys to, each once."""
    return tuple(dict.fromkeys((source.hub, *(reference.hub for reference in source.references))))
