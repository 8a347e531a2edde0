"""What the questions about a loss share: their givens and their wording."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, WithJsonSchema

from derive.conventions import convention
from derive.notation.form import Form, Symbol
from derive.notation.symbols import parse_symbol
from derive.questions.base import Question
from derive.questions.fields import Definitions, Expression, Name, Names, Values, to_form
from derive.training.losses import LOSSES
from derive.training.penalties import PENALTIES

Numbers = Annotated[
    Form,
    BeforeValidator(to_form),
    WithJsonSchema({"anyOf": [{"type": "number"}, {"type": "string"}, {"type": "array"}]}),
]
"""A number, a vector, a matrix with a row for each sample; or the name of a quantity."""


class PenaltyGiven(BaseModel):
    """A penalty on weights that is added to the loss."""

    model_config = ConfigDict(extra="forbid", frozen=True, arbitrary_types_allowed=True)

    kind: str = Field("l2", description=f"the penalty: {', '.join(PENALTIES)}")
    strength: Expression = Field(
        parse_symbol("lam"), description="the factor in front of the penalty: a number, or a name such as lam"
    )
    over: Names = Field((), description="the weights; those called w or W if not said, never biases")
    half: bool = Field(
        False, description="whether the penalty has a factor 1/2 besides its strength", json_schema_extra=convention()
    )


class LossQuestion(Question):
    """Base of questions about a loss on a prediction, which numbers or a graph may give."""

    loss: str = Field(description=f"the loss: {', '.join(LOSSES)}")
    prediction: Numbers | None = Field(
        None, description="the prediction: numbers, or the name of a quantity of the graph; letters if not said"
    )
    target: Numbers | None = Field(
        None, description="the target: numbers, the number of the right class (of each sample), or a name"
    )
    graph: Definitions = Field({}, description="the graph that the prediction comes from: name: expression, in order")
    at: Values = Field({}, description="the values of the inputs of the graph")
    takes: str | None = Field(
        None,
        alias="from",
        description="what the prediction is: values, probabilities, log_probabilities, logits, scores",
    )
    reduction: Literal["sum", "mean", "batchmean"] | None = Field(
        None,
        description="sum, mean (over all entries, or samples) or batchmean (sums over outputs, mean over samples)",
        json_schema_extra=convention(),
    )
    half: bool = Field(False, description="whether a squared error has the factor 1/2", json_schema_extra=convention())
    settings: Values = Field(
        {}, description="constants of the loss, such as delta, gamma, alpha; defaults as published"
    )
    classes_from: Literal[0, 1] = Field(1, description="the number of the first class")
    outputs: int | None = Field(None, ge=1, le=6, description="how many outputs a prediction in letters has")
    penalty: PenaltyGiven | None = Field(None, description="a penalty on weights that is added: kind, strength, over")
    of: Name = Field(parse_symbol("L"), description="what the loss is called")

    def asked_for(self, results: int) -> int:
        """The results, and two quantities of the graph, each forward and backward, for one of them."""
        return results + (len(self.graph) + 1) // 2

    @property
    def names(self) -> set[Symbol]:
        """The names that the givens use."""
        return {*map(parse_symbol, self.graph), *self.at}
