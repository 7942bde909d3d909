"""The words of the portal in Finnish and Swedish, made ready for use."""

from __future__ import annotations

from os import getpid
from pathlib import Path

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

LOCALE = Path(__file__).parent / "locale"


def compile_catalogues() -> tuple[Path, ...]:
    """Compile every catalogue that is newer than its compiled form; the files written."""
    written = []
    for source in sorted(LOCALE.glob("*/LC_MESSAGES/django.po")):
        compiled = source.with_suffix(".mo")
        if compiled.exists() and compiled.stat().st_mtime_ns >= source.stat().st_mtime_ns:
            continue
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parts[-3])
        # Several processes may start at once; each writes a file of its own.
        unfinished = compiled.with_suffix(f".mo.{getpid()}")
        with unfinished.open("wb") as file:
            write_mo(file, catalogue)
        unfinished.replace(compiled)
        written.append(compiled)
    return tuple(written)
