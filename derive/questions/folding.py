"""Long tables: of many rows those at both ends tell enough."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from derive.record import Step

SHOWN = 8


def folded(rows: Sequence[Step], shown: int = SHOWN, level: int = 3) -> tuple[Step, ...]:
    """The rows of a table, of which those in the middle appear from `level` on where there are more than `shown`.

    They stay steps of the derivation and are judged like the others; in their place stands how many are left out. A
    later row that is shown must not mention them by name: its cells are numbers.
    """
    if len(rows) <= shown + 1:
        return tuple(rows)
    last = shown // 2
    middle = (replace(row, level=level) for row in rows[shown - last : len(rows) - last])
    return (*rows[: shown - last], *middle, *rows[len(rows) - last :])
