"""A description as a tagged PDF (PDF/UA-1)."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time
from pathlib import Path
from typing import Any, Final

import typst

from virtaama.descriptions import words
from virtaama.descriptions.document import Document
from virtaama.descriptions.forms import about, as_plain

_TEMPLATE: Final = Path(__file__).with_name("document.typ")


def as_pdf(document: Document) -> bytes:
    """The words go in as data and are never read as markup. The same description gives the same bytes."""
    told: dict[str, Any] = {
        **as_plain(document),
        "about": about(document),
        "asked": words.ASKED.in_language(document.language),
        "day": [document.made.year, document.made.month, document.made.day],
    }
    made = typst.compile(
        _TEMPLATE.read_bytes(),
        format="pdf",
        sys_inputs={"document": json.dumps(told)},
        pdf_standards=["ua-1"],
        ignore_system_fonts=True,  # the compiler's own: the same file everywhere
        timestamp=int(datetime.combine(document.made, time(), UTC).timestamp()),
    )
    assert isinstance(made, bytes)
    return made
