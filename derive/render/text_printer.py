"""Derivations as plain text for a terminal: relation signs in one column, reasons in another."""

from __future__ import annotations

from unicodedata import combining

from derive.notation import plain
from derive.notation.form import Form
from derive.record import Figure, Line, Listing, Mark, Picture
from derive.render.blocks import Block, Cell, CellRow, Code, Display, FoldedRows, Prose, Row, Table
from derive.render.listings import code_lines
from derive.render.printer import Printer, marks_text
from derive.render.raw import Raw

_REASON_COLUMN = 52


class TextPrinter(Printer):
    """Unicode text; a solution in it is what `str(derivation)` gives."""

    suffix = "txt"
    folder = "text"
    relations = {"=": "=", "≈": "≈", ":=": "="}
    brackets, dot = ("(", ")"), "·"

    def write(self, form: Form) -> str:
        return plain.write(form)

    def math(self, form: Form) -> Raw:
        return Raw(plain.write(form))

    def equation(self, target: Form, relation: str, form: Form) -> Raw:
        return Raw(f"{plain.write(target)} {self.relations[relation]} {plain.write(form)}")

    def apart(self, items: list[Raw], tall: bool) -> Raw:
        return Raw("\n".join(f"  {item}" for item in items))

    def figure(self, figure: Figure | Picture) -> Raw:
        """The edges by name, or the words in reading order: a drawing has no place in plain text."""
        if isinstance(figure, Picture):
            from derive.render.pictures import reading_order

            rows = ["  " + "   ".join(self.phrase(words.phrase) for words in row) for row in reading_order(figure)]
            return Raw("\n".join([*([self.phrase(figure.caption)] if figure.caption else []), *rows]))
        labels = {node.name: self.phrase(node.label) for node in figure.nodes}
        return Raw("\n".join(f"  {labels[edge.source]} → {labels[edge.target]}" for edge in figure.edges))

    def listing(self, listing: Listing, marks: tuple[Mark, ...] = ()) -> Raw:
        lines = [*code_lines(listing, marks)]
        left = max(len(line.number) for line in lines)
        rows = [_ruled(f"  {k.number:>{left}}  {k.code}".rstrip(), "", marks_text(k.marks)) for k in lines]
        return Raw("\n".join([*([self.phrase(listing.caption)] if listing.caption else []), *rows]))

    def block(self, block: Block, where: str) -> str:
        if isinstance(block, Code):
            return self.listing(block.listing, block.marks)
        if isinstance(block, Prose):
            return _ruled(str(self.phrase(block.phrase)), "", marks_text(block.marks))
        return self._display(block) if isinstance(block, Display) else self._table(block)

    def _display(self, display: Display) -> str:
        targets = ["" if row.target is None else self.write(row.target) for row in display.rows]
        left = max(map(_width, targets))
        return "\n".join(self._row(row, target, left) for row, target in zip(display.rows, targets, strict=True))

    def _row(self, row: Row, target: str, left: int) -> str:
        reason = "; ".join(filter(None, [str(self.phrase(row.reason)), "answer" if row.boxed else ""]))
        start = f"  {' ' * (left - _width(target))}{target} "
        if row.relation == "assume":
            return _ruled(f"{start}with {self.write(row.form)}", reason, marks_text(row.marks))
        pieces = self._pieces(row)
        pieces[-1] += f" {self.text(row.unit)}" if row.unit else ""
        lines = [f"{start}{pieces[0]}", *(f"{' ' * (left + 6)}{piece}" for piece in pieces[1:])]
        lines[-1] = _ruled(lines[-1], reason, marks_text(row.marks))
        return "\n".join(lines)

    def _pieces(self, row: Row) -> list[str]:
        """The relation signs of a row, each with its form, in as many lines as they take."""
        pieces: list[str] = []
        for relation, form in ((row.relation, row.form), *row.chain):
            first, *others = (piece.text for piece in self.breaker.rows(form, row.room))
            start = f"{pieces.pop()} " if pieces else ""
            pieces += [f"{start}{self.relations[relation]} {first}", *others]
        return pieces

    def _table(self, table: Table) -> str:
        rows = [[str(self.phrase(head)) for head in table.heads]] if table.heads else []
        for row in table.rows:
            if isinstance(row, FoldedRows):
                rows.append(["...", f"({row.words})"])
                continue
            if isinstance(row, CellRow):
                label, cells = str(self.phrase(row.label)), map(self._own_cell, row.cells)
                rows.append([label, *cells, str(self.phrase(row.reason)), marks_text(row.marks)])
                continue
            forms = ["" if line is None else self._cell(line) for line in row.lines]
            target = "" if row.target is None else self.write(row.target)
            rows.append([target, *forms, str(self.phrase(row.reason)), marks_text(row.marks)])
        count = max(map(len, rows), default=0)
        rows = [row + [""] * (count - len(row)) for row in rows]
        widths = [max(_width(row[i]) for row in rows) for i in range(count)]
        lines = ["  " + "  ".join(map(_padded, row, widths)).rstrip() for row in rows]
        return "\n".join([*lines, *([_ruled("", "", marks_text(table.marks))] if table.marks else [])])

    def _own_cell(self, cell: Cell) -> str:
        """A chain of forms, or words."""
        shown = "" if cell.lines else str(self.phrase(cell.words))
        for line in cell.lines:
            shown += (f" {self.relations[line.relation]} " if shown else "") + self.write(line.form)
        return shown

    def _cell(self, line: Line) -> str:
        return f"≈ {self.write(line.form)}" if line.relation == "≈" else self.write(line.form)


def _ruled(text: str, reason: str, marks: str) -> str:
    """A line with its reason in the reason column, or two spaces behind a longer text, and the marks in brackets."""
    notes = "  ".join(filter(None, [reason and f"({reason})", marks and f"[{marks}]"]))
    return f"{_padded(text, _REASON_COLUMN)}  {notes}".rstrip() if notes else text


def _width(text: str) -> int:
    """The columns that a terminal gives it: an accent stands over its letter."""
    return sum(not combining(sign) for sign in text)


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))
