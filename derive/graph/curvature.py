"""First and second derivatives of one expression, critical points, and what kind they are."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from itertools import combinations, product
from typing import Literal

from derive.errors import InputError
from derive.graph.arithmetic import MP, Real
from derive.graph.course import course_form
from derive.graph.graph import Graph
from derive.graph.reasons import derivative_reason
from derive.notation.algebra import tidy
from derive.notation.build import number
from derive.notation.form import Form, Symbol, symbols
from derive.notation.length import size
from derive.notation.polynomial import coefficients, rational_roots
from derive.record import Phrase

Kind = Literal["local minimum", "local maximum", "saddle point", "inconclusive"]
MOST_POINTS = 81
TINY = MP.mpf(10) ** -30


def differentiate(form: Form, variable: Symbol) -> tuple[Form, Form, Phrase]:
    """∂form/∂variable as the rules give it, in course form, and the rules that were used."""
    output = Symbol("f") if variable != Symbol("f") else Symbol("g")
    while output in symbols(form):
        output = Symbol(output.base + "f")
    graph = Graph({output.base: form})
    of = graph.scalar(output)
    if graph.labels.get(of) == output:
        del graph.labels[of]  # the value itself has no name here: the slope of σ(x) is σ(x)(1 - σ(x)), not f(1 - f)
    if variable not in graph.quantities:
        return number(0), number(0), ("does not depend on ", variable)
    node = graph.program.gradient(of, [graph.scalar(variable)])[graph.scalar(variable)]
    raw = graph.form(node, inside=node not in graph.labels)
    course, _ = course_form(raw)
    ordered = tidy(raw, symbols(form))
    if course == raw and size(ordered) == size(raw):
        raw = course = ordered
    return raw, course, derivative_reason(graph, [of], graph.scalar(variable))


def principal_minors(matrix: Sequence[Sequence[Real]]) -> list[tuple[int, Real]]:
    """Every principal minor with its order."""
    n = len(matrix)
    return [
        (order, determinant([[matrix[i][j] for j in rows] for i in rows]))
        for order in range(1, n + 1)
        for rows in combinations(range(n), order)
    ]


def determinant(matrix: Sequence[Sequence[Real]]) -> Real:
    """The determinant, by expansion along the first row."""
    if len(matrix) == 1:
        return matrix[0][0]
    total: Real = Fraction(0)
    for column, entry in enumerate(matrix[0]):
        if entry != 0:
            minor = [[row[j] for j in range(len(row)) if j != column] for row in matrix[1:]]
            total = total + entry * determinant(minor) * (-1) ** column
    return total


def vanishes(value: Real) -> bool:
    """Whether a value is zero; of an irrational one 50 digits are known, of which some are lost on the way."""
    return value == 0 if isinstance(value, Fraction) else abs(value) < TINY


def kind_of_point(hessian: Sequence[Sequence[Real]]) -> Kind:
    """What the Hessian says of a critical point.

    A symmetric matrix has no negative eigenvalue exactly if no principal minor is negative, and no positive one exactly
    if the minors of odd order are at most 0 and those of even order at least 0. Where neither holds it has both.
    """
    minors = [(order, Fraction(0) if vanishes(value) else value) for order, value in principal_minors(hessian)]
    no_negative = all(value >= 0 for _, value in minors)
    no_positive = all(value * (-1) ** order >= 0 for order, value in minors)
    if not no_negative and not no_positive:
        return "saddle point"
    if minors[-1][1] == 0:
        return "inconclusive"
    return "local minimum" if no_negative else "local maximum"


def critical_points(gradient: Mapping[Symbol, Form]) -> list[tuple[Form, ...]]:
    """All real points where every component of the gradient is zero, exact.

    Components that are polynomials in their own variable with rational roots are solved here, others by SymPy.

    Raises:
        InputError: no finite set of exact real points was found.
    """
    roots: list[list[Form]] = []
    for variable, slope in gradient.items():
        poly = coefficients(slope, variable) if set(symbols(slope)) <= {variable} else None
        if poly is None or len(poly) < 2:
            return _by_sympy(gradient)
        found, rest = rational_roots(poly)
        if len(rest) > 1:
            return _by_sympy(gradient)
        roots.append([number(root) for root in sorted(dict.fromkeys(found), key=lambda r: (abs(r), r < 0))])
    return list(product(*roots))


def _by_sympy(gradient: Mapping[Symbol, Form]) -> list[tuple[Form, ...]]:
    from derive.notation.sympy_solve import real_solutions

    points = real_solutions(list(gradient.values()), list(gradient))
    if points is None or len(points) > MOST_POINTS:
        names = " and ".join(symbol.base for symbol in gradient)
        raise InputError(f"the critical points in {names} could not be found exactly")
    return points
