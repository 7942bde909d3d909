"""The page of the reference about the packs of dated law, written from the packs themselves."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from virtaama.statutes.packs import Kind, Line, Pack, Table

LONG: Final = 60
"""Tables with more rows are counted here and shown by `virtaama statutes show`."""

_OPENING = """# Reference packs

Written from `content/statutes/`: `python tools/statutes.py`.

Dated law and open data, each row with the days it holds and its source. A project replaces a pack by a file of its
own with a newer edition: [how](../how-to/update-the-law.md). Not legal advice.
"""


def statutes_page(kinds: Iterable[Kind[Any]], packs: Iterable[Pack[Any]]) -> str:
    """The whole page."""
    both = tuple(zip(kinds, packs, strict=True))
    listed = (f"| [`{kind.name}`](#{kind.name}) | {pack.edition} | {kind.about} |" for kind, pack in both)
    pages = (line for kind, pack in both for line in _pack(kind, pack))
    return (
        "\n".join([_OPENING, "| Pack | Edition | What it holds |", "|---|---|---|", *listed, "", *pages])
        + "\n"
    )


def _pack(kind: Kind[Any], pack: Pack[Any]) -> Iterator[str]:
    yield f"## {kind.name}\n"
    yield f"{pack.title.en} ({pack.title.fi}; {pack.title.sv}). Edition {pack.edition}.\n"
    for table in kind.tables:
        yield from _table(table, dict(pack.lines)[table.name])
    yield "Sources:\n"
    for source in pack.sources:
        title = f"[{source.title}]({source.url})" if source.url else source.title
        licence = f" {source.licence}." if source.licence else ""
        yield f"- {title}, read {source.taken}.{licence}"
    yield ""


def _table(table: Table[Any], lines: tuple[Line, ...]) -> Iterator[str]:
    yield f"### {kind_of(table)}\n"
    yield f"{table.about}\n"
    if len(lines) > LONG:
        yield f"{len(lines)} rows.\n"
        return
    columns = tuple(dict.fromkeys(name for line in lines for name, _ in line.values))
    yield f"| {' | '.join(columns)} | from | until | source |"
    yield "|" + "---|" * (len(columns) + 3)
    for line in lines:
        said, holds = dict(line.values), line.provision
        cells = (
            *(said.get(column, "").replace("|", "\\|") for column in columns),
            str(holds.valid_from),
            str(holds.valid_until or ""),
            holds.basis,
        )
        yield f"| {' | '.join(cells)} |"
    yield ""


def kind_of(table: Table[Any]) -> str:
    """The name of a table as a heading."""
    return table.name.replace("_", " ").capitalize()
