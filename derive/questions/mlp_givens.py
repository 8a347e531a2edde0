"""The givens that the questions about dense nets share: layers, examples, a loss, names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from derive.conventions import convention
from derive.errors import InputError
from derive.notation.build import number
from derive.notation.form import Form, Matrix, symbols
from derive.questions.fields import Activation, Expression, Values, to_form
from derive.training.loss_forms import Choice, chosen
from derive.training.losses import Reduction
from derive.training.mlp import Layer, size_of

Example = tuple[Form, ...]
"""The values of one example."""


def to_numbers(value: Any) -> Form:
    """A number, a vector or a matrix without letters."""
    form = to_form(value)
    if any(symbols(form)):
        raise InputError("numbers are needed here; for letters leave the weights out and give units")
    return form


def to_examples(value: Any) -> tuple[Example, ...]:
    """The examples that a given lists: a number, a vector, or a list of vectors, one for each example."""
    rows = list(value) if isinstance(value, (list, tuple)) else [value]
    if not rows:
        raise InputError("an empty list")
    if not any(isinstance(row, (list, tuple)) for row in rows):
        rows = [rows]
    if not all(isinstance(row, (list, tuple)) and row for row in rows) or len({len(row) for row in rows}) != 1:
        raise InputError("a list of examples has as many values in each of them")
    return tuple(tuple(map(to_numbers, row)) for row in rows)


def to_bias(value: Any) -> Form | bool:
    """A bias, or whether there is one, in letters."""
    return value if isinstance(value, bool) else to_numbers(value)


_ARRAY: dict[str, Any] = {"anyOf": [{"type": "number"}, {"type": "string"}, {"type": "array"}]}
Numbers = Annotated[Form, BeforeValidator(to_numbers), WithJsonSchema(_ARRAY)]
Examples = Annotated[tuple[Example, ...], BeforeValidator(to_examples), WithJsonSchema(_ARRAY)]
Bias = Annotated[
    Form | bool, BeforeValidator(to_bias), WithJsonSchema({"anyOf": [*_ARRAY["anyOf"], {"type": "boolean"}]})
]


class LayerGiven(BaseModel):
    """A dense layer: its weights and bias in numbers, or how many units it has where they are letters."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    W: Numbers | None = Field(
        None, description="the weights, row by row: a row for each unit, in the orientation rows a column for each"
    )
    b: Bias = Field(False, description="the bias of each unit; true for letters; none if not given")
    units: int | None = Field(None, ge=1, le=8, description="how many units, where the weights are letters")
    activation: Activation = Field(
        "identity", description="sigmoid, tanh, relu, leaky_relu, softplus, gelu, identity; softmax in the last layer"
    )
    alpha: Expression = Field(number("0.01"), description="the slope of leaky_relu for negative values")

    def layer(self, columns: bool) -> Layer:
        """The layer; `columns` says that vectors are columns, so that a row of the weights belongs to a unit."""
        if (self.W is None) == (self.units is None):
            raise InputError("a layer has its weights W in numbers, or, for letters, its number of units")
        settings = (("alpha", self.alpha),) if self.activation == "leaky_relu" else ()
        bias = self.b if isinstance(self.b, Form) else None
        if self.W is None:
            return Layer(self.units or 1, None, bias, self.b is not False, self.activation, settings)
        units = size_of(self.W)[0 if columns else 1]
        if self.b is True:
            raise InputError("the weights are numbers and so is the bias: b is a list of numbers")
        return Layer(units, self.W, bias, bias is not None, self.activation, settings)


class LossGiven(BaseModel):
    """A loss with what is open about it."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    name: str = Field(description="mse, sse, mae, huber, bce, cross_entropy, nll, kl, hinge, focal and the like")
    takes: str | None = Field(
        None, alias="from", description="what the output is to it: values, probabilities, logits, scores"
    )
    reduction: Reduction | None = Field(
        None,
        description="sum, mean (over all entries, or samples) or batchmean (sums over outputs, mean over samples)",
        json_schema_extra=convention(),
    )
    half: bool = Field(False, description="whether a squared error has the factor 1/2", json_schema_extra=convention())
    settings: Values = Field({}, description="constants of the loss, such as delta")

    def choice(self, kind: str | None) -> Choice:
        """The loss of the table; `kind` is what the output is where that is not said."""
        settings = {name.base: form for name, form in self.settings.items()}
        return chosen(self.name, self.takes or kind, self.reduction, self.half, settings)


def to_loss(value: Any) -> Any:
    """A loss by its name alone, or with its options."""
    return {"name": value} if isinstance(value, str) else value


def to_given_names(value: Any) -> dict[str, tuple[str, ...]]:
    """Names by role: one, or one for each layer."""
    if not isinstance(value, Mapping):
        raise InputError("a mapping from roles to names is needed, as in {W: [V, W]}")
    return {str(role): _listed(names) for role, names in value.items()}


def _listed(names: Any) -> tuple[str, ...]:
    return tuple(map(str, names)) if isinstance(names, Sequence) and not isinstance(names, str) else (str(names),)


LossField = Annotated[LossGiven, BeforeValidator(to_loss)]
GivenNames = Annotated[
    dict[str, tuple[str, ...]],
    BeforeValidator(to_given_names),
    WithJsonSchema(
        {
            "type": "object",
            "additionalProperties": {"anyOf": [{"type": "string"}, {"type": "array", "items": {"type": "string"}}]},
        }
    ),
]


def arranged(examples: tuple[Example, ...], columns: bool) -> Form:
    """Examples as one matrix: beside each other as columns, or below each other as rows."""
    rows = examples if not columns else tuple(zip(*examples, strict=True))
    return Matrix(rows)
