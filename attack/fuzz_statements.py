"""One run of atheris over the places where text meets SQL: `python -m attack.fuzz_statements KIND RUNS FOUND`.

Appends to the file FOUND every text that changed a statement. A process of its own, because the fuzzer ends it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import atheris

with atheris.instrument_imports(include=["virtaama.sql", "virtaama.sources", "virtaama.metrics", "sqlglot"]):
    from tests.privacy import injection

TOGETHER = 20  # texts that are quoted in one statement


def places(data: atheris.FuzzedDataProvider) -> tuple[str, bool]:
    names = [name for name in injection.PLACES if name not in injection.SLOW]
    place = names[data.ConsumeIntInRange(0, len(names) - 1)]
    text = text_of(data, 60)
    return f"{place}: {text!r}", injection.changes_shape(place, text)


def expressions(data: atheris.FuzzedDataProvider) -> tuple[str, bool]:
    frame = injection.EXPRESSIONS[data.ConsumeIntInRange(0, len(injection.EXPRESSIONS) - 1)]
    text = frame.replace("{}", text_of(data, 40))
    return repr(text), injection.escapes_expression(text)


def quoting(data: atheris.FuzzedDataProvider) -> tuple[str, bool]:
    texts = [text_of(data, 20) for _ in range(TOGETHER)]
    return repr(texts), injection.quoting_changes_shape(texts)


def text_of(data: atheris.FuzzedDataProvider, longest: int) -> str:
    """A text: what people who break in begin with, or anything, or both."""
    begins = data.ConsumeIntInRange(0, 2 * len(injection.CRUEL) - 1)
    known = injection.CRUEL[begins] if begins < len(injection.CRUEL) else ""
    any_text = data.ConsumeUnicodeNoSurrogates(data.ConsumeIntInRange(0, longest)).replace("\0", "")
    return known + any_text or "x"


KINDS: dict[str, Callable[[atheris.FuzzedDataProvider], tuple[str, bool]]] = {
    "places": places,
    "expressions": expressions,
    "quoting": quoting,
}


def main(kind: str, runs: int, found: Path) -> None:
    one = KINDS[kind]

    def tried(data: bytes) -> None:
        text, changed = one(atheris.FuzzedDataProvider(data))
        if changed:
            with found.open("a", encoding="utf-8") as file:
                file.write(f"{text}\n")

    # The seed makes a run one that can be made again; enough bytes for every text of one.
    arguments = [sys.argv[0], f"-runs={runs}", "-seed=1", "-max_len=2048", "-len_control=0"]
    atheris.Setup(arguments, tried)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), Path(sys.argv[3]))
