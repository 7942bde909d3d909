"""The hash rule gives the same bytes on every engine: a key made on one joins a key made on the other."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

from sqlglot import exp

from tests.unit.vault.test_keys import AWKWARD, GOLDEN
from virtaama.engines.port import Engine
from virtaama.model.concepts import Type
from virtaama.sql.build import bound, column, named, select, subquery, temporary_table, text, union_all
from virtaama.sql.column_types import COLUMN_TYPES
from virtaama.vault.keys import WHITESPACE, hash_key, key_of, standardised

TYPED = [
    (Type.INTEGER, -(2**62), "-4611686018427387904"),
    (Type.INTEGER, 0, "0"),
    (Type.DECIMAL, Decimal("0.0001"), "0.0001"),
    (Type.DECIMAL, Decimal("-12345678901234.5000"), "-12345678901234.5000"),
    (Type.DATE, date(2024, 2, 29), "2024-02-29"),
    (Type.DATE, date(987, 1, 2), "0987-01-02"),
    (Type.TIMESTAMP, datetime(2025, 3, 30, 3, 30), "2025-03-30 03:30:00"),
    (Type.TIMESTAMP, datetime(1969, 12, 31, 23, 59, 59, 120000), "1969-12-31 23:59:59.12"),
    (Type.BOOLEAN, True, "true"),
]


def test_text_has_the_same_key_however_it_is_padded_and_parted(engine: Engine) -> None:
    parts = [
        *AWKWARD,
        *(parts for parts, _ in GOLDEN),
        *((f"{blank}x{blank}y{blank}",) for blank in WHITESPACE),
    ]
    parts += [("ÄÖÅäöåßﬁŉ",), ("日本", "🙂"), ("a\nb",), ("a'b", '"c\\"')]
    assert _keys(engine, parts) == [str(key_of(*each)) for each in parts]


def test_golden_keys_stay_what_they_are(engine: Engine) -> None:
    assert _keys(engine, [parts for parts, _ in GOLDEN]) == [key for _, key in GOLDEN]


def test_a_part_with_nothing_in_it_gives_no_key(engine: Engine) -> None:
    parts: list[tuple[str | None, ...]] = [("",), (" \u00a0\ufeff",), ("a", " "), (None,), ("a", None)]
    assert _keys(engine, parts) == [None] * len(parts)


def test_numbers_days_and_truth_are_written_alike(engine: Engine) -> None:
    keys = select(
        *(
            named(hash_key([(bound(f"v{place}", COLUMN_TYPES[kind]), kind)]), f"k{place}")
            for place, (kind, _, _) in enumerate(TYPED)
        )
    )
    found = engine.read(keys, {f"v{place}": value for place, (_, value, _) in enumerate(TYPED)})
    assert [str(column[0].as_py()) for column in found.columns] == [
        str(key_of(written)) for _, _, written in TYPED
    ]


def _keys(engine: Engine, parts: list[tuple[str | None, ...]]) -> list[str | None]:
    """The keys of rows of text, computed over a table of the engine as a load computes them."""
    most = max(map(len, parts))
    names = [f"part_{number}" for number in range(most)]
    values = {f"v{r}_{c}": value for r, row in enumerate(parts) for c, value in enumerate(row)}
    rows = [
        select(
            named(exp.Literal.number(r), "row"),
            named(exp.Literal.number(len(row)), "parts"),
            *(
                named(bound(f"v{r}_{c}", "VARCHAR") if c < len(row) else text("-"), name)
                for c, name in enumerate(names)
            ),
        )
        for r, row in enumerate(parts)
    ]
    engine.run(temporary_table("given", union_all(rows)), values)
    clean = select(
        "row", "parts", *(named(standardised(column(name), Type.TEXT), name) for name in names)
    ).from_("given")
    cases = exp.Case()
    for count in range(1, most + 1):
        key = hash_key([(column(name), Type.TEXT) for name in names[:count]])
        cases = cases.when(column("parts").eq(exp.Literal.number(count)), key)
    keys = select(named(cases, "key")).from_(subquery(clean, "clean")).order_by(column("row"))
    return [None if key is None else str(key) for key in engine.read(keys).column("key").to_pylist()]
