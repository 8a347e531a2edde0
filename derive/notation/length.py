"""How much there is to read: the number of nodes of a form."""

from __future__ import annotations

from derive.notation.form import Form, children, walk


def size(form: Form) -> int:
    """How much there is to read: the number of nodes of a form."""
    return sum(1 for _ in walk(form))


def is_longer(form: Form, limit: int) -> bool:
    """Whether a form has more nodes than that; looks at no more of them."""
    waiting = [form]
    for _ in range(limit):
        if not waiting:
            return False
        waiting += children(waiting.pop())
    return bool(waiting)
