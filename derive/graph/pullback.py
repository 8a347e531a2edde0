"""What a definition hands back to an operand: of the gradient by Z = W X + b the part Wᵀ ∂L/∂Z of that by X.

The rules of whole arrays are the `adjoint` texts of the table of array operations. What is made entry by entry is
differentiated as a formula of numbers. Gradients are formulas of letters (`derive.graph.entrywise`) throughout.
"""

from __future__ import annotations

from math import prod

from derive.errors import InputError
from derive.graph.adjoint_rules import AdjointRules
from derive.graph.array_formulas import ArrayFormulas
from derive.graph.array_table import ARRAY_OPERATIONS
from derive.graph.arrays import Shape
from derive.graph.course import course_form
from derive.graph.entrywise import Entrywise
from derive.graph.graph import Graph, entry_names, matrix_form
from derive.graph.operations import ACTIVATIONS, OPERATIONS
from derive.graph.reasons import derivative_reason
from derive.graph.scaling import times
from derive.notation.build import ONE, add, multiply, neg, number
from derive.notation.form import (
    BigSum,
    Call,
    Cases,
    Form,
    Frac,
    Indicator,
    Matrix,
    Neg,
    Product,
    Sum,
    Symbol,
    Transpose,
    symbols,
    walk,
)
from derive.notation.names import arrays_of, spoken_of
from derive.notation.symbols import symbol_name
from derive.notation.value import substituted

TOTAL = "total"
BY_CONDITION = (Cases, Indicator)
"""What has no meaning for a whole array; its entries are differentiated one by one."""
Params = tuple[tuple[str, Form], ...]


class Pullback:
    """Hands gradients back through definitions over named arrays; `rules` are the laws of slopes that were used."""

    def __init__(self, formulas: ArrayFormulas) -> None:
        self.formulas = formulas
        self.entrywise = Entrywise(formulas)
        self.adjoints = AdjointRules(self.entrywise)
        self.rules: dict[str, None] = {}

    def through(self, output: Symbol, form: Form, operand: Symbol, upstream: Form) -> Form:
        """The part of the gradient by an operand that comes through the quantity `output`, which `form` defines.

        Args:
            upstream: the gradient by the output.

        Raises:
            InputError: a definition for which there is no rule of arrays.
        """
        try:
            return self._through(form, operand, upstream, output)
        except InputError:
            if self.formulas.shape(form):
                raise
            return self._by_entries(form, operand, upstream)

    def slope(self, form: Form, operand: Symbol, output: Symbol | None = None) -> Form:
        """∂form/∂operand where both are made entry by entry: of a piecewise linear activation its name, ReLU'(z)."""
        if is_activation(form, operand) and _is_kinked(form):
            return slope_name(form)
        name = output or _unused(form)
        graph = Graph({symbol_name(name): form})
        of, by = graph.scalar(name), graph.scalar(operand)
        if output is None:
            graph.labels.pop(of, None)
        node = graph.program.gradient(of, [by])[by]
        self.rules |= dict.fromkeys(str(piece) for piece in derivative_reason(graph, [of], by))
        return graph.form(node, inside=node not in graph.labels)

    # From the outside in

    def _through(self, form: Form, operand: Symbol, g: Form, output: Symbol | None = None) -> Form:
        if form == operand:
            return g
        if self._is_entrywise(form):
            slope = self.slope(form, operand, output)
            return self.adjoints.gathered(times(g, slope), self.formulas.shape(form), self.formulas.shape(operand))
        match form:
            case Neg(arg):
                return self._through(arg, operand, neg(g))
            case Sum(terms, minus):
                return self._through_sum(terms, minus, operand, g)
            case Product(factors):
                return self._through_product(factors, operand, g)
            case Frac(top, bottom) if operand not in spoken_of(bottom) and not self.formulas.shape(bottom):
                return self._through(top, operand, times(g, Frac(ONE, bottom)))
            case Transpose(arg):
                return self._through(arg, operand, self.adjoints.handed("transpose", 0, {"G": g}))
            case BigSum():
                return self._through_big_sum(form, operand, g)
            case Call(function, args) if function in ARRAY_OPERATIONS and ARRAY_OPERATIONS[function].adjoint:
                return self._through_call(form, function, args, operand, g, output)
        return self._by_entries(form, operand, g)

    def _through_sum(self, terms: tuple[Form, ...], minus: tuple[bool, ...], operand: Symbol, g: Form) -> Form:
        """Each term gets the whole gradient; one that is repeated along a side gets its sum over that side."""
        whole = self.formulas.shape(Sum(terms, minus))
        parts = []
        for term, taken in zip(terms, minus, strict=True):
            if operand in spoken_of(term):
                own = self.adjoints.gathered(g, whole, self.formulas.shape(term))
                parts.append(self._through(term, operand, neg(own) if taken else own))
        return add(parts)

    def _through_product(self, factors: tuple[Form, ...], operand: Symbol, g: Form) -> Form:
        scale = [factor for factor in factors if not symbols(factor) and not isinstance(factor, Matrix)]
        kept = [factor for factor in factors if factor not in scale]
        g = times(g, multiply(scale)) if scale else g
        if len(kept) == 1:
            return self._through(kept[0], operand, g)
        left = kept[0] if len(kept) == 2 else Product(tuple(kept[:-1]))
        pair = (left, kept[-1])
        meant = {"A": left, "B": kept[-1], "G": g}
        parts = [
            self._through(pair[place], operand, self.adjoints.handed("matmul", place, meant))
            for place in (0, 1)
            if operand in spoken_of(pair[place])
        ]
        return add(parts)

    def _through_call(
        self, form: Call, function: str, args: tuple[Form, ...], operand: Symbol, g: Form, output: Symbol | None
    ) -> Form:
        meant = {"G": g, "y": output or self.entrywise.letter(form)}
        meant |= {letter: self.entrywise.letter(arg) for letter, arg in zip("AB", args, strict=False)}
        meant["n"] = number(prod(self.formulas.shape(args[0])))
        parts = [
            self._through(arg, operand, self.adjoints.handed(function, place, meant, form.params))
            for place, arg in enumerate(args)
            if operand in spoken_of(arg)
        ]
        return add(parts)

    def _through_big_sum(self, form: BigSum, operand: Symbol, g: Form) -> Form:
        """A sum over all entries of a formula of one entry: that formula is differentiated."""
        letters: list[str] = []
        body: Form = form
        while isinstance(body, BigSum):
            letters.append(body.index.base)
            body = body.body
        whole = substituted(body, lambda part: self._array_of(part, letters))
        if has_condition(whole) or any(_is_entry(part, operand) for part in walk(whole)):
            return self._by_entries(form, operand, g)
        return times(g, self.slope(whole, operand))

    def _array_of(self, part: Form, letters: list[str]) -> Form | None:
        """The array of which an entry with running indices stands in a sum: h for h_i."""
        if not isinstance(part, Symbol) or not set(letters) <= set(part.sub):
            return None
        return next((array for array, _ in arrays_of(part) if self.formulas.knows(array)), None)

    def _by_entries(self, form: Form, operand: Symbol, g: Form) -> Form:
        """The gradient of a number, entry by entry."""
        if self.formulas.shape(form):
            raise InputError(f"there is no rule of matrices for the definition with {symbol_name(operand)} in it")
        shapes = {symbol_name(name): self.formulas.shape(name) for name in spoken_of(form)}
        graph = Graph({"f": form}, {name: shape for name, shape in shapes.items() if shape})
        of = graph.scalar("f")
        graph.labels.pop(of, None)
        shape = self.formulas.shape(operand)
        nodes = [graph.scalar(name) for name in (entry_names(operand, shape) if shape else (operand,))]
        slopes = graph.program.gradient(of, nodes)
        entries = [course_form(graph.form(slopes[node], slopes[node] not in graph.labels))[0] for node in nodes]
        return times(g, self.entrywise.letter(matrix_form(shape, entries)) if shape else entries[0])

    # Entry by entry

    def _is_entrywise(self, form: Form) -> bool:
        return all(self._keeps_entries(node) for node in walk(form))

    def _keeps_entries(self, node: Form) -> bool:
        """Whether each entry of a node is made of the entries at the same place alone."""
        if isinstance(node, Product):
            sides = [self.formulas.shape(factor) for factor in node.factors]
            return sum(map(bool, sides)) < 2 and not self._scales_as_matrix(node, sides)
        if isinstance(node, Call):
            return node.function in OPERATIONS and node.function not in ARRAY_OPERATIONS and not node.primes
        return not isinstance(node, (Transpose, Matrix, BigSum, *BY_CONDITION))

    def _scales_as_matrix(self, node: Product, sides: list[Shape]) -> bool:
        """Whether a named number beside an array is a matrix with one entry: w x for a row x, x w for a column x."""
        if len(sides) != 2 or not any(sides) or not all(isinstance(factor, Symbol) for factor in node.factors):
            return False
        left, right = sides
        return left[1] == 1 if left else right[0] == 1


def has_condition(form: Form) -> bool:
    """Whether something in a form is chosen by a condition, its slope too: that of a maximum is."""
    chosen = (isinstance(node, Call) and node.function in ("max", "min") for node in walk(form))
    return any(chosen) or any(isinstance(node, BY_CONDITION) for node in walk(form))


def is_activation(form: Form, operand: Form) -> bool:
    """Whether a definition is an activation of a name: h = σ(z)."""
    return isinstance(form, Call) and form.function in ACTIVATIONS and not form.primes and form.args[:1] == (operand,)


def slope_name(form: Form) -> Form:
    """The slope of an activation by its name: σ'(z)."""
    assert isinstance(form, Call)
    return Call(form.function, form.args, 1, form.params)


def _is_kinked(form: Form) -> bool:
    """Whether an activation is linear by pieces, so that its slope is a number on each of them."""
    assert isinstance(form, Call)
    local = OPERATIONS[form.function].local
    return isinstance(local, tuple) and "step" in local[0]


def _is_entry(part: Form, array: Symbol) -> bool:
    """Whether a name is that of an entry of an array."""
    if not isinstance(part, Symbol) or (part.base, part.accent, part.sup) != (array.base, array.accent, array.sup):
        return False
    return len(part.sub) > len(array.sub) and part.sub[: len(array.sub)] == array.sub


def _unused(form: Form) -> Symbol:
    """A name that does not occur in a form."""
    name = Symbol("f")
    while name in symbols(form):
        name = Symbol(name.base + "f")
    return name
