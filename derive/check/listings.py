"""Source code as the judge sees it: it is parsed, never run."""

from __future__ import annotations

import ast

from derive.check.scope import Finding


def parsed(code: str) -> Finding:
    """Whether a text is a Python program."""
    try:
        ast.parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        return Finding(False, f"the listing is no Python: {error}")
    return Finding(True)
