"""How long a printed solution is."""

from __future__ import annotations

from derive.record import Derivation
from derive.render.blocks import Display, Prose, Table, solution_blocks


def printed_lines(derivation: Derivation, detail: int) -> int:
    """The lines of a solution at a level of detail, those that a reader counts.

    A line is a row of a display (a chain of equalities that runs over three rows is three), a row of a table (that
    which says how many are omitted is one, the heading none), or a sentence. What a page makes two rows of because it
    is too wide stays one line; code and drawings have none.
    """
    lines = 0
    for block in solution_blocks(derivation, detail):
        if isinstance(block, (Display, Table)):
            lines += len(block.rows)
        elif isinstance(block, Prose):
            lines += 1
    return lines
