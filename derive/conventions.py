"""How a setting says that it stands for a convention: an audit tries its other values on a claim."""

from __future__ import annotations

from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

KEY = "convention"


def convention(*values: Any) -> dict[str, Any]:
    """The `json_schema_extra` of a setting that stands for a convention; `values` where its type does not say them.

    With `values` a setting of another value stands for none. Of a setting that maps names to values, each of `values`
    is what changes in it.
    """
    return {KEY: list(values)}


def alternatives(field: FieldInfo, given: Any) -> list[Any]:
    """The other values of a setting that stands for a convention; none where it does not.

    Args:
        given: what it is set to, None where it is left at its default.
    """
    extra = field.json_schema_extra
    stated = extra.get(KEY) if isinstance(extra, dict) else None
    if not isinstance(stated, list):
        return []
    current = field.default if given is None else given
    changes = [value for value in stated if isinstance(value, dict)]
    if changes:
        return [{**(current or {}), **change} for change in changes]
    if stated and given is not None and given not in stated:
        return []
    return [value for value in (stated or _values(field.annotation)) if value != current]


def section(field: FieldInfo) -> type[BaseModel] | None:
    """The model of a setting that has settings of its own."""
    return _model(field.annotation)


def _model(annotation: Any) -> type[BaseModel] | None:
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return annotation
    if get_origin(annotation) in (Union, UnionType, Annotated):
        return next(filter(None, map(_model, get_args(annotation))), None)
    return None


def _values(annotation: Any) -> list[Any]:
    """What a setting of this type may be: the words of a Literal, or a truth value."""
    if annotation is bool:
        return [False, True]
    if get_origin(annotation) is Literal:
        return list(get_args(annotation))
    return [value for part in get_args(annotation) for value in _values(part)]
