"""The feed links are delivered in: one row for each link that was made or ended."""

from __future__ import annotations

from virtaama.model.concepts import Concept, Type

INSTANCE = "instance"  # the key of what is linked
SAME_AS = "same_as"  # the key of what it is linked to
SINCE = "since"  # when the link was decided on
UNTIL = "until"  # when it was ended; null while it holds
DECIDED_BY = "decided_by"  # rule, model or person
RULE = "rule"  # the name of the rule, where one decided
SETTINGS = "settings"  # the version of linkage and weights it was decided under
WEIGHT = "weight"  # base 2; null where nothing was weighed


def fields_of(of: Concept, to: Concept) -> dict[str, Type]:
    """The fields such a feed has, by name."""
    return {
        INSTANCE: _key_type(of),
        SAME_AS: _key_type(to),
        SINCE: Type.TIMESTAMP,
        UNTIL: Type.TIMESTAMP,
        DECIDED_BY: Type.TEXT,
        RULE: Type.TEXT,
        SETTINGS: Type.TEXT,
        WEIGHT: Type.DECIMAL,
    }


def _key_type(concept: Concept) -> Type:
    key = concept.attribute(concept.key[0])
    return key.type if key else Type.TEXT
