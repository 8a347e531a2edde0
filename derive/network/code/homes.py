"""Where the names of a listing come from: what was imported, what was not, and what lives in another module."""

from __future__ import annotations

from dataclasses import dataclass, field

from derive.network.code.keras_classes import KERAS
from derive.network.code.script import Fault, Script
from derive.network.code.torch_classes import TORCH
from derive.network.layers.base import Framework

INPUTS = ("Input", "InputLayer")
"""What states the shape of the input."""
_HOMES: dict[str, tuple[str, ...]] = {
    "Sequential": ("keras", "keras.models"),
    "Model": ("keras", "keras.models"),
    "Input": ("keras", "keras.layers"),
    "InputLayer": ("keras.layers",),
    "EarlyStopping": ("keras.callbacks",),
}
"""The modules of Keras in which a class lives, layers aside."""
_USUAL = {
    "keras": "keras", "layers": "keras.layers", "models": "keras.models", "tf": "tensorflow", "optimizers":
    "keras.optimizers", "callbacks": "keras.callbacks", "torch": "torch", "nn": "torch.nn", "optim": "torch.optim",
    "np": "numpy", "losses": "keras.losses",
}  # fmt: skip
_AS = {"tf": "import tensorflow as tf", "np": "import numpy as np", "keras": "import keras", "torch": "import torch"}


@dataclass(frozen=True, slots=True)
class Home:
    """A name with its module: `keras.layers` and `Dense`; an unknown module is empty."""

    module: str
    name: str


@dataclass
class Homes:
    """Looks up names, and notes once for each what is wrong with it."""

    script: Script
    faults: list[Fault] = field(default_factory=list)
    missing: set[str] = field(default_factory=set)

    @property
    def framework(self) -> Framework:
        """Keras, unless the listing imports or names PyTorch."""
        heads = {*self.script.imports.values(), *(event.call.name for event in self.script.events)}
        return "pytorch" if any(_is_torch(head) for head in heads) else "keras"

    def of(self, name: str, line: int) -> Home:
        """The module and the name of a class as it is called in the listing."""
        head, _, rest = name.partition(".")
        if head in self.script.imports:
            full = ".".join(filter(None, [self.script.imports[head], rest]))
        elif rest or not self._starred(name):
            full = self._not_imported(name, head, rest, line)
        else:
            full = f"{self.script.imports['*']}.{name}"
        module, _, last = _normal(full).rpartition(".")
        self._check(module, last, line)
        return Home(module, last)

    def _starred(self, name: str) -> bool:
        module = _normal(self.script.imports.get("*", ""))
        return bool(module) and module in self._homes(name)

    def _homes(self, name: str) -> tuple[str, ...]:
        """The modules in which a class of this name may live."""
        if name in _HOMES and not (name == "Sequential" and self.framework == "pytorch"):
            return _HOMES[name]
        if self.framework == "pytorch":
            return ("torch.nn",) if name in TORCH.classes or name == "Sequential" else ()
        return ("keras.layers",) if name in KERAS.classes else ()

    def _not_imported(self, name: str, head: str, rest: str, line: int) -> str:
        homes = self._homes(name)
        module = _USUAL.get(head, "") if rest else homes[0] if homes else ""
        if head not in self.missing and (module or (rest and head not in self.script.values)):
            self.missing.add(head)
            self.faults.append(Fault(line, f"{head} is used but never imported{_hint(head, module, bool(rest))}"))
        if not module:
            return name
        return f"{module}.{rest or name}"

    def _check(self, module: str, name: str, line: int) -> None:
        """A class that is looked for in a module where it is not."""
        homes = self._homes(name)
        place = ".".join(module.split(".")[:2])
        if homes and module and place not in homes and module.split(".")[0] in ("keras", "torch"):
            text = f"{name} lives in {homes[0]}, not in {module}"
            if text not in {fault.text for fault in self.faults}:
                self.faults.append(Fault(line, text))


def _hint(head: str, module: str, dotted: bool) -> str:
    if not module:
        return ""
    if head in _AS:
        return f" ({_AS[head]})"
    parent, _, last = module.rpartition(".")
    return f" (from {parent} import {last})" if dotted else f" (from {module} import {head})"


def _normal(full: str) -> str:
    """TensorFlow's path to Keras as Keras' own."""
    for start in ("tensorflow.python.keras", "tensorflow.keras", "tf.keras"):
        if full == start or full.startswith(f"{start}."):
            return f"keras{full.removeprefix(start)}"
    return full


def _is_torch(name: str) -> bool:
    return name.split(".")[0] in ("torch", "nn")
