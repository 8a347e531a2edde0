"""Derivations in LaTeX: rows of align*, sentences and step tables in the macros of the base template."""

from __future__ import annotations

from typing import ClassVar

from derive.notation import latex
from derive.notation.form import Form, Matrix, walk
from derive.notation.widths import is_tall, phrase_width, width
from derive.record import Figure, Line, Listing, Mark, Picture
from derive.render.blocks import AnyRow, Block, Cell, CellRow, Code, Display, FoldedRows, Prose, Row, Table
from derive.render.breaking import SENTENCE_EM, Token
from derive.render.columns import cut
from derive.render.listings import WHOLE, code_lines
from derive.render.printer import Printer, marks_text
from derive.render.raw import Raw, comment_text, tex_code, tex_letters

_REASON_EM = 20.0
_ROWS_A_TABLE = 28


class LatexPrinter(Printer):
    """The reference output; a program finds its mathematics by the macros (see the base template)."""

    suffix = "tex"
    folder = "latex"
    relations = {"=": "=", "≈": r"\approx", ":=": "="}
    brackets, dot = (r"\bigl(", r"\bigr)"), r"\cdot"
    gaps: ClassVar[dict[tuple[bool, bool], str]] = {
        (False, False): "", (False, True): r"[\stay]", (True, False): r"[\newstep]", (True, True): r"[\staystep]",
    }  # fmt: skip
    """What follows the end of a row: whether a step opens below it, and whether that row stays on the same page."""
    fits = True
    """Whether the document has the macro that makes a wide form smaller."""

    def write(self, form: Form) -> str:
        return tex_letters(latex.write(form))

    def inline(self, form: Form) -> str:
        return tex_letters(latex.write_inline(form))

    def math(self, form: Form) -> Raw:
        return Raw(f"${self.inline(form)}$")

    def equation(self, target: Form, relation: str, form: Form) -> Raw:
        room = SENTENCE_EM - width(target)
        tokens = self.breaker.tokens(form, room) if width(form) > room else [Token(self.write(form), 0.0)]
        shown = " \\allowbreak ".join(self._fitted(token, SENTENCE_EM) for token in tokens)
        return Raw(f"${self.write(target)} {self.relations[relation]} {shown}$")

    def together(self, shown: Raw) -> Raw:
        return Raw(f"\\mbox{{{shown}}}")

    def premises(self, sentence: Raw) -> Raw:
        return Raw(f"\\premises{{{sentence}}}")

    def apart(self, items: list[Raw], tall: bool) -> Raw:
        end = "\n\\end{givens}" + "\\maybreak" * tall
        return Raw("\\begin{givens}\n" + " \\nextgiven\n".join(items) + end)

    def figure(self, figure: Figure | Picture) -> Raw:
        caption = self.phrase(figure.caption)
        if isinstance(figure, Picture):
            from derive.render.tikz_picture import tikz_picture

            return Raw(tikz_picture(figure, self, caption))
        from derive.render.figures import drawing
        from derive.render.tikz import tikz

        return Raw(tikz(drawing(figure), self, caption))

    def listing(self, listing: Listing, marks: tuple[Mark, ...] = ()) -> Raw:
        lines = [*code_lines(listing, marks)]
        joint = "\\nobreak\n" if len(lines) <= WHOLE else "\n"
        body = (
            joint.join(f"\\codeline{{{k.number}}}{{{tex_code(k.code)}}}{{{marks_text(k.marks)}}}" for k in lines) + "\n"
        )
        return Raw(f"\\begin{{codelines}}{{{self.phrase(listing.caption)}}}\n{body}\\end{{codelines}}")

    def block(self, block: Block, where: str) -> str:
        if isinstance(block, Code):
            return _anchor(where, block.step) + self.listing(block.listing, block.marks)
        if isinstance(block, Prose):
            remark = f"\\remark{{{self.phrase(block.phrase)}}}{{{marks_text(block.marks)}}}"
            return _anchor(where, block.step) + remark + ("\\leads" if block.leads else "")
        return self._display(block, where) if isinstance(block, Display) else self._table(block, where)

    def _display(self, display: Display, where: str) -> str:
        lines: list[str] = []
        for row in display.rows:
            if lines:
                lines[-1] += f"\\\\{self.gaps[row.opens and not row.tight, row.stays]}"
            lines.append((_anchor(where, row.step) if row.opens else "") + self._row(row))
        return "\\begin{align*}\n" + "\n".join(lines) + "\n\\end{align*}"

    def _row(self, row: Row) -> str:
        if row.relation == "assume":
            return f"&\\assume{{{self.write(row.form)}}}{self._margin(row)}"
        target = "" if row.target is None else self.write(row.target) + " "
        return f"{target}&{self._relations(row)}{self._margin(row)}"

    def _relations(self, row: Row) -> str:
        """The relation signs of a row, each with its form; the last form may stand in a box."""
        pairs = [(row.relation, row.form), *row.chain]
        shown = [f"{self.relations[relation]} {self._value(form, row)}" for relation, form in pairs[:-1]]
        relation, last = pairs[-1]
        value = self._value(last, row, row.boxed)
        return " ".join([*shown, f"{self.relations[relation]} {value}"])

    def _value(self, form: Form, row: Row, boxed: bool = False) -> str:
        """A form in as many rows as it takes."""
        broken = self.breaker.rows(form, row.room)
        pieces = [self._fitted(piece, row.room) for piece in broken]
        if not boxed:
            return f" \\\\{self.gaps[False, True]}\n&\\quad ".join(pieces)
        inside = pieces[0]
        if len(pieces) > 1:
            inside = "\\begin{aligned}&" + " \\\\ &\\quad ".join(pieces) + "\\end{aligned}"
        unit = f"\\unit{{{self.text(row.unit)}}}" if row.unit else ""
        return f"\\answer{{{inside}{unit}}}"

    def _fitted(self, piece: Token, room: float) -> str:
        return f"\\fit[{room:.4g}em]{{{piece.text}}}" if self.fits and piece.width > room else piece.text

    def _margin(self, row: Row) -> str:
        why = f" \\why{{{self.phrase(row.reason)}}}" if row.reason else ""
        return why + (f"\\mk{{{marks_text(row.marks)}}}" if row.marks else "")

    def _table(self, table: Table, where: str) -> str:
        """A table, cut into several where it is too wide for the page, or longer than half of one."""
        return _anchor(where, table.step) + "\n".join(map(self._tables, cut(table)))

    def _tables(self, table: Table) -> str:
        extra = (any(row.reason for row in table.rows), any(row.marks for row in table.rows))
        columns = "l" * (1 + table.columns) + self._reason_column(table) * extra[0] + "r" * extra[1]
        heads = [self.phrase(head) for head in table.heads[: 1 + table.columns + extra[0]]]
        heads += [Raw("")] * (1 + table.columns + sum(extra) - len(heads))
        top = f"\\begin{{steptable}}{{{columns}}}{{{marks_text(table.marks)}}}\n{' & '.join(heads)} \\\\ \\midrule\n"
        rows = [self._table_row(row, len(heads), *extra) for row in table.rows]
        parts = [rows[i : i + _ROWS_A_TABLE] for i in range(0, len(rows), _ROWS_A_TABLE)]
        return "\n".join(top + "\n".join(part) + "\n\\end{steptable}" for part in parts)

    def _reason_column(self, table: Table) -> str:
        widest = max((phrase_width(row.reason) for row in table.rows), default=0.0)
        return "l" if widest < _REASON_EM else "p{70mm}"

    def _table_row(self, row: AnyRow, columns: int, reasons: bool, marks: bool) -> str:
        if isinstance(row, FoldedRows):
            return f"\\multicolumn{{{columns}}}{{@{{}}l@{{}}}}{{\\quiet{{{self.text(row.words)}}}}} \\\\"
        if isinstance(row, CellRow):
            cells = [str(self.phrase(row.label)), *(self._own_cell(cell) for cell in row.cells)]
        else:
            cells = ["" if row.target is None else f"${self.inline(row.target)}$"]
            cells += ["" if line is None else self._cell(line) for line in row.lines]
        cells += [f"\\quiet{{{self.phrase(row.reason)}}}"] * reasons
        cells += [f"\\quiet{{{marks_text(row.marks)}}}"] * marks
        return f"{' & '.join(cells)}{_strut([line for line in row.lines if line is not None])} \\\\"

    def _own_cell(self, cell: Cell) -> str:
        """A chain of forms in one formula, or words."""
        shown = ""
        for line in cell.lines:
            form = f"\\answer{{{self.inline(line.form)}}}" if line.boxed else self.inline(line.form)
            shown += f" {self.relations[line.relation]} {form}" if shown else form
        return f"${shown}$" if shown else str(self.phrase(cell.words))

    def _cell(self, line: Line) -> str:
        sign = "\\approx " if line.relation == "≈" else ""
        shown = f"\\answer{{{self.inline(line.form)}}}" if line.boxed else self.inline(line.form)
        return f"${sign}{shown}$"


def _strut(lines: list[Line]) -> str:
    """What gives a row of a table the height of its forms, with room around it."""
    high = max((len(part.rows) for line in lines for part in walk(line.form) if isinstance(part, Matrix)), default=0)
    if high > 1:
        return f"\\rule[-{1.9 * high + 0.2:.1f}ex]{{0pt}}{{{3.8 * high + 1.6:.1f}ex}}"
    is_tall_row = any(is_tall(line.form) for line in lines)
    return "\\tallrow" if is_tall_row else "\\boxrow" if any(line.boxed for line in lines) else ""


def _anchor(where: str, step: str) -> str:
    """A comment from which the log reader knows the question and step of a line."""
    return f"% @ {comment_text(f'{where} step {step}')}\n" if where else ""
