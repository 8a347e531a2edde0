"""Systems of equations, solved exactly by SymPy within limits: all real solutions, or the news that none can be had."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy
from sympy.polys.polyerrors import BasePolynomialError

from derive.notation.form import Form, Symbol
from derive.notation.sympy_course import from_sympy
from derive.notation.sympy_form import to_sympy

Point = tuple[Any, ...]

MOST_VARIABLES = 3
LARGEST_DEGREE = 8
MOST_TERMS = 40
DIGITS = 40


def real_solutions(equations: Sequence[Form], variables: Sequence[Symbol]) -> list[tuple[Form, ...]] | None:
    """All real points where every form is zero, exact and in order of size; None where they could not be found.

    Polynomial systems and single equations are solved; a factor that is an exponential is never zero and is left out.

    >>> from derive.notation import plain
    >>> from derive.notation.text import read
    >>> x, y = read("x"), read("y")
    >>> [[plain.write(part) for part in point] for point in real_solutions([read("x - y"), read("x*y - 4")], [x, y])]
    [['2', '2'], ['-2', '-2']]
    """
    by = [to_sympy(variable) for variable in variables]
    exact = [to_sympy(equation) for equation in equations]
    tops = [_top(equation) for equation in exact]
    points = _of_one(tops[0], by[0]) if len(by) == len(tops) == 1 else _of_polynomials(tops, by)
    if points is None:
        return None
    real = [point for point in points if all(abs(sympy.im(part).evalf(DIGITS)) < 10**-20 for part in point)]
    real = [point for point in real if all(_holds(equation, by, point) for equation in exact)]
    if any(part.has(sympy.I) for point in real for part in point):
        return None  # roots that are real, but have no expression without i
    return [tuple(map(from_sympy, point)) for point in sorted(real, key=_size)]


def _top(equation: Any) -> Any:
    """The factors of the numerator that can be zero."""
    top, _ = sympy.fraction(sympy.together(equation))
    return sympy.Mul(
        *(factor for factor in sympy.Mul.make_args(sympy.factor(top)) if not isinstance(factor, sympy.exp))
    )


def _of_one(equation: Any, variable: Any) -> list[Point] | None:
    if equation.is_polynomial(variable) and sympy.degree(equation, variable) > LARGEST_DEGREE:
        return None
    found = sympy.solveset(equation, variable, sympy.S.Reals)
    if found is sympy.S.EmptySet:
        return []
    return [(root,) for root in found] if isinstance(found, sympy.FiniteSet) else None


def _of_polynomials(equations: list[Any], variables: list[Any]) -> list[Point] | None:
    if len(variables) > MOST_VARIABLES or not all(equation.is_polynomial(*variables) for equation in equations):
        return None
    if any(equation.is_number and equation != 0 for equation in equations):
        return []
    polys = [sympy.Poly(equation, *variables) for equation in equations]
    if any(poly.total_degree() > LARGEST_DEGREE or len(poly.terms()) > MOST_TERMS for poly in polys):
        return None
    try:
        found = sympy.solve_poly_system(polys, *variables, strict=True)
    except (NotImplementedError, BasePolynomialError):
        return None
    return [tuple(map(sympy.radsimp, point)) for point in dict.fromkeys(found or [])]


def _holds(equation: Any, variables: list[Any], point: Point) -> bool:
    value = equation.subs(dict(zip(variables, point, strict=True))).evalf(DIGITS)
    return bool(value.is_number and abs(value) < 10**-20)


def _size(point: Point) -> tuple[tuple[Any, bool], ...]:
    return tuple((abs(part).evalf(DIGITS), bool(part.evalf(DIGITS) < 0)) for part in point)
