"""The shape of an open data contract (ODCS 3, Bitol), as its authors publish it, and words for what differs."""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

from jsonschema import ValidationError
from jsonschema.protocols import Validator
from jsonschema.validators import validator_for

from virtaama.model.documents import read_document
from virtaama.problems import Place, Problem, ProblemsFound

VERSION = "v3.1.0"
"""What we write. What we read may be any version 3 the published schema knows."""

Plain = dict[str, Any]


@cache
def _validator() -> Validator:
    schema = json.loads(files("open_data_contract_standard").joinpath("schema.json").read_text("utf-8"))
    return validator_for(schema)(schema)


def contract_problems(contract: Plain) -> tuple[str, ...]:
    """What of a contract is not as the standard says; nothing where it is valid."""
    return tuple(_said(error) for error in _validator().iter_errors(contract))


def read_contract(file: str, text: str) -> Plain:
    """The contract in a file. Raises ProblemsFound with everything that is not as the standard says."""
    root, problems = read_document(file, text)
    if root is None:
        empty = Problem(Place(file), "the file is empty.", "It should hold an open data contract.")
        raise ProblemsFound(problems or (empty,))
    plain: Any = root.plain()
    found = tuple(
        Problem(root.at(tuple(error.absolute_path)).place, _said(error))
        for error in _validator().iter_errors(plain)
    )
    if problems or found:
        raise ProblemsFound((*problems, *found))
    assert isinstance(plain, dict)
    if not str(plain["apiVersion"]).startswith("v3."):
        place = root.at(("apiVersion",)).place
        what = f"version {plain['apiVersion']} of the standard is not read."
        raise ProblemsFound((Problem(place, what, "Bring the contract to version 3."),))
    return plain


def _said(error: ValidationError) -> str:
    deepest = error
    while deepest.context:
        deepest = min(deepest.context, key=lambda each: len(each.message))
    where = ".".join(str(step) for step in error.absolute_path) or "the contract"
    return f"{where}: {deepest.message}"
