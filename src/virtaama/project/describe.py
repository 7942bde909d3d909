"""The descriptions of a project: gathered from its parts, written as a numbered set, and compared with the last."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

from virtaama.access.roles import role_names
from virtaama.descriptions.change import Before, Leaving, as_plain_change, change_assessment
from virtaama.descriptions.data_sets import as_dcat
from virtaama.descriptions.document import Document
from virtaama.descriptions.every import describe
from virtaama.descriptions.facts import facts_of
from virtaama.descriptions.forms import as_markdown, as_plain
from virtaama.descriptions.known import HeldRole, Known, concepts_unread
from virtaama.descriptions.measures import Safeguards
from virtaama.descriptions.software_bill import bill_of_materials
from virtaama.loading.deployed import deployed
from virtaama.loading.load import plan
from virtaama.metrics.definitions import Catalogue
from virtaama.metrics.parse import parse_catalogue
from virtaama.model.concepts import Text
from virtaama.model.model import Model
from virtaama.problems import ProblemsFound
from virtaama.project.described import FACTS, DescribedSet, newest, write_set
from virtaama.project.document_pdf import as_pdf
from virtaama.project.installed import components
from virtaama.project.parts import ACCESS_FILE, METRIC_FOLDER, Parts
from virtaama.project.warehouse import opened


def known_of(parts: Parts, made: date) -> Known:
    """Everything the descriptions are made from; ProblemsFound where the files of the project do not hold together."""
    settings = parts.settings
    access = settings.folder / ACCESS_FILE
    labels = role_names(access.read_text(encoding="utf-8")) if access.is_file() else {}
    return Known(
        made=made,
        county=settings.county,
        county_code=settings.county_code,
        project=settings.name,
        model=parts.model,
        catalogue=parts.catalogue,
        features=parts.features,
        releases=parts.releases,
        roles=tuple(
            HeldRole(
                role=role,
                labels=labels.get(role.name, Text(role.name, role.name, role.name)),
                groups=tuple(group.name for group in parts.groups if group.role == role.name),
            )
            for role in parts.roles
        ),
        safeguards=Safeguards(
            minimum_group=settings.minimum_group,
            sign_in=settings.sign_in.provider if settings.sign_in else "",
            anchored=settings.anchors is not None,
            demo=settings.demo,
            engine=settings.engine.value,
            hosts=tuple(sorted(settings.hosts)),
        ),
        organisation=parts.organisation,
        components=components(),
        retention=parts.law.retention_rules,
        log_data=parts.law.log_data,
        unread=concepts_unread(parts.model, parts.catalogue, parts.features),
    )


def before(parts: Parts) -> Before:
    """What the project is compared with: the deployed model, and the descriptions made last."""
    last = newest(parts.settings.descriptions)
    described = json.loads(last.read(FACTS)) if last else None
    if not parts.settings.warehouse.exists():
        return Before(described=described, described_on=last.made if last else None)
    with opened(parts.settings, parts.ledger) as engine:
        found = deployed(engine)
        leaving = plan(parts.model, parts.ledger, parts.lake, engine).model.losses
    return Before(
        deployed=(found.model, _catalogue_of(parts, found.model)) if found else None,
        deployed_on=found.since.date() if found else None,
        described=described,
        described_on=last.made if last else None,
        leaving=tuple(Leaving(name=each.name, count=each.count, since=each.since.date()) for each in leaving),
    )


def _catalogue_of(parts: Parts, model: Model) -> Catalogue:
    """The metrics that were deployed with a model; none where nobody kept them or can read them any more."""
    for each in reversed(parts.ledger.deployments()):
        if each.version == model.version:
            files = {name: text for name, text in each.files.items() if name.startswith(f"{METRIC_FOLDER}/")}
            try:
                return parse_catalogue(files, model, parts.law.care_guarantee.waits)
            except ProblemsFound:
                break
    return Catalogue(version="", facts=(), dimensions=(), metrics=())


def write_descriptions(
    parts: Parts, made: date, languages: tuple[str, ...], folder: Path | None = None
) -> tuple[DescribedSet, tuple[Document, ...]]:
    """Write every description in these languages: as the next set of the project, or to a folder of one's own.

    The same project on the same day gives the same files. The documents in the first language come with them.
    """
    known, earlier = known_of(parts, made), before(parts)
    documents = {
        language: (*describe(known, language), change_assessment(known, earlier, language))
        for language in languages
    }
    files = dict(_files(known, earlier, documents))
    told = write_set(
        parts.settings.descriptions,
        folder,
        made=made,
        model_version=known.model.version,
        documents=documents,
        files=files,
    )
    return told, documents[languages[0]]


def _files(
    known: Known, earlier: Before, documents: dict[str, tuple[Document, ...]]
) -> Iterator[tuple[str, bytes]]:
    for language, found in documents.items():
        for document in found:
            below = f"{language}/{document.name}"
            yield f"{below}.md", as_markdown(document).encode()
            yield f"{below}.json", _json(as_plain(document))
            yield f"{below}.pdf", as_pdf(document)
    yield "data-sets.jsonld", _json(as_dcat(known))
    yield "change.json", _json(as_plain_change(known, earlier))
    yield "sbom.cdx.json", _json(bill_of_materials(known.components, known.made))
    yield FACTS, _json(facts_of(known))


def _json(content: dict[str, Any]) -> bytes:
    return f"{json.dumps(content, ensure_ascii=False, indent=2)}\n".encode()
