"""What prose may quote of a network: `{{ net.conv1.parameters }}`, `{{ net.flatten1.size.worked }}`, `{{ net.bytes }}`.

Each fact is the answer of a derivation that is judged like any part; `worked` puts its numbers in front, as in
14·14·16 = 3136.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from derive.errors import InputError, UnknownName
from derive.notation.form import Form, Relation, symbols
from derive.questions.catalogue import question
from derive.record import Conventions, Derivation, Step

if TYPE_CHECKING:
    from derive.network.network import Network

KEYS = frozenset({"net", "input", "order", "framework"})
"""The givens that describe a network."""
QUOTED = re.compile(r"\{\{\s*net\.")
LEDGER = {"parameters": "N", "not_trainable": "N_fixed", "multiply_adds": "M", "bytes": "B", "receptive_field": "r"}
TOTALS = {
    "parameters": "parameters",
    "not_trainable": "not trainable",
    "multiply_adds": "multiply-adds",
    "bytes": "bytes",
}
"""The facts that are columns of the ledger: under which letter, and under which name the sum."""


@dataclass(frozen=True, slots=True)
class Fact:
    """A value, what it was worked out from (None where it stands for itself), and the derivation that says so."""

    value: Form
    working: Form | None
    derivation: Derivation


class Facts:
    """The facts of one network, each worked out when it is first quoted.

    Attributes:
        used: the derivations that stand behind what was quoted.
    """

    def __init__(self, givens: Mapping[str, Any]) -> None:
        self.givens = {key: value for key, value in givens.items() if key in KEYS}
        self.used: list[Derivation] = []
        self._found: dict[tuple[str, str], Fact] = {}

    def quoted(self, quote: str) -> Form:
        """The form that `net.layer.fact`, `net.fact` or `net.layer.fact.worked` stands for.

        Raises:
            UnknownName: no such layer, or no such fact; the known ones are listed.
        """
        path, worked, _ = quote.removeprefix("net.").partition(".worked")
        layer, _, name = path.rpartition(".")
        fact = self._fact(layer, name)
        if not any(each is fact.derivation for each in self.used):
            self.used.append(fact.derivation)
        if not worked:
            return fact.value
        if fact.working is None or fact.working == fact.value:
            raise InputError(f"{path} stands for itself: nothing is worked out")
        return Relation("=", fact.working, fact.value)

    def _fact(self, layer: str, name: str) -> Fact:
        if (layer, name) not in self._found:
            self._found[layer, name] = self._worked_out(layer, name)
        return self._found[layer, name]

    def _worked_out(self, layer: str, name: str) -> Fact:
        if layer and layer not in (known := [node.name for node in self.network.nodes]):
            raise UnknownName("layer of the network", layer, known)
        if name == "output":
            return self._answer("network.output_shape", {"of": layer} if layer else {})
        if name == "size":
            return self._size(layer or self.network.nodes[-1].name)
        known = [*LEDGER, "output", "size"] if layer else [*TOTALS, "output", "size"]
        if name not in known:
            raise UnknownName("fact of a layer" if layer else "fact of a network (or one of its layers)", name, known)
        return self._column(layer, name)

    @cached_property
    def network(self) -> Network:
        """The network that is quoted."""
        from derive.questions.network import NetworkOutputShape

        asked = question("network.output_shape", self.givens)
        assert isinstance(asked, NetworkOutputShape)
        return asked.network()

    def _answer(self, ask: str, more: Mapping[str, Any]) -> Fact:
        derivation = question(ask, {**self.givens, **more}).solve(Conventions())
        return Fact(derivation.answers[0].form, None, derivation)

    @cached_property
    def _ledger(self) -> Derivation:
        return question("network.ledger", self.givens).solve(Conventions())

    def _column(self, layer: str, name: str) -> Fact:
        """A cell of the ledger; where a layer has none, it holds nothing of the kind."""
        places = {node.name: str(place) for place, node in enumerate(self.network.nodes, 1)}
        cells = {step.name: step for step in self._ledger.all_steps() if step.lines}
        wanted = f"{LEDGER[name]}__{places[layer]}" if layer else TOTALS[name]
        if wanted not in cells:
            raise InputError(f"{layer or 'the network'} has no {name.replace('_', ' ')}")
        return _from_step(cells[wanted], self._ledger)

    def _size(self, layer: str) -> Fact:
        """How many values a layer puts out: those of its shape multiplied."""
        from derive.network.working.numbers import number_of_values

        derivation = number_of_values(self.network, layer)
        return _from_step(derivation.steps[-1], derivation)


def _from_step(step: Step, derivation: Derivation) -> Fact:
    """The last line, and the first one that is made of numbers."""
    working = next((line.form for line in step.lines if not symbols(line.form)), None)
    value = step.lines[-1].form
    return Fact(value, working if working != value else None, derivation)


def facts_of(givens: Mapping[str, Any]) -> Facts | None:
    """The facts of the network that some givens describe; None where they describe none."""
    return Facts(givens) if {"net", "input"} <= givens.keys() else None
