"""Property: no name, value, file or expression that others write changes the shape of a statement. Its parser says so.

`make attack` tries the same places with atheris, for as long as it takes.
"""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.privacy.injection import (
    CRUEL,
    EXPRESSIONS,
    PLACES,
    SLOW,
    changes_shape,
    escapes_expression,
    question,
    quoting_changes_shape,
    shape,
)
from tests.unit.loading.deliveries import Landing, feed, fields
from tests.unit.model.small_model import FILES
from virtaama.model.feeds import Format
from virtaama.model.parse import parse_model
from virtaama.problems import ProblemsFound

# A text file and a file name hold no zero byte and no half of a pair of surrogates.
ANY = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\0"), min_size=1, max_size=30)
PIECES = st.lists(
    st.sampled_from(("'", '"', ";", "--", "/*", "*/", "\\", "$$", "(", ")", " ", "\n", "SELECT 1", "x", "ä")),
    min_size=1,
    max_size=12,
).map("".join)
TEXT = st.one_of(st.sampled_from(CRUEL), PIECES, ANY)


@pytest.mark.parametrize("place", [name for name in PLACES if name not in SLOW])
def test_no_text_changes_the_shape(place: str) -> None:
    @given(text=TEXT)
    @settings(max_examples=15 if place == "question of recording" else 40, deadline=None, database=None)
    def holds(text: str) -> None:
        assert not changes_shape(place, text)

    holds()


@pytest.mark.parametrize("place", SLOW)
def test_no_name_changes_the_shape_of_a_warehouse(place: str) -> None:
    for text in ("".join(CRUEL[:14]), "".join(CRUEL[14:]), '"'):
        assert not changes_shape(place, text)


@given(texts=st.lists(TEXT, min_size=10, max_size=10))
@settings(max_examples=40, deadline=None, database=None)
def test_what_is_quoted_is_one_name_and_one_value(texts: list[str]) -> None:
    assert not quoting_changes_shape(texts)


def test_a_statement_that_is_changed_is_seen() -> None:
    """The measure itself: what would come of texts that are put between quotation marks unread."""
    for text in ("x' OR '1'='1", "x'; SELECT 1; --", "x' UNION SELECT '1"):
        assert shape([f"SELECT * FROM t WHERE a = '{text}'"]) != shape(["SELECT * FROM t WHERE a = 'x'"])
    assert shape(['SELECT "a", (SELECT 1) FROM t']) != shape(['SELECT "a" FROM t'])
    assert escapes_expression("1") is False


@given(expression=st.sampled_from(EXPRESSIONS), text=TEXT)
@settings(max_examples=200, deadline=None, database=None)
def test_what_the_model_takes_for_an_expression_is_one_value_to_the_engine(
    expression: str, text: str
) -> None:
    assert not escapes_expression(expression.replace("{}", text))


def test_what_a_question_names_stands_in_no_statement() -> None:
    for text in CRUEL:
        assert question(text) == question("harmless")


@pytest.mark.parametrize("name", ["x'; DROP TABLE t; --", 'x"y', "x y", "Select", "x.y", "ä", "x\ny", "x;"])
def test_the_model_takes_no_such_name(name: str) -> None:
    concepts = yaml.safe_load(FILES["concepts/people.yaml"])
    concepts["concepts"]["resident"]["attributes"][name] = {
        "type": "text",
        "labels": dict.fromkeys(("fi", "sv", "en"), "x"),
    }
    with pytest.raises(ProblemsFound) as found:
        parse_model({**FILES, "concepts/people.yaml": yaml.safe_dump(concepts, allow_unicode=True)})
    assert "cannot be a name" in str(found.value)


# What such names hold is read as it was delivered

COLUMNS = (*(text for text in CRUEL if "\n" not in text), "a/b", "~", "~1", "a.b", "0")


def test_csv_with_cruel_columns_is_read_as_it_is(tmp_path: Path) -> None:
    names = [name for name in COLUMNS if name == name.strip()]  # blanks around a name are not part of it
    landing = Landing(tmp_path, (feed(*fields(**dict.fromkeys(names, "text"))),))
    header = ";".join('"' + name.replace('"', '""') + '"' for name in names)
    rows = ";".join(f"value {n}" for n in range(len(names)))
    landing.deliver(f"{header}\n{rows}\n", "register/2026-09/x'; DROP TABLE t; --\".csv")
    landing.land()
    assert landing.rows() == [{name: f"value {n}" for n, name in enumerate(names)}]


@pytest.mark.parametrize("format", [Format.JSON_LINES, Format.PARQUET])
def test_members_and_columns_with_cruel_names_are_read_as_they_are(tmp_path: Path, format: Format) -> None:
    described = feed(*fields(**dict.fromkeys(COLUMNS, "text")), format=format, files="register/*/*'*")
    landing = Landing(tmp_path, (described,))
    row = {name: f"value {n}" for n, name in enumerate(COLUMNS)}
    file = tmp_path / "deliveries" / "register" / "2026-09" / "x'; SELECT 1.rows"
    file.parent.mkdir(parents=True)
    if format is Format.PARQUET:
        pq.write_table(pa.Table.from_pylist([row]), file)
    else:
        file.write_text(json.dumps(row) + "\n", encoding="utf-8")
    landing.land()
    assert landing.rows() == [row]
