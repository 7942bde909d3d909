"""Data contracts of a project: a feed written as one, one read into a project's files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from virtaama.model.documents import did_you_mean
from virtaama.model.model import Model
from virtaama.model.schema import KINDS
from virtaama.problems import NotReady, Place, Problem, ProblemsFound
from virtaama.quality.contract_in import TakenOver, taken_over
from virtaama.quality.contract_out import contract_of
from virtaama.quality.contract_shape import contract_problems, read_contract


class _Writer(yaml.SafeDumper):
    """Indents lists below their name, as our files are written."""

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def as_yaml(content: dict[str, Any]) -> str:
    return yaml.dump(content, Dumper=_Writer, sort_keys=False, allow_unicode=True, width=110)


def export_contract(folder: Path, model: Model, feed: str) -> str:
    """The contract of a feed as YAML, valid by the published schema. ProblemsFound where there is no such feed."""
    known = {each.id: each for each in model.feeds}
    if feed not in known:
        what = f"'{feed}' is not a feed."
        raise ProblemsFound((Problem(Place("systems"), what, did_you_mean(feed, tuple(known))),))
    file = known[feed].place.file
    root, _ = KINDS["systems"].read(file, (folder / file).read_text(encoding="utf-8"))
    system = root.plain() if root else None
    assert isinstance(system, dict)
    lists = {codes.name: codes for codes in model.code_lists}
    contract = contract_of(system, known[feed].name, version=model.version, code_lists=lists)
    if problems := contract_problems(contract):
        raise ProblemsFound(tuple(Problem(known[feed].place, problem) for problem in problems))
    return as_yaml(contract)


def import_contract(
    folder: Path, model: Model, file: Path, system: str = ""
) -> tuple[TakenOver, tuple[Path, ...]]:
    """Write what a contract describes into systems/ and codes/; the files written.

    Raises ProblemsFound where the contract is not valid, NotReady where a file is there already: nothing
    is overwritten.
    """
    contract = read_contract(file.name, file.read_text(encoding="utf-8"))
    found = taken_over(contract, frozenset(codes.name for codes in model.code_lists))
    if system:
        found.system["system"] = system
    name = found.system["system"]
    contents = {f"systems/{name}.yaml": found.system}
    if found.code_lists:
        contents[f"codes/{name}.yaml"] = {"code_lists": found.code_lists}
    for relative in contents:
        if (folder / relative).exists():
            raise NotReady(
                f"{relative} is there already; nothing was written.\n"
                "  Name another system with --system, or move the file away and compare the two."
            )
    problems = [
        problem
        for relative, content in contents.items()
        for problem in KINDS[relative.partition("/")[0]].read(relative, as_yaml(content))[1]
    ]
    if problems:
        raise ProblemsFound(tuple(problems))
    for relative, content in contents.items():
        (folder / relative).parent.mkdir(exist_ok=True)
        (folder / relative).write_text(as_yaml(content), encoding="utf-8")
    return found, tuple(folder / relative for relative in contents)
