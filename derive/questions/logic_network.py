"""A Boolean function as a network of threshold units: drawn, counted, and checked on its whole truth table."""

from __future__ import annotations

import random
from typing import Any, ClassVar, Literal

from pydantic import Field

from derive.network.working.tables import meaning_of
from derive.notation.form import Text
from derive.questions.base import Question
from derive.questions.fields import Names
from derive.questions.finish import finished
from derive.questions.graph_question import kind_of
from derive.questions.labelled import Boolean, data_of, unused
from derive.questions.logic_draws import draw_logic
from derive.questions.logic_picture import network_picture
from derive.questions.logic_steps import Built
from derive.record import Answer, Conventions, Derivation, Phrase, Step
from derive.training.threshold_designs import Design, designed, smallest

HOW: dict[Design, str] = {
    "tree": "as a tree of gates with two inputs, where xor and xnor take three units in two layers",
    "parity": "with one hidden layer that counts how many inputs are 1",
    "dnf": "in disjunctive normal form: a hidden unit for each row with the value 1",
    "unit": "as a single unit",
}


class LogicNetwork(Question):
    """A threshold network for a Boolean expression: units, drawing, depth, width, and its truth table checked."""

    ask: ClassVar[str] = "logic.network"
    example: ClassVar[dict[str, Any]] = {"function": "A xnor B xnor C xnor D xnor E", "design": "tree"}

    function: Boolean = Field(
        description="a Boolean expression: and, or, xor, xnor, nand, nor, not, implies, brackets, names, 0 and 1"
    )
    inputs: Names = Field((), description="the inputs in order; as they appear if not said")
    design: Literal["tree", "parity", "dnf", "unit", "auto"] = Field(
        "auto",
        description="tree of two-input gates, parity (one hidden layer that counts ones, for symmetric functions), "
        "dnf, unit (a single one), or auto: the one with the fewest units",
    )

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """A random expression in a design that is for every function, now and then the smallest."""
        return {"function": draw_logic(rng, 5), "design": rng.choice(["tree", "tree", "dnf", "auto", "auto"])}

    def solve(self, conventions: Conventions) -> Derivation:
        """What the function is, the units, the truth table, the size, and the drawing."""
        built = self._built()
        steps = (
            *built.parity_steps(), *built.unit_steps(), *built.passed_on(), built.table_step(), *built.size_steps(),
        )  # fmt: skip
        data, output = built.data, built.network.output.name
        givens = (*data.givens(), meaning_of(output, data.target))
        done = Derivation("Threshold network", self._prompt(built), givens, steps, tuple(_answers(steps)), conventions,
                          (network_picture(built.network),))  # fmt: skip
        return finished(done)

    def _built(self) -> Built:
        data = data_of(self.function, self.inputs, ("f", "g", "F"))
        hidden = unused(data.taken, "h", "u", "z")
        output = unused((*data.taken, hidden), "y", "o", "v")
        if self.design == "auto":
            design, network = smallest(self.function, data.names, hidden.base, output)
            return Built(data, network, design)
        return Built(data, designed(self.design, self.function, data.names, hidden.base, output), self.design)

    def _prompt(self, built: Built) -> Phrase:
        small, how = ("", f", {HOW[built.design]}") if self.design != "auto" else ("small ", "")
        return (
            f"Build a {small}network of threshold units that computes ", built.data.target, f"{how}. A unit gives 1 "
            "where the weighted sum of what it reads reaches its threshold, else 0. Draw it with its weights and "
            "thresholds, say how many units, how many layers, and how many units its widest layer has, and check the "
            "truth table.",
        )  # fmt: skip


def _answers(steps: tuple[Step, ...]) -> list[Answer]:
    """The size of the network, and the parity where the function is one."""
    answers = []
    for step in steps:
        if step.name in ("parity", "neurons", "layers", "width"):
            form = step.lines[-1].form
            kind = "verdict" if isinstance(form, Text) else kind_of(form)
            answers.append(Answer(step.name, kind, form, form, step.target, boxed=step.name != "parity"))
    return answers
