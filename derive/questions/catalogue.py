"""The question types, found by looking: a subclass of `Question` with `ask` in any module of this package is one."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import BaseModel, ValidationError, create_model
from pydantic.json_schema import GenerateJsonSchema, JsonSchemaValue
from pydantic_core import core_schema

import derive.questions
from derive.errors import DeriveError, UnknownName
from derive.lookup import every, one
from derive.notation import source
from derive.notation.form import Form
from derive.questions.base import Question
from derive.questions.faults import DataPath, Locate, place_by_path, raise_all, settled, translate
from derive.record import Conventions, Derivation


@lru_cache(maxsize=1)
def catalogue() -> Mapping[str, type[Question]]:
    """All question types by name, in alphabetical order."""
    return MappingProxyType(dict(sorted(every(derive.questions, Question, "ask").items())))


@lru_cache(maxsize=None)
def question_type(ask: str) -> type[Question]:
    """The type of that name.

    Raises:
        UnknownName: there is none; the message lists them all.
    """
    found = one(derive.questions, Question, "ask", ask)
    if found is None:
        raise UnknownName("question type", ask, catalogue())
    return found


def question(ask: str, givens: Mapping[str, Any], locate: Locate = place_by_path) -> Question:
    """A question with its givens, checked.

    Args:
        ask: the type's name.
        givens: values by name, as an exam file has them, or forms.
        locate: says where a given stands, for the errors.

    Raises:
        InputError: a given is unknown, missing or wrong; all of them are named.
    """
    kind = question_type(ask)
    try:
        return kind.model_validate(dict(givens))
    except ValidationError as error:
        raise_all(translate(error, kind, givens, locate))
        raise  # pragma: no cover
    except DeriveError as error:
        raise_all(_culprits(kind, givens, locate))
        raise settled(error, locate, (), givens) from None


def _culprits(kind: type[Question], givens: Mapping[str, Any], locate: Locate) -> Iterator[DeriveError]:
    """What the readers of single givens refuse, given by given: pydantic does not say where a reader's error arose."""
    for name, field in kind.model_fields.items():
        key = field.alias or name
        if key in givens:
            kind_of_value: Any = Annotated[field.annotation, *field.metadata] if field.metadata else field.annotation
            alone: Any = (kind_of_value, ...)
            reader = create_model(kind.__name__, __config__=kind.model_config, value=alone)
            yield from _refused(reader, givens[key], (key,), locate)


def _refused(reader: type[BaseModel], value: Any, path: DataPath, locate: Locate) -> Iterator[DeriveError]:
    try:
        reader.model_validate({"value": value})
    except DeriveError as error:
        yield settled(error, locate, path, value)
    except ValidationError:
        return


def solved(asked: Question, givens: Mapping[str, Any], conventions: Conventions, locate: Locate) -> Derivation:
    """The question's derivation; what the engine refuses says which given it was, where the engine knows."""
    try:
        return asked.solve(conventions)
    except DeriveError as error:
        raise settled(error, locate, (), givens) from None


def purpose(kind: type[Question]) -> str:
    """The first sentence of a type's docstring."""
    return (inspect.getdoc(kind) or "").split("\n\n")[0].replace("\n", " ")


def schema_of(kind: type[Question]) -> dict[str, Any]:
    """The JSON Schema of the givens of a type."""
    return kind.model_json_schema(schema_generator=_Generator)


class _Generator(GenerateJsonSchema):
    """Writes what JSON cannot say, such as an instance of a form, as anything at all."""

    ignored_warning_kinds = {"non-serializable-default", "skipped-choice"}

    def encode_default(self, dft: Any) -> Any:
        """A form as a user would type it."""
        return source.write(dft) if isinstance(dft, Form) else super().encode_default(dft)

    def handle_invalid_for_json_schema(self, schema: core_schema.CoreSchema, error_info: str) -> JsonSchemaValue:
        return {}
