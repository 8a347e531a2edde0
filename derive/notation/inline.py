"""What every language does alike in a line of text or a cell: no higher than it must be."""

from __future__ import annotations

from collections.abc import Sequence

from derive.notation.form import Derivative, Frac, Symbol
from derive.notation.fragments import FACTOR, Piece
from derive.notation.writer import Writer


class OnTheLine(Writer):
    """A derivative of a name stands on the line, ∂L/∂w; beside the writer of a language, whose methods come after it.

    Attributes:
        slash: between what is differentiated and the names by which.
    """

    slash = "/"

    def times(self, before: str, left: Piece, text: str, right: Piece) -> str:
        slashed = self._is_slashed(left.text) or self._is_slashed(text)
        return self.dot if slashed else super().times(before, left, text, right)

    def frac(self, form: Frac, pieces: Sequence[Piece]) -> Piece:
        top, bottom = (p._replace(text=f"({p.text})") if self._is_slashed(p.text) else p for p in pieces)
        return super().frac(form, (top, bottom))

    def derivative(self, form: Derivative, pieces: Sequence[Piece]) -> Piece:
        names = (form.of, *form.wrt)
        if form.held or form.total or not all(isinstance(name, Symbol) for name in names):
            return super().derivative(form, pieces)
        bottom = self.differential_gap.join(self._differentials(form, pieces[1:], self.partial))
        below = f"({bottom})" if len(set(form.wrt)) > 1 else bottom
        above = f"{self.partial.rstrip()}{self.order(len(form.wrt))} {pieces[0].text}"
        return Piece(f"{above}{self.slash}{below}", FACTOR)

    def _is_slashed(self, text: str) -> bool:
        return text.startswith(self.partial.rstrip())
