"""Which rows a rule looks at and which of them do not fit it, as SQL trees over one row."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from sqlglot import exp

from virtaama.model.concepts import CodeList, Type
from virtaama.model.expectations import (
    EXTRACTED,
    Codes,
    Expectation,
    Holds,
    Pattern,
    Range,
    Reference,
    Required,
    RowCheck,
    Unique,
)
from virtaama.sql.build import all_of, any_of, cast, function, parsed, text
from virtaama.sql.column_types import COLUMN_TYPES


@dataclass(frozen=True, slots=True)
class Row:
    """What the names of a rule stand for, all in small letters; `known` tells whether a target is known.

    `extracted` is the moment the row's delivery describes.
    """

    values: Mapping[str, exp.Expr]
    types: Mapping[str, Type]
    extracted: exp.Expr
    known: Mapping[str, exp.Expr]

    def value(self, name: str) -> exp.Expr:
        return self.values[name.lower()].copy()

    def resolved(self, sql: str) -> exp.Expr:
        """A condition over names of the row."""

        def stands_for(node: exp.Expr) -> exp.Expr:
            if isinstance(node, exp.Column) and not node.args.get("table"):
                return self.value(node.name)
            return node

        return exp.paren(parsed(sql).transform(stands_for))


@dataclass(frozen=True, slots=True)
class Conditions:
    """Both never null: `failed` is true only for rows that are looked at."""

    looked_at: exp.Expr
    failed: exp.Expr


def conditions(expectation: Expectation, row: Row, code_lists: Mapping[str, CodeList]) -> Conditions:
    """The conditions of a rule about rows; of uniqueness only which rows are looked at."""
    check = expectation.check
    assert isinstance(check, RowCheck)
    within = [_is_true(row.resolved(expectation.where))] if expectation.where else []
    match check:
        case Required(field):
            return _of(within, _is_null(row.value(field)))
        case Unique(fields):
            return _of([*within, *(_is_known(row.value(field)) for field in fields)], exp.false())
        case Reference(relationship):
            unknown = exp.not_(row.known[relationship].copy())
            return _of([*within, _is_known(row.value(relationship))], unknown)
        case Holds(condition):
            tree = row.resolved(condition)
            return _of([*within, _is_known(tree.copy())], exp.not_(tree))
        case Range(field) | Pattern(field) | Codes(field):
            return _of([*within, _is_known(row.value(field))], misfit(check, row, code_lists))


def misfit(check: Range | Pattern | Codes, row: Row, code_lists: Mapping[str, CodeList]) -> exp.Expr:
    """Whether a value that is not null is none of those allowed."""
    value = row.value(check.field)
    match check:
        case Range(field, least, most):
            kind = row.types[field.lower()]
            sides: list[exp.Expr] = []
            if least:
                sides.append(value.copy() < _bound(least, kind, row))
            if most:
                sides.append(value.copy() > _bound(most, kind, row))
            return exp.paren(any_of(sides))
        case Pattern(_, matches):
            return exp.not_(function("regexp_full_match", value, text(matches)))
        case Codes(_, code_list):
            return not_in_list(value, code_lists[code_list])


def not_in_list(value: exp.Expr, codes: CodeList) -> exp.Expr:
    known = [text(code.code) for code in codes.codes]
    return exp.not_(exp.In(this=value, expressions=known)) if known else exp.true()


def _bound(written: str, kind: Type, row: Row) -> exp.Expr:
    if written == EXTRACTED:
        return row.extracted.copy()
    if kind in (Type.DATE, Type.TIMESTAMP):
        return cast(text(written), COLUMN_TYPES[kind])
    return exp.Literal.number(written)


def _of(looked_at: list[exp.Expr], failed: exp.Expr) -> Conditions:
    whole = all_of(looked_at)
    return Conditions(whole, all_of([*(each.copy() for each in looked_at), _is_true(failed)]))


def _is_null(value: exp.Expr) -> exp.Expr:
    return exp.Is(this=value, expression=exp.null())


def _is_known(value: exp.Expr) -> exp.Expr:
    return exp.not_(_is_null(value))


def _is_true(condition: exp.Expr) -> exp.Expr:
    return exp.func("COALESCE", condition, exp.false())
