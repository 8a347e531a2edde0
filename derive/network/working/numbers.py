"""How many values a layer puts out: the sides of its shape multiplied."""

from __future__ import annotations

from math import prod

from derive.network.network import Network
from derive.network.working.sizing import all_sizes
from derive.network.working.tables import meaning_of, whole
from derive.network.working.written import Written
from derive.notation.build import multiply
from derive.notation.form import Form, Symbol
from derive.record import Answer, Derivation, Line, Step

SIZE = Symbol("size")


def number_of_values(network: Network, name: str) -> Derivation:
    """The shapes up to a layer, then the product of its sides; of a vector, that of what it was made of."""
    written = Written(network, folds=True)
    path = written.ancestors([name])
    steps, givens = all_sizes(written, path).table()
    axes = written.axes[name]
    placed = written.sizes.get(axes[0]) if len(axes) == 1 else None
    form: Form = placed.rule.form if placed else multiply(list(axes))
    numbers = written.numbers(form)
    value = whole(prod(network.sizes[name]))
    lines = (Line("=", numbers), Line("=", value)) if numbers != value else (Line("=", value),)
    steps.append(Step("size", SIZE, lines, "number of values"))
    answer = Answer("size", "integer", value, value, SIZE, boxed=False)
    premises = tuple(dict.fromkeys((*givens, meaning_of(SIZE, multiply(list(axes))))))
    prompt = (f"How many values does {name} put out?",)
    return Derivation("Number of values", prompt, premises, tuple(steps), (answer,))
