"""How a call of a framework's class becomes a layer here: a line for each class, its parameters in their order there.

The lines stand in `keras_classes` and `torch_classes`. A parameter is written by its name there: `kernel_size:kernel`
has another name here, `dtype-` changes neither a shape nor a count, `in_channels@` says again what the layer before
gives and is compared with it, of `data_format!` only the usual value is read, and `padding*` is a word. What is no
renaming is a function beside the line. The layers' own code (`keras`, `torch`) is not looked at: that both agree the
round trips of the tests show.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from derive.errors import InputError, UnknownName
from derive.network.listing import Called

Settings = dict[str, Any]
Change = Callable[[Settings], tuple[str, Settings]]
"""From the settings under the framework's names to the kind and the settings here."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a class: its name there and here ("" for none), whether it repeats the input or is left alone."""

    name: str
    ours: str = ""
    repeats: bool = False
    fixed: bool = False
    worded: bool = False


@dataclass(frozen=True, slots=True)
class Entry:
    """A class: our kind, its parameters in order, and what is more than renaming."""

    kind: str
    parameters: tuple[Parameter, ...]
    change: Change | None = None


@dataclass(frozen=True, slots=True)
class Translated:
    """A layer here, and what the listing says that its input is."""

    kind: str
    settings: Settings
    repeats: Mapping[str, Any]


_TOKEN = re.compile(r"(?P<name>\w+)(?::(?P<ours>\w+))?(?P<sign>[-@!*]?)")


def entry(kind: str, parameters: str, change: Change | None = None) -> Entry:
    """An entry from its line."""
    found = []
    for token in parameters.split():
        match = _TOKEN.fullmatch(token)
        assert match, token
        name, sign = match["name"], match["sign"]
        ours = match["ours"] or name if sign in ("", "*") else ""
        found.append(Parameter(name, ours, sign == "@", sign == "!", sign == "*"))
    return Entry(kind, tuple(found), change)


@dataclass(frozen=True, slots=True)
class Dialect:
    """The classes of a framework by name; `common` are parameters that all of them have and that change nothing."""

    name: str
    classes: Mapping[str, Entry]
    common: re.Pattern[str]

    def translated(self, name: str, call: Called) -> Translated:
        """A call of a class as a layer here.

        Raises:
            UnknownName: the framework has no such class, or the class no such parameter.
            InputError: too many values, a value twice, or one that cannot be read.
        """
        if name not in self.classes:
            if near := next((known for known in self.classes if known.lower() == name.lower()), ""):
                raise InputError(f"unknown layer of {self.name} '{name}'; did you mean {near}?")
            raise UnknownName(f"layer of {self.name}", name, self.classes)
        found = self.classes[name]
        given = self._bound(name, found, call)
        by_name = {parameter.name: parameter for parameter in found.parameters}
        for key, value in given.items():
            if by_name[key].fixed and not _is_usual(value):
                raise InputError(f"{name} with {key}={value!r} is not read")
            if by_name[key].worded and not isinstance(value, str):
                raise InputError(f"{key} of {name} is a word such as 'same', not {value!r}")
        repeats = {key: value for key, value in given.items() if by_name[key].repeats}
        if found.change:
            kind, settings = found.change(given)
        else:
            kind = found.kind
            renamed = {by_name[key].ours: value for key, value in given.items() if by_name[key].ours}
            settings = {ours: _plain(ours, value) for ours, value in renamed.items()}
        return Translated(kind, settings, repeats)

    def _bound(self, name: str, found: Entry, call: Called) -> Settings:
        """The values by the names of the parameters; what is None is as if it had not been given."""
        names = [parameter.name for parameter in found.parameters]
        if len(call.args) > len(names):
            raise InputError(f"{name} takes {len(names)} values at most, but gets {len(call.args)}")
        given = dict(zip(names, call.args, strict=False))
        for key, value in call.settings.items():
            if key in given:
                raise InputError(f"{name} is given {key} twice")
            if key in names:
                given[key] = value
            elif not self.common.fullmatch(key):
                raise UnknownName(f"parameter of {name}", key, names)
        return {key: value for key, value in given.items() if value is not None}


_USUAL = ("channels_last", "zeros", False, -1, 1)
"""The values that say what goes without saying."""


def _is_usual(value: Any) -> bool:
    return any(type(value) is type(usual) and value == usual for usual in _USUAL)


def _plain(ours: str, value: Any) -> Any:
    if ours in ("activation", "padding", "mode") and isinstance(value, str):
        return word(value)
    if isinstance(value, str | Called):
        raise InputError(f"the value '{value.name if isinstance(value, Called) else value}' cannot be read")
    return value


def word(value: Any) -> str:
    """The name of an activation or a rule of padding: `tf.nn.relu`, `"ReLU"` and `relu` are one."""
    text = value.name if isinstance(value, Called) else str(value)
    text = text.rsplit(".", 1)[-1].lower()
    return {"swish": "silu", "leakyrelu": "leaky_relu", "none": "linear", "identity": "linear"}.get(text, text)
