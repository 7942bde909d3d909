"""Every attack at length, and what it got. Run by `make attack`: python -m attack [--share 1] [--only codes …]"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from attack import (
    at_the_portal,
    bombs,
    codes,
    county,
    disclosure,
    erasure,
    measured_figures,
    measured_session,
    persons,
    record,
    rotation,
    row_policy,
    scan,
    statements,
)
from attack.outcome import Row, table
from virtaama.identities.tables import FILE

RESIDENTS, TABLES, COUNTIES, TAMPERED, KILLS, ERASED = 20_000, 300, 10, 200, 50, 4


def stolen(share: float, folder: Path) -> Iterator[Row]:
    """Codes out of a warehouse, and who is seen without a record, in one invented county."""
    project = county.county(folder / "county", max(300, round(RESIDENTS * share)))
    hub, known = county.stolen_hub(project), county.codes_in(project)
    store = project.settings.identities / FILE
    yield from codes.rows(hub, known, store, project.keyring, codes.Attacker.between())
    yield from county.persons_without_entry(project)
    yield from county.joined_extracts(project)
    project.back_up(folder / "backups")
    settings = project.settings
    yield from scan.rows([folder], known, [settings.deliveries, settings.keys])
    yield from rotation.rows(settings.folder, known, max(3, round(KILLS * share)))


def erased(share: float, folder: Path) -> Iterator[Row]:
    """Persons who were erased one by one, in a county of their own: each erasure makes the whole warehouse anew."""
    project = county.county(folder / "erased", 300)
    yield from erasure.rows(project, max(2, round(ERASED * share)))


ATTACKS: dict[str, Callable[[float, Path], Iterator[Row]]] = {
    "codes": stolen,
    "record": lambda share, folder: record.rows(folder / "record", max(1, round(TAMPERED * share))),
    "erasure": erased,
    "disclosure": lambda share, folder: disclosure.rows(max(1, round(TABLES * share))),
    "statements": lambda share, folder: statements.rows(folder / "statements", share),
    "figures": lambda share, folder: measured_figures.rows(
        folder / "figures", max(300, round(2_000 * share))
    ),
    "session": lambda share, folder: measured_session.rows(max(1, round(COUNTIES * share))),
    "policy": lambda share, folder: row_policy.rows(max(1, round(row_policy.CASES * share))),
    "persons": lambda share, folder: persons.rows(max(10, round(persons.CASES * share))),
    "bombs": lambda share, folder: bombs.rows(folder / "bombs"),
    "portal": lambda share, folder: at_the_portal.rows(share),
}


def main(arguments: list[str]) -> int:
    """0 where every attack got what it should."""
    parser = argparse.ArgumentParser(prog="python -m attack", description=__doc__)
    parser.add_argument("--share", type=float, default=1.0, help="of what is attacked")
    parser.add_argument("--only", nargs="*", choices=list(ATTACKS), default=list(ATTACKS), help="these alone")
    given = parser.parse_args(arguments)
    rows: list[Row] = []
    with TemporaryDirectory(prefix="virtaama-attack-") as folder:
        for name in given.only:
            for row in ATTACKS[name](given.share, Path(folder)):
                sys.stderr.write(f"{row.id} {row.what}: {row.got:,} of {row.tried:,}\n")
                rows.append(row)
    sys.stdout.write(f"{table(rows)}\n")
    return int(not all(row.is_right for row in rows))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
