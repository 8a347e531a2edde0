"""A network: named layers in order, each with the layers it reads from; sizes flow through it when it is made."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, Literal

from pydantic import ValidationError

import derive.network.layers
from derive.errors import InputError, UnknownName
from derive.network.layers.base import Framework, Layer, Size, Tensor
from derive.network.listing import Called, read_call

INPUT = "input"
"""The name under which layers read from the input of the network."""
Order = Literal["HWC", "CHW"]


@lru_cache(maxsize=1)
def layers() -> Mapping[str, type[Layer]]:
    """All kinds of layers by name."""
    for module in pkgutil.iter_modules(derive.network.layers.__path__):
        importlib.import_module(f"{derive.network.layers.__name__}.{module.name}")
    return {kind.kind: kind for kind in _subclasses(Layer) if kind.__dict__.get("kind")}


def _subclasses(kind: type[Layer]) -> Iterator[type[Layer]]:
    for child in kind.__subclasses__():
        yield child
        yield from _subclasses(child)


@dataclass(frozen=True, slots=True)
class Node:
    """A layer of a network: its name, and the names of what it reads from."""

    name: str
    layer: Layer
    sources: tuple[str, ...]


@dataclass(frozen=True)
class Network:
    """Layers in order, with the size of the input.

    Raises:
        InputError: a layer does not fit what it reads from; the message names it.
    """

    nodes: tuple[Node, ...]
    input: Size
    framework: Framework = "keras"
    order: Order = "HWC"
    sizes: Mapping[str, Size] = field(init=False)
    """The size behind each layer, and that of the input."""

    def __post_init__(self) -> None:
        sizes = {INPUT: self.input}
        for node in self.nodes:
            try:
                sizes[node.name] = node.layer.output(*(sizes[source] for source in node.sources))
            except InputError as error:
                raise error.at(path=node.name) if len(self.nodes) > 1 else error from None
        object.__setattr__(self, "sizes", sizes)

    @property
    def output(self) -> Size:
        """The size behind the last layer."""
        return self.sizes[self.nodes[-1].name] if self.nodes else self.input

    def node(self, name: str) -> Node:
        """The layer of a name; UnknownName where there is none."""
        for node in self.nodes:
            if node.name == name:
                return node
        raise UnknownName("layer of the network", name, [node.name for node in self.nodes])

    def takes(self, node: Node) -> tuple[Size, ...]:
        """The sizes that a layer reads."""
        return tuple(self.sizes[source] for source in node.sources)

    def tensors(self, node: Node) -> tuple[Tensor, ...]:
        """The numbers that a layer holds."""
        return node.layer.tensors(self.framework, *self.takes(node))

    def parameters(self, trainable: bool | None = True) -> int:
        """How many parameters there are in all: the trainable ones, the others, or (None) both."""
        held = (tensor for node in self.nodes for tensor in self.tensors(node))
        return sum(tensor.count for tensor in held if trainable in (None, tensor.trainable))


def read_network(
    given: Sequence[Any], size: Iterable[int], framework: Framework = "keras", order: Order = "HWC"
) -> Network:
    """A network from a list of layers and the size of its input.

    Args:
        given: layers as text, as mappings of a kind to its settings, or named: `{conv1: conv2d(...)}`.
        size: of the input, channels last unless the order is CHW.
    """
    inner = tuple(size)
    if order == "CHW":
        inner = (*inner[1:], inner[0])
    nodes: list[Node] = []
    for position, item in enumerate(given):
        try:
            nodes += read_nodes(item, nodes)
        except InputError as error:
            raise error.at(path=f"layer {position + 1}") if len(given) > 1 else error from None
    return Network(tuple(nodes), inner, framework, order)


def read_nodes(given: Any, before: Sequence[Node]) -> list[Node]:
    """The nodes that one entry of a network stands for: one layer, or those of a block."""
    name, called = _named(given)
    name = name or _free_name(called.name, before)
    known = [INPUT, *(node.name for node in before)]
    if name in known:
        raise InputError(f"two layers are called {name}")
    kind = _kind(called.name)
    block = getattr(kind, "expand", None)
    if block is not None:
        return list(block(called, name, known))
    sources = tuple(map(str, called.args)) or (known[-1],)
    for source in sources:
        if source not in known:
            what = f"{called.name} reads from the layers that are named without a sign: "
            raise UnknownName(f"layer ({what}settings need names, as in {kind.example})", source, known)
    if kind.merges and len(sources) < 2:
        raise InputError(f"{called.name} needs the names of two layers or more, as in {kind.example}")
    if not kind.merges and len(sources) > 1:
        raise InputError(f"the settings of {called.name} need names, as in {kind.example}")
    return [Node(name, made(kind, called.settings), sources)]


def read_layer(given: Any) -> Layer:
    """One layer by itself, from its text or from a mapping of its kind to its settings.

    Raises:
        InputError: a layer or a setting that is not known, missing or wrong.
    """
    if isinstance(given, Layer):
        return given
    called = given if isinstance(given, Called) else _named(given)[1]
    kind = _kind(called.name)
    if called.args:
        raise InputError(f"the settings of {called.name} need names, as in {kind.example}")
    return made(kind, called.settings)


def _named(given: Any) -> tuple[str, Called]:
    """The user's name of a layer ("" where there is none) and the layer as a call."""
    if isinstance(given, Called):
        return "", given
    if isinstance(given, str):
        return "", read_call(given)
    if isinstance(given, Mapping) and len(given) == 1:
        key, value = next(iter(given.items()))
        if isinstance(value, str):
            return str(key), read_call(value)
        if isinstance(value, Mapping) and str(key) in layers():
            return "", Called(str(key), (), _plain(value))
        if isinstance(value, Mapping) and len(value) == 1:
            kind, settings = next(iter(value.items()))
            return str(key), Called(str(kind), (), _plain(settings or {}))
        if isinstance(value, Mapping):
            raise UnknownName("layer", str(key), layers())
    raise InputError("a layer is a text such as conv2d(filters=5, kernel=7) or a mapping of its name to settings")


def _plain(settings: Mapping[Any, Any]) -> dict[str, Any]:
    return {str(key): _tuples(value) for key, value in settings.items()}


def _tuples(value: Any) -> Any:
    return tuple(map(_tuples, value)) if isinstance(value, (list, tuple)) else value


def _kind(name: str) -> type[Layer]:
    if name not in layers():
        raise UnknownName("layer", name, layers())
    return layers()[name]


def _free_name(kind: str, before: Sequence[Node]) -> str:
    """conv1, conv2, ...: the kind without its dimension, counted."""
    stem = kind.removesuffix("1d").removesuffix("2d").removesuffix("3d").rstrip("_")
    taken = {node.name for node in before}
    return next(name for n in range(1, len(before) + 2) if (name := f"{stem}{n}") not in taken)


def made(kind: type[Layer], settings: Mapping[str, Any]) -> Layer:
    """A layer of a kind with settings; a mistake in them is said in one sentence."""
    try:
        return kind.model_validate(dict(settings))
    except ValidationError as error:
        raise InputError(f"{kind.kind}: {_said(kind, error)}") from None


def _said(kind: type[Layer], error: ValidationError) -> str:
    first = error.errors()[0]
    name = str(first["loc"][0]) if first["loc"] else ""
    if first["type"] == "extra_forbidden":
        return UnknownName("setting", name, kind.model_fields).message
    if first["type"] == "missing":
        return f"{name} is missing"
    if len(first["loc"]) > 1:  # one of several kinds of value, none of which it is
        return f"{name} cannot be {first['input']!r}: {kind.model_fields[name].description}"
    return f"{name}: {first['msg'].lower().removeprefix('value error, ')}".removeprefix(": ")
