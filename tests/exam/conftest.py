"""Toy question types, so that the exam file is tested apart from the engines."""

from fractions import Fraction
from types import MappingProxyType
from typing import Annotated, Any, ClassVar

import pytest
from pydantic import BeforeValidator, Field, WithJsonSchema

from derive.notation.build import multiply, number, sym
from derive.notation.form import Form, Number
from derive.notation.text import read
from derive.notation.value import evaluate
from derive.questions import catalogue
from derive.questions.base import Question
from derive.questions.faults import reading
from derive.questions.text import TextQuestion
from derive.record import Answer, Conventions, Derivation, Given, Line, Mark, Step

Expression = Annotated[
    Form,
    BeforeValidator(reading(lambda value: value if isinstance(value, Form) else read(str(value)))),
    WithJsonSchema({"type": ["string", "number"]}),
]


class ToyProduct(Question):
    """y = w x, at given numbers."""

    ask: ClassVar[str] = "toy.product"
    example: ClassVar[dict[str, Any]] = {"w": 2, "x": 0.5}
    slip: ClassVar[int] = 0

    w: Expression = Field(description="the weight")
    x: Expression = Field(number(1), description="the input", json_schema_extra={"unit": "m"})

    @classmethod
    def draw(cls, rng: Any) -> dict[str, Any]:
        return {"w": rng.randint(1, 9), "x": rng.randint(1, 9)}

    def solve(self, conventions: Conventions) -> Derivation:
        value = number(Fraction(evaluate(multiply([self.w, self.x]))) + self.slip)
        lines = (Line("=", multiply([sym("w"), sym("x")])), Line("=", value, boxed=True))
        return Derivation(
            "A product",
            prompt=("Find ", sym("y"), "."),
            givens=(Given(sym("w"), self.w, "value"), Given(sym("x"), self.x, "value")),
            steps=(Step("y", sym("y"), lines, marks=(Mark(Fraction(1), "M"), Mark(Fraction(2), "A"))),),
            answers=(Answer("y", "number", value, label=sym("y")),),
            conventions=conventions,
        )


class ToySlip(ToyProduct):
    """A product with a mistake."""

    ask: ClassVar[str] = "toy.slip"
    slip: ClassVar[int] = 1


class ToyRounded(ToyProduct):
    """The number 1/3, shown with two digits."""

    ask: ClassVar[str] = "toy.rounded"

    def solve(self, conventions: Conventions) -> Derivation:
        third = number(Fraction(1, 3))
        step = Step("q", sym("q"), (Line("=", third), Line("≈", Number("0.33"))), marks=(Mark(Fraction(1), "A"),))
        return Derivation("", steps=(step,), answers=(Answer("q", "number", third, Number("0.33")),))


TYPES = {kind.ask: kind for kind in (TextQuestion, ToyProduct, ToySlip, ToyRounded)}


@pytest.fixture(autouse=True)
def toys(monkeypatch: pytest.MonkeyPatch) -> None:
    """The catalogue holds the toys and the question in words."""
    import derive.exam.schema

    for module in (catalogue, derive.exam.schema):
        monkeypatch.setattr(module, "catalogue", lambda: MappingProxyType(TYPES))
