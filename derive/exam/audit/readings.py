"""The same question under another convention: what a claim may have meant.

A given that stands for a convention says so where it is declared, `Field(..., json_schema_extra=convention())`; so
does a setting of a layer. Each such given is taken at every other value that it may have, one at a time.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from derive.conventions import alternatives, section
from derive.errors import DeriveError
from derive.network.kinds import kind_of, named
from derive.questions.catalogue import question, question_type
from derive.record import Conventions, Derivation


@dataclass(frozen=True, slots=True)
class Reading:
    """A question under another convention: in words, and its derivation."""

    words: str
    derivation: Derivation


def readings(ask: str, givens: Mapping[str, Any], conventions: Conventions) -> Iterator[Reading]:
    """The question with one convention changed; those under which it makes no sense are left out."""
    for words, changed in _changed_givens(ask, givens):
        yield from _solved(words, ask, changed, conventions)
    for words, other in _changed_conventions(conventions):
        yield from _solved(words, ask, givens, other)


def _solved(words: str, ask: str, givens: Mapping[str, Any], conventions: Conventions) -> Iterator[Reading]:
    try:
        yield Reading(words, question(ask, givens).solve(conventions))
    except DeriveError:
        return


def _changed_givens(ask: str, givens: Mapping[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    kind = question_type(ask)
    for name, words, value in _changed_settings(kind, givens):
        yield words, kind.under(givens, name, value)
    if isinstance(net := givens.get("net"), list):
        yield from ((words, {**givens, "net": other}) for words, other in _changed_layers(net))


def _changed_settings(model: type[BaseModel], givens: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """Each setting that stands for a convention, in words and with its other values; also those of its settings."""
    for key, field in model.model_fields.items():
        name = field.alias or key
        given = givens.get(name)
        for value in alternatives(field, given):
            yield name, f"{name.replace('_', ' ')}: {_said(value, given)}", value
        inner = section(field)
        if inner is not None and given is not None:
            whole = given if isinstance(given, Mapping) else {"name": given}  # `loss: mse` is short for its name
            for setting, words, value in _changed_settings(inner, whole):
                yield name, f"{name} {words}", {**whole, setting: value}


def _changed_layers(net: list[Any]) -> Iterator[tuple[str, list[Any]]]:
    """The layers with a setting that stands for a convention changed in all those which leave it unsaid."""
    changes: dict[tuple[str, Any], None] = {}
    for item in net:
        changes |= {(name, value): None for name, field, stated in _settings(item) if not stated
                    for value in alternatives(field, None)}  # fmt: skip
    for name, value in changes:
        yield f"{name}: {_said(value)}", [_with_setting(item, name, value) for item in net]


def _settings(item: Any) -> Iterator[tuple[str, FieldInfo, bool]]:
    """The settings of a layer, with whether they are stated."""
    try:
        _, called = named(item)
        kind: type[BaseModel] = kind_of(called.name)
    except DeriveError:
        return
    for name, field in kind.model_fields.items():
        yield name, field, name in called.settings


def _with_setting(item: Any, name: str, value: Any) -> Any:
    if not any(
        setting == name and not stated and alternatives(field, None) for setting, field, stated in _settings(item)
    ):
        return item
    if isinstance(item, Mapping):
        return {
            key: _with_setting(inner, name, value) if isinstance(inner, str) else inner for key, inner in item.items()
        }
    text = str(item)
    head, _, rest = text.partition("(")
    return f"{head}({name}={value}, {rest}" if rest.strip(" )") else f"{head}({name}={value})"


def _changed_conventions(conventions: Conventions) -> Iterator[tuple[str, Conventions]]:
    for tie in ("padding", "first", "last"):
        if tie != conventions.tie:
            yield f"a tie goes to the {tie}", replace(conventions, tie=tie)
    for slope in (Fraction(0), Fraction(1), Fraction(1, 2)):
        if slope != conventions.relu_at_zero:
            yield f"the slope of ReLU at 0: {slope}", replace(conventions, relu_at_zero=slope)


def _said(value: Any, before: Any = None) -> str:
    """A value in words; of a mapping what is new in it."""
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {item}" for key, item in value.items() if (before or {}).get(key) != item)
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)
