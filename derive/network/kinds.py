"""The kinds of layers and blocks by name, and how one is made from what a user wrote."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

import derive.network.layers
from derive.errors import InputError, UnknownName
from derive.lookup import every, one
from derive.network.layers.base import Layer, Size
from derive.network.listing import Called, read_call

if TYPE_CHECKING:
    from derive.network.builder import Builder


Kind = TypeVar("Kind", bound=BaseModel)
LARGEST = 10**9
"""No setting is larger."""


class Block(BaseModel):
    """Base of what stands for several layers: a residual block, a stack.

    A subclass that sets `kind` in any module of `derive.network.layers` is found like a layer. Its layers are nodes
    of the network with names of their own, `block1.1`, so that whatever is said of layers is said of them.
    """

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    kind: ClassVar[str] = ""
    example: ClassVar[str] = ""
    takes: ClassVar[tuple[Size, ...]] = ((26, 26, 3),)
    stem: ClassVar[str] = ""
    """What blocks of the kind are called and counted, where not by the kind: a short word for tables."""

    layers: tuple[Any, ...] = ()
    """The layers inside, one after the other; they stand without a name in the text."""

    def build(self, builder: Builder, name: str, source: str) -> str:
        """Put the layers of the block into a network, reading from a layer; the name of the one that gives the result.

        Raises:
            InputError: the layers inside do not fit.
        """
        raise NotImplementedError


@lru_cache(maxsize=1)
def layers() -> Mapping[str, type[Layer]]:
    """All kinds of layers by name."""
    return every(derive.network.layers, Layer, "kind")


@lru_cache(maxsize=1)
def blocks() -> Mapping[str, type[Block]]:
    """All kinds of blocks by name."""
    return every(derive.network.layers, Block, "kind")


@lru_cache(maxsize=None)
def kind_of(name: str) -> type[Layer] | type[Block]:
    """The class of a kind; UnknownName where there is none."""
    found: type[Layer] | type[Block] | None = one(derive.network.layers, Layer, "kind", name)
    found = found or one(derive.network.layers, Block, "kind", name)
    if found is None:
        raise UnknownName("layer", name, (*layers(), *blocks()))
    return found


def read_layer(given: Any) -> Layer:
    """One layer by itself, from its text or from a mapping of its kind to its settings.

    Raises:
        InputError: a layer or a setting that is not known, missing or wrong.
    """
    if isinstance(given, Layer):
        return given
    called = named(given)[1]
    kind = kind_of(called.name)
    if issubclass(kind, Block):
        raise InputError(f"{called.name} is a block of several layers, and one layer stands here")
    inputs, settings = parts(kind, called)
    if inputs and not kind.merges:  # a merge by itself is the same whatever it reads from
        raise InputError(f"the settings of {called.name} need names, as in {kind.example}")
    return made(kind, settings)


def parts(kind: type[Layer], called: Called) -> tuple[tuple[str, ...], Mapping[str, Any]]:
    """The names of the layers that a layer reads from, and its settings: a layer inside it is one, without a name."""
    if "layer" in kind.model_fields and "layer" not in called.settings:
        inner = [arg for arg in called.args if isinstance(arg, Called) or (isinstance(arg, str) and arg in layers())]
        if len(inner) == 1:
            names = tuple(str(arg) for arg in called.args if arg is not inner[0])
            return names, {**called.settings, "layer": inner[0]}
    if any(not isinstance(arg, str) for arg in called.args):
        raise InputError(f"the settings of {called.name} need names, as in {kind.example}")
    return called.args, called.settings


def named(given: Any) -> tuple[str, Called]:
    """The user's name of a layer ("" where there is none) and the layer as a call."""
    if isinstance(given, Called):
        return "", given
    if isinstance(given, str):
        return "", read_call(given)
    if isinstance(given, Mapping) and len(given) == 1:
        key, value = next(iter(given.items()))
        known = str(key) in layers() or str(key) in blocks()
        if isinstance(value, (str, Called)):
            return str(key), read_call(value) if isinstance(value, str) else value
        if known and (value is None or isinstance(value, Mapping)):
            return "", Called(str(key), (), _settings(value))
        if isinstance(value, Mapping) and len(value) == 1:
            kind, settings = next(iter(value.items()))
            if settings is None or isinstance(settings, Mapping):
                return str(key), Called(str(kind), (), _settings(settings))
        if isinstance(value, Mapping):
            raise UnknownName("layer", str(key), (*layers(), *blocks()))
    raise InputError("a layer is a text such as conv2d(filters=5, kernel=7) or a mapping of its name to settings")


def _settings(given: Mapping[Any, Any] | None) -> dict[str, Any]:
    return {str(key): value for key, value in (given or {}).items()}


def made(kind: type[Kind], settings: Mapping[str, Any]) -> Kind:
    """A layer or block of a kind with settings; a mistake in them is said in one sentence."""
    name = getattr(kind, "kind", "")
    plain = {key: _plain(value) for key, value in settings.items()}
    for key, value in plain.items():
        if _largest(value) > LARGEST:
            raise InputError(f"{name}: {key} is too large: {LARGEST} is the limit")
    try:
        return kind.model_validate(plain)
    except ValidationError as error:
        raise InputError(f"{name}: {_said(kind, error)}") from None


def _plain(value: Any) -> Any:
    """Lists as tuples, and the truth values of YAML as those of Python."""
    if isinstance(value, (list, tuple)):
        return tuple(map(_plain, value))
    return {"true": True, "false": False}.get(value, value) if isinstance(value, str) else value


def _largest(value: Any) -> int:
    """The largest whole number of a setting, in any bracket."""
    if isinstance(value, tuple):
        return max(map(_largest, value), default=0)
    return abs(value) if isinstance(value, int) else 0


def _said(kind: type[BaseModel], error: ValidationError) -> str:
    found = error.errors()  # a name that is not known explains best why another one is missing
    first = next((each for each in found if each["type"] == "extra_forbidden"), found[0])
    name = str(first["loc"][0]) if first["loc"] else ""
    if first["type"] == "extra_forbidden":
        return UnknownName("setting", name, kind.model_fields).message
    if first["type"] == "missing":
        return f"{name} is missing"
    said = first["msg"].removeprefix("Value error, ")
    if len(first["loc"]) > 1 or first["type"].endswith(("_type", "_parsing")):  # no kind of value that it may be
        return f"{name} cannot be {first['input']!r}: {kind.model_fields[name].description}"
    if said.startswith("Input should be "):
        return f"{name} should be {said.removeprefix('Input should be ')}, not {first['input']!r}"
    return f"{name}: {said[0].lower()}{said[1:]}".removeprefix(": ")
