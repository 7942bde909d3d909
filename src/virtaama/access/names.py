"""What things are called in reports and on the pages of the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from virtaama.model.concepts import Text


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The county, its systems, roles, and tables, metrics and feeds by name."""

    county: Text
    systems: Mapping[str, Text]
    roles: Mapping[str, Text]
    data: Mapping[str, Text]


def called(known: Mapping[str, Text], name: str, language: str) -> str:
    """The words for a name; the name itself where there are none."""
    return known[name].in_language(language) if name in known else name
