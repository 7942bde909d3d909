"""Loading a vault, measured beside its floors and its peers. Run by `make bench-vault`.

Every measured step is a process of its own. Landing lies outside the times: what is measured begins with batches in
the lake and ends with a closed warehouse. `docs/benchmarks.md` says what is compared and takes the results.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from benchmarks.vault import county, moments, peers, report
from benchmarks.vault.bench import Bench

PEERS = ("automate_dv", "datavault4dbt", "automate_dv_postgres", "datavault4dbt_postgres")
PARTS = ("changes", "whole", "model", "years", "pit", "county", *PEERS)


def main() -> None:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--scale", type=float, default=1.0, help="1: 6 million order lines")
    arguments.add_argument("--parts", default="changes,whole,model,years,pit", help=", ".join(PARTS))
    arguments.add_argument("--residents", type=int, default=200_000, help="of the county")
    arguments.add_argument("--year", type=float, default=0.1, help="scale of a year in the part `years`")
    arguments.add_argument("--months", type=int, default=12, help="month ends in the part `pit`")
    arguments.add_argument("--rounds", type=int, default=1)
    arguments.add_argument("--folder", type=Path, default=Path("bench"))
    arguments.add_argument(
        "--peers", type=Path, help="a folder with automate-dv, datavault4dbt and dbt-utils"
    )
    arguments.add_argument("--dbt", type=Path, help="the dbt command to drive them with")
    arguments.add_argument("--document", action="store_true", help="write the results to docs/benchmarks.md")
    chosen = arguments.parse_args()
    parts = chosen.parts.split(",")
    if unknown := set(parts) - set(PARTS):
        arguments.error(f"no such part: {', '.join(sorted(unknown))}")
    folder = (chosen.folder / "vault").resolve()
    folder.mkdir(parents=True, exist_ok=True)
    bench = Bench(folder, chosen.scale, chosen.rounds)
    for part in parts:
        match part:
            case "years":
                years = Bench(folder, chosen.year, chosen.rounds, bench.results)
                years.years()
            case "pit":
                moments.measure(bench, chosen.months, chosen.peers, chosen.dbt)
            case "county":
                county.measure(bench, chosen.residents)
            case _ if part in PEERS:
                if not chosen.peers or not chosen.dbt:
                    arguments.error("--peers and --dbt say where the peers are")
                system = part.removesuffix("_postgres")
                peers.measure(bench, system, chosen.peers, chosen.dbt, on_postgres=part != system)
            case _:
                getattr(bench, part)()
        report.write_csv(folder, bench.results)
    command = f"make bench-vault SCALE={chosen.scale:g} PARTS={chosen.parts} ROUNDS={chosen.rounds}"
    peer = f", {peers.versions(chosen.peers, chosen.dbt)}" if chosen.peers and chosen.dbt else ""
    text = (
        f"### Results\n\n{report.machine()}{peer}; a year in *history* is scale {chosen.year:g}; `{command}`.\n\n"
        f"{report.table(bench.results)}"
    )
    print(f"\n{text}")
    if chosen.document:
        report.replace_section("bench-vault", text)


if __name__ == "__main__":
    main()
