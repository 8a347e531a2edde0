"""Questions turned round: a size or a weight is unknown, a result is stated."""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any, ClassVar

from pydantic import Field

from derive.conventions import convention
from derive.errors import InputError
from derive.network.layers.base import Framework
from derive.network.network import Network, Order
from derive.network.working.equations import (
    Stated,
    claimed,
    counted,
    polynomial_steps,
    sides,
    solutions,
    solved,
    trainable,
    tries,
)
from derive.network.working.turned import Open
from derive.notation.build import number
from derive.notation.form import Form, Shape, Text
from derive.notation.symbols import parse_symbol, symbol_name
from derive.questions.base import Question
from derive.questions.fields import Name, Positive
from derive.questions.finish import finished
from derive.questions.network import LayerGiven, listing_of
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
        stride, padding = rng.randint(1, 3), rng.randint(0, 3)
        size = (side + 2 * padding - kernel) // stride + 1
        unknown = rng.choice(["padding", "stride", "kernel"])
        given = {"kernel": kernel, "stride": stride, "padding": padding}
        letter = unknown[0].upper()
        settings = ", ".join(f"{name}={letter if name == unknown else value}" for name, value in given.items())
        return {
            "input": [side, side, 3],
            "net": [f"conv2d(filters=4, {settings})"],
            "solve_for": letter,
            "output": [size, size, 4],
        }

    def solve(self, conventions: Conventions) -> Derivation:
        """The stated quantity over the unknown, then the whole numbers at which it has its value."""
        open_ = Open(tuple(self.net), self.input, symbol_name(self.solve_for), self.framework, self.order)
        if (self.total is None) == (self.output is None):
            raise InputError("state one result: total or output")
        position = self._position(open_)
        steps, givens, stated = self._counted(open_, position) if self.total else self._sized(open_, position)
        found = solutions(open_, stated)
        steps += self._solution(open_, stated, found, steps)
        form = claimed(found)
        kind: AnswerKind = "verdict" if not found else "integer" if len(found) == 1 else "points"
        answer = Answer(symbol_name(self.solve_for), kind, form, form, steps[-1].target)
        unknown = Given(self.solve_for, None, "unknown")
        return finished(
            Derivation(
                "Solve for a setting",
                self._prompt(),
                (*givens, unknown),
                tuple(steps),
                (answer,),
                conventions,
                listings=listing_of(self.net, top_names(open_.sample)),
            )
        )

    def _position(self, open_: Open) -> int | None:
        if self.of is None:
            return None
        return open_.sample.nodes.index(open_.sample.node(self.of))

    def _counted(self, open_: Open, position: int | None) -> tuple[list[Step], list[Given], list[Stated]]:
        assert self.total is not None
        positions = range(len(open_.sample.nodes)) if position is None else [position]
        steps, givens = counted(open_, positions, COUNT)
        if not steps:
            raise InputError("no layer here has parameters")
        return steps, givens, [Stated(COUNT, lambda net: trainable(net, positions), self.total)]

    def _sized(self, open_: Open, position: int | None) -> tuple[list[Step], list[Given], list[Stated]]:
        net = open_.sample
        assert self.output is not None
        at = len(net.nodes) - 1 if position is None else position
        size = net.sizes[net.nodes[at].name]
        wanted = self.output if self.order == "HWC" or len(size) == 1 else (*self.output[1:], self.output[0])
        if len(wanted) != len(size):
            raise InputError(f"the output has {len(size)} sides, not {len(wanted)}")
        steps, givens, stated = sides(open_, at, [w or 0 for w in wanted])
        if not stated:
            raise InputError(f"the shape of the output does not depend on {symbol_name(self.solve_for)}")
        return steps, givens, stated

    def _solution(self, open_: Open, stated: list[Stated], found: list[int], steps: list[Step]) -> list[Step]:
        if len(stated) == 1 and (poly := open_.polynomial(stated[0].of)) is not None and len(poly) > 1:
            return polynomial_steps(open_, stated[0], found)
        table = tries(open_, stated[0], found, steps[-1].lines[-1].form)
        reason: Phrase = ("all whole numbers that give it",) if found else ("it is passed over",)
        return [*([table] if table else []), solved(open_, stated, found, reason)]

    def _prompt(self) -> Phrase:
        if self.total is not None:
            what: Phrase = (f"The {'layer' if self.of or len(self.net) == 1 else 'network'} has ", number(self.total),
                            " trainable parameters.")  # fmt: skip
        else:
            what = ("The output has the shape ", _shape(self.output or ()), ".")
        return ("The input has the shape ", _shape(self.input), ". ", *what, " Find ", self.solve_for, ".")


def _shape(sides: Sequence[int | str | None]) -> Form:
    """A shape in which a side may be a name, or may be left open."""
    dims = [
        parse_symbol(side) if isinstance(side, str) else Text("?") if side is None else number(side) for side in sides
    ]
    return dims[0] if len(dims) == 1 else Shape(tuple(dims))


def top_names(net: Network) -> list[str]:
    """The names of the layers as a user gave them, a block as one."""
    return list(dict.fromkeys(node.name.split(".")[0] for node in net.nodes))
