"""From a metric back to its origin."""

from __future__ import annotations

from pathlib import Path

import click

from virtaama.cli.ask import since_published
from virtaama.cli.asked import asker_of, find_metric
from virtaama.cli.console import print_table
from virtaama.cli.explain_concept import show_concept
from virtaama.cli.options import asker_options, project_option
from virtaama.metrics.definitions import Measure
from virtaama.project.project import Project


@click.command()
@click.argument("name", metavar="METRIC_OR_CONCEPT")
@click.option(
    "--language", type=click.Choice(["fi", "sv", "en"]), default="en", show_default=True, help="Of labels."
)
@asker_options
@project_option
def explain(name: str, language: str, role: str, purpose: str, own: tuple[str, ...], folder: Path) -> None:
    """Show what a metric or a concept means and where it comes from.

    Of a metric: definition, formula, legal basis, source, the feeds and batches behind it, the model version
    and the SQL that computes it. Of a concept: definition, rules and, for each column, what it is computed
    from and the fields of the sources behind it. Where both have one name the metric is shown.

    \b
    Example:
        virtaama explain emergency_visits_per_1000 --project demo
    """
    project = Project.open(folder)
    door = project.door()
    metrics = door.catalogue().metrics
    concepts = {concept.name: concept for concept in project.model.every_concept}
    if name in concepts and name not in [metric.name for metric in metrics]:
        show_concept(project.model, concepts[name], language)
        return
    defined = find_metric(metrics, name)
    lineage = door.lineage(defined.name, asker_of(project, role, own))
    click.echo(defined.labels.in_language(language))
    click.echo(defined.definition.in_language(language))
    click.echo()
    print_table(
        ("", ""),
        [
            ("numerator", measured(defined.numerator)),
            ("denominator", measured(defined.denominator) if defined.denominator else "none"),
            ("scale", f"{defined.scale:g}"),
            ("unit", defined.unit.in_language(language)),
            ("direction", defined.direction.value),
            ("levels", ", ".join(defined.levels)),
            ("by", ", ".join(defined.by) or "nothing"),
            ("minimum group", str(defined.minimum_group)),
            *(
                ("target", f"{target.value:g} from {target.valid_from} ({target.source})")
                for target in defined.targets
            ),
            ("legal basis", defined.legal_basis),
            ("source", defined.source),
            ("owner", defined.owner),
            ("defined in", str(defined.place)),
            ("concepts", ", ".join(lineage.concepts)),
            ("model", lineage.snapshot.model_version),
            ("catalogue", lineage.snapshot.catalogue_version),
            ("snapshot", f"{lineage.snapshot.number}, published {lineage.snapshot.published:%Y-%m-%d %H:%M}"),
        ],
    )
    click.echo()
    print_table(
        ("feed", "batches", "rows", "set aside", "newest delivery", "extracted", "loaded"),
        [
            (
                feed.feed,
                feed.batches,
                feed.rows,
                feed.rejected,
                feed.newest_file,
                f"{feed.newest_extracted:%Y-%m-%d}",
                f"{feed.loaded:%Y-%m-%d %H:%M}",
            )
            for feed in lineage.feeds
        ],
    )
    click.echo()
    for step in (*lineage.steps, *since_published(lineage.snapshot)):
        click.echo(f"- {step}")
    click.echo()
    click.echo(lineage.sql)


def measured(measure: Measure) -> str:
    """A measure in one line."""
    parts = [f"{measure.aggregate} of {measure.fact}", f"over {measure.window.value}"]
    if measure.where:
        parts.append(f"where {measure.where}")
    if measure.per_person_having:
        parts.append(f"of persons with {measure.per_person_having}")
    return ", ".join(parts)
