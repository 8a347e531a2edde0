"""Questions turned round: a size or a weight is unknown, a result is stated."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from pydantic import Field

from derive.conventions import convention
from derive.errors import InputError
from derive.network.layers.base import Framework
from derive.network.network import Network, Order, read_network
from derive.network.working.equations import claimed, polynomial_steps, solutions, solved, tries
from derive.network.working.quantities import Quantities, Stated, trainable
from derive.network.working.turned import Open
from derive.notation.build import number
from derive.notation.form import Form, Shape, Text, symbols
from derive.notation.symbols import parse_symbol, symbol_name
from derive.questions.base import Question
from derive.questions.fields import Name, Positive
from derive.questions.finish import finished
from derive.questions.network import LayerGiven, listing_of
from derive.questions.network_rules import rules_of
from derive.record import Answer, AnswerKind, Conventions, Derivation, Given, Phrase, Step

COUNT = parse_symbol("N")


class NetworkSolveFor(Question):
    """A setting of a network from a stated number of parameters or a stated output shape: all whole solutions."""

    ask: ClassVar[str] = "network.solve_for"
    example: ClassVar[dict[str, Any]] = {
        "input": [15, 3],
        "net": ["conv1d(filters=F, kernel=3)"],
        "solve_for": "F",
        "total": 640,
    }

    input: tuple[Positive | str, ...] = Field(min_length=1, max_length=4, description="shape of the input")
    net: list[LayerGiven] = Field(min_length=1, description="the layers, with the unknown's name as a setting")
    solve_for: Name = Field(description="the name of the unknown, as it stands in net or input")
    total: Positive | None = Field(None, description="the stated number of trainable parameters")
    output: tuple[Positive | None, ...] | None = Field(None, description="the stated shape of the output")
    of: str | None = Field(None, description="the layer that the stated result is about; all, or the last one")
    framework: Framework = Field(
        "keras",
        description="whose biases: keras or pytorch",
        json_schema_extra=convention(),
    )
    order: Order = Field("HWC", description="whether channels stand last or first in a shape")

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """Filters or a kernel from a count, padding or stride from a size; sometimes without a solution."""
        side, kernel, filters = rng.randint(8, 40), rng.choice([2, 3, 5]), rng.randint(2, 32)
        slip = rng.choice([0, 0, 1])
        if rng.random() < 0.5:
            units = rng.randint(2, 12)
            total = (kernel * kernel * 3 + 1) * filters + (filters + 1) * units
            net = [f"conv2d(filters=F, kernel={kernel})", "global_avg_pool2d()", f"dense(units={units})"]
            return {"input": [side, side, 3], "net": net, "solve_for": "F", "total": total + slip}
        given = {"kernel": kernel, "stride": rng.randint(1, 3), "padding": rng.randint(0, 3)}
        if rng.random() < 0.3:
            given["dilation"] = rng.randint(1, 2)
        across = rng.choice([side, rng.randint(8, 40)])
        layer = "conv2d(filters=4, {})"
        output: list[int | None] = list(read_network([layer.format(_settings(given))], [side, across, 3]).output)
        if rng.random() < 0.2:
            output[0] = None
        unknown = rng.choice(list(given))
        letter = unknown[0].upper()
        net = [layer.format(_settings({**given, unknown: letter}))]
        return {"input": [side, across, 3], "net": net, "solve_for": letter, "output": output}

    def solve(self, conventions: Conventions) -> Derivation:
        """The stated quantity over the unknown, then the whole numbers at which it has its value."""
        open_ = Open(tuple(self.net), self.input, symbol_name(self.solve_for), self.framework, self.order)
        if (self.total is None) == (self.output is None):
            raise InputError("state one result: total or output")
        if self.solve_for == COUNT or "out" in self.solve_for.sub:
            raise InputError(f"the name {open_.unknown} is taken: give the unknown another one").at(path="solve_for")
        position = self._position(open_)
        quantities = Quantities(open_)
        stated = self._counted(quantities, position) if self.total else self._sized(quantities, position)
        found = solutions(open_, stated)
        steps = [*quantities.steps, *self._solution(open_, stated, found)]
        form = claimed(found)
        kind: AnswerKind = "verdict" if not found else "integer" if len(found) == 1 else "points"
        answer = Answer(symbol_name(self.solve_for), kind, form, form, steps[-1].target)
        unknown = Given(self.solve_for, None, "unknown")
        return finished(
            Derivation(
                "Solve for a setting",
                self._prompt(),
                (*quantities.givens, unknown),
                tuple(steps),
                (answer,),
                conventions,
                listings=listing_of(self.net, top_names(open_.sample)),
            ),
            *rules_of(open_.sample, listed=True),
        )

    def _position(self, open_: Open) -> int | None:
        if self.of is None:
            return None
        return open_.sample.nodes.index(open_.sample.node(self.of))

    def _counted(self, quantities: Quantities, position: int | None) -> list[Stated]:
        assert self.total is not None
        positions = range(len(quantities.net.nodes)) if position is None else [position]
        quantities.count(positions, COUNT)
        if not symbols(quantities.open.form(lambda net: trainable(net, positions)) or self.solve_for):
            raise InputError(f"the number of parameters does not depend on {symbol_name(self.solve_for)}")
        form = quantities.alone(quantities.steps[-1].lines[-1].form)
        return [Stated(COUNT, lambda net: trainable(net, positions), self.total, form)]

    def _sized(self, quantities: Quantities, position: int | None) -> list[Stated]:
        net = quantities.net
        assert self.output is not None
        at = len(net.nodes) - 1 if position is None else position
        size = net.sizes[net.nodes[at].name]
        wanted = self.output if self.order == "HWC" or len(size) == 1 else (*self.output[1:], self.output[0])
        if len(wanted) != len(size):
            raise InputError(f"the output has {len(size)} sides, not {len(wanted)}")
        stated = quantities.sides(at, wanted)
        if not stated:
            raise InputError(f"what is stated of the output does not depend on {symbol_name(self.solve_for)}")
        return stated

    def _solution(self, open_: Open, stated: list[Stated], found: list[int]) -> list[Step]:
        if len(stated) == 1 and stated[0].form and len(open_.polynomial(stated[0].of) or ()) > 1:
            return polynomial_steps(open_, stated[0], found)
        table = tries(open_, stated)
        these = "it" if len(stated) == 1 else "these"
        reason = f"all whole numbers that give {these}" if found else "it is passed over"
        if not found and all(solutions(open_, [each]) for each in stated):
            reason = "none gives all of these"
        return [*([table] if table else []), solved(open_, stated, found, (reason,))]

    def _prompt(self) -> Phrase:
        if self.total is not None:
            what: Phrase = (f"The {'layer' if self.of or len(self.net) == 1 else 'network'} has ", number(self.total),
                            " trainable parameters.")  # fmt: skip
        else:
            what = ("The output has the shape ", _shape(self.output or ()), ".")
        return ("The input has the shape ", _shape(self.input), ". ", *what, " Find ", self.solve_for, ".")


def _settings(given: Mapping[str, Any]) -> str:
    return ", ".join(f"{name}={value}" for name, value in given.items())


def _shape(sides: Sequence[int | str | None]) -> Form:
    """A shape in which a side may be a name, or may be left open."""
    dims = [
        parse_symbol(side) if isinstance(side, str) else Text("?") if side is None else number(side) for side in sides
    ]
    return dims[0] if len(dims) == 1 else Shape(tuple(dims))


def top_names(net: Network) -> list[str]:
    """The names of the layers as a user gave them, a block as one."""
    return list(dict.fromkeys(node.name.split(".")[0] for node in net.nodes))
