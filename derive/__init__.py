"""Worked solutions of deep-learning exam questions, checked line by line and printed as LaTeX or PDF.

>>> from derive import Graph
>>> g = Graph({"z": "w*x + b", "p": "sigmoid(z)", "L": "-(t*log(p) + (1-t)*log(1-p))"})
>>> d = g.gradient("L", wrt=["w", "b"], at={"w": -2, "x": 3.5, "b": -2, "t": 0.5})
>>> d.verified
True

The names below are imported when they are first asked for: `import derive` itself costs nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from derive.check.foreign.latex_file import check_latex
    from derive.errors import DeriveError, InputError, UnknownName, WrongMathematics
    from derive.library import Exam, Graph, Node, Solution, SolvedAnswer, solve
    from derive.notation.sympy_form import from_sympy, to_sympy
    from derive.questions.catalogue import catalogue
    from derive.record import Answer, Conventions, Derivation, Line, Rounding, Step

_HOMES = {
    "derive.check.foreign.latex_file": ("check_latex",),
    "derive.errors": ("DeriveError", "InputError", "UnknownName", "WrongMathematics"),
    "derive.library": ("Exam", "Graph", "Node", "Solution", "SolvedAnswer", "solve"),
    "derive.notation.sympy_form": ("from_sympy", "to_sympy"),
    "derive.questions.catalogue": ("catalogue",),
    "derive.record": ("Answer", "Conventions", "Derivation", "Line", "Rounding", "Step"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Answer", "Conventions", "Derivation", "DeriveError", "Exam", "Graph", "InputError", "Line", "Node", "Rounding",
    "Solution", "SolvedAnswer", "Step", "UnknownName", "WrongMathematics", "catalogue", "check_latex", "from_sympy",
    "solve", "to_sympy",
]  # fmt: skip


def __getattr__(name: str) -> Any:
    if name == "__version__":
        from importlib.metadata import version

        return version("derive-latex")
    if name not in _HOME:
        raise AttributeError(f"module 'derive' has no attribute '{name}'")
    return getattr(importlib.import_module(_HOME[name]), name)


def __dir__() -> list[str]:
    return sorted([*__all__, "__version__"])
