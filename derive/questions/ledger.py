"""One table for a network: shapes, parameters, receptive fields, multiply-adds and memory, with totals."""

from __future__ import annotations

import random
from typing import Any, ClassVar

from derive.network.working.ledger_table import LedgerTable
from derive.network.working.shapes import shape_form
from derive.network.working.tables import whole
from derive.network.working.written import Written
from derive.questions.network import NetworkQuestion
from derive.questions.network_draws import draw_network
from derive.record import Answer, Conventions, Derivation, Phrase


class NetworkLedger(NetworkQuestion):
    """One table for a network: output, parameters, receptive field, multiply-adds and memory of each layer, totals."""

    ask: ClassVar[str] = "network.ledger"
    example: ClassVar[dict[str, Any]] = {
        "input": [32, 32, 1],
        "net": [
            "conv2d(filters=6, kernel=5)", "max_pool2d(kernel=2)", "conv2d(filters=16, kernel=5)",
            "max_pool2d(kernel=2)", "flatten()", "dense(units=120)", "dense(units=84)", "dense(units=10)",
        ],
    }  # fmt: skip

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """A random network."""
        return draw_network(rng)

    def solve(self, conventions: Conventions) -> Derivation:
        """A row for each layer, the sums in the last."""
        network = self.network()
        made = LedgerTable(Written(network, folds=True))
        sums = made.sums
        found = [("parameters", sums.trainable, "parameters"), ("multiply-adds", sums.multiply_adds, "multiply-adds"),
                 ("bytes", sums.bytes, "bytes")]  # fmt: skip
        if sums.fixed:
            found.insert(1, ("not trainable", sums.fixed, "parameters that are not trained"))
        answers = tuple(Answer(name, "integer", whole(v), whole(v), unit=unit) for name, v, unit in found)
        prompt: Phrase = (
            "Fill in a table of the network for one input of ", shape_form(network.input, self.order),
            ": for each layer the shape of its output, its parameters, the receptive field of one of its cells, its "
            "multiply-adds (biases not counted), and the memory of its output in single precision; and the totals.",
        )  # fmt: skip
        told = (tuple(made.premises()), (*made.working(), made.step()), answers)
        return self.sheet("Ledger", prompt, network, told, conventions, words=False)
