"""The shapes of all files of a project, as they are published for editors."""

from __future__ import annotations

import json
from collections.abc import Iterator

from virtaama.access.roles import ACCESS
from virtaama.descriptions.organisation import ORGANISATION
from virtaama.linkage.schema import LINKS
from virtaama.metrics.feature_schema import FEATURES
from virtaama.metrics.person_view_schema import PERSON_VIEWS
from virtaama.metrics.release_schema import RELEASES
from virtaama.metrics.schema import METRICS
from virtaama.model.schema import KINDS
from virtaama.project.settings import SETTINGS
from virtaama.statutes.crosswalk import CROSSWALK
from virtaama.statutes.kinds import KINDS as PACKS
from virtaama.statutes.pack_shape import shape_of
from virtaama.steering.funding.scenario_shape import SCENARIOS

SHAPES = {
    **KINDS,
    "metrics": METRICS,
    "features": FEATURES,
    "releases": RELEASES,
    "person_views": PERSON_VIEWS,
    "links": LINKS,
    "access": ACCESS,
    "organisation": ORGANISATION,
    "crosswalk": CROSSWALK,
    "virtaama": SETTINGS,
    "scenarios": SCENARIOS,
    **{f"statutes_{kind.name}": shape_of(kind) for kind in PACKS},
}


def published() -> Iterator[tuple[str, str]]:
    """Name and text of each JSON Schema."""
    for name, shape in SHAPES.items():
        yield f"{name}.json", json.dumps(shape.schema, ensure_ascii=False, indent=2) + "\n"
