"""Answers from steps: what each wanted quantity came to, as it was printed and exactly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from fractions import Fraction

from derive.errors import InputError
from derive.graph.arrays import Array
from derive.graph.graph import Graph, matrix_form
from derive.notation.arrays import Value
from derive.notation.build import number
from derive.notation.form import Derivative, Form, Symbol, symbols
from derive.notation.length import is_longer
from derive.notation.reals import Undefined
from derive.notation.rounding import MANY_DIGITS, Real, as_fraction, rounded
from derive.notation.symbols import symbol_name
from derive.notation.value import Evaluator, NoValue, substituted
from derive.questions.fields import numeric
from derive.questions.graph_question import kind_of
from derive.record import Answer, Step

LONGEST_EXACT = 6000
"""Nodes of an exact form; where it would be longer the number stands for it."""
MOST_ROUNDS = 60


def answers_of(
    steps: Iterable[Step],
    wanted: Iterable[Form],
    graph: Graph | None = None,
    at: Mapping[Symbol, Form] | None = None,
    formulas: Mapping[Form, Form] | None = None,
    values: Mapping[Form, Value] | None = None,
) -> list[Answer]:
    """For each wanted quantity the answer that its step found.

    `shown` is the last line; `form` is exact: the last exact line, written out in numbers where the point is given, or
    the number to many digits where that is too long: the one in `values`, or else what the form is worth. Steps about
    an array show one entry only, so `formulas` holds what stands on arrays: a quantity, or the matrix of all entries,
    over the names of the graph.
    """
    by_target = {step.target: step for step in steps if step.target is not None and step.lines}
    meaning = _meaning(by_target, graph, at or {}) | dict(formulas or {})
    answers = []
    for target in wanted:
        final = by_target[target].lines[-1]
        form, shown = final.form, final.form
        if final.relation == "≈" or (at and symbols(final.form)):
            exact = (formulas or {}).get(target) or _exact(by_target[target])
            written = written_out(exact, meaning)
            form = written or _in_many_digits((values or {}).get(target) or _worth(exact, meaning)) or final.form
            shown = written if written is not None and symbols(final.form) else final.form
        answers.append(Answer(answer_name(target), kind_of(shown), form, shown, target))
    return answers


def _in_many_digits(value: Value | None) -> Form | None:
    """A number, or an array of numbers: exact where it is rational, else with more digits than are ever printed."""
    if isinstance(value, Array):
        return matrix_form(value.shape, [many_digits(x) for x in value.items])
    return None if value is None else many_digits(value)


def many_digits(value: Real) -> Form:
    """A number as an answer holds it where no formula can: exact if it is rational and no longer than a page."""
    try:
        return number(value) if isinstance(value, Fraction) else rounded(value, MANY_DIGITS)
    except InputError:  # a fraction of many hundred digits
        return rounded(value, MANY_DIGITS)


def _worth(form: Form, meaning: Mapping[Form, Form]) -> Value | None:
    """What a form is worth, each name in it worked out once; None where names are left or nested too deep."""
    known: dict[Form, Value] = {}

    def worth(name: Form) -> Value | None:
        if name not in known and name in meaning:
            known[name] = evaluator.value(meaning[name])
        return known.get(name)

    evaluator = Evaluator(unknown=worth)
    try:
        return evaluator.value(form)
    except (NoValue, Undefined, RecursionError):
        return None


def _exact(step: Step) -> Form:
    return next((line.form for line in reversed(step.lines) if line.relation != "≈"), step.lines[-1].form)


def _meaning(by_target: Mapping[Form, Step], graph: Graph | None, at: Mapping[Symbol, Form]) -> dict[Form, Form]:
    meaning = {target: _exact(step) for target, step in by_target.items() if step.lines[0].relation != "≈"}
    for node, label in graph.labels.items() if graph else ():
        if graph and graph.program.args[node]:
            meaning.setdefault(label, graph.form(node))
    for name, form in at.items():
        meaning[name] = form
        value = numeric(form)
        if graph and isinstance(value, Array):
            quantity = graph.quantity(name).value
            assert isinstance(quantity, Array)
            meaning |= {
                graph.labels[n]: number(as_fraction(v)) for n, v in zip(quantity.items, value.items, strict=True)
            }
    return meaning


def written_out(form: Form, meaning: Mapping[Form, Form]) -> Form | None:
    """The form with every name replaced by what it stands for, again and again; None where that grows too long."""
    for _ in range(MOST_ROUNDS):
        if is_longer(form, LONGEST_EXACT):
            return None
        try:
            new = substituted(form, lambda part: _meant(part, meaning))
        except RecursionError:
            return None
        if new is form:
            return form
        form = new
    return None


def _meant(form: Form, meaning: Mapping[Form, Form]) -> Form | None:
    """What a name stands for; a derivative is a name, as long as nobody says what it is."""
    return meaning.get(form, form if isinstance(form, Derivative) else None)


def answer_name(target: Form) -> str:
    """What an answer is called: the name of the quantity, for a derivative that of what it is taken by."""
    if isinstance(target, Derivative):
        return "_".join(answer_name(each) for each in target.wrt)
    assert isinstance(target, Symbol)
    return symbol_name(target)
