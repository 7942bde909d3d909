"""The hash rule, with keys that must never come out otherwise."""

from __future__ import annotations

from uuid import UUID

import duckdb
import pytest
from sqlglot import exp

from virtaama.model.concepts import Type
from virtaama.sql.build import column, select, subquery
from virtaama.vault.keys import hash_key, key_of, standardised

# Computed with md5sum. A change here means that every key of every warehouse changes: a new HASH_RULE.
GOLDEN = [
    (("398",), "b7b16ecf-8ca5-3723-5938-94116071700c"),
    (("2024", "lapsi|perhe"), "7d1d463b-5107-640f-d389-7b3d7f3ec877"),
]

AWKWARD = [
    ("398",),
    (" 398\u00a0",),
    ("\ufeffäö\t",),
    ("~tilde",),
    ("a|b",),
    ("a", "b"),
    ("a|", "b"),
    ("a", "|b"),
    ("a\\", "b"),
    ("a\\|b", "c"),
]


@pytest.mark.parametrize("parts", AWKWARD)
def test_the_engine_and_the_plain_rule_agree(parts: tuple[str, ...]) -> None:
    assert by_engine(*parts) == key_of(*parts)


def test_parts_do_not_run_together() -> None:
    keys = {key_of(*parts) for parts in AWKWARD if len(parts) > 1}
    assert len(keys) == len([parts for parts in AWKWARD if len(parts) > 1])


@pytest.mark.parametrize("parts", [("",), (" \u00a0",), ("a", " "), (None,), ("a", None)])
def test_a_part_with_nothing_in_it_gives_no_key(parts: tuple[str | None, ...]) -> None:
    assert by_engine(*parts) is None


@pytest.mark.parametrize(("parts", "expected"), GOLDEN)
def test_keys_stay_what_they_are(parts: tuple[str, ...], expected: str) -> None:
    assert key_of(*parts) == UUID(expected)


def test_numbers_and_dates_are_written_as_the_engine_writes_them() -> None:
    query = select(
        hash_key(
            [
                (exp.cast(exp.Literal.string("2025-03-01"), "DATE"), Type.DATE),
                (exp.Literal.number(7), Type.INTEGER),
            ]
        )
    )
    assert duckdb.sql(query.sql(dialect="duckdb")).fetchall() == [(key_of("2025-03-01", "7"),)]


def by_engine(*parts: str | None) -> UUID | None:
    names = [f"part_{number}" for number in range(len(parts))]
    clean = [exp.alias_(standardised(column(name), Type.TEXT), name, quoted=True) for name in names]
    given = ", ".join(f"$p{number}::VARCHAR AS {name}" for number, name in enumerate(names))
    query = select(hash_key([(column(name), Type.TEXT) for name in names])).from_(
        subquery(select(*clean).from_("given"), "clean")
    )
    sql = f"WITH given AS (SELECT {given}) {query.sql(dialect='duckdb')}"
    ((found,),) = duckdb.execute(sql, {f"p{number}": part for number, part in enumerate(parts)}).fetchall()
    assert found is None or isinstance(found, UUID)
    return found
