"""Names with a running index: `w_17` is what the premise about `w_t` says where t is 17.

A letter runs where some premise speaks of one step before, as in `w_t = w_{t-1} - η g_t`; every premise about a name
that carries the letter then stands for as many as there are steps. Of several runs that differ in their numbers alone,
r counts which one it is, as in `w_t^{(r)} = w_{t-1}^{(r)} - η^{(r)} g_t^{(r)}`. Nothing is written out before somebody
asks.

Where premises need inputs that are given step by step, as `h_t = tanh(W x_t + U h_{t-1})` needs x_1, x_2, ..., there
are no other steps: the premises are then short for their definitions at those, and have no value of their own.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import TypeGuard

from derive.notation.arrays import Value
from derive.notation.form import Call, Form, Symbol, symbols, walk
from derive.notation.indexed import STEP, Numbers, letter_of, numbered, shift_of
from derive.notation.names import arrays_of
from derive.record import Derivation, Given

MOST_STEPS = 1000
"""A step beyond this one is of no run that a sheet shows."""
RUN = "r"


class Recurrences:
    """The definitions that stand for one step, or one run, each among all definitions.

    Args:
        known: what is given, with or without a value; it is nothing else than that at its step.

    Attributes:
        steps: those at which every input is given; empty where there are no such inputs.
        stated: the premises that stand for their definitions at these steps alone.
        letters: those that run in the others.
        whole: names of whole numbers that are what they are at every point: orders of examples, sizes of batches.
    """

    def __init__(self, definitions: Mapping[Form, Form], known: Collection[Form] = ()) -> None:
        self._known = known
        timed = {name: form for name, form in definitions.items() if is_timed(name)}
        self.steps = _steps(timed, known)
        self.stated = timed if self.steps else {}
        others = {name: form for name, form in definitions.items() if name not in self.stated}
        self.letters = running_letters(name for pair in others.items() for form in pair for name in symbols(form))
        named = {name: form for name, form in others.items() if isinstance(name, Symbol)}
        if any(RUN in _pieces(name) and self.runs(name) for name in named):
            self.letters.add(RUN)
        self._rules = {name: form for name, form in named.items() if self.runs(name)}
        batches = (node for form in self._rules.values() for node in walk(form) if _is_batch(node))
        self.whole = {name for batch in batches for part in _counting(batch) for name in symbols(part)}

    @classmethod
    def among(cls, givens: Iterable[Given]) -> Recurrences:
        """Those among the givens; of what is given twice the first."""
        givens = list(givens)
        definitions: dict[Form, Form] = {}
        for given in givens:
            if given.form is not None:
                definitions.setdefault(given.target, given.form)
        return cls(definitions, {given.target for given in givens})

    def written_out(self, givens: Iterable[Given]) -> list[Given]:
        """The givens, with their definitions at each step in place of the premises that are short for them.

        A name that is given by itself, as the start of a recurrence is, keeps what it was given.
        """
        givens = list(givens)
        short = [given for given in givens if given.target in self.stated]
        made = [self._placed(given, {STEP: step}) for step in self.steps for given in short]
        others = [given for given in givens if given.target not in self.stated]
        return [*others, *(given for given in made if given.target not in self._known)]

    def _placed(self, given: Given, numbers: Numbers) -> Given:
        form = given.form and self._at(given.form, numbers)
        return Given(numbered(given.target, numbers), form, shown=False)

    def _at(self, form: Form, numbers: Numbers) -> Form:
        """A form at its step; a letter that is a name of its own counts nothing where it stands by itself."""
        return numbered(form, numbers, [letter for letter in numbers if Symbol(letter) not in self._known])

    def runs(self, name: Symbol) -> bool:
        """Whether the name speaks of no step in particular: w_t, or w_{t-1}."""
        return any(letter_of(piece) in self.letters for piece in _pieces(name))

    def counted(self, given: Mapping[Symbol, Value]) -> dict[Symbol, Value]:
        """The given whole numbers that are not drawn; a general name stands for the first that it speaks of."""
        found: dict[Symbol, Value] = {}
        for name, value in given.items():
            for general in self.whole:
                if _numbers(name, general, self.letters) is not None:
                    found[name] = value
                    found.setdefault(general, value)
        return found

    def instance(self, name: Symbol) -> Form | None:
        """What a name stands for at its step; None where no premise says so."""
        for general, rule in self._rules.items():
            numbers = _numbers(name, general, self.letters)
            if numbers and all(_first(rule, letter) <= k <= MOST_STEPS for letter, k in numbers.items()):
                return self._at(rule, numbers)
        return None


def premises_with_recurrences(derivation: Derivation) -> tuple[Given, ...]:
    """The premises, and what steps alone say of any step."""
    given = {each.target for each in derivation.givens}
    said = [
        Given(step.target, step.lines[0].form)
        for step in derivation.all_steps()
        if step.target is not None and step.lines and is_timed(step.target) and step.target not in given
    ]
    return (*derivation.givens, *said)


def is_timed(target: Form) -> bool:
    """Whether a quantity is one of any step t, not of a certain one."""
    return isinstance(target, Symbol) and STEP in target.sub


def running_letters(names: Iterable[Symbol]) -> set[str]:
    """The letters of which a name says that they run: t in w_{t-1}."""
    return {letter_of(piece) for name in names for piece in _pieces(name) if shift_of(piece) < 0}


def is_instance(name: Symbol, known: Collection[Form]) -> bool:
    """Whether the name is one of those that a known name with a running index stands for."""
    generals = [each for each in known if isinstance(each, Symbol)]
    letters = running_letters(generals)
    letters |= {RUN} if letters else set()
    return bool(letters) and any(_numbers(name, general, letters) for general in generals)


def _steps(rules: Mapping[Form, Form], known: Collection[Form]) -> list[int]:
    """The steps at which everything is given that the rules need of any step and do not make."""
    names = [name for form in rules.values() for name in symbols(form)]
    inputs = [name for name in names if is_timed(name) and not _is_made(name, rules)]
    told = (name for name in known if isinstance(name, Symbol))
    counted = {int(piece) for name in told for piece in name.sub if piece.isdigit()} if inputs else ()
    return [k for k in sorted(counted) if all(numbered(name, {STEP: k}) in known for name in inputs)]


def _is_made(name: Symbol, rules: Collection[Form]) -> bool:
    """Whether a name is defined by a rule, or an entry of an array that is."""
    return name in rules or any(array in rules for array, _ in arrays_of(name))


def _numbers(name: Symbol, general: Symbol, letters: Collection[str]) -> Numbers | None:
    """The numbers that make a name of a general one; none of them where both are the same, None where it cannot be."""
    if (name.base, name.accent, len(name.sub)) != (general.base, general.accent, len(general.sub)):
        return None
    found: dict[str, int] = {}
    for own, piece in zip(_pieces(name), _pieces(general), strict=True):
        if piece in letters and own.isdigit() and found.get(piece, int(own)) == int(own):
            found[piece] = int(own)
        elif own != piece:
            return None
    return found


def _first(rule: Form, letter: str) -> int:
    """The first step that a rule is about: 1 where it speaks of the step before."""
    return int(letter in running_letters(symbols(rule)))


def _is_batch(form: Form) -> TypeGuard[Call]:
    return isinstance(form, Call) and form.function == "batch" and len(form.args) == 3


def _counting(batch: Call) -> Iterator[Form]:
    yield batch.args[1]
    yield from (value for _, value in batch.params)


def _pieces(name: Symbol) -> tuple[str, ...]:
    return (*name.sub, name.sup)
