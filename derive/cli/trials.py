"""`derive stress`: the report of many draws."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from derive.errors import InputError
from derive.exam.stress import Summary, stress_exam, stress_type
from derive.record import Conventions, Rounding

SHOWN = 10


def run_stress(
    what: str, count: int, seed: int, rounding: Rounding, progress: Callable[[str], None]
) -> tuple[str, bool]:
    """The report, and whether every draw passed; a file is run once, as it has no draws.

    Raises:
        InputError: a policy is given for a file, which says its own.
    """
    if Path(what).suffix in (".yaml", ".yml"):
        if rounding != Rounding():
            raise InputError(f"{what} says itself how it rounds: --rounding is for question types")

        from derive.exam.model import load_exam

        summary = stress_exam(load_exam(what), progress)
        return _report(what, summary, lambda name: f"derive stress {what}"), not summary.failures
    policy = "" if rounding == Rounding() else f" --rounding {rounding.mode} --digits {rounding.digits}"
    summary = stress_type(what, count, seed, progress, Conventions(rounding))
    return _report(what, summary, lambda name: f"derive stress {what} -n 1 --{name}{policy}"), not summary.failures


def _report(what: str, summary: Summary, again: Callable[[str], str]) -> str:
    lines = [f"{what}, {trial.name}: {trial.fault}\n  again: {again(trial.name)}" for trial in summary.failures[:SHOWN]]
    if len(summary.failures) > SHOWN:
        lines.append(f"... and {len(summary.failures) - SHOWN} more")
    return "\n".join([*lines, f"{what}: {summary}"])
