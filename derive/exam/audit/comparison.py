"""The claims about one part beside its answers: right, right by another reading, or wrong, and by which slip."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import partial
from typing import Literal

from derive.exam.audit.claimed import Claim
from derive.exam.audit.readings import readings
from derive.exam.audit.replay import program_of
from derive.exam.audit.slips import BASES, Slip, find_slip, to_base
from derive.exam.judged import SolvedExam
from derive.exam.sheet import SolvedPart
from derive.questions.prose import words
from derive.record import Answer, Conventions, Derivation, Rounding

Judgement = Literal["agrees", "agrees under convention", "wrong", "undecided"]
CUT_OFF = Slip("cut off, not rounded", "")
REORDERED = Slip("axes in another order", "")
FOR_A_READING, FOR_A_SLIP = 3, 2
"""So many digits must be met before a rounded claim is right by another reading, or explained by a slip."""
SCALES = {"sign": Fraction(-1), "factor 2": Fraction(2), "factor 1/2": Fraction(1, 2)}
"""Slips that multiply every result."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """The claims about one part beside what is derived."""

    claims: list[Claim]
    part: SolvedPart
    solved: SolvedExam
    place: tuple[int, str]

    def judged(self) -> tuple[Judgement, str, Slip | None]:
        """The verdict, the convention under which it stands, the slip that explains a wrong claim."""
        derivation, rounding = self.part.derivation, self.solved.sheet.conventions.rounding
        state = _state(self.claims, derivation, rounding)
        if state is not None:
            return ("agrees under convention" if state else "agrees"), state, None
        if any(answer.kind == "text" for _, answer in self._pairs(derivation)):
            accepted = {words(phrase).casefold().rstrip(".") for phrase in self.part.accepted}
            known = all(str(claim.said).casefold().rstrip(".") in accepted for claim in self.claims)
            return "agrees" if known else "undecided", "", None
        best, nearest = 0, (derivation, "")
        agreeing = self._agreeing(derivation, rounding)
        for reading in readings(self.part.ask, self.solved.givens[self.place], self._conventions()):
            state = _state(self.claims, reading.derivation, rounding)
            if state == "" or (state and self._evidence >= FOR_A_READING):
                return "agrees under convention", "; ".join(filter(None, (reading.words, state))), None
            count = self._agreeing(reading.derivation, rounding) - agreeing
            if count > best:
                best, nearest = count, (reading.derivation, reading.words)
        if self._evidence >= FOR_A_READING and (base := self._base(derivation)):
            return "agrees under convention", f"logarithm: to base {base}", None
        slip = self._slip(nearest[0]) if self._evidence >= FOR_A_SLIP else None
        return "wrong", nearest[1], slip

    @property
    def _evidence(self) -> float:
        """The digits of all claims: with few of them one of many ways is met by chance."""
        return sum(claim.evidence(answer) for claim, answer in self._pairs(self.part.derivation))

    def _conventions(self) -> Conventions:
        return self.part.derivation.conventions

    def _pairs(self, derivation: Derivation) -> Iterator[tuple[Claim, Answer]]:
        answers = {answer.name: answer for answer in derivation.answers}
        return ((claim, answers[claim.name]) for claim in self.claims if claim.name in answers)

    def _agreeing(self, derivation: Derivation, rounding: Rounding) -> int:
        """How many claims agree."""
        return sum(_agrees(claim, answer, rounding) is not None for claim, answer in self._pairs(derivation))

    def _base(self, derivation: Derivation) -> int | None:
        """The base to which all logarithms make the claims right."""
        program, pairs = program_of(derivation), list(self._pairs(derivation))
        for base in BASES:
            changed = program.rewritten(partial(to_base, base))
            env = changed.run() if changed != program else {}
            if env and pairs and all(claim.met(answer.label, env) for claim, answer in pairs):
                return base
        return None

    def _slip(self, derivation: Derivation) -> Slip | None:
        pairs = list(self._pairs(derivation))
        if pairs and all(claim.cut_off(answer) for claim, answer in pairs):
            return CUT_OFF
        if pairs and all(claim.is_reordered(answer) for claim, answer in pairs):
            return REORDERED
        for kind, scale in SCALES.items():
            if pairs and all(claim.is_scaled(answer, scale) for claim, answer in pairs):
                return Slip(kind, "")
        program = program_of(derivation)
        whole = find_slip(program, lambda env: all(claim.met(a.label, env) for claim, a in pairs))
        if whole is not None:
            return whole
        rounding = self.solved.sheet.conventions.rounding
        wrong = [(claim, a) for claim, a in pairs if _agrees(claim, a, rounding) is None]
        each = [find_slip(program, lambda env, c=c, a=a: c.met(a.label, env)) for c, a in wrong]  # type: ignore[misc]
        return next((slip for slip in each if slip is not None), None)


def _state(claims: list[Claim], derivation: Derivation, rounding: Rounding) -> str | None:
    """Under which rounding all claims agree: none ("") or fewer digits; None where one does not."""
    answers = {answer.name: answer for answer in derivation.answers}
    found = [_agrees(claim, answers[claim.name], rounding) if claim.name in answers else None for claim in claims]
    if None in found:
        return None
    return next((state for state in found if state), "")


def _agrees(claim: Claim, answer: Answer, rounding: Rounding) -> str | None:
    if claim.agrees(answer, rounding):
        return ""
    digits = claim.rounds(answer)
    return None if digits is None else f"rounded to {digits} digit{'s' * (digits != 1)}"
