"""A Keras or PyTorch listing becomes a network, and what is broken in it is named.

Layers are taken in the order in which the listing adds them. After the first one that cannot be read or does not fit
the network ends; what Keras would run is read as Keras would run it, right or wrong.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from derive.errors import InputError
from derive.network.builder import INPUT
from derive.network.code.growing import Growth, stated_shape
from derive.network.code.homes import INPUTS, Homes
from derive.network.code.keras_classes import KERAS
from derive.network.code.remarks import remarks
from derive.network.code.script import Event, Fault, Script, read_script
from derive.network.code.torch_classes import TORCH
from derive.network.layers.base import Framework, Size
from derive.network.listing import Called
from derive.network.network import Network

BUILTINS = {"eval", "exec", "open", "compile", "getattr", "setattr", "globals", "locals", "input", "vars", "delattr"}


@dataclass(frozen=True)
class Reading:
    """What a listing comes to.

    Attributes:
        framework: whose listing it is.
        network: the network as far as it could be read; None where there is no layer.
        lines: the line of each layer, by its name; `classes` what it is called there.
        faults: what is broken, in the order of the lines.
        calls: the calls of compile, fit and EarlyStopping, by these names.
    """

    framework: Framework
    network: Network | None
    lines: Mapping[str, int]
    classes: Mapping[str, str]
    faults: tuple[Fault, ...]
    calls: Mapping[str, Event]


def read_listing(text: str, size: Size | None = None) -> Reading:
    """The network of a listing.

    Args:
        text: the listing.
        size: the size of the input, channels last, where the listing does not say it.

    Raises:
        InputError: the listing holds what is never read, or the shape of its input is not known.
    """
    script = read_script(text)
    try:
        return _Events(script, size).reading()
    except RecursionError:
        raise InputError("the listing is nested too deeply") from None


class _Events:
    """Goes through the events of a listing; the network grows meanwhile."""

    def __init__(self, script: Script, size: Size | None) -> None:
        self.script = script
        self.homes = Homes(script)
        framework = self.homes.framework
        self.grown = Growth(self.homes, TORCH if framework == "pytorch" else KERAS, framework, size)
        self.calls: dict[str, Event] = {}
        self.variables: dict[str, str] = {}
        self.has_model = False

    def reading(self) -> Reading:
        """Go through all events once."""
        for event in self.script.events:
            self._take(event)
        grown = self.grown
        if not self.has_model and not self.script.is_cut:
            grown.faults.append(Fault(None, "no model is created: a Sequential is missing"))
        network = grown.network()
        complete = None if grown.ended else network
        faults = [*self.script.faults, *self.homes.faults, *grown.faults]
        faults += remarks(complete, grown.lines, grown.classes, self.calls)
        faults.sort(key=lambda fault: fault.line or 10**6)
        return Reading(grown.framework, network, grown.lines, grown.classes, tuple(faults), self.calls)

    def _take(self, event: Event) -> None:
        owner, _, method = event.name.rpartition(".")
        if event.kind == "method" and method in ("add", "append", "add_module"):
            self._added(event, owner)
        elif event.kind == "method":
            if owner not in self.script.values:
                self.grown.faults.append(Fault(event.line, f"{owner} is not defined"))
            self.calls.setdefault(method, event)
        elif event.kind == "applied":
            self._applied(event, event.call, event.sources)
        elif isinstance(self.script.values.get(event.call.name), Called) and event.kind == "made":
            self._applied(event, self.script.values[event.call.name], event.call.args)
        else:
            self._made(event)

    def _made(self, event: Event) -> None:
        if event.call.name in BUILTINS or event.call.name.startswith("__"):
            raise InputError(f"a call of {event.call.name} is never read", event.call.place)
        if event.kind == "called" and event.call.name in ("print", "train", "main"):
            return
        home = self.homes.of(event.call.name, event.line)
        if home.name == "Sequential":
            self._start(event)
        elif home.name == "Model":
            self.has_model = True
        elif home.name in INPUTS:
            self.grown.state(stated_shape(event.call), event.line)
            self.variables[event.name] = INPUT
        elif home.name == "EarlyStopping":
            self.calls.setdefault("EarlyStopping", event)
        elif event.name and home.module in ("keras.layers", "torch.nn") and not self._is_known(home.name):
            self.grown.unknown(home.name, event.call, event.line)

    def _is_known(self, name: str) -> bool:
        return name in self.grown.dialect.classes or name.endswith("Loss")

    def _start(self, event: Event) -> None:
        """A new Sequential; one that was made before is left."""
        self.has_model = True
        self.grown.again()
        for item in event.call.args:
            self._item(item, event.line)

    def _added(self, event: Event, owner: str) -> None:
        if owner not in self.script.values:
            self.grown.faults.append(Fault(event.line, f"{owner} is not defined: no Sequential was assigned to it"))
            self.script.values[owner] = None
        if len(event.call.args) > 1 and event.name.endswith(".add"):
            self.grown.faults.append(Fault(event.line, f"add() takes one layer, not {len(event.call.args)}"))
        named = event.name.endswith(".add_module")
        for item in event.call.args[named:]:
            self._item(item, event.line)

    def _item(self, item: Any, line: int) -> None:
        """A layer, a list of layers, a model inside, or a variable that holds one of them."""
        if isinstance(item, str):
            item = self.script.values.get(item, item)
        if isinstance(item, tuple):
            named = len(item) == 2 and isinstance(item[0], str) and isinstance(item[1], Called)
            for each in item[1:] if named else item:
                self._item(each, line)
        elif isinstance(item, Called):
            here = item.place.line if item.place and item.place.line else line
            if item.name.rsplit(".", 1)[-1] in ("Sequential", "OrderedDict"):
                for each in item.args:
                    self._item(each, here)
            else:
                self.grown.layer(item, here)
        elif item is not None and not self.grown.ended:
            self.grown.end(line, f"'{str(item)[:40]}' is no layer")

    def _applied(self, event: Event, layer: Called, sources: tuple[Any, ...]) -> None:
        """A layer of the functional API: on one result, on a list of them, or with itself as keys and values."""
        given = sources[0] if sources else ()
        read = given if isinstance(given, tuple) else (given,)
        unknown = [each for each in read if not isinstance(each, str) or each not in self.variables]
        if unknown or not read:
            if not self.grown.ended:
                what = unknown[0] if unknown else "nothing"
                self.grown.end(event.line, f"a layer is applied to {what}, which is no result of a layer")
            return
        names = tuple(self.variables[each] for each in read)
        if self.grown.size is None:
            self.grown.state(None, event.line)
        node = self.grown.layer(layer, event.line, event.name, names)
        if node:
            self.variables[event.name] = node
