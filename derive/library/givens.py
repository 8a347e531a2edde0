"""Python's numbers, lists and arrays, and SymPy's expressions, as the givens of questions."""

from __future__ import annotations

import struct
import sys
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from derive.errors import InputError
from derive.notation.build import number
from derive.notation.form import Form, Symbol
from derive.notation.symbols import symbol_name

_DOUBLE_BYTES = 8


class Givens:
    """Makes givens plain, and remembers the SymPy symbols that came in, so that answers come back in the same ones."""

    def __init__(self) -> None:
        self.symbols: dict[Form, Any] = {}

    def mapping(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Givens by name; an error says which of them it was."""
        return {self.name(key): self._named(str(key), value) for key, value in values.items()}

    def _named(self, name: str, value: Any) -> Any:
        try:
            return self.plain(value)
        except InputError as error:
            raise error.at(path=name) from None

    def name(self, key: Any) -> str:
        """A name: text, a symbol of ours or of SymPy's."""
        if isinstance(key, str):
            return key
        form = self.form(key) if is_sympy(key) else key
        if not isinstance(form, Symbol):
            raise InputError(f"a name is needed, not {key}")
        return symbol_name(form)

    def plain(self, value: Any) -> Any:
        """What an exam file would hold, or a form."""
        if is_sympy(value):
            return self.form(value)
        if isinstance(value, Mapping):
            return self.mapping(value)
        if isinstance(value, (list, tuple)):
            return [self.plain(item) for item in value]
        if isinstance(value, float):
            return _finite(float(value))
        if isinstance(value, Decimal):
            return number(value)
        return _listed(value) if hasattr(value, "tolist") else value

    def form(self, expr: Any) -> Form:
        """The form of a SymPy expression.

        Raises:
            InputError: it has none, or two of its symbols would have one name.
        """
        from derive.notation.sympy_course import from_sympy, symbol_of

        for symbol in sorted(expr.free_symbols, key=str):
            form = symbol_of(symbol.name)
            known = self.symbols.setdefault(form, symbol)
            if known != symbol:
                raise InputError(f"the SymPy symbols {known} and {symbol} are two, but would have one name")
        return from_sympy(expr)


def is_sympy(value: Any) -> bool:
    """Whether a value is SymPy's, without importing it: who has such a value has imported it."""
    sympy = sys.modules.get("sympy")
    return sympy is not None and isinstance(value, (sympy.Basic, sympy.MatrixBase))


def _finite(value: float) -> float:
    if value - value != 0:
        raise InputError(f"{value} is no number that can be written")
    return value


def _listed(array: Any) -> Any:
    """An array or a scalar of NumPy or PyTorch as nested lists; short floats by their shortest digits."""
    short = getattr(getattr(array, "dtype", None), "itemsize", _DOUBLE_BYTES) < _DOUBLE_BYTES
    return _rounded(array.tolist(), short)


def _rounded(value: Any, short: bool) -> Any:
    if isinstance(value, list):
        return [_rounded(item, short) for item in value]
    return _finite(_shortest(value) if short else value) if isinstance(value, float) else value


def _shortest(value: float) -> float:
    """The double with the fewest digits that is this number in single precision: 0.1 and not 0.10000000149."""
    candidates = (float(f"{value:.{digits}g}") for digits in range(3, 10))
    return next((each for each in candidates if struct.pack("f", each) == struct.pack("f", value)), value)
