"""An update rule with its options settled: formulas over the names that its entry uses."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from derive.errors import InputError, UnknownName
from derive.notation.build import ONE, ZERO, add, subtract
from derive.notation.form import BigSum, Call, Form, Frac, Power, Product, Root, Symbol, walk
from derive.notation.names import renamed
from derive.notation.rounding import Real
from derive.notation.symbols import parse_symbol
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


def phrase_of(text: str) -> Phrase:
    """Words of an entry, with mathematics between backquotes."""
    pieces = text.split("`")
    forms = (read(piece.replace(" = ", " == ")) if k % 2 else piece for k, piece in enumerate(pieces))
    return tuple(form for form in forms if form)


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
            form = renamed(rule_form(text), same)
            if isinstance(form, Call) and form.function == CORRECTED and not self.bias_correction:
                same[parse_symbol(quantity)] = form.args[0]
            else:
                lines.append((quantity, self._settled(form, _correction), (reason,)))
        return tuple(lines)

    @property
    def whole(self) -> Form | None:
        """The new parameter in one formula; the weights of a mean are added up there rather than known to be 1 - βᵗ."""
        if not self.entry.whole:
            return None
        form = self._settled(rule_form(self.entry.whole), _share_of_weights)
        return renamed(form, {G: add([G, Product((LAM, W))])}) if self.decays else form

    @property
    def gradient_at(self) -> Form:
        """Where the gradient is taken, over the names of the rule."""
        return read(self.entry.gradient_at)

    @property
    def looks_ahead(self) -> bool:
        """Whether the gradient is taken elsewhere than at the parameter."""
        return self.gradient_at != W

    def _settled(self, form: Form, corrected: Callable[[Form, Form], Form]) -> Form:
        def change(part: Form) -> Form | None:
            if not isinstance(part, Call) or part.function not in (ROOT, CORRECTED):
                return None
            first, *others = (self._settled(arg, corrected) for arg in part.args)
            if part.function == ROOT:
                return self._root(first)
            return corrected(first, *others) if self.bias_correction else first

        return substituted(form, change)

    def _root(self, form: Form) -> Form:
        return Root(add([form, EPSILON])) if self.epsilon_in_root else add([Root(form), EPSILON])


def _correction(moment: Form, beta: Form) -> Form:
    return Frac(moment, subtract(ONE, Power(beta, T)))


def _share_of_weights(moment: Form, beta: Form) -> Form:
    """The mean behind a moment: its weights (1 - β)βᵏ are added up over all steps so far."""
    weights = BigSum(Power(beta, _K), _K, ZERO, T_BEFORE)
    return Frac(moment, Product((subtract(ONE, beta), weights)))
