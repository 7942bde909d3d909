"""Reasons people give for opening a person: what is none, and what is one."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import InitVar, dataclass, field
from enum import StrEnum
from typing import Final, Self

from virtaama.privacy.pseudonyms import is_identity_code

MOST: Final = 500  # characters
LEAST: Final = 5  # letters of any reason
LEAST_WRITTEN: Final = 20  # letters of a reason for going beyond one's scope
LEAST_WORDS: Final = 4
_WORD = re.compile(r"[^\W\d_]{2,}")
_CODE = re.compile(r"\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]", re.ASCII | re.IGNORECASE)
_MADE: Final = object()


class NoReason(StrEnum):
    """Why a text is no reason."""

    MISSING = "missing"
    TOO_SHORT = "too_short"
    NO_SENTENCE = "no_sentence"  # the same signs or words again and again
    TOO_LONG = "too_long"
    NAMES_A_PERSON = "names_a_person"  # it would go into the audit log


class ReasonRefused(ValueError):
    """A text that is no reason; `why` says what is wrong with it. Never holds the text."""

    def __init__(self, why: NoReason) -> None:
        super().__init__(f"the reason is refused: {why}")
        self.why = why


@dataclass(frozen=True, slots=True)
class WrittenReason:
    """A reason in a sentence, for going beyond one's scope. Only `read` makes one."""

    text: str
    made: InitVar[object] = field(kw_only=True, default=None)

    def __post_init__(self, made: object) -> None:
        if made is not _MADE:
            raise TypeError("only WrittenReason.read() makes a written reason")

    @classmethod
    def read(cls, text: str) -> Self:
        """The reason a text gives; ReasonRefused where somebody only filled the field."""
        text = read_reason(text)
        words = [word.casefold() for word in _WORD.findall(text)]
        letters = "".join(words)
        if len(letters) < LEAST_WRITTEN or len(words) < LEAST_WORDS:
            raise ReasonRefused(NoReason.TOO_SHORT)
        often = Counter(letters).most_common(1)[0][1]
        if len(set(letters)) < 6 or 3 * often > len(letters) or len(set(words)) < LEAST_WORDS:
            raise ReasonRefused(NoReason.NO_SENTENCE)
        return cls(text, made=_MADE)


def read_reason(text: str) -> str:
    """The reason a text gives for opening a person in one's care, in one line; ReasonRefused where it gives none."""
    text = " ".join(text.split())
    if not text:
        raise ReasonRefused(NoReason.MISSING)
    if len(text) > MOST:
        raise ReasonRefused(NoReason.TOO_LONG)
    if any(is_identity_code(code.upper()) for code in _CODE.findall(text)):
        raise ReasonRefused(NoReason.NAMES_A_PERSON)
    letters = [character for character in text.casefold() if character.isalpha()]
    if len(letters) < LEAST:
        raise ReasonRefused(NoReason.TOO_SHORT)
    if len(set(letters)) < 3:
        raise ReasonRefused(NoReason.NO_SENTENCE)
    return text
