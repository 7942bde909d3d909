"""Every word of the portal exists in Finnish and Swedish; English is what the code itself says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from babel.messages.extract import extract
from babel.messages.pofile import read_po
from django.utils.translation.template import templatize

import virtaama.portal

PORTAL = Path(virtaama.portal.__file__).parent
KEYWORDS = {"_": None, "gettext": None, "gettext_lazy": None, "ngettext": (1, 2), "ngettext_lazy": (1, 2)}
BEGINS_A_TEXT = re.compile(r'^msgid "(.+)"$', re.MULTILINE)
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]")
Message = tuple[str, ...]


def messages() -> Iterator[tuple[str, Message]]:
    """Where each translatable text stands, and the text: singular alone, or singular and plural."""
    for path in sorted(PORTAL.rglob("*.py")):
        yield from found_in(path, path.read_bytes())
    for path in sorted(PORTAL.rglob("*.html")):
        yield from found_in(path, templatize(path.read_text(encoding="utf-8"), origin=str(path)).encode())


def found_in(path: Path, source: bytes) -> Iterator[tuple[str, Message]]:
    for line, message, _comments, _context in extract("python", BytesIO(source), KEYWORDS):
        yield f"{path.relative_to(PORTAL)}:{line}", message if isinstance(message, tuple) else (message,)


def path_of(language: str) -> Path:
    return PORTAL / "locale" / language / "LC_MESSAGES" / "django.po"


def catalogue(language: str) -> Catalog:
    with path_of(language).open("rb") as file:
        return read_po(file, locale=language)


ALL = tuple(messages())


def test_there_are_texts_to_translate() -> None:
    assert len(ALL) > 150


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_every_text_is_translated(language: str) -> None:
    translated = catalogue(language)
    lacking = sorted(
        {
            f"{place}: {message[0]}"
            for place, message in ALL
            if not (found := translated.get(message if len(message) > 1 else message[0]))
            or found.fuzzy
            or not all(found.string if isinstance(found.string, tuple) else (found.string,))
        }
    )
    assert lacking == []


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_no_translation_outlives_its_text(language: str) -> None:
    wanted = {message[0] for _, message in ALL}
    kept = {entry.id[0] if isinstance(entry.id, tuple) else entry.id for entry in catalogue(language)} - {""}
    assert sorted(kept - wanted) == []


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_no_text_is_translated_twice(language: str) -> None:
    """Reading a catalogue keeps the last of two without a word; other tools refuse it."""
    texts = Counter(BEGINS_A_TEXT.findall(path_of(language).read_text(encoding="utf-8")))
    assert [text for text, times in texts.items() if times > 1] == []


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_translations_fill_in_the_same_values(language: str) -> None:
    for entry in catalogue(language):
        if not entry.id:
            continue
        wanted = set(PLACEHOLDER.findall(entry.id if isinstance(entry.id, str) else entry.id[-1]))
        for text in entry.string if isinstance(entry.string, tuple) else (entry.string,):
            assert set(PLACEHOLDER.findall(text)) == wanted, entry.id
