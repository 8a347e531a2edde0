"""The functions of deep learning as SymPy functions, each with its derivative in course form.

SymPy's own would answer in CAS forms: a Heaviside for the slope of a maximum, 1/(4 cosh²) for the slope of a sigmoid.
These stay named, are evaluated and compiled by what they stand for, and nothing in them walks an expression.
"""

from __future__ import annotations

from typing import Any

import sympy
from sympy import Function, Integer, Lambda, Piecewise, Rational, S, Symbol

_x, _a = Symbol("x"), Symbol("a")


class CourseFunction(Function):
    """Base: `law` is what the function stands for, used for numbers and in compiled code."""

    law: Lambda

    @classmethod
    def eval(cls, *args: Any) -> Any:
        """Only a rational argument at which the value is rational is worked out."""
        return cls.at_zero() if args[0] is S.Zero else None

    @classmethod
    def at_zero(cls) -> Any:
        """The value at 0."""
        return S.Zero

    def _pythoncode(self, printer: Any) -> str:
        return str(printer._print(self.law(*self.args)))

    _numpycode = _mpmathcode = _lambdacode = _ccode = _pythoncode  # the names that SymPy's printers of code ask for

    def _eval_evalf(self, prec: int) -> Any:
        value = self.law(*self.args)
        return None if value.free_symbols else value._evalf(prec)

    def _eval_rewrite(self, rule: Any, args: Any, **hints: Any) -> Any:
        return self.law(*args)


class step(CourseFunction):
    """The slope of ReLU: 1 for x > 0, else 0."""

    nargs = 1
    law = Lambda(_x, Piecewise((S.One, _x > 0), (S.Zero, True)))

    def fdiff(self, argindex: int = 1) -> Any:
        """0."""
        return S.Zero


class sigmoid(CourseFunction):
    """1/(1 + exp(-x)), with the derivative σ(1 - σ)."""

    nargs = 1
    law = Lambda(_x, 1 / (1 + sympy.exp(-_x)))

    @classmethod
    def at_zero(cls) -> Any:
        """σ(0) = 1/2."""
        return Rational(1, 2)

    def fdiff(self, argindex: int = 1) -> Any:
        """σ(1 - σ)."""
        return self * (1 - self)


class relu(CourseFunction):
    """max(0, x), with the derivative `step`."""

    nargs = 1
    law = Lambda(_x, sympy.Max(0, _x))

    def fdiff(self, argindex: int = 1) -> Any:
        """1 for x > 0, else 0."""
        return step(self.args[0])


class leaky_relu(CourseFunction):
    """x for x > 0, else a x."""

    nargs = 2
    law = Lambda((_x, _a), Piecewise((_x, _x > 0), (_a * _x, True)))

    def fdiff(self, argindex: int = 1) -> Any:
        """1 or a; by the slope a, 0 or x."""
        x, a = self.args
        return Piecewise((S.One, x > 0), (a, True)) if argindex == 1 else Piecewise((S.Zero, x > 0), (x, True))


class elu(CourseFunction):
    """x for x > 0, else a (eˣ - 1)."""

    nargs = 2
    law = Lambda((_x, _a), Piecewise((_x, _x > 0), (_a * (sympy.exp(_x) - 1), True)))

    def fdiff(self, argindex: int = 1) -> Any:
        """1 or a eˣ; by the scale a, 0 or eˣ - 1."""
        x, a = self.args
        below = a * sympy.exp(x) if argindex == 1 else sympy.exp(x) - 1
        return Piecewise((Integer(2 - argindex), x > 0), (below, True))


class softplus(CourseFunction):
    """log(1 + eˣ), with the derivative σ."""

    nargs = 1
    law = Lambda(_x, sympy.log(1 + sympy.exp(_x)))

    @classmethod
    def at_zero(cls) -> Any:
        """log 2."""
        return sympy.log(2)

    def fdiff(self, argindex: int = 1) -> Any:
        """σ(x)."""
        return sigmoid(self.args[0])


class normal_cdf(CourseFunction):
    """Φ, the distribution function of the normal law."""

    nargs = 1
    law = Lambda(_x, (1 + sympy.erf(_x / sympy.sqrt(2))) / 2)

    @classmethod
    def at_zero(cls) -> Any:
        """Φ(0) = 1/2."""
        return Rational(1, 2)

    def fdiff(self, argindex: int = 1) -> Any:
        """φ(x)."""
        return normal_pdf(self.args[0])


class normal_pdf(CourseFunction):
    """φ, the density of the normal law."""

    nargs = 1
    law = Lambda(_x, sympy.exp(-(_x**2) / 2) / sympy.sqrt(2 * sympy.pi))

    @classmethod
    def at_zero(cls) -> Any:
        """It has no short value at 0."""
        return None

    def fdiff(self, argindex: int = 1) -> Any:
        """-x φ(x)."""
        return -self.args[0] * self


class gelu(CourseFunction):
    """x Φ(x)."""

    nargs = 1
    law = Lambda(_x, _x * (1 + sympy.erf(_x / sympy.sqrt(2))) / 2)

    def fdiff(self, argindex: int = 1) -> Any:
        """Φ(x) + x φ(x)."""
        (x,) = self.args
        return normal_cdf(x) + x * normal_pdf(x)


COURSE_FUNCTIONS: dict[str, type[CourseFunction]] = {
    each.__name__: each for each in (sigmoid, relu, leaky_relu, elu, softplus, gelu, normal_cdf, normal_pdf)
}
"""By the name that users type; `step` is not among them, as it is written as the slope of ReLU."""
