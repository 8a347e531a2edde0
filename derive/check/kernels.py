"""What a kernel does, decided by what it answers to test patches, one test for each name; scale and sign are free."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from itertools import product

from derive.check.lens import Lens, Patch, across, standing

NONE = "none of the named kernels"
NUMBERS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight")
OPERATORS = {"Prewitt": (1, 1, 1), "Sobel": (1, 2, 1), "Scharr": (3, 10, 3)}
ONE = Fraction(1)
Test = Callable[[Lens], bool]


def moves(lens: Lens) -> str | None:
    """The name of a kernel that answers noise with one of its pixels."""
    for at in lens.pixels:
        if lens.flat > 0 and all(lens.answer(patch) == lens.flat * patch(*at) for patch in lens.noises):
            if not lens.has_centre:
                return "shift"
            down, right = at[0] - lens.middle[0], at[1] - lens.middle[1]
            said = [f"{NUMBERS[abs(right)]} {'left' if right > 0 else 'right'}"] * bool(right)
            said += [f"{NUMBERS[abs(down)]} {'up' if down > 0 else 'down'}"] * bool(down)
            return f"shift {' and '.join(said)}" if said else "identity"
    return None


def is_box(lens: Lens) -> bool:
    """The plain mean of the pixels, but for a factor."""
    cells = [(i, j) for i in range(lens.rows) for j in range(lens.columns)]
    means = [Fraction(sum(patch(*at) for at in cells), len(cells)) for patch in lens.noises]
    found = [lens.answer(patch) for patch in lens.noises]
    return len(cells) > 1 and lens.flat > 0 and found == [lens.flat * mean for mean in means]


def is_gaussian(lens: Lens) -> bool:
    """A mean whose weights are a falling function of the distance alone."""
    by_distance: dict[Fraction, set[Fraction]] = {}
    for (i, j), weight in lens.pixels.items():
        far = (Fraction(2 * i + 1, 2) - Fraction(lens.rows, 2)) ** 2 + (j - Fraction(lens.columns - 1, 2)) ** 2
        by_distance.setdefault(far, set()).add(weight)
    weights = [found for _, found in sorted(by_distance.items())]
    if any(len(found) > 1 for found in weights) or len(weights) < 2:
        return False
    falling = [weight for found in weights for weight in found]
    return is_mean(lens) and falling == sorted(set(falling), reverse=True)


def is_mean(lens: Lens) -> bool:
    """No pixel is answered negatively, and two or more are answered."""
    found = lens.pixels.values()
    return min(found) >= 0 and len([x for x in found if x]) > 1


def sharpens(lens: Lens) -> bool:
    """Flat regions keep their sign, all pixels but the centre count against it, and a half turn changes nothing."""
    others = [x for at, x in lens.pixels.items() if at != lens.middle]
    against = any(others) and max(others) <= 0
    return lens.has_centre and against and lens.flat > 0 and lens.same(lens.half_turn)


def masks(lens: Lens) -> bool:
    """Twice the image without what is sharper than its blur."""
    if not sharpens(lens):
        return False
    blur = lens.times(-1 / lens.flat, Fraction(2))
    return is_box(blur) or is_gaussian(blur)


def embosses(lens: Lens) -> bool:
    """Without the image itself, what is left of an answer turns its sign with the patch, and sees a ramp."""
    if not lens.has_centre or lens.flat <= 0:
        return False
    slope = lens.times(Fraction(1), -lens.flat)
    return slope.same(slope.half_turn, -1) and any(slope.answer(ramp) for ramp in (lambda i, j: i, lambda i, j: j))


def bends(lens: Lens) -> bool:
    """Flat patches are not seen, curved ones are, from every side alike, and the centre counts against the rest."""
    if not lens.has_centre or lens.rows != lens.columns or lens.rows < 3 or lens.flat:
        return False
    bowl = lens.answer(lambda i, j: (i - lens.middle[0]) ** 2)
    return bowl > 0 > lens.pixels[lens.middle] and lens.same(across) and lens.same(lens.mirror)


def _blind_to_rows(lens: Lens) -> bool:
    """No bright row, whatever its place, is answered."""
    return not any(lens.answer(lambda i, j, row=row: int(i == row)) for row in range(lens.rows))  # type: ignore[misc]


def sees_edges(lens: Lens) -> bool:
    """Rows are not seen, and every row answers steps from dark to bright with one sign."""
    starts = product(range(lens.rows), range(lens.columns))
    steps = [lens.answer(lambda i, j, at=at: int(i == at[0] and j >= at[1])) for at in starts]  # type: ignore[misc]
    return _blind_to_rows(lens) and min(steps) >= 0 and any(steps)


def sees_lines(lens: Lens) -> bool:
    """Rows and ramps are not seen, and in every row only the middle pixel counts for the answer."""
    if not lens.columns % 2 or not _blind_to_rows(lens) or not any(lens.pixels.values()):
        return False
    sides = [x for (_, j), x in lens.pixels.items() if j != lens.middle[1]]
    return max(sides, default=Fraction(0)) <= 0 and _even_rows(lens)


def _even_rows(lens: Lens) -> bool:
    """Each row by itself answers a patch and its mirror alike."""
    pixels = lens.pixels
    return all(x == pixels[i, lens.columns - 1 - j] for (i, j), x in pixels.items())


def sees_diagonal_edges(lens: Lens) -> bool:
    """Bright on one side of a diagonal, dark on the other; stripes across it are not seen."""
    if lens.rows != lens.columns or lens.rows < 2:
        return False
    return any(_splits(lens, way) for way in (lambda patch: patch, lens.mirror))


def _splits(lens: Lens, way: Callable[[Patch], Patch]) -> bool:
    n = lens.rows
    single = {at: lens.answer(way(lambda i, j, at=at: int((i, j) == at))) for at in lens.pixels}  # type: ignore[misc]
    stripes = [lens.answer(way(lambda i, j, k=k: int(i + j == k))) for k in range(2 * n - 1)]  # type: ignore[misc]
    right = all(x >= 0 if j > i else x <= 0 if j < i else not x for (i, j), x in single.items())
    return right and not any(stripes) and lens.answer(way(lambda i, j: int(j > i))) > 0


def sees_diagonal_lines(lens: Lens) -> bool:
    """A flat patch is not seen; the pixels of one diagonal count for the answer and all others against it."""
    n = lens.rows
    if n != lens.columns or n < 3 or lens.flat:
        return False
    for way in (lambda i, j: i == j, lambda i, j: i + j == n - 1):
        if all(x > 0 if way(i, j) else x <= 0 for (i, j), x in lens.pixels.items()):
            return True
    return False


def _is_operator(name: str, rest: str, lens: Lens) -> bool:
    """Whether the weights along the edge are those of the named operator."""
    if "diagonal" in rest:
        return any(_is_diagonal_operator(name, lens, way) for way in (lambda patch: patch, lens.mirror))
    seen = lens if "vertical" in rest else standing(lens)
    ends = [
        [seen.answer(lambda i, j, t=t, b=b: int(i == t and j >= b)) for t in range(seen.rows)]  # type: ignore[misc]
        for b in range(seen.columns)
    ]
    if name == "plain":
        return len([row for row in zip(*ends, strict=True) if any(row)]) == 1
    if seen.rows != 3 or seen.columns != 3 or ends[1] != ends[2] or name not in OPERATORS:
        return False
    weights = OPERATORS[name]
    return all(x * weights[0] == ends[2][0] * w for x, w in zip(ends[2], weights, strict=True))


def _is_diagonal_operator(name: str, lens: Lens, way: Callable[[Patch], Patch]) -> bool:
    if name == "Roberts":
        return lens.rows == 2
    if lens.rows != 3 or name not in ("Prewitt", "Sobel") or not (_splits(lens, way) or _splits(lens.times(-ONE), way)):
        return False
    pixel = {
        at: lens.answer(way(lambda i, j, at=at: int((i, j) == at)))  # type: ignore[misc]
        for at in ((0, 1), (1, 2), (0, 2))
    }
    near, far = pixel[0, 1], pixel[0, 2]
    return near == pixel[1, 2] and far == near * (1 if name == "Prewitt" else 2)


TESTS: dict[str, Test] = {
    "box blur": is_box,
    "Gaussian blur": is_gaussian,
    "weighted blur": lambda lens: is_mean(lens) and not is_box(lens) and not is_gaussian(lens),
    "sharpening": lambda lens: sharpens(lens) and not masks(lens),
    "unsharp masking": masks,
    "emboss": embosses,
    "Laplacian": bends,
    "vertical edge detector": sees_edges,
    "horizontal edge detector": lambda lens: sees_edges(standing(lens)),
    "vertical line detector": sees_lines,
    "horizontal line detector": lambda lens: sees_lines(standing(lens)),
    "diagonal edge detector": sees_diagonal_edges,
    "diagonal line detector": sees_diagonal_lines,
}


def names_of(lens: Lens) -> set[str]:
    """All names whose test the kernel or its negative passes."""
    signs = (lens, lens.times(-ONE))
    moved = {name for each in signs if (name := moves(each)) is not None}
    return moved | {name for name, test in TESTS.items() if any(map(test, signs))}


def does(lens: Lens, verdict: str) -> bool:
    """Whether the verdict in words names what the kernel does."""
    found, (first, _, rest) = names_of(lens), verdict.partition(" ")
    if verdict == NONE:
        return not found
    if verdict in found:
        return True
    return rest in found and rest.endswith("edge detector") and _is_operator(first, rest, lens)
