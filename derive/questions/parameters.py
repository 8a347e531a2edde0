"""How many parameters: of one layer, of several, of a network, and what another input changes."""

from __future__ import annotations

import random
from typing import Any, ClassVar

from pydantic import Field

from derive.errors import InputError
from derive.network.network import Network, Node, read_network
from derive.network.working.counts import COUNT, FIXED, UNIT, count_name, count_table, held, sum_step
from derive.network.working.shapes import shape_form
from derive.network.working.single import layer_steps
from derive.network.working.tables import whole
from derive.network.working.written import Written
from derive.notation.form import Symbol
from derive.notation.words import joined
from derive.questions.fields import Positive
from derive.questions.network import Found, LayerNames, NetworkQuestion, known_layers
from derive.questions.network_change import change_found
from derive.questions.network_draws import draw_network, inner_size
from derive.record import Answer, Conventions, Derivation, Phrase


class NetworkParameters(NetworkQuestion):
    """The numbers of parameters: formula, numbers, value of one layer; a table and totals for several."""

    ask: ClassVar[str] = "network.parameters"
    example: ClassVar[dict[str, Any]] = {
        "input": [256, 256, 3],
        "net": ["conv2d(filters=64, kernel=5)", "conv2d(filters=128, kernel=5)", "max_pool2d(kernel=2)"],
    }

    of: LayerNames = Field((), description="the layers that are counted; all of them if not said")
    compare: tuple[Positive, ...] | None = Field(
        None, max_length=4, description="shape of another input, whose effect on the trainable parameters is asked for"
    )

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """A random network; all of it, one layer, or with another input."""
        given = draw_network(rng)
        names = [node.name for node in read_network(given["net"], inner_size(given)).nodes]
        choice = rng.random()
        if choice < 0.35:
            return {**given, "of": rng.choice(names)}
        if choice < 0.5:
            return {**given, "of": sorted(rng.sample(names, min(2, len(names))), key=names.index)}
        other = [side if side <= 16 else side + rng.choice([0, 8, 16]) for side in given["input"]]
        return {**given, "compare": other} if choice < 0.75 and len(other) > 2 else given

    def solve(self, conventions: Conventions) -> Derivation:
        """Layer by layer, then the totals; or the change that another input makes."""
        network = self.network()
        asked = known_layers(network, self.of) or tuple(node.name for node in network.nodes)
        nodes = [node for node in network.nodes if node.name in asked]
        if self.compare is not None:
            found = change_found(network, self._other(), nodes)
        elif len(nodes) == 1:
            found = _one(network, nodes[0], conventions)
        else:
            found = _several(network, nodes)
        prompt = self._prompt(network, nodes)
        return self.sheet("Numbers of parameters", prompt, network, found, conventions, words=self.compare is None)

    def _other(self) -> Network:
        assert self.compare is not None
        if len(self.compare) != len(self.input):
            raise InputError("the other input has another number of axes").at(path="compare")
        try:
            return read_network(self.net, self.compare, self.framework, self.order)
        except InputError as error:
            raise error.at(path="compare") from None

    def _prompt(self, network: Network, nodes: list[Node]) -> Phrase:
        size = shape_form(network.input, self.order)
        alone = len(network.nodes) == 1 and self.compare is None
        asked = network.nodes[0].layer.words if alone else joined(self.of) if self.of else "the network"
        if self.compare is not None:
            other = shape_form(self._other().input, self.order)
            return (f"How does the number of trainable parameters of {asked} change if the input is ", other,
                    " in place of ", size, "?")  # fmt: skip
        fixed = any(held(network, node, trainable=False) for node in nodes)
        what = "How many trainable and how many other parameters" if fixed else "How many trainable parameters"
        verb = "have" if len(self.of) > 1 and not alone else "has"
        return (f"{what} {verb} {asked} for an input of ", size, "?")


def _one(network: Network, node: Node, conventions: Conventions) -> Found:
    """The layer in its own letters."""
    steps, givens = layer_steps(network, node, conventions)
    return tuple(givens), tuple(steps), _answers(network, [node])


def _several(network: Network, nodes: list[Node]) -> Found:
    """A table, then the sums."""
    written = Written(network, folds=True)
    steps, givens = count_table(written, nodes)
    for target, trainable in ((COUNT, True), (FIXED, False)):
        terms = {count_name(written, node, trainable): held(network, node, trainable) for node in nodes}
        if trainable or any(terms.values()):
            used = {name: value for name, value in terms.items() if value or trainable}
            step, given = sum_step(target, used, ("all layers",) if trainable else ("not trained",))
            steps.append(step)
            givens.append(given)
    return tuple(givens), tuple(steps), (*_answers(network, nodes), *_by_layer(written, nodes))


def _answers(network: Network, nodes: list[Node]) -> tuple[Answer, ...]:
    """The trainable ones; the others where there are some."""
    total, fixed = (sum(held(network, node, trainable) for node in nodes) for trainable in (True, False))
    found = [_answer("parameters", total, COUNT)]
    return (*found, _answer("not trainable", fixed, FIXED)) if fixed else tuple(found)


def _answer(name: str, value: int, label: Symbol) -> Answer:
    return Answer(name, "integer", whole(value), whole(value), label, unit=UNIT)


def _by_layer(written: Written, nodes: list[Node]) -> list[Answer]:
    """The results on the way."""
    values = [(node, held(written.network, node)) for node in nodes]
    return [
        Answer(node.name, "integer", whole(value), whole(value), count_name(written, node), UNIT, boxed=False)
        for node, value in values
    ]
