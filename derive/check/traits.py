"""What a form is like, whatever its names stand for: with names in it or without, smooth or with kinks."""

from __future__ import annotations

from derive.notation.form import At, Call, Cases, Fence, Form, Indicator, walk
from derive.notation.names import names_in


def is_symbolic(form: Form) -> bool:
    """Whether the form has names whose numbers it does not say itself."""
    if isinstance(form, At):
        bound = {name for name, _ in form.bindings}
        inner = any(name not in bound for name in names_in(form.form))
        return inner or any(is_symbolic(value) for _, value in form.bindings)
    return any(True for _ in names_in(form))


_KINKED = {"relu", "leaky_relu", "elu", "max", "min", "sign", "max_pool2d", "argmax"}


def has_kink(form: Form) -> bool:
    """Whether the form is smooth by pieces only."""
    return any(
        isinstance(node, (Indicator, Cases, Fence)) or (isinstance(node, Call) and node.function in _KINKED)
        for node in walk(form)
    )
