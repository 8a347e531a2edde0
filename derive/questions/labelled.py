"""Examples with a class, as the questions about threshold units are given them: a Boolean function, or points."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from string import ascii_lowercase
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from derive.errors import InputError
from derive.notation import plain
from derive.notation.build import ONE, TWO, number
from derive.notation.connectives import connective
from derive.notation.form import At, Form, Matrix, Product, Sum, Symbol, Tuple, symbols
from derive.notation.logic import read_logic
from derive.notation.symbols import element, symbol_name
from derive.notation.value import evaluate
from derive.questions.base import Question
from derive.questions.convolution_grid import value_of
from derive.questions.fields import Names, to_form
from derive.questions.graph_question import listed
from derive.record import Given, Phrase

MOST_INPUTS, MOST_POINTS, WIDEST = 6, 40, 16
Vector = tuple[Fraction, ...]


def to_logic(value: Any) -> Form:
    """The form of a Boolean expression."""
    if isinstance(value, Form):
        return value
    if not isinstance(value, (str, int)) or isinstance(value, bool):
        raise InputError("a Boolean expression is needed, such as A xor B")
    return read_logic(str(value))


def to_vector(value: Any) -> Vector:
    """A number, or several."""
    entries = value if isinstance(value, (list, tuple)) else [value]
    return tuple(value_of(to_form(entry)) for entry in entries)


def to_points(value: Any) -> tuple[Vector, ...]:
    """Points as lists of coordinates; a lone number is a point on a line."""
    if not isinstance(value, (list, tuple)) or not value:
        raise InputError("a list of points is needed")
    points = tuple(map(to_vector, value))
    if len({len(point) for point in points}) > 1 or not points[0]:
        raise InputError("the points differ in their number of coordinates")
    return points


_NUMBERS = WithJsonSchema({"type": "array", "items": {"type": ["number", "string"]}})
Boolean = Annotated[Form, BeforeValidator(to_logic), WithJsonSchema({"type": ["string", "integer"]})]
Numbers = Annotated[Vector, BeforeValidator(to_vector), _NUMBERS]
Points = Annotated[tuple[Vector, ...], BeforeValidator(to_points), WithJsonSchema({"type": "array"})]


def unused(taken: Iterable[Symbol], *letters: str) -> Symbol:
    """The first of some letters that no name has, with or without an index; any other letter where all are taken."""
    bases = {name.base for name in taken}
    return Symbol(next(letter for letter in (*letters, *ascii_lowercase) if letter not in bases))


def inputs_of(function: Form, named: Sequence[Symbol]) -> tuple[Symbol, ...]:
    """The inputs of a Boolean function in the order that was given, else as they appear.

    Raises:
        InputError: there are too many, or none, or the order is not one of these inputs.
    """
    found = tuple(symbols(function))
    if not found or connective(function) is None:
        raise InputError("a Boolean function joins names by and, or, not or another connective")
    if len(found) > MOST_INPUTS:
        raise InputError(f"a function of {len(found)} inputs; at most {MOST_INPUTS} are worked by hand")
    if named and (len(named) != len(found) or set(named) != set(found)):
        raise InputError(f"inputs puts {', '.join(map(symbol_name, found))} in order, each once and no other")
    return tuple(named) or found


def table_rows(count: int) -> Iterator[Vector]:
    """The rows of a truth table, counted up."""
    return product((Fraction(0), Fraction(1)), repeat=count)


def row_at(names: Sequence[Symbol], row: Vector) -> tuple[tuple[Form, Form], ...]:
    """The values of the inputs as bindings of an evaluation bar."""
    return tuple((name, number(x)) for name, x in zip(names, row, strict=True))


def point_form(point: Sequence[Fraction]) -> Form:
    """A point as it is printed; on a line it is a number."""
    entries = tuple(map(number, point))
    return entries[0] if len(entries) == 1 else Tuple(entries)


@dataclass(frozen=True, slots=True)
class Data:
    """Examples and their targets.

    Attributes:
        names: the inputs.
        target: what the targets are called on the sheet; `matrix` the points.
        function: the Boolean function, where one is given.
        table: whether the points are the rows of a truth table.
        signs: whether the targets are ±1.
    """

    names: tuple[Symbol, ...]
    points: tuple[Vector, ...]
    targets: Vector
    target: Symbol
    matrix: Symbol
    function: Form | None = None
    table: bool = True
    signs: bool = False

    @property
    def line(self) -> int:
        """The length of the rows in which the targets are printed."""
        return max(k for k in range(1, WIDEST + 1) if len(self.targets) % k == 0)

    @property
    def taken(self) -> tuple[Symbol, ...]:
        """The letters that the data have."""
        return (*self.names, self.target, self.matrix)

    @property
    def labels(self) -> tuple[bool, ...]:
        """Whether each example is of class 1."""
        return tuple(target > 0 for target in self.targets)

    @property
    def args(self) -> tuple[Form, ...]:
        """The data as a claim names it."""
        return (self.target,) if self.table else (self.matrix, self.target)

    def givens(self) -> tuple[Given, ...]:
        """The premises that state the data."""
        if self.function is not None:
            return (Given(self.target, self._function()),)
        lines = [self.targets[k : k + self.line] for k in range(0, len(self.targets), self.line)]
        targets = Given(self.target, Matrix(tuple(tuple(map(number, line)) for line in lines)), "value")
        if self.table:
            return (targets,)
        rows = tuple(tuple(map(number, point)) for point in self.points)
        return (Given(self.matrix, Matrix(rows), "value"), targets)

    def _function(self) -> Form:
        assert self.function is not None
        return Sum((Product((TWO, self.function)), ONE), (False, True)) if self.signs else self.function

    @property
    def low(self) -> Fraction:
        """The target of the class that is not 1."""
        return Fraction(-1 if self.signs else 0)

    @property
    def width(self) -> int:
        """The number of inputs."""
        return len(self.names)

    def told(self) -> Phrase:
        """What the data are, as a sentence."""
        names = listed(self.names)
        if self.function is not None:
            return ("The examples are the rows of the truth table of ", self.target, " in ", *names, ", counted up.")
        if self.table:
            return ("The targets ", self.target, " belong to the rows of the truth table of ", *names, ", counted up.")
        return ("The rows of ", self.matrix, " are points with the targets ", self.target, ".")

    def label(self, example: int) -> str:
        """What an example is called in the first column of a table: the digits of a row, or its number."""
        return " ".join(map(str, self.points[example])) if self.table else str(example + 1)

    def label_head(self) -> str:
        """What stands over these."""
        return " ".join(map(plain.write, self.names)) if self.table else "example"

    def point(self, example: int) -> Phrase:
        """The inputs of an example."""
        return (self.label(example),) if self.table else (point_form(self.points[example]),)

    def point_head(self) -> Phrase:
        """What stands over these."""
        if not self.table:
            return (Tuple(self.names) if self.width > 1 else self.names[0],)
        first, *others = self.names
        pairs: list[Phrase] = [(" ", name) for name in others]
        return (first, *(piece for pair in pairs for piece in pair))

    def entry(self, example: int, input: int) -> Form:
        """A coordinate as the judge finds it in the premises."""
        if self.table:
            return number(self.points[example][input])
        return element(self.matrix, example + 1, input + 1)

    def wanted(self, example: int) -> Form:
        """The target of an example as the judge finds it in the premises."""
        if self.function is not None:
            return At(self.target, row_at(self.names, self.points[example]))
        return element(self.target, example // self.line + 1, example % self.line + 1)


class Labelled(Question):
    """Base of the questions about examples with a class."""

    function: Boolean | None = Field(
        None, description="a Boolean expression: and, or, xor, xnor, nand, nor, not, implies, brackets, names, 0 and 1"
    )
    targets: Numbers = Field((), description="0 and 1, or -1 and 1: of a truth table counted up, or of the points")
    points: Points = Field((), description="points, each a list of coordinates, where no truth table is meant")
    inputs: Names = Field((), description="the inputs in order; as the expression has them, else x_1, x_2, ...")

    def data(self, target: Sequence[str], signs: bool = False) -> Data:
        """The examples; `target` are letters for the targets, the first that is free is taken.

        Raises:
            InputError: there are no examples, or what is given does not fit together.
        """
        if self.function is not None:
            if self.targets or self.points:
                raise InputError("give a Boolean function or targets, not both")
            return data_of(self.function, self.inputs, target, signs)
        if not self.targets:
            raise InputError("give a Boolean function, or targets for a truth table or for points")
        if signs and not set(self.targets) <= {-1, 1}:
            raise InputError("signs is for a Boolean function: targets are written as they are")
        is_signed = -1 in self.targets
        if not set(self.targets) <= ({-1, 1} if is_signed else {0, 1}):
            raise InputError("targets are 0 and 1, or -1 and 1")
        points = self.points or self._table()
        if len(points) != len(self.targets):
            raise InputError(f"{len(points)} points with {len(self.targets)} targets")
        if len(points) > (MOST_POINTS if self.points else 2**MOST_INPUTS) or len(points[0]) > MOST_INPUTS:
            raise InputError(f"at most {MOST_POINTS} points of {MOST_INPUTS} coordinates are worked by hand")
        names = self._named(len(points[0]))
        letter = unused(names, *target)
        matrix = unused((*names, letter), "X", "D", "P")
        return Data(names, points, self.targets, letter, matrix, table=not self.points, signs=is_signed)

    def _table(self) -> tuple[Vector, ...]:
        count = len(self.targets).bit_length() - 1
        if not 1 <= count <= MOST_INPUTS or len(self.targets) != 2**count:
            raise InputError(f"a truth table has 2, 4, ... or {2**MOST_INPUTS} targets, not {len(self.targets)}")
        return tuple(table_rows(count))

    def _named(self, count: int) -> tuple[Symbol, ...]:
        if self.inputs and (len(self.inputs) != count or len(set(self.inputs)) < count):
            raise InputError(f"inputs names {len(set(self.inputs))} inputs where there are {count}")
        x = Symbol("x")
        return tuple(self.inputs) or (tuple(element(x, k + 1) for k in range(count)) if count > 1 else (x,))


def data_of(function: Form, inputs: Sequence[Symbol], target: Sequence[str], signs: bool = False) -> Data:
    """The truth table of a Boolean function; `target` are letters for it, `signs` asks for targets ±1."""
    names = inputs_of(function, inputs)
    rows = tuple(table_rows(len(names)))
    values = [evaluate(function, dict(zip(names, row, strict=True))) for row in rows]
    targets = tuple(2 * value - 1 if signs else value for value in values)
    letter = unused(names, *target)
    return Data(names, rows, targets, letter, unused((*names, letter), "X", "D", "P"), function, signs=signs)
