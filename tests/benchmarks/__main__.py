"""`python -m tests.benchmarks [--quick] [--only NAME]`: measures the performance table and writes build/bench.json.

Every row is a ratio of two things that were measured within one run, one after the other and in turns, so that a
machine that is busy with something else is busy with it in both. What is in each side stands at the top of the file of
each name.
"""

from __future__ import annotations

import argparse
import os

from tests.benchmarks import (
    branding,
    ceph,
    claim,
    clusters,
    content,
    inventory,
    ova,
    replicators,
    report,
    runs,
    single,
    site,
    tenants,
)
from tests.benchmarks.bench import ROOT, Row, show

TABLE = {
    "single": single.rows,
    "tenants": tenants.rows,
    "site": site.rows,
    "replicators": replicators.rows,
    "ova": ova.rows,
    "report": report.rows,
    "branding": branding.rows,
    "inventory": inventory.rows,
    "content": content.rows,
    "runs": runs.rows,
    "ceph": ceph.rows,
    "claim": claim.rows,
    "clusters": clusters.rows,
}


def main() -> None:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(prog="python -m tests.benchmarks", description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="small numbers and one turn, to try the benchmarks")
    parser.add_argument("--only", action="append", choices=list(TABLE), help="only these rows; may be repeated")
    options = parser.parse_args()
    rows: list[Row] = []
    for name, measure in TABLE.items():
        if not options.only or name in options.only:
            rows += measure(options.quick)
            print(f"{name}: measured, load {os.getloadavg()[0]:.1f}", flush=True)
    # A part, or small numbers, must not be taken for the whole.
    part = "-".join(["bench", *(["quick"] if options.quick else []), *(options.only or [])])
    show(rows, ROOT / "build" / f"{part}.json")
    if not all(row.holds for row in rows):
        raise SystemExit(1)


if __name__ == "__main__":
    main()
