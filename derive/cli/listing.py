"""`derive questions`: the catalogue as text."""

from __future__ import annotations

import io
import textwrap
from dataclasses import dataclass
from typing import Any

from derive.questions.base import Question
from derive.questions.catalogue import catalogue, purpose, question_type, schema_of

WIDTH = 100


def overview() -> str:
    """All question types, one a line."""
    types = catalogue()
    wide = max(map(len, types))
    return "\n".join(f"{ask:<{wide}}  {purpose(kind)}" for ask, kind in types.items())


def describe(ask: str) -> str:
    """A question type: what it asks, its givens with their types and units, and an example to copy."""
    kind = question_type(ask)
    lines = [f"{ask}: {purpose(kind)}", "", "givens:"]
    for given in givens_of(kind):
        state = "" if given.required else f", optional{f' (else {given.default})' if given.default else ''}"
        lines.append(f"  {given.name}: {given.kind}{state}")
        lines += textwrap.wrap(given.description, WIDTH, initial_indent="      ", subsequent_indent="      ")
    return "\n".join([*lines, "", "example:", textwrap.indent(example(kind), "  ")])


@dataclass(frozen=True, slots=True)
class Given:
    """One given of a question type, in words."""

    name: str
    kind: str
    required: bool
    default: str
    description: str


def givens_of(kind: type[Question]) -> list[Given]:
    """The givens of a type, in the order in which they are declared."""
    schema = schema_of(kind)
    definitions, required = schema.get("$defs", {}), schema.get("required", [])
    return [
        Given(
            name,
            _in_words(given, definitions) + (f" [{given['unit']}]" if "unit" in given else ""),
            name in required,
            "" if given.get("default") in (None, [], {}) else str(given["default"]),
            given.get("description", ""),
        )
        for name, given in schema.get("properties", {}).items()
    ]


_WORDS = {"string": "text", "integer": "whole number", "boolean": "true or false", "null": "nothing"}


def _in_words(schema: dict[str, Any], definitions: dict[str, Any]) -> str:
    """A type as people say it: `list of whole number or text`."""
    if "$ref" in schema:
        return _in_words(definitions[schema["$ref"].rpartition("/")[2]], definitions)
    if "kind" in schema:
        return str(schema["kind"])
    choices = schema.get("anyOf") or schema.get("oneOf")
    if choices:
        said = [_in_words(choice, definitions) for choice in choices if choice.get("type") != "null" and choice]
        return " or ".join(dict.fromkeys(said))
    if "enum" in schema or "const" in schema:
        return " or ".join(str(value) for value in schema.get("enum", [schema.get("const")]))
    kind = schema.get("type")
    if isinstance(kind, list):
        return " or ".join(_WORDS.get(each, str(each)) for each in kind)
    if kind in ("array", "object"):
        return _collection(schema, definitions)
    return _WORDS.get(kind, str(kind)) if kind else "a value"


def _collection(schema: dict[str, Any], definitions: dict[str, Any]) -> str:
    if schema["type"] == "array":
        items = schema.get("items") or (schema.get("prefixItems") or [{}])[0]
        return f"list of {_in_words(items, definitions)}" if items else "list"
    if "properties" in schema:
        return f"mapping with {', '.join(schema['properties'])}"
    values = schema.get("additionalProperties")
    inner = _in_words(values, definitions) if isinstance(values, dict) and values else ""
    return f"mapping from name to {inner}" if inner else "mapping"


def example(kind: type[Question]) -> str:
    """The type's example as a part of an exam file."""
    if kind.ask == "text":
        return _yaml([{**kind.example}])
    return _yaml([{"ask": kind.ask, "points": 4, "given": kind.example}])


def _yaml(data: Any) -> str:
    from ruamel.yaml import YAML

    yaml = YAML(typ="safe", pure=True)
    yaml.default_flow_style = None
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    yaml.width = WIDTH
    out = io.StringIO()
    yaml.dump(data, out)
    return out.getvalue().rstrip()
