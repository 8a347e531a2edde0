"""A loss on given predictions: the formulas of its table entry, written out for their names and their shape.

What comes out are definitions for a graph (`p := softmax(z)`, `L := -(t_1 log p_1 + ...)`, as a sum over an index);
the meaning that the judge holds the loss to; and the words for how it is read, since a mean over what, or a factor
1/2, is a convention that a sheet has to state.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from math import prod

from derive.errors import InputError, UnknownName
from derive.graph.arrays import Shape
from derive.notation.build import ONE, neg, number
from derive.notation.form import Form, Frac, Neg, Product, Sum, Symbol, symbols
from derive.notation.symbols import parse_symbol, symbol_name
from derive.notation.text import read
from derive.training.loss_writing import OTHERS, Index, Writing, outputs_of, samples_of
from derive.training.losses import Input, Loss, Reduction, Term, loss

LOSS = parse_symbol("L")


@dataclass(frozen=True, slots=True)
class Choice:
    """A loss, and everything about it that is open: what it takes, how entries are put together, a factor 1/2.

    `settings` are the numbers of its constants; one without a number is left out of the formula.
    """

    loss: Loss
    input: Input
    reduction: Reduction
    half: bool = False
    settings: Mapping[str, Form] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """What the loss is called."""
        return self.input.words or self.loss.words


@dataclass(frozen=True, slots=True)
class LossForms:
    """A loss as definitions in order, the loss itself last.

    Attributes:
        meanings: what a definition must be worth, found in another way.
        constants: the values of the constants that stand in the formulas by their names, such as delta.
        terms: the loss of each entry, or of each sample, by its index; the loss is their sum over `divisor`.
        reading: how the loss is read: "mean over the 3 entries, without the factor 1/2"; empty where nothing is open.
        classes: the right class of each sample, from 1, where the target is given by that.
    """

    choice: Choice
    definitions: Mapping[Symbol, Form]
    meanings: Mapping[Symbol, Form]
    constants: Mapping[Symbol, Form]
    terms: Mapping[Index, Form]
    divisor: int
    reading: str
    classes: tuple[int, ...] = ()

    @property
    def graph(self) -> dict[str, Form]:
        """The definitions as a graph takes them."""
        return {symbol_name(name): form for name, form in self.definitions.items()}


def chosen(
    name: str,
    kind: str | None = None,
    reduction: str | None = None,
    half: bool = False,
    settings: Mapping[str, Form] | None = None,
) -> Choice:
    """The loss of a name and how it is read; what is not said is as its entry has it.

    Raises:
        UnknownName: a loss, an input, a reduction or a setting that is not known; the known ones are listed.
        InputError: a factor 1/2 where the loss has none.
    """
    entry = loss(name)
    known = {each: each for each in entry.reductions}
    if reduction is not None and reduction not in known:
        raise UnknownName(f"reduction of {name}", reduction, known)
    if half and not entry.halves:
        raise InputError(f"{name} is never taken with a factor 1/2")
    for setting in settings or {}:
        if setting not in entry.settings:
            raise UnknownName(f"setting of {name}", setting, entry.settings)
    defaults = {key: read(text) for key, text in entry.settings.items() if text}
    how = entry.reductions[0] if reduction is None else known[reduction]
    return Choice(entry, entry.input(kind), how, half, defaults | dict(settings or {}))


def loss_forms(
    choice: Choice,
    prediction: Symbol,
    target: Symbol | Sequence[int],
    shape: Shape,
    of: Symbol = LOSS,
    taken: Collection[Symbol] = (),
    inserted: Collection[str] = (),
) -> LossForms:
    """The definitions of a loss on a prediction.

    Args:
        target: its name (it has the shape of the prediction), or the number of the right class of each sample.
        shape: of the prediction: () for one number, (n, 1) for a vector, (samples, outputs) for a batch.
        taken: names that are used already; what lies between prediction and loss gets another one.
        inserted: constants that stand in the formulas as numbers; so do those whose name is taken.

    Raises:
        InputError: a shape or a kind of target that the loss does not take.
    """
    classes = () if isinstance(target, Symbol) else tuple(target)
    _check_shape(choice.loss, shape, classes)
    names = {"t": target} if isinstance(target, Symbol) else {}
    names[choice.input.letter] = prediction
    for letter, _ in choice.input.via:
        names[letter] = _free(letter, prediction, {*taken, *names.values(), of})
    used = {*taken, *names.values(), of}
    constants = {
        parse_symbol(key): form
        for key, form in choice.settings.items()
        if key not in inserted and parse_symbol(key) not in used
    }
    numbers = {key: form for key, form in choice.settings.items() if parse_symbol(key) not in constants}
    writing = Writing(names, {**numbers, "K": number(outputs_of(shape))}, shape, used)
    definitions = {names[letter]: writing.whole(read(text)) for letter, text in choice.input.via}
    term, form = _fitting(choice.loss, classes, {*names, *choice.settings, "K"})
    divisor = _count(choice, shape) * (2 if choice.half else 1)
    body, terms, total = _written(choice.loss, writing, form, read(term.meaning), classes)
    definitions[of] = _scaled(body, divisor)
    meaning = total if divisor == 1 else Frac(total, number(divisor))
    reading = _reading(choice, shape)
    return LossForms(choice, definitions, {of: meaning}, constants, terms, divisor, reading, classes)


def _written(
    entry: Loss, writing: Writing, form: Form, meaning: Form, classes: tuple[int, ...]
) -> tuple[Form, Mapping[Index, Form], Form]:
    """The sum of a formula, its terms, and what the sum means."""
    if entry.per == "entry":
        return writing.over_entries(form), writing.each_entry(form), writing.whole(meaning)
    terms = writing.each_sample(form, classes) if samples_of(writing.shape) > 1 else {}
    return writing.over_samples(form, classes), terms, writing.by_sample(meaning, classes)


def _free(letter: str, prediction: Symbol, taken: Collection[Symbol]) -> Symbol:
    """A name for what lies between prediction and loss; its letter with an index where that is taken."""
    name = parse_symbol(letter)
    return name if name not in taken else Symbol(letter, sub=(prediction.base, *prediction.sub))


def _check_shape(entry: Loss, shape: Shape, classes: tuple[int, ...]) -> None:
    if entry.per == "entry":
        if classes:
            raise InputError(f"the target of {entry.name} is a number for each entry, not the number of a class")
        return
    if len(shape) != 2 or outputs_of(shape) < 2:
        raise InputError(f"{entry.name} needs a vector of outputs, or a matrix with a row for each sample")
    if classes and len(classes) != samples_of(shape):
        raise InputError(f"{len(classes)} target class(es) for {samples_of(shape)} sample(s)")
    for wrong in (c for c in classes if not 1 <= c <= outputs_of(shape)):
        raise InputError(f"the target is class {wrong}, but there are {outputs_of(shape)} classes, counted from 1")


def _count(choice: Choice, shape: Shape) -> int:
    """By how many a mean divides."""
    if choice.reduction == "sum":
        return 1
    return samples_of(shape) if choice.reduction == "batchmean" or choice.loss.per == "sample" else prod(shape)


def _fitting(entry: Loss, classes: tuple[int, ...], letters: Collection[str]) -> tuple[Term, Form]:
    """The first formula for such a target all of whose letters stand for something."""
    for term in entry.terms:
        form = read(term.text, functions=(OTHERS,))
        known = {symbol.base in letters for symbol in symbols(form) if symbol != Symbol("t") or not classes}
        if (term.by == "class") == bool(classes) and all(known):
            return term, form
    what = "the number of a class" if classes else "a distribution: give the number of the right class"
    raise InputError(f"the target of {entry.name} cannot be {what}")


def _scaled(body: Form, count: int) -> Form:
    """body/count, the fraction in front where a sum or a square follows, the sign before it."""
    if count == 1:
        return body
    if isinstance(body, Neg):
        return neg(_scaled(body.arg, count))
    if isinstance(body, (Sum, Product, Frac)):
        return Frac(body, number(count))
    return Product((Frac(ONE, number(count)), body))


def _reading(choice: Choice, shape: Shape) -> str:
    parts = [choice.loss.reading] if choice.loss.reading else []
    entries, samples = prod(shape), samples_of(shape)
    if choice.loss.per == "sample":
        if samples > 1:
            parts.append(f"{choice.reduction} over the {samples} samples, one in each row")
    elif samples > 1 and choice.reduction == "batchmean":
        parts.append(f"summed over the outputs, mean over the {samples} samples, one in each row")
    elif entries > 1:
        parts.append(f"{'sum' if choice.reduction == 'batchmean' else choice.reduction} over the {entries} entries")
    if choice.loss.halves:
        parts.append(f"{'with' if choice.half else 'without'} the factor 1/2")
    return ", ".join(parts)
