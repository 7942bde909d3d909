"""What an error of Spark means to a person. It quotes the value it is about, which may name one: ours do not."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pyspark.errors import AnalysisException, ParseException, PySparkException

from virtaama.engines.port import FileDamaged, WrongType
from virtaama.problems import EngineFailed

_WRONG_VALUE = ("CAST_INVALID_INPUT", "CAST_OVERFLOW", "CANNOT_PARSE_TIMESTAMP", "NUMERIC_VALUE_OUT_OF_RANGE",
                "INVALID_DATETIME", "DATETIME_FIELD_OUT_OF_BOUNDS", "ARITHMETIC_OVERFLOW")  # fmt: skip


@contextmanager
def values_kept_back() -> Iterator[None]:
    """Errors of Spark quote the value they are about, which may name a person: what passes on does not."""
    try:
        yield
    except (AnalysisException, ParseException):
        raise  # these quote statements, which hold no values of rows
    except PySparkException as error:
        condition = error.getCondition() or type(error).__name__
        if condition.split(".")[0] in _WRONG_VALUE:
            raise WrongType from None
        if condition.startswith("FAILED_READ_FILE"):
            raise FileDamaged("a file of its tables cannot be read") from None
        raise EngineFailed(f"Spark could not run a statement: {condition}.") from None
