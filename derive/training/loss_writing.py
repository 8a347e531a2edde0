"""The formula of a loss written out: over one entry, over the outputs of a sample, added up over an array."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from derive.graph.arrays import Shape
from derive.notation.build import ZERO, add, column, neg, number
from derive.notation.form import BigSum, Call, Form, Matrix, Neg, Symbol, rebuild
from derive.notation.symbols import element

INDEX_LETTERS = ("i", "j", "k", "l", "m", "n")
Index = tuple[str, ...]
OTHERS = "others"
"""What a formula calls the list of an expression for every class but the right one."""


def rows_of(shape: Shape) -> Shape:
    """How the entries of a shape are numbered: a column vector by one index, anything else by one for each side."""
    return shape[:1] if len(shape) == 2 and shape[1] == 1 else shape


def samples_of(shape: Shape) -> int:
    """A matrix has a row for each sample; a number, or a vector, is one sample."""
    return shape[0] if len(rows_of(shape)) > 1 else 1


def outputs_of(shape: Shape) -> int:
    """How many outputs one sample has."""
    return rows_of(shape)[-1] if shape else 1


def renamed(form: Form, names: Mapping[str, Form]) -> Form:
    """The formula with its letters replaced by what they stand for."""
    if isinstance(form, Symbol) and not form.sub:
        return names.get(form.base, form)
    return form if isinstance(form, Symbol) else rebuild(form, lambda part: renamed(part, names))


@dataclass(frozen=True, slots=True)
class Writing:
    """Writes the formula of one loss.

    Attributes:
        names: what the letters of prediction, target and what lies between them are called; all have the shape.
        constants: what other letters stand for.
        taken: names that no index may have.
    """

    names: Mapping[str, Symbol]
    constants: Mapping[str, Form]
    shape: Shape
    taken: Collection[Symbol] = ()

    @property
    def letters(self) -> list[str]:
        """Letters for indices, none of which is a name or an index already."""
        used = {piece for name in self.taken for piece in (name.base, *name.sub, name.sup)}
        return [letter for letter in INDEX_LETTERS if letter not in used]

    def over_entries(self, form: Form) -> Form:
        """The sum of a formula over all entries."""
        sides = rows_of(self.shape)
        if 1 in sides:
            return _together(self.each_entry(form).values())
        index = tuple(self.letters[: len(sides)])
        return self._summed(self.at(form, index), zip(index, sides, strict=True))

    def over_samples(self, form: Form, classes: Sequence[int] = ()) -> Form:
        """The sum of a formula over all samples; where classes are given, each sample has a term of its own."""
        samples = samples_of(self.shape)
        if len(rows_of(self.shape)) == 1:
            return self.at(form, (), *classes)
        if classes or samples == 1:
            return _together(self.each_sample(form, classes).values())
        letter = self.letters[0]
        return self._summed(self.at(form, (letter,)), [(letter, samples)])

    def each_entry(self, form: Form) -> dict[Index, Form]:
        """The formula at every entry, by its index."""
        places = (tuple(map(str, place)) for place in product(*(range(1, side + 1) for side in rows_of(self.shape))))
        return {place: self.at(form, place) for place in places}

    def each_sample(self, form: Form, classes: Sequence[int] = ()) -> dict[Index, Form]:
        """The formula of every row of a matrix, by its number."""
        rows = [(str(row + 1),) for row in range(samples_of(self.shape))]
        return {row: self.at(form, row, *classes[n : n + 1]) for n, row in enumerate(rows)}

    def _summed(self, body: Form, over: Iterator[tuple[str, int]] | Sequence[tuple[str, int]]) -> Form:
        """The body added up over some indices, its sign in front."""
        if isinstance(body, Neg):
            return neg(self._summed(body.arg, over))
        for letter, side in reversed(list(over)):
            body = BigSum(body, Symbol(letter), number(1), number(side))
        return body

    def at(self, form: Form, index: tuple[str, ...], right: int | None = None) -> Form:
        """The formula at one index: that of an entry, or that of a sample, whose outputs have one index more."""
        match form:
            case Symbol(base, "", (), ""):
                name = self.names.get(base)
                return self.constants.get(base, form) if name is None else self._entry(name, index)
            case Symbol(base, "", ("c",), "") if right is not None:
                return self._entry(self.names[base], (*index[: len(rows_of(self.shape)) - 1], str(right)))
            case Call("sum", (Call("others", (body,)),)):
                return add(self._others(body, index, right))
            case Call("sum", (body,)) if any(piece.isdigit() for piece in index):
                return _together(self.at(body, (*index, str(k))) for k in range(1, outputs_of(self.shape) + 1))
            case Call("sum", (body,)):
                letter = self.letters[len(index)]
                return self._summed(self.at(body, (*index, letter)), [(letter, outputs_of(self.shape))])
            case Call("max", (first, Call("others", (body,)))):
                return Call("max", (self.at(first, index), *self._others(body, index, right)))
            case Symbol():
                return form
        return rebuild(form, lambda part: self.at(part, index, right))

    def _others(self, form: Form, index: tuple[str, ...], right: int | None) -> list[Form]:
        outputs = range(1, outputs_of(self.shape) + 1)
        return [self.at(form, (*index, str(k)), right) for k in outputs if k != right]

    def _entry(self, name: Symbol, index: tuple[str, ...]) -> Symbol:
        return Symbol(name.base, name.accent, (*name.sub, *index), name.sup) if self.shape else name

    def whole(self, form: Form, one_hot: Matrix | None = None) -> Form:
        """The formula over whole arrays; the target is a matrix of numbers where it is one-hot."""
        whole: dict[str, Form] = {**self.constants, **self.names}
        return renamed(form, whole | ({"t": one_hot} if one_hot else {}))

    def by_sample(self, form: Form, classes: Sequence[int] = ()) -> Form:
        """The sum over the samples of a formula over the outputs of one, each a column of its own."""
        if len(rows_of(self.shape)) == 1:
            return self.whole(form, _one_hot(outputs_of(self.shape), classes[0]) if classes else None)
        terms = []
        for row in range(1, samples_of(self.shape) + 1):
            places = [(row, k) for k in range(1, outputs_of(self.shape) + 1)]
            whole: dict[str, Form] = {**self.constants}
            whole |= {letter: column(element(name, *at) for at in places) for letter, name in self.names.items()}
            whole |= {"t": _one_hot(outputs_of(self.shape), classes[row - 1])} if classes else {}
            terms.append(renamed(form, whole))
        return add(terms)


def _together(terms: Iterable[Form]) -> Form:
    """A sum; where every term has a minus, that stands in front of it."""
    forms = list(terms)
    if len(forms) > 1 and all(isinstance(form, Neg) for form in forms):
        return neg(add(neg(form) for form in forms))
    return add(forms)


def _one_hot(outputs: int, right: int) -> Matrix:
    return column(number(1) if k == right else ZERO for k in range(1, outputs + 1))
