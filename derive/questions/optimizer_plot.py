"""Several runs compared: the plot of their losses, a table of how each goes, on a quadratic loss the stable rates."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from derive.errors import InputError
from derive.graph.arithmetic import div, mul, sub
from derive.notation.build import ONE, subtract
from derive.notation.form import Call, Form, Product, Symbol, Text
from derive.notation.rounding import shown
from derive.notation.symbols import symbol_name
from derive.notation.value import approximate
from derive.notation.words import joined
from derive.questions.fields import numeric
from derive.questions.formulas import nodes_of
from derive.questions.graph_question import listed
from derive.questions.optimizer_columns import is_noise
from derive.questions.optimizer_question import sentence
from derive.questions.optimizer_stability import BOUND, Stability, stability
from derive.questions.optimizer_variants import Family, Variant
from derive.record import Answer, Conventions, Given, Line, Mark, Phrase, Picture, Step
from derive.training.chart import Curve, leaves, plot, suits_log, vertical
from derive.training.course import course_words
from derive.training.iterates import ANY_RUN, Iterates
from derive.training.optimizers import optimizer
from derive.training.rule import ETA
from derive.training.stability import verdict
from derive.training.working import exact_form

if TYPE_CHECKING:
    from derive.questions.optimizer_curves import OptimizerCurves

NEVER = 9
"""The level of steps that are judged and drawn, but never printed as lines."""


class CurvesWork:
    """The runs of a question, and what is said about them."""

    def __init__(self, asked: OptimizerCurves, conventions: Conventions) -> None:
        self.asked = asked
        rounding = conventions.rounding
        self.rounding = replace(rounding, mode="carry-full") if rounding.mode == "exact" else rounding
        self.family = Family(asked, conventions)
        self.stable = self._stability(conventions)

    @property
    def variants(self) -> list[Variant]:
        """The runs."""
        return self.family.variants

    def names(self, variant: Variant) -> Iterates:
        """What the quantities of a run are called."""
        return self.family.names(str(variant.number))

    def _stability(self, conventions: Conventions) -> Stability | None:
        """The bound on rates, where plain gradient descent on all examples is compared at several rates."""
        first = self.variants[0]
        rule = first.course.rule
        plain = rule.entry.rule == optimizer("gradient_descent").rule and not rule.decays
        if not self.asked.rates or self.family.data or not plain:
            return None
        question = first.course.at(1)
        point = question.point(self.family.graph, conventions)
        nodes = [node for name in self.asked.wrt for node in nodes_of(self.family.graph, name)]
        return stability(point, self.asked.of, nodes)

    def prompt(self) -> Phrase:
        """What is asked."""
        asked, family = self.asked, self.family
        first = self.variants[0]
        title = first.course.rule.entry.called if family.shares else "each optimizer"
        what: Phrase = (f"Plot the loss against the step for {asked.steps} steps of {title}",)
        if asked.rates:
            what = (*what, " with ", *listed(self.names(variant).own(ETA) for variant in self.variants))
        elif asked.batches:
            what = (*what, ", where a step sees ", joined([str(v.label[0]) for v in self.variants], "or"))
        else:
            what = (*what, ": ", *_joined([self._described(variant) for variant in self.variants]))
        more: Phrase = (" Find the largest stable rate, and say what each rate does.",) if self.stable else ()
        return (*what, ".", *(sentence(asked.asks(first.course.rule)) if family.shares else ()), *more)

    def _described(self, variant: Variant) -> Phrase:
        """An optimizer with its number, which its constants bear, and its options."""
        options = variant.asked.asks(variant.course.rule)
        label: Phrase = (f"({variant.number}) ", *variant.label)
        return (*label, " (", *options, ")") if options else label

    def premises(self) -> Iterator[Given]:
        """Those of the runs, and what the bound is to be worth."""
        yield from self.family.premises()
        yield from self.stable.premises() if self.stable else ()

    # solution

    def steps(self) -> Iterator[Step]:
        """The bound, the table of the runs, and the points that are drawn."""
        yield from self.stable.steps if self.stable else ()
        rows = tuple(self._row(variant) for variant in self.variants)
        yield Step("runs", rule="runs", substeps=rows, layout="table", heads=tuple(self._heads()))
        for variant in self.variants:
            yield self._points(variant)

    def _heads(self) -> Iterator[Phrase]:
        names = self.family.names(ANY_RUN)
        yield (Symbol(ANY_RUN),)
        yield ("run",) if not self.asked.rates else (names.own(ETA),)
        if self.stable:
            yield from ((self._factor(names.own(ETA), value),) for value in self.stable.factors)
            yield (self.stable.claim(names.own(ETA)),)
        else:
            yield (self._course(names),)
        yield (names.of(self.asked.of, self.asked.steps),)

    def _factor(self, rate: Symbol, value: Symbol) -> Form:
        return subtract(ONE, Product((rate, value)))

    def _course(self, names: Iterates) -> Form:
        return Call("course", (names.of(self.asked.of, 0), names.of(self.asked.of, self.asked.steps)))

    def _row(self, variant: Variant) -> Step:
        """A run: its rate, what that does, how the loss goes, where it ends."""
        k, names = variant.number, self.names(variant)
        cells = [Step(f"label {k}", intro=variant.label)]
        if self.asked.rates:
            cells = [Step(f"rate {k}", names.own(ETA), (Line("=", variant.rate),))]
        if self.stable:
            rate = names.own(ETA)
            cells += [self._factor_cell(k, rate, variant.rate, value) for value in self.stable.factors]
        target, words = self._claimed(variant)
        cells.append(Step(self._claim_name(variant), target, (Line("=", words, boxed=not self.family.shares),)))
        cells.append(self._loss(f"end {k}", variant, self.asked.steps))
        marks = (Mark(Fraction(1), "A", (f"run {k}: {words.text}",)),)
        return Step(f"run {k}", intro=(str(k),), substeps=tuple(cells), layout="row", marks=marks)

    def _claimed(self, variant: Variant) -> tuple[Form, Text]:
        """What is claimed of a run: what its rate does where that is derived, else how its loss goes."""
        names = self.names(variant)
        if self.stable:
            return self.stable.claim(names.own(ETA)), Text(verdict(numeric(variant.rate), self.stable.values))
        return self._course(names), Text(course_words(variant.run))

    def _claim_name(self, variant: Variant) -> str:
        return f"{'descent' if self.stable else 'course'} {variant.number}"

    def _factor_cell(self, k: int, rate: Symbol, given: Form, name: Symbol) -> Step:
        assert self.stable is not None
        eigenvalue = self.stable.values[0 if name.sub == ("min",) else -1]
        value = sub(Fraction(1), mul(numeric(given), eigenvalue))
        line = Line(*shown(value, self.rounding))
        return Step(f"factor {symbol_name(name)} {k}", self._factor(rate, name), (line,))

    def _loss(self, name: str, variant: Variant, step: int) -> Step:
        """The loss of a run after a step; an empty cell where the run has ended before."""
        rows = variant.run.rows
        if step >= len(rows) or is_noise((rows[step].loss,)):
            return Step(name)
        target = self.names(variant).of(self.asked.of, step)
        return Step(name, target, (Line(*shown(rows[step].loss, self.rounding)),))

    def _points(self, variant: Variant) -> Step:
        k = variant.number
        steps = range(len(variant.run.rows))
        points = (replace(self._loss(f"point {k} {step}", variant, step), level=NEVER) for step in steps)
        return Step(f"points {k}", rule="points", level=NEVER, substeps=tuple(points), layout="table")

    def picture(self, steps: Sequence[Step]) -> Picture:
        """The curves through the points, as they are shown and judged."""
        points = {step.name: step.substeps for step in steps if step.rule == "points"}
        curves = [self._curve(variant, points[f"points {variant.number}"]) for variant in self.variants]
        log = suits_log(curves) if self.asked.scale == "auto" else self.asked.scale == "log"
        values = [value for curve in curves for value in curve.values]
        if log and (min(values) < 0 or not any(values)):
            raise InputError("a logarithmic scale needs positive losses")
        across: Phrase = ("step ", Symbol(self.family.names("").letter))
        up: Phrase = ("loss ", self.asked.of, *((" (log scale)",) if log else ()))
        return plot(curves, across, up, log, self._caption(curves, log))

    def _curve(self, variant: Variant, points: Sequence[Step]) -> Curve:
        values = [approximate(point.lines[-1].form) if point.lines else 0.0 for point in points]
        if not self.asked.labels:
            return Curve(tuple(values), (f"curve {variant.number}",))
        return Curve(tuple(values), variant.label, variant.fact)

    def _caption(self, curves: Sequence[Curve], log: bool) -> Phrase:
        """Which curves leave the frame, and where."""
        scale = vertical(curves, log)
        gone = [(k, left) for k, curve in enumerate(curves, 1) if (left := leaves(curve, scale)) is not None]
        said = [f"run {k} leaves the frame in step {left}" for k, left in gone]
        return (f"Loss against step{'; ' if said else ''}{', '.join(said)}.",)

    def answers(self, steps: Sequence[Step]) -> list[Answer]:
        """The bound and what each rate does, or how each run goes."""
        found = []
        if self.stable and self.stable.is_bounded:
            last = next(step for step in steps if step.target == BOUND).lines[-1].form
            exact = exact_form(div(Fraction(2), self.stable.values[-1]))
            found.append(Answer("eta_max", "number", exact, last, BOUND))
        return [*found, *map(self._verdict, self.variants)]

    def _verdict(self, variant: Variant) -> Answer:
        """What is claimed of a run, under the run's name where its premises are not printed."""
        target, words = self._claimed(variant)
        label = target if self.family.shares else Text(str(variant.label[0]))
        return Answer(self._claim_name(variant), "verdict", words, words, label)

    def remarks(self) -> tuple[Phrase, ...]:
        """Where rules come from; why runs end early; what it means that there is no stable rate."""
        said: list[Phrase] = []
        for variant in self.variants:
            if variant.run.ends:
                said.append((f"Run {variant.number} ends after step {variant.run.last.step}: {variant.run.ends}.",))
        if self.stable and not self.stable.is_bounded:
            said.append(("The Hessian has no positive eigenvalue, or a negative one: no rate is stable.",))
        return (*said, *self._sources())

    def _sources(self) -> tuple[Phrase, ...]:
        """Where the rules come from, each said once."""
        with_options = self.family.shares
        told = [phrase for each in self.variants for phrase in each.asked.told(each.course.rule, with_options)]
        first, *others = dict.fromkeys(told)
        return (sum(((" ", *phrase) for phrase in others), first),)


def _joined(labels: Sequence[Phrase]) -> Phrase:
    """Phrases as a list."""
    found: list[str | Form] = []
    for k, label in enumerate(labels):
        found += ["; " if k else "", *label]
    return tuple(piece for piece in found if piece)
