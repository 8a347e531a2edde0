"""What a written form is worth: exact where it is rational, a real number of many digits where it is not.

A form is unrolled into a flat program (`derive.notation.unrolled`), so that depth is no limit. What has no value of
its own here (a symbol, a derivative, an evaluation bar, an abstract block) is asked of `env` and then of `unknown`.

Two conventions: a product with an exact zero is zero even beside a logarithm of zero, and where a maximum or a ReLU
has a kink `Branches` says which side counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from derive.errors import DeriveError
from derive.notation.arrays import Array, Value, items
from derive.notation.branches import Branches
from derive.notation.build import number
from derive.notation.form import PI, Form, Matrix, Symbol, Tuple
from derive.notation.reals import reals
from derive.notation.unrolled import Code, compiled, substituted

__all__ = ["Code", "Evaluator", "NoValue", "approximate", "compiled", "evaluate", "form_of", "substituted"]


class NoValue(DeriveError):
    """A form that nobody gave a value: `form` is the symbol, derivative or function in question."""

    def __init__(self, form: Form) -> None:
        kind = type(form).__name__.lower()
        name = getattr(form, "base", None) or getattr(form, "function", None)
        super().__init__(f"the {kind} {name} has no value" if name else f"a {kind} has no value")
        self.form = form


class Evaluator:
    """Values of forms in one environment.

    Args:
        env: values of whole forms, taken before a form is descended into.
        digits: the working precision of what is not rational.
        unknown: asked for what `env` does not know; returns None where it does not know either.
        branches: records or replays the choices at kinks.
        exact: False turns every number into a real one at once, which is faster where nothing is rational anyway.
    """

    def __init__(
        self,
        env: Mapping[Form, Value] | None = None,
        *,
        digits: int = 50,
        unknown: Callable[[Any], Value | None] | None = None,
        branches: Branches | None = None,
        exact: bool = True,
    ) -> None:
        self.env = env or {}
        self.reals = reals(digits)
        self.unknown = unknown
        self.branches = branches or Branches()
        self.exact = exact

    def value(self, form: Form) -> Value:
        """The value of the form.

        Raises:
            NoValue: a name, a derivative or a function that has no value.
            Undefined: there is no real value.
        """
        whole = {type(given) for given in self.env} - {Symbol}
        return self.run(compiled(form, (lambda part: type(part) in whole and part in self.env) if whole else None))

    def run(self, code: Code) -> Value:
        """The value of a form that was unrolled before."""
        stack: list[Value] = []
        for handler, node, arity in code:
            if arity:
                args = stack[-arity:]
                del stack[-arity:]
                stack.append(handler(self, node, args))
            else:
                stack.append(handler(self, node, []))
        return stack[-1]

    def ask(self, form: Form) -> Value:
        """The value that env or `unknown` has for this very form."""
        value = self.env.get(form)
        if value is None and self.unknown is not None:
            value = self.unknown(form)
        if value is None and form == PI:
            value = self.reals.pi
        if value is None:
            raise NoValue(form)
        return value

    def within(self, bindings: Mapping[Form, Value]) -> Evaluator:
        """The same evaluator where some forms have other values."""
        inner = Evaluator({**self.env, **bindings}, unknown=self.unknown, branches=self.branches, exact=self.exact)
        inner.reals = self.reals
        return inner


def evaluate(form: Form, env: Mapping[Form, Value] | None = None, digits: int = 50) -> Value:
    """The value of a form where the forms in `env` have the values given there."""
    return Evaluator(env, digits=digits).value(form)


def approximate(form: Form, env: Mapping[Form, Value] | None = None) -> float:
    """The value of a scalar form as a float; fast, for deciding between layouts and for figures."""
    return float(Evaluator(env, digits=17, exact=False).value(form))


def form_of(value: Value) -> Form:
    """The written form of an exact value: a number, a column, a matrix or a tuple of them."""
    if isinstance(value, Array):
        if len(value.shape) == 2:
            parts = [items(row) for row in value.parts()]
            return Matrix(tuple(tuple(number(x) for x in row) for row in parts))
        return Tuple(tuple(form_of(part) for part in value.parts()))
    return number(value)
