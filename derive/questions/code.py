"""Networks as source code: written in Keras or PyTorch, and read from a listing with what is broken in it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from typing import Any, ClassVar, Literal

from pydantic import Field

from derive.errors import InputError
from derive.network.code.agreement import check_back
from derive.network.code.fitting import Compile, Fit, training
from derive.network.code.reading import Reading, read_listing
from derive.network.code.source import Source, source
from derive.network.code.told import told
from derive.network.layers.base import Size
from derive.network.network import Network
from derive.network.working.counts import (
    COUNT,
    FIXED,
    UNIT,
    count_cell,
    count_formulas,
    count_name,
    count_premises,
    held,
    sum_step,
)
from derive.network.working.quotes import quotes
from derive.network.working.shapes import answer, shape_form
from derive.network.working.sizing import all_sizes
from derive.network.working.tables import table, whole
from derive.network.working.written import Written
from derive.notation.form import Text
from derive.questions.base import Question
from derive.questions.code_draws import draw_listing
from derive.questions.fields import Positive
from derive.questions.finish import finished
from derive.questions.network import Found, NetworkQuestion
from derive.questions.network_draws import draw_network
from derive.questions.network_rules import rules_of
from derive.record import Answer, Conventions, Derivation, Given, Listing, Mark, Phrase, Step

ONE = Fraction(1)
TRAINS = ("optimizer =", "optimizer=", "loss =", "loss=", "def loss", "def train")
"""How the lines begin that earn a mark behind those of the layers."""
OUTPUT = Text("output shape")
FRAMEWORKS = {"keras": "Keras", "pytorch": "PyTorch"}


class NetworkCode(NetworkQuestion):
    """The source of a network in Keras or PyTorch, with the imports, and the shape behind each layer."""

    ask: ClassVar[str] = "network.code"
    example: ClassVar[dict[str, Any]] = {
        "input": [28, 28, 1],
        "net": ["conv2d(filters=8, kernel=3, activation=relu)", "max_pool2d()", "flatten()",
                "dense(units=10, activation=softmax)"],
        "framework": "pytorch",
    }  # fmt: skip

    compile: Compile | None = Field(None, description="optimizer, rate and loss, where the code is to set them")
    fit: Fit | None = Field(None, description="epochs, batch_size and patience, where the code is to train")

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """A random network that both frameworks have, sometimes with the lines that train it."""
        while True:
            given = draw_network(rng)
            if rng.random() < 0.3:
                given["compile"] = {"optimizer": rng.choice(["adam", "sgd"]), "rate": rng.choice([0.1, 0.01, 0.001])}
                if rng.random() < 0.5:
                    given["fit"] = {"epochs": rng.randint(1, 200), "patience": rng.randint(1, 9)}
            try:
                cls.model_validate(given)._source()
            except InputError:
                continue  # a layer has no counterpart
            return given

    def solve(self, conventions: Conventions) -> Derivation:
        """The listing, a mark for each layer; then the shapes as a table."""
        network, code = self._source()
        intro = (f"In {FRAMEWORKS[self.framework]}:",)
        marks = _marks(network, code)
        listing = Step("code", intro=intro, rule="source code", marks=marks, level=0, listing=Listing(code.text))
        written = Written(network, folds=True)
        last = network.nodes[-1].name
        steps, premises = all_sizes(written, network.nodes, {last: "shape"}).table()
        answers = (
            Answer("code", "code", Text(code.text)),
            answer("shape", network.output, OUTPUT, self.order),
        )
        prompt: Phrase = (
            f"Write this network in {FRAMEWORKS[self.framework]}, with {self._parts()}, "
            "and give the shape behind each layer. The input is ", shape_form(network.input, self.order), ".",
        )  # fmt: skip
        found = (tuple(dict.fromkeys(premises)), (listing, *steps), answers)
        return self.sheet("Source code", prompt, network, found, conventions, words=False)

    def _parts(self) -> str:
        if self.fit:
            return "the lines that train it"
        return "optimizer and loss" if self.compile else "the imports"

    def _source(self) -> tuple[Network, Source]:
        """The network and its source, which was read back where that can be done."""
        network = self.network()
        lines: tuple[str, ...] = ()
        if self.compile or self.fit:
            lines = training(network, self.framework, self.compile or Compile(), self.fit)
        code = source(network, self.framework, lines)
        check_back(network, code)
        return network, code


def _marks(network: Network, code: Source) -> tuple[Mark, ...]:
    """One for each layer, beside its first line; one for the optimizer, the loss, and the function that trains."""
    lines = code.text.split("\n")
    placed = [code.lines[node.name][0] for node in network.nodes if node.name in code.lines]
    end = max((last for _, last in code.lines.values()), default=0)
    placed += [k for k, line in enumerate(lines, 1) if k > end and line.strip().startswith(TRAINS)]
    return tuple(Mark(ONE, "B", (lines[line - 1].strip().rstrip(","),), line) for line in placed)


class NetworkRead(Question):
    """A Keras or PyTorch listing read: the shape and the parameters of each layer, and what is broken in it."""

    ask: ClassVar[str] = "network.read"
    example: ClassVar[dict[str, Any]] = {
        "code": "import torch.nn as nn\n\nmodel = nn.Sequential(\n    nn.Conv2d(3, 6, 5),\n    nn.ReLU(),\n"
        "    nn.MaxPool2d(2),\n    nn.Flatten(),\n    nn.Linear(1176, 10),\n)\n",
        "input": [32, 32, 3],
    }

    code: str = Field(min_length=1, description="the listing: Sequential in Keras or PyTorch, or Keras' functional API")
    input: tuple[Positive, ...] | None = Field(
        None, min_length=1, max_length=4, description="shape of the input, where the listing does not say it"
    )
    order: Literal["HWC", "CHW"] = Field("HWC", description="whether channels stand last or first in a shape")

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """The source of a random network, as it is or with something broken."""
        return draw_listing(rng)

    def solve(self, conventions: Conventions) -> Derivation:
        """A table of the layers, the total, and a sentence for each fault."""
        size = self.input
        if size is not None and self.order == "CHW":
            size = (*size[1:], size[0])
        found = self._read(size)
        steps: tuple[Step, ...] = ()
        givens: tuple[Given, ...] = ()
        answers: tuple[Answer, ...] = ()
        told: tuple[Phrase, ...] = ()
        if found.network is not None:
            network = replace(found.network, order=self.order)
            givens, steps, answers = _layers(found, network)
            told = rules_of(network, listed=False)
        faults = "; ".join(map(str, found.faults)) or "none"
        answers = (*answers, Answer("faults", "text", Text(faults)))
        given: Phrase = () if size is None else (" for an input of ", shape_form(size, self.order))
        prompt: Phrase = (
            "Read this listing: give the shape behind each layer and its number of parameters", *given,
            ", and name what is wrong with it.",
        )  # fmt: skip
        steps = (*steps, *_faults(found), *_told(found))
        listing = Listing(self.code.rstrip(), "text", numbered=True)
        done = Derivation("Reading a listing", prompt, givens, steps, answers, conventions, listings=(listing,))
        return finished(done, *told)

    def _read(self, size: Size | None) -> Reading:
        """The listing read; a line that is refused is one of the listing, not of the file that it stands in."""
        try:
            return read_listing(self.code, size)
        except InputError as error:
            line = error.place.line if error.place else None
            raise InputError(f"line {line}: {error.message}" if line else error.message).at(path="code") from None


def _layers(found: Reading, network: Network) -> Found:
    """The table of the layers, behind their lines, and the sums of their parameters."""
    written = Written(network, folds=True)
    nodes, last = network.nodes, network.nodes[-1].name
    fixed = any(held(network, node, trainable=False) for node in nodes)
    sizing = all_sizes(written, nodes, {last: "shape"})
    rows = []
    for node, cells in zip(nodes, sizing.cells(), strict=True):
        counts = (count_cell(written, node), *([count_cell(written, node, False)] if fixed else []))
        label = f"{found.lines[node.name]}  {found.classes[node.name]}"
        rows.append((label, (*cells, *counts)))
    others: list[Phrase] = [("not trained",)] if fixed else []
    heads: list[Phrase] = [("line, layer",), *sizing.heads(), ("parameters",), *others]
    formulas = quotes(written, [*sizing.formulas(), *count_formulas(written, nodes)])
    steps = [*formulas.steps(), table("layers", heads, rows, formulas.words)]
    givens = [*sizing.premises(), *count_premises(written, nodes), *formulas.premises()]
    answers = [answer("shape", network.output, OUTPUT, network.order)]
    for target, name, trainable in ((COUNT, "parameters", True), (FIXED, "not trainable", False)):
        values = {count_name(written, node, trainable): held(network, node, trainable) for node in nodes}
        terms = {name: value for name, value in values.items() if value or trainable}
        if trainable or fixed:
            step, given = sum_step(target, terms, ("all layers",) if trainable else ("not trained",))
            steps.append(step)
            givens.append(given)
            value = whole(sum(terms.values()))
            answers.append(Answer(name, "integer", value, value, target, UNIT))
    return tuple(dict.fromkeys(givens)), tuple(steps), tuple(answers)


def _faults(found: Reading) -> Iterator[Step]:
    """A sentence for each fault, with its line."""
    for place, fault in enumerate(found.faults):
        start = f"Line {fault.line}" if fault.line else "The listing"
        name = "faults" if not place else f"fault {place + 1}"
        yield Step(
            name, rule="fault", intro=(f"{start}: {fault.text}.",), marks=(Mark(ONE, "B", (str(fault),)),), level=0
        )
    if not found.faults:
        yield Step("faults", rule="faults", intro=("No fault was found in it.",), marks=(Mark(ONE, "B"),), level=0)


def _told(found: Reading) -> Iterator[Step]:
    """What the listing does besides, sentence by sentence."""
    for place, sentence in enumerate(told(found.calls), 1):
        yield Step(f"told {place}", rule="what the calls do", intro=(sentence,))
