"""The door to feature tables: decide, read, record, and only then give rows about single persons."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from uuid import UUID

import pyarrow as pa

from virtaama.access.audit import AuditLog
from virtaama.access.audit_entries import NOBODY, Act, Persons, asked_by
from virtaama.access.behind import Behind
from virtaama.access.persons import person_key, persons_in, surrogates_shown
from virtaama.lake.marts import About, FeatureMart
from virtaama.metrics.definitions import Catalogue
from virtaama.metrics.feature_tables import FeatureTable
from virtaama.model.model import Model
from virtaama.privacy.disclosure.anonymity import anonymous
from virtaama.privacy.domains import Domain
from virtaama.privacy.policy import Approval, Asker, Purpose, Refused, Role, RowsAllowed, decide_rows
from virtaama.problems import NotAllowed, NotReady


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedRows:
    """The rows of a feature table that were opened, with the number of the record that says so.

    `left_out` are rows that too few share in what identifies, or that would tell something of all who share it.
    """

    about: About
    rows: pa.Table
    left_out: int
    record: int


class RowDoor:
    """Opens the rows of feature tables. There is no other way to them."""

    def __init__(
        self,
        *,
        marts: Path,
        roles: tuple[Role, ...],
        audit: AuditLog,
        model: Model,
        catalogue: Catalogue,
        clock: Callable[[], datetime],
        domains: Callable[[str], Domain],
    ) -> None:
        self._marts = marts
        self._roles = {role.name: role for role in roles}
        self._audit = audit
        self._model = model
        self._behind = Behind(model, catalogue)
        self._clock = clock
        self._domains = domains

    def decide(self, table: FeatureTable, asker: Asker, purpose: Purpose) -> RowsAllowed:
        """The leave to build and open a table. Raises NotAllowed; the refusal is on record by then."""
        today = self._clock().date()
        role = self._roles.get(asker.role)
        decision = decide_rows(table.name, table.purposes, asker, purpose, role, today)
        if isinstance(decision, Refused):
            self._record(table, asker, purpose, Act.OPEN, f"refused: {decision.reason}", None, 0)
            raise NotAllowed(f"{decision.reason}. The question was recorded and not answered.")
        return decision

    def built(self, table: FeatureTable, allowed: RowsAllowed, days: int, rows: int) -> int:
        """Put on record that a table was built, and for whom; the number of the record."""
        assert isinstance(allowed, RowsAllowed)
        return self._record(
            table, allowed.asker, allowed.purpose, Act.BUILD, "allowed", days, rows, approval=allowed.approval
        )

    def open(
        self,
        table: FeatureTable,
        allowed: RowsAllowed,
        first: date | None = None,
        last: date | None = None,
    ) -> OpenedRows:
        """The rows of the days from `first` to `last`, under pseudonyms of the table's domain.

        On record, with whom they are about, before they are given.
        """
        assert isinstance(allowed, RowsAllowed)
        if allowed.table != table.name:
            raise TypeError("the leave is for another table")
        mart = FeatureMart(self._marts / table.name)
        about = mart.about()
        if about is None:
            raise NotReady(f"Feature table '{table.name}' has not been built yet.")
        chosen = [each for each in about.days if (first or date.min) <= each.day <= (last or date.max)]
        if not chosen:
            raise NotReady(f"Feature table '{table.name}' holds no such day.")
        built = pa.concat_tables([mart.rows(each) for each in chosen], promote_options="permissive")
        rows = anonymous_rows(table, built)
        record = self._record(
            table,
            allowed.asker,
            allowed.purpose,
            Act.OPEN,
            "allowed",
            len(chosen),
            len(rows),
            persons_in(table, self._model, rows),
            allowed.approval,
        )
        shown = in_domain(table, self._model, rows, self._domains(table.in_domain))
        return OpenedRows(about=about, rows=shown, left_out=len(built) - len(rows), record=record)

    def _record(
        self,
        table: FeatureTable,
        asker: Asker,
        purpose: Purpose,
        act: Act,
        decision: str,
        days: int | None,
        rows: int,
        about: Persons = NOBODY,
        approval: Approval | None = None,
    ) -> int:
        question: dict[str, object] = {f"{act} feature table": table.name, "domain": table.in_domain}
        if days is not None:
            question["days"] = days
        if approval:
            question["approved by"] = f"{approval.decided_by}, {approval.record}"
        return self._audit.append(
            moment=self._clock(),
            asker=asker.id,
            role=asker.role,
            purpose=purpose.value,
            question=asked_by(asker, question),
            decision=decision,
            snapshot=None,
            rows=rows,
            act=act,
            data=(table.name,),
            providers=self._behind.feature_table(table),
            about=about,
        )


def in_domain(table: FeatureTable, model: Model, rows: pa.Table, domain: Domain) -> pa.Table:
    """The rows with pseudonyms of a domain in the place of keys and surrogates, in an order that tells nothing.

    As they were built they are in the order of the warehouse's keys: the same in every table.
    """
    key_name = f"{table.of}_key"
    keys = {key: UUID(key).bytes for key in rows.column(key_name).unique().to_pylist() if key is not None}
    shown = surrogates_shown(table, model, rows)
    for name, known in (
        (key_name, keys),
        *((name, {each: person_key(each) for each in found}) for name, found in shown.items()),
    ):
        called = {value: domain.pseudonym(key) for value, key in known.items()}
        values = [called.get(value, value) for value in rows.column(name).to_pylist()]
        rows = rows.set_column(rows.column_names.index(name), name, pa.array(values, pa.string()))
    return rows.sort_by([("snapshot_day", "ascending"), (key_name, "ascending")])


def anonymous_rows(table: FeatureTable, rows: pa.Table) -> pa.Table:
    """Those rows of a feature table among which nobody can be found, as far as it says what identifies."""
    if not table.identifying:
        return rows

    def values(names: Iterable[str]) -> list[tuple[object, ...]]:
        return list(zip(*(rows.column(name).to_pylist() for name in names), strict=True))

    sensitive = [rows.column(name).to_pylist() for name in table.sensitive]
    stays = anonymous(values(("snapshot_day", *table.identifying)), sensitive, table.alike)
    return rows.filter(pa.array(stays, pa.bool_()))
