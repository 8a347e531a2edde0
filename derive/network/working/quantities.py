"""The quantities of a network with one setting open, over the unknown: numbers of parameters, sides of an output.

A size on the way that is no polynomial in the unknown, or one that falls and so may come to nothing, keeps a name,
H_conv1, and has a step of its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from derive.errors import InputError
from derive.network.layers.base import AXES, Letter, Rule, axes, out
from derive.network.network import INPUT, Network, Node
from derive.network.working.shapes import meanings
from derive.network.working.turned import Open, Quantity
from derive.notation.build import add
from derive.notation.form import Form, Number, Symbol, symbols
from derive.notation.symbols import symbol_name
from derive.notation.value import evaluate, substituted
from derive.record import Given, Line, Mark, Phrase, Step

TRIED = 64
"""At so many values a formula is held against the network."""
ONE_MARK = (Mark(Fraction(1), "M"),)


@dataclass(frozen=True, slots=True)
class Stated:
    """A quantity of the network whose value is stated: its name, how it is computed, the value.

    `form` is the quantity over the unknown alone, where it was written so.
    """

    name: Symbol
    of: Callable[[Network], int]
    value: int
    form: Form | None = None


class Quantities:
    """What a network with one setting open is asked for, with the steps and premises that lead to it."""

    def __init__(self, open_: Open) -> None:
        self.open = open_
        self.net = open_.sample
        self.steps: list[Step] = []
        self.givens: dict[Given, None] = {}

    # letters

    def _letters(self, position: int) -> dict[Form, Form]:
        """The letters of a layer as numbers, as forms over the unknown, or as sizes that have a name."""
        node = self.net.nodes[position]
        sizes = {letter.symbol for letter in axes(self.net.takes(node)[0])}
        found: dict[Form, Form] = {}
        for letter in _letters(self.net, node):
            reader = _reader(position, letter.symbol)
            form = self.open.form(reader)
            if letter.symbol in sizes and (form is None or self.open.falls(reader)) and node.sources[0] != INPUT:
                form = self._named(node.sources[0], letter.symbol)
            if form is not None:
                found[letter.symbol] = form
        return found

    def _named(self, layer: str, axis: Symbol) -> Form:
        """A size behind a layer, worked out under a name."""
        name = Symbol(axis.base, sub=(layer,))
        position = self.net.nodes.index(self.net.node(layer))
        node = self.net.nodes[position]
        rule = next((r for r in node.layer.size_rules(*self.net.takes(node)) if r.target == out(axis.base)), None)
        forms = self._letters(position)
        if rule is None:  # the axis stays
            return forms[axis]
        if all(step.target != name for step in self.steps):
            self._found(name, rule, forms, [Line("=", self._over(rule.form, forms), rule.reason)])
        return name

    def _over(self, form: Form, forms: Mapping[Form, Form]) -> Form:
        """A formula over the unknown and the sizes that have names.

        Raises:
            InputError: a letter of it is neither.
        """
        written = substituted(form, forms.get)
        known = {self.open.symbol, *(step.target for step in self.steps)}
        if not known.issuperset(symbols(written)):
            raise InputError(f"what is stated is no formula in {symbol_name(self.open.symbol)}")
        return written

    def _found(self, target: Symbol, rule: Rule, forms: Mapping[Form, Form], lines: Sequence[Line]) -> None:
        """A step to a quantity, and what it must be worth by the meaning of its rule."""
        meaning = None if rule.meaning is None else substituted(rule.meaning, forms.get)
        self.givens |= dict.fromkeys(meanings((replace(rule, target=target, meaning=meaning),)))
        self.steps.append(Step(symbol_name(target), target, tuple(lines), "size", (), ONE_MARK))

    def _worked(self, position: int, target: Symbol, rule: Rule, forms: dict[Form, Form], letters: bool) -> list[Line]:
        """A formula in the letters of its layer, then with numbers; the letter of the unknown goes by its name."""
        own: dict[Form, Form] = {letter: form for letter, form in forms.items() if form == self.open.symbol}
        numbers = self._over(rule.form, forms)
        clash = self.open.symbol in forms and self.open.symbol not in own  # the unknown has another letter's name
        formula = substituted(rule.form, own.get)
        if clash or not letters or formula == numbers or not self.alone(numbers):
            lines, own = [Line("=", numbers, rule.reason)], forms
        else:
            lines = [Line("=", formula, rule.reason), Line("=", numbers, ("numbers in",))]
            self._give(position, rule, forms, own)
        self._found(target, rule, own, lines)
        return lines

    def _give(self, position: int, rule: Rule, forms: Mapping[Form, Form], own: Mapping[Form, Form]) -> None:
        """The letters that a formula and its meaning mention, with their values."""
        shown = symbols(rule.form)
        for letter in _letters(self.net, self.net.nodes[position]):
            name = letter.symbol
            if name not in own and (name in shown or (rule.meaning is not None and name in symbols(rule.meaning))):
                given = Given(name, forms[name], "value", (letter.note,), shown=name in shown)
                self.givens.setdefault(given)

    # what is asked for

    def count(self, positions: Iterable[int], name: Symbol) -> None:
        """The number of trainable parameters: layer by layer, then the sum."""
        held = [p for p in positions if trainable(self.net, [p])]
        if not held:
            raise InputError("no layer here has parameters")
        targets = []
        for position in held:
            target = name if len(held) == 1 else Symbol(name.base, sub=(*name.sub, self.net.nodes[position].name))
            self._count_layer(position, target, letters=len(held) == 1)
            targets.append(target)
        if len(held) > 1:
            alone = all(self.alone(step.lines[-1].form) for step in self.steps)
            last = self.open.form(lambda n: trainable(n, held)) if alone else None
            lines = [Line("=", add(targets), ("sum over the layers",))]
            lines += [Line("=", last, ("collect",))] if last else []
            self.steps.append(Step(symbol_name(name), name, tuple(lines), "total", (), ONE_MARK))

    def _count_layer(self, position: int, target: Symbol, letters: bool) -> None:
        node = self.net.nodes[position]
        rules = node.layer.count_rules(self.open.framework, *self.net.takes(node))
        rules = tuple(rule for rule in rules if rule.trainable)
        reason: Phrase = rules[0].reason if len(rules) == 1 else ("sum of its tensors",)
        meaning = add([rule.meaning for rule in rules if rule.meaning is not None])
        rule = Rule(target, add([rule.form for rule in rules]), reason, meaning)
        lines = self._worked(position, target, rule, self._letters(position), letters)
        poly = self.open.form(lambda n: trainable(n, [position]))
        if poly is not None and poly != lines[-1].form and self.alone(lines[-1].form):
            lines.append(Line("=", poly, ("multiply out",)))
        self.steps[-1] = replace(self.steps[-1], lines=tuple(lines), rule="parameters")

    def sides(self, position: int, sized: Sequence[int | None]) -> list[Stated]:
        """The sides of a layer's output that depend on the unknown, and what is stated of them.

        A side of which nothing is stated (None) is left out, and so is one with the formula and the value of another.
        """
        node = self.net.nodes[position]
        forms = self._letters(position)
        letters = AXES[len(self.net.sizes[node.name])]
        stated: dict[tuple[Form, int], Stated] = {}
        for rule in node.layer.size_rules(*self.net.takes(node)):
            axis = next(i for i, letter in enumerate(letters) if out(letter) == rule.target)
            size, numbers = sized[axis], self._over(rule.form, forms)
            side = _side(position, axis)
            if size is None or isinstance(self.open.form(side), Number) or (numbers, size) in stated:
                continue
            self._worked(position, rule.target, rule, forms, letters=True)
            stated[numbers, size] = Stated(rule.target, side, size, self.alone(numbers))
            self._holds(stated[numbers, size])
        return list(stated.values())

    def _holds(self, stated: Stated) -> None:
        """Refuse a formula that is another one for some values, as under a window that may stick out."""
        for value in range(self.open.first, self.open.first + TRIED) if stated.form else ():
            net = self.open.at(value)
            if net and stated.form and evaluate(stated.form, {self.open.symbol: Fraction(value)}) != stated.of(net):
                name = symbol_name(self.open.symbol)
                raise InputError(f"no one formula holds for all {name}: it changes at {name} = {value}")

    def alone(self, form: Form) -> Form | None:
        """A form whose only name is the unknown."""
        return form if set(symbols(form)) <= {self.open.symbol} else None


def _letters(net: Network, node: Node) -> tuple[Letter, ...]:
    sizes = net.takes(node)
    return (*axes(sizes[0]), *node.layer.letters(*sizes))


def _side(position: int, axis: int) -> Callable[[Network], int]:
    """Reads a side behind a layer off a network."""
    return lambda net: net.sizes[net.nodes[position].name][axis]


def _reader(position: int, symbol: Symbol) -> Quantity:
    """Reads the value of a letter of a layer off a network."""
    return lambda net: next((each.value for each in _letters(net, net.nodes[position]) if each.symbol == symbol), None)


def trainable(net: Network, positions: Iterable[int]) -> int:
    """The trainable parameters of some layers."""
    return sum(tensor.count for p in positions for tensor in net.tensors(net.nodes[p]) if tensor.trainable)
