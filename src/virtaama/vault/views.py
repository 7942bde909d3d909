"""The current and as-of state of a concept as one table: nobody writes these joins by hand."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from sqlglot import exp

from virtaama.model.columns import star_columns as star_columns
from virtaama.model.concepts import Concept, Kind
from virtaama.model.model import Model
from virtaama.sql.build import cast, column, join, named, select, subquery, table, text, union_all
from virtaama.sql.spelling import DIALECT
from virtaama.vault.endings import FOLLOWING, NO_ENDINGS, Endings, ending_name, is_open, open_to_view, read_of
from virtaama.vault.render.names import SUPERSEDED_BY, newest, row_columns
from virtaama.vault.tables import History, Source, VaultDesign

_RANK = "source__rank"  # the place of a source among those of its concept; the first wins
_SHARED = "shared__keys"  # keys that more than one source has named


def star(model: Model, design: VaultDesign, concept: str) -> exp.Select:
    """The concept as it is known now, one row an instance.

    Columns: `<concept>_key`, the business key, the other attributes in the model's order, and
    `<relationship>_key` for each relationship. An attribute takes the value of the first source, in the
    order of the mappings, that has one. An instance is left out when every source that named it has
    deleted it. Attributes that name a person are never columns. A concept no mapping describes has an
    instance for each key that others point to.
    """
    return _View(model.concept(concept), design).query()


def as_of(
    model: Model,
    design: VaultDesign,
    concept: str,
    moment: datetime | None = None,
    known: int | None = None,
    endings: Endings = NO_ENDINGS,
) -> exp.Select:
    """The same as `star` at another moment, in either of two times.

    `moment`: what was true then, told by deliveries extracted until then; of a concept whose instances say
    themselves when they hold (`valid`), those that held just before it, whenever they were told of. `known`: what was
    known when this batch had landed and none after it; what later batches told or corrected is left out.
    `endings`: the tables of `endings_of` that are there, so that many moments put history in order once.
    """
    described = model.concept(concept)
    if moment and described.valid:
        return _held(
            _View(described, design, known=known, endings=endings).query(), described, _moment(moment)
        )
    return _View(described, design, moment=moment, known=known, endings=endings).query()


@dataclass(frozen=True, kw_only=True)
class _View:
    concept: Concept = field(kw_only=False)
    design: VaultDesign = field(kw_only=False)
    moment: datetime | None = None
    known: int | None = None
    endings: Endings = NO_ENDINGS

    @property
    def key(self) -> str:
        return f"{self.concept.name}_key"

    @property
    def content(self) -> tuple[tuple[str, str], ...]:
        """The columns that do not come from the hub, with their types."""
        return tuple(c for c in star_columns(self.concept)[1:] if c[0] not in self.concept.key)

    def query(self) -> exp.Select:
        hub = self.design.hub(self.concept.name)
        sources = self.design.sources_of(self.concept.name)
        columns = [
            column(name, "hub" if name in self.concept.key else "") for name, _ in star_columns(self.concept)
        ]
        columns[0] = column(self.key)
        if not sources:
            nothing = [named(_null(kind), name) for name, kind in self.content]
            rows: exp.Query = select(self.key, *nothing).from_(self._pointed_to())
        elif len(sources) == 1:
            rows = self._said(sources[0], "")
        else:
            rows = self._merged(sources)
        view = join(select(*columns).from_(subquery(rows, "rows")), table(hub.name, "hub"), self.key, "INNER")
        return view.with_(_SHARED, as_=self._shared(sources), dialect=DIALECT) if len(sources) > 1 else view

    def _merged(self, sources: tuple[Source, ...]) -> exp.Query:
        """Most instances are known from one source and pass as they are; only shared ones are brought together."""
        alone = [self._said(source, "ANTI") for source in sources]
        together = union_all(
            [
                select(
                    named(exp.Literal.number(rank), _RANK), self.key, *(name for name, _ in self.content)
                ).from_(subquery(self._unless_taken_over(source), "said"))
                for rank, source in enumerate(sources)
            ]
        )
        firsts = [named(_first(name), name) for name, _ in self.content]
        merged = select(self.key, *firsts).from_(subquery(together, "said"))
        merged = merged.group_by(column(self.key))
        return union_all([*alone, merged])

    def _unless_taken_over(self, source: Source) -> exp.Select:
        """What a source says of shared instances; of those that its successors have named by then, nothing."""
        said = self._said(source, "SEMI")
        successors = [s for s in self.design.sources_of(self.concept.name) if s.name in source.replaced_by]
        if not successors:
            return said
        named_by = [
            self._narrowed(select(self.key, "extracted").from_(self._rows(s.histories[0])), "")
            for s in successors
        ]
        first = named(exp.Min(this=column("extracted")), "since")
        taken = select(named(column(self.key), "taken"), first).from_(
            subquery(union_all(named_by), "named_by")
        )
        taken = taken.group_by(column(self.key))
        same = column("taken", "taken_over").eq(column(self.key, "said"))
        names = (column(name, "said") for name in (self.key, *(name for name, _ in self.content)))
        return (
            select(*names)
            .from_(subquery(said, "said"))
            .join(subquery(taken, "taken_over"), on=same, join_type="ANTI")
        )

    def _shared(self, sources: tuple[Source, ...]) -> exp.Select:
        keys = [select(self.key).distinct().from_(self._rows(source.histories[0])) for source in sources]
        several = exp.Count(this=exp.Star()) > exp.Literal.number(1)
        named_by = subquery(union_all(keys), "keys")
        return select(self.key).from_(named_by).group_by(column(self.key)).having(several)

    def _said(self, source: Source, shared: str) -> exp.Select:
        """What one source says: its living instances with every column of the view, null where it has none."""
        shown = open_to_view(source)
        histories = read_of(source)
        held = {name for history in shown for name in history.content}
        columns = [column(n) if n in held else named(_null(kind), n) for n, kind in self.content]
        said = select(self.key, *columns)
        for place, history in enumerate(histories):
            alive = subquery(self._alive(history, history in shown, shared), history.name)
            said = said.from_(alive) if place == 0 else join(said, alive, self.key, "FULL")
        return said

    def _alive(self, history: History, with_content: bool, shared: str) -> exp.Query:
        """The last row of each key unless it is a deletion.

        Keys with one row need no ordering, and they are nearly all: only the others are put in order.
        """
        content = history.content if with_content else ()
        if self.known is None and history.name in self.endings:
            return self._alive_by_endings(history, content, shared)
        rows = self._narrowed(select(self.key, *content).from_(self._rows(history)), shared)
        several = (
            self._narrowed(select(self.key).from_(self._rows(history)), shared)
            .group_by(column(self.key))
            .having(exp.Count(this=exp.Star()) > exp.Literal.number(1))
        )
        once = join(rows, subquery(several, "several"), self.key, "ANTI").where(exp.not_(column("deleted")))
        last = self._narrowed(newest(history, *content, "deleted", of=self._rows(history)), shared)
        last = join(last, subquery(several.copy(), "several"), self.key, "SEMI")
        living = select(self.key, *content).from_(subquery(last, "last")).where(exp.not_(column("deleted")))
        return union_all([once, living])

    def _alive_by_endings(self, history: History, content: tuple[str, ...], shared: str) -> exp.Query:
        """Each row that holds at the moment: its own is not later, and that of the next row of its key is."""
        ending = table(ending_name(history.name))
        open_end = exp.Is(this=column(FOLLOWING), expression=exp.null())
        ends = exp.or_(open_end, column(FOLLOWING) > _moment(self.moment)) if self.moment else open_end
        held = self._narrowed(select(self.key, *content).from_(ending), shared)
        held = held.where(ends, exp.not_(column("deleted")))
        if self.concept.kind is not Kind.EVENT:
            return held
        rows = self._narrowed(select(self.key, *content).from_(self._rows(history)), shared)
        once = join(rows, ending.copy(), self.key, "ANTI").where(exp.not_(column("deleted")))
        return union_all([once, held])

    def _narrowed(self, rows: exp.Select, shared: str) -> exp.Select:
        if self.moment:
            rows = rows.where(_until("extracted", self.moment))
        return join(rows, table(_SHARED), self.key, shared) if shared else rows

    def _rows(self, history: History) -> exp.Expr:
        """The rows of a history, as it was when a batch had landed: what is aside now was still in it."""
        if self.known is None:
            return table(history.name)
        columns = [c for c in row_columns(history) if is_open(history) or c not in history.content]
        landed = column("batch") <= exp.Literal.number(self.known)
        held = select(*columns).from_(table(history.name)).where(landed)
        aside = select(*columns).from_(table(history.superseded)).where(landed.copy())
        aside = aside.where(column(SUPERSEDED_BY) > exp.Literal.number(self.known))
        return subquery(union_all([held, aside]), history.name)

    def _pointed_to(self) -> exp.Expr:
        """The keys of a concept that nothing describes: the hub's or, at another moment, those pointed to by then."""
        hub = self.design.hub(self.concept.name)
        if self.moment is None and self.known is None:
            return table(hub.name)
        pointed = [
            select(named(column(reference.column), self.key), "extracted").from_(self._rows(source.link))
            for source in self.design.sources
            for reference in source.references
            if source.link and reference.hub == hub
        ]
        if not pointed:
            return subquery(select(self.key).from_(table(hub.name)), "pointed")
        first = named(exp.Min(this=column("extracted")), "extracted")
        firsts = (
            select(self.key, first).from_(subquery(union_all(pointed), "pointed")).group_by(column(self.key))
        )
        keys = select(self.key).from_(subquery(firsts, "firsts"))
        if self.moment:
            keys = keys.where(_until("extracted", self.moment))
        return subquery(keys, "pointed")


def _held(rows: exp.Select, concept: Concept, moment: exp.Expr) -> exp.Select:
    """Rows of instances that held just before a moment: on the day it closes, where they tell days."""
    assert concept.valid
    types = dict(star_columns(concept))
    whole = select(exp.Star()).from_(subquery(rows, "whole"))
    for name, begins in ((concept.valid.since, True), (concept.valid.until, False)):
        if types[name] == "DATE":
            limit = cast(_instant_before(moment), "DATE")
            holds: exp.Expr = column(name) <= limit if begins else column(name) >= limit
        else:
            holds = column(name) < moment.copy() if begins else column(name) >= moment.copy()
        whole = whole.where(exp.or_(exp.Is(this=column(name), expression=exp.null()), holds))
    return whole


def _instant_before(moment: exp.Expr) -> exp.Expr:
    return exp.Sub(this=moment.copy(), expression=exp.Interval(this=text("1"), unit=exp.var("MICROSECOND")))


def _first(name: str) -> exp.Expr:
    value = exp.ArgMin(this=column(name), expression=column(_RANK))
    return exp.Filter(
        this=value, expression=exp.Where(this=exp.not_(exp.Is(this=column(name), expression=exp.null())))
    )


def _null(kind: str) -> exp.Expr:
    return cast(exp.null(), kind)


def _until(name: str, moment: datetime) -> exp.Expr:
    return column(name) <= _moment(moment)


def _moment(moment: datetime) -> exp.Expr:
    return exp.cast(text(moment.isoformat(sep=" ")), "TIMESTAMP")
