"""One layer in its own letters: what its input comes to, then formula, numbers and value of its parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from derive.network.layers.base import Rule, axes
from derive.network.network import INPUT, Network, Node
from derive.network.working.counts import COUNT, FIXED, rules_of, tensor_form
from derive.network.working.sizing import needed_sizes
from derive.network.working.tables import METHOD, meaning_of, whole
from derive.network.working.written import Written
from derive.notation.build import ZERO, add
from derive.notation.form import Form, symbols
from derive.notation.symbols import symbol_name
from derive.notation.worksheet import Worksheet
from derive.record import Conventions, Given, Line, Step


def layer_steps(network: Network, node: Node, conventions: Conventions) -> tuple[list[Step], list[Given]]:
    """The letters of the layer's input, then formula, numbers, value; a check by the entries of its tensors."""
    rules = node.layer.count_rules(network.framework, *network.takes(node))
    steps, givens = input_steps(network, node, rules)
    sheet = Worksheet(conventions, dict(_values(network, node)))
    for trainable in (True, False):
        own = rules_of(rules, trainable)
        target = COUNT if trainable else FIXED
        if not own and trainable:
            givens.append(meaning_of(target, tensor_form(network, node)))
            line = Line("=", ZERO, (f"{node.name} holds no numbers that are learnt",))
            steps.append(Step(symbol_name(target), target, (line,), "number of parameters", marks=METHOD))
        if own:
            steps += _formula_steps(network, node, own, sheet)
            givens += [meaning_of(target, rule.meaning) for rule in own if rule.meaning is not None and len(own) == 1]
    return steps, givens


def _formula_steps(network: Network, node: Node, rules: list[Rule], sheet: Worksheet) -> list[Step]:
    trainable = rules[0].trainable
    target = COUNT if trainable else FIXED
    form = add([rule.form for rule in rules])
    why = tuple(piece for rule in rules for piece in ("; ", *rule.reason))[1:]
    found = sheet.step(symbol_name(target), target, form, why, rule="number of parameters")
    entries = tensor_form(network, node, trainable)
    if any(line.form == entries for line in found.lines):
        return [found]
    tensors = [tensor.name for tensor in network.tensors(node) if tensor.trainable == trainable]
    check = Line("=", entries, ("check: the entries of " + ", ".join(tensors),))
    return [found, Step(f"{symbol_name(target)} by tensors", target, (check,), "check", level=2)]


def _values(network: Network, node: Node) -> Mapping[Form, Fraction]:
    """The letters of a layer and of its input's axes."""
    takes = network.takes(node)
    letters = (*axes(takes[0]), *node.layer.letters(*takes))
    return {letter.symbol: Fraction(letter.value) for letter in letters}


def input_steps(network: Network, node: Node, rules: Sequence[Rule]) -> tuple[list[Step], list[Given]]:
    """The letters of the formulas: settings and the network's input are given, other axes are worked out."""
    used = {name for rule in rules for form in (rule.form, rule.meaning) if form for name in symbols(form)}
    takes = network.takes(node)
    own = {letter.symbol: letter for letter in node.layer.letters(*takes)}
    written = Written(network, folds=True)
    source = node.sources[0]
    steps: list[Step] = []
    givens: list[Given] = []
    pairs = zip(axes(takes[0]), written.axes[source], strict=True)
    inputs = [(letter, axis) for letter, axis in pairs if letter.symbol in used and letter.symbol not in own]
    sizing = needed_sizes(written, [axis for _, axis in inputs])
    if sizing.placed:
        steps, givens = sizing.table()
    for letter, axis in inputs:
        if source == INPUT:
            givens.append(Given(letter.symbol, whole(letter.value), "value", (letter.note,)))
        else:
            givens += [*written.stated([axis]), meaning_of(letter.symbol, axis)]
            line = Line("=", whole(letter.value), (f"{letter.note} of {source}",))
            steps.append(Step(symbol_name(letter.symbol), letter.symbol, (line,), "size of the input"))
    givens += [Given(n, whole(letter.value), "value", (letter.note,)) for n, letter in own.items() if n in used]
    return steps, list(dict.fromkeys(givens))
