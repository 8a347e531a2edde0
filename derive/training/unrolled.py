"""A cell over time: its formulas under a question's settings, with the step as an index, and the graph of all steps."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace

from derive.errors import InputError, UnknownName
from derive.graph.arrays import Shape
from derive.notation.build import ONE, ZERO, multiply
from derive.notation.form import Call, Form, Hadamard, Product, Sum, Symbol, rebuild, symbols
from derive.notation.indexed import BEFORE, STEP, at_step, name_at_step
from derive.notation.names import renamed
from derive.notation.symbols import parse_symbol, symbol_name
from derive.notation.text import read
from derive.training.cells import FUNCTIONS, OUTPUT, OUTPUT_FUNCTIONS, OUTPUT_ROLE, Cell

OLD, INPUT = "old", Symbol("x")
OUTPUT_WEIGHT, OUTPUT_BIAS = Symbol("V"), parse_symbol("b_y")


@dataclass(frozen=True, slots=True)
class Settings:
    """What a question chooses about a cell.

    Attributes:
        activations: functions by role; the customary ones for the others.
        choices: settings of the cell by name.
        biases: how many bias vectors a sum may have, 1 or 2.
        reads: the state that the output layer reads.
        sums: whether the sum in front of each activation gets a name of its own.
        names: letters, or whole names, that the sheet writes otherwise.
    """

    activations: Mapping[str, str] = field(default_factory=dict)
    choices: Mapping[str, str] = field(default_factory=dict)
    biases: int = 1
    reads: str = ""
    sums: bool = False
    names: Mapping[Symbol, Symbol] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Quantity:
    """A quantity of a step: its name without the step, its formula over such names, what it is called."""

    name: Symbol
    form: Form
    what: str


class Unrolled:
    """A cell with its weights, at any step.

    Attributes:
        functions: the activation of each role.
        given: the cell's own names of its weights, with those on the sheet.
        timed: which of the weights differ from step to step.
        widths: how many entries each state has.
        quantities: what is computed at each step, in order.

    Args:
        weights: the shapes, by their names on the sheet, of the weights that are shared by all steps.
        per_step: those of the weights that differ from step to step.

    Raises:
        InputError: a weight or a setting that is unknown, missing or said twice.
    """

    def __init__(
        self, cell: Cell, settings: Settings, weights: Mapping[Symbol, Shape], per_step: Mapping[Symbol, Shape]
    ) -> None:
        self.cell, self.settings = cell, settings
        self.functions = _functions(cell, settings.activations)
        rule = cell.chosen(settings.choices)
        self._read = [(parse_symbol(name), self._form(text), what) for name, text, what in (*rule, OUTPUT)]
        self._names = self._renamed()
        self._read[-1] = self._output()
        given = self.given = self._canonical([*weights, *per_step])
        self.timed = tuple(name for name, shown in given.items() if shown in per_step)
        self._check_complete(given)
        self.widths = self._widths({name: {**weights, **per_step}[shown] for name, shown in given.items()})
        self.quantities = self._settled(given)

    # names

    def shown(self, name: str | Symbol) -> Symbol:
        """How the sheet writes a quantity, a state or a weight of the cell."""
        symbol = parse_symbol(name) if isinstance(name, str) else name
        return self._names.get(symbol) or self._translated(symbol)

    @property
    def states(self) -> tuple[Symbol, ...]:
        """The states as the sheet writes them."""
        return tuple(map(self.shown, self.cell.states))

    def _translated(self, symbol: Symbol) -> Symbol:
        """By its whole name, else letter by letter: with c: s the candidate's W_c is W_s."""
        names = self.settings.names
        if symbol in names:
            return names[symbol]
        new = names.get(Symbol(symbol.base), Symbol(symbol.base))
        pieces = (names.get(Symbol(piece)) for piece in symbol.sub)
        sub = tuple(symbol_name(other) if other else piece for other, piece in zip(pieces, symbol.sub, strict=True))
        return Symbol(new.base, symbol.accent or new.accent, (*new.sub, *sub), symbol.sup)

    def _renamed(self) -> dict[Symbol, Symbol]:
        """All names of the cell as the sheet writes them; no two may become one."""
        found = {name: None for name, _, _ in self._read} | {INPUT: None}
        found |= {name: None for _, form, _ in self._read for name in symbols(form) if not _is_old(name)}
        letters = {Symbol(piece) for name in found for piece in (name.base, *name.sub)}
        for name in self.settings.names:
            if name not in found and name not in letters:
                raise UnknownName(f"name in the {self.cell.name}", symbol_name(name), map(symbol_name, found))
        names = {name: self._translated(name) for name in found}
        for shown in names.values():
            if list(names.values()).count(shown) > 1:
                raise InputError(f"two quantities would be called {symbol_name(shown)}").at(path="names")
        return names

    # formulas

    def _output(self) -> tuple[Symbol, Form, str]:
        """The output layer on the state that it reads, the first one where none is named."""
        name, form, what = self._read[-1]
        states = {symbol_name(self.shown(state)): parse_symbol(state) for state in self.cell.states}
        reads = self.settings.reads or next(iter(states))
        if reads not in states:
            raise UnknownName("state that an output can read", reads, states)
        return name, renamed(form, {Symbol("h"): states[reads]}), what

    def _form(self, text: str) -> Form:
        return _activated(read(text, self.functions), self.functions)

    def _allowed(self) -> list[Symbol]:
        """The weights that the cell may have, with one bias or two, and those of the output layer."""
        quantities = {name for name, _, _ in self._read} | {INPUT}
        pairs = self.cell.biases
        refused = pairs if self.settings.biases == 2 else [name for pair in pairs.values() for name in pair]
        names = {name: None for _, form, _ in self._read for name in symbols(form) if not _is_old(name)}
        return [name for name in names if name not in quantities and name not in set(map(parse_symbol, refused))]

    def _canonical(self, shown: Iterable[Symbol]) -> dict[Symbol, Symbol]:
        """The cell's own names of the weights that were given, with the names on the sheet."""
        by_shown = {self._names[name]: name for name in self._allowed()}
        found: dict[Symbol, Symbol] = {}
        for name in shown:
            if name not in by_shown:
                raise UnknownName(f"weight of the {self.cell.name}", symbol_name(name), map(symbol_name, by_shown))
            if by_shown[name] in found:
                raise InputError(f"{symbol_name(name)} is given both for all steps and step by step")
            found[by_shown[name]] = name
        return found

    def _check_complete(self, given: Collection[Symbol]) -> None:
        optional = {OUTPUT_WEIGHT, OUTPUT_BIAS}
        needed = [name for name in self._allowed() if name not in optional and not self._counts_as(name)]
        missing = [symbol_name(self._names[name]) for name in needed if name not in given]
        if missing:
            raise InputError(f"the {self.cell.name} has no {', '.join(missing)}").at(path="weights")
        if OUTPUT_BIAS in given and OUTPUT_WEIGHT not in given:
            raise InputError(f"a bias of the output without its weight {symbol_name(self.shown(OUTPUT_WEIGHT))}")
        if OUTPUT_WEIGHT not in given and OUTPUT_ROLE in self.settings.activations:
            raise InputError(f"an output needs its weight {symbol_name(self.shown(OUTPUT_WEIGHT))}")

    def _counts_as(self, name: Symbol) -> Form | None:
        """What a weight that is left out counts as; None where it is needed."""
        value = self.cell.absent.get(name.base)
        return None if value is None or name == OUTPUT_WEIGHT else ONE if value else ZERO

    @property
    def has_output(self) -> bool:
        """Whether there is an output layer."""
        return OUTPUT_WEIGHT in self.given

    def _widths(self, shapes: Mapping[Symbol, Shape]) -> dict[str, int]:
        """How many entries each state has, by the weight that tells it."""
        told = {state: (shapes[parse_symbol(weight)], side) for state, (weight, side) in self.cell.states.items()}
        return {state: shape[side] if shape else 1 for state, (shape, side) in told.items()}

    @property
    def is_scalar(self) -> bool:
        """Whether all states are scalars; then a product entry by entry is a plain one."""
        return set(self.widths.values()) == {1}

    def _settled(self, given: Collection[Symbol]) -> tuple[Quantity, ...]:
        """The quantities of a step, without weights that are not there."""
        weights = {name for _, form, _ in self._read for name in symbols(form)} - {name for name, _, _ in self._read}
        left_out = {n: v for n in weights if n not in given and (v := self._counts_as(n)) is not None}
        rule = self._read if OUTPUT_WEIGHT in given else self._read[:-1]
        rows: list[Quantity] = []
        for name, form, what in rule:
            form = _without(form, left_out)
            form = _plain(form) if self.is_scalar else form
            if isinstance(form, Symbol) and rows and rows[-1].name == form:
                rows[-1] = Quantity(name, rows[-1].form, what)  # the identity of a sum is that sum
                continue
            if self.settings.sums and isinstance(form, Call) and not isinstance(form.args[0], Symbol):
                total = Symbol("a", sub=(name.base,))
                rows.append(Quantity(total, form.args[0], "pre-activation"))
                form = replace(form, args=(total,))
            rows.append(Quantity(name, form, what))
        return tuple(rows)

    # steps

    def at(self, name: str | Symbol, step: int) -> Symbol:
        """A quantity, a state, the input or a weight on the sheet at a step; a shared weight has no index."""
        return name_at_step(self.timed_name(name), step)

    def timed_name(self, name: str | Symbol) -> Symbol:
        """h_t, h_{t-1} for h_old, W or W_t."""
        symbol = parse_symbol(name) if isinstance(name, str) else name
        old, index = _is_old(symbol), STEP
        if old:
            symbol, index = Symbol(symbol.base, symbol.accent, symbol.sub[:-1]), BEFORE
        shown = self.shown(symbol)
        moves = old or symbol == INPUT or symbol in self.timed or symbol in {q.name for q in self.quantities}
        return Symbol(shown.base, shown.accent, (*shown.sub, index), shown.sup) if moves else shown

    def formulas(self) -> dict[Symbol, Form]:
        """Each quantity at step t, over those of the steps t and t-1."""
        return {self.timed_name(q.name): self._timed(q.form) for q in self.quantities}

    def _timed(self, form: Form) -> Form:
        if isinstance(form, Symbol):
            return self.timed_name(form)
        return rebuild(form, self._timed)

    def definitions(self, steps: int) -> dict[str, Form]:
        """The graph of the first steps: every quantity of each."""
        rule = self.formulas()
        found: dict[str, Form] = {}
        for step in range(1, steps + 1):
            for name, form in rule.items():
                found[symbol_name(name_at_step(name, step))] = at_step(form, step)
        return found


def _is_old(name: Symbol) -> bool:
    return name.sub[-1:] == (OLD,)


def _functions(cell: Cell, chosen: Mapping[str, str]) -> dict[str, str]:
    """The function of each role."""
    functions = {**cell.activations, OUTPUT_ROLE: "identity"}
    for role, function in chosen.items():
        if role not in functions:
            raise UnknownName(f"activation in the {cell.name}", role, functions)
        known = OUTPUT_FUNCTIONS if role == OUTPUT_ROLE else FUNCTIONS
        if function not in known:
            raise UnknownName(f"function for the {role}", function, known)
    return {**functions, **chosen}


def _activated(form: Form, functions: Mapping[str, str]) -> Form:
    """The form with the function of each role in its place."""
    form = rebuild(form, lambda part: _activated(part, functions))
    if isinstance(form, Call) and form.function in functions:
        function = functions[form.function]
        return form.args[0] if function == "identity" else Call(function, form.args)
    return form


def _without(form: Form, left_out: Mapping[Symbol, Form]) -> Form:
    """The form where some names are 0 or 1: terms that vanish and factors of 1 are not written."""
    if isinstance(form, Symbol):
        return left_out.get(form, form)
    form = rebuild(form, lambda part: _without(part, left_out))
    if isinstance(form, Sum):
        kept = [(term, minus) for term, minus in zip(form.terms, form.minus, strict=True) if term != ZERO]
        return Sum(tuple(t for t, _ in kept), tuple(m for _, m in kept)) if len(kept) > 1 else kept[0][0]
    if isinstance(form, (Product, Hadamard)):
        if ZERO in form.factors:
            return ZERO
        factors = tuple(factor for factor in form.factors if factor != ONE)
        return factors[0] if len(factors) == 1 else replace(form, factors=factors)
    return form


def _plain(form: Form) -> Form:
    """The form with products entry by entry as plain ones."""
    form = rebuild(form, _plain)
    return multiply(form.factors) if isinstance(form, (Hadamard, Product)) else form
