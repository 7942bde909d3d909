"""One small model as the statements it becomes. Read them when they change.

Refresh with `REFRESH_GOLDEN=1 pytest tests/golden`.
"""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

from tests.small_warehouse import residents
from virtaama.model.feeds import Delivery
from virtaama.vault.design import design
from virtaama.vault.evolve import plan_evolution
from virtaama.vault.explain import explain
from virtaama.vault.explain_tables import explain_table_step
from virtaama.vault.plan import plan_load
from virtaama.vault.render import render
from virtaama.vault.render.tables import render_table_step
from virtaama.vault.steps import Arrival
from virtaama.vault.views import star

GOLDEN = Path(__file__).parent / "residents.sql"


def test_the_statements_of_a_small_model_stay_as_they_were_read() -> None:
    written = statements()
    if os.environ.get("REFRESH_GOLDEN"):
        GOLDEN.write_text(written, encoding="utf-8")
    assert written == GOLDEN.read_text(encoding="utf-8")


def statements() -> str:
    small = residents(Delivery.FULL)
    tables = design(small)
    arrival = Arrival(
        number=1, feed="register.people", extracted=datetime(2025, 1, 1), file="people.csv", rows=3
    )
    (load,) = plan_load(small, tables, [arrival], frozenset())
    made = plan_evolution(None, small, {}, frozenset()).steps
    said = [
        *((explain_table_step(step), render_table_step(step)) for step in made),
        *((explain(step), render(step)) for step in load.readings[0].steps),
    ]
    parts = [f"-- {words}\n{statement.sql(dialect='duckdb', pretty=True)};\n" for words, statement in said]
    view = star(small, tables, "resident").sql(dialect="duckdb", pretty=True)
    return "\n".join([*parts, f"-- the current state of resident\n{view};\n"])
