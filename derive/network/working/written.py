"""A network in letters: each layer's formulas with its number as superscript, H⁽²⁾ = ⌊(H⁽¹⁾ + 2·P⁽²⁾ - K⁽²⁾)/S⁽²⁾⌋ + 1.

The axes of an input go by the names that the layer before it gave them. A network of one layer keeps its plain
letters, H and H_out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction

from derive.network.layers.base import AXES, Letter, Rule, Size, axes, out
from derive.network.network import INPUT, Network, Node
from derive.network.working.shapes import meanings, renamed, same
from derive.notation.build import number
from derive.notation.form import Form, Symbol, rebuild, symbols
from derive.notation.symbols import parse_symbol
from derive.record import Given


@dataclass(frozen=True, slots=True)
class Placed:
    """A formula in its place: the layer, and its rule in the letters of the network."""

    node: Node
    rule: Rule


class Written:
    """The letters of a network.

    Args:
        network: what is written down.
        folds: whether an axis whose formula is a letter alone (or has the same numbers as another axis of the layer)
            goes by the name of that; a table of numbers needs no name for it.
        mark: an index at all letters, which tells those of a second network from the first.

    Attributes:
        axes: the names of the axes behind each layer, and of the input.
        sizes: the formulas of axes by what they find, in order.
        letters: everything that has a value without a formula.
    """

    def __init__(self, network: Network, folds: bool = False, mark: str = "") -> None:
        self.network, self.folds = network, folds
        self.alone = len(network.nodes) == 1 and not folds
        self.mark = (mark,) if mark else ()
        self.number = {INPUT: 0, **{node.name: place for place, node in enumerate(network.nodes, 1)}}
        self.axes: dict[str, tuple[Symbol, ...]] = {}
        self.sizes: dict[Symbol, Placed] = {}
        self.letters: dict[Symbol, Letter] = {}
        self.values: dict[Symbol, int] = {}
        self._tables: dict[str, dict[Symbol, Symbol]] = {}
        self._read_input(network.input)
        for node in network.nodes:
            self._read(node)

    def _read_input(self, size: Size) -> None:
        letters = [replace(letter, symbol=self._own(letter.symbol, INPUT)) for letter in axes(size)]
        self.axes[INPUT] = tuple(letter.symbol for letter in letters)
        self._keep(letters)

    def _keep(self, letters: Iterable[Letter]) -> None:
        for letter in letters:
            if letter.symbol not in self.values:
                self.letters[letter.symbol] = letter
                self.values[letter.symbol] = letter.value

    def _own(self, symbol: Symbol, name: str) -> Symbol:
        """A letter with the number of its layer."""
        if self.alone:
            return symbol
        sub = tuple(piece for piece in symbol.sub if piece != "out")
        return replace(symbol, sub=(*sub, *self.mark), sup=str(self.number[name]))

    def rename(self, node: Node, symbol: Symbol) -> Symbol:
        """A letter of a layer's formulas as it stands in the network: an axis of its input, or its own."""
        table = self._tables.setdefault(node.name, {} if self.alone else self._inputs(node))
        return table[symbol] if symbol in table else self._own(symbol, node.name)

    def _inputs(self, node: Node) -> dict[Symbol, Symbol]:
        """H is an axis of the first input, C_2 one of the second."""
        table: dict[Symbol, Symbol] = {}
        for place, source in enumerate(node.sources, 1):
            names = self.axes[source]
            for letter, symbol in zip(AXES[len(names)], names, strict=True):
                table.setdefault(parse_symbol(letter), symbol)
                if len(node.sources) > 1:
                    table[parse_symbol(f"{letter}_{place}")] = symbol
        return table

    def placed(self, node: Node, rule: Rule) -> Rule:
        """A rule in the letters of the network."""

        def rename(symbol: Symbol) -> Symbol:
            return self.rename(node, symbol)

        meaning = None if rule.meaning is None else renamed(rule.meaning, rename)
        target = self._own(rule.target, node.name)
        return replace(rule, target=target, form=renamed(rule.form, rename), meaning=meaning)

    def plain_rules(self, node: Node) -> tuple[Rule, ...]:
        """The formulas of a layer's axes in its own letters."""
        return node.layer.size_rules(*self.network.takes(node))

    def counts(self, node: Node) -> tuple[Rule, ...]:
        """The formulas of a layer's numbers of parameters, in the letters of the network."""
        rules = node.layer.count_rules(self.network.framework, *self.network.takes(node))
        return tuple(self.placed(node, rule) for rule in rules)

    def _read(self, node: Node) -> None:
        takes = self.network.takes(node)
        own = node.layer.letters(*takes)
        self._keep(replace(letter, symbol=self.rename(node, letter.symbol)) for letter in own)
        rules = {rule.target: self.placed(node, rule) for rule in self.plain_rules(node)}
        size = self.network.sizes[node.name]
        pairs = zip(AXES[len(size)], size, strict=True)
        self.axes[node.name] = tuple(self._axis(node, out(name), side, rules) for name, side in pairs)

    def _axis(self, node: Node, target: Symbol, side: int, rules: dict[Symbol, Rule]) -> Symbol:
        rule = rules.get(target)
        if rule is None:
            return self._unruled(node, target, side)
        passed = self.folds or rule.form in self._inputs(node).values()
        if isinstance(rule.form, Symbol) and passed and not self.alone:
            return rule.form
        if self.folds and (twin := self._twin(node, rule)):
            return twin
        self.sizes[rule.target] = Placed(node, rule)
        self.values[rule.target] = side
        return rule.target

    def _unruled(self, node: Node, target: Symbol, side: int) -> Symbol:
        """An axis that stays, or one without a formula, whose value stands for itself."""
        letter = replace(target, sub=())
        stays = self._inputs(node).get(letter)
        if stays is not None and self.values[stays] == side:
            return stays
        name = self._own(target, node.name)
        self._keep([Letter(name, side, "")])
        return name

    def _twin(self, node: Node, rule: Rule) -> Symbol | None:
        numbers = self.numbers(rule.form)
        others = (each for each in self.sizes.values() if each.node is node)
        return next((each.rule.target for each in others if self.numbers(each.rule.form) == numbers), None)

    def numbers(self, form: Form) -> Form:
        """A form with the values of its letters."""
        if isinstance(form, Symbol):
            return number(self.values[form])
        return rebuild(form, self.numbers)

    def needed(self, wanted: Iterable[Symbol]) -> list[Placed]:
        """The formulas that lead to some names, in order."""
        names, found = set(wanted), []
        for target, placed in reversed(self.sizes.items()):
            if target in names:
                names.update(symbols(placed.rule.form))
                found.append(placed)
        return found[::-1]

    def premises(self, rules: Iterable[Rule], shown: bool = False) -> Iterator[Given]:
        """The letters that formulas use, with their values; and what their results mean."""
        rules = list(rules)
        used = [name for rule in rules for form in (rule.form, rule.meaning) if form for name in symbols(form)]
        yield from self.stated(used, shown)
        yield from meanings(tuple(rules), same)

    def stated(self, names: Iterable[Symbol], shown: bool = False) -> Iterator[Given]:
        """The values of those names that have no formula."""
        for name in dict.fromkeys(names):
            if letter := self.letters.get(name):
                yield Given(name, number(Fraction(letter.value)), "value", (letter.note,) if letter.note else (), shown)

    def ancestors(self, names: Iterable[str]) -> list[Node]:
        """The layers of these names and all that they stand on, in order."""
        wanted, found = set(names), []
        for node in reversed(self.network.nodes):
            if node.name in wanted:
                wanted.update(node.sources)
                found.append(node)
        return found[::-1]
