"""Writes the table of the papers: each row with its right answer, and what the audit says of the official key.

Run from the top of the project: python examples/papers/table.py > docs/papers.md
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from ruamel.yaml import YAML

from derive.exam.audit.auditing import PartAudit, audit
from derive.exam.audit.key import load_key
from derive.exam.judged import SolvedExam
from derive.exam.model import load_exam
from derive.exam.sheet import SolvedPart
from derive.exam.solve import parts_of, solve_and_judge
from derive.notation import plain
from derive.record import Derivation

PAPERS = Path(__file__).parent
HEAD = """# The papers: every question, its answer, and the audit of its key

Six exams after real papers are in `examples/papers`, with all of their 102 questions; `examples/papers/keys` holds what
the official keys claim, as data. The answers below were derived from the questions alone, and every line of
their solutions is verified. The last column is what `derive audit` says of the key, which knows nothing of this table;
a row without a verdict has no official answer, or one in words that nothing is computed from. `make papers` writes
this file.

{summary}

| Question | Part | Answer | The official key |
|---|---|---|---|
"""


class Row(NamedTuple):
    """A question of the papers: where it is in the exams, what is right, and what our reading of the key came to.

    Of an answer in words `says` are the words that it cannot do without.
    """

    row: str
    exam: str
    part: str
    key: str
    kind: str
    answers: dict[str, Any]
    says: tuple[str, ...] = ()


def rows() -> list[Row]:
    """All of them."""
    return [Row(**row) for row in YAML(typ="safe").load(PAPERS / "rows.yaml")]


@cache
def solved(exam: str) -> SolvedExam:
    """An exam with its solutions."""
    return solve_and_judge(load_exam(PAPERS / f"{exam}.yaml"))


def part_of(row: Row) -> SolvedPart:
    """The part that a row became."""
    number, name = row.part.split(".", 1)
    names = [part.name for part in load_exam(PAPERS / f"{row.exam}.yaml").rules.problems[int(number) - 1].parts]
    parts = [part for problem, part in parts_of(solved(row.exam).sheet) if problem.number == int(number)]
    return parts[names.index(name)]


def derivation_of(row: Row) -> Derivation:
    """Its solution."""
    return part_of(row).derivation


@cache
def audited(exam: str) -> tuple[PartAudit, ...]:
    """What is said of the official key to an exam; nothing where it has none."""
    path = PAPERS / "keys" / f"{exam}.yaml"
    return audit(load_key(path)).parts if path.exists() else ()


def verdict_of(row: Row) -> PartAudit | None:
    """What is said of the claims about the answers of a row; None where the key has none of them."""
    about = (part for part in audited(row.exam) if part.part == row.part)
    return next((part for part in about if {claim.name for claim in part.compared} & set(row.answers)), None)


def _answer(row: Row) -> str:
    found = {answer.name: plain.write(answer.shown or answer.form) for answer in derivation_of(row).answers}
    named = [found[name] if len(row.answers) == 1 else f"{name} = {found[name]}" for name in row.answers]
    return "; ".join(named) or "in words"


def _verdict(row: Row) -> str:
    said = verdict_of(row)
    if said is None:
        return ""
    first = said.remarks[0] if said.remarks else ""
    return f"{said.verdict}: {first}" if first else said.verdict


def _lines() -> Iterator[str]:
    for row in rows():
        cells = (row.row, f"{row.exam} {row.part}", _answer(row), _verdict(row))
        yield "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in cells) + " |\n"


def table() -> str:
    """The document."""
    verdicts = Counter(said.verdict for row in rows() if (said := verdict_of(row)))
    counted = ", ".join(f"{count} {verdict}" for verdict, count in sorted(verdicts.items()))
    return HEAD.format(summary=f"Of {sum(verdicts.values())} rows with a key to compute: {counted}.") + "".join(
        _lines()
    )


if __name__ == "__main__":
    print(table(), end="")
