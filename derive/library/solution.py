"""A solved question as a Python object: answers as SymPy values, the verdict, and the prints."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from derive.errors import UnknownName, WrongMathematics
from derive.library.givens import Givens
from derive.notation.form import Form, Text
from derive.questions.catalogue import question, solved
from derive.questions.claims import accepts
from derive.questions.faults import place_by_path
from derive.record import Answer, Conventions, Derivation, Rounding

if TYPE_CHECKING:
    from derive.check.verdict import Fault, Verdict

STANDARD = Conventions()
"""What is taken for granted where nothing else is said: four significant digits, full precision carried."""


def solve(ask: str, /, *, conventions: Conventions = STANDARD, **givens: Any) -> Solution:
    """The worked solution of a question.

    >>> step = solve("graph.forward", graph={"z": "w*x + b"}, at={"w": 2, "x": 3, "b": 0.5})
    >>> step.answers["z"].value, step.verified
    (13/2, True)

    Args:
        ask: the question type; `derive questions` lists them.
        conventions: rounding and what else a sheet takes for granted.
        givens: what the type asks for: texts, numbers, lists, arrays, SymPy expressions.

    Raises:
        InputError: the type or a given is wrong; the message names it.
    """
    reader = Givens()
    data = reader.mapping(givens)
    asked = question(ask, data)
    return Solution(solved(asked, data, conventions, place_by_path), reader.symbols)


class SolvedAnswer:
    """One answer: `value` is exact, `decimal` a float, `shown` what the sheet prints."""

    def __init__(self, answer: Answer, rounding: Rounding, symbols: Mapping[Form, Any]) -> None:
        self._answer, self._rounding, self._symbols = answer, rounding, symbols

    @property
    def name(self) -> str:
        """What the answer is called."""
        return self._answer.name

    @property
    def kind(self) -> str:
        """number, integer, shape, matrix, expression, points, verdict or text."""
        return self._answer.kind

    @property
    def form(self) -> Form:
        """The exact written form."""
        return self._answer.form

    @property
    def shown(self) -> Form:
        """The form that is printed, rounded where the sheet rounds."""
        return self._answer.form if self._answer.shown is None else self._answer.shown

    @property
    def unit(self) -> str:
        """The unit in words; empty where there is none."""
        return self._answer.unit

    @cached_property
    def value(self) -> Any:
        """The exact value as SymPy knows it; the words of a verdict."""
        if isinstance(self.form, Text):
            return self.form.text
        from derive.notation.sympy_form import to_sympy

        return to_sympy(self.form, self._symbols)

    @cached_property
    def decimal(self) -> Any:
        """The value as a float, nested lists of them for arrays; None where it is no number."""
        from derive.exam.export import answer_record

        value = answer_record(self._answer)["decimal"]
        return float(value) if isinstance(value, int) else value

    def accepts(self, claim: Any) -> bool:
        """Whether a claim (number, text, list, array or SymPy expression) agrees, by the kind and the rounding."""
        return accepts(self._answer, Givens().plain(claim), self._rounding)

    def __float__(self) -> float:
        if not isinstance(self.decimal, float):
            raise TypeError(f"the answer {self.name} is no number")
        return self.decimal

    def __str__(self) -> str:
        from derive.notation import plain

        return f"{plain.write(self.shown)} {self.unit}".rstrip()

    def __repr__(self) -> str:
        return f"<{self.name}: {self}>"


class NoAnswer(UnknownName, KeyError):
    """A solution has no answer of that name."""


class Answers(Mapping[str, SolvedAnswer]):
    """Answers by name; a wrong name is answered with the known ones."""

    def __init__(self, answers: Mapping[str, SolvedAnswer]) -> None:
        self._answers = dict(answers)

    def __getitem__(self, name: object) -> SolvedAnswer:
        key = str(name)
        if key not in self._answers:
            raise NoAnswer("answer", key, self._answers)
        return self._answers[key]

    def __iter__(self) -> Iterator[str]:
        return iter(self._answers)

    def __len__(self) -> int:
        return len(self._answers)

    def __repr__(self) -> str:
        return f"{{{', '.join(map(repr, self._answers.values()))}}}"


class Solution:
    """A derivation with its answers; `verified` is True, False, or None where a line could not be decided.

    Args:
        derivation: the record.
        symbols: the SymPy symbols in which values are handed out, by the symbols of the record.
    """

    def __init__(self, derivation: Derivation, symbols: Mapping[Form, Any] | None = None) -> None:
        self.derivation = derivation
        self.symbols = dict(symbols or {})

    @cached_property
    def answers(self) -> Answers:
        """What was asked for, by name."""
        rounding = self.derivation.conventions.rounding
        return Answers({each.name: SolvedAnswer(each, rounding, self.symbols) for each in self.derivation.answers})

    @cached_property
    def _verdict(self) -> Verdict:
        from derive.check.judge import judge

        return judge(self.derivation)

    @property
    def verified(self) -> bool | None:
        """Whether every line holds; None where one could not be decided, which is no pass."""
        return self._verdict.verified

    @property
    def faults(self) -> tuple[Fault, ...]:
        """The lines that do not hold, and those that could not be decided."""
        return (*self._verdict.faults, *self._verdict.undecided)

    @property
    def _warning(self) -> str:
        return "" if self.verified else "Not verified: " + "; ".join(map(str, self.faults))

    def text(self, detail: int = 2) -> str:
        """The solution as plain text, under a warning where it is not verified."""
        from derive.render import documents

        return "\n\n".join(filter(None, [self._warning, documents.text(self.derivation, detail)]))

    def latex(self, detail: int = 2, *, document: bool = False, force: bool = False) -> str:
        """The solution as LaTeX: the steps in the macros of the documents, or a whole document.

        Raises:
            WrongMathematics: it is not verified, and `force` is not given.
        """
        from derive.render import documents

        warning = self._checked(force)
        if document:
            return documents.render(documents.single(self.derivation), "solution", "tex", detail, warning=warning)
        return documents.fragment(self.derivation, "tex", detail)

    def pdf(self, path: Path | str, engine: str = "auto", detail: int = 2, *, force: bool = False) -> Path:
        """Write the solution as a PDF and return its path; the file is there whole or not at all.

        Raises:
            WrongMathematics: it is not verified, and `force` is not given.
            RenderError: the engine is missing or refuses.
        """
        warning = self._checked(force)
        from derive.render import documents
        from derive.render.engines import choose
        from derive.render.files import write_all
        from derive.render.pdf import compile

        chosen, target = choose(engine), Path(path)
        sheet = documents.single(self.derivation)
        source = documents.render(sheet, "solution", chosen.language, detail, warning=warning)
        write_all({target: compile(source, chosen.name)})
        return target

    def json(self) -> str:
        """Answers, steps and verdict as one JSON object."""
        from derive.exam.export import derivation_record

        return json.dumps(derivation_record(self.derivation, self._verdict), indent=2, ensure_ascii=False)

    def _checked(self, force: bool) -> str:
        if self._warning and not force:
            raise WrongMathematics(self._warning)
        return self._warning

    def __str__(self) -> str:
        return self.text()

    def __repr__(self) -> str:
        return f"<Solution of {self.derivation.title!r}: {', '.join(self.answers)}>"

    def _repr_latex_(self) -> str:
        from derive.render.notebook import notebook

        printed = notebook(self.derivation)
        return printed if self.verified else f"$$\\text{{Not verified}}$$\n{printed}"
