"""Derivations in LaTeX: rows of align*, sentences and step tables in the macros of the base template."""

from __future__ import annotations

from derive.notation import latex
from derive.notation.form import Form
from derive.record import Figure
from derive.render.blocks import Block, Display, Prose, Row, Table, TableRow
from derive.render.breaking import sentence_room, written
from derive.render.printer import Printer, marks_text
from derive.render.raw import Raw, comment_text, tex_letters
from derive.render.widths import phrase_width

_REASON_EM = 20.0
_ROWS_A_TABLE = 28


class LatexPrinter(Printer):
    """The reference output; a program finds its mathematics by the macros (see the base template)."""

    suffix = "tex"
    folder = "latex"
    relations = {"=": "=", "≈": r"\approx", ":=": "="}
    brackets = (r"\bigl(", r"\bigr)")
    fits = True
    """Whether the document has the macro that makes a wide form smaller."""

    def write(self, form: Form) -> str:
        return tex_letters(latex.write(form))

    def math(self, form: Form) -> Raw:
        return Raw(f"${self.write(form)}$")

    def equation(self, target: Form, relation: str, form: Form) -> Raw:
        shown = self.write(form)
        if (room := sentence_room(target, form)) is not None:
            shown = f"\\fit[{room:.4g}em]{{{shown}}}"
        return Raw(f"${self.write(target)} {self.relations[relation]} {shown}$")

    def premises(self, sentence: Raw) -> Raw:
        return Raw(f"\\premises{{{sentence}}}")

    def apart(self, items: list[Raw]) -> Raw:
        return Raw("\\begin{givens}\n" + " \\nextgiven\n".join(items) + "\n\\end{givens}")

    def figure(self, figure: Figure) -> Raw:
        from derive.render.figures import drawing
        from derive.render.tikz import tikz

        return Raw(tikz(drawing(figure), self, self.phrase(figure.caption)))

    def block(self, block: Block, where: str) -> str:
        if isinstance(block, Prose):
            remark = f"\\remark{{{self.phrase(block.phrase)}}}{{{marks_text(block.marks)}}}"
            return _anchor(where, block.step) + remark + ("\\nobreak" if block.leads else "")
        return self._display(block, where) if isinstance(block, Display) else self._table(block, where)

    def _display(self, display: Display, where: str) -> str:
        lines: list[str] = []
        for row in display.rows:
            if lines:
                lines[-1] += "\\\\[4pt]" if row.opens else "\\\\"
            lines.append((_anchor(where, row.step) if row.opens else "") + self._row(row))
        return "\\begin{align*}\n" + "\n".join(lines) + "\n\\end{align*}"

    def _row(self, row: Row) -> str:
        if row.relation == "assume":
            return f"&\\assume{{{self.write(row.form)}}}{self._margin(row)}"
        target = "" if row.target is None else self.write(row.target) + " "
        return f"{target}&{self.relations[row.relation]} {self._value(row)}{self._margin(row)}"

    def _value(self, row: Row) -> str:
        rows = row.rows
        pieces = written(rows, self.write, self.brackets)
        if self.fits and rows.is_wider(row.room):
            pieces = [f"\\fit[{row.room:.4g}em]{{{piece}}}" for piece in pieces]
        if not row.boxed:
            return " \\\\\n&\\quad ".join(pieces)
        inside = pieces[0]
        if len(pieces) > 1:
            inside = "\\begin{aligned}&" + " \\\\ &\\quad ".join(pieces) + "\\end{aligned}"
        unit = f"\\unit{{{self.text(row.unit)}}}" if row.unit else ""
        return f"\\answer{{{inside}{unit}}}"

    def _margin(self, row: Row) -> str:
        why = f" \\why{{{self.phrase(row.reason)}}}" if row.reason else ""
        return why + (f"\\mk{{{marks_text(row.marks)}}}" if row.marks else "")

    def _table(self, table: Table, where: str) -> str:
        """A table, cut into several where it is longer than half a page."""
        extra = (any(row.reason for row in table.rows), any(row.marks for row in table.rows))
        columns = "l" * (1 + table.columns) + self._reason_column(table) * extra[0] + "r" * extra[1]
        heads = [self.phrase(head) for head in table.heads[: 1 + table.columns + extra[0]]]
        heads += [Raw("")] * (1 + table.columns + sum(extra) - len(heads))
        top = f"\\begin{{steptable}}{{{columns}}}{{{marks_text(table.marks)}}}\n{' & '.join(heads)} \\\\ \\midrule\n"
        rows = [self._table_row(row, table.columns, *extra) for row in table.rows]
        cut = [rows[i : i + _ROWS_A_TABLE] for i in range(0, len(rows), _ROWS_A_TABLE)]
        tables = "\n".join(top + "\n".join(part) + "\n\\end{steptable}" for part in cut)
        return _anchor(where, table.step) + tables

    def _reason_column(self, table: Table) -> str:
        widest = max((phrase_width(row.reason) for row in table.rows), default=0.0)
        return "l" if widest < _REASON_EM else "p{70mm}"

    def _table_row(self, row: TableRow, columns: int, reasons: bool, marks: bool) -> str:
        cells = ["" if row.target is None else self.math(row.target)]
        for line in row.lines:
            sign = "\\approx " if line.relation == "≈" else ""
            inside = f"\\answer{{{self.write(line.form)}}}" if line.boxed else self.write(line.form)
            cells.append(f"${sign}{inside}$")
        cells += [""] * (1 + columns - len(cells))
        cells += [f"\\quiet{{{self.phrase(row.reason)}}}"] * reasons
        cells += [f"\\quiet{{{marks_text(row.marks)}}}"] * marks
        return " & ".join(cells) + " \\\\"


def _anchor(where: str, step: str) -> str:
    """A comment from which the log reader knows the question and step of a line."""
    return f"% @ {comment_text(f'{where} step {step}')}\n" if where else ""
