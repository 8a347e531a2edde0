"""Pictures by coordinates: their geometry, and the same words from both languages without a warning."""

from __future__ import annotations

import subprocess
from itertools import pairwise
from math import hypot
from pathlib import Path

import pytest

from derive.check.judge import judge
from derive.notation.build import number
from derive.notation.form import Shape, Symbol
from derive.record import Derivation, Ellipse, Line, Patch, Picture, Step, Stroke, Words
from derive.render import documents
from derive.render.engines import ENGINES
from derive.render.figures import TEXT_CM
from derive.render.latex_printer import LatexPrinter
from derive.render.pdf import compile
from derive.render.pictures import PAGE_CM, frame, path, room, start
from derive.render.text_printer import TextPrinter
from derive.render.typst_printer import TypstPrinter

SQUARE = ((0.0, 0.0), (2.0, 0.0), (2.0, 2.0), (0.0, 2.0))
FACT = Step("size", Shape((number(2), number(3))), (Line("=", Shape((number(2), number(3)))),))


def curves() -> Picture:
    """What a plot of losses needs: axes with ticks, lines in several styles, turned words."""
    axes = (Stroke(((0, 0), (8, 0)), tip=True), Stroke(((0, 0), (0, 5)), tip=True))
    ticks = tuple(Stroke(((x, 0.0), (x, -0.1))) for x in (2.0, 4.0, 6.0))
    numbers = tuple(Words((x, -0.15), (number(int(10 * x)),), "north", 8) for x in (2.0, 4.0, 6.0))
    falls = ((0.0, 4.5), (1.0, 2.5), (2.0, 1.6), (4.0, 0.9), (7.5, 0.5))
    lines = (Stroke(falls, curved=True, weight=0.8), Stroke(falls[:3], dash="dashed"), Stroke(falls[2:], dash="dotted"),
             Stroke(((0.0, 1.0), (7.0, 3.0)), dash="dashdotted", faint=True))  # fmt: skip
    named = (Words((4, -0.6), ("epoch & 100% of it",), "north"), Words((-0.3, 2.5), ("loss",), "east", turned=90))
    shapes = (Patch(SQUARE, "light", rounded=0.3), Ellipse((5.0, 4.0), 0.6, 0.3, "mid"))
    return Picture(
        (*shapes, *axes, *ticks, *numbers, *lines, *named, Words((5.0, 4.0), (), fact=FACT)), ("Two losses.",)
    )


def sheet(picture: Picture) -> Derivation:
    step = Step("y", Symbol("y"), (Line("=", number(3)),))
    return Derivation("A picture", ("Draw it.",), steps=(step,), figures=(picture,))


def test_the_frame_holds_everything() -> None:
    picture = curves()
    whole = frame(picture)
    for shape in picture.shapes:
        rect = room(shape)
        assert rect.x - rect.width / 2 >= whole.left
        assert rect.x + rect.width / 2 <= whole.left + whole.width
        assert whole.low <= rect.y - rect.height / 2
        assert rect.y + rect.height / 2 <= whole.low + whole.height


@pytest.mark.parametrize(("end", "wide"), [((40.0, 1.0), True), ((1.0, 60.0), False)])
def test_what_is_too_large_is_made_smaller(end: tuple[float, float], wide: bool) -> None:
    whole = frame(Picture((Stroke(((0.0, 0.0), end)),)))
    assert whole.scale < 1
    size, most = (whole.width, TEXT_CM) if wide else (whole.height, PAGE_CM)
    assert size * whole.scale == pytest.approx(most)


@pytest.mark.parametrize(("anchor", "turned", "left", "low"), [
    ("west", 0, 0.0, -0.5), ("east", 0, -1.0, -0.5), ("north", 0, -0.5, -1.0), ("south", 0, -0.5, 0.0),
    ("south", 90, -0.5, 0.0), ("east", 90, -1.0, -0.5),
])  # fmt: skip
def test_an_anchor_is_the_side_at_the_point(anchor: str, turned: int, left: float, low: float) -> None:
    rect = room(Words((0.0, 0.0), ("some words",), anchor, turned=turned))  # type: ignore[arg-type]
    assert (rect.x - rect.width / 2) == pytest.approx(left * rect.width)
    assert (rect.y - rect.height / 2) == pytest.approx(low * rect.height)
    assert (rect.width > rect.height) == (turned == 0)


def test_a_smooth_curve_goes_through_its_points() -> None:
    points = ((0.0, 0.0), (1.0, 2.0), (2.0, 0.5), (3.0, 1.0))
    pieces = path(Stroke(points, curved=True))
    assert [piece[-1] for piece in pieces] == list(points[1:])
    for before, after in pairwise(pieces):
        (_, back, at), (ahead, _, _) = before, after
        cross = (at[0] - back[0]) * (ahead[1] - at[1]) - (at[1] - back[1]) * (ahead[0] - at[0])
        assert abs(cross) < 1e-12, "no corner at a point"


def test_rounded_corners_stay_inside() -> None:
    patch = Patch(SQUARE, rounded=0.5)
    ends = [start(patch), *(piece[-1] for piece in path(patch))]
    assert ends[0] == ends[-1], "the outline is closed"
    assert all(min(hypot(x - a, y - b) for a, b in SQUARE) >= 0.5 - 1e-9 for x, y in ends)
    assert len([piece for piece in path(patch) if len(piece) == 3]) == 4


@pytest.mark.parametrize("printer", [LatexPrinter(), TypstPrinter(), TextPrinter()], ids=lambda p: p.suffix)
def test_all_languages_print_all_words(printer: object) -> None:
    shown = printer.figure(curves())  # type: ignore[attr-defined]
    for words in (shape for shape in curves().shapes if isinstance(shape, Words)):
        assert printer.phrase(words.phrase) in shown  # type: ignore[attr-defined]
    assert "Two losses." in shown


def test_plain_text_is_in_reading_order() -> None:
    below, left, right = Words((0.0, 0.0), ("third",)), Words((0.0, 2.0), ("first",)), Words((3.0, 2.05), ("second",))
    shown = TextPrinter().figure(Picture((below, right, left), ("Caption.",)))
    assert shown.split() == ["Caption.", "first", "second", "third"]


def test_facts_of_a_picture_are_judged() -> None:
    assert judge(sheet(curves())).verified is True
    wrong = Step("size", Shape((number(2), number(3))), (Line("=", Shape((number(2), number(4)))),))
    assert judge(sheet(Picture((Words((0.0, 0.0), (), fact=wrong),)))).verified is False


@pytest.mark.tex
def test_tikz_compiles_without_a_warning(tmp_path: Path, tex: None) -> None:
    (tmp_path / "d.tex").write_text(documents.render(documents.single(sheet(curves())), "solution", "tex"))
    command = ["pdflatex", "-interaction=nonstopmode", "-halt-on-error", "d.tex"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    log = (tmp_path / "d.log").read_text(errors="replace")
    assert "Warning" not in log
    assert "Overfull" not in log


@pytest.mark.parametrize("engine", [pytest.param("pdflatex", marks=pytest.mark.tex), "typst"])
def test_both_engines_show_the_words(engine: str) -> None:
    if reason := ENGINES[engine].missing():
        pytest.skip(reason)
    pdf = compile(documents.render(documents.single(sheet(curves())), "solution", ENGINES[engine].language), engine)
    try:
        done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    except FileNotFoundError:
        pytest.skip("pdftotext is not installed")
    shown = " ".join(done.stdout.decode().split())
    for words in ("epoch & 100% of it", "Two losses.", "20", "40", "60", "2 × 3"):
        assert words.replace(" ", "") in shown.replace(" ", ""), words
