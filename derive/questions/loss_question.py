"""What the questions about a loss share: their givens, and the graph that they come to."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from derive.errors import InputError
from derive.graph.arrays import Array, Shape, shape_of
from derive.graph.graph import Graph, matrix_form
from derive.graph.point import Point
from derive.notation.form import Form, Matrix, Symbol
from derive.notation.symbols import element, parse_symbol, symbol_name
from derive.questions.fields import Definitions, Expression, Name, Names, Values, numeric, to_form
from derive.questions.graph_question import GraphQuestion
from derive.questions.loss_givens import check_prediction, class_numbers, one_hot_classes, check_target
from derive.record import Conventions, Given, Phrase
from derive.training.loss_forms import Choice, LossForms, chosen, loss_forms
from derive.training.loss_writing import outputs_of, samples_of
from derive.training.penalties import Penalty, penalty, penalty_form, penalty_meaning

NamedOrNumbers = Annotated[
    Form,
    BeforeValidator(to_form),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string"}, {"type": "array"}]}),
]
"""A name of the graph or of `at`, or the numbers themselves: one, a vector, or a matrix with a row for each sample."""


class PenaltyGiven(BaseModel):
    """A penalty on weights that is added to the loss."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    kind: str = Field("l2", description="l1 (absolute weights) or l2 (squared weights)")
    strength: Expression = Field(to_form("lam"), description="the factor in front of it: a number, or a name as in lam")
    over: Names = Field((), description="the weights; those called w or W if not said, never biases")
    half: bool = Field(False, description="whether it has a factor 1/2 besides the strength")
