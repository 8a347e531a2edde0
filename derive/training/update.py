"""A rule in the names of one parameter at one step, or at any step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace

from derive.notation.build import multiply, number, subtract
from derive.notation.form import Derivative, Form, Hadamard, Number, Power, Product, Symbol, symbols
from derive.notation.names import renamed
from derive.notation.symbols import element, parse_symbol
from derive.notation.value import substituted
from derive.record import Phrase
from derive.training.rule import NEW, T_BEFORE, G, Rule, T, W

BY_ELEMENT: Phrase = (", elementwise",)


class Update:
    """The formulas of a rule in the names of one parameter at one step.

    Args:
        before, after: the parameter before and after the step.
        gradient: how its gradient is written: ∂L/∂w, or a name of its own.
        step: the number of the step, or the letter that stands for any.
        owner: by what the states of the parameter are told from others; the parameter itself where not said.
        is_array: whether the parameter is an array, on which the rule works element by element.
        run: the number of the run, where there are several; letters that `own` calls otherwise are those of one run.
    """

    def __init__(
        self, rule: Rule, before: Symbol, after: Symbol, gradient: Form, step: int | str, *,
        owner: Symbol | None = None, is_array: bool = False, run: str = "", own: Mapping[Symbol, Form] | None = None,
    ) -> None:  # fmt: skip
        self.rule, self.parameter, self.after, self.step = rule, before, after, step
        self.owner, self.is_array, self.run = owner or before, is_array, run
        self.names: dict[Symbol, Form] = {
            **(own or {}),
            W: before,
            G: gradient,
            T: _counted(step),
            T_BEFORE: _counted(step, 1),
        }
        self.names |= {parse_symbol(state): self.before(state) for state in rule.entry.state}
        self.names |= {parse_symbol(quantity): self.name(quantity) for quantity, _, _ in rule.lines}

    @property
    def written_owner(self) -> Symbol:
        """The parameter as the graph calls it, an array in bold."""
        return replace(self.owner, bold=self.is_array)

    def before(self, state: str) -> Symbol:
        """A state before the step: m_{w,0} before the first."""
        return self._owned(parse_symbol(state), 1)

    def name(self, quantity: str) -> Symbol:
        """The symbol of a quantity of the rule for this parameter: m_{w,1}, \\hat m_{w,1}, w_new."""
        return self.after if quantity == NEW else self._owned(parse_symbol(quantity.removesuffix("_new")))

    def _owned(self, letter: Symbol, back: int = 0) -> Symbol:
        index = (self.owner.base, *self.owner.sub, running(self.step, back))
        return Symbol(letter.base, letter.accent, index, self.run or self.owner.sup, bold=self.is_array)

    def lines(self) -> Iterator[tuple[Symbol, Form, Phrase]]:
        """(target, formula, reason) of each line of the rule."""
        for quantity, form, reason in self.rule.lines:
            yield self.name(quantity), self.written(form), (*reason, *BY_ELEMENT[: self.is_array])

    def entry(self, at: tuple[int, ...]) -> Iterator[tuple[Symbol, Form]]:
        """(target, formula) of each line for one entry of an array."""
        for quantity, form, _ in self.rule.lines:
            yield element(self.name(quantity), *at), self.entry_form(form, at)

    def entry_form(self, form: Form, at: tuple[int, ...]) -> Form:
        """A form over the names of the rule in the names of one entry of an array."""
        return renamed(form, {name: _entry_of(own, at) for name, own in self.names.items()})

    def whole(self) -> Form | None:
        """The new parameter in one formula, where the entry has one that is not its only line."""
        form = self.rule.whole
        return None if form is None or len(self.rule.lines) == 1 else self.written(form)

    def written(self, form: Form) -> Form:
        """A form over the names of the rule in the names of this parameter."""
        return renamed(_elementwise(form, set(self._own_names())) if self.is_array else form, self.names)

    def _own_names(self) -> Iterator[Symbol]:
        yield from (parse_symbol(name) for name in ("w", "g", *self.rule.entry.state))
        yield from (parse_symbol(quantity) for quantity, _, _ in self.rule.lines)


def running(step: int | str, back: int = 0) -> str:
    """An index that counts steps: 3, or t, or t-1."""
    return str(step - back) if isinstance(step, int) else f"{step}-{back}" if back else step


def _counted(step: int | str, back: int = 0) -> Form:
    if isinstance(step, int):
        return number(step - back)
    return subtract(Symbol(step), number(back)) if back else Symbol(step)


def _entry_of(form: Form, at: tuple[int, ...]) -> Form:
    if isinstance(form, Symbol) and form.bold:
        return element(form, *at)
    if isinstance(form, Derivative):
        return replace(form, wrt=tuple(_entry_of(name, at) for name in form.wrt))
    return form


def _elementwise(form: Form, arrays: set[Symbol]) -> Form:
    """The form with products and squares of arrays written as ⊙, since they are no matrix products."""

    def holds(part: Form) -> bool:
        return not arrays.isdisjoint(symbols(part))

    def change(part: Form) -> Form | None:
        if isinstance(part, Power) and part.base in arrays and part.exponent == Number("2"):
            return Hadamard((part.base, part.base))
        if not isinstance(part, Product) or sum(map(holds, part.factors)) < 2:
            return None
        scalars = [factor for factor in part.factors if not holds(factor)]
        found = Hadamard(tuple(_elementwise(factor, arrays) for factor in part.factors if holds(factor)))
        return multiply([*scalars, found]) if scalars else found

    return substituted(form, change)
