"""Measures everything, prints the tables, writes docs/benchmarks.md."""

from __future__ import annotations

import sys
from pathlib import Path

from benchmarks import chain, documents, hessians, logistic, networks
from benchmarks.report import markdown, section

REPORT = Path(__file__).parents[1] / "docs" / "benchmarks.md"
BENCHMARKS = {
    "chain": chain.tables,
    "hessians": hessians.tables,
    "logistic": logistic.tables,
    "networks": networks.tables,
    "documents": documents.tables,
}


def main(names: list[str]) -> None:
    """Run the named benchmarks, all of them where none is named; only a full run is written down."""
    made = []
    for name in names or BENCHMARKS:
        for table in BENCHMARKS[name]():
            print(section(table), end="\n\n", flush=True)
            made.append(table)
    if not names:
        REPORT.write_text(markdown(made), encoding="utf-8")
        print(f"written: {REPORT}")


if __name__ == "__main__":
    main(sys.argv[1:])
