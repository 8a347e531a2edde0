"""Numbers of parameters layer by layer, in a table. What a number means is the entries of the layer's tensors."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from derive.network.layers.base import Rule
from derive.network.network import Network, Node
from derive.network.working.quotes import Quoted, quotes
from derive.network.working.sizing import needed_sizes
from derive.network.working.tables import BLANK, METHOD, cell, meaning_of, table, whole, worked
from derive.network.working.written import Written
from derive.notation.build import ZERO, add, multiply
from derive.notation.form import Form, Number, Symbol, symbols
from derive.notation.symbols import parse_symbol, symbol_name
from derive.record import Given, Line, Mark, Phrase, Step

COUNT, FIXED = parse_symbol("N"), parse_symbol("N_fixed")
UNIT = "parameters"
MANY = 12
"""A sum of more numbers is not written out: they stand in the column."""


def held(network: Network, node: Node, trainable: bool = True) -> int:
    """How many parameters a layer holds."""
    return sum(tensor.count for tensor in network.tensors(node) if tensor.trainable == trainable)


def tensor_form(network: Network, node: Node, trainable: bool = True) -> Form:
    """The entries of a layer's tensors: 5·5·3·64 + 64."""
    sizes = [
        multiply([whole(size) for _, size in tensor.axes])
        for tensor in network.tensors(node)
        if tensor.trainable == trainable
    ]
    return add(sizes)


def rules_of(rules: Iterable[Rule], trainable: bool = True) -> list[Rule]:
    """The formulas that count such parameters."""
    return [rule for rule in rules if rule.trainable == trainable]


def count_rule(written: Written, node: Node, trainable: bool = True) -> Rule | None:
    """All parameters of a layer in one formula; None where it holds none."""
    rules = rules_of(written.counts(node), trainable)
    if not rules:
        return None
    return replace(rules[0], form=add([rule.form for rule in rules]), meaning=None) if len(rules) > 1 else rules[0]


def count_name(written: Written, node: Node, trainable: bool = True) -> Symbol:
    """The name of a layer's number of parameters."""
    base = COUNT if trainable else FIXED
    return replace(base, sub=(*base.sub, *written.mark), sup=str(written.number[node.name]))


def count_cell(written: Written, node: Node, trainable: bool = True) -> Step:
    """The numbers of the formula and the value; 0 where a layer holds nothing."""
    rule = count_rule(written, node, trainable)
    target = count_name(written, node, trainable)
    if rule is None:
        return cell(target, Line("=", ZERO)) if trainable else BLANK
    return cell(target, *worked(rule.form, written))


def count_premises(written: Written, nodes: Sequence[Node]) -> list[Given]:
    """The letters of the formulas, and what the numbers mean: the entries of the tensors."""
    given: list[Given] = []
    for node in nodes:
        for trainable in (True, False):
            if rule := count_rule(written, node, trainable):
                given += written.stated(symbols(rule.form))
            given.append(
                meaning_of(count_name(written, node, trainable), tensor_form(written.network, node, trainable))
            )
    return list(dict.fromkeys(given))


def count_formulas(written: Written, nodes: Sequence[Node]) -> list[Quoted]:
    """The formulas of these layers in their own letters."""
    network = written.network
    return [
        (node, rule)
        for node in nodes
        for rule in node.layer.count_rules(network.framework, *network.takes(node))
        if not isinstance(rule.form, Number)
    ]


def count_table(
    written: Written, asked: Sequence[Node], name: str = "numbers of parameters", words: Phrase | None = None
) -> tuple[list[Step], list[Given]]:
    """A row for each layer: its sides and shape where they matter, its parameters, those that are not trained.

    Args:
        name: of the step.
        words: what stands above the table in place of the formulas.
    """
    used = [name for node in asked for rule in written.counts(node) for name in symbols(rule.form)]
    sizing = needed_sizes(written, used, asked)
    fixed = any(held(written.network, node, trainable=False) for node in asked)
    rows = [
        (node.name, (*(cells if sizing.placed else ()), *(_counts(written, node, fixed) if node in asked else ())))
        for node, cells in zip(sizing.nodes, sizing.cells(), strict=True)
    ]
    sides = sizing.heads() if sizing.placed else []
    heads = [("layer",), *sides, ("parameters",), *([("not trained",)] if fixed else [])]
    premises = [*(sizing.premises() if sizing.placed else []), *count_premises(written, asked)]
    if words is not None:
        return [table(name, heads, rows, words)], list(dict.fromkeys(premises))
    formulas = quotes(written, [*sizing.formulas(), *count_formulas(written, asked)])
    steps = [*formulas.steps(), table(name, heads, rows, formulas.words)]
    return steps, list(dict.fromkeys((*premises, *formulas.premises())))


def _counts(written: Written, node: Node, fixed: bool) -> list[Step]:
    return [count_cell(written, node), *([count_cell(written, node, False)] if fixed else [])]


def sum_step(
    target: Symbol, terms: Mapping[Symbol, int], reason: Phrase, marks: tuple[Mark, ...] = METHOD
) -> tuple[Step, Given]:
    """The sum of a column: its numbers without the zeros, and the value."""
    numbers = [whole(value) for value in terms.values() if value]
    value = Line("=", whole(sum(terms.values())), reason)
    lines: tuple[Line, ...] = (value,)
    if 1 < len(numbers) <= MANY:
        lines = (Line("=", add(numbers), reason), replace(value, reason=()))
    step = Step(symbol_name(target), target, lines, "sum", marks=marks)
    return step, meaning_of(target, add(list(terms)) if terms else ZERO)
