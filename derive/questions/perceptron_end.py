"""How perceptron training ends, and why: no error, weights that come back, targets that no weights give."""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import replace
from fractions import Fraction

from derive.network.working.tables import ACCURACY, METHOD, meaning_of
from derive.notation.build import ZERO, add, neg, number, scaled
from derive.notation.form import At, Call, Form, Neg, Product, Relation, Sum, Symbol, Text, Tuple
from derive.questions.graph_question import listed
from derive.questions.labelled import point_form, row_at, unused
from derive.questions.perceptron_steps import Training
from derive.questions.separation_steps import SEPARABLE, common_point_steps, mean_form, verdict_step
from derive.record import Given, Line, Phrase, Step
from derive.training.separation import CommonPoint, Conflict, Shares, fit, separate

CONVERGES, CYCLES = Text("converges"), Text("does not converge")
SOME_FIT, NONE_FIT = Text("some weights fit"), Text("no weights fit")


def end_steps(training: Training) -> Iterator[Step]:
    """What became of the weights, and the reason where they do not settle at what is asked for."""
    run = training.run
    if run.converged:
        yield _state(training, len(run.epochs))
        yield from _pace(training)
        yield _first_without_error(training)
        yield _verdict(training, CONVERGES, ("an epoch without an error changes nothing any more",))
        return
    yield from _last_states(training)
    if stays_wrong(training):
        yield _misclassified(training)
    hopeless = yield from _reason(training)
    if run.returns_to is not None or hopeless:
        yield from _pace(training)
    if run.returns_to is not None:
        yield _verdict(training, CYCLES, ("the weights come back, and errors with them",))
    elif hopeless:
        yield _verdict(training, CYCLES, ("no weights would end it",))


def vector(training: Training, epoch: int) -> Symbol:
    """All trained numbers after an epoch, as one."""
    letter = training.names.weights[0].base
    if training.data.width == 1 and training.names.bias:
        letter = unused((*training.data.names, *training.names.trained), "s", "r", "v").base
    return Symbol(letter, sup=str(epoch), bold=len(training.names.trained) > 1)


def state_meanings(training: Training) -> Iterator[Given]:
    """What those are in terms of the single ones, for the judge."""
    for epoch in {len(training.run.epochs), training.run.returns_to or 0} - {0}:
        if len(training.names.trained) > 1:
            yield meaning_of(vector(training, epoch), _row(training.names.after_epoch(epoch)))


def _state(training: Training, epoch: int, *before: Line, name: str = "weights") -> Step:
    """All trained numbers after an epoch; what they are besides stands in front."""
    told: Phrase = (*listed(training.names.trained), f" after epoch {epoch}")
    last = Line("=", point_form(training.run.state(epoch)), told)
    return Step(name, vector(training, epoch), (*before, last), "weights")


def _last_states(training: Training) -> Iterator[Step]:
    """The weights at the end, and the earlier ones that they are again."""
    first, last = training.run.returns_to, len(training.run.epochs)
    if first is None:
        yield _state(training, last)
        return
    if first == 0:
        step = _state(training, last)
        why: Phrase = (f"as at the start: epoch {last + 1} repeats the first",)
        yield replace(step, lines=(replace(step.lines[0], reason=why),))
        return
    yield _state(training, first, name="weights before")
    why = (f"epoch {last + 1} begins as epoch {first + 1} did: everything repeats",)
    if last == first + 1:
        why = (f"epoch {last} begins and ends with them, and so does every further one",)
    yield _state(training, last, Line("=", vector(training, first), why))


def _pace(training: Training) -> Iterator[Step]:
    """By what the error is multiplied, where the rule speaks of the target."""
    rate, target = training.names.rate, training.data.target
    if training.unit.rule == "target":
        doubled = Product((training.pace(), Sum((target, Neg(target)), (False, True))))
        why: Phrase = ("where the output is wrong it is ", Neg(target))
        yield Step("pace", Product((rate, target)), (Line("=", doubled, why),), "errors of ±2")


def _claim(training: Training, name: str) -> At:
    """What is claimed of the whole run: the unit, the data, by what the errors are multiplied, the start."""
    args = (training.names.unit, *training.data.args, training.pace())
    return At(Call(name, args), training.start())


def _verdict(training: Training, words: Text, reason: Phrase) -> Step:
    return Step("verdict", _claim(training, "training"), (Line("=", words, reason),), "convergence", marks=ACCURACY)


def _first_without_error(training: Training) -> Step:
    line = Line("=", number(len(training.run.epochs)), ("the first epoch without an error",))
    return Step("epochs to the end", _claim(training, "epochs"), (line,), "convergence")


def _row(entries: tuple[Form, ...]) -> Form:
    return Tuple(entries) if len(entries) > 1 else entries[0]


def stays_wrong(training: Training) -> bool:
    """Whether the weights have stopped at all, so that the same examples stay wrong for ever."""
    run = training.run
    is_still = run.returns_to == len(run.epochs) - 1
    return is_still and all(update.state == run.final for update in run.epochs[-1])


def _misclassified(training: Training) -> Step:
    state = tuple((n, number(x)) for n, x in zip(training.names.trained, training.run.final, strict=True))
    points = tuple(point_form(training.data.points[k]) for k in training.run.always_wrong)
    target = At(Call("misclassified", (training.names.unit, *training.data.args)), state)
    says = "this example stays wrong" if len(points) == 1 else "these examples stay wrong"
    return Step("misclassified", target, (Line("=", _row(points), (says,)),), "errors that stay")


def _reason(training: Training) -> Generator[Step, None, bool]:
    """Why no epoch is without error: no weights fit the fixed threshold, or no weights and threshold at all.

    Returns whether no weights could.
    """
    data, unit = training.data, training.unit
    hopeless = False
    if not unit.bias:
        found = fit(data.points, data.labels, unit.threshold, unit.strict)
        hopeless = isinstance(found, Conflict)
        if isinstance(found, Conflict):
            yield from _conflict(training, found)
        yield _fit(training, hopeless)
    free = separate(data.points, data.labels)
    if isinstance(free, CommonPoint):
        yield from common_point_steps(data, free)
        yield verdict_step(data, separable=False)
        return True
    if unit.bias:
        line = Line("=", SEPARABLE, ("so a later epoch is without error",))
        yield Step("separability", Call("separability", data.args), (line,), "linear separability", marks=ACCURACY)
    return hopeless


def _fit(training: Training, hopeless: bool) -> Step:
    """Whether weights fit the threshold that is fixed."""
    words, why = NONE_FIT, "whatever the weights, with this threshold"
    if not hopeless:
        words, why = SOME_FIT, "but the steps of this rate pass them by"
        if training.run.returns_to is None:
            why = "but they are not reached yet"
    target = Call("fit", (training.names.unit, *training.data.args))
    return Step("fit", target, (Line("=", words, (why,)),), "fixed threshold")


def _conflict(training: Training, found: Conflict) -> Iterator[Step]:
    """The conditions that contradict each other, by algebra."""
    data, alone = training.data, [*found.ones, *found.zeros]
    if len(alone) == 1 and not any(data.points[alone[0][0]]):
        example = alone[0][0]
        where = At(training.net, row_at(data.names, data.points[example]))
        gives = number(data.low if found.ones else 1)
        relation = _compared(training, gives)
        why: Phrase = (relation, ": the output is ", gives, " for any weights, the target ",
                       number(data.targets[example]))  # fmt: skip
        yield Step("conflict", where, (Line("=", ZERO, why),), "an input of zeros", marks=METHOD)
        return
    total = sum((share for _, share in found.ones), Fraction(0)) - sum((share for _, share in found.zeros), Fraction(0))
    zero = point_form((Fraction(0),) * data.width)
    letter = Symbol(unused((*data.taken, *training.names.trained), "s", "r", "q").base, bold=data.width > 1)
    why = ("multiples of the points, those of class ", number(data.low), " taken away")
    if not found.zeros:
        why = ("multiples of the points",)
    lines = (Line("=", _difference(training, found), why), Line("=", zero))
    yield Step("conflict", letter, lines, "conditions added up", marks=METHOD)
    sign = ">" if (found.ones if training.unit.strict else found.zeros) else "≥"
    value = number(total * training.unit.threshold)
    said: Phrase = ("the same multiples of the conditions add up to ", Relation(sign, ZERO, value), ", which is false")  # type: ignore[arg-type]
    yield Step("sum", scaled(total, training.names.threshold), (Line("=", value, said),), "conditions added up",
               marks=METHOD)  # fmt: skip


def _compared(training: Training, gives: Form) -> Relation:
    """How 0 compares with the threshold."""
    theta = training.names.threshold
    if gives == number(1):
        return Relation(">" if training.unit.strict else "≥", ZERO, theta)
    return Relation("≤" if training.unit.strict else "<", ZERO, theta)


def _difference(training: Training, found: Conflict) -> Form:
    def part(shares: Shares) -> list[Form]:
        return [mean_form(training.data, (share,)) for share in shares]

    return add([*part(found.ones), *map(neg, part(found.zeros))])
