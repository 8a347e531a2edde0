"""What a document language must be able to print; the templates call these functions by their names."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable
from fractions import Fraction
from typing import ClassVar

from derive.notation.build import number
from derive.notation.form import Form, Matrix, Number, Symbol, Text, walk
from derive.notation.indexed import is_indexed
from derive.notation.widths import is_large, is_tall, width
from derive.notation.words import joined
from derive.record import Answer, Derivation, Figure, Given, Listing, Mark, Phrase, Picture
from derive.render.blocks import Block, solution_blocks
from derive.render.breaking import LINE_EM, Breaker
from derive.render.raw import ESCAPES, Raw

_LONG_GIVEN_EM, _SHORT_EM, _APART_EM = 26.0, 15.0, 2.0
_FEW_RULES = 3
"""So many formulas of a step stand in a sentence."""
_TALL_LINES = 5
"""Formulas that stand apart and take so many lines need not stay on the page of what follows."""


def amount(points: Fraction) -> str:
    """Points as a number: 2, 0.5, 1/3."""
    form = number(points)
    return form.text if isinstance(form, Number) else str(points)


def worth_text(points: Fraction) -> str:
    """Points as they stand behind a question: 2.5; nothing for none."""
    return amount(points) if points else ""


def points_text(points: Fraction) -> str:
    """Points in words: "1 point", "2.5 points"; nothing for none."""
    if not points:
        return ""
    return f"{amount(points)} {'point' if points == 1 else 'points'}"


def marks_text(marks: Iterable[Mark]) -> str:
    """Marks as graders write them: "M1 A0.5"."""
    return " ".join(f"{mark.kind}{amount(mark.points)}" for mark in marks)


class Printer(ABC):
    """Prints forms, phrases and derivations in one language; `suffix` names it, `folder` holds its templates."""

    suffix: ClassVar[str]
    folder: ClassVar[str]
    relations: ClassVar[dict[str, str]]
    brackets: ClassVar[tuple[str, str]]
    """Round brackets that open on one row and close on another."""
    dot: ClassVar[str]
    """The sign of multiplication at the beginning of a row."""

    @property
    def breaker(self) -> Breaker:
        """Breaks forms in this language."""
        return Breaker(self.write, self.brackets, self.dot)

    @abstractmethod
    def write(self, form: Form) -> str:
        """A form in the language's mathematics."""

    @abstractmethod
    def math(self, form: Form) -> Raw:
        """A form inside a sentence."""

    @abstractmethod
    def equation(self, target: Form, relation: str, form: Form) -> Raw:
        """target relation form, inside a sentence."""

    @abstractmethod
    def block(self, block: Block, where: str) -> str:
        """A block of a solution; `where` names its problem and part for error messages."""

    @abstractmethod
    def figure(self, figure: Figure | Picture) -> Raw:
        """A drawing."""

    @abstractmethod
    def listing(self, listing: Listing, marks: tuple[Mark, ...] = ()) -> Raw:
        """Source code with its caption, and marks at the margin."""

    def premises(self, sentence: Raw) -> Raw:
        """The sentence of the small givens."""
        return sentence

    @abstractmethod
    def apart(self, items: list[Raw], tall: bool) -> Raw:
        """Formulas that are too large for a sentence, set on their own; a page may end below tall ones."""

    def together(self, shown: Raw) -> Raw:
        """A few words that stay on one line."""
        return shown

    def text(self, text: object) -> Raw:
        """Plain text made harmless."""
        return Raw(ESCAPES[self.suffix](str(text)))

    def literal(self, text: str) -> Raw:
        """Plain text where the language wants a string."""
        return self.text(text)

    def answer_line(self, answer: Answer) -> Raw:
        """label = value unit, for the list of answers."""
        form = answer.shown if answer.shown is not None else answer.form
        unit = f" {self.text(answer.unit)}" if answer.unit else ""
        if answer.kind == "code":
            return self.text(f"{answer.name} as listed")
        if answer.kind in ("text", "verdict") and isinstance(form, Text):
            label = f"{self.math(answer.label)}: " if answer.label is not None else ""
            shown = Raw(f"{label}{self.text(form.text)}{unit}")
            return self.together(shown) if label and width(form) < _SHORT_EM else shown
        relation = "=" if form == answer.form else "≈"
        if isinstance(answer.label, Text):
            return Raw(f"{self.text(answer.label.text)}: {self.math(form)}{unit}")
        shown = self.math(form) if answer.label is None else self.equation(answer.label, relation, form)
        return Raw(f"{shown}{unit}")

    def phrase(self, phrase: Phrase) -> Raw:
        """A sentence with mathematics in it."""
        return Raw("".join(self.text(piece) if isinstance(piece, str) else self.math(piece) for piece in phrase))

    def printed(self, value: object) -> Raw:
        """Whatever a template prints: ready source as it is, mathematics and phrases as such, all else escaped."""
        if isinstance(value, Raw):
            return value
        if isinstance(value, Form):
            return self.math(value)
        if isinstance(value, tuple):
            return self.phrase(value)
        if isinstance(value, int | float):
            return Raw(value)
        return self.text(amount(value) if isinstance(value, Fraction) else value)

    def solution(self, derivation: Derivation, detail: int, where: str = "") -> Raw:
        """The worked solution at a level of detail."""
        return Raw("\n".join(self.block(block, where) for block in solution_blocks(derivation, detail)))

    def givens(self, givens: tuple[Given, ...]) -> Raw:
        """The premises: small ones as a sentence, large ones set apart below it, many formulas of a step above it."""
        rules = [given for given in givens if _is_rule(given)]
        rules = rules if len(rules) > _FEW_RULES else []
        others = [given for given in givens if given not in rules]
        small = [given for given in others if not _stands_apart(given)]
        large = [given for given in others if _stands_apart(given)]
        parts = [self._apart(rules), *([self._sentence(small)] if small else []), self._apart(large)]
        return Raw("\n".join(filter(None, parts)))

    def _apart(self, givens: list[Given]) -> Raw:
        shown = [self.equation(given.target, "=", given.form) for given in givens if given.form is not None]
        return self.apart(shown, _lines_tall(givens) >= _TALL_LINES) if shown else Raw("")

    def _sentence(self, givens: list[Given]) -> Raw:
        defined = [self._given(g) for g in givens if g.form is not None and g.kind != "value"]
        valued = [self._given(g) for g in givens if g.form is not None and g.kind == "value"]
        free = [self._given(g) for g in givens if g.kind == "free" and g.form is None]
        unknown = [self._given(g) for g in givens if g.kind == "unknown"]
        start = [f"Let {joined(defined)}"] if defined else []
        start += [f"{'with' if defined else 'Let'} {joined(valued)}"] if valued else []
        if free:
            several = "numbers" if len(free) > 1 else "number"
            start.append(f"for any {joined(free)}" if start else f"Let {joined(free)} be any {several}")
        start += [f"{'with' if start else 'Let'} {joined(unknown)} {'' if start else 'be '}unknown"] if unknown else []
        sentence = ", ".join(start)
        return self.premises(Raw(f"{sentence[0].upper()}{sentence[1:]}."))

    def _given(self, given: Given) -> Raw:
        shown = self.math(given.target) if given.form is None else self.equation(given.target, "=", given.form)
        return Raw(f"{shown} {self._bracketed(given.note)}") if given.note else shown

    def _bracketed(self, phrase: Phrase) -> str:
        return f"({self.phrase(phrase)})"


def _is_rule(given: Given) -> bool:
    """Whether it is a formula that holds at every step."""
    return isinstance(given.target, Symbol) and is_indexed(given.target) and given.form is not None


def _lines_tall(givens: Iterable[Given]) -> int:
    """About how many lines of text formulas take that stand beside one another as long as there is room."""
    lines, left, tallest = 0, 0.0, 0
    for target, form in ((given.target, given.form) for given in givens if given.form is not None):
        wide = width(target) + width(form) + 1.0
        if wide > left:
            lines, left, tallest = lines + tallest, LINE_EM, 0
        left -= wide + _APART_EM
        tallest = max(tallest, _height(form))
    return lines + tallest


def _height(form: Form) -> int:
    rows = (len(node.rows) for node in walk(form) if isinstance(node, Matrix))
    return max(rows, default=2 if is_tall(form) else 1)


def _stands_apart(given: Given) -> bool:
    return given.form is not None and (is_large(given.form) or width(given.form) > _LONG_GIVEN_EM)
