"""A computation graph: named quantities, each an expression over earlier names, as nodes of one program."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from derive.errors import InputError, UnknownName
from derive.graph.arithmetic import Real, equal, largest
from derive.graph.arrays import Array, Shape, Value, indices, shape_of
from derive.graph.builder import Builder, entry_of
from derive.graph.operations import locals_of, operation
from derive.graph.program import Program
from derive.graph.unparse import unparse
from derive.notation.arrays import items
from derive.notation.form import PI, Form, Matrix, Symbol, Tuple, rebuild
from derive.notation.names import arrays_of, names_in, spoken_of
from derive.notation.symbols import element, parse_symbol, symbol_name
from derive.notation.text import read
from derive.record import Conventions

Names = Mapping[str, "str | Form"]


@dataclass(frozen=True, slots=True)
class Quantity:
    """A named node: an input (without a form) or a definition."""

    symbol: Symbol
    value: Value
    form: Form | None = None


class Graph:
    """Named quantities in order, each defined by an expression over the names before it.

    Args:
        definitions: name -> expression, as text or form, in order.
        shapes: of the inputs that are arrays; every other free name is a scalar.
        blocks: names of abstract functions that the expressions may call; a mapping gives their derivatives too.
        tie: who wins where operands of a maximum are equal: padding, first or last.

    Raises:
        InputError: an expression that cannot be read, or shapes that do not fit; the message names the definition.
    """

    def __init__(
        self,
        definitions: Names,
        shapes: Mapping[str, Shape] | None = None,
        blocks: Collection[str] | Mapping[str, Form] = (),
        tie: str = Conventions().tie,
    ) -> None:
        self.blocks = frozenset(blocks)
        self.slopes: Mapping[str, Form] = blocks if isinstance(blocks, Mapping) else {}
        self.tie = tie
        self.program = Program(locals_of)
        self.quantities: dict[Symbol, Quantity] = {}
        self.labels: dict[int, Form] = {}
        self.arrays: set[Symbol] = set()
        self._nodes: dict[Form, int] = {}
        self._scope: dict[Symbol, Value] = {}
        self._builder = Builder(self.program, self._scope, self.blocks)
        forms = {parse_symbol(name): read_definition(name, text, self.blocks) for name, text in definitions.items()}
        self._shapes = {parse_symbol(name): shape for name, shape in (shapes or {}).items()}
        for symbol, form in forms.items():
            self._define(symbol, form)

    def _define(self, symbol: Symbol, form: Form) -> None:
        if symbol == PI:
            raise InputError("pi is the number π: give the quantity another name, or an index as in pi_1")
        if symbol in self.quantities:
            raise InputError(f"{symbol_name(symbol)} is defined after it was used, or twice")
        for free in names_in(form):
            if free not in self.quantities and not self._is_entry(free):
                self._add_input(free)
        try:
            value = self._builder.build(form)
        except InputError as error:
            raise error.at(path=f"definition of {symbol_name(symbol)}") from None
        self._add(Quantity(symbol, value, form))

    def _is_entry(self, symbol: Symbol) -> bool:
        """Whether a name is an entry of an array; that is added then."""
        for root, _ in arrays_of(symbol):
            if root in self._shapes and root not in self.quantities:
                self._add_input(root)
        return entry_of(symbol, self._scope) is not None

    def _add_input(self, symbol: Symbol) -> None:
        shape = self._shapes.get(symbol)
        value: Value
        if shape is None:
            value = self.program.input(symbol)
        else:
            value = Array(shape, tuple(map(self.program.input, entry_names(symbol, shape))))
        self._add(Quantity(symbol, value))

    def _add(self, quantity: Quantity) -> None:
        symbol, value = quantity.symbol, quantity.value
        self.quantities[symbol] = quantity
        self._scope[symbol] = value
        if isinstance(value, Array):
            self.arrays.add(symbol)
            for name, node in zip(entry_names(symbol, value.shape), value.items, strict=True):
                self._label(node, name)
            for at, node in zip(indices(value.shape), value.items, strict=True):
                self._nodes.setdefault(element(symbol, *(i + 1 for i in at)), node)
                if len(at) == 2 and 1 in value.shape:  # nobody is refused who writes one index
                    self._nodes.setdefault(element(symbol, max(at) + 1), node)
        else:
            self._label(value, symbol)

    def _label(self, node: int, symbol: Symbol) -> None:
        """The first name that a node gets is the one it is printed under."""
        if node not in self.program.constants and node not in self.labels:
            self.labels[node] = symbol
            self.program.whole.add(node)
            self._nodes.setdefault(symbol, node)

    @property
    def inputs(self) -> tuple[Quantity, ...]:
        """The free quantities, in order of first use."""
        return tuple(q for q in self.quantities.values() if q.form is None)

    @property
    def definitions(self) -> tuple[Quantity, ...]:
        """The defined quantities, in order."""
        return tuple(q for q in self.quantities.values() if q.form is not None)

    def quantity(self, name: str | Symbol) -> Quantity:
        """The quantity of a name; UnknownName where there is none."""
        symbol = parse_symbol(name) if isinstance(name, str) else name
        if symbol not in self.quantities:
            raise UnknownName("quantity", symbol_name(symbol), map(symbol_name, self.quantities))
        return self.quantities[symbol]

    def made_of(self, wanted: Iterable[Symbol]) -> set[Symbol]:
        """The quantities that some are made of, themselves among them."""
        needed = set(wanted)
        for quantity in reversed(self.definitions):
            if quantity.symbol in needed and quantity.form is not None:
                needed |= {name for name in spoken_of(quantity.form) if name in self.quantities}
        return needed

    def owner(self, name: Symbol) -> Quantity:
        """The quantity of a name, or the array whose entry it is; UnknownName where there is none."""
        if name in self.quantities:
            return self.quantities[name]
        node = self.scalar(name)
        label = self.labels[node]
        arrays = (q for q in self.quantities.values() if isinstance(q.value, Array) and node in q.value.items)
        return next(arrays, None) or self.quantity(label if isinstance(label, Symbol) else name)

    def scalar(self, name: str | Symbol) -> int:
        """The node of a scalar quantity or of an element of an array (`W_1_2`)."""
        symbol = parse_symbol(name) if isinstance(name, str) else name
        if symbol in self.quantities:
            value = self.quantities[symbol].value
            if isinstance(value, Array):
                raise InputError(f"{symbol_name(symbol)} is an array; a scalar is needed here")
            return value
        if symbol in self._nodes:
            return self._nodes[symbol]
        raise UnknownName("quantity", symbol_name(symbol), map(symbol_name, self.quantities))

    def written(self, form: Form) -> Form:
        """The form with the names of arrays in bold."""
        return _styled(form, self.arrays) if self.arrays else form

    def form(self, node: int, inside: bool = True) -> Form:
        """The written form of a node over the named quantities."""
        return unparse(self.program, node, self.labels, inside, self.tie)

    def values(
        self, at: Mapping[Symbol, Real | Array], conventions: Conventions, wanted: Iterable[int] | None = None
    ) -> dict[int, Real]:
        """The value of every wanted node (those of all quantities if not said) where the inputs have the given values.

        Args:
            at: a number for a scalar input, an array of numbers (of the input's shape) for an array.

        Raises:
            InputError: an input without a value, a shape that does not fit, or a value outside a domain.
        """
        known: dict[int, Real] = {}
        for quantity in self.inputs:
            if quantity.symbol in at:
                known |= _matched(quantity, at[quantity.symbol])
        targets = [node for q in self.quantities.values() for node in items(q.value)] if wanted is None else wanted
        return evaluate(self.program, known, targets, conventions, self.labels)


def read_definition(name: str, text: str | Form, blocks: Collection[str]) -> Form:
    """The definition of a quantity; an error says of which."""
    try:
        return text if isinstance(text, Form) else read(str(text), blocks)
    except InputError as error:
        raise error.at(path=f"definition of {name}") from None


def evaluate(
    program: Program,
    known: Mapping[int, Real],
    wanted: Iterable[int],
    conventions: Conventions,
    labels: Mapping[int, Form],
) -> dict[int, Real]:
    """Values of nodes from values of inputs, walking the program upwards once."""
    values: dict[int, Real] = dict(known)
    for node in program.below(wanted, known):
        if node in values:
            continue
        op, args = program.ops[node], program.args[node]
        if node in program.constants:
            values[node] = program.constants[node]
            continue
        if not isinstance(op, str) and op[0] in ("input", "block"):
            name = symbol_name(op[1]) if op[0] == "input" else op[1]
            raise InputError(f"{name} has no value")
        operands = [values[arg] for arg in args]
        if op == "step" and operands[0] == 0:
            values[node] = Fraction(conventions.relu_at_zero)
        elif not isinstance(op, str) and op[0] == "winner":
            values[node] = Fraction(op[1] == winner(program, args, operands, conventions))
        else:
            value = operation(op).value
            values[node] = value(*operands) if isinstance(op, str) else value(op[1], *operands)
    return values


def winner(program: Program, args: tuple[int, ...], values: list[Real], conventions: Conventions) -> int:
    """Which operand of a maximum takes the gradient; a tie goes by the convention."""
    best = largest(values)
    ties = [position for position, value in enumerate(values) if equal(value, best)]
    if conventions.tie == "padding":
        constant = [position for position in ties if args[position] in program.constants]
        return (constant or ties)[0]
    return ties[-1 if conventions.tie == "last" else 0]


def _matched(quantity: Quantity, value: Real | Array) -> dict[int, Real]:
    name, node = symbol_name(quantity.symbol), quantity.value
    if isinstance(node, Array):
        if not isinstance(value, Array) or value.shape != node.shape:
            raise InputError(f"the value of {name} does not have its shape")
        return dict(zip(node.items, value.items, strict=True))
    if isinstance(value, Array):
        raise InputError(f"{name} is a scalar, its value an array")
    return {node: value}


def one_based(array: Symbol, shape: Shape) -> list[Shape]:
    """The indices of the entries of an array as they are written, row by row, counted from 1.

    A capital letter names a matrix, whose entries have an index for each side. A small one names a vector where the
    array is a single row or column; then one index says enough.
    """
    if len(shape) == 2 and 1 in shape and not array.base[0].isupper():
        return [(k + 1,) for k in range(max(shape))]
    return [tuple(i + 1 for i in at) for at in indices(shape)]


def entries_of(quantity: Quantity) -> list[Symbol]:
    """The names of the entries of an array; of a scalar its own."""
    shape = shape_of(quantity.value)
    return entry_names(quantity.symbol, shape) if shape else [quantity.symbol]


def entry_names(array: Symbol, shape: Shape) -> list[Symbol]:
    """The entries of an array as they are written, row by row."""
    return [element(array, *at) for at in one_based(array, shape)]


def _styled(form: Form, arrays: set[Symbol]) -> Form:
    if isinstance(form, Symbol):
        return Symbol(form.base, form.accent, form.sub, form.sup, True) if form in arrays else form
    return rebuild(form, lambda part: _styled(part, arrays))


def matrix_form(shape: Shape, entries: list[Form]) -> Form:
    """Entries in row-major order as a written matrix; an image of several channels as a tuple of matrices."""
    if len(shape) == 3:
        size = shape[1] * shape[2]
        return Tuple(tuple(matrix_form(shape[1:], entries[c * size : (c + 1) * size]) for c in range(shape[0])))
    if len(shape) == 1:
        return Tuple(tuple(entries))
    return Matrix(tuple(tuple(entries[i * shape[1] : (i + 1) * shape[1]]) for i in range(shape[0])))
