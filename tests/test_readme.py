"""What the README says is done: its commands run, its catalogue is the program's, its question type works."""

import os
import random
import re
import shlex
import subprocess
import sys
from fractions import Fraction
from pathlib import Path
from typing import Any, ClassVar

import pytest

from derive.check.judge import judge
from derive.questions.catalogue import catalogue, purpose

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
START, END = "<!-- catalogue -->\n", "<!-- end of catalogue -->"


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


def commands() -> list[str]:
    return [line[2:] for block in blocks("console") for line in block.splitlines() if line.startswith("$ ")]


def test_there_are_commands():
    assert len(commands()) >= 5


@pytest.mark.parametrize("command", commands())
def test_command_runs(command, tmp_path):
    words = shlex.split(command)
    assert words[0] == "derive"
    words = [str(ROOT / word) if word.startswith("examples/") else word for word in words[1:]]
    done = subprocess.run(
        [Path(sys.executable).with_name("derive"), *words],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout


def test_catalogue_is_complete():
    """`make golden` writes the table anew where a question type was added."""
    rows = [f"| `{name}` | {purpose(kind)} |" for name, kind in catalogue().items()]
    table = "\n".join(["| question type | what it asks |", "|---|---|", *rows]) + "\n"
    before, rest = README.split(START)
    written, after = rest.split(END)
    if os.environ.get("DERIVE_GOLDEN") == "write":
        (ROOT / "README.md").write_text(before + START + table + END + after, encoding="utf-8")
        return
    assert written == table


def test_the_shown_question_type_works():
    from pydantic import Field

    from derive.notation.build import multiply, sym
    from derive.notation.form import Derivative
    from derive.questions.base import Question
    from derive.questions.fields import Expression
    from derive.questions.finish import finished
    from derive.record import Answer, Conventions, Derivation, Given, Line, Mark, Step

    source = next(block for block in blocks("python") if "class Doubling" in block)
    names = {
        "Question": Question, "ClassVar": ClassVar, "Any": Any, "Expression": Expression, "Field": Field,
        "random": random, "Conventions": Conventions, "Derivation": Derivation, "Derivative": Derivative, "Step": Step,
        "Line": Line, "Mark": Mark, "Fraction": Fraction, "Answer": Answer, "Given": Given, "multiply": multiply,
        "sym": sym, "finished": finished,
    }  # fmt: skip
    exec(source, names)
    kind = names["Doubling"]
    for seed in range(5):
        derivation = kind.model_validate(kind.draw(random.Random(seed))).solve(Conventions())
        assert judge(derivation).verified is True
        assert derivation.steps[0].lines[-1].boxed
