"""Tables as text, the same on the screen and in docs/benchmarks.md."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from dataclasses import astuple
from importlib.metadata import PackageNotFoundError, version

from benchmarks.measure import Row, Table

HEADS = ("what", "derive", "peer", "its time", "ratio", "target", "met")
PEERS = ("sympy", "symengine", "casadi", "typst")


def markdown(tables: Iterable[Table]) -> str:
    """The whole report."""
    parts = [
        "# Benchmarks",
        "Written by `make bench`. All figures come from one run on one machine; times are the least of several runs.",
        f"Python {platform.python_version()}; " + ", ".join(f"{peer} {_version(peer)}" for peer in PEERS) + ".",
        *map(section, tables),
    ]
    return "\n\n".join(parts) + "\n"


def section(table: Table) -> str:
    """One table under its title, its notes below."""
    lines = [HEADS, *(_cells(row) for row in table.rows)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEADS))]
    shown = [_line(line, widths) for line in lines]
    shown.insert(1, _line(tuple("-" * width for width in widths), widths))
    return "\n\n".join([f"## {table.title}", "\n".join(shown), *table.notes])


def _cells(row: Row) -> tuple[str, ...]:
    *texts, met = astuple(row)
    return (*texts, {True: "yes", False: "NO", None: ""}[met])


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    return "| " + " | ".join(cell.ljust(width) for cell, width in zip(cells, widths, strict=True)) + " |"


def _version(peer: str) -> str:
    try:
        return version(peer)
    except PackageNotFoundError:
        return "not installed"
