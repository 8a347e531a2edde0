"""A part's own level of detail: what it shows moves to the exam key's level, what it hides is hidden at every level."""

from __future__ import annotations

from dataclasses import replace

from derive.record import Derivation, Line, Step

HIDDEN = 4  # one above the finest detail that can be asked for


def at_detail(derivation: Derivation, detail: int) -> Derivation:
    """The derivation as it stands at `detail`, whatever detail the document is printed at (save 0, answers alone)."""
    return derivation.with_steps(tuple(_step(step, detail) for step in derivation.steps))


def _step(step: Step, detail: int) -> Step:
    return replace(
        step,
        level=_level(step.level, detail),
        lines=tuple(_line(line, detail) for line in step.lines),
        substeps=tuple(_step(substep, detail) for substep in step.substeps),
    )


def _line(line: Line, detail: int) -> Line:
    return replace(line, level=_level(line.level, detail))


def _level(level: int, detail: int) -> int:
    return min(level, 1) if level <= detail else HIDDEN
