"""What a plan says beside its steps."""

from __future__ import annotations

from typing import Any

import pytest

from virtaama.cli.planned import counts_otherwise, in_words
from virtaama.loading.evolve import EvolutionPlan
from virtaama.loading.load import LoadPlan
from virtaama.model.changes import Change, Kind, Reworded, Thing
from virtaama.model.concepts import CodeList, Text
from virtaama.problems import Place
from virtaama.vault.evolve import Evolution
from virtaama.vault.table_steps import FillCodes
from virtaama.vault.tables import CodeTable

HERE = Place("codes/x.yaml", 1)
LIST = CodeList(name="part", labels=Text("osa", "del", "part"), source="", codes=(), place=HERE)
FILL = FillCodes(table=CodeTable(name="ref_part", code_list="part"), codes=LIST)


def plan(*changes: Change, steps: tuple[Any, ...] = ()) -> LoadPlan:
    evolution = Evolution(steps=steps, filled=(), refills=())
    model = EvolutionPlan(changes=changes, losses=(), evolution=evolution, refills=(), deploys=True)
    return LoadPlan(model=model, batches=())


LABELS = Reworded(place=HERE, thing=Thing(Kind.CONCEPT, "visit"), members=("labels",))


@pytest.mark.parametrize(
    ("planned", "otherwise"),
    [
        pytest.param(plan(), False, id="the same model"),
        pytest.param(plan(steps=(FILL,)), False, id="a new warehouse"),
        pytest.param(plan(LABELS), False, id="other words"),
        pytest.param(plan(LABELS, steps=(FILL,)), True, id="a list that is written again"),
    ],
)
def test_what_was_noticed_before_is_told_of_where_it_would_be_counted_otherwise(
    planned: LoadPlan, otherwise: bool
) -> None:
    assert counts_otherwise(planned) is otherwise
    said = [line for line in in_words(planned, None, steps=False) if "virtaama rebuild" in line]
    assert bool(said) is otherwise
