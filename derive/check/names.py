"""Which names a line needs, whether they are known, and from which earlier steps they come."""

from __future__ import annotations

from collections.abc import Iterator

from derive.check.premises import Premises
from derive.check.world import World
from derive.notation.form import At, Call, Derivative, Form, Symbol, children, walk
from derive.notation.meanings import MEANINGS
from derive.notation.names import names_in


def unknown_name(premises: Premises, world: World, form: Form) -> str | None:
    """The first name or function in the form that nobody gave or defined."""
    for name in names_in(form):
        if not premises.knows(name) and world.resolve(name) is None:
            return _written(name)
    for node in walk(form):
        if isinstance(node, Call) and not _known_function(premises, node):
            return node.function
    return None


def _known_function(premises: Premises, call: Call) -> bool:
    name = call.function
    return name in MEANINGS or name in premises.abstract or name in premises.functions


def _written(name: Symbol) -> str:
    return "_".join((name.base, *((name.accent,) if name.accent else ()), *name.sub))


def mentioned(form: Form) -> Iterator[Form]:
    """The names and the derivatives that a line uses as they are; what stands inside a derivative is not used."""
    stack = [form]
    while stack:
        node = stack.pop()
        if isinstance(node, (Symbol, Derivative)):
            yield node
        elif isinstance(node, At):
            yield node
            stack.append(node.form)
        else:
            stack.extend(children(node))
