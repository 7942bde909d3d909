"""Code lists of a project: written as the interoperability platform's CSV, and read from it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from pathlib import Path

from virtaama.interchange.codes_in import ReadCodes, entry_of, read_codes
from virtaama.interchange.codes_out import codes_csv, lists_csv, not_taken
from virtaama.interchange.platform import Publisher
from virtaama.model.concepts import CodeList
from virtaama.model.documents import did_you_mean
from virtaama.model.model import Model
from virtaama.model.parse import parse_model
from virtaama.problems import NotReady, Place, Problem, ProblemsFound
from virtaama.project.contracts import as_yaml

LISTS = "codelists.csv"


def export_code_lists(
    model: Model, names: Sequence[str], publisher: Publisher, today: date, folder: Path
) -> tuple[Path, ...]:
    """Write a file of lists and a file of codes for each; the files written. Without names, every list of the model.

    Raises ProblemsFound where there is no such list, or the platform would refuse something.
    """
    lists = _named(model, names)
    if problems := tuple(problem for codes in lists for problem in not_taken(codes)):
        raise ProblemsFound(problems)
    folder.mkdir(parents=True, exist_ok=True)
    contents = {LISTS: lists_csv(lists, publisher)}
    contents |= {f"{codes.name}.csv": codes_csv(codes, publisher, today) for codes in lists}
    for name, text in contents.items():
        (folder / name).write_text(text, encoding="utf-8", newline="")
    return tuple(folder / name for name in contents)


def import_code_list(
    folder: Path, model: Model, file: Path, *, lists: Path | None, name: str, to: Path | None
) -> tuple[ReadCodes, Path]:
    """Write the list of a CSV file as YAML: below codes/, or to the file named. What was read, and where it lies.

    Raises ProblemsFound where the CSV is not one the platform takes, NotReady where the model has such a list, or
    the file is there: nothing is overwritten.
    """
    found = read_codes(
        file.name,
        _text(file),
        name=name,
        lists=(lists.name, _text(lists)) if lists else None,
    )
    codes = found.codes
    target = to or folder / "codes" / f"{codes.name}.yaml"
    have = next((each for each in model.code_lists if each.name == codes.name), None)
    if have is not None and to is None:
        raise NotReady(
            f"The model has a code list '{codes.name}' already, in {have.place.file}. {_differing(have, codes)}\n"
            "  Write it elsewhere with --to and compare the two, or call it otherwise with --list. "
            "Nothing was written."
        )
    if target.exists():
        raise NotReady(
            f"{target} is there already; nothing was written.\n  Move it away, or name another file."
        )
    text = as_yaml({"code_lists": {codes.name: entry_of(codes)}})
    parse_model({f"codes/{codes.name}.yaml": text})  # whatever is wrong is told before anything is written
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(text, encoding="utf-8")
    return found, target


def _named(model: Model, names: Sequence[str]) -> tuple[CodeList, ...]:
    known = {codes.name: codes for codes in model.code_lists}
    if unknown := [name for name in names if name not in known]:
        raise ProblemsFound(
            tuple(
                Problem(Place("codes"), f"'{name}' is not a code list.", did_you_mean(name, tuple(known)))
                for name in unknown
            )
        )
    return tuple(known[name] for name in names) if names else model.code_lists


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        what = "the file is not UTF-8."
        advice = "Take it as the platform gives it, or save it as «CSV UTF-8»."
        raise ProblemsFound((Problem(Place(file.name), what, advice),)) from None


def _differing(have: CodeList, read: CodeList) -> str:
    """How many codes are new, gone or otherwise in the list that was read."""
    before, now = ({code.code: code for code in codes.codes} for codes in (have, read))
    new, gone = len(now.keys() - before.keys()), len(before.keys() - now.keys())
    other = sum(before[code] != now[code] for code in before.keys() & now.keys())
    if not (new or gone or other):
        return "It holds the same codes."
    return f"Against it {new} codes are new, {gone} are gone and {other} say something else."
