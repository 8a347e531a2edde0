"""From an exam file to a solved sheet: every part derived, judged and given its points."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from derive.errors import DeriveError, InputError, WrongMathematics
from derive.exam.facts import KEYS, Facts, facts_of
from derive.exam.givens import PartGivens, check_givens, check_points, keys_of, quotes_network, worth
from derive.exam.judged import Judged, SolvedExam
from derive.exam.levels import at_detail
from derive.exam.marks import with_points
from derive.exam.model import Exam, label_of
from derive.exam.results import NotSolved, Results
from derive.exam.sharing import printed_once, shared_givens
from derive.exam.sheet import Sheet, SolvedPart, SolvedProblem
from derive.exam.sums import sums_in
from derive.notation.form import Form
from derive.questions.base import Question
from derive.questions.catalogue import question, question_type, solved
from derive.questions.faults import raise_all, settled
from derive.questions.prose import read_prose
from derive.questions.stated import in_order
from derive.record import Derivation, Figure, Phrase, Picture

if TYPE_CHECKING:
    from derive.check.verdict import Verdict

Progress = Callable[[str], None]


def solve_exam(exam: Exam, force: bool = False, progress: Progress = lambda label: None) -> Sheet:
    """The solved sheet of an exam.

    Args:
        exam: what `load_exam` read.
        force: hand out the sheet although a part is not verified.
        progress: is told the label of each part before it is solved.

    Raises:
        InputError: the file is wrong; all its mistakes are named.
        WrongMathematics: a part is not verified, and `force` is not given.
    """
    solved = solve_and_judge(exam, progress)
    if solved.warning and not force:
        raise WrongMathematics(solved.warning)
    return solved.sheet


def solve_and_judge(exam: Exam, progress: Progress = lambda label: None) -> SolvedExam:
    """The solved sheet of an exam, verified or not, with the verdicts."""
    raise_all([*check_givens(exam), *check_points(exam)])
    return _Solver(exam, progress).exam_solved()


class _Solver:
    """One run over an exam. Mistakes of the input are collected, so that a user sees them all."""

    def __init__(self, exam: Exam, progress: Progress) -> None:
        self.exam, self.progress = exam, progress
        self.conventions = exam.rules.conventions.record()
        self.results = Results(self.conventions)
        self.judged: list[Judged] = []
        self.errors: list[DeriveError] = []
        self.questions: dict[tuple[int, int], Question] = {}
        self.givens: dict[tuple[int, str], Mapping[str, Any]] = {}

    def exam_solved(self) -> SolvedExam:
        self._read_questions()
        problems = [self._problem(number) for number in range(1, len(self.exam.rules.problems) + 1)]
        instructions = self._instructions()
        raise_all(self.errors)
        derivations = [part.derivation for problem in problems for part in problem.parts]
        rules = self.exam.rules
        sheet = Sheet(
            title=rules.title,
            points=sum((problem.points for problem in problems), Fraction(0)),
            problems=tuple(problems),
            conventions=replace(self.conventions, used=_used(derivations)),
            facts=tuple(
                (label, text)
                for label, text in (("Course", rules.course), ("Date", rules.date), ("Time", rules.time))
                if text
            ),
            instructions=instructions,
        )
        return SolvedExam(sheet, tuple(self.judged), self.givens)

    def _read_questions(self) -> None:
        """Read all questions that need no earlier result, so that mistakes are found before anything is solved."""
        for number, problem in enumerate(self.exam.rules.problems, start=1):
            for index, part in enumerate(problem.parts):
                givens = PartGivens(self.exam, number, index)
                if part.ask is not None and not givens.references():
                    self._collect(self._read, number, index, givens, givens.values)
        raise_all(self.errors)

    def _read(self, number: int, index: int, givens: PartGivens, values: dict[str, Any]) -> Question:
        asked = question(givens.kind.ask, values, givens.place)
        self.questions[number, index] = asked
        return asked

    def _collect(self, work: Callable[..., Any], *arguments: Any) -> Any:
        """What the work returns; None where the input is wrong, which is said at the end."""
        try:
            return work(*arguments)
        except WrongMathematics:
            raise
        except NotSolved:
            return None
        except DeriveError as error:
            self.errors.append(error)
            return None

    def _problem(self, number: int) -> SolvedProblem:
        rules = self.exam.rules.problems[number - 1]
        parts = [self._collect(self._part, number, index) for index in range(len(rules.parts))]
        facts = facts_of(rules.given)
        intro = self._collect(self._prose, rules.text, number, ("problems", number - 1, "text"), facts) or ()
        self._judge_facts(number, "", facts)
        parts = [part for part in parts if part is not None]
        shared = shared_givens([part.derivation for part in parts])
        return SolvedProblem(
            number=number,
            title=rules.title,
            points=sum((part.points for part in parts), Fraction(0)),
            parts=printed_once(parts, shared),
            intro=intro,
            givens=shared,
            figures=self._collect(self._figures, number) or (),
        )

    def _figures(self, number: int) -> tuple[Figure | Picture, ...]:
        """What the problem shows; what stands in it is verified like a part."""
        rules = self.exam.rules.problems[number - 1]
        if rules.figure is None:
            return ()
        place, path = self.exam.source.place, ("problems", number - 1, "figure")
        try:
            kind = question_type(rules.figure.ask)
            values = {key: rules.given[key] for key in keys_of(kind) if key in rules.given} | rules.figure.given
            derivation = question(rules.figure.ask, values).solve(self.conventions)
        except DeriveError as error:
            raise settled(error, place, path) from None
        if not derivation.figures:
            raise InputError(f"{rules.figure.ask} draws nothing", place((*path, "ask")))
        self.judged.append(Judged(number, "", _judge(derivation)))
        return derivation.figures

    def _part(self, number: int, index: int) -> SolvedPart:
        givens = PartGivens(self.exam, number, index)
        rules, label = givens.part, label_of(index)
        names = (label, rules.name) if rules.name else (label,)
        self.progress(f"{number}{label}")
        try:
            facts = facts_of(self._network(givens))
            values = self._values(givens, facts)
            self.givens[number, label] = values
            asked = self.questions.get((number, index)) or self._read(number, index, givens, values)
            derivation = self._worded(solved(asked, values, self.conventions, givens.place), givens, facts)
        except DeriveError as error:
            self.results.fail(number, names)
            raise settled(error, self.exam.source.place, givens.path()) from None
        points = worth(rules)
        derivation = with_points(derivation, points)
        self.results.add(number, names, derivation.answers)
        self.judged.append(Judged(number, label, _judge(derivation)))
        self._judge_facts(number, label, facts)
        if rules.detail is not None:
            derivation = at_detail(derivation, rules.detail)
        if not rules.listing:
            derivation = replace(derivation, listings=())
        accepted, credit = (self._notes(name, givens, facts) for name in ("accept", "credit"))
        asked_as, shown = givens.kind.ask, derivation.givens
        return SolvedPart(label, asked_as, points, derivation, shown, rules.space, accepted, credit)

    def _notes(self, name: str, givens: PartGivens, facts: Facts | None) -> tuple[Phrase, ...]:
        """What a part says to graders, under one of its keys."""
        texts = enumerate(getattr(givens.part, name))
        return tuple(self._prose(text, givens.number, (*givens.path(), name, k), facts) for k, text in texts)

    def _network(self, givens: PartGivens) -> dict[str, Any]:
        """The givens that prose may quote a network of: those of the problem, and the part's own."""
        if not quotes_network(givens.part):
            return {}
        all_givens = {**self.exam.rules.problems[givens.number - 1].given, **givens.part.given}
        own = {key: value for key, value in all_givens.items() if key in KEYS}
        found: dict[str, Any] = self.results.resolve(own, givens.number)
        return found

    def _judge_facts(self, number: int, label: str, facts: Facts | None) -> None:
        """What was quoted of a network is verified like the part that quotes it."""
        for derivation in facts.used if facts else ():
            verdict = _judge(derivation)
            if verdict.verified is not True:
                self.judged.append(Judged(number, label, verdict))

    def _values(self, givens: PartGivens, facts: Facts | None) -> dict[str, Any]:
        """The givens with earlier results put in, their prose read."""
        here = givens.number
        for path, reference in givens.references():
            try:
                self.results.value(reference, here)
            except InputError as error:
                raise settled(error, givens.place, path) from None
        values = self.results.resolve(givens.values, here)
        if givens.part.ask is None:
            values = _with_prose(values, lambda text, path: self._prose(text, here, givens.path(path), facts))
        return values

    def _worded(self, derivation: Derivation, givens: PartGivens, facts: Facts | None) -> Derivation:
        rules, here = givens.part, givens.number
        if rules.ask is not None and rules.text is not None:
            prompt = self._prose(rules.text, here, (*givens.path(), "text"), facts)
            derivation = replace(derivation, prompt=prompt)
        if rules.solution is not None:
            remark = self._prose(rules.solution, here, (*givens.path(), "solution"), facts)
            derivation = replace(derivation, remarks=(*derivation.remarks, remark))
        return derivation

    def _prose(self, text: str, here: int, path: tuple[str | int, ...], facts: Facts | None = None) -> Phrase:
        def quoted(quote: str) -> Form:
            of_network = facts is not None and quote.startswith("net.")
            return facts.quoted(quote) if facts and of_network else self.results.quoted(quote, here)

        try:
            phrase = read_prose(text, quoted)
        except DeriveError as error:
            raise settled(error, self.exam.source.place, path) from None
        sums = sums_in(phrase)
        if sums and (verdict := _judge(sums)).verified is not True:
            self.judged.append(Judged(here, label_of(int(path[3])) if path[2:3] == ("parts",) else "", verdict))
        return phrase

    def _instructions(self) -> tuple[Phrase, ...]:
        given = self.exam.rules.instructions
        texts = [given] if isinstance(given, str) else given
        read = [self._collect(self._prose, text, 0, ("instructions", index)) for index, text in enumerate(texts)]
        return tuple(phrase for phrase in read if phrase)


def _with_prose(values: dict[str, Any], read: Callable[[str, tuple[str | int, ...]], Phrase]) -> dict[str, Any]:
    """The givens of a question in words, with their prose as phrases."""
    done = {key: read(value, (key,)) if isinstance(value, str) else value for key, value in values.items()}
    if "rubric" in values:
        done["rubric"] = [
            {**line, "for": read(line["for"], ("rubric", index, "for"))} for index, line in enumerate(values["rubric"])
        ]
    return done


def _judge(derivation: Derivation) -> Verdict:
    from derive.check.judge import judge  # brings mpmath: not for input errors

    return judge(derivation)


def _used(derivations: Iterable[Derivation]) -> tuple[Phrase, ...]:
    """The conventions that any part uses, each once."""
    return in_order(phrase for each in derivations for phrase in each.conventions.used)


def parts_of(sheet: Sheet) -> Iterator[tuple[SolvedProblem, SolvedPart]]:
    """Every part of a sheet with its problem, in printed order."""
    for problem in sheet.problems:
        for part in problem.parts:
            yield problem, part
