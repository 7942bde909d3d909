"""Names and days as they are compared."""

import pytest

from virtaama.linkage.plain import plain_name, swapped


@pytest.mark.parametrize(
    ("written", "plain"),
    [
        ("Mäkelä", "makela"),
        ("  MÄKELÄ ", "makela"),
        ("Åström-Öberg", "astrom oberg"),
        ("O'Connor", "oconnor"),
        ("Sørensen", "sorensen"),
        ("Nguyễn", "nguyen"),
        ("Anna  Maria", "anna maria"),
        ("A.-M.", "a m"),
        ("…", ""),
    ],
)
def test_capitals_accents_and_signs_do_not_count(written: str, plain: str) -> None:
    assert plain_name(written) == plain


@pytest.mark.parametrize(
    ("day", "other"),
    [("2019-03-05", "2019-05-03"), ("2019-03-13", None), ("2019-04-04", None), ("2019-01-12", "2019-12-01")],
)
def test_day_and_month_the_other_way_round(day: str, other: str | None) -> None:
    assert swapped(day) == other
