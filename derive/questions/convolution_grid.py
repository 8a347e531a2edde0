"""Images and kernels as nested lists, and how a window moves over them, as the conv and pool questions are given it."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from functools import reduce
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema

from derive.errors import InputError
from derive.graph.windows import Slide
from derive.network.layers.convolution import Conv2D
from derive.network.layers.sliding import Padding, Sides
from derive.notation import plain
from derive.notation.build import ZERO, number
from derive.notation.form import Form, Matrix, Neg, Product, Sum, Tuple, symbols
from derive.notation.value import evaluate
from derive.questions.base import Question
from derive.questions.fields import to_form

Grid = tuple[tuple[Form, ...], ...]
"""A matrix of written numbers (or names), by rows."""
Channels = tuple[Grid, ...]
Params = tuple[tuple[str, Form], ...]
LONGEST_SIDE, MOST_CHANNELS, LARGEST = 16, 8, 10**12


def to_nested(value: Any) -> Any:
    """Lists of numbers, nested up to four deep, with every number as a form."""
    if isinstance(value, (list, tuple)):
        if not value:
            raise InputError("an empty list")
        items = tuple(map(to_nested, value))
        if len({depth(item) for item in items}) > 1:
            raise InputError("a list of numbers and lists: every row must be a list of numbers")
        return items
    form = to_form(value)
    if isinstance(form, Tuple):
        return to_nested(form.items)
    return to_nested(form.rows) if isinstance(form, Matrix) else form


def depth(nested: Any) -> int:
    """How deep lists are nested; 0 for a number."""
    return 1 + depth(nested[0]) if isinstance(nested, tuple) else 0


_SCHEMA = WithJsonSchema({"anyOf": [{"type": "array"}, {"type": "number"}, {"type": "string"}]})
Nested = Annotated[Any, BeforeValidator(to_nested), _SCHEMA]


def channels_of(nested: Any, what: str) -> Channels:
    """A matrix, or channels of them: all of one size, and small enough to be worked by hand."""
    nested = ((nested,),) if depth(nested) == 0 else (nested,) if depth(nested) == 1 else nested
    grids: Channels = (nested,) if depth(nested) == 2 else nested
    if depth(grids) != 3:
        raise InputError(f"{what} is a matrix, or a list of matrices, one for each channel")
    if len({len(row) for grid in grids for row in grid}) > 1 or len({len(grid) for grid in grids}) > 1:
        raise InputError(f"the rows of {what} differ in length, or its channels in size")
    if max(len(grids[0]), len(grids[0][0])) > LONGEST_SIDE or len(grids) > MOST_CHANNELS:
        raise InputError(
            f"{what} is too large to be worked by hand: at most {LONGEST_SIDE} by {LONGEST_SIDE} "
            f"with {MOST_CHANNELS} channels"
        )
    return grids


def filters_of(nested: Any, channels: int) -> tuple[Channels, ...]:
    """The filters of a kernel for so many channels.

    Four lists deep it is filters of channels; three deep it is the channels of one filter, or the filters of an image
    with one channel; one list of numbers is a 1x1 kernel with one weight for each channel.
    """
    if depth(nested) == 1 and channels > 1:
        nested = tuple(((weight,),) for weight in nested)
    found: tuple[Any, ...] = nested if depth(nested) == 4 or (depth(nested) == 3 and channels == 1) else (nested,)
    filters = tuple(channels_of(each, "the kernel") for each in found)
    for each in filters:
        if len(each) != channels:
            raise InputError(f"a kernel for {len(each)} channel(s) meets an image of {channels}")
    if len({(len(each[0]), len(each[0][0])) for each in filters}) > 1:
        raise InputError("the filters differ in size")
    if len(filters) > MOST_CHANNELS:
        raise InputError(f"{len(filters)} filters are too many to be worked by hand: at most {MOST_CHANNELS}")
    return filters


def value_of(form: Form) -> Fraction:
    """The exact value of a written number; InputError for anything else."""
    if symbols(form):
        raise InputError(f"the entries here are numbers, not {plain.write(form)}")
    found = evaluate(form, {})
    if not isinstance(found, Fraction):
        raise InputError("the entries of images and kernels are whole numbers, decimals and fractions")
    if max(abs(found.numerator), found.denominator) > LARGEST:
        raise InputError(f"an entry of {plain.write(form)} is no number to be worked by hand: {LARGEST} is the limit")
    return found


def grid_form(channels: Channels) -> Form:
    """Channels as they are printed: one matrix, a tuple of several, or of numbers where each channel is one number."""
    if len(channels) > 1 and all(len(grid) == len(grid[0]) == 1 for grid in channels):
        return Tuple(tuple(grid[0][0] for grid in channels))
    sheets = tuple(Matrix(grid) for grid in channels)
    return sheets[0] if len(sheets) == 1 else Tuple(sheets)


def under(channels: Channels, window: Slide, place: tuple[int, int], outside: Form = ZERO) -> Channels:
    """What lies under the window at a place (from 0); `outside` stands in the padding."""
    height, width = len(channels[0]), len(channels[0][0])
    cells = window.cells(*place)
    columns = window.kernel[1]

    def entry(grid: Grid, i: int, j: int) -> Form:
        return grid[i][j] if 0 <= i < height and 0 <= j < width else outside

    entries = [[entry(grid, i, j) for i, j in cells] for grid in channels]
    return tuple(tuple(tuple(row[k : k + columns]) for k in range(0, len(row), columns)) for row in entries)


def place_text(channels: Channels, window: Slide, place: tuple[int, int]) -> str:
    """On which rows and columns of the image the window lies, and whether it reaches into the padding."""
    cells, size = window.cells(*place), (len(channels[0]), len(channels[0][0]))
    said = []
    reaches = False
    for axis, name in ((0, "row"), (1, "column")):
        found = list(dict.fromkeys(cell[axis] + 1 for cell in cells))
        inside = [at for at in found if 1 <= at <= size[axis]]
        reaches = reaches or inside != found
        joined = " and " if len(inside) == 2 else ", "
        ends = f"{inside[0]} to {inside[-1]}" if len(inside) > 2 and window.dilation[axis] == 1 else None
        said.append(f"{name}{'s' * (len(inside) > 1)} {ends or joined.join(map(str, inside))}" if inside else "")
    if not all(said):
        return "in the padding alone"
    return f"{', '.join(said)}{', the rest padding' if reaches else ''}"


class WindowQuestion(Question):
    """Base of the questions that lay a window on an image: how it moves."""

    stride: Sides = Field(1, description="step of the window; a pair for rows and columns")
    padding: Padding = Field(
        0, description="cells on each side; or valid, same, a number or (before, after) for rows and for columns"
    )
    dilation: Sides = Field(1, description="distance between neighbouring cells of the kernel; a pair for each side")

    def window(self, size: tuple[int, int], kernel: tuple[int, int]) -> Slide:
        """The window on an image of that size."""
        return window_on(size, kernel, self.stride, self.padding, self.dilation)


def window_on(
    size: tuple[int, int], kernel: tuple[int, int], stride: Sides, padding: Padding, dilation: Sides = 1
) -> Slide:
    """A window with these settings on an image of that size.

    Raises:
        InputError: a setting for another number of sides, or a kernel that is larger than the padded image.
    """
    for what, value in (("stride", stride), ("dilation", dilation), ("padding", padding)):
        if isinstance(value, tuple) and len(value) != 2:
            raise InputError(f"{what} is one number, or one for rows and one for columns")
    layer = Conv2D(filters=1, kernel=kernel, stride=stride, padding=padding, dilation=dilation)
    (top, bottom), (left, right) = layer.margins((*size, 1))
    found = Slide(kernel, both(stride), both(dilation), (top, left), (bottom, right))
    found.counts(*size)
    return found


def both(value: Sides) -> tuple[int, int]:
    """A setting for rows and for columns."""
    return (value[0], value[1]) if isinstance(value, tuple) else (value, value)


def params_of(window: Slide, stride: str = "stride", padding: str = "padding") -> Params:
    """The settings of a window as they stand at the function's name; those that say nothing are left out."""
    ends = [pair_form(*each) for each in zip(window.before, window.after, strict=True)]
    even = ends[0] == ends[1] and not isinstance(ends[0], Tuple)
    settings = (
        (stride, pair_form(*window.stride), window.stride != (1, 1)),
        (padding, ends[0] if even else Tuple(tuple(ends)), any(window.before + window.after)),
        ("dilation", pair_form(*window.dilation), window.dilation != (1, 1)),
    )
    return tuple((name, form) for name, form, says in settings if says)


def pair_form(first: int, second: int) -> Form:
    """A setting as it is printed: one number where both sides have the same."""
    return number(first) if first == second else Tuple((number(first), number(second)))


def flat(channels: Channels) -> list[Form]:
    """All entries, channel by channel and row by row."""
    return [entry for grid in channels for row in grid for entry in row]


def product_sum(pairs: Sequence[tuple[Form, Form]]) -> Form:
    """Every product written out, and their sum."""
    terms = tuple(Product(pair) for pair in pairs)
    return terms[0] if len(terms) == 1 else Sum(terms, (False,) * len(terms))


def added(entries: Sequence[Form]) -> Form:
    """The sum of numbers, negative ones taken away."""
    first, *others = entries
    return reduce(with_bias, others, first)


def with_bias(form: Form, bias: Form | None) -> Form:
    """form + bias, a negative one taken away."""
    if bias is None:
        return form
    terms = form.terms if isinstance(form, Sum) else (form,)
    minus = form.minus if isinstance(form, Sum) else (False,)
    taken = bias.arg if isinstance(bias, Neg) else bias
    return Sum((*terms, taken), (*minus, isinstance(bias, Neg)))
