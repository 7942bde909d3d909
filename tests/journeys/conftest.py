"""A small invented county that has gone through the whole flow, made once a process."""

from __future__ import annotations

import pytest

from virtaama.project.create import create_county
from virtaama.project.linking import link
from virtaama.project.project import Project
from virtaama.project.told import unnoticed
from virtaama.synthetic.county import CountySize

SIZE = CountySize(residents=1_500, seed=7, months=6, until=(2026, 4))


@pytest.fixture(scope="session")
def county(tmp_path_factory: pytest.TempPathFactory) -> Project:
    """Invented, landed, loaded and published. Tests only read it."""
    project = create_county(tmp_path_factory.mktemp("county") / "demo", demo=True)
    project.invent(SIZE)
    project.land()
    project.load()
    link(project, unnoticed)
    project.load()
    project.publish()
    return project
