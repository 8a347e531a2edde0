"""The exam in the page on the exam file is an exam, and the part that stands alone there is a part."""

import re
from pathlib import Path
from textwrap import indent

from derive.exam.model import read_exam
from derive.exam.solve import solve_and_judge
from derive.notation.build import number

PAGE = Path(__file__).parents[2] / "docs" / "exam_file.md"


def blocks():
    return re.findall(r"```yaml\n(.*?)```", PAGE.read_text("utf-8"), re.DOTALL)


def test_the_example_is_solved(monkeypatch):
    monkeypatch.undo()  # the real catalogue
    text, *_ = blocks()
    solved = solve_and_judge(read_exam(text, "exam_file.md"))
    assert solved.verified is True, solved.warning
    assert solved.sheet.points == 7
    assert number(6) in solved.sheet.problems[0].parts[2].derivation.prompt


def test_the_part_is_solved(monkeypatch):
    monkeypatch.undo()
    _, part = blocks()
    exam = f"title: Net\nproblems:\n  - title: Net\n    parts:\n{indent(part, '      ')}"
    solved = solve_and_judge(read_exam(exam, "exam_file.md"))
    assert solved.verified is True, solved.warning
    (answers,) = [part.derivation.answers for part in solved.sheet.problems[0].parts]
    assert [answer.name for answer in answers if answer.boxed] == ["W__1", "b__1"]
