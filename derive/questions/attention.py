"""Questions about attention: weights and output from small matrices."""

from __future__ import annotations

import random
from typing import Any, ClassVar, Literal

from pydantic import Field

from derive.errors import InputError
from derive.graph.graph import Graph
from derive.graph.point import Point
from derive.notation.build import number
from derive.notation.form import Form, Root, Symbol
from derive.notation.symbols import symbol_name
from derive.questions.answers import answers_of
from derive.questions.attention_givens import attention_of
from derive.questions.base import Question
from derive.questions.draws import decimal
from derive.questions.fields import Numbers, Positive, numeric
from derive.questions.finish import finished
from derive.questions.formulas import array_formulas
from derive.questions.graph_question import listed
from derive.record import Conventions, Derivation, Given, Phrase
from derive.training.attention import CONTEXT, HIDDEN, LETTERS, MASK, OUTPUT_WEIGHTS, Attention, X, shape_of, weights_of
from derive.training.attention_working import Working

EXAMPLE_X = [[1, 0, 1], [0, 2, 0], [1, 1, 0]]


class AttentionForward(Question):
    """Scaled dot-product attention from small matrices: weights and output, with masks and several heads."""

    ask: ClassVar[str] = "attention.forward"
    example: ClassVar[dict[str, Any]] = {
        "X": EXAMPLE_X,
        "W_Q": [[1, 0], [0, 1], [1, 1]],
        "W_K": [[1, 0], [1, 1], [0, 1]],
        "W_V": [[1, 2], [0, 1], [1, 0]],
        "mask": "causal",
    }

    X: Numbers | None = Field(None, description="the tokens, one row each; or give Q, K and V")
    context: Numbers | None = Field(None, description="the tokens of keys and values, where they are others than X")
    W_Q: Numbers | None = Field(
        None, description="the weights of the queries; a list of matrices has one for each head"
    )
    W_K: Numbers | None = Field(None, description="the weights of the keys, in the same way")
    W_V: Numbers | None = Field(None, description="the weights of the values, in the same way")
    Q: Numbers | None = Field(None, description="the queries, one row each")
    K: Numbers | None = Field(None, description="the keys, one row each")
    V: Numbers | None = Field(None, description="the values, one row each")
    heads: Positive = Field(1, description="how many heads share the columns of Q, K and V among themselves")
    W_O: Numbers | None = Field(None, description="the weights behind the heads put side by side")
    mask: Literal["none", "causal"] | Numbers = Field(
        "none", description="none, causal, or a matrix of queries by keys: 1 for a key that is seen, 0 for a masked one"
    )
    scaled: bool = Field(True, description="whether scores are divided by the root of d_k, the length of a key")
    row: Positive | None = Field(None, description="the query whose softmax is worked in full; the first that has one")

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """Random small matrices, with or without projections, masks and heads."""
        return _drawn(rng)

    def asked_for(self, results: int) -> int:
        """The results; the projections to Q, K and V and that of the output on the way to them."""
        return results + (self.X is not None) + (self.W_O is not None)

    def solve(self, conventions: Conventions) -> Derivation:
        """Projections, scores, softmax row by row, the mean of the values, then the heads put together."""
        attention = self.attention()
        shapes = {symbol_name(name): shape_of(matrix) for name, matrix in attention.known.items()}
        graph = Graph({symbol_name(part.name): part.form for part in attention.parts()}, shapes)
        point = Point(graph, {name: numeric(form) for name, form in attention.known.items()}, conventions)
        steps = Working(attention, point, self._row(attention)).steps()
        asked = [graph.quantity(name) for name in attention.outcomes]
        targets = [graph.written(quantity.symbol) for quantity in asked]
        answers = answers_of(steps, targets, graph, attention.known, array_formulas(graph, asked))
        givens = [Given(graph.written(name), form, "value") for name, form in attention.known.items()]
        if isinstance(self.mask, Form):
            givens.append(Given(MASK, self.mask, "value", ("the mask; 1: seen, 0: masked",)))
        prompt = self._prompt(attention, targets)
        told = () if attention.seen is None else (MASKED,)
        done = Derivation("Attention", prompt, tuple(givens), tuple(steps), tuple(answers), conventions)
        return finished(done, SCALED if self.scaled else NOT_SCALED, *told)

    def attention(self) -> Attention:
        """What is to be computed."""
        names = {X: self.X, CONTEXT: self.context}
        names |= {weights_of(letter): getattr(self, f"W_{letter}") for letter in LETTERS}
        names |= {Symbol(letter): getattr(self, letter) for letter in LETTERS} | {OUTPUT_WEIGHTS: self.W_O}
        given = {name: form for name, form in names.items() if form is not None}
        return attention_of(given, self.heads, self.mask, self.scaled)

    def _row(self, attention: Attention) -> int:
        """The query that is worked in full: as said, or the first that sees several keys."""
        rows = attention.size("Q", min(attention.numbers))[0]
        if self.row is not None and self.row > rows:
            raise InputError(f"there are {rows} queries, so that row {self.row} cannot be worked")
        several = (i for i, row in enumerate(attention.seen or (), 1) if sum(row) > 1)
        return self.row or next(several, 1)

    def _prompt(self, attention: Attention, targets: list[Form]) -> Phrase:
        *weights, output = targets
        heads = f" of {attention.heads} heads" if attention.heads > 1 else ""
        letters = [Symbol(letter, bold=True) for letter in LETTERS]
        share: Phrase = (", which share the columns of ", *listed(letters), ",") if attention.splits else ()
        width = attention.width(min(attention.numbers))
        scale: Phrase = (", with scores divided by ", Root(Symbol("d", sub=("k",))), " = ", Root(number(width)))
        mask = " The mask is causal: a token sees itself and those before it." if self.mask == "causal" else ""
        what: Phrase = ("Compute the weights ", *listed(weights), heads, *share, " and the output ", output)
        return (
            *what,
            " of dot-product attention",
            *(scale if self.scaled else (", with scores as they are",)),
            f".{mask}",
        )


SCALED: Phrase = ("scores of attention are divided by the root of the length of a key",)
NOT_SCALED: Phrase = ("scores of attention are not scaled",)
MASKED: Phrase = ("masked scores are ", HIDDEN, ", so that their weight is 0")


def _drawn(rng: random.Random) -> dict[str, Any]:
    """Tokens with weights, or queries, keys and values; masks and heads of each kind."""

    def matrix(rows: int, columns: int, step: float = 0.5) -> list[list[float]]:
        return [
            [rng.choice([0, 0, 1]) * decimal(rng, -2, 2, step) or rng.choice([0, 1]) for _ in range(columns)]
            for _ in range(rows)
        ]

    tokens, heads, share = rng.randint(2, 4), rng.choice([1, 1, 2]), rng.randint(1, 2)
    width = heads * share
    keys = rng.choice([tokens, tokens, rng.randint(2, 3)])
    drawn: dict[str, Any] = {"scaled": rng.random() < 0.8}
    if rng.random() < 0.4:
        drawn |= {"Q": matrix(tokens, width), "K": matrix(keys, width), "V": matrix(keys, heads * rng.randint(1, 2))}
        drawn["heads"] = heads
    else:
        inner = rng.randint(2, 3)
        drawn |= {"X": matrix(tokens, inner)}
        if keys != tokens:
            drawn["context"] = matrix(keys, inner)
        own = heads > 1 and rng.random() < 0.5
        for letter in "QKV":
            one = [matrix(inner, share if own else width) for _ in range(heads if own else 1)]
            drawn[f"W_{letter}"] = one if own else one[0]
        drawn |= {} if own else {"heads": heads}
        if rng.random() < 0.5:
            drawn["W_O"] = matrix(width, rng.randint(1, 3))
    chance = rng.random()
    if chance < 0.4 and keys == tokens:
        drawn["mask"] = "causal"
    elif chance < 0.6:
        mask = [[rng.randint(0, 1) for _ in range(keys)] for _ in range(tokens)]
        for row in mask:
            row[rng.randrange(keys)] = 1
        drawn["mask"] = mask
    return drawn
