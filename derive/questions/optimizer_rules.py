"""The premises of a run: what the gradient, the quantities of the rule and the loss are at any step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from derive.graph.graph import Graph
from derive.notation.form import At, Derivative, Form, Symbol
from derive.questions.fields import is_number
from derive.questions.optimizer_question import OptimizerQuestion
from derive.record import Given
from derive.training.iterates import Iterates
from derive.training.rule import Rule
from derive.training.update import Update

Bindings = tuple[tuple[Form, Form], ...]


def general_update(
    asked: OptimizerQuestion, rule: Rule, name: Symbol, names: Iterates, own: Mapping[Symbol, Form] | None = None
) -> Update:
    """The rule for one parameter at any step.

    Args:
        own: constants that this run calls otherwise than the rule.
    """
    is_array = not is_number(asked.parameter(name))
    written = replace(name, bold=is_array)
    return Update(
        rule, names.of(written, back=1), names.of(written), names.gradient(written), names.letter,
        owner=name, is_array=is_array, run=names.run, own=own,
    )  # fmt: skip


def rules_of(
    graph: Graph, of: Symbol, updates: Mapping[Symbol, Update], names: Iterates, in_step: Bindings, whole: Bindings
) -> Iterator[Given]:
    """The premises about any step.

    Args:
        in_step, whole: what the inputs of the graph are in a step, and for the loss over all examples.
    """
    written = {name: graph.written(name) for name in updates}
    ahead = tuple((written[name], update.written(update.rule.gradient_at)) for name, update in updates.items())
    here = tuple((written[name], update.after) for name, update in updates.items())
    for name, update in updates.items():
        slope = Derivative(graph.written(of), (written[name],))
        yield Given(names.gradient(update.written_owner), At(slope, (*ahead, *in_step)))
        yield from (Given(target, form) for target, form, _ in update.lines())
    yield Given(names.of(of), At(graph.written(of), (*here, *whole)))
