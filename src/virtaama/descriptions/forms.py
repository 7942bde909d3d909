"""A description as Markdown for people, and as plain values for machines."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from virtaama.descriptions import words
from virtaama.descriptions.document import Blank, Cell, Document, Grid, Heading, Listing, Paragraph, Part


def as_markdown(document: Document) -> str:
    """The description to read and to compare: a line is a paragraph, an item or a row."""
    language = document.language
    lines = [
        f"# {document.title}",
        "",
        *(f"- **{what}:** {_inline(value)}" for what, value in about(document)),
        *(line for part in document.parts for line in ("", *_lines(part, language))),
    ]
    return "\n".join(lines) + "\n"


def about(document: Document) -> tuple[tuple[str, str], ...]:
    """What a description says of itself: whose it is, of which day, on what basis, how much is left open."""

    def say(text: words.Text) -> str:
        return text.in_language(document.language)

    return (
        (say(words.COUNTY), document.county),
        (say(words.MADE), document.made.isoformat()),
        (say(words.BASIS), document.basis),
        (say(words.OPEN), str(len(document.blanks))),
    )


def _lines(part: Part, language: str) -> Iterator[str]:
    match part:
        case Heading(text=text):
            yield f"## {text}"
        case Paragraph(text=cell):
            yield _cell(cell, language)
        case Listing(items=items):
            yield from (f"- {_cell(item, language)}" for item in items)
        case Grid(columns=columns, rows=rows):
            yield f"| {' | '.join(map(_inline, columns))} |"
            yield f"|{'---|' * len(columns)}"
            yield from (f"| {' | '.join(_cell(cell, language) for cell in row)} |" for row in rows)


def _cell(cell: Cell, language: str) -> str:
    if isinstance(cell, Blank):
        asked = words.ASKED.in_language(language)
        return f"**[{asked}: {_inline(cell.question)}]** `{cell.where}`"
    return _inline(cell)


def _inline(text: str) -> str:
    # What people wrote is text: neither the end of a cell nor the beginning of a tag.
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def as_plain(document: Document) -> dict[str, Any]:
    """The description for machines: the same parts by kind, and what is open."""
    return {
        "name": document.name,
        "language": document.language,
        "title": document.title,
        "basis": document.basis,
        "county": document.county,
        "made": document.made.isoformat(),
        "parts": [_plain(part) for part in document.parts],
        "open": [_plain_cell(blank) for blank in document.blanks],
    }


def _plain(part: Part) -> dict[str, Any]:
    match part:
        case Heading(text=text):
            return {"kind": "heading", "text": text}
        case Paragraph(text=cell):
            return {"kind": "paragraph", "text": _plain_cell(cell)}
        case Listing(items=items):
            return {"kind": "list", "items": [_plain_cell(item) for item in items]}
        case Grid(columns=columns, rows=rows):
            return {
                "kind": "table",
                "columns": list(columns),
                "rows": [[_plain_cell(cell) for cell in row] for row in rows],
            }


def _plain_cell(cell: Cell) -> str | dict[str, str]:
    if isinstance(cell, Blank):
        return {"question": cell.question, "where": cell.where}
    return cell


def lines_of(plain: dict[str, Any]) -> tuple[str, ...]:
    """What a description says, line by line without any marks: what people compare."""
    return tuple(" ".join(line.split()) for part in plain["parts"] for line in _lines_of(part))


def _lines_of(part: dict[str, Any]) -> Iterator[str]:
    match part:
        case {"rows": rows}:
            yield from (" · ".join(map(_said, row)) for row in rows)
        case {"items": items}:
            yield from map(_said, items)
        case {"text": text}:
            yield _said(text)


def _said(cell: str | dict[str, str]) -> str:
    return cell if isinstance(cell, str) else f"[{cell['question']}]"
