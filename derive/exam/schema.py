"""JSON Schema of the exam file, so that editors complete keys and question types and underline mistakes."""

from __future__ import annotations

from typing import Any

from derive.exam.model import ExamRules
from derive.questions.base import Question
from derive.questions.catalogue import catalogue, purpose, schema_of

DIALECT = "https://json-schema.org/draft/2020-12/schema"
REFERENCE = {
    "type": "object",
    "description": "the result of an earlier part: its letter or name, and which answer",
    "properties": {
        "from": {"type": "string", "description": "a part of this problem (a), or of another (2.a)"},
        "answer": {"type": "string", "description": "the answer's name; all answers by name without it"},
    },
    "required": ["from"],
    "additionalProperties": False,
}


def exam_schema() -> dict[str, Any]:
    """The schema of the whole file; what may stand in `given` follows from `ask`."""
    schema = ExamRules.model_json_schema()
    definitions: dict[str, Any] = schema["$defs"]
    definitions["Reference"] = REFERENCE
    part = definitions["PartRules"]
    part["properties"]["ask"] = {
        "description": "the question type",
        "oneOf": [{"const": ask, "description": purpose(kind)} for ask, kind in catalogue().items()],
    }
    part["anyOf"] = [{"required": ["ask"]}, {"required": ["text"]}]
    part["allOf"] = [_rule_of(ask) for ask in catalogue()]
    for ask, kind in catalogue().items():
        definitions[f"given of {ask}"] = _givens_schema(kind, definitions)
    definitions["ProblemRules"]["properties"]["given"]["propertyNames"] = {"enum": _all_givens()}
    return {"$schema": DIALECT, "title": "derive exam file", **{k: v for k, v in schema.items() if k != "title"}}


def _rule_of(ask: str) -> dict[str, Any]:
    return {
        "if": {"properties": {"ask": {"const": ask}}, "required": ["ask"]},
        "then": {"properties": {"given": {"$ref": f"#/$defs/given of {ask}"}}},
    }


def _givens_schema(kind: type[Question], definitions: dict[str, Any]) -> dict[str, Any]:
    """The givens of a part: none is required, as the problem may share it, and each may come from an earlier part."""
    schema = schema_of(kind)
    definitions.update(schema.get("$defs", {}))
    either = {
        name: {"description": given.get("description", ""), "anyOf": [given, {"$ref": "#/$defs/Reference"}]}
        for name, given in schema.get("properties", {}).items()
    }
    return {"type": "object", "description": purpose(kind), "properties": either, "additionalProperties": False}


def _all_givens() -> list[str]:
    kinds = catalogue().values()
    return sorted({field.alias or name for kind in kinds for name, field in kind.model_fields.items()})
