"""An exam file as a Python object: load, solve, build."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from derive.errors import WrongMathematics

if TYPE_CHECKING:
    from derive.exam.judged import SolvedExam
    from derive.exam.model import Exam as ExamFile


class Exam:
    """An exam file that was read.

    >>> exam = Exam.read('''
    ... title: Warm-up
    ... problems:
    ...   - title: A line
    ...     parts:
    ...       - {ask: graph.forward, points: 1, given: {graph: {y: w*x + b}, at: {w: 2, x: 3, b: 1}}}
    ... ''')
    >>> exam.title, exam.solve().verified
    ('Warm-up', True)
    """

    def __init__(self, file: ExamFile, stem: str = "") -> None:
        self._file, self._stem = file, stem

    @classmethod
    def load(cls, path: Path | str) -> Exam:
        """The exam of a YAML file.

        Raises:
            InputError: the file cannot be read, or does not say an exam; all its mistakes are named.
        """
        from derive.exam.model import load_exam

        return cls(load_exam(Path(path)), Path(path).stem)

    @classmethod
    def read(cls, text: str) -> Exam:
        """The exam that a YAML text says."""
        from derive.exam.model import read_exam

        return cls(read_exam(text))

    @property
    def title(self) -> str:
        """The title of the exam."""
        return self._file.rules.title

    def solve(self) -> SolvedExam:
        """Every part derived, judged and given its points: the sheet and the verdicts."""
        from derive.exam.solve import solve_and_judge

        return solve_and_judge(self._file)

    def build(
        self, out: Path | str, kinds: Iterable[str] = (), formats: Iterable[str] = ("pdf", "tex"), detail: int = 2,
        engine: str = "auto", *, force: bool = False,
    ) -> list[Path]:  # fmt: skip
        """Write the documents of the exam; nothing is written where a part is wrong.

        Args:
            out: the folder.
            kinds: exam, solution, rubric, answers; all of them if not said.
            formats: of pdf, tex, typ, txt.
            detail: 0 answers, 1 exam key, 2 teaching, 3 every rule.
            engine: auto, pdflatex or typst.
            force: print what is not verified, with a warning on every document.

        Raises:
            WrongMathematics: a part is not verified, and `force` is not given.
        """
        solved = self.solve()
        if solved.warning and not force:
            raise WrongMathematics(solved.warning)
        from derive.render.build import build

        return build(solved.sheet, out, kinds, formats, detail, engine, stem=self._stem, warning=solved.warning)

    def __repr__(self) -> str:
        return f"<Exam {self.title!r}: {len(self._file.rules.problems)} problems>"
