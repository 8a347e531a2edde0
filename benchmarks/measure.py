"""Clocks, and the row of a table: what is measured, ours, a peer's, their ratio, the target."""

from __future__ import annotations

import gc
import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from statistics import median
from typing import Any

PATIENCE = 5.0
"""Seconds after which a peer that grows exponentially is stopped."""


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table; `met` is None where there is no target, or nothing to compare with."""

    what: str
    ours: str
    peer: str = ""
    theirs: str = ""
    ratio: str = ""
    target: str = ""
    met: bool | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A benchmark's rows, and what a reader has to know to judge them."""

    title: str
    rows: tuple[Row, ...]
    notes: tuple[str, ...] = ()


def seconds(work: Callable[[], Any], repeat: int = 5, budget: float = 3.0) -> float:
    """The least CPU time of a few runs, the collector on as in use; fewer where they take long."""
    best, spent = float("inf"), 0.0
    for _ in range(repeat):
        gc.collect()
        start = time.process_time()
        work()
        taken = time.process_time() - start
        best, spent = min(best, taken), spent + taken
        if spent > budget:
            break
    return best


def wall(work: Callable[[], Any], repeat: int = 5) -> float:
    """The median wall time of a few runs, after one that warms the caches."""
    work()
    taken = []
    for _ in range(repeat):
        start = time.perf_counter()
        work()
        taken.append(time.perf_counter() - start)
    return median(taken)


@cache
def _bytecode() -> str:
    return tempfile.mkdtemp(prefix="derive-bench-")


def environment() -> dict[str, str]:
    """The environment of an installed program: modules are compiled once, whatever this shell says about it."""
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": _bytecode()}


def process_seconds(commands: Sequence[Sequence[str]], repeat: int = 5) -> list[float]:
    """The median CPU time of each command; the commands take turns, after one run each that warms the caches."""
    for command in commands:
        _cpu(command)
    taken = [[_cpu(command) for command in commands] for _ in range(repeat)]
    return [median(column) for column in zip(*taken, strict=True)]


def _cpu(command: Sequence[str]) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=environment(), stdout=subprocess.DEVNULL, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def installed(peer: str) -> bool:
    """Whether a peer can be measured here."""
    return find_spec(peer) is not None


def skipped(what: str, ours: float, peer: str) -> Row:
    """The row of a peer that is not there."""
    return Row(what, duration(ours), peer, "skipped: not installed")


def against(what: str, ours: float, peer: str, theirs: float, at_most: float | None = None) -> Row:
    """A row that compares two times; `at_most` bounds ours as a multiple of theirs."""
    target = "" if at_most is None else f"at most {_multiple(at_most)}" if at_most >= 1 else f"at least {_multiple(at_most)}"
    met = None if at_most is None else ours <= at_most * theirs
    return Row(what, duration(ours), peer, duration(theirs), _multiple(ours / theirs), target, met)


def within(what: str, ours: float, limit: float) -> Row:
    """A row for a time that has a limit of its own."""
    return Row(what, duration(ours), target=f"at most {duration(limit)}", met=ours <= limit)


def bounded(what: str, figure: float, limit: float, unit: str = "") -> Row:
    """A row for a figure that is no time."""
    return Row(what, f"{figure:.3g}{unit}", target=f"at most {limit:g}{unit}", met=figure <= limit)


def growth(times: Iterable[float]) -> float:
    """The largest ratio of a time to the one before it."""
    times = list(times)
    return max(after / before for before, after in zip(times, times[1:], strict=False))


def duration(value: float) -> str:
    """A time with three digits in the unit that fits."""
    for unit, scale in (("s", 1.0), ("ms", 1e-3)):
        if value >= scale:
            return f"{value / scale:.3g} {unit}"
    return f"{value * 1e6:.3g} µs"


def _multiple(ratio: float) -> str:
    return f"{ratio:.2f}x the time" if ratio >= 1 else f"{1 / ratio:.3g}x faster"
