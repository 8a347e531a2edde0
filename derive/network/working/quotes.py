"""The formulas that the numbers of a table are put into: quoted once, in the letters of one layer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from derive.network.layers.base import Rule, axes
from derive.network.network import Network, Node
from derive.network.working.shapes import meanings, renamed
from derive.network.working.tables import HIDDEN, whole
from derive.network.working.written import Placed, Written
from derive.notation.form import Fence, Form, Relation, Symbol, symbols, walk
from derive.notation.symbols import symbol_name
from derive.record import Given, Line, Phrase, Step

Quoted = tuple[Node, Rule]


@dataclass(frozen=True)
class Quotes:
    """Formulas, each with the first layer that has it."""

    network: Network
    rules: tuple[Quoted, ...]

    @property
    def words(self) -> Phrase:
        """The sentence above the table."""
        words: list[str | Form] = []
        for _, rule in self.rules:
            words += ["; " if words else "", *rule.reason, ": ", Relation("=", rule.target, rule.form)]
        first = words[1] if words else ""
        return (first[:1].upper() + first[1:], *words[2:], ".") if isinstance(first, str) and words else (*words,)

    def steps(self) -> list[Step]:
        """The formulas as steps that are judged and not printed."""
        rules = [rule for _, rule in self._marked()]
        return [Step(symbol_name(rule.target), rule.target, (Line("=", rule.form),), level=HIDDEN) for rule in rules]

    def premises(self) -> list[Given]:
        """The letters of the formulas, with their values in the layer, and what these mean."""
        given: list[Given] = []
        for letters, rule in self._marked():
            used = symbols(rule.form)
            given += [
                Given(name, whole(value), "value", shown=False) for name, value in letters.items() if name in used
            ]
            given += meanings((rule,))
        return given

    def _marked(self) -> list[tuple[dict[Symbol, int], Rule]]:
        """The formulas in letters that tell them from one another, with values."""
        found = []
        for place, (node, rule) in enumerate(self.rules, 1):
            takes = self.network.takes(node)

            def mark(symbol: Symbol, place: int = place) -> Symbol:
                return replace(symbol, sub=(*symbol.sub, "rule", str(place)))

            letters = {mark(each.symbol): each.value for each in (*axes(takes[0]), *node.layer.letters(*takes))}
            meaning = None if rule.meaning is None else renamed(rule.meaning, mark)
            shown = replace(rule, target=mark(rule.target), form=renamed(rule.form, mark), meaning=meaning)
            found.append((letters, shown))
        return found


def quotes(written: Written, rules: Iterable[Quoted]) -> Quotes:
    """Different formulas once each; those of height and width count as one."""
    found: dict[Form, Quoted] = {}
    for node, rule in rules:
        found.setdefault(renamed(rule.form, _of_any_side), (node, rule))
    return Quotes(written.network, tuple(found.values()))


def _of_any_side(symbol: Symbol) -> Symbol:
    """The letters as they stand for the height: the other sides have the same formula."""
    sub = tuple(piece for piece in symbol.sub if piece not in "HWLD")
    return replace(symbol, base="H" if symbol.base in "WLD" else symbol.base, sub=sub)


def size_formulas(written: Written, placed: Iterable[Placed]) -> list[Quoted]:
    """The formulas of sides that cut a fraction; the others need no quoting."""
    nodes = dict.fromkeys(each.node.name for each in placed)
    return [
        (node, rule)
        for node in map(written.network.node, nodes)
        for rule in written.plain_rules(node)
        if any(isinstance(part, Fence) for part in walk(rule.form))
    ]
