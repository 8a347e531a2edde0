"""The givens of questions about recurrent cells: a sequence, start states, weights for all steps or step by step."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BeforeValidator, WithJsonSchema

from derive.errors import InputError
from derive.notation.form import Form, Matrix, Symbol, Tuple, symbols
from derive.notation.symbols import symbol_name
from derive.questions.fields import by_name, numeric, read_at, to_form, to_name

MOST_STEPS, MOST_UNITS = 40, 8

Start = Form | dict[Symbol, Form]
"""One start state, or several by name."""


def to_value(value: Any) -> Form:
    """A number, a vector or a matrix of numbers; a lone entry is a number, whatever brackets stand round it."""
    form = to_form(value)
    if isinstance(form, Tuple) or any(symbols(form)):
        raise InputError("a number, a vector or a matrix is needed" + _named(form))
    if isinstance(form, Matrix) and max(len(form.rows), len(form.rows[0])) > MOST_UNITS:
        raise InputError(f"more than {MOST_UNITS} rows or columns are too many to work by hand")
    numeric(form)
    return form.rows[0][0] if isinstance(form, Matrix) and len(form.rows) == len(form.rows[0]) == 1 else form


def _named(form: Form) -> str:
    names = ", ".join(map(symbol_name, symbols(form)))
    return f", and {names} is none" if names else ""


def to_sequence(value: Any) -> tuple[Form, ...]:
    """One value for each step."""
    if not isinstance(value, Sequence) or isinstance(value, str) or not value:
        raise InputError("a list with one entry for each step is needed")
    if len(value) > MOST_STEPS:
        raise InputError(f"{len(value)} steps; {MOST_STEPS} are the limit")
    return tuple(read_at(f"step {step}", to_value, entry) for step, entry in enumerate(value, 1))


def to_weights(value: Any) -> dict[Symbol, Form]:
    """Weights by name."""
    return by_name(value, to_value)


def to_weight_sequences(value: Any) -> dict[Symbol, tuple[Form, ...]]:
    """Weights by name, one value for each step."""
    return by_name(value, to_sequence)


def to_start(value: Any) -> Start:
    """A value for the state, or a mapping from states to values."""
    return by_name(value, to_value) if isinstance(value, Mapping) else to_value(value)


def to_renaming(value: Any) -> dict[Symbol, Symbol]:
    """What the sheet writes for some letters."""
    if not isinstance(value, Mapping):
        raise InputError("a mapping from names to names is needed")
    return {to_name(old): to_name(new) for old, new in value.items()}


_VALUE = {"anyOf": [{"type": "number"}, {"type": "string"}, {"type": "array"}]}

Inputs = Annotated[tuple[Form, ...], BeforeValidator(to_sequence), WithJsonSchema({"type": "array", "items": _VALUE})]
Weights = Annotated[
    dict[Symbol, Form],
    BeforeValidator(to_weights),
    WithJsonSchema({"type": "object", "additionalProperties": _VALUE}),
]
StepWeights = Annotated[
    dict[Symbol, tuple[Form, ...]],
    BeforeValidator(to_weight_sequences),
    WithJsonSchema({"type": "object", "additionalProperties": {"type": "array", "items": _VALUE}}),
]
StartStates = Annotated[
    Any, BeforeValidator(to_start), WithJsonSchema({"anyOf": [{"type": "object"}, *_VALUE["anyOf"]]})
]
Renaming = Annotated[
    dict[Symbol, Symbol],
    BeforeValidator(to_renaming),
    WithJsonSchema({"type": "object", "additionalProperties": {"type": "string"}}),
]
