"""The exam in the page on the exam file is an exam."""

import re
from pathlib import Path

from derive.exam.model import read_exam
from derive.exam.solve import solve_and_judge
from derive.notation.build import number

PAGE = Path(__file__).parents[2] / "docs" / "exam_file.md"


def test_the_example_is_solved(monkeypatch):
    monkeypatch.undo()  # the real catalogue
    (text,) = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(), re.DOTALL)
    solved = solve_and_judge(read_exam(text, "exam_file.md"))
    assert solved.verified is True, solved.warning
    assert solved.sheet.points == 7
    assert number(6) in solved.sheet.problems[0].parts[2].derivation.prompt
