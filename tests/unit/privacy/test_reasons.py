"""What is a reason, and what only fills the field."""

from __future__ import annotations

import pytest

from virtaama.privacy.reasons import MOST, NoReason, ReasonRefused, WrittenReason, read_reason


def why(text: str, *, written: bool) -> NoReason | None:
    try:
        if written:
            WrittenReason.read(text)
        else:
            read_reason(text)
    except ReasonRefused as refused:
        return refused.why
    return None


@pytest.mark.parametrize(
    ("text", "plain", "written"),
    [
        ("", NoReason.MISSING, NoReason.MISSING),
        ("   \n", NoReason.MISSING, NoReason.MISSING),
        ("ok", NoReason.TOO_SHORT, NoReason.TOO_SHORT),
        ("12345678901234567890", NoReason.TOO_SHORT, NoReason.TOO_SHORT),
        ("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NoReason.NO_SENTENCE, NoReason.NO_SENTENCE),
        ("Varattu vastaanotto", None, NoReason.TOO_SHORT),
        ("syy on syy on syy on syy on syy on syy on", None, NoReason.NO_SENTENCE),
        ("aaaa bbbb aaaa cccc aaaa dddd aaaa aaaa", None, NoReason.NO_SENTENCE),
        ("Potilas siirtyy osastollemme tänään ilman lähetettä.", None, None),
        ("Patienten förs hit medvetslös och vi behöver veta mer.", None, None),
        ("x" * (MOST + 1), NoReason.TOO_LONG, NoReason.TOO_LONG),
        (
            "Liittyy henkilöön 010199-9986 ja hänen asiaansa täällä.",
            NoReason.NAMES_A_PERSON,
            NoReason.NAMES_A_PERSON,
        ),
    ],
)
def test_reasons(text: str, plain: NoReason | None, written: NoReason | None) -> None:
    assert (why(text, written=False), why(text, written=True)) == (plain, written)


def test_a_reason_is_kept_in_one_line() -> None:
    assert read_reason("  Varattu\n vastaanotto ") == "Varattu vastaanotto"


def test_what_is_refused_does_not_say_the_text() -> None:
    with pytest.raises(ReasonRefused) as refused:
        read_reason("qwe")
    assert "qwe" not in str(refused.value)
