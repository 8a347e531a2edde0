"""The kinds of givens that question types share: expressions, values, matrices, graphs, as they stand in a file."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from fractions import Fraction
from math import isfinite
from typing import Annotated, Any, TypeVar

from pydantic import BeforeValidator, Field, WithJsonSchema

from derive.errors import InputError
from derive.notation.arrays import Array
from derive.notation.build import number
from derive.notation.form import PI, Form, Matrix, Symbol, Tuple
from derive.notation.reals import LogOfNothing, Undefined
from derive.notation.rounding import Real
from derive.notation.symbols import parse_symbol
from derive.notation.text import read
from derive.notation.value import NoValue, evaluate

Item = TypeVar("Item")
MAX_ENTRIES = 4096
NO_NUMBERS = ("nan", "inf", "infinity")


def to_form(value: Any) -> Form:
    """The form of a given: text is read, a number kept digit by digit, nested lists become matrices."""
    if isinstance(value, Form):
        return value
    if isinstance(value, bool):
        raise InputError("a number or an expression is needed, not a truth value")
    if isinstance(value, float) and not isfinite(value):
        raise InputError(f"{value} is no number to compute with")
    if isinstance(value, (int, float, Fraction)):
        return number(value)
    if isinstance(value, str):
        if value.strip().lstrip("+-").lower() in NO_NUMBERS:
            raise InputError(f"{value.strip()} is no number to compute with")
        return read(value)
    if isinstance(value, (list, tuple)):
        return _list_form(list(value))
    raise InputError(f"a number or an expression is needed, not a {type(value).__name__}")


def to_expression(value: Any) -> Form:
    """The form of a given that is one expression: no list."""
    if isinstance(value, (list, tuple)):
        raise InputError("one number or expression is needed, not a list")
    return to_form(value)


def _list_form(items: list[Any]) -> Form:
    if not items:
        raise InputError("an empty list")
    depth = _depth(items)
    if len({_depth(item) for item in items}) > 1:
        raise InputError("a list has numbers in it, or lists that are nested alike, not both")
    if depth == 1:
        return Matrix(tuple((to_form(item),) for item in items))
    if depth == 2:
        if len({len(row) for row in items}) != 1:
            raise InputError("the rows of a matrix differ in length")
        if not items[0]:
            raise InputError("an empty list")
        return Matrix(tuple(tuple(to_form(entry) for entry in row) for row in items))
    if depth == 3:
        return Tuple(tuple(_list_form(list(item)) for item in items)) if len(items) > 1 else _list_form(list(items[0]))
    raise InputError("lists nested more than three deep")


def _depth(value: Any) -> int:
    return 1 + max(map(_depth, value), default=0) if isinstance(value, (list, tuple)) else 0


def to_name(value: Any) -> Symbol:
    """The symbol of a name."""
    if not isinstance(value, (str, Symbol)):
        raise InputError(f"a name is needed, not {value!r}")
    symbol = parse_symbol(value) if isinstance(value, str) else value
    if symbol == PI:
        raise InputError("pi is the number π and no name that could have a value: give it an index, as in pi_1")
    return symbol


def to_names(value: Any) -> tuple[Symbol, ...]:
    """One name or a list of names."""
    return tuple(map(to_name, value)) if isinstance(value, (list, tuple)) else (to_name(value),)


def to_forms(value: Any) -> tuple[Form, ...]:
    """One expression or a list of expressions."""
    return tuple(map(to_form, value)) if isinstance(value, (list, tuple)) else (to_form(value),)


def to_values(value: Any) -> dict[Symbol, Form]:
    """A mapping from names to numbers, matrices or images."""
    return by_name(value, to_form)


def by_name(value: Any, read: Callable[[Any], Item]) -> dict[Symbol, Item]:
    """A mapping from names to what is read of each value."""
    if not isinstance(value, Mapping):
        raise InputError("a mapping from names to values is needed")
    return {to_name(name): read_at(str(name), read, item) for name, item in value.items()}


def read_at(place: str, read: Callable[[Any], Item], value: Any) -> Item:
    """What is read of a value; an error says where it stands."""
    try:
        return read(value)
    except InputError as error:
        raise error.at(path=place) from None


def to_definitions(value: Any) -> dict[str, str | Form]:
    """A mapping from names to expressions, in order; a text is read later, when the abstract blocks are known."""
    if not isinstance(value, Mapping):
        raise InputError("a mapping from names to expressions is needed")
    return {str(name): item if isinstance(item, (str, Form)) else to_form(item) for name, item in value.items()}


def numeric(form: Form) -> Real | Array:
    """The exact value of a form of numbers, as the engine takes it.

    Raises:
        InputError: it holds letters, or has no real value.
    """
    try:
        value = evaluate(form, {})
    except NoValue as error:
        raise InputError(f"a number is needed here: {error.message}") from None
    except Undefined as error:
        raise InputError(f"this is no number to compute with: {error.message}") from None
    if any(isinstance(item, LogOfNothing) for item in getattr(value, "items", (value,))):
        raise InputError("this is no number to compute with: the logarithm of a number that is not positive")
    if isinstance(value, Array) and len(value.items) > MAX_ENTRIES:
        raise InputError(f"an array of {len(value.items)} entries; {MAX_ENTRIES} are the limit")
    return value


def is_number(form: Form) -> bool:
    """Whether a given is one number."""
    return not isinstance(numeric(form), Array)


_TEXT_OR_NUMBER = {"type": ["string", "number"]}
_ARRAY = {"anyOf": [{"type": "number"}, {"type": "string"}, {"type": "array"}]}

Expression = Annotated[Form, BeforeValidator(to_expression), WithJsonSchema(_TEXT_OR_NUMBER)]
Numbers = Annotated[Form, BeforeValidator(to_form), WithJsonSchema(_ARRAY)]
"""A number, a vector (a list), a matrix (a list of rows) or several matrices."""
Name = Annotated[Symbol, BeforeValidator(to_name), WithJsonSchema({"type": "string"})]
Names = Annotated[
    tuple[Symbol, ...],
    BeforeValidator(to_names),
    WithJsonSchema({"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]}),
]
Values = Annotated[
    dict[Symbol, Form],
    BeforeValidator(to_values),
    WithJsonSchema({"type": "object", "additionalProperties": _ARRAY}),
]
Definitions = Annotated[
    dict[str, str | Form],
    BeforeValidator(to_definitions),
    WithJsonSchema({"type": "object", "additionalProperties": _TEXT_OR_NUMBER}),
]
Activation = Annotated[str, BeforeValidator(lambda name: "identity" if name == "linear" else name)]
"""The name of an activation; Keras says linear where it is the identity."""
Positive = Annotated[int, Field(strict=True, ge=1, le=10**9)]
