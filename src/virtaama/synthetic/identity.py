"""Personal identity codes that belong to nobody: valid in form, individual numbers 900-999 only."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from virtaama.synthetic.calendar import Flags, Integers
from virtaama.synthetic.rows import Column, day_texts, join, numbers, pick

CHECK_CHARACTERS = "0123456789ABCDEFHJKLMNPRSTUVWXY"
SIGNS_1900 = "-YXWVU"
SIGNS_2000 = "ABCDEF"

_SHARING = (
    8  # of this many second persons of a birth date and sex, one differs from the first in the sign only
)


def identity_codes(born: Integers, male: Flags) -> Column:
    """A code for each person, unique with the sign; born between 1900 and 2099.

    Fifty numbers and six signs are there for each birth date and sex. A few persons have everything but
    the century sign in common with another, as the law has allowed since 2023.
    """
    order = np.lexsort((male, born))
    ordinal = np.arange(len(born))
    group = born[order] * 2 + male[order]
    starts = np.r_[True, group[1:] != group[:-1]] if len(born) else np.zeros(0, dtype=bool)
    rank = np.empty(len(born), dtype=np.int64)
    rank[order] = ordinal - np.maximum.accumulate(np.where(starts, ordinal, 0))

    first = (born * 7 + male * 3) % 50
    shares = (rank == 1) & (born % _SHARING == 0)
    slot = np.where(shares, first, (first + rank) % 50)
    first_sign = np.where((born * 5 + male) % 7 == 0, 1 + born % 5, 0)
    own_sign = np.where((born + rank * 3 + male) % 6 == 0, 1 + (born + rank) % 5, 0)
    sign = np.where(
        rank == 0,
        first_sign,
        np.where(shares, (first_sign + 1) % 6, (own_sign + rank // 50) % 6),
    )
    individual = 900 + slot * 2 + male

    text = day_texts(born, "compact")
    year, month, day = (pc.utf8_slice_codeunits(text, a, b) for a, b in ((2, 4), (4, 6), (6, 8)))
    date = join("", day, month, year)
    digits = join("", date, numbers(individual))
    check = np.asarray(digits.cast(pa.int64())) % 31
    in_2000 = born >= 10957
    signs = pick(SIGNS_1900 + SIGNS_2000, sign + 6 * in_2000)
    return join("", date, signs, numbers(individual), pick(CHECK_CHARACTERS, check))


def with_wrong_check(codes: Column) -> Column:
    """The codes, each with a check character that is not its own."""
    right = [CHECK_CHARACTERS.index(code[-1]) for code in codes.to_pylist()]
    return pa.array(
        [
            code[:-1] + CHECK_CHARACTERS[(index + 7) % 31]
            for code, index in zip(codes.to_pylist(), right, strict=True)
        ],
        pa.string(),
    )
