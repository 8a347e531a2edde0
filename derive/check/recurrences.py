"""Recurrences: h_t = tanh(W x_t + U h_{t-1}) defines h_1, h_2, ... where x_1, x_2, ... are given.

They stand among the givens, or a step states them; then they have no value of their own, and nothing but the
definitions that they are short for is used.
"""

from __future__ import annotations

from collections.abc import Iterable

from derive.notation.form import Form, Symbol, symbols
from derive.notation.indexed import STEP, at_step
from derive.record import Derivation, Given


def is_recurrence(target: Form | None) -> bool:
    """Whether a quantity is one of any step, not of a certain one."""
    return isinstance(target, Symbol) and STEP in target.sub


def premises_with_recurrences(derivation: Derivation) -> tuple[Given, ...]:
    """The premises, and the recurrences that are stated by steps alone."""
    given = {each.target for each in derivation.givens}
    stated = [
        Given(step.target, step.lines[0].form)
        for step in derivation.all_steps()
        if step.target is not None and step.lines and is_recurrence(step.target) and step.target not in given
    ]
    return (*derivation.givens, *stated)


def written_out(givens: Iterable[Given]) -> tuple[list[Given], dict[Form, Form]]:
    """The givens with each recurrence replaced by its definitions at the steps whose inputs are given; these rules.

    A name that is given by itself, as the start of a recurrence is, keeps what it was given. Where no step has its
    inputs the recurrences stay as they are: then they are about any step.
    """
    givens = list(givens)
    rules = [g for g in givens if is_recurrence(g.target) and g.form is not None and g.kind == "definition"]
    steps = _steps(givens, rules) if rules else []
    if not steps:
        return givens, {}
    taken = {given.target for given in givens}
    made = [_placed(rule, step) for step in steps for rule in rules]
    others = [given for given in givens if given not in rules]
    stated = {rule.target: rule.form for rule in rules if rule.form is not None}
    return [*others, *(given for given in made if given.target not in taken)], stated


def _placed(rule: Given, step: int) -> Given:
    assert rule.form is not None
    return Given(at_step(rule.target, step), at_step(rule.form, step), shown=False)


def _steps(givens: Iterable[Given], rules: Iterable[Given]) -> list[int]:
    """The steps at which every input of the recurrences is given."""
    defined = {rule.target for rule in rules}
    forms = [rule.form for rule in rules if rule.form is not None]
    inputs = [name for form in forms for name in symbols(form) if STEP in name.sub and not _is_of(name, defined)]
    known = [given.target for given in givens if isinstance(given.target, Symbol)]
    counted = {int(piece) for name in known for piece in name.sub if piece.isdigit()}
    return [step for step in sorted(counted) if inputs and all(at_step(name, step) in known for name in inputs)]


def _is_of(name: Symbol, defined: set[Form]) -> bool:
    """Whether a name is defined by a recurrence, or an entry of an array that is."""
    cuts = range(len(name.sub), 0, -1)
    return any(Symbol(name.base, name.accent, name.sub[:cut], name.sup) in defined for cut in cuts)
