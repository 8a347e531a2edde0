"""What the questions about dense nets share: the net of the givens, its point, its premises and its wording."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from pydantic import Field

from derive.errors import InputError
from derive.graph.array_point import ENTRY, ArrayPoint, forward
from derive.graph.arrays import Array
from derive.graph.graph import Graph, entry_names, matrix_form
from derive.graph.recall import recalled
from derive.notation.form import Form, Symbol
from derive.notation.symbols import symbol_name
from derive.questions.answers import answer_name
from derive.questions.base import Question
from derive.questions.fields import numeric
from derive.questions.finish import finished
from derive.questions.graph_question import kind_of
from derive.questions.loss_checks import check_target
from derive.questions.mlp_givens import Examples, GivenNames, LayerGiven, LossField, arranged
from derive.questions.mlp_wording import SHAPE_OF_GRADIENTS, corners
from derive.record import Answer, Conventions, Derivation, Given, Phrase, Step
from derive.training.losses import loss
from derive.training.mlp import Net, in_shape
from derive.training.mlp_loss import NetLoss, kind_for, net_loss
from derive.training.mlp_names import Names
from derive.training.working import exact_form


class MlpQuestion(Question):
    """Base of questions about a dense net."""

    layers: tuple[LayerGiven, ...] = Field(
        min_length=1, max_length=6, description="from the input on: W, b and activation, or units for letters"
    )
    input: Examples | None = Field(
        None, description="the input: a number, a vector, or a list of vectors, one for each example"
    )
    inputs: int | None = Field(None, ge=1, le=8, description="how many values the input has, where it is letters")
    target: Examples | None = Field(None, description="the target: as the input; letters if not given")
    loss: LossField | None = Field(None, description="the loss: its name, or name, reduction, half, from and settings")
    orientation: Literal["columns", "rows"] = Field(
        "columns", description="columns: z = W h + b, a row of W a unit; rows: z = h W + b, a column of W a unit"
    )
    names: GivenNames = Field(
        {}, description="other names, one or one for each layer, by role: W, b, z, h, delta, x, t, L"
    )
    elements: bool = Field(False, description="whether every entry is worked in full, not one of each array")

    @property
    def has_columns(self) -> bool:
        """Whether vectors are columns."""
        return self.orientation == "columns"

    @property
    def pass_through(self) -> int:
        """How many things a pass through the net asks for: its layers, or two of all entries where each is worked."""
        if not self.elements:
            return len(self.layers)
        sizes = [each.layer(self.has_columns).units for each in self.layers]
        return max(len(self.layers), sum(sizes) * len(self.input or ((),)) // 2 + 1)

    def built(self, needs_loss: bool = False) -> Setting:
        """The net of the givens, with its loss.

        Raises:
            InputError: sizes that do not fit, or something missing; the message names the layer.
        """
        if (self.input is None) == (self.inputs is None):
            raise InputError("give the input in numbers, or, for letters, how many inputs there are")
        examples = len(self.input) if self.input else 1
        data = arranged(self.input, self.has_columns) if self.input else None
        width = len(self.input[0]) if self.input else self.inputs or 1
        names = Names(len(self.layers), examples > 1, self.names)
        layers = [given.layer(self.has_columns) for given in self.layers]
        net = Net(layers, width, names, examples, self.orientation, data)
        if self.loss is None:
            if needs_loss:
                raise InputError("a gradient needs a loss")
            return Setting(net, None)
        lost = net_loss(net, self.loss.choice(kind_for(self.loss.name, net)))
        return Setting(net, lost, self._target(net))

    def _target(self, net: Net) -> Form | None:
        """The target as it is printed."""
        if self.target is None:
            return None
        rows, units = self.target, net.layers[-1].units
        if len(rows) == 1 and units == 1 and len(rows[0]) == net.examples:
            rows = tuple((value,) for value in rows[0])  # one number for each example
        if (len(rows), len(rows[0])) != (net.examples, units):
            raise InputError(
                f"a target of {len(rows)} example(s) with {len(rows[0])} value(s), but the net has {units} output(s) "
                f"for {net.examples} example(s)"
            )
        if self.loss is not None:
            values = [numeric(value) for row in rows for value in row]
            check_target(loss(self.loss.name), values, (len(rows), units) if len(rows) > 1 else (units, 1))
        return in_shape(arranged(rows, self.has_columns), net.outputs)

    def derivation(
        self,
        title: str,
        prompt: Phrase,
        setting: Setting,
        point: ArrayPoint,
        steps: Sequence[Step],
        answers: Sequence[Answer],
        told: Phrase = (),
        gradients: bool = False,
        extra: Iterable[Given] = (),
    ) -> Derivation:
        """The finished record; with gradients what holds at kinks is said, and what shape a gradient has."""
        done = Derivation(
            title,
            (*prompt, *told),
            (*setting.premises(point), *extra),
            tuple(steps),
            tuple(answers),
            point.conventions,
            remarks=corners(setting, point) if gradients else (),
        )
        return finished(done, *((SHAPE_OF_GRADIENTS,) if gradients else ()))


@dataclass(frozen=True)
class Setting:
    """A net, perhaps with a loss and a target, as a graph with values."""

    net: Net
    loss: NetLoss | None
    target: Form | None = None

    @cached_property
    def graph(self) -> Graph:
        """All definitions in order."""
        definitions = dict(self.net.definitions)
        shapes = dict(self.net.shapes)
        if self.loss:
            definitions |= self.loss.forms.definitions
            shapes[self.loss.target] = self.net.outputs
        return Graph(
            {symbol_name(name): form for name, form in definitions.items()},
            {symbol_name(name): shape for name, shape in shapes.items() if shape},
        )

    @cached_property
    def values(self) -> dict[Symbol, Form]:
        """What is given in numbers."""
        values = dict(self.net.values)
        if self.loss:
            values |= self.loss.forms.constants
            values |= {self.loss.target: self.target} if self.target is not None else {}
        return values

    @property
    def is_symbolic(self) -> bool:
        """Whether anything that is needed is a letter."""
        return any(quantity.symbol not in self.values for quantity in self.graph.inputs)

    @property
    def of(self) -> Symbol:
        """The loss."""
        return self.net.names.of("L")

    @property
    def results(self) -> list[Symbol]:
        """What is asked for where nothing is said: the output, and the loss with a target in numbers."""
        return [self.net.output, *([self.of] if self.loss else [])]

    def point(self, conventions: Conventions, every: bool) -> ArrayPoint:
        """The graph at the given values; in letters where some are missing."""
        known = {} if self.is_symbolic else {name: numeric(form) for name, form in self.values.items()}
        point = ArrayPoint(self.graph, known, conventions, every)
        point.exact.update(self.values.items() if known else ())
        return point

    def forward(self, point: ArrayPoint, wanted: Iterable[Symbol] | None = None) -> list[Step]:
        """The steps of the forward pass, as far as the wanted quantities need them."""
        needed = None if wanted is None else self.graph.made_of(wanted)
        definitions = (q for q in self.graph.definitions if needed is None or q.symbol in needed)
        return [step for quantity in definitions for step in forward(point, quantity)]

    def premises(self, point: ArrayPoint) -> tuple[Given, ...]:
        """Definitions, what arrays of letters are made of, values, and the meaning of the loss for the judge."""
        graph, written = self.graph, point.written
        givens = [Given(written(q.symbol), written(q.form)) for q in graph.definitions if q.form is not None]
        for quantity in graph.inputs:
            name = quantity.symbol
            if name in self.values:
                givens.append(Given(written(name), self.values[name], "value"))
            elif isinstance(quantity.value, Array):
                letters = matrix_form(quantity.value.shape, list(entry_names(name, quantity.value.shape)))
                givens.append(Given(written(name), letters))
        if self.loss:
            givens += [Given(written(total), ones) for total, ones in self.loss.totals.items()]
            meanings = self.loss.forms.meanings.items()
            givens += [Given(name, meaning, shown=False) for name, meaning in meanings]
        return tuple(givens)


def answers(point: ArrayPoint, steps: Iterable[Step], asked: Collection[Form], *others: Form) -> list[Answer]:
    """What was asked for, in boxes, and other results on the way: as printed, and exactly or to many digits."""
    ends = {step.target: step.lines[-1] for step in steps if step.target is not None and step.lines}
    found = []
    for target in (*others, *asked):
        end = ends[target]
        form = end.form if end.relation == "=" else exact_form(point.env[target])
        found.append(Answer(answer_name(target), kind_of(end.form), form, end.form, target, boxed=target in asked))
    return found


def as_known(point: ArrayPoint, steps: Sequence[Step]) -> tuple[Step, ...]:
    """What a later part repeats of steps of an earlier one: where rounded numbers are carried on, those."""
    return recalled(point, [step for step in steps if step.rule != ENTRY])
