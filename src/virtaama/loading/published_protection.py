"""Protection orders in a snapshot: who has one, what only their carers see of it, and stars of before."""

from __future__ import annotations

from sqlglot import exp

from virtaama.engines.port import Engine
from virtaama.loading.inputs import Inputs, Warehouse, platform
from virtaama.loading.marts_made import MartsMade
from virtaama.model.digest import digest
from virtaama.model.model import Model
from virtaama.model.protection import person_of
from virtaama.sql.queries import with_tables
from virtaama.vault.derive import Made, care_of
from virtaama.vault.protection import (
    KEY,
    care_name,
    hints,
    people_under_order,
    protected,
    protected_name,
    withholding,
)
from virtaama.vault.tables import VaultDesign


def protected_digest(engine: Engine, model: Model, design: VaultDesign) -> str:
    """A digest of who has a protection order now; the same persons give the same digest."""
    return digest(*(_keys(engine, protected(model, design, person)) for person in people_under_order(model)))


def publish_protected(engine: Engine, marts: MartsMade, warehouse: Warehouse, prefix: str) -> None:
    """Who has a protection order, as tables of the engine with this prefix.

    What is made from them is made anew when somebody gets or loses an order, and not with every delivery.
    """
    for person in people_under_order(warehouse.model):
        query = protected(warehouse.model, warehouse.design, person)
        made_from = {"platform": platform(), "protected": digest(_keys(engine, query))}
        _keep(marts, f"star/{protected_name(person)}", query, made_from)
        engine.view(f"{prefix}{protected_name(person)}", marts.paths(f"star/{protected_name(person)}"))


def publish_care(marts: MartsMade, warehouse: Warehouse, concept: str, made: Made) -> None:
    """The hints withheld in the star of a concept, for those in whose care a person is."""
    if not hints(warehouse.model.concept(concept)):
        return
    query = care_of(warehouse.model, warehouse.design, concept, made)
    known = {made(name).name: inputs for name, inputs in marts.stars().items()}
    _keep(marts, f"star/{care_name(concept)}", query, warehouse.star(query, known))


def withheld_now(model: Model, concept: str, rows: exp.Query, made: Made) -> exp.Query:
    """Rows of an earlier star of a concept without what is withheld now: somebody may have an order since."""
    described = model.concept(concept)
    if described.protection is None:
        return rows
    name = protected_name(person_of(described))
    return with_tables(withholding(described, rows), {name: made(name)})


def is_withheld_alike(marts: MartsMade, model: Model, concept: str, made: Made) -> bool:
    """Whether the earlier star of a concept was made while just those had an order who have one now."""
    described = model.concept(concept)
    if described.protection is None:
        return True
    name = protected_name(person_of(described))
    earlier = marts.before.get(f"star/{concept}")
    return earlier is not None and earlier.inputs.get(made(name).name) == digest(
        marts.made[f"star/{name}"].inputs
    )


def _keep(marts: MartsMade, name: str, query: exp.Query, made_from: Inputs) -> None:
    if not (marts.is_unchanged(name, made_from) and marts.take_over(name)):
        marts.write(name, query, made_from)


def _keys(engine: Engine, query: exp.Query) -> list[str]:
    return sorted(str(key) for key in engine.read(query).column(KEY).to_pylist())
