"""The algebra of a kernel as checked lines: its sum, its symmetry, its factors, and why that says what it does."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from derive.network.effects import Effect
from derive.network.filters import (
    ONE,
    Kernel,
    content,
    entries,
    impulse,
    minus,
    outer,
    places,
    scaled,
    total,
    transposed,
    turned,
)  # fmt: skip
from derive.notation.build import column, number
from derive.notation.form import Call, Form, Matrix, Neg, Product, Sum, Symbol, Transpose
from derive.questions.convolution_grid import added
from derive.record import Line, Mark, Phrase, Step

LONGEST_SUM = 9
METHOD = (Mark(Fraction(1), "M"),)


def written(kernel: Kernel) -> Form:
    """A kernel as a matrix of whole numbers, with what they share in front where that is a fraction."""
    share = content(entries(kernel)) if any(entries(kernel)) else ONE
    if share.denominator == 1:
        return Matrix(tuple(tuple(map(number, row)) for row in kernel))
    whole = Matrix(tuple(tuple(map(number, row)) for row in scaled(kernel, 1 / share)))
    return Product((number(share), whole))


@dataclass(frozen=True, slots=True)
class Facts:
    """The steps that say why a kernel does what it does; `name` is what it is called, `given` how it is written."""

    name: Symbol
    kernel: Kernel
    effect: Effect

    def steps(self) -> Iterator[Step]:
        """The sum, then what is particular to the family."""
        if self.effect.family != "copy":
            yield self._sum()
        yield from FACTS[self.effect.family](self)

    def _step(self, name: str, target: Form, *lines: Form, reason: Phrase) -> Step:
        first, *others = lines
        made = (*(Line("=", form) for form in (first, *others)[:-1]), Line("=", lines[-1], reason))
        return Step(name, target, made, "algebra of the kernel", (), METHOD)

    def _sum(self) -> Step:
        value = total(self.kernel)
        rows = [sum(row, Fraction(0)) for row in self.kernel]
        terms = entries(self.kernel) if len(entries(self.kernel)) <= LONGEST_SUM else rows
        says = "constant regions give 0" if not value else "brightness stays" if value == 1 else None
        reason: Phrase = (says,) if says else ("brightness is multiplied by ", number(value))
        form = added(list(map(number, terms)))
        lines = (form,) if form == number(value) else (form, number(value))
        return self._step("sum", Call("sum", (self.name,)), *lines, reason=reason)

    def _blur(self) -> Iterator[Step]:
        yield from self._factors(("separable: a column times a row",))
        if outer(self.kernel) is None and self.effect.name == "Gaussian blur":
            yield self._step("symmetry", Transpose(self.name), written(self.kernel),
                             reason=("symmetric: the same along rows and columns",))  # fmt: skip

    def _factors(self, reason: Phrase) -> Iterator[Step]:
        """The kernel as factor times column times row, where its rank is one and both have two entries at least."""
        parts = outer(self.kernel)
        if parts is None or min(len(self.kernel), len(self.kernel[0])) < 2:
            return
        u, v = parts
        share = content(u) * (-1 if max(u) <= 0 else 1)
        product: tuple[Form, ...] = (_column([x / share for x in u]), Matrix((tuple(map(number, v)),)))
        form = Product(product if share == 1 else (number(share), *product))
        yield self._step("factors", self.name, form, reason=reason)

    def _sharpening(self) -> Iterator[Step]:
        whole, one = total(self.kernel), impulse(self.kernel)
        if self.effect.name == "unsharp masking":
            twice = scaled(one, 2 * whole)
            parts = Sum((written(twice), written(minus(twice, self.kernel))), (False, True))
            yield self._step("parts", self.name, parts, reason=("twice the image without its blur",))
            return
        yield self._with_identity(("the image, and what differs from the neighbours (sum 0)",))

    def _with_identity(self, reason: Phrase) -> Step:
        whole = scaled(impulse(self.kernel), total(self.kernel))
        parts = Sum((written(whole), written(minus(self.kernel, whole))), (False, False))
        return self._step("parts", self.name, parts, reason=reason)

    def _emboss(self) -> Iterator[Step]:
        yield self._with_identity(("the image, and a difference",))
        slope = minus(self.kernel, scaled(impulse(self.kernel), total(self.kernel)))
        form = written(slope)
        yield self._step("turned", Call("flip", (form,)), Neg(form),
                         reason=("turned by 180° its sign changes: a difference along one direction",))  # fmt: skip

    def _laplacian(self) -> Iterator[Step]:
        if len(self.kernel) == 3:
            yield self._step("parts", self.name, _second_differences(self.kernel),
                             reason=("second differences 1, -2, 1 in every direction",))  # fmt: skip
            return
        yield self._step("symmetry", Transpose(self.name), written(self.kernel),
                         reason=("symmetric: the same along rows and columns",))  # fmt: skip
        n = len(self.kernel) // 2
        bowl = tuple(tuple(Fraction((i - n) ** 2) for _ in row) for i, row in enumerate(self.kernel))
        value = sum((x * bowl[i][j] for i, j, x in places(self.kernel)), Fraction(0))
        yield self._step("bend", Call("dot", (self.name, written(bowl))), number(value),
                         reason=("not 0 on a parabola: curvature is seen",))  # fmt: skip

    def _vertical(self) -> Iterator[Step]:
        ones, zeros = _column([ONE] * len(self.kernel[0])), _column([Fraction(0)] * len(self.kernel))
        yield self._step("rows", Product((self.name, ones)), zeros,
                         reason=("every row sums to 0: no answer where nothing changes along the rows",))  # fmt: skip
        yield from self._factors((f"{self._difference()} along the rows, added up down the columns",))

    def _horizontal(self) -> Iterator[Step]:
        ones, zeros = (Matrix(((number(x),) * n,)) for x, n in ((1, len(self.kernel)), (0, len(self.kernel[0]))))
        yield self._step("columns", Product((ones, self.name)), zeros,
                         reason=("every column sums to 0: no answer where nothing changes downwards",))  # fmt: skip
        yield from self._factors((f"{self._difference()} down the columns, added up along the rows",))

    def _difference(self) -> str:
        return "a second difference" if "line" in self.effect.name else "a difference"

    def _diagonal(self) -> Iterator[Step]:
        line = "line" in self.effect.name
        for target, change in (
            (Transpose(self.name), transposed(self.kernel)),
            (Transpose(Call("flip", (self.name,))), transposed(turned(self.kernel))),
        ):
            if change == scaled(self.kernel, ONE if line else -ONE):
                form = written(self.kernel)
                says = "symmetric about the diagonal" if line else "antisymmetric: the sign changes across the diagonal"
                yield self._step("symmetry", target, form if line else Neg(form), reason=(says,))
                return

    def _none(self) -> Iterator[Step]:
        says = "neither symmetric nor antisymmetric"
        if transposed(self.kernel) == self.kernel:
            says = "symmetric"
        elif len(self.kernel) == len(self.kernel[0]) and transposed(self.kernel) == scaled(self.kernel, -ONE):
            says = "antisymmetric"
        yield self._step("symmetry", Transpose(self.name), written(transposed(self.kernel)), reason=(says,))

    def _nothing(self) -> Iterator[Step]:
        yield from ()


def _column(values: Sequence[Fraction]) -> Matrix:
    return column(map(number, values))


def _second_differences(kernel: Kernel) -> Form:
    """A symmetric 3x3 kernel of sum 0 as second differences across, down and along both diagonals."""
    near, far = kernel[0][1], kernel[0][0]
    zero = Fraction(0)
    across: Kernel = ((zero,) * 3, (near, -2 * near, near), (zero,) * 3)
    slanted: Kernel = ((far, zero, zero), (zero, -2 * far, zero), (zero, zero, far))
    parts = [across, transposed(across)] if near else []
    parts += [slanted, tuple(row[::-1] for row in slanted)] if far else []
    return Sum(tuple(map(written, parts)), (False,) * len(parts))


FACTS: dict[str, Callable[[Facts], Iterator[Step]]] = {
    "copy": Facts._nothing,
    "blur": Facts._blur,
    "sharpening": Facts._sharpening,
    "emboss": Facts._emboss,
    "Laplacian": Facts._laplacian,
    "vertical": Facts._vertical,
    "horizontal": Facts._horizontal,
    "diagonal": Facts._diagonal,
    "none": Facts._none,
}
"""What is shown for each family of kernels."""


WHY = {
    "identity": "only the centre is not 0",
    "box blur": "all weights are equal: the mean of the window",
    "Gaussian blur": "weights of one sign that fall off with the distance from the centre",
    "weighted blur": "weights of one sign: a weighted mean",
    "sharpening": "differences from the neighbours are added to the image",
    "unsharp masking": "what a blur takes away is added to the image",
    "emboss": "a difference along one direction is added to the image, as light from one side",
    "Laplacian": "sum 0 and the same in every direction: a second derivative",
    "vertical edge detector": "it answers changes from left to right, {} where the right is brighter",
    "horizontal edge detector": "it answers changes from top to bottom, {} where the bottom is brighter",
    "vertical line detector": "it answers columns that differ from both sides, {} where they are brighter",
    "horizontal line detector": "it answers rows that differ from both sides, {} where they are brighter",
    "diagonal edge detector": "sum 0 and two signs, one on either side of a diagonal",
    "diagonal line detector": "sum 0, and one diagonal against both its sides",
    "none of the named kernels": "its signs and symmetries are those of no mean, difference or sharpening",
}  # fmt: skip
"""Why a kernel does what it is said to do, by the end of the verdict."""


def why(effect: Effect) -> str:
    """The reason of the verdict, with what its sign says."""
    reason = next(
        (text for name, text in WHY.items() if effect.name.endswith(name)), "one entry: a copy, moved by its place"
    )
    if "{}" in reason:
        return reason.format("positive" if effect.scale > 0 else "negative")
    turns = effect.scale < 0 and effect.family in ("copy", "blur", "sharpening", "emboss")
    return f"{reason}; bright and dark are exchanged" if turns else reason
