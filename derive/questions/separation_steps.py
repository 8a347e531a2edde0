"""The steps that show whether two classes can be told apart: every margin, or why no weights can do it."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from derive.network.working.tables import ACCURACY, METHOD
from derive.notation.build import TWO, add, multiply, neg, number
from derive.notation.form import Call, Form, Frac, Indicator, Relation, Sum, Symbol, Text
from derive.notation.symbols import element
from derive.questions.convolution_grid import product_sum
from derive.questions.folding import folded
from derive.questions.labelled import Data, point_form, unused
from derive.record import Line, Phrase, Step
from derive.training.separation import CommonPoint, Separator, Shares

SEPARABLE, NOT_SEPARABLE = Text("linearly separable"), Text("not linearly separable")
NARROW = 3
"""So many inputs leave room for the products of a net sum."""
FINEST = 3
"""The level at which every line is shown."""


def letters_of(data: Data) -> tuple[Symbol, Symbol]:
    """What weights and threshold are called."""
    weights = unused(data.taken, "w", "v", "a")
    return Symbol(weights.base, bold=data.width > 1), unused((*data.taken, weights), "theta", "tau")


def entries(vector: Symbol, count: int) -> tuple[Symbol, ...]:
    """The entries of a vector; of one number itself."""
    return tuple(element(vector, k + 1) for k in range(count)) if count > 1 else (vector,)


def chain(name: str, target: Form, *forms: Form, shown: int = 1) -> Step:
    """A cell that ends at a value; the forms before it appear from level `shown` on, those that say nothing never."""
    distinct = [form for k, form in enumerate(forms) if not k or form != forms[k - 1]]
    lines = [Line("=", form, level=shown) for form in distinct[:-1]]
    return Step(name, target, (*lines, Line("=", distinct[-1])))


def separator_steps(data: Data, found: Separator) -> Iterator[Step]:
    """Weights, the threshold midway, and a table with the net sum and the margin of every example."""
    weights, threshold = letters_of(data)
    yield Step("weights", weights, (Line("=", point_form(found.weights)),), "weights", marks=METHOD)
    yield Step("threshold", threshold, tuple(_midway(data, found)), "threshold", marks=METHOD)
    rows = [_margins(data, found, k, weights, threshold) for k in range(len(data.points))]
    points: list[Phrase] = [] if data.table else [data.point_head()]
    heads: list[Phrase] = [(data.label_head(),), *points, (data.target,), ("net sum",), ("margin",), ("output",)]
    yield Step("margins", rule="margins", marks=METHOD, substeps=folded(rows), layout="table", heads=tuple(heads))


def _midway(data: Data, found: Separator) -> Iterator[Line]:
    value = number(found.threshold)
    if len(set(data.labels)) < 2:
        yield Line("=", value, ("all examples are of one class",))
        return
    reason: Phrase = ("midway between the largest net sum of class ", number(data.low),
                      " and the smallest of class ", number(1))  # fmt: skip
    yield Line("=", Frac(add([number(found.low), number(found.high)]), TWO), reason)
    yield Line("=", value)


def _margins(data: Data, found: Separator, example: int, weights: Symbol, threshold: Symbol) -> Step:
    """The example, its target, its net sum, by how much that passes the threshold, and what the unit gives."""
    point, count, place = data.points[example], data.width, example + 1
    names = [(w, data.entry(example, k)) for k, w in enumerate(entries(weights, count))]
    net = product_sum(names)
    numbers = product_sum([(number(w), number(x)) for w, x in zip(found.weights, point, strict=True)])
    value = sum((w * x for w, x in zip(found.weights, point, strict=True)), Fraction(0))
    margin = value - found.threshold
    target = number(data.targets[example])
    fires = Indicator(Relation("≥", number(margin), number(0)))
    cells = (
        *([] if data.table else [Step(f"point {place}", intro=data.point(example))]),
        chain(f"target {place}", data.wanted(example), target),
        chain(f"net sum {place}", net, numbers, number(value), shown=1 if count <= NARROW else FINEST),
        chain(f"margin {place}", Sum((net, threshold), (False, True)),
              add([number(value), neg(number(found.threshold))]), number(margin)),
        chain(f"output {place}", data.wanted(example), *(() if data.signs else (fires,)), target, shown=FINEST),
    )  # fmt: skip
    return Step(f"row {place}", intro=(data.label(example),), layout="row", substeps=cells)


def common_point_steps(data: Data, found: CommonPoint) -> Iterator[Step]:
    """The point that lies in the hulls of both classes, as a mean of examples of the one and of the other."""
    means = [(mean_form(data, shares), _whose(shares)) for shares in (found.ones, found.zeros)]
    value = point_form([sum((x * data.points[k][j] for k, x in found.ones), Fraction(0)) for j in range(data.width)])
    if means[0][0] == means[1][0]:
        lines = [Line("=", value, ("an example of both classes",))]
    else:
        kinds = (number(1), number(data.low))
        lines = [Line("=", form, (whose, kind)) for (form, whose), kind in zip(means, kinds, strict=True)]
        lines += [Line("=", value)] if lines[-1].form != value else []
    yield Step("common point", common_point(data), tuple(lines), "a point of both hulls", marks=METHOD)


def common_point(data: Data) -> Symbol:
    """What a point of both hulls is called."""
    return Symbol(unused(data.taken, "p", "q", "c").base, bold=data.width > 1)


def _whose(shares: Shares) -> str:
    return f"{'an example' if len(shares) == 1 else 'a mean of examples'} of class "


def mean_form(data: Data, shares: Shares) -> Form:
    """Points with their shares, which are written as fractions: ½ (0, 0) + ½ (1, 1)."""
    points = [(share, point_form(data.points[k])) for k, share in shares]
    return add([point if share == 1 else multiply((fraction(share), point)) for share, point in points])


def fraction(value: Fraction) -> Form:
    """A positive number as a fraction, where it is not whole."""
    top, bottom = number(value.numerator), number(value.denominator)
    return top if value.denominator == 1 else Frac(top, bottom)


def verdict_step(data: Data, separable: bool) -> Step:
    """Whether the classes can be told apart, in words."""
    words = SEPARABLE if separable else NOT_SEPARABLE
    why: Phrase = ("a hyperplane would have ", common_point(data), " on both sides")
    if separable:
        why = ("every margin has the sign of its class",)
    line = Line("=", words, why)
    return Step("separability", Call("separability", data.args), (line,), "linear separability", marks=ACCURACY)
