"""A derivation for notebooks: LaTeX that MathJax understands, without the macros of the documents."""

from __future__ import annotations

import re
from typing import ClassVar

from derive.notation import latex
from derive.notation.form import Form
from derive.record import Derivation, Line, Listing, Mark
from derive.render.blocks import Block, Cell, CellRow, Code, Display, FoldedRows, Prose, Row, Table
from derive.render.latex_printer import LatexPrinter
from derive.render.listings import code_lines
from derive.render.printer import marks_text
from derive.render.raw import Raw

_SPECIAL = re.compile(r"[\\{}$&#%_^~<>]")
_SHOWN = {"\\": "∖", "^": "ˆ", "~": "∼", "<": "＜", ">": "＞"}


class NotebookPrinter(LatexPrinter):
    """Rows of align*, their reasons in a second column; tables are arrays."""

    fits = False
    gaps: ClassVar[dict[tuple[bool, bool], str]] = {
        (opens, stays): "[4pt]" if opens else "" for opens in (False, True) for stays in (False, True)
    }

    def write(self, form: Form) -> str:
        return latex.write(form).replace(r"\bm{", r"\boldsymbol{")

    def text(self, text: object) -> Raw:
        return Raw(_SPECIAL.sub(lambda match: _SHOWN.get(match[0], f"\\{match[0]}"), " ".join(str(text).split())))

    def listing(self, listing: Listing, marks: tuple[Mark, ...] = ()) -> Raw:
        lines = (line.code.replace(" ", "\u00a0") for line in code_lines(listing, marks))
        rows = " \\\\\n".join(f"\\texttt{{{self.coded(line)}}}" for line in lines)
        return Raw(f"$$\\begin{{array}}{{l}}\n{rows}\n\\end{{array}}$$")

    @staticmethod
    def coded(line: str) -> str:
        """A line of code with the signs escaped that have a meaning for MathJax."""
        return _SPECIAL.sub(lambda match: _SHOWN.get(match[0], f"\\{match[0]}"), line)

    def block(self, block: Block, where: str) -> str:
        if isinstance(block, Code):
            return self.listing(block.listing, block.marks)
        if isinstance(block, Prose):
            return f"$$\\text{{{self.phrase(block.phrase)}}}$$"
        return self._array(block) if isinstance(block, Table) else self._display(block, "")

    def inline(self, form: Form) -> str:
        return latex.write_inline(form).replace(r"\bm{", r"\boldsymbol{")

    def _relations(self, row: Row) -> str:
        return super()._relations(row).replace(r"\answer{", r"\boxed{").replace(r"\unit{", r"\ \text{")

    def _display(self, display: Display, where: str) -> str:
        return super()._display(display, "").replace(r"\assume{", r"\text{with }{")

    def _margin(self, row: Row) -> str:
        why = f" && \\text{{{self.phrase(row.reason)}}}" if row.reason else ""
        return why + (f" \\tag*{{{marks_text(row.marks)}}}" if row.marks else "")

    def _array(self, table: Table) -> str:
        rows = [[f"\\text{{{self.phrase(head)}}}" for head in table.heads]] if table.heads else []
        for row in table.rows:
            if isinstance(row, FoldedRows):
                rows.append([f"\\text{{{self.text(row.words)}}}"])
                continue
            if isinstance(row, CellRow):
                own = [
                    "=".join(map(self._signed, cell.lines)) or f"\\text{{{self.phrase(cell.words)}}}"
                    for cell in row.cells
                ]
                rows.append([f"\\text{{{self.phrase(row.label)}}}", *own])
                continue
            cells = ["" if line is None else self._signed(line) for line in row.lines]
            rows.append(["" if row.target is None else self.inline(row.target), *cells])
        body = " \\\\\n".join(" & ".join(cells) for cells in rows)
        return f"$$\\begin{{array}}{{{'l' * max(map(len, rows), default=1)}}}\n{body}\n\\end{{array}}$$"

    def _chained(self, cell: Cell) -> str:
        chain = " = ".join(map(self._signed, cell.lines))
        return chain or f"\\text{{{self.phrase(cell.words)}}}"

    def _signed(self, line: Line) -> str:
        return f"\\approx {self.inline(line.form)}" if line.relation == "≈" else self.inline(line.form)


def notebook(derivation: Derivation, detail: int = 2) -> str:
    """The solution of a derivation for `_repr_latex_`."""
    return str(NotebookPrinter().solution(derivation, detail))
