"""An update rule with its options settled, and its formulas in the names of one parameter at one step."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from derive.errors import InputError, UnknownName
from derive.notation.build import ONE, ZERO, add, multiply, number, subtract
from derive.notation.form import (
    BigSum,
    Call,
    Derivative,
    Form,
    Frac,
    Hadamard,
    Number,
    Power,
    Product,
    Root,
    Symbol,
    rebuild,
    symbols,
    walk,
)
from derive.notation.rounding import Real
from derive.notation.symbols import element, parse_symbol
from derive.notation.text import read
from derive.notation.value import substituted
from derive.record import Phrase
from derive.training.optimizers import Optimizer

ROOT, CORRECTED = "root", "corrected"
W, G, T, ETA, EPSILON, LAM = (parse_symbol(name) for name in ("w", "g", "t", "eta", "epsilon", "lam"))
DECAYED = "g_tilde"
NEW = "w_new"
T_BEFORE = parse_symbol("t_before")
_K = Symbol("k")
_FRACTIONS = ("beta", "rho")
"""Settings of these letters are shares of what was there before."""

Line = tuple[str, Form, Phrase]
"""A quantity of the rule, its formula over the names of the rule, and the reason."""


@lru_cache(maxsize=512)
def rule_form(text: str) -> Form:
    """A formula of an entry, with `root` and `corrected` as they stand."""
    return read(text, (ROOT, CORRECTED))


def calls(entry: Optimizer, function: str) -> bool:
    """Whether the rule of an entry uses `root` or `corrected`, which makes it an option."""
    forms = [rule_form(text) for _, text, _ in entry.rule]
    return any(isinstance(node, Call) and node.function == function for form in forms for node in walk(form))


def settings_of(entry: Optimizer) -> dict[str, str]:
    """The settings of an entry with their defaults; every optimizer knows a weight decay."""
    return {**entry.settings, **({} if "lam" in entry.settings else {"lam": "0"})}


def check_setting(entry: Optimizer, name: str, value: Real) -> None:
    """Raises InputError where a setting is unknown, or out of its range."""
    if name not in settings_of(entry):
        raise UnknownName(f"setting of {entry.name}", name, settings_of(entry))
    if name.startswith(_FRACTIONS) and not 0 <= value < 1:
        raise InputError(f"{name} must be at least 0 and less than 1")
    if value < 0:
        raise InputError(f"{name} must not be negative")


def settled(
    entry: Optimizer, epsilon_in_root: bool | None = None, bias_correction: bool | None = None, decays: bool = False
) -> Rule:
    """The rule of an entry under its options; None takes what was published.

    Raises:
        InputError: an option that the rule does not have.
    """
    options = ((ROOT, epsilon_in_root, "epsilon_in_root"), (CORRECTED, bias_correction, "bias_correction"))
    for function, option, name in options:
        if option is not None and not calls(entry, function):
            raise InputError(f"{entry.name} has no option {name}")
    under = entry.epsilon_in_root if epsilon_in_root is None else epsilon_in_root
    corrects = entry.bias_correction if bias_correction is None else bias_correction
    return Rule(entry, under, corrects, decays and "lam" not in entry.settings)


@dataclass(frozen=True, slots=True)
class Rule:
    """An entry whose options are settled.

    Attributes:
        epsilon_in_root: whether ε stands under the root or beside it.
        bias_correction: whether moments are divided by 1 - βᵗ.
        decays: whether a weight decay is added to the gradient.
    """

    entry: Optimizer
    epsilon_in_root: bool = False
    bias_correction: bool = True
    decays: bool = False

    @property
    def lines(self) -> tuple[Line, ...]:
        """The rule line by line; the name of a moment that is not corrected is that of the moment itself."""
        lines: list[Line] = [(DECAYED, read("g + lam*w"), ("weight decay",))] if self.decays else []
        same: dict[Symbol, Form] = {G: parse_symbol(DECAYED)} if self.decays else {}
        for quantity, text, reason in self.entry.rule:
            form = _renamed(rule_form(text), same)
            if isinstance(form, Call) and form.function == CORRECTED and not self.bias_correction:
                same[parse_symbol(quantity)] = form.args[0]
            else:
                lines.append((quantity, self._settled(form, self._correction), (reason,)))
        return tuple(lines)

    @property
    def whole(self) -> Form | None:
        """The new parameter in one formula; the weights of a mean are added up there rather than known to be 1 - βᵗ."""
        if not self.entry.whole:
            return None
        form = self._settled(rule_form(self.entry.whole), _share_of_weights)
        return _renamed(form, {G: add([G, Product((LAM, W))])}) if self.decays else form

    @property
    def gradient_at(self) -> Form:
        """Where the gradient is taken, over the names of the rule."""
        return read(self.entry.gradient_at)

    @property
    def looks_ahead(self) -> bool:
        """Whether the gradient is taken elsewhere than at the parameter."""
        return self.gradient_at != W

    def _settled(self, form: Form, corrected: object) -> Form:
        def change(part: Form) -> Form | None:
            if not isinstance(part, Call) or part.function not in (ROOT, CORRECTED):
                return None
            args = [self._settled(arg, corrected) for arg in part.args]
            if part.function == ROOT:
                return self._root(args[0])
            return corrected(*args) if self.bias_correction else args[0]  # type: ignore[operator, no-any-return]

        return substituted(form, change)

    def _root(self, form: Form) -> Form:
        return Root(add([form, EPSILON])) if self.epsilon_in_root else add([Root(form), EPSILON])

    @staticmethod
    def _correction(moment: Form, beta: Form) -> Form:
        return Frac(moment, subtract(ONE, Power(beta, T)))


def _share_of_weights(moment: Form, beta: Form) -> Form:
    """The mean behind a moment: its weights (1 - β)βᵏ are added up over all steps so far."""
    weights = BigSum(Power(beta, _K), _K, ZERO, T_BEFORE)
    return Frac(moment, Product((subtract(ONE, beta), weights)))


class Update:
    """The formulas of a rule in the names of one parameter at one step.

    Args:
        before, after: the parameter before and after the step.
        gradient: how its gradient is written: ∂L/∂w, or a name of its own.
        step: the number of the step, or the letter that stands for any.
        owner: by what the states of the parameter are told from others; the parameter itself where not said.
        is_array: whether the parameter is an array, on which the rule works element by element.
    """

    def __init__(
        self, rule: Rule, before: Symbol, after: Symbol, gradient: Form, step: int | str, *,
        owner: Symbol | None = None, is_array: bool = False,
    ) -> None:  # fmt: skip
        self.rule, self.parameter, self.after, self.step = rule, before, after, step
        self.owner, self.is_array = owner or before, is_array
        self.names: dict[Symbol, Form] = {W: before, G: gradient, T: _counted(step), T_BEFORE: _counted(step, 1)}
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
        return Symbol(letter.base, letter.accent, index, self.owner.sup, bold=self.is_array)

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
        return _renamed(form, {name: _entry_of(own, at) for name, own in self.names.items()})

    def whole(self) -> Form | None:
        """The new parameter in one formula, where the entry has one that is not its only line."""
        form = self.rule.whole
        return None if form is None or len(self.rule.lines) == 1 else self.written(form)

    def written(self, form: Form) -> Form:
        """A form over the names of the rule in the names of this parameter."""
        return _renamed(_elementwise(form, set(self._own_names())) if self.is_array else form, self.names)

    def _own_names(self) -> Iterator[Symbol]:
        yield from (name for name in self.names if name not in (T, T_BEFORE))


BY_ELEMENT: Phrase = (", element by element",)


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


def _renamed(form: Form, names: Mapping[Symbol, Form]) -> Form:
    return names.get(form, form) if isinstance(form, Symbol) else rebuild(form, lambda part: _renamed(part, names))
