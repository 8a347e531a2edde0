"""A derivation as a program: a formula for each quantity in order, which can be run again with one thing changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from random import Random

from derive.check.traits import is_symbolic
from derive.notation.arrays import Array, Value
from derive.notation.form import At, Call, Derivative, Form, Symbol, Text, symbols
from derive.notation.names import arrays_of
from derive.notation.reals import Undefined
from derive.notation.symbols import symbol_name
from derive.notation.value import Evaluator, NoValue, substituted
from derive.record import Derivation, Given, Phrase, Step

DIGITS = 30


@dataclass(frozen=True, slots=True)
class Formula:
    """What a quantity is computed by; `note` says what it is, `given` that the question gave it."""

    target: Form
    form: Form
    note: Phrase = ()
    given: bool = False


@dataclass(frozen=True, slots=True)
class Program:
    """Formulas in the order in which they are worked out."""

    formulas: tuple[Formula, ...]
    relu_at_zero: Fraction = Fraction(0)

    def changed(self, place: int, form: Form) -> Program:
        """The program with another formula at a place."""
        formulas = list(self.formulas)
        formulas[place] = replace(formulas[place], form=form)
        return replace(self, formulas=tuple(formulas))

    def rewritten(self, change: Callable[[Form], Form | None]) -> Program:
        """The program with a change made wherever a formula has what it changes."""
        formulas = (replace(each, form=substituted(each.form, change)) for each in self.formulas)
        return replace(self, formulas=tuple(formulas))

    def value(self, wanted: Form, start: Mapping[Form, Value] | None = None, begin: int = 0) -> Value | None:
        """What a form is worth after all formulas; None where it has no value."""
        env = self.run(start, begin)
        return evaluated(wanted, env)

    def run(self, start: Mapping[Form, Value] | None = None, begin: int = 0) -> dict[Form, Value]:
        """The value of each quantity; names that nobody gave get a value of their own."""
        env: dict[Form, Value] = dict(start or {})
        for formula in self.formulas[begin:]:
            value = evaluated(formula.form, env)
            if value is not None:
                env[formula.target] = value
        return env


def evaluated(form: Form, env: Mapping[Form, Value]) -> Value | None:
    """The value of a form where names have these values; None where it has none."""

    def unknown(part: Form) -> Value | None:
        if not isinstance(part, Symbol):
            return None
        entry = _entry(part, env)
        return _drawn(part) if entry is None else entry

    try:
        return Evaluator(env, digits=DIGITS, unknown=unknown).value(form)
    except (Undefined, NoValue, ZeroDivisionError):
        return None


def _entry(name: Symbol, env: Mapping[Form, Value]) -> Value | None:
    """The value of an entry of an array that has one: S_12 of S."""
    for root, index in arrays_of(name):
        array = env.get(root)
        if isinstance(array, Array) and all(map(str.isdigit, index)):
            position = array.position([*map(int, index)])
            return None if position is None else array.items[position]
    return None


def _drawn(name: Symbol) -> Fraction:
    """A value for a free name, the same wherever it stands."""
    return Fraction(Random(symbol_name(name)).randrange(1, 10**6), 10**6 + 3)


def program_of(derivation: Derivation) -> Program:
    """The formulas behind a derivation: values and definitions that were given, then one for each step."""
    formulas = [formula for given in derivation.givens if (formula := _of_given(given))]
    formulas.sort(key=lambda formula: is_symbolic(formula.form))  # values before definitions, which stand in order
    known: set[Form] = {formula.target for formula in formulas}
    for step in derivation.all_steps():
        formula = _of_step(step, known)
        if formula is not None:
            known.add(formula.target)
            formulas.append(formula)
    return Program(tuple(formulas), derivation.conventions.relu_at_zero)


def _of_given(given: Given) -> Formula | None:
    if given.form is None or isinstance(given.target, Call) or isinstance(given.form, Text):
        return None
    return Formula(given.target, given.form, given.note, given=True)


def _of_step(step: Step, known: set[Form]) -> Formula | None:
    """The last line with names in it; where there is none the first one, which has all its numbers."""
    if (
        step.target is None
        or isinstance(step.target, (At, Text))
        or (isinstance(step.target, Symbol) and step.target in known)
    ):
        return None
    lines = [line for line in step.lines if line.relation in ("=", ":=", "≈") and not isinstance(line.form, Text)]
    named = [line for line in lines if line.relation != "≈" and is_symbolic(line.form) and _is_formula(line.form)]
    chosen = named[-1] if named else lines[0] if lines else None
    return None if chosen is None else Formula(step.target, chosen.form, (step.rule,) if step.rule else ())


def _is_formula(form: Form) -> bool:
    return not isinstance(form, (Symbol, Derivative)) or bool(symbols(form))


def places(program: Program) -> Iterator[tuple[int, Formula, dict[Form, Value]]]:
    """Every formula with what is known before it, so that a change there needs no run from the beginning."""
    env: dict[Form, Value] = {}
    for place, formula in enumerate(program.formulas):
        yield place, formula, dict(env)
        value = evaluated(formula.form, env)
        if value is not None:
            env[formula.target] = value
