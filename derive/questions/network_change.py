"""What another input changes in the number of parameters, and why it often changes nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from derive.network.network import INPUT, Network, Node
from derive.network.working.counts import COUNT, UNIT, count_name, count_table, held, sum_step
from derive.network.working.tables import ACCURACY, whole
from derive.network.working.written import Written
from derive.notation.build import subtract
from derive.notation.form import Symbol, symbols
from derive.notation.symbols import parse_symbol, symbol_name
from derive.notation.words import joined
from derive.questions.network import Found
from derive.record import Answer, Line, Phrase, Step

NEW, CHANGE = parse_symbol("N_new"), parse_symbol("Delta")


def change_found(network: Network, other: Network, nodes: Sequence[Node]) -> Found:
    """The counts of the first network, those layers of the second that differ, and the difference of the sums."""
    first, second = Written(network, folds=True), Written(other, folds=True, mark="new")
    changed = [node for node in nodes if held(network, node) != held(other, node)]
    before = {count_name(first, node): held(network, node) for node in nodes}
    after = {count_name(second if node in changed else first, node): held(other, node) for node in nodes}
    steps, givens = count_table(first, nodes)
    total, meant = sum_step(COUNT, before, ("all layers",))
    steps, givens = [*steps, total], [*givens, meant]
    words = _why(first, nodes, changed)
    if changed:
        news, stated = count_table(second, changed, "new numbers of parameters", words)
        steps, givens = [*steps, *news], [*givens, *stated]
    total, meant = sum_step(NEW, after, ("all layers, with the new input",))
    steps.append(replace(total, intro=() if changed else words))
    difference = sum(after.values()) - sum(before.values())
    numbers = subtract(whole(sum(after.values())), whole(sum(before.values())))
    lines = (Line("=", subtract(NEW, COUNT)), Line("=", numbers), Line("=", whole(difference)))
    steps.append(Step(symbol_name(CHANGE), CHANGE, lines, "change", marks=ACCURACY))
    answers = (
        _answer("change", difference, CHANGE),
        replace(_answer("before", sum(before.values()), COUNT), boxed=False),
        replace(_answer("after", sum(after.values()), NEW), boxed=False),
    )
    return tuple(dict.fromkeys((*givens, meant))), tuple(steps), answers


def _answer(name: str, value: int, label: Symbol) -> Answer:
    return Answer(name, "integer", whole(value), whole(value), label, UNIT)


def _why(written: Written, nodes: Sequence[Node], changed: Sequence[Node]) -> Phrase:
    """Which layers change, or that no formula knows the sides of the input."""
    if changed:
        names = joined(tuple(node.name for node in changed))
        return (f"With the new input {names} read{'s' if len(changed) == 1 else ''} another number of values.",)
    if _sides_matter(written, nodes):
        return ("With the new input the shapes that the counts depend on come out the same.",)
    return ("No formula holds a side of the input: kernels, channels and numbers of filters or neurons stay.",)


def _sides_matter(written: Written, nodes: Sequence[Node]) -> bool:
    """Whether any count depends on a spatial side of the input."""
    used = {name for node in nodes for rule in written.counts(node) for name in symbols(rule.form)}
    used |= {name for each in written.needed(used) for name in symbols(each.rule.form)}
    sides = written.axes[INPUT]
    return not used.isdisjoint(sides[:-1] if len(sides) > 1 else sides)
