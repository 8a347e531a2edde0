"""A network that grows layer by layer while a listing is read, until a layer does not fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import prod
from typing import Any

from derive.errors import InputError
from derive.network.builder import INPUT, Builder, Node
from derive.network.code.dialects import Dialect
from derive.network.code.homes import INPUTS, Homes
from derive.network.code.script import Fault
from derive.network.kinds import kind_of, made
from derive.network.layers.base import Framework, Layer, Size
from derive.network.listing import Called
from derive.network.network import Network


class NoShape(InputError):
    """The shape of the input cannot be told: without it nothing can be said of the layers."""


@dataclass
class Growth:
    """The nodes so far, with their sizes, the lines on which they stand and their classes there.

    Attributes:
        given: the size of the input, where the question gives it.
        size: the size of the input, once it is known.
        ended: whether a layer could not be read or did not fit; those behind it are left out.
    """

    homes: Homes
    dialect: Dialect
    framework: Framework
    given: Size | None
    size: Size | None = None
    nodes: list[Node] = field(default_factory=list)
    sizes: dict[str, Size] = field(default_factory=dict)
    lines: dict[str, int] = field(default_factory=dict)
    classes: dict[str, str] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    ended: bool = False
    names: Builder = field(default_factory=lambda: Builder((1,)))

    def again(self) -> None:
        """Begin a new model; one that was made before is left."""
        self.nodes, self.sizes, self.size, self.ended = [], {}, None, False
        self.names = Builder((1,))

    def network(self) -> Network | None:
        """The network as far as it goes; None where there is no layer."""
        if not self.nodes or self.size is None:
            return None
        return Network(tuple(self.nodes), self.size, self.framework, sizes=self.sizes)

    def layer(self, call: Called, line: int, name: str = "", sources: tuple[str, ...] = ()) -> str:
        """Put in one layer; the name of its node, empty where it makes none."""
        home = self.homes.of(call.name, line)
        if home.name in INPUTS:
            self.state(stated_shape(call), line)
            return ""
        if self.framework == "keras" and home.name != "Embedding" and not self.nodes:
            shape = _input_settings(call)
            if shape is not None:
                self.state(shape, line)
        if self.ended:
            return ""
        if home.name not in self.dialect.classes:
            self.unknown(home.name, call, line)
            return ""
        try:
            return self._put(home.name, call, line, name, sources)
        except NoShape:
            raise
        except InputError as error:
            self.end(line, _sentence(home.name, error))
            return ""

    def _put(self, shown: str, call: Called, line: int, name: str, sources: tuple[str, ...]) -> str:
        found = self.dialect.translated(shown, call)
        if self.size is None:
            self.state(None, line, found.repeats)
        sources = sources or (self.nodes[-1].name if self.nodes else INPUT,)
        taken = tuple(self.sizes[source] for source in sources)
        kind = found.kind.replace("#", str(len(taken[0]) - 1))
        layer = made(kind_of(kind), found.settings)
        assert isinstance(layer, Layer)
        self._check_pair(line)
        taken = self._flattened(shown, layer, found.repeats, taken, line)
        for key, value in found.repeats.items():
            if value != taken[0][-1]:
                before = "the input has" if sources == (INPUT,) else "the layer before gives"
                self.faults.append(Fault(line, f"{shown}: {key} is {value}, but {before} {taken[0][-1]}"))
        size = layer.output(*taken)
        if not name or name in self.sizes:
            name = self.names.free_name(kind)
        self.nodes.append(Node(name, layer, sources if taken[0] == self.sizes[sources[0]] else (self.nodes[-1].name,)))
        self.sizes[name], self.lines[name], self.classes[name] = size, line, shown
        return name

    def _check_pair(self, line: int) -> None:
        """What stands behind a recurrent module of PyTorch cannot take what it gives."""
        if self.framework == "pytorch" and self.nodes and hasattr(self.nodes[-1].layer, "torch_call"):
            name = self.classes[self.nodes[-1].name]
            text = f"{name} gives its outputs together with its last states, which the module behind it cannot take"
            self.faults.append(Fault(line, text))

    def _flattened(
        self, shown: str, layer: Layer, repeats: Mapping[str, Any], taken: tuple[Size, ...], line: int
    ) -> tuple[Size, ...]:
        """What a dense layer gets; that a Flatten is missing before it is said."""
        behind = self.nodes[-1].layer.torch_channels if self.nodes else "last"
        if layer.kind != "dense" or len(taken[0]) < 2 or (len(taken[0]) == 2 and behind != "first"):
            return taken
        shape = "×".join(map(str, taken[0]))
        if self.framework == "keras":
            self.faults.append(Fault(line, f"Flatten() is missing: {shown} works on the last axis of {shape} alone"))
            return taken
        self.faults.append(Fault(line, f"nn.Flatten() is missing: {shown} gets {shape} (read on as if it stood there)"))
        flat = made(kind_of("flatten"), {})
        assert isinstance(flat, Layer)
        name = self.names.free_name("flatten")
        self.nodes.append(Node(name, flat, (self.nodes[-1].name if self.nodes else INPUT,)))
        self.sizes[name], self.lines[name], self.classes[name] = (prod(taken[0]),), line, "(Flatten)"
        return (self.sizes[name],)

    def state(self, shape: Any, line: int, repeats: Mapping[str, Any] | None = None) -> None:
        """Take the size of the input from the listing, from what the question gives, or from a first `in_features`."""
        if self.size is not None:
            return
        known = isinstance(shape, tuple) and shape and all(isinstance(n, int) and 0 < n <= 10**9 for n in shape)
        if known and self.given is not None and self.given != shape:
            raise NoShape("the listing states the shape of its input itself: leave input out")
        features = (repeats or {}).get("in_features")
        if known:
            self.size = tuple(shape)
        elif self.given is not None:
            self.size = self.given
        elif isinstance(features, int) and features > 0:
            self.size = (features,)
        elif shape is not None and not (isinstance(shape, tuple) and None in shape):
            raise NoShape("the shape of the input cannot be read: numbers are needed")
        else:
            raise NoShape("the listing does not say the shape of its input: give it as input")
        self.sizes[INPUT] = self.size

    def unknown(self, name: str, call: Called, line: int) -> None:
        """End at a class that the framework does not have."""
        try:
            self.dialect.translated(name, call)
        except InputError as error:
            self.end(line, _sentence(name, error))

    def end(self, line: int, text: str) -> None:
        """Note what does not fit; the network ends before it."""
        self.faults.append(Fault(line, text))
        self.ended = True


def _sentence(shown: str, error: InputError) -> str:
    """What is wrong with a layer, without the long list of all that are known."""
    text = error.message.split(" Known: ")[0].rstrip(".; ")
    return text if shown in text else f"{shown}: {text}"


def stated_shape(call: Called) -> Any:
    """The shape that an Input states."""
    stated = _of_settings(call, "batch_shape", "shape", "input_shape")
    return stated if stated is not None or not call.args else _tuple(call.args[0])


def _input_settings(call: Called) -> Any:
    """The shape that a first layer states for its input."""
    return _of_settings(call, "batch_input_shape", "input_shape", "input_dim")


def _of_settings(call: Called, batch: str, *keys: str) -> Any:
    """A shape under the first of some settings that stands there; under `batch` it begins with the size of a batch."""
    if batch in call.settings:
        shape = call.settings[batch]
        return shape[1:] if isinstance(shape, tuple) else shape
    return next((_tuple(call.settings[key]) for key in keys if key in call.settings), None)


def _tuple(shape: Any) -> Any:
    return (shape,) if isinstance(shape, int) else shape
