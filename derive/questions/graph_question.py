"""What all questions about a computation graph share: its givens, its point, the premises as the sheet prints them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Literal

from pydantic import Field

from derive.errors import InputError
from derive.graph.arrays import shape_of
from derive.graph.graph import Graph
from derive.graph.point import Point
from derive.graph.reasons import listed as listed
from derive.notation.decimals import decimal_of
from derive.notation.form import (
    Call,
    Derivative,
    Form,
    Frac,
    Matrix,
    Neg,
    Number,
    Symbol,
    Tuple,
    symbols,
    walk,
)
from derive.notation.symbols import symbol_name
from derive.questions.base import Question
from derive.questions.fields import Definitions, Expression, Values, numeric
from derive.questions.finish import finished
from derive.questions.stated import TIE
from derive.record import Answer, Conventions, Derivation, Given, Phrase, Step

Known = Literal["nothing", "forward", "gradient"]


def point_of(graph: Graph, given: Mapping[Symbol, Form], conventions: Conventions) -> Point:
    """A graph at given values, which stand on the sheet as they were given."""
    point = Point(graph, {name: numeric(form) for name, form in given.items()}, conventions)
    point.exact.update(given.items())
    return point


class GraphQuestion(Question):
    """Base of questions about a graph."""

    graph: Definitions = Field(
        min_length=1, description="the named quantities in order: name: expression over earlier names"
    )
    at: Values = Field(
        {}, description="the values of the inputs: numbers, matrices (lists of rows), images (lists of matrices)"
    )
    blocks: dict[str, Expression] = Field(
        {}, description="abstract functions that the expressions call, each with its derivative, as in F: r"
    )

    def asked_for(self, results: int) -> int:
        """The results, and two quantities of the graph, each forward and backward, for one of them."""
        return results + (len(self.graph) + 1) // 2

    def built(self, conventions: Conventions) -> Graph:
        """The graph, its arrays in the shapes of the given values.

        Raises:
            InputError: an expression that does not read, or shapes that do not fit.
        """
        shapes = {symbol_name(name): shape for name, form in self.at.items() if (shape := shape_of(numeric(form)))}
        graph = Graph(self.graph, shapes, self.blocks, conventions.tie)
        for name in self.at if self.graph else ():
            if graph.quantity(name).form is not None:
                raise InputError(f"{symbol_name(name)} is defined by the graph and cannot be given a value as well")
        return graph

    def point(self, graph: Graph, conventions: Conventions) -> Point:
        """The graph at the given values."""
        return point_of(graph, self.at, conventions)

    def premises(self, graph: Graph) -> tuple[Given, ...]:
        """Definitions, then derivatives of blocks, then values."""
        givens = [
            Given(graph.written(q.symbol), graph.written(q.form)) for q in graph.definitions if q.form is not None
        ]
        for name, slope in self.blocks.items():
            for argument in _arguments(graph, name):
                givens.append(Given(Call(name, (argument,), 1), slope))
        givens += [Given(graph.written(symbol), form, "value") for symbol, form in self.at.items()]
        return tuple(givens)

    def derivation(
        self,
        title: str,
        prompt: Phrase,
        graph: Graph,
        steps: Sequence[Step],
        answers: Sequence[Answer],
        conventions: Conventions,
        remarks: Iterable[Phrase] = (),
        extra: Iterable[Given] = (),
    ) -> Derivation:
        """The finished record; `extra` are premises after those of the graph.

        A remark on a tie stands before the first gradient by what ties, and at the end where there is none.
        """
        placed, left = _placed(steps, remarks)
        givens = (*self.premises(graph), *extra)
        return finished(Derivation(title, prompt, givens, placed, tuple(answers), conventions, remarks=left))


def _placed(steps: Sequence[Step], remarks: Iterable[Phrase]) -> tuple[tuple[Step, ...], tuple[Phrase, ...]]:
    """The steps with the remarks among them, and the remarks that belong to none."""
    placed, left = list(steps), []
    for number, remark in enumerate(remarks, 1):
        named = {_owner(part) for part in remark if isinstance(part, Symbol)}
        for at, step in enumerate(placed):
            if isinstance(step.target, Derivative) and not named.isdisjoint(map(_owner, step.target.wrt)):
                placed.insert(at, Step(f"tie_{number}", rule=TIE, intro=remark))
                break
        else:
            left.append(remark)
    return tuple(placed), tuple(left)


def _owner(name: Form) -> Form:
    """The name of the array that an entry may belong to: names that are alike but for their indices."""
    return Symbol(name.base, name.accent, sup=name.sup) if isinstance(name, Symbol) else name


def _arguments(graph: Graph, block: str) -> dict[Form, None]:
    return {
        node.args[0]: None
        for quantity in graph.definitions
        if quantity.form is not None
        for node in walk(quantity.form)
        if isinstance(node, Call) and node.function == block
    }


def kind_of(form: Form) -> Literal["number", "integer", "matrix", "expression"]:
    """The kind of an answer by its printed form."""
    if isinstance(form, (Matrix, Tuple)):
        return "matrix"
    if decimal_of(form) is not None:
        inner = form.arg if isinstance(form, Neg) else form
        return "integer" if isinstance(inner, Number) and "." not in inner.text else "number"
    if isinstance(form, Frac) and not symbols(form):
        return "number"
    return "expression"


def tie_remarks(point: Point) -> tuple[Phrase, ...]:
    """A sentence for every maximum whose entries are equal at the given values: who takes the gradient."""
    if point.symbolic:
        return ()
    program, labels = point.graph.program, point.graph.labels
    remarks: list[Phrase] = []
    for node, op in enumerate(program.ops):
        if op != "max" or node not in point.nodes:
            continue
        tied = [arg for arg in program.args[node] if point.nodes[arg] == point.nodes[node]]
        names = [labels[arg] for arg in tied if arg in labels]
        if len(tied) > 1 and names:
            remarks.append(_tie(names, len(names) < len(tied), point.conventions.tie))
    return tuple(remarks)


def _tie(names: list[Form], padding: bool, rule: str) -> Phrase:
    if padding and rule == "padding":
        verb = "tie" if len(names) > 1 else "ties"
        return (*listed(names), f" {verb} with the zero padding: the padding takes the gradient.")
    chosen = names[-1] if rule == "last" else names[0]
    return (
        "A tie of ",
        *listed(names),
        *((" and the padding",) if padding else ()),
        ": ",
        chosen,
        " takes the gradient.",
    )
