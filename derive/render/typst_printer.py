"""Derivations in Typst: calls of the functions in the Typst macros, one row of a derivation each."""

from __future__ import annotations

from derive.notation import typst
from derive.notation.form import Form, Shape
from derive.notation.widths import phrase_width, width
from derive.record import Figure, Line, Listing, Mark, Picture
from derive.render.blocks import AnyRow, Block, Cell, CellRow, Code, Display, FoldedRows, Prose, Row, Table
from derive.render.breaking import SENTENCE_EM, Token
from derive.render.columns import cut, room, table_width
from derive.render.listings import WHOLE, code_lines
from derive.render.printer import Printer, marks_text
from derive.render.raw import Raw, comment_text, typst_code, typst_string

_REASON_EM, _SHORT_EM = 20.0, 8.0
_ROWS_TOGETHER = 16
"""A table of so many rows is not broken over pages."""


class TypstPrinter(Printer):
    """The output that needs no TeX: the same blocks as LaTeX, laid out by `templates/typst/_macros.typ`."""

    suffix = "typ"
    folder = "typst"
    relations = {"=": "=", "≈": "approx", ":=": "="}
    brackets, dot = ("\\(", "\\)"), "dot.op"

    def write(self, form: Form) -> str:
        return typst.write(form)

    def inline(self, form: Form) -> str:
        """A form in a sentence or a cell."""
        return typst.write_inline(form)

    def math(self, form: Form) -> Raw:
        shown = Raw(f"${self.inline(form)}$")
        return self.together(shown) if isinstance(form, Shape) else shown

    def equation(self, target: Form, relation: str, form: Form) -> Raw:
        room = SENTENCE_EM - width(target)
        start = f"{self.write(target)} {self.relations[relation]}"
        if width(form) <= room:
            shown = Raw(f"${start} {self.write(form)}$")
            return self.together(shown) if width(form) <= _SHORT_EM else shown
        tokens = [self._fitted(token, SENTENCE_EM) for token in self.breaker.tokens(form, room)]
        return Raw(f"${start} {tokens[0]}$" + "".join(f" ${token}$" for token in tokens[1:]))

    def together(self, shown: Raw) -> Raw:
        return Raw(f"#box[{shown}]")

    def apart(self, items: list[Raw], tall: bool) -> Raw:
        """A formula that was not cut for its length stays on one line; what is handed over is code."""
        whole = (f"whole({item.removeprefix('#')})" if item.count("$") == 2 else str(item) for item in items)
        return Raw(f"#givens({', '.join(whole)}{', tall: true' * tall})")

    def premises(self, sentence: Raw) -> Raw:
        return Raw(f"#premises[{sentence}]")

    def literal(self, text: str) -> Raw:
        return Raw(typst_string(text))

    def figure(self, figure: Figure | Picture) -> Raw:
        caption = self.phrase(figure.caption)
        if isinstance(figure, Picture):
            from derive.render.typst_picture import typst_picture

            return Raw(typst_picture(figure, self, caption))
        from derive.render.figures import drawing
        from derive.render.typst_figure import typst_figure

        return Raw(typst_figure(drawing(figure), self, caption))

    def listing(self, listing: Listing, marks: tuple[Mark, ...] = ()) -> Raw:
        lines = [*code_lines(listing, marks)]
        whole = "" if len(lines) <= WHOLE else " whole: false,"
        rows = "".join(f"  ([{k.number}], {typst_code(k.code)}, [{marks_text(k.marks)}]),\n" for k in lines)
        return Raw(f"#listing([{self.phrase(listing.caption)}],{whole}\n{rows})")

    def block(self, block: Block, where: str) -> str:
        anchor = f"// @ {comment_text(f'{where} step {block_step(block)}')}\n" if where else ""
        if isinstance(block, Code):
            return f"{anchor}{self.listing(block.listing, block.marks)}"
        if isinstance(block, Prose):
            macro = "lead" if block.leads else "remark"
            return f"{anchor}#{macro}([{self.phrase(block.phrase)}], [{marks_text(block.marks)}])"
        return anchor + (
            self._display(block, where) if isinstance(block, Display) else "\n".join(map(self._table, cut(block)))
        )

    def _display(self, display: Display, where: str) -> str:
        rows = "".join(self._anchored(row, where) for row in display.rows)
        return f"#derivation(\n{rows})"

    def _anchored(self, row: Row, where: str) -> str:
        anchor = f"  // @ {comment_text(f'{where} step {row.step}')}\n" if where and row.opens else ""
        return f"{anchor}{self._row(row)}"

    def _row(self, row: Row) -> str:
        """The calls' arguments: target, value, reason, marks, the gap above, and whether the row below stays."""
        why = f"[{self.phrase(row.reason)}]" if row.reason else "none"
        target = "[]" if row.target is None else f"$display({self.write(row.target)})$"
        gap = ("0em" if row.tight else "1em") if row.opens else "none"
        values = self._values(row)
        blank = [("[]", value, "none", "[]", "none", "true") for value in values]
        blank[0] = (target, values[0], "none", "[]", gap, str(row.stays).lower())
        start, value, _, _, opens, stays = blank[-1]
        blank[-1] = (start, value, why, f"[{marks_text(row.marks)}]", opens, stays)
        return "".join(f"  ({', '.join(cells)}),\n" for cells in blank)

    def _values(self, row: Row) -> list[str]:
        """The cells of a row after its target: one, or several where a form is broken."""
        if row.relation == "assume":
            return [f"[with $display({self.write(row.form)})$]"]
        pairs = [(row.relation, row.form), *row.chain]
        cells: list[str] = []
        for place, (relation, form) in enumerate(pairs):
            boxed = row.boxed and place == len(pairs) - 1
            first, *others = self._boxed(relation, form, row) if boxed else self._plain(relation, form, row)
            cells[-1:] = [f"{cells[-1]} {first}" if cells else first]
            cells += others
        return [f"[{cell}]" for cell in cells]

    def _plain(self, relation: str, form: Form, row: Row) -> list[str]:
        first, *others = (self._fitted(piece, row.room) for piece in self.breaker.rows(form, row.room))
        return [f"$display({self.relations[relation]} {first})$", *(f'$display(quad "" {piece})$' for piece in others)]

    def _boxed(self, relation: str, form: Form, row: Row) -> list[str]:
        pieces = [self._fitted(piece, row.room) for piece in self.breaker.rows(form, row.room)]
        inside = ' \\ & quad "" '.join(pieces)
        unit = f" + unit[{self.text(row.unit)}]" if row.unit else ""
        shown = f"$display({inside})$" if len(pieces) == 1 else f"stacked($ & {inside} $)"
        return [f"$display({self.relations[relation]}) #answer({shown}{unit})$"]

    def _fitted(self, piece: Token, room: float) -> str:
        return f"#fit({room:.4g}em, $display({piece.text})$)" if piece.width > room else piece.text

    def _table(self, table: Table) -> str:
        extra = (any(row.reason for row in table.rows), any(row.marks for row in table.rows))
        count = 1 + table.columns + sum(extra)
        heads = [f"[{self.phrase(head)}]" for head in table.heads[: 1 + table.columns + extra[0]]]
        heads += ["[]"] * (count - len(heads))
        widest = max((phrase_width(row.reason) for row in table.rows), default=0.0)
        columns = ["auto"] * (1 + table.columns) + ["auto" if widest < _REASON_EM else "70mm"] * extra[0]
        columns += ["auto"] * extra[1]
        rows = "".join(f"  {', '.join(self._table_row(row, count, *extra))},\n" for row in table.rows)
        marks = marks_text(table.marks)
        wide = ", fits: false" if table_width(table) > room(table) else ""
        whole = ", whole: true" if len(table.rows) <= _ROWS_TOGETHER else ""
        return f"#step-table(({', '.join(columns)},), ({', '.join(heads)},), [{marks}]{wide}{whole},\n{rows})"

    def _table_row(self, row: AnyRow, columns: int, reasons: bool, marks: bool) -> list[str]:
        if isinstance(row, FoldedRows):
            return [f"table.cell(colspan: {columns}, quiet[{self.text(row.words)}])"]
        if isinstance(row, CellRow):
            cells = [f"[{self.phrase(row.label)}]", *(self._own_cell(cell) for cell in row.cells)]
        else:
            cells = ["[]" if row.target is None else str(self.math(row.target))]
            cells += ["[]" if line is None else self._cell(line) for line in row.lines]
        cells += [f"cell-words(quiet[{self.phrase(row.reason)}])"] * reasons
        cells += [f"quiet[{marks_text(row.marks)}]"] * marks
        return cells

    def _own_cell(self, cell: Cell) -> str:
        """A chain of forms, or words."""
        shown = ""
        for line in cell.lines:
            form = f"display({self.inline(line.form)})"
            form = f"#cell-answer(${form}$)" if line.boxed else form
            shown += f" {self.relations[line.relation]} {form}" if shown else form
        return f"${shown}$" if shown else f"cell-words[{self.phrase(cell.words)}]"

    def _cell(self, line: Line) -> str:
        sign = "approx " if line.relation == "≈" else ""
        shown = f"display({self.inline(line.form)})"
        if not line.boxed:
            return f"${sign}{shown}$"
        return f"${sign}#cell-answer(${shown}$)$"


def block_step(block: Block) -> str:
    """The step that a block begins with."""
    return block.rows[0].step if isinstance(block, Display) else block.step
