"""A network: layers in sequence, read from text such as `conv2d(filters=5, kernel=7)` or from mappings."""

from __future__ import annotations

import importlib
import pkgutil
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from pydantic import ValidationError

import derive.network.layers
from derive.errors import InputError, UnknownName
from derive.network.layers.base import Layer
from derive.notation.form import Call, Number
from derive.notation.text import read


@lru_cache(maxsize=1)
def layers() -> Mapping[str, type[Layer]]:
    """All kinds of layers by name."""
    for module in pkgutil.iter_modules(derive.network.layers.__path__):
        importlib.import_module(f"{derive.network.layers.__name__}.{module.name}")
    return {kind.kind: kind for kind in Layer.__subclasses__() if kind.kind}


def read_layer(given: Any) -> Layer:
    """A layer from its text, or from a mapping of its name to its settings.

    Raises:
        InputError: a layer or a setting that is not known, missing or wrong.
    """
    if isinstance(given, Layer):
        return given
    if isinstance(given, str):
        name, settings = _parsed(given)
    elif isinstance(given, Mapping) and len(given) == 1:
        name, settings = next(iter(given.items()))
    else:
        raise InputError("a layer is a text such as conv2d(filters=5, kernel=7) or a mapping of its name to settings")
    if name not in layers():
        raise UnknownName("layer", str(name), layers())
    kind = layers()[name]
    try:
        return kind.model_validate(dict(settings))
    except ValidationError as error:
        raise InputError(f"{name}: {_said(kind, error)}") from None


def _parsed(text: str) -> tuple[str, dict[str, Any]]:
    form = read(text, functions=layers())
    if not isinstance(form, Call):
        raise InputError(f"'{text}' is no layer: write its name and its settings in brackets")
    if form.args:
        raise InputError(f"the settings of {form.function} need names, as in {form.function}(filters=5)")
    settings: dict[str, Any] = {}
    for name, value in form.params:
        if not (isinstance(value, Number) and value.text.isdigit()):
            raise InputError(f"{name} of {form.function} must be a whole number")
        settings[name] = int(value.text)
    return form.function, settings


def _said(kind: type[Layer], error: ValidationError) -> str:
    first = error.errors()[0]
    name = ".".join(map(str, first["loc"]))
    if first["type"] == "extra_forbidden":
        return UnknownName("setting", name, kind.model_fields).message
    return f"{name} is missing" if first["type"] == "missing" else f"{name}: {first['msg'].lower()}"
