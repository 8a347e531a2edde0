"""The shapes along a network: formulas with letters where there are few layers, a table of numbers where many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from derive.network.layers.base import AXES, Rule
from derive.network.network import Node
from derive.network.working.quotes import Quoted, quotes, size_formulas
from derive.network.working.shapes import axis_step, axis_words, ordered, shape_form
from derive.network.working.tables import ACCURACY, cell, columns, sheet_of, table, worked
from derive.network.working.written import Placed, Written
from derive.notation.form import Form, Shape, Symbol
from derive.notation.symbols import symbol_name
from derive.record import Given, Line, Phrase, Step


def axes_form(written: Written, name: str) -> Form:
    """The shape behind a layer in letters."""
    names = written.axes[name]
    return names[0] if len(names) == 1 else Shape(ordered(names, written.network.order))


def shape_cell(written: Written, node: Node, answer: str = "") -> Step:
    """The shape behind a layer, made of the axes that were worked out; in a box where it is an answer."""
    value = Line("=", shape_form(written.network.sizes[node.name], written.network.order), boxed=bool(answer))
    return Step(answer or f"shape of {node.name}", axes_form(written, node.name), (value,))


@dataclass(frozen=True)
class Sizing:
    """The columns that say how the shapes of some layers come about.

    Attributes:
        placed: the formulas that are worked out.
        answers: the layers whose shape stands in a box, with the name of the answer.
    """

    written: Written
    nodes: tuple[Node, ...]
    placed: tuple[Placed, ...]
    answers: Mapping[str, str] = field(default_factory=dict)

    @property
    def shapes(self) -> bool:
        """Whether all axes behind the layers are known, so that a column can show the shapes."""
        known = {*self.written.letters, *(each.rule.target for each in self.placed)}
        return bool(self.nodes) and all(known.issuperset(self.written.axes[node.name]) for node in self.nodes)

    def cells(self) -> list[tuple[Step, ...]]:
        """For each layer the axes that have a formula and numbers of their own, then the shape."""
        working = columns([tuple(map(self._worked, self._rules(node))) for node in self.nodes])
        if not self.shapes:
            return working
        shapes = [shape_cell(self.written, node, self.answers.get(node.name, "")) for node in self.nodes]
        return [(*cells, shape) for cells, shape in zip(working, shapes, strict=True)]

    def _rules(self, node: Node) -> list[Rule]:
        return [each.rule for each in self.placed if each.node.name == node.name]

    def _worked(self, rule: Rule) -> Step:
        return cell(rule.target, *worked(rule.form, self.written))

    def heads(self) -> list[Phrase]:
        """What stands above the cells."""
        width = max((len(self._rules(node)) for node in self.nodes), default=0)
        return [*[("working",), ("",), ("",)][:width], *([self.head] if self.shapes else [])]

    @property
    def head(self) -> Phrase:
        """What stands above the shapes: the order of their axes."""
        network = self.written.network
        rank = max((len(network.sizes[node.name]) for node in self.nodes), default=1)
        return ("output" if rank == 1 else f"output, {'×'.join(ordered(AXES[rank], network.order))}",)

    def formulas(self) -> list[Quoted]:
        """What is to be quoted above the table."""
        return size_formulas(self.written, self.placed)

    def premises(self) -> list[Given]:
        """The letters and meanings: they stand in the network, and are not printed once more."""
        used = [name for node in self.nodes for name in self.written.axes[node.name]]
        given = [*self.written.premises([each.rule for each in self.placed]), *self.written.stated(used)]
        return list(dict.fromkeys(given))

    def table(self) -> tuple[list[Step], list[Given]]:
        """A row for each layer, the formulas once above; with its premises."""
        quoted = quotes(self.written, self.formulas())
        rows = [(node.name, cells) for node, cells in zip(self.nodes, self.cells(), strict=True)]
        made = table("output shapes", [("layer",), *self.heads()], rows, quoted.words)
        return [*quoted.steps(), made], [*self.premises(), *quoted.premises()]


def all_sizes(written: Written, nodes: Sequence[Node], answers: Mapping[str, str] | None = None) -> Sizing:
    """The shapes behind all of these layers."""
    return Sizing(written, tuple(nodes), tuple(placed_in(written, nodes)), answers or {})


def needed_sizes(written: Written, wanted: Iterable[Symbol], also: Sequence[Node] = ()) -> Sizing:
    """What leads to some quantities; further layers have a row too."""
    placed = written.needed(wanted)
    names = {each.node.name for each in placed} | {node.name for node in also}
    return Sizing(written, tuple(node for node in written.network.nodes if node.name in names), tuple(placed))


def placed_in(written: Written, nodes: Sequence[Node]) -> list[Placed]:
    """The formulas of these layers' axes."""
    names = {node.name for node in nodes}
    return [each for each in written.sizes.values() if each.node.name in names]


# letters with the number of their layer


def letter_steps(written: Written, nodes: Sequence[Node]) -> list[Step]:
    """Layer by layer the formula of each axis, with numbers and value."""
    steps: list[Step] = []
    sheet = sheet_of(written)
    for node in nodes:
        own: list[Step] = []
        for each in placed_in(written, [node]):
            own.append(axis_step(each.rule, sheet, own))
        if own:
            words = (f"Layer {written.number[node.name]}, {node.name}:",)
            steps += [replace(own[0], intro=words), *own[1:]]
    return steps


def shape_step(written: Written, name: str, target: Symbol, reason: Phrase = ()) -> Step:
    """The shape behind a layer from its axes."""
    size, order = written.network.sizes[name], written.network.order
    letters = Line("=", axes_form(written, name), reason or (axis_words(len(size), order),))
    lines = (letters, Line("=", shape_form(size, order)))
    return Step(symbol_name(target), target, lines, "output shape", marks=ACCURACY)
