"""Every kind of pack there is, in the order people read about them."""

from __future__ import annotations

from typing import Any, Final

from virtaama.statutes.care_guarantee import CARE_GUARANTEE
from virtaama.statutes.hilmo import HILMO
from virtaama.statutes.packs import Kind

KINDS: Final[tuple[Kind[Any], ...]] = (CARE_GUARANTEE, HILMO)
