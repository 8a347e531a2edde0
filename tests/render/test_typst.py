"""What Typst lays out without measuring it first: reasons beside or below their lines, tables in their own size."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from fractions import Fraction
from types import ModuleType
from typing import NamedTuple

import pytest

from derive.notation import typst as typst_form
from derive.notation.build import sym
from derive.notation.text import read
from derive.notation.widths import inline_width
from derive.record import Derivation, Line, Mark, Step
from derive.render import documents
from derive.render.engines import ENGINES
from derive.render.pdf import compile

pytestmark = pytest.mark.skipif(bool(ENGINES["typst"].missing()), reason="typst is not installed")

RIGHT_PT = 595.28 - 24 / 25.4 * 72
GAP_PT = 5.5  # what a line must leave in front of its reason
"""The right edge of the text."""
WORD = re.compile(r'<word xMin="([\d.]+)" yMin="([\d.]+)" xMax="([\d.]+)" yMax="([\d.]+)">([^<]*)<')


class Word(NamedTuple):
    left: float
    top: float
    right: float
    bottom: float
    text: str
    page: int


def _words(source: str) -> Iterator[Word]:
    pdf = compile(source, "typst")
    try:
        done = subprocess.run(["pdftotext", "-bbox", "-", "-"], input=pdf, capture_output=True, check=True)
    except FileNotFoundError:
        pytest.skip("pdftotext is not installed")
    for page, listed in enumerate(done.stdout.decode().split("<page ")):
        for *place, text in WORD.findall(listed):
            yield Word(*map(float, place), text, page)


def _solution(*steps: Step) -> str:
    return documents.render(documents.single(Derivation("D", steps=steps, points=Fraction(1))), "solution", "typ")


def _sum_step(terms: int) -> Step:
    """A line as long as it has terms, which ends with e; targets of two widths, reason and marks numbered."""
    form = read("s + " + "x + " * terms + "e")
    return Step(
        f"v_{terms}",
        sym("velocity" if terms % 2 else "v"),
        (Line("=", form, (f"reason{terms}",)),),
        marks=(Mark(Fraction(terms)),),
    )


def test_a_reason_stands_beside_its_line_as_long_as_it_has_room_and_else_below_in_the_same_column() -> None:
    counts = range(1, 16)
    words = sorted(_words(_solution(*map(_sum_step, counts))), key=lambda word: word.top)
    ends = [word for word in words if word.text.endswith("𝑒")]
    reasons = [word for word in words if word.text.startswith("reason")]
    marks = [word for word in words if re.fullmatch(r"M\d+", word.text)]
    assert [word.text for word in reasons] == [f"reason{count}" for count in counts]
    assert len(ends) == len(marks) == len(reasons)
    assert len({round(word.left) for word in words if word.text == "="}) == 1
    assert {round(word.left) for word in reasons} == {round(reasons[0].left)}
    assert all(abs(word.right - RIGHT_PT) < 1 for word in marks)
    below = [reason.top > end.bottom - 3 for reason, end in zip(reasons, ends, strict=True)]
    assert below == [end.right + GAP_PT > reasons[0].left for end in ends]
    assert set(below) == {False, True}
    assert all(abs(mark.top - reason.top) < 3 for mark, reason in zip(marks, reasons, strict=True))


def test_nothing_sticks_out(sheets: ModuleType) -> None:
    for kind in ("exam", "solution", "rubric", "answers"):
        assert not [word for word in _words(documents.render(sheets.exam(), kind, "typ")) if word.right > RIGHT_PT + 3]


def _table_step(terms: int) -> Step:
    long = Line("=", read(" + ".join(f"W_{i}" for i in range(terms))))
    row = Step("r", sym("r"), (long, Line("=", sym("E"), boxed=True)))
    return Step("t", layout="table", heads=(("name",), ("law",), ("value",)), substeps=(row,))


@pytest.mark.parametrize(("terms", "fits"), [(2, True), (12, True), (19, False), (30, False)])
def test_a_table_is_measured_only_where_it_may_be_too_wide(terms: int, fits: bool) -> None:
    source = _solution(_table_step(terms))
    assert ("fits: false" not in source) == fits
    words = list(_words(source))
    assert max(word.right for word in words) < RIGHT_PT + 1
    laws = [word for word in words if "𝑊" in word.text]
    assert max(word.bottom for word in laws) - min(word.top for word in laws) < 20  # all on one line


def _reasoned_table(rows: int) -> Step:
    reason = ("eigenvalues ", read("-64"), " and ", read("x/2"), ": both")
    lines = [Step(f"r{k}", sym(f"r_{k}"), (Line("=", read("a/b"), reason),)) for k in range(rows)]
    return Step("t", layout="table", heads=(("point",), ("kind",), ("reason",)), substeps=tuple(lines))


def test_formulas_in_the_words_of_a_cell_stay_on_their_line() -> None:
    words = list(_words(_solution(_reasoned_table(3))))
    starts, ends = ([word for word in words if word.text == text] for text in ("eigenvalues", "both"))
    assert len(starts) == len(ends) == 3
    assert all(abs(start.bottom - end.bottom) < 1 for start, end in zip(starts, ends, strict=True))


@pytest.mark.parametrize(("rows", "pages"), [(12, 1), (40, 3)])
def test_a_short_table_is_not_broken(rows: int, pages: int) -> None:
    """Behind two thirds of a page; a long one goes on where it is."""
    before = tuple(Step(f"p{k}", intro=("A paragraph.",)) for k in range(30))
    tops = [word.page for word in _words(_solution(*before, _reasoned_table(rows))) if word.text == "eigenvalues"]
    assert len(tops) == rows
    assert len(set(tops)) == pages


INLINE = [
    "diff(L, w_1)*x_1", "diff(f, v_2)*v_1 + diff(f, v_3)*32", "diff(L, p)*diff(p, z)*diff(z, w)", "diff(f, x, y)",
    "x**4 - 32*x**2", "(p - t)*x", "sigmoid(w_1*x_1 + w_2*x_2 + b)",
]  # fmt: skip


def test_inline_widths_are_near_those_of_typst_and_on_the_wide_side() -> None:
    import typst

    fonts = typst.Fonts(include_system_fonts=False)
    forms = [read(text) for text in INLINE]
    shown = (f"$display({typst_form.write_inline(form)})$" for form in forms)
    rows = (f"#context [#metadata(measure({each}).width / 1em.to-absolute())<w>]\n" for each in shown)
    source = '#set text(font: "New Computer Modern", size: 11pt)\n' + "".join(rows)
    measured = json.loads(typst.query(source.encode(), "<w>", field="value", font_paths=fonts))
    for text, form, em in zip(INLINE, forms, measured, strict=True):
        assert 0.97 * em <= inline_width(form) <= 1.35 * em + 0.6, (text, em, inline_width(form))
