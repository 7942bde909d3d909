"""The work of the flow on a project whose lock is held: load, check, publish, build feature tables."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from virtaama.engines.port import Engine
from virtaama.lake.deployments import Deployment
from virtaama.loading.deployed import refuse_unfinished
from virtaama.loading.evolve import refuse_losses
from virtaama.loading.load import Loaded, load, plan
from virtaama.loading.quality import check_deliveries
from virtaama.project.on_record import now, on_record
from virtaama.project.parts import METRIC_FOLDER, MODEL_FOLDERS, Parts
from virtaama.project.settings import files_in
from virtaama.project.told import Progress
from virtaama.project.warehouse import opened
from virtaama.quality.results import Result
from virtaama.vault.design import design

# What publishes and what builds feature tables is brought in where that is done.
if TYPE_CHECKING:
    from virtaama.loading.features import Built
    from virtaama.loading.publish import Publication
    from virtaama.metrics.feature_tables import FeatureTable
    from virtaama.quality.held import HeldBack


def build_now(parts: Parts, table: FeatureTable, progress: Progress) -> Built:
    """The days of a feature table that are not built from what the warehouse holds now."""
    from virtaama.lake.marts import FeatureMart
    from virtaama.loading.features import FeatureBuild, applied_batches, build_features
    from virtaama.loading.published_protection import protected_digest

    model = parts.model
    with on_record(parts.ledger, "features") as tell, opened(parts.settings, parts.ledger) as engine:
        refuse_unfinished(engine, model)
        build = FeatureBuild(
            table=table,
            model=model,
            design=design(model),
            catalogue=parts.catalogue,
            batches=applied_batches(engine, parts.ledger.batches()),
            protected=protected_digest(engine, model, design(model)),
        )
        mart = FeatureMart(parts.settings.features / table.name)
        built = build_features(engine, build, mart, now(), progress)
        tell({"days": built.days, "days_written": built.written, "rows": built.rows})
    return built


def load_now(parts: Parts, progress: Progress, accepted: frozenset[str] = frozenset()) -> Loaded:
    """What waits is loaded and held against what is expected; the model is on record first. Raises WouldLose."""
    model = parts.model
    with opened(parts.settings, parts.ledger) as engine:
        waiting = plan(model, parts.ledger, parts.lake, engine)
        if waiting.is_empty:
            return Loaded(batches=0, rows_in=0, rows_new=0)
        refuse_losses(waiting.model, accepted)
        parts.ledger.record_deployment(
            Deployment(
                version=model.version,
                moment=now(),
                files=dict(files_in(parts.settings.folder, *MODEL_FOLDERS, METRIC_FOLDER)),
            )
        )
        with on_record(parts.ledger, "load") as tell:
            loaded = load(
                model,
                parts.ledger,
                parts.lake,
                engine,
                now=now,
                progress=progress,
                accepted=accepted,
                planned=waiting,
            )
            counts = {
                "batches": loaded.batches,
                "rows_read": loaded.rows_in,
                "rows_new": loaded.rows_new,
                "rows_again": loaded.rows_again,
            }
            tell({name: count for name, count in counts.items() if name != "rows_again" or count})
        if model.expectations:
            _check(
                parts,
                engine,
                frozenset(a.number for batch_load in waiting.batches for a in batch_load.arrivals),
            )
    return loaded


def check_now(parts: Parts) -> None:
    """Deliveries are held against what is expected of them; the ledger keeps what came of it."""
    with opened(parts.settings, parts.ledger) as engine:
        _check(parts, engine)


def _check(parts: Parts, engine: Engine, again: frozenset[int] = frozenset()) -> None:
    with on_record(parts.ledger, "quality") as tell:
        (run, *_) = parts.ledger.runs()
        results = check_deliveries(
            parts.model, parts.ledger, parts.lake, engine, run=run.id, now=now(), again=again
        )
        tell({"checks": len(results), "checks_failed": sum(not result.passed for result in results)})


def _judge(parts: Parts, results: tuple[Result, ...]) -> HeldBack:
    """Keep what came of checks of concepts; what is held back as things stand."""
    from virtaama.quality.held import held_back

    parts.ledger.record_results(results)
    return held_back(parts.ledger.results(), parts.model, parts.catalogue)


def publish_now(parts: Parts, progress: Progress) -> Publication:
    """A snapshot of what the warehouse holds, all at once."""
    from virtaama.loading.direct import publish_direct
    from virtaama.loading.publish import publish
    from virtaama.vault.derive import star

    model, catalogue = parts.model, parts.catalogue
    with on_record(parts.ledger, "publish") as tell, opened(parts.settings, parts.ledger) as engine:
        refuse_unfinished(engine, model)
        publication = publish(
            engine,
            star=partial(star, model, design(model)),
            model=model,
            catalogue=catalogue,
            batches=parts.ledger.batches(),
            folder=parts.settings.published,
            county_code=parts.settings.county_code,
            moment=now(),
            judge=partial(_judge, parts),
            run=parts.ledger.runs()[0].id,
            progress=progress,
        )
        publish_direct(engine, model, parts.direct_wanted, parts.settings.direct, publication.number)
        tell(
            {
                "snapshot": publication.number,
                "figures": publication.figures,
                "metrics_held_back": len(publication.held),
                "marts_written": len(publication.written),
                "marts_taken_over": len(publication.taken_over),
            }
        )
    return publication
