"""Optimizers: one entry each. An update rule is a list of formulas; the engine puts the numbers in.

In a rule `w` is the parameter, `g` its gradient, `eta` the learning rate and `t` the number of the step, counted from
1; it is written as a number, since `t` is a target elsewhere. A state `m` is what the step before left, `m_new` what
this step makes of it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from derive.errors import UnknownName
from derive.notation.build import number
from derive.notation.form import Form, Symbol, rebuild
from derive.notation.symbols import parse_symbol
from derive.notation.text import read
from derive.record import Phrase


@dataclass(frozen=True, slots=True)
class Optimizer:
    """An optimizer.

    Attributes:
        settings: names and defaults of its constants besides the learning rate.
        state: what it keeps from step to step; all zero before the first.
        rule: (quantity, formula, reason) in order; the last one is the new parameter.
        source: where the rule comes from.
    """

    name: str
    rule: tuple[tuple[str, str, str], ...]
    settings: Mapping[str, str] = field(default_factory=dict)
    state: tuple[str, ...] = ()
    source: str = ""


TABLE: tuple[Optimizer, ...] = (
    Optimizer("gradient_descent", (("w_new", "w - eta*g", "gradient descent"),), source="Cauchy 1847"),
    Optimizer(
        "adam",
        (
            ("m_new", "beta_1*m + (1 - beta_1)*g", "first moment"),
            ("v_new", "beta_2*v + (1 - beta_2)*g**2", "second moment"),
            ("m_hat", "m_new/(1 - beta_1**t)", "bias correction"),
            ("v_hat", "v_new/(1 - beta_2**t)", "bias correction"),
            ("w_new", "w - eta*m_hat/(sqrt(v_hat) + epsilon)", "Adam update"),
        ),
        {"beta_1": "0.9", "beta_2": "0.999", "epsilon": "1e-8"},
        ("m", "v"),
        "Kingma and Ba 2015, algorithm 1",
    ),
)
OPTIMIZERS: dict[str, Optimizer] = {entry.name: entry for entry in TABLE}


def optimizer(name: str) -> Optimizer:
    """The entry of a name; UnknownName where there is none."""
    if name not in OPTIMIZERS:
        raise UnknownName("optimizer", name, OPTIMIZERS)
    return OPTIMIZERS[name]


class Update:
    """The names and formulas of one optimizer for one parameter at one step.

    Args:
        gradient: how the gradient of the parameter is written: ∂L/∂w, or a name of its own.
    """

    def __init__(self, entry: Optimizer, parameter: Symbol, gradient: Form, step: int) -> None:
        self.entry, self.parameter, self.gradient, self.step = entry, parameter, gradient, step

    def before(self, state: str) -> Symbol:
        """A state before the step: m_{w,0} before the first."""
        return self._owned(state, str(self.step - 1))

    def name(self, quantity: str) -> Symbol:
        """The symbol of a quantity of the rule for this parameter: m_{w,1}, \\hat m_{w,1}, w_new."""
        if quantity == "w_new":
            old = self.parameter
            return Symbol(old.base, old.accent, (*old.sub, "new"), old.sup)
        base, _, accent = quantity.partition("_")
        return self._owned(base, str(self.step), "" if accent == "new" else accent)

    def _owned(self, base: str, index: str, accent: str = "") -> Symbol:
        return Symbol(base, accent, (self.parameter.base, *self.parameter.sub, index))

    def lines(self) -> Iterator[tuple[Symbol, Form, Phrase]]:
        """(target, formula, reason) of each line of the rule, in the names of this parameter."""
        names: dict[Symbol, Form] = {Symbol("w"): self.parameter, Symbol("g"): self.gradient}
        names[Symbol("t")] = number(self.step)
        names |= {Symbol(state): self.before(state) for state in self.entry.state}
        names |= {parse_symbol(quantity): self.name(quantity) for quantity, _, _ in self.entry.rule}
        for quantity, text, reason in self.entry.rule:
            yield self.name(quantity), _renamed(read(text), names), (reason,)


def _renamed(form: Form, names: Mapping[Symbol, Form]) -> Form:
    return names.get(form, form) if isinstance(form, Symbol) else rebuild(form, lambda part: _renamed(part, names))
