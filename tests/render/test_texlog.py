"""Reading TeX's log."""

from __future__ import annotations

from derive.render.texlog import Overfull, TexError, question_at, read_log

LOG = r"""
./document.tex:12: Undefined control sequence.
l.12 &= \foo
           {x}
./document.tex:12:  ==> Fatal error occurred, no output PDF file produced!
Overfull \hbox (12.5pt too wide) in paragraph at lines 3--4
Overfull \hbox (3.0pt too wide) detected at line 30
Overfull \vbox (1.25pt too high) has occurred while \output is active []
LaTeX Warning: Reference `x' on page 1 undefined on input line 7.
LaTeX Warning: Label(s) may have changed. Rerun to get cross-references right.
"""


def test_log() -> None:
    log = read_log(LOG)
    assert log.errors == (TexError(12, "Undefined control sequence.", r"&= \foo"),)
    assert log.overfull == (Overfull(12.5, 3), Overfull(3.0, 30), Overfull(1.25, 0))
    assert len(log.undefined) == 1
    assert log.rerun


def test_an_error_without_a_line_takes_that_of_its_context() -> None:
    assert read_log("! Emergency.\nl.7 x\n").errors == (TexError(7, "Emergency.", "x"),)
    assert read_log("nothing").errors == ()


def test_the_question_of_a_line() -> None:
    source = "% @ problem 1\na\n  % @ problem 1 part a step z\nb\n// @ problem 2\nc"
    assert [question_at(source, line) for line in (2, 4, 6)] == ["problem 1", "problem 1 part a step z", "problem 2"]
    assert question_at("a", 1) == ""
