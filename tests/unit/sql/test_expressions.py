"""Expressions people write: what they read, and what they may not do."""

import duckdb
import pytest

from virtaama.sql.expressions import ALLOWED_FUNCTIONS, NotAnExpression, read_expression


@pytest.mark.parametrize(
    ("sql", "columns"),
    [
        ("PLACE", ("PLACE",)),
        ("'avohilmo:' || AVOHILMO_ID || ':' || JARJESTYS", ("AVOHILMO_ID", "JARJESTYS")),
        ("CASE SEX WHEN '1' THEN 'male' ELSE 'female' END", ("SEX",)),
        ("FORM BETWEEN 'T21' AND 'T29' AND (STATE IN ('A') OR STATE IS NULL)", ("FORM", "STATE")),
        ('try_cast(left("Syntynyt pvm", 4) AS DECIMAL(18, 4))', ("Syntynyt pvm",)),
        ("extract(year FROM STARTED) + date_diff('day', STARTED, ENDED)", ("STARTED", "ENDED")),
        ("resource ->> '$.identifier[0].value'", ("resource",)),
        ("coalesce(resource -> '$.a' ->> '$.b', 'none')", ("resource",)),
        ("list_filter(string_split(CODES, ','), lambda code: code <> '')[1]", ("CODES",)),
        ("DATE '2024-01-01' + INTERVAL (DAYS) DAY", ("DAYS",)),
        ("ÄÖ + 1", ("ÄÖ",)),
        ("1", ()),
    ],
)
def test_an_expression_says_which_columns_it_reads(sql: str, columns: tuple[str, ...]) -> None:
    assert sorted(read_expression(sql).columns) == sorted(columns)


def test_a_column_asked_only_whether_it_is_null_does_not_show() -> None:
    read = read_expression("CASE WHEN (NAME) IS NOT NULL THEN PLACE END")
    assert set(read.columns) == {"NAME", "PLACE"}
    assert read.values == ("PLACE",)


def test_an_expression_knows_whether_it_is_one_column_alone() -> None:
    assert read_expression(" PLACE ").alone == "PLACE"
    assert read_expression("upper(PLACE)").alone == ""


@pytest.mark.parametrize(
    ("sql", "said"),
    [
        ("", "it is empty"),
        ("a =", "something is missing after '=' at the end"),
        ("a, b", "it cannot be read at ',' (position 2)"),
        ("a AND\n  b c d", "it cannot be read at 'd' (position 7 of line 2)"),
        ("'open", "it cannot be read"),
        ("a b", "'b' is one word too many"),
        ("a; DROP TABLE b", "it holds a ';'"),
        ("SELECT 1", "it holds a query"),
        ("a IN (SELECT b FROM c)", "it holds a query"),
        ("EXISTS (SELECT 1)", "it holds a query"),
        ("DROP TABLE residents", "it holds a query"),
        ("row_number() OVER ()", "'ROW_NUMBER() OVER' looks at other rows"),
        ("sum(a)", "'sum' looks at several rows"),
        ("*", "'*' stands for no one value"),
        ("VALUES (1)", "it holds a query"),
        ("(a, b)", "it is several values"),
        ("#2", "'#2' is a place, not a name"),
        ("a || #1", "'#1' is a place, not a name"),
        ("a -- b", "it holds a comment"),
        ("a /* b */ + 1", "it holds a comment"),
        ("a::dat", "'dat' is not a type"),
        ("COLUMNS('NAME')", "the function 'columns' may not be used here"),
        ("$secret", "it asks for a value from outside"),
        ("main.resident", "'main.resident' has a dot"),
        ("NAME.upper()", "'NAME.upper()' has a dot"),
        ("read_text('/etc/hostname')", "the function 'read_text' may not be used here"),
        ("\"read_text\" ('/etc/hostname')", "the function 'read_text' may not be used here"),
        ("getenv('HOME')", "the function 'getenv' may not be used here"),
        ("now()", "the function 'now' may not be used here"),
        ("current_date", "the function 'current_date' may not be used here"),
        ("random()", "the function 'random' may not be used here"),
        ("nextval('s')", "the function 'nextval' may not be used here"),
    ],
)
def test_what_does_more_than_reckon_with_a_row_is_refused(sql: str, said: str) -> None:
    with pytest.raises(NotAnExpression) as found:
        read_expression(sql)
    assert str(found.value) == said


def test_a_misspelled_function_is_met_with_the_right_one() -> None:
    with pytest.raises(NotAnExpression) as found:
        read_expression("lowr(a)")
    assert found.value.advice == "Did you mean 'lower'?"


def test_every_allowed_function_is_one_of_the_engine() -> None:
    known = {name for (name,) in duckdb.sql("SELECT function_name FROM duckdb_functions()").fetchall()}
    spelled_by_grammar = {
        "cast",
        "try_cast",
        "coalesce",
        "if",
        "ifnull",
        "nullif",
        "extract",
        "position",
        "substring",
    }
    assert ALLOWED_FUNCTIONS - known - spelled_by_grammar == set()


def test_no_allowed_function_reads_the_clock_or_chance() -> None:
    rows = duckdb.sql("SELECT function_name, stability FROM duckdb_functions()").fetchall()
    unsteady = {name for name, stability in rows if stability not in (None, "CONSISTENT")}
    assert ALLOWED_FUNCTIONS & unsteady == set()
