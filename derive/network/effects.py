"""What a kernel does to an image, told from its sums and symmetries, up to scale and sign; no matrix is looked up.

* Sum 0: nothing on constant regions; else the brightness is multiplied by the sum.
* Rows that sum to 0: nothing on edges that run along the rows; and so for columns and diagonals.
* One sign only: a mean. Unchanged by turns and falling off from the centre: a Gaussian.
* Unchanged by turns, with sum 0: a second difference in every direction.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction
from itertools import accumulate, pairwise

from derive.network.filters import (
    ONE,
    ZERO,
    Kernel,
    centre,
    content,
    entries,
    impulse,
    minus,
    mirrored,
    moment,
    outer,
    places,
    scaled,
    total,
    transposed,
    turned,
)  # fmt: skip

Found = tuple[str, Fraction]
"""What a kernel does, and the scale that is taken out."""
NONE = "none of the named kernels"
COUNTED = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight")


@dataclass(frozen=True, slots=True)
class Effect:
    """What a kernel does: the name of the family, with what makes it this member of it, and its scale.

    `kernel / scale` is the kernel as a book prints it: sum 1 for what keeps the brightness, positive where it looks.
    """

    name: str
    family: str
    scale: Fraction


def effect(kernel: Kernel) -> Effect:
    """What the kernel does."""
    for family, find in FAMILIES:
        for sign in (ONE, -ONE):
            found = find(scaled(kernel, sign))
            if found is not None:
                return Effect(found[0], family, sign * found[1])
    return Effect(NONE, "none", ONE)


def _copy(kernel: Kernel) -> Found | None:
    """One entry: the image itself, or moved."""
    entries = list(places(kernel))
    if len(entries) != 1 or entries[0][2] < 0:
        return None
    (row, column, value), at = entries[0], centre(kernel)
    if at is None:
        return ("shift", value)
    return shift_name(row - at[0], column - at[1]), value


def shift_name(down: int, right: int) -> str:
    """Where the image moves when each pixel takes the value that stands so far down and right of it."""
    sides = [(right, "left", "right"), (down, "up", "down")]
    moves = [f"{COUNTED[abs(by)]} {one if by > 0 else other}" for by, one, other in sides if by]
    return "shift " + " and ".join(moves) if moves else "identity"


def _blur(kernel: Kernel) -> Found | None:
    """Entries of one sign: a weighted mean."""
    if any(x < 0 for row in kernel for x in row) or len(list(places(kernel))) < 2:
        return None
    if len({x for row in kernel for x in row}) == 1:
        return ("box blur", total(kernel))
    return "Gaussian blur" if _falls_off(kernel) else "weighted blur", total(kernel)


def _falls_off(kernel: Kernel) -> bool:
    """Unchanged by turns and mirrors, and smaller the farther from the centre."""
    by_distance: dict[int, set[Fraction]] = {}
    for i, row in enumerate(kernel):
        for j, x in enumerate(row):
            distance = (2 * i - len(kernel) + 1) ** 2 + (2 * j - len(row) + 1) ** 2
            by_distance.setdefault(distance, set()).add(x)
    if any(len(found) > 1 for found in by_distance.values()):
        return False
    falling = [by_distance[distance].copy().pop() for distance in sorted(by_distance)]
    return len(falling) > 1 and all(a > b for a, b in pairwise(falling))


def _sharpening(kernel: Kernel) -> Found | None:
    """The identity and more of what differs from the neighbours: sum positive, negative all round."""
    at, whole = centre(kernel), total(kernel)
    if at is None or whole <= 0 or turned(kernel) != kernel:
        return None
    others = [x for i, j, x in places(kernel) if (i, j) != at]
    if not others or any(x > 0 for x in others):
        return None
    blurred = minus(scaled(impulse(kernel), 2 * ONE), scaled(kernel, 1 / whole))
    rest = _blur(blurred)
    unsharp = rest is not None and rest[0] in ("box blur", "Gaussian blur")
    return "unsharp masking" if unsharp else "sharpening", whole


def _emboss(kernel: Kernel) -> Found | None:
    """The identity and a difference along one direction."""
    whole = total(kernel)
    if centre(kernel) is None or whole <= 0:
        return None
    slope = minus(kernel, scaled(impulse(kernel), whole))
    if turned(slope) != scaled(slope, -ONE) or not any(moment(slope, axis) for axis in (0, 1)):
        return None
    return ("emboss", whole)


def _laplacian(kernel: Kernel) -> Found | None:
    """Sum 0, the same in every direction, a hill against its surroundings."""
    at = centre(kernel)
    if at is None or len(kernel) < 3 or total(kernel) or kernel != transposed(kernel) or kernel != mirrored(kernel):
        return None
    second, middle = moment(kernel, 0, 2), kernel[at[0]][at[1]]
    return ("Laplacian", content(entries(kernel))) if second > 0 > middle else None


def _along(name: str, turn: Callable[[Kernel], Kernel]) -> Callable[[Kernel], Found | None]:
    """Edges or lines that run along the columns of the turned kernel, each row of which sees them alike."""

    def find(kernel: Kernel) -> Found | None:
        rows = turn(kernel)
        if any(map(sum, rows)) or not any(map(any, rows)):
            return None
        if all(x <= 0 for row in rows for x in accumulate(row)):
            return (f"{_operator(rows)}{name} edge detector", content(entries(kernel)))
        return (f"{name} line detector", content(entries(kernel))) if _sees_lines(rows) else None

    return find


def _sees_lines(rows: Kernel) -> bool:
    middle = len(rows[0]) // 2
    sides = all(x <= 0 for row in rows for k, x in enumerate(row) if k != middle)
    return len(rows[0]) % 2 == 1 and sides and all(row == row[::-1] for row in rows)


def _operator(rows: Kernel) -> str:
    """The name that the weights across the difference have: 1 1 1, 1 2 1, 3 10 3, or one row alone."""
    weights = tuple(abs(row[-1]) for row in rows)
    if len([x for x in weights if x]) == 1 and outer(rows) is not None:
        return "plain "
    parts = outer(rows)
    if parts is None or parts[1] not in ((-ONE, ZERO, ONE), (ONE, ZERO, -ONE)):
        return ""
    return OPERATORS.get(" ".join(str(abs(x / content(parts[0]))) for x in parts[0]), "")


def _diagonal(kernel: Kernel) -> Found | None:
    """One sign on either side of a diagonal, which itself is 0 (an edge); or a diagonal against both sides (a line)."""
    n = len(kernel)
    if n != len(kernel[0]) or n < 2:
        return None
    for each in (kernel, mirrored(kernel)):
        above = [x for i, j, x in places(each) if j > i]
        below = [x for i, j, x in places(each) if j < i]
        on = [each[k][k] for k in range(n)]
        across = (sum((x for i, j, x in places(each) if i + j == k), ZERO) for k in range(2 * n - 1))
        if above and min(above) > 0 and not any(on) and all(x < 0 for x in below) and not any(across):
            return (f"{_diagonal_operator(each)}diagonal edge detector", content(entries(kernel)))
        if n > 2 and not total(each) and min(on) > 0 and all(x < 0 for x in (*above, *below)):
            return ("diagonal line detector", content(entries(kernel)))
    return None


def _diagonal_operator(kernel: Kernel) -> str:
    if len(kernel) == 2:
        return "Roberts "
    if len(kernel) != 3 or transposed(kernel) != scaled(kernel, -ONE) or kernel[0][1] != kernel[1][2]:
        return ""
    near, far = kernel[0][1], kernel[0][2]
    return "Prewitt " if near == far else "Sobel " if far == 2 * near else ""


OPERATORS = {"1 1 1": "Prewitt ", "1 2 1": "Sobel ", "3 10 3": "Scharr "}
"""The weights along an edge, and whose operator has them."""

FAMILIES: tuple[tuple[str, Callable[[Kernel], Found | None]], ...] = (
    ("copy", _copy),
    ("blur", _blur),
    ("sharpening", _sharpening),
    ("emboss", _emboss),
    ("Laplacian", _laplacian),
    ("vertical", _along("vertical", lambda kernel: kernel)),
    ("horizontal", _along("horizontal", transposed)),
    ("diagonal", _diagonal),
)
"""The families in the order in which they are tried; each for the kernel and for its negative."""
