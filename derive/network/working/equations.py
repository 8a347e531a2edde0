"""A question turned round: the quantity over the unknown, the equation with what is stated, its whole solutions."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from derive.network.layers.base import AXES, Letter, Rule, axes, out
from derive.network.network import Network, Node
from derive.network.working.shapes import meanings
from derive.network.working.turned import Open
from derive.notation.build import add, multiply, number, subtract
from derive.notation.form import At, Form, Frac, Symbol, Text, Tuple, symbols
from derive.notation.polynomial import factored, rational_roots, value_at, written
from derive.notation.symbols import symbol_name
from derive.notation.value import substituted
from derive.record import Given, Line, Mark, Phrase, Step

LARGEST = 2_000
"""Whole numbers are tried up to this one where no formula can be solved."""
MOST_TRIED = 4
"""Of more solutions the first and the last are put in, with their neighbours."""
NONE = "no whole number"
ONE_MARK = (Mark(Fraction(1), "M"),)


@dataclass(frozen=True, slots=True)
class Stated:
    """A quantity of the network whose value is stated: its name, how it is computed, the value."""

    name: Symbol
    of: Callable[[Network], int]
    value: int


def letter_forms(open_: Open, position: int) -> dict[Form, Form]:
    """The letters of a layer as numbers or as forms over the unknown."""
    net = open_.sample
    found: dict[Form, Form] = {}
    for index, letter in enumerate(_letters(net, net.nodes[position])):
        form = open_.form(lambda n, i=index: _letters(n, n.nodes[position])[i].value)  # type: ignore[misc]
        if form is not None:
            found[letter.symbol] = form
    return found


def _letters(net: Network, node: Node) -> tuple[Letter, ...]:
    sizes = net.takes(node)
    return (*axes(sizes[0]), *node.layer.letters(*sizes))


def counted(open_: Open, positions: Sequence[int], name: Symbol) -> tuple[list[Step], list[Given]]:
    """The number of trainable parameters over the unknown: layer by layer, then the sum."""
    net = open_.sample
    held = [p for p in positions if trainable(net, [p])]
    steps: list[Step] = []
    givens: list[Given] = []
    for position in held:
        target = name if len(held) == 1 else Symbol(name.base, sub=(*name.sub, net.nodes[position].name))
        step, more = _of_layer(open_, position, target, letters=len(held) == 1)
        steps.append(step)
        givens += more
    if len(held) > 1:
        total = add([step.target for step in steps if step.target is not None])
        last = open_.form(lambda n: trainable(n, held))
        lines = [Line("=", total, ("sum over the layers",))] + ([Line("=", last, ("collect",))] if last else [])
        steps.append(Step(symbol_name(name), name, tuple(lines), "total", (), ONE_MARK))
    return steps, givens


def trainable(net: Network, positions: Iterable[int]) -> int:
    """The trainable parameters of some layers."""
    return sum(tensor.count for p in positions for tensor in net.tensors(net.nodes[p]) if tensor.trainable)


def _of_layer(open_: Open, position: int, target: Symbol, letters: bool) -> tuple[Step, list[Given]]:
    net = open_.sample
    node = net.nodes[position]
    rules = [rule for rule in node.layer.count_rules(open_.framework, *net.takes(node)) if rule.trainable]
    form = add([rule.form for rule in rules])
    reason: Phrase = rules[0].reason if len(rules) == 1 else ("sum of its tensors",)
    forms = letter_forms(open_, position)
    here = symbols(form)
    own: dict[Form, Form] = {
        letter: value for letter, value in forms.items() if value == open_.symbol and letter in here
    }
    notes = {letter.symbol: letter.note for letter in _letters(net, node)}
    meaning = _tensor_sum(open_, position)
    lines: list[Line] = []
    givens: list[Given] = []
    if letters and not (open_.symbol in symbols(form) and open_.symbol not in own):
        lines.append(Line("=", substituted(form, own.get), reason))
        if all(rule.meaning for rule in rules):  # in letters too, lest numbers that are equal hide a wrong letter
            meaning = substituted(add([rule.meaning for rule in rules if rule.meaning]), own.get)
        givens = [
            Given(letter, forms[letter], "value", (notes[letter],), shown=letter in here)
            for letter in dict.fromkeys((*symbols(form), *symbols(meaning)))
            if letter in forms and letter not in own
        ]
        reason = ("numbers in",)
    lines.append(Line("=", substituted(form, forms.get), reason))
    poly = open_.form(lambda n: trainable(n, [position]))
    if poly is not None and poly != lines[-1].form:
        lines.append(Line("=", poly, ("multiply out",)))
    meant = Rule(target, form, meaning=meaning)
    return Step(symbol_name(target), target, tuple(lines), "parameters", (), ONE_MARK), [*givens, *meanings((meant,))]


def _tensor_sum(open_: Open, position: int) -> Form:
    """The entries of all tensors, each as the product of its sides."""
    net = open_.sample
    products = []
    for i, tensor in enumerate(net.tensors(net.nodes[position])):
        if tensor.trainable:
            sides = [_side(open_, position, i, axis) for axis in range(len(tensor.axes))]
            products.append(multiply(sides) if len(sides) > 1 else sides[0])
    return add(products)


def _side(open_: Open, position: int, tensor: int, axis: int) -> Form:
    form = open_.form(lambda n: n.tensors(n.nodes[position])[tensor].axes[axis][1])
    assert form is not None
    return form


def solutions(open_: Open, stated: Sequence[Stated]) -> list[int]:
    """All whole numbers from the first that fits on for which every stated quantity has its value.

    Where the first quantity is a growing polynomial there is one at most; else they are tried up to `LARGEST`.
    """
    poly = open_.polynomial(stated[0].of)
    tried: Iterable[int] = range(open_.first, LARGEST + 1)
    if poly is not None and len(poly) > 1 and all(coefficient >= 0 for coefficient in poly[1:]):
        tried = (_reached((poly[0] - stated[0].value, *poly[1:]), open_.first),)
    nets = ((value, net) for value in tried if (net := open_.at(value)) is not None)
    return [value for value, net in nets if all(quantity.of(net) == quantity.value for quantity in stated)]


def _reached(gap: Sequence[Fraction], first: int) -> int:
    """The first whole number at which a growing polynomial is no longer negative."""
    step = 1
    while value_at(gap, Fraction(first + step)) < 0:
        step *= 2
    low, high = first, first + step
    while low < high:
        middle = (low + high) // 2
        if value_at(gap, Fraction(middle)) < 0:
            low = middle + 1
        else:
            high = middle
    return low


def claimed(found: Sequence[int]) -> Form:
    """All solutions as they are written."""
    if not found:
        return Text(NONE)
    return number(found[0]) if len(found) == 1 else Tuple(tuple(map(number, found)))


def solved(open_: Open, stated: Sequence[Stated], found: Sequence[int], reason: Phrase) -> Step:
    """The unknown where the stated values are taken: one whole number, several, or none."""
    target = At(open_.symbol, tuple((quantity.name, number(quantity.value)) for quantity in stated))
    return Step("solution", target, (Line("=", claimed(found), reason),), "solve", (), (Mark(Fraction(1), "A"),))


def polynomial_steps(open_: Open, stated: Stated, found: Sequence[int]) -> list[Step]:
    """Linear: divided. Otherwise: everything on one side, in factors, and what each root is good for."""
    poly = open_.polynomial(stated.of)
    assert poly is not None
    unknown, name = open_.symbol, stated.name
    if len(poly) == 2:
        sign = 1 if poly[1] > 0 else -1
        quotient = Frac(number(sign * (stated.value - poly[0])), number(abs(poly[1])))
        root = (stated.value - poly[0]) / poly[1]
        reason: Phrase = ("solve ", written(poly, unknown), f" = {stated.value}")
        step = solved(open_, (stated,), found, reason)
        if not found:
            return [_refused(step, ("the solution ", number(root), " is none"))]
        value = Line("=", number(root))
        divided = (replace(value, reason=reason),) if abs(poly[1]) == 1 else (Line("=", quotient, reason), value)
        return [replace(step, lines=divided)]
    gap = (poly[0] - stated.value, *poly[1:])
    roots, rest = rational_roots(gap)
    target = subtract(name, number(stated.value))
    lines = [Line("=", written(gap, unknown), ("what must be zero",))]
    in_factors = factored(gap, unknown)
    if in_factors != lines[0].form:
        lines.append(Line("=", in_factors, ("factor",)))
    steps = [Step("gap", target, tuple(lines), "equation", (), ONE_MARK)]
    if found:
        others = [root for root in dict.fromkeys(roots) if root not in found]
        return [*steps, solved(open_, (stated,), found, _why_not(others, len(rest) > 1))]
    why: Phrase = ("no root is a whole number from ", number(open_.first), " on")
    if all(coefficient >= 0 for coefficient in gap[1:]) and (between := _reached(gap, open_.first) - 1) >= open_.first:
        form = written(poly, unknown)
        steps += [value_step(open_, stated, value, form) for value in (between, between + 1)]
        why = (name, f" passes {stated.value} between ", number(between), " and ", number(between + 1))
    return [*steps, solved(open_, (stated,), found, why)]


def _refused(step: Step, why: Phrase) -> Step:
    line = step.lines[0]
    reason: Phrase = (*line.reason, "; ", *why)
    return replace(step, lines=(replace(line, reason=reason),))


def _why_not(others: Sequence[Fraction], more: bool) -> Phrase:
    """Why the other roots are no answers."""
    if not others:
        return ("the other factor is never zero",) if more else ("the only root",)
    parts: list[str | Form] = []
    for root in others:
        kind = "is negative" if root < 0 else "is zero" if root == 0 else "is no whole number"
        parts += [", " if parts else "the root ", number(root), f" {kind}"]
    return tuple(parts)


def value_step(open_: Open, stated: Stated, value: int, form: Form | None) -> Step:
    """The stated quantity at one value of the unknown, put into its formula."""
    net = open_.at(value)
    assert net is not None
    target = At(stated.name, ((open_.symbol, number(value)),))
    at: dict[Form, Form] = {open_.symbol: number(value)}
    lines = [] if form is None else [Line("=", substituted(form, at.get))]
    result = number(stated.of(net))
    if not lines or lines[-1].form != result:
        lines.append(Line("=", result))
    return Step(f"{symbol_name(stated.name)}_at_{value}", target, tuple(lines), "check")


def sides(open_: Open, position: int, sized: Sequence[int | None]) -> tuple[list[Step], list[Given], list[Stated]]:
    """The formulas of the sides of a layer's output that depend on the unknown, and what is stated of them.

    A side of which nothing is stated (None) is left out, and so is one with the formula and the value of another.
    """
    net = open_.sample
    node = net.nodes[position]
    forms = letter_forms(open_, position)
    letters = AXES[len(net.sizes[node.name])]
    notes = {item.symbol: item.note for item in _letters(net, node)}
    own: dict[Form, Form] = {letter: open_.symbol for letter, value in forms.items() if value == open_.symbol}
    steps: dict[tuple[Form, int], Step] = {}
    givens: dict[Given, None] = {}
    stated: list[Stated] = []
    for rule in node.layer.size_rules(*net.takes(node)):
        axis = next(i for i, letter in enumerate(letters) if out(letter) == rule.target)
        numbers, formula, size = substituted(rule.form, forms.get), substituted(rule.form, own.get), sized[axis]
        if size is None or open_.symbol not in symbols(numbers) or (numbers, size) in steps:
            continue
        lines = [Line("=", formula, rule.reason)]
        if formula != numbers:
            lines.append(Line("=", numbers, ("numbers in",)))
        steps[numbers, size] = Step(symbol_name(rule.target), rule.target, tuple(lines), "size", (), ONE_MARK)
        meaning = substituted(rule.meaning, own.get) if rule.meaning is not None else None
        givens |= dict.fromkeys(meanings((replace(rule, meaning=meaning),)))
        mentioned = [letter for letter in symbols(formula) if letter in notes and letter not in own]
        givens |= {Given(letter, forms[letter], "value", (notes[letter],)): None for letter in mentioned}
        stated.append(Stated(rule.target, lambda n, a=axis: n.sizes[n.nodes[position].name][a], size))  # type: ignore[misc]
    return list(steps.values()), list(givens), stated


def tries(open_: Open, stated: Stated, found: Sequence[int], form: Form) -> Step | None:
    """The stated quantity at the solutions and at the whole numbers beside them, as a table."""
    around = _around(open_, stated, found)
    rows = tuple(value_step(open_, stated, value, form) for value in around)
    if len(rows) < 2:
        return None
    heads: tuple[Phrase, ...] = (("size at",), ("numbers in",), ("value",))
    return Step("tries", rule="try whole numbers", substeps=rows, layout="table", heads=heads, marks=ONE_MARK)


def _around(open_: Open, stated: Stated, found: Sequence[int]) -> list[int]:
    if len(found) > MOST_TRIED:
        ends = (found[0] - 1, found[0], found[-1], found[-1] + 1)
        return [v for v in ends if v >= open_.first and open_.at(v) is not None]
    if found:
        low, high = found[0] - 1, found[-1] + 1
    else:
        values = {v: stated.of(net) for v in range(open_.first, LARGEST) if (net := open_.at(v)) is not None}
        close = min(values, key=lambda v: abs(values[v] - stated.value))
        low, high = close - 1, close + 1
    return [v for v in range(low, high + 1) if v >= open_.first and open_.at(v) is not None]
