"""What becomes of each claim of a key: agrees, agrees under another convention, wrong, or undecided."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from derive.errors import DeriveError, InputError, UnknownName
from derive.exam.audit.claimed import Claim
from derive.exam.audit.comparison import Comparison, Judgement
from derive.exam.audit.key import ClaimRules, Key
from derive.exam.audit.lines import WrongLine, first_wrong_line
from derive.exam.audit.slips import Slip
from derive.exam.judged import SolvedExam
from derive.exam.sheet import SolvedPart, parts_of
from derive.exam.solve import solve_and_judge
from derive.exam.yaml_file import YamlFile
from derive.notation.form import Form, Text
from derive.record import Answer, Derivation


@dataclass(frozen=True, slots=True)
class Compared:
    """A claim beside what is right: of an answer with this name, which stands for the quantity `label`."""

    name: str
    label: Form | None
    claimed: Form
    derived: Form


@dataclass(frozen=True, slots=True)
class PartAudit:
    """What is said of one part of a key.

    Attributes:
        compared: each claim beside what is right.
        first_wrong_line: of the claim's own lines the first that does not follow, whatever the result is worth.
        slip: the single mistake that explains a wrong claim.
        convention: under which a claim agrees, or which a wrong one comes nearest under.
        reason: why it is undecided.
    """

    part: str
    verdict: Judgement
    compared: tuple[Compared, ...]
    first_wrong_line: WrongLine | None = None
    slip: Slip | None = None
    convention: str = ""
    reason: str = ""

    @property
    def is_fine(self) -> bool:
        """Whether nothing in it is wrong: neither the result nor a line."""
        return self.verdict != "wrong" and self.first_wrong_line is None

    @property
    def remarks(self) -> tuple[str, ...]:
        """What is known besides the verdict, a sentence each."""
        said = (
            self.convention and f"{'as' if self.verdict != 'wrong' else 'nearest'} {self.convention}",
            self.slip and str(self.slip),
            self.first_wrong_line and str(self.first_wrong_line),
            self.reason,
        )
        return tuple(str(remark) for remark in said if remark)


@dataclass(frozen=True, slots=True)
class Audit:
    """What is said of a key."""

    title: str
    parts: tuple[PartAudit, ...]

    @property
    def is_fine(self) -> bool:
        """Whether nothing in the key is wrong."""
        return all(part.is_fine for part in self.parts)

    @property
    def summary(self) -> str:
        """How many parts came to what."""
        counts = Counter(part.verdict for part in self.parts)
        faulty = sum(part.verdict != "wrong" and part.first_wrong_line is not None for part in self.parts)
        said = [f"{counts[verdict]} {_COUNTED[verdict]}" for verdict in _COUNTED if counts[verdict]]
        said += [f"{faulty} with a line that does not follow"] if faulty else []
        return f"{len(self.parts)} parts: {', '.join(said)}"


_COUNTED: dict[Judgement, str] = {
    "agrees": "agree",
    "agrees under convention": "agree under another convention",
    "wrong": "wrong",
    "undecided": "undecided",
}


def audit(key: Key, progress: Callable[[str], None] = lambda label: None) -> Audit:
    """Derive every part from its givens alone and compare the claims.

    Raises:
        InputError: the exam cannot be solved, or a claim cannot be read.
    """
    solved = solve_and_judge(key.exam, progress)
    found = {(problem.number, part.label): part for problem, part in parts_of(solved.sheet)}
    parts = []
    for index, (claims, place) in enumerate(zip(key.rules.parts, key.places, strict=True)):
        progress(claims.part)
        parts.append(_audited(claims, found[place], solved, place, key.source, index))
    return Audit(key.rules.title, tuple(parts))


def _audited(
    rules: ClaimRules, part: SolvedPart, solved: SolvedExam, place: tuple[int, str], source: YamlFile, index: int
) -> PartAudit:
    answers = {answer.name: answer for answer in part.derivation.answers}
    said = _by_name(rules, part.derivation, source, index)
    claims = [_read(answers[name], value, source, index) for name, value in said.items()]
    compared = tuple(_compared(claim, answers[claim.name]) for claim in claims)
    line = first_wrong_line(rules.lines, part.derivation) if rules.lines else None
    unverified = _unverified(solved, place)
    if unverified:
        return PartAudit(rules.part, "undecided", compared, line, reason=unverified)
    judgement, convention, slip = Comparison(claims, part, solved, place).judged()
    reason = "an answer in words" if judgement == "undecided" else ""
    return PartAudit(rules.part, judgement, compared, line, slip, convention, reason)


def _unverified(solved: SolvedExam, place: tuple[int, str]) -> str:
    """Why what was derived cannot be trusted itself; empty where it can."""
    bad = [each for each in solved.judged if (each.problem, each.part) == place and each.verdict.verified is not True]
    return str(bad[0]) if bad else ""


def _by_name(rules: ClaimRules, derivation: Derivation, source: YamlFile, index: int) -> dict[str, Any]:
    """The claims by the names of the answers; a lone one is about the answer that was asked for."""
    asked = [answer.name for answer in derivation.answers if answer.boxed]
    names = [answer.name for answer in derivation.answers]
    if isinstance(rules.claims, Mapping):
        for name in rules.claims:
            if name not in names:
                where = source.place(("parts", index, "claims", name), key=True)
                raise UnknownName(f"answer of part {rules.part}", str(name), names, where)
        return dict(rules.claims)
    if len(asked) != 1:
        where = source.place(("parts", index, "claims"))
        raise InputError(f"one claim, but several answers; claim each by its name: {', '.join(asked or names)}", where)
    return {asked[0]: rules.claims}


def _read(answer: Answer, said: Any, source: YamlFile, index: int) -> Claim:
    try:
        return Claim.of(answer, said)
    except DeriveError as error:
        where = source.place(("parts", index, "claims"))
        raise error.at(file=where.file, line=where.line, path=where.path) from None


def _compared(claim: Claim, answer: Answer) -> Compared:
    said = claim.form if claim.form is not None else Text(str(claim.said))
    return Compared(claim.name, answer.label, said, answer.shown or answer.form)
