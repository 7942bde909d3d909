"""With whose data a question is answered: the source systems behind metrics and feature tables."""

from __future__ import annotations

from collections.abc import Iterable

from virtaama.access.recording import RecordingQuestion
from virtaama.metrics.definitions import Catalogue
from virtaama.metrics.feature_tables import FeatureTable
from virtaama.metrics.plan import concepts_of, parts_of
from virtaama.model.lineage import described_by
from virtaama.model.model import Model

Told = tuple[tuple[str, ...], tuple[str, ...]]
"""The data, and the providers of it: source systems by name."""


def providers_of(feeds: Iterable[str]) -> tuple[str, ...]:
    """The systems that deliver feeds."""
    return tuple(sorted({feed.partition(".")[0] for feed in feeds}))


class Behind:
    """What stands behind the names questions use. Looked up once for each name."""

    def __init__(self, model: Model, catalogue: Catalogue) -> None:
        self._model = model
        self._catalogue = catalogue
        self._metrics = {metric.name: metric for metric in catalogue.metrics}
        self._found: dict[str, tuple[str, ...]] = {}

    def metrics(self, names: Iterable[str]) -> Told:
        """Metrics asked for, also those nobody has defined, and whose data those defined are made from."""
        asked = tuple(dict.fromkeys(names))
        return asked, tuple(sorted({each for name in asked for each in self._behind_metric(name)}))

    def feature_table(self, table: FeatureTable) -> tuple[str, ...]:
        """Whose data the rows of a feature table are made from."""
        uses = (*table.uses, *table.outcomes)
        facts = (self._catalogue.fact(use.fact) for use in uses)
        concepts = dict.fromkeys(part.of for fact in facts for part in parts_of(fact, self._catalogue))
        return providers_of(described_by(self._model, (table.of, *concepts)))

    def recording(self, question: RecordingQuestion) -> Told:
        """The concepts a question about recording looks at, and whose recording it is."""
        feeds = [
            mapping.feed
            for mapping in self._model.mappings
            if question.concept in ("", mapping.concept)
            and question.system in ("", mapping.feed.partition(".")[0])
        ]
        return (question.concept,) if question.concept else (), providers_of(feeds)

    def _behind_metric(self, name: str) -> tuple[str, ...]:
        if name not in self._metrics:
            return ()
        if name not in self._found:
            concepts = concepts_of(self._metrics[name], self._catalogue)
            self._found[name] = providers_of(described_by(self._model, concepts))
        return self._found[name]
