"""Claims about kernels and convolutions: what a kernel does, its strongest patch, the solutions of linear equations."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from random import Random
from typing import Any

from derive.check.kernels import does
from derive.check.lens import Lens
from derive.check.world import World
from derive.notation.arrays import Array, items
from derive.notation.form import At, Call, Form, Symbol, Text, Tuple, symbols
from derive.notation.reals import Undefined

MOST_PATCHES = 70_000
NO_SOLUTION, MANY = "no solution", "infinitely many solutions"
Vector = list[Fraction]


def effect(world: World, target: Form, claimed: Form) -> bool | None:
    """The verdict names what the kernel does, by its answers to test patches."""
    assert isinstance(target, Call)
    kernel = world.value(target.args[0])
    if not isinstance(claimed, Text) or not isinstance(kernel, Array) or len(kernel.shape) != 2:
        return None
    return does(Lens(kernel), claimed.text)


def strongest(world: World, target: Form, claimed: Form) -> bool | None:
    """The kernel answers this patch more strongly than every other patch of the pixels that its settings list."""
    assert isinstance(target, Call)
    kernel, patch = world.value(target.args[0]), world.value(claimed)
    pixels = [world.value(form) for _, form in target.params]
    if not isinstance(kernel, Array) or not isinstance(patch, Array) or len(pixels) < 2:
        return None
    if kernel.shape != patch.shape or not set(patch.items) <= set(pixels):
        return False
    if len(set(pixels)) ** len(patch.items) > MOST_PATCHES:
        return _each_pixel_counts(kernel.items, patch.items, pixels)
    own = _answer(kernel.items, patch.items)
    return sum(1 for answer in _answers(kernel.items, sorted(set(pixels))) if answer >= own) == 1


def _answer(kernel: Sequence[Any], patch: Sequence[Any]) -> Any:
    return sum((w * x for w, x in zip(kernel, patch, strict=True)), Fraction(0))


def _answers(kernel: Sequence[Any], pixels: Sequence[Any]) -> list[Any]:
    """The answers to all patches, pixel after pixel."""
    found: list[Any] = [Fraction(0)]
    for weight in kernel:
        steps = [weight * x for x in pixels]
        found = [answer + step for answer in found for step in steps]
    return found


def _each_pixel_counts(kernel: Sequence[Any], patch: Sequence[Any], pixels: Sequence[Any]) -> bool:
    """Where patches are too many: a pixel changes the answer by itself, so each must be the best of its values."""
    return all(w * x > w * other for w, x in zip(kernel, patch, strict=True) for other in pixels if other != x)


def solution(world: World, target: Form, claimed: Form) -> bool | None:
    """All solutions of linear equations, `At(Call("solution", unknowns), equations)`.

    A binding of a free name is its value, any other one an equation. Claimed are the values of the unknowns; values
    over some of the unknowns, which are then free; or in words that there is none, or that there are infinitely many.
    """
    if not isinstance(target, At) or not isinstance(target.form, Call):
        return None
    unknowns = list(target.form.args)
    free = {name: form for name, form in target.bindings if isinstance(name, Symbol) and name in world.premises.inputs}
    equations = [(left, right) for left, right in target.bindings if left not in free]
    fixed: dict[Form, Any] = _somewhere(world, [name for name in world.premises.inputs if name not in unknowns])
    fixed |= {name: world.value(form) for name, form in free.items()}

    def gaps(point: Vector) -> Vector:
        there = world.with_values({**fixed, **dict(zip(unknowns, point, strict=True))})
        return [there.value(left) - there.value(right) for left, right in equations]

    matrix, right = _affine(gaps, len(unknowns))
    if any(not isinstance(x, Fraction) for row in (*matrix, right) for x in row):
        return None
    if isinstance(claimed, Text):
        ranks = rank(matrix), rank([[*row, b] for row, b in zip(matrix, right, strict=True)])
        kind = NO_SOLUTION if ranks[0] < ranks[1] else MANY if ranks[0] < len(unknowns) else ""
        return claimed.text == kind
    return _solves(world, gaps, unknowns, claimed, rank(matrix))


def _somewhere(world: World, names: Sequence[Form]) -> dict[Form, Fraction]:
    """Fractions for the names that nobody gave a value: no equation should depend on them."""
    rng = Random("somewhere")
    return {name: Fraction(rng.randint(-99, 99), 7) for name in names if name not in world.premises.values}


def _affine(gaps: Callable[[Vector], Vector], count: int) -> tuple[list[Vector], Vector]:
    """The matrix and the right side of the equations, from their gaps at 0 and at the unit points."""
    zero = [Fraction(0)] * count
    constant = gaps(zero)
    columns = [gaps([Fraction(i == k) for i in range(count)]) for k in range(count)]
    matrix = [[column[row] - c for column in columns] for row, c in enumerate(constant)]
    rng = Random("affine")
    somewhere = [Fraction(rng.randint(-99, 99), 7) for _ in range(count)]
    expected = [c + _answer(row, somewhere) for c, row in zip(constant, matrix, strict=True)]
    if gaps(somewhere) != expected:
        raise Undefined("equations that are not linear")
    return matrix, [-c for c in constant]


def rank(matrix: Sequence[Sequence[Fraction]]) -> int:
    """The rank: how many rows in turn keep something when what the rows before them span is taken away."""
    basis: list[Vector] = []
    for row in matrix:
        rest = list(row)
        for other in basis:
            share = _answer(rest, other) / _answer(other, other)
            rest = [x - share * y for x, y in zip(rest, other, strict=True)]
        if any(rest):
            basis.append(rest)
    return len(basis)


def _solves(
    world: World, gaps: Callable[[Vector], Vector], unknowns: list[Form], claimed: Form, known: int
) -> bool | None:
    """The claimed values close every gap, whatever the unknowns that stay free are, and nothing else does."""
    forms = claimed.items if isinstance(claimed, Tuple) and len(unknowns) > 1 else (claimed,)
    if len(forms) != len(unknowns):
        return False
    free = [name for name in symbols(claimed) if name in unknowns]
    if len(free) != len(unknowns) - known or any(forms[unknowns.index(name)] != name for name in free):
        return False
    rng = Random("free")
    for _ in range(3):
        there = world.with_values({name: Fraction(rng.randint(-99, 99), 7) for name in free}) if free else world
        values = [value for form in forms for value in items(there.value(form))]
        if any(gaps(values)):
            return False
    return True


FILTER_CLAIMS = {"kernel_effect": effect, "strongest": strongest, "solution": solution}
