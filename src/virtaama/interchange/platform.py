"""What the interoperability platform (yhteentoimivuusalusta) takes: addresses, statuses, domains, forms of names.

Read in the platform's own published sources, github.com/VRK-YTI: yti-datamodel-api of 17 September 2025,
yti-codelist-content-intake-service of 11 March 2024, yti-common-backend.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

MODELS = "https://iri.suomi.fi/model/"
CODE_LISTS = "http://uri.suomi.fi/codelist/"
STATUSES = f"{CODE_LISTS}interoperabilityplatform/interoperabilityplatform_status/code/"
ORGANISATION = "urn:uuid:"
DOMAIN = "http://urn.fi/URN:NBN:fi:au:ptvl:"

DOMAINS = {
    "P1": "v1001",
    "P2": "v1007",
    "P3": "v1013",
    "P4": "v1023",
    "P5": "v1038",
    "P6": "v1060",
    "P7": "v1076",
    "P8": "v1090",
    "P9": "v1095",
    "P10": "v1096",
    "P11": "v1105",
    "P12": "v1115",
    "P13": "v1120",
    "P14": "v1126",
    "P15": "v1132",
    "P16": "v1142",
    "P17": "v1152",
    "P18": "v1156",
    "P19": "v1159",
    "P20": "v1167",
    "P21": "v1171",
    "P22": "v1174",
    "P23": "v1184",
    "P24": "v1191",
    "P25": "v1198",
    "P26": "v1206",
    "P27": "v1210",
}
"""Information domains: the main classes of the public service classification, each with the end of its address."""

OF_COUNTIES = ("P4", "P5")  # social services; health care

PREFIX = re.compile(r"[a-z][a-z0-9_-]{1,31}")
REGISTRY = re.compile(r"[a-zA-Z0-9_-]+")
CODE = re.compile(r"[a-zA-Z0-9_\-.+&#*]+")
UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
LONGEST_LABEL = 150
LONGEST_COMMENT = 5000
PROFILE = "-ap"
"""What the prefix of the profile has after that of the library."""


class Status(StrEnum):
    """How far something is, as the platform says it."""

    INCOMPLETE = "INCOMPLETE"
    DRAFT = "DRAFT"
    SUGGESTED = "SUGGESTED"
    VALID = "VALID"
    SUPERSEDED = "SUPERSEDED"
    RETIRED = "RETIRED"
    INVALID = "INVALID"  # of code lists alone


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Who publishes, and under which names: what the platform asks of whoever brings something.

    `prefix` is that of the library of the model, `registry` the code registry, `organisation` the identifier the
    platform gave the county (a UUID; empty where it has none yet).
    """

    prefix: str = ""
    registry: str = ""
    organisation: str = ""
    domains: tuple[str, ...] = OF_COUNTIES
    status: Status = Status.DRAFT

    def wrong(self) -> Iterator[str]:
        """Whatever the platform would not take, with what it would."""
        if self.prefix and not PREFIX.fullmatch(self.prefix + PROFILE):
            yield (
                f"The prefix '{self.prefix}' is none: small letters, digits, - and _, a letter first, "
                f"at most {32 - len(PROFILE)}."
            )
        if self.registry and not REGISTRY.fullmatch(self.registry):
            yield f"The registry '{self.registry}' is none: letters a–z, digits, - and _."
        if self.organisation and not UUID.fullmatch(self.organisation):
            yield "The organisation is not a UUID as the platform gives them: 8-4-4-4-12 digits and letters a–f."
        for domain in self.domains:
            if domain not in DOMAINS:
                yield f"'{domain}' is no information domain: {', '.join(DOMAINS)}."
        if not self.domains:
            yield "Name at least one information domain: the platform takes nothing without."

    def code_list(self, name: str) -> str:
        """The address of a code list; the platform's registry for tests where none is named."""
        return f"{CODE_LISTS}{self.registry or 'test'}/{name}"
