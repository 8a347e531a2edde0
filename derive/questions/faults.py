"""What pydantic says about wrong data, as errors of this project: place, what was found, what is known."""

from __future__ import annotations

import typing
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError

from derive.errors import DeriveError, InputError, Place, UnknownName

DataPath = tuple[str | int, ...]
Locate = Callable[..., Place]
"""locate(path, key=False, inside=None): the place of a value, of its key, or of a column within it."""

MAX_SHOWN = 10


class Faults(InputError):
    """Several mistakes at once, one sentence a line."""

    def __init__(self, errors: Iterable[DeriveError]) -> None:
        self.errors = tuple(errors)
        lines = [str(error) for error in self.errors[:MAX_SHOWN]]
        if len(self.errors) > MAX_SHOWN:
            lines.append(f"... and {len(self.errors) - MAX_SHOWN} more")
        super().__init__("\n".join(lines))


def raise_all(errors: Iterable[DeriveError]) -> None:
    """Raise what was collected: nothing, the one error, or all of them together."""
    found: list[DeriveError] = []
    for error in errors:
        found.extend(error.errors if isinstance(error, Faults) else [error])
    if len(found) == 1:
        raise found[0]
    if found:
        raise Faults(found)


def place_by_path(path: DataPath, key: bool = False, inside: int | None = None) -> Place:
    """The place of data that stands in no file: its path, and the column within it."""
    column = [f"column {inside}"] if inside is not None else []
    return Place(path=", ".join([*(str(item) for item in path), *column]) or None)


def settled(error: DeriveError, locate: Locate, path: DataPath, data: Any = None) -> DeriveError:
    """An error of a reader, which knows a column or a name in its data at most, with its place in the file.

    Args:
        error: the error; one that knows its line already stays as it is.
        locate: says where paths stand.
        path: the path of the data that was read.
        data: that data; a name that the error's place ends in is looked for in it.
    """
    known = error.place or Place()
    if known.line is not None:
        return error
    inner = _path_to(data, known.path.split()[-1]) if known.path else ()
    error.place = locate((*path, *inner), inside=known.column)
    if known.path and not inner:
        error.place = replace(error.place, path=", ".join(text for text in (error.place.path, known.path) if text))
    return error


def _path_to(data: Any, name: str) -> DataPath:
    """The path to the only key of that name; empty where there is none, or several."""
    found = [path for path in _key_paths(data, ()) if path[-1] == name]
    return found[0] if len(found) == 1 else ()


def _key_paths(data: Any, path: DataPath) -> Iterator[DataPath]:
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield (*path, key)
            yield from _key_paths(value, (*path, key))
    elif isinstance(data, (list, tuple)):
        for index, value in enumerate(data):
            yield from _key_paths(value, (*path, index))


def reading(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """A reader for use as a pydantic validator: its errors keep their words, and pydantic adds which given it was."""

    def validate(value: Any) -> Any:
        try:
            return read(value)
        except DeriveError as error:
            raise PydanticCustomError("derive", "{error}", {"error": error}) from None

    return validate


def translate(error: ValidationError, model: type[BaseModel], data: Any, locate: Locate) -> list[DeriveError]:
    """One error a wrong place; what the branches of a union say about the same place is said together."""
    wanted: dict[DataPath, list[str]] = {}
    found: list[DeriveError] = []
    for fault in error.errors(include_url=False):
        path = _real_path(fault["loc"], data)
        if fault["type"] == "extra_forbidden":
            known = _known_keys(model, path[:-1])
            found.append(UnknownName("key", str(path[-1]), known, locate(path, key=True)))
        elif fault["type"] == "missing":
            found.append(InputError(f"'{fault['loc'][-1]}' is missing", locate(path)))
        elif fault["type"] == "too_short" and _has_enough(_follow(data, path), fault):
            continue  # it has too few that are right, and the wrong ones are named
        elif fault["type"] == "derive":
            found.append(settled(fault["ctx"]["error"], locate, path))
        else:
            wanted.setdefault(path, []).append(_wanted(fault))
    for path, says in wanted.items():
        first, *others = dict.fromkeys(says)
        what = " or ".join([first, *(each.removeprefix("expected ") for each in others)])
        found.append(InputError(f"{what}, not {shown(_follow(data, path))}", locate(path)))
    return sorted(found, key=lambda each: (each.place.line or 0) if each.place else 0)


def _has_enough(value: Any, fault: Mapping[str, Any]) -> bool:
    """Whether a list that is called too short is long enough as it was given."""
    return isinstance(value, (list, tuple)) and len(value) >= fault["ctx"]["min_length"]


def shown(value: Any) -> str:
    """A found value in a sentence, cut where it is long."""
    text = f"'{value}'" if isinstance(value, str) else _KINDS.get(type(value), str(value))
    text = f"a list of {len(value)}" if isinstance(value, list) else text
    return text if len(text) <= 60 else text[:57] + "..."


_KINDS = {dict: "a mapping", bool: "true or false", type(None): "nothing"}


def _wanted(fault: Mapping[str, Any]) -> str:
    if fault["type"] == "value_error":
        return str(fault["ctx"]["error"])
    if fault["type"] in ("too_short", "too_long"):
        least = fault["type"] == "too_short"
        bound = fault["ctx"]["min_length" if least else "max_length"]
        return f"expected a list of at {'least' if least else 'most'} {bound}"
    words = str(fault["msg"]).removeprefix("Input should be ")
    for kind, said in _SAID.items():
        if fault["type"].startswith(kind):
            words = said
    return f"expected {words}"


_SAID = {
    "int_": "a whole number",
    "string_type": "text",
    "float_": "a number",
    "bool_": "true or false",
    "list_type": "a list",
    "tuple_type": "a list",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}


def _real_path(loc: tuple[int | str, ...], data: Any) -> DataPath:
    """The part of pydantic's location that exists in the data (it also names the branches of unions)."""
    path: list[int | str] = []
    for item in loc:
        if isinstance(data, Mapping) and item in data:
            data = data[item]
        elif isinstance(data, (list, tuple)) and isinstance(item, int) and item < len(data):
            data = data[item]
        else:
            continue
        path.append(item)
    return tuple(path)


def _follow(data: Any, path: DataPath) -> Any:
    for item in path:
        data = data[item]
    return data


def _known_keys(model: type[BaseModel], path: DataPath) -> list[str]:
    """The keys of the model at a path: every name on the way picks a field, indices stay in it."""
    here = [model]
    for item in path:
        if isinstance(item, str):
            here = [inner for outer in here for inner in _models(outer, item)]
    return [field.alias or name for each in here for name, field in each.model_fields.items()]


def _models(outer: type[BaseModel], name: str) -> Iterator[type[BaseModel]]:
    for key, field in outer.model_fields.items():
        if name in (key, field.alias):
            yield from _models_in(field.annotation)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in typing.get_args(annotation):
        yield from _models_in(argument)
