"""Vectors, matrices and images as explicit arrays of scalars, and the array operations on them.

An array operation says how each entry of its result is made of scalar nodes; values and derivatives then follow from
the scalar table. Vectors are columns of shape (n, 1), images are (channels, height, width) or (height, width).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import reduce
from itertools import product
from math import prod

from derive.errors import InputError
from derive.graph.program import Program
from derive.graph.softmax import shares
from derive.graph.windows import Cell, Margins, Sides, Slide, slide
from derive.notation.arrays import Array as Array

Shape = tuple[int, ...]

MOST_ENTRIES = 64


Value = int | Array
"""What an expression is: the node of a scalar, or an array of nodes."""


def indices(shape: Shape) -> Iterator[Shape]:
    """Every index of a shape, in row-major order."""
    return product(*map(range, shape))


def written(shape: Shape) -> str:
    """A shape as an error message shows it: 3x2."""
    return "x".join(map(str, shape)) if shape else "scalar"


def shape_of(value: Value) -> Shape:
    """() for a scalar."""
    return value.shape if isinstance(value, Array) else ()


def elementwise(make: Callable[..., int], *values: Value) -> Value:
    """`make` applied entry by entry; scalars, and sides of length 1 of arrays of equal rank, are stretched."""
    arrays = [value for value in values if isinstance(value, Array)]
    if not arrays:
        return make(*values)
    shapes = [array.shape for array in arrays]
    shape = tuple(map(max, zip(*shapes, strict=False)))
    if any(len(each) != len(shape) or any(side not in (1, whole) for side, whole in zip(each, shape, strict=True))
           for each in shapes):  # fmt: skip
        raise InputError(f"shapes {' and '.join(map(written, shapes))} do not fit entry by entry")

    def entry(value: Value, index: Shape) -> int:
        if not isinstance(value, Array):
            return value
        return value[tuple(0 if side == 1 else at for at, side in zip(index, value.shape, strict=True))]

    return Array(shape, tuple(make(*(entry(value, index) for value in values)) for index in indices(shape)))


def matmul(p: Program, a: Value, b: Value) -> Value:
    """(AB)_ij = Σ_k A_ik B_kj; a scalar scales."""
    if not (isinstance(a, Array) and isinstance(b, Array)):
        return elementwise(p.mul, a, b)
    if len(a.shape) != 2 or len(b.shape) != 2 or a.shape[1] != b.shape[0]:
        raise InputError(
            f"a matrix product needs as many columns on the left as rows on the right: {written(a.shape)} times "
            f"{written(b.shape)}; the product entry by entry is odot(a, b)"
        )
    rows, inner, columns = a.shape[0], a.shape[1], b.shape[1]
    items = tuple(
        total(p, [p.mul(a[i, k], b[k, j]) for k in range(inner)]) for i in range(rows) for j in range(columns)
    )
    return Array((rows, columns), items) if (rows, columns) != (1, 1) else items[0]


def total(p: Program, nodes: list[int]) -> int:
    """The sum of nodes, from the left."""
    return reduce(p.add, nodes) if nodes else p.zero


def transpose(p: Program, a: Value) -> Value:
    """(Aᵀ)_ij = A_ji."""
    if not isinstance(a, Array):
        return a
    rows, columns = _matrix(a)
    return Array((columns, rows), tuple(a[i, j] for j in range(columns) for i in range(rows)))


def _matrix(a: Array) -> tuple[int, int]:
    if len(a.shape) != 2:
        raise InputError(f"a matrix is needed here, not a shape of {written(a.shape)}")
    return a.shape[0], a.shape[1]


def flatten(p: Program, a: Value) -> Value:
    """All entries, row by row, as one column."""
    return Array((len(a.items), 1), a.items) if isinstance(a, Array) else a


def reshape(p: Program, a: Value, *sizes: int) -> Value:
    """The same entries, row by row, in another shape."""
    items = a.items if isinstance(a, Array) else (a,)
    if prod(sizes) != len(items) or len(sizes) not in (2, 3):
        raise InputError(f"{len(items)} entries do not fit a shape of {written(sizes)}")
    return Array(sizes, items)


def concat(p: Program, *values: Value, axis: int = 0) -> Value:
    """Arrays one below the other, along axis 1 matrices side by side; scalars count as 1x1."""
    if axis == 1:
        return transpose(p, concat(p, *(transpose(p, value) for value in values)))
    arrays = [value if isinstance(value, Array) else Array((1, 1), (value,)) for value in values]
    if len({array.shape[1:] for array in arrays}) != 1:
        raise InputError(f"shapes {' and '.join(written(a.shape) for a in arrays)} cannot stand below each other")
    return Array((sum(a.shape[0] for a in arrays), *arrays[0].shape[1:]), sum((a.items for a in arrays), ()))


def summed(p: Program, a: Value) -> Value:
    """The sum of all entries."""
    return total(p, list(a.items)) if isinstance(a, Array) else a


def mean(p: Program, a: Value) -> Value:
    """The sum of all entries over their number."""
    return p.div(total(p, list(a.items)), p.constant(len(a.items))) if isinstance(a, Array) else a


def dot(p: Program, a: Value, b: Value) -> Value:
    """Σ_i a_i b_i."""
    return summed(p, elementwise(p.mul, a, b))


def _check_count(entries: int, what: str) -> None:
    """Each entry of such an operation depends on all of them: the work is the square of their number."""
    if entries > MOST_ENTRIES:
        raise InputError(f"{what} of {entries} entries; {MOST_ENTRIES} are the limit")


def over_vectors(make: str) -> Callable[..., Value]:
    """An operation on a vector as a whole: on each row of a matrix, along axis 0 on each column."""

    def over(p: Program, a: Value, axis: int = 1) -> Value:
        if not isinstance(a, Array):
            raise InputError(f"{make} needs a vector or a matrix")
        if axis == 0:
            return transpose(p, over(p, transpose(p, a)))
        width = len(a.items) if 1 in a.shape else a.shape[-1]
        _check_count(width, make)
        rows = [a.items[i : i + width] for i in range(0, len(a.items), width)]
        return Array(a.shape, tuple(node for row in rows for node in shares(p, make, row)))

    return over


def extreme(make: str) -> Callable[..., Value]:
    """Of one array its largest or smallest entry; of several arguments that of the entries at the same place."""

    def over(p: Program, *values: Value) -> Value:
        if len(values) > 1:
            return elementwise(lambda *xs: p.node(make, *xs), *values)
        items = values[0].items if isinstance(values[0], Array) else (values[0],)
        _check_count(len(items), make)
        return items[0] if len(items) == 1 else p.node(make, *items)

    return over


def _image(value: Value, what: str) -> Array:
    if not isinstance(value, Array) or len(value.shape) not in (2, 3):
        raise InputError(f"{what} needs an image: a matrix, or channels of matrices")
    return value if len(value.shape) == 3 else Array((1, *value.shape), value.items)


def flip(p: Program, kernel: Value) -> Value:
    """A kernel turned by 180 degrees, each channel by itself."""
    if not isinstance(kernel, Array):
        return kernel
    if len(kernel.shape) < 2:
        raise InputError("a kernel that is turned has rows and columns")
    size = kernel.shape[-1] * kernel.shape[-2]
    sheets = (kernel.items[k : k + size] for k in range(0, len(kernel.items), size))
    return Array(kernel.shape, tuple(item for sheet in sheets for item in reversed(sheet)))


def conv2d(
    p: Program, image: Value, kernel: Value, stride: Sides = 1, padding: Margins = 0, dilation: Sides = 1
) -> Value:
    """Y_oij = Σ_cab W_ocab X_c,(si+da-p),(sj+db-p): a cross-correlation, zero outside the image.

    A kernel is one matrix (for one channel), channels x k x k, filters x channels x k x k, or one number a channel
    (then it is 1x1). One filter gives a matrix.
    """
    x = _image(image, "conv2d")
    w = kernel if isinstance(kernel, Array) else Array((1,), (kernel,))
    if len(w.shape) == 1:
        w = Array((w.shape[0], 1, 1), w.items)
    w = Array((*(1,) * (4 - len(w.shape)), *w.shape), w.items)
    filters, channels, kh, kw = w.shape
    if channels != x.shape[0]:
        raise InputError(f"a kernel for {channels} channel(s) meets an image of {x.shape[0]}")
    window = slide((kh, kw), stride, padding, dilation)
    height, width = window.counts(*x.shape[1:])
    weights = [w.items[o * (channels * kh * kw) :][: channels * kh * kw] for o in range(filters)]
    items = []
    for o, i, j in indices((filters, height, width)):
        under = [_entry(p, x, c, cell) for c in range(channels) for cell in window.cells(i, j)]
        items.append(total(p, list(map(p.mul, weights[o], under))))
    return Array((height, width) if filters == 1 else (filters, height, width), tuple(items))


def _entry(p: Program, image: Array, channel: int, cell: Cell) -> int:
    """An entry of an image, zero outside."""
    return image[channel, *cell] if _is_inside(image, cell) else p.zero


def _is_inside(image: Array, cell: Cell) -> bool:
    return 0 <= cell[0] < image.shape[1] and 0 <= cell[1] < image.shape[2]


def _pool(p: Program, image: Value, window: Slide, inside: int, reduced: Callable[[list[int]], int]) -> Value:
    """Each window reduced to one node; with `inside` the cells of the padding are left out of it."""
    x = _image(image, "pooling")
    height, width = window.counts(x.shape[1], x.shape[2])
    items = []
    for c, i, j in indices((x.shape[0], height, width)):
        cells = [cell for cell in window.cells(i, j) if not inside or _is_inside(x, cell)]
        if not cells:
            raise InputError("a window that lies in the padding alone has no value")
        items.append(reduced([_entry(p, x, c, cell) for cell in cells]))
    return Array((height, width) if x.shape[0] == 1 else (x.shape[0], height, width), tuple(items))


def max_pool2d(p: Program, image: Value, k: Sides = 2, s: Sides = 0, p_: Margins = 0, inside: int = 0) -> Value:
    """The largest entry of each k x k window at stride s (k where it is not given); padding counts as zeros.

    With `inside` the padding never wins: only cells of the image count.
    """

    def largest(window: list[int]) -> int:
        distinct = list(dict.fromkeys(window))
        _check_count(len(distinct), "max_pool2d")
        return distinct[0] if len(distinct) == 1 else p.node("max", *distinct)

    return _pool(p, image, slide(k, s or k, p_), inside, largest)


def avg_pool2d(p: Program, image: Value, k: Sides = 2, s: Sides = 0, p_: Margins = 0, inside: int = 0) -> Value:
    """The mean of each k x k window, zeros of the padding counted; with `inside` that of the image's cells alone."""
    return _pool(p, image, slide(k, s or k, p_), inside, lambda ws: p.div(total(p, ws), p.constant(len(ws))))
