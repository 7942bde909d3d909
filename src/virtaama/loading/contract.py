"""Under which description of its feed a delivery was read."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from functools import cache

from virtaama.model.feeds import Feed


@cache
def contract_of(feed: Feed) -> str:
    """A hash of how the rows of a feed are read: its labels, its place, how it is fetched and what absence means
    are left out.
    """

    def plain(value: object) -> object:
        if dataclasses.is_dataclass(value):
            return {
                member.name: plain(getattr(value, member.name))
                for member in dataclasses.fields(value)
                if member.name not in ("labels", "place", "collect", "complete_for", "filled_by")
            }
        return [plain(item) for item in value] if isinstance(value, tuple) else value

    return hashlib.sha256(json.dumps(plain(feed), sort_keys=True).encode()).hexdigest()[:16]
