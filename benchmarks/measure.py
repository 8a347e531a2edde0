"""Clocks, and the row of a table: what is measured, ours, a peer's, their ratio, the target."""

from __future__ import annotations

import gc
import os
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from importlib.util import find_spec
from itertools import pairwise
from typing import Any

PATIENCE = 3.0
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
    """The least CPU time of a few runs; fewer where they take long.

    The collector is on as in use, but does not walk through what the peers before left in their caches.
    """
    best, spent = float("inf"), 0.0
    for _ in range(repeat):
        gc.collect()
        gc.freeze()
        start = time.process_time()
        work()
        taken = time.process_time() - start
        gc.unfreeze()
        best, spent = min(best, taken), spent + taken
        if spent > budget:
            break
    return best


def wall(*works: Callable[[], Any], repeat: int = 5) -> list[float]:
    """The least wall time of each work, after one run each that warms the caches; they take turns."""
    for work in works:
        work()
    return [min(column) for column in zip(*([_wall(work) for work in works] for _ in range(repeat)), strict=True)]


def _wall(work: Callable[[], Any]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


@cache
def _bytecode() -> str:
    return tempfile.mkdtemp(prefix="derive-bench-")


def environment() -> dict[str, str]:
    """The environment of an installed program: modules are compiled once, whatever this shell says about it."""
    kept = {key: value for key, value in os.environ.items() if key != "PYTHONDONTWRITEBYTECODE"}
    return {**kept, "PYTHONPYCACHEPREFIX": _bytecode()}


def process_seconds(commands: Sequence[Sequence[str]], repeat: int = 5) -> list[float]:
    """The least CPU time of each command; the commands take turns, after one run each that warms the caches."""
    for command in commands:
        _cpu(command)
    taken = [[_cpu(command) for command in commands] for _ in range(repeat)]
    return [min(column) for column in zip(*taken, strict=True)]


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
    ratio = _multiple(ours / theirs)
    if at_most is None:
        return Row(what, duration(ours), peer, duration(theirs), ratio)
    target = f"at {'most' if at_most >= 1 else 'least'} {_multiple(at_most)}"
    return Row(what, duration(ours), peer, duration(theirs), ratio, target, ours <= at_most * theirs)


def within(what: str, ours: float, limit: float) -> Row:
    """A row for a time that has a limit of its own."""
    return Row(what, duration(ours), target=f"at most {duration(limit)}", met=ours <= limit)


def bounded(what: str, figure: float, limit: float, unit: str = "") -> Row:
    """A row for a figure that is no time."""
    return Row(what, f"{figure:.3g}{unit}", target=f"at most {limit:g}{unit}", met=figure <= limit)


def growth(
    work: Callable[[int], Any], sizes: Sequence[int], rounds: int = 5, most: int = 25, budget: float = 6.0
) -> float:
    """The largest ratio of the time at one size to the time at the size before, each the least of some rounds.

    The sizes take turns, so that a busy minute of the machine does not fall on one of them alone, and a small one is
    done again and again, until it takes as long as the largest: a few milliseconds alone cannot be timed. Short work
    gets more rounds than the few that long work has, as many as the budget of seconds allows.
    """
    least, spent = [float("inf")] * len(sizes), 0.0
    for done in range(most):
        if done >= rounds and spent > budget:
            break
        for place, size in enumerate(sizes):
            times = max(1, sizes[-1] // size)
            taken = seconds(partial(_again, work, size, times), 1)
            least[place], spent = min(least[place], taken / times), spent + taken
    return max(after / before for before, after in pairwise(least))


def _again(work: Callable[[int], Any], size: int, times: int) -> None:
    for _ in range(times):
        work(size)


def significant(value: float) -> str:
    """Two digits and no exponent: no more is known on a busy machine."""
    return f"{float(f'{value:.2g}'):,.0f}" if value >= 10 else f"{value:.1f}"


def duration(value: float) -> str:
    """A time with three digits in the unit that fits."""
    for unit, scale in (("s", 1.0), ("ms", 1e-3)):
        if value >= scale:
            return f"{value / scale:.3g} {unit}"
    return f"{value * 1e6:.3g} µs"


def _multiple(ratio: float) -> str:
    return f"{ratio:.2f}x the time" if ratio >= 1 else f"{significant(1 / ratio)}x faster"
