"""A question about receptive fields worked out: the recursion along each axis, the pair, the check, the premises."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from derive.errors import InputError, UnknownName
from derive.network.fields.field import fields, sides
from derive.network.fields.recursion import Recursion, ancestors
from derive.network.fields.steps import (
    back_meanings,
    backward_steps,
    exact_lines,
    forward_steps,
    last_back,
    meant,
    nested_back,
    row_meanings,
)
from derive.network.layers.base import AXES
from derive.network.network import INPUT
from derive.network.working.shapes import in_numbers, shape_form
from derive.notation.build import dimensions, number
from derive.notation.form import Call, Form, Shape, Symbol, symbols
from derive.notation.symbols import symbol_name
from derive.notation.worksheet import Worksheet
from derive.questions.finish import CHECK
from derive.questions.network import known_layers
from derive.record import Answer, Conventions, Derivation, Given, Line, Mark, Phrase, Step

if TYPE_CHECKING:
    from derive.questions.receptive import NetworkReceptiveField

Wanted = Literal["size", "jump", "start"]
FEW = 4
"""So many layers, those of each axis counted, are worked in letters; more in tables of numbers."""
SYMBOLS = {"size": Symbol("RF"), "jump": Symbol("j"), "start": Symbol("s")}
WORDS = {"size": "receptive field", "jump": "jump", "start": "start"}


class Solution:
    """One question being worked out: the axes that need a recursion of their own, and what is asked of them."""

    def __init__(self, asked: NetworkReceptiveField, conventions: Conventions) -> None:
        self.asked, self.conventions = asked, conventions
        self.network = asked.network()
        self.origin, self.names = self._places()
        self.found = fields(self.network, self.origin)
        self.path = ancestors(self.network, self.found, self.names, self.origin)
        self.quantities = tuple(dict.fromkeys(asked.quantities))
        self._refuse_whole()
        self.recursions = self._recursions()
        self.sheet = Worksheet(conventions)

    def _places(self) -> tuple[str, tuple[str, ...]]:
        """Where the field is measured, and the layers whose field is asked for."""
        asked, network = self.asked, self.network
        if asked.between is None:
            return INPUT, known_layers(network, asked.of) or (network.nodes[-1].name,)
        if asked.of:
            raise InputError("between says already which layer is asked about: leave out of")
        known = [INPUT, *(node.name for node in network.nodes)]
        for name in asked.between:
            if name not in known:
                raise UnknownName("layer of the network", name, known).at(path="between")
        first, second = asked.between
        if known.index(first) >= known.index(second):
            raise InputError(f"{second} does not come after {first}")
        return first, (second,)

    def _refuse_whole(self) -> None:
        for name in self.names:
            if self.found[name].is_whole and set(self.quantities) != {"size"}:
                raise InputError(f"every value behind {name} sees the same: it has no jump and no start")

    def _recursions(self) -> list[Recursion]:
        """One for all axes where they have the same numbers, else one for each."""
        names = AXES[len(self.network.sizes[self.origin])]
        count = len(self.found[self.origin].axes)
        plain = [self._recursion(axis, "", True) for axis in range(count)]
        same = all(recursion.signature == plain[0].signature for recursion in plain)
        worked = sum(len(recursion.rows) for recursion in (plain[:1] if same else plain))
        letters = worked <= FEW and all(recursion.is_plain for recursion in plain)
        return [self._recursion(axis, "" if same else names[axis], letters) for axis in range(1 if same else count)]

    def _recursion(self, axis: int, mark: str, letters: bool) -> Recursion:
        start, jump = "start" in self.quantities, not letters or "jump" in self.quantities
        return Recursion(self.network, self.found, self.origin, axis, self.path, mark, start, letters, jump)

    def derivation(self) -> Derivation:
        """The finished derivation."""
        steps, answers, meanings = self._steps(), [], []
        for name in self.names:
            for quantity in self.quantities:
                step, meaning = self._result(name, quantity)
                answers.append(self._answer(name, quantity, step))
                meanings.append(meaning)
                if step.lines:
                    steps.append(step)
        steps += self._checks()
        meanings += self._further_meanings()
        told = (self._givens(steps, meanings), tuple(steps), tuple(answers))
        letters = self.recursions[0].in_letters
        done = self.asked.sheet("Receptive field", self._prompt(), self.network, told, self.conventions, words=letters)
        return replace(done, remarks=tuple(self._remarks()))

    def _steps(self) -> list[Step]:
        if self.asked.method == "backward":
            return [step for recursion in self.recursions for step in self._backward(recursion, self.names[-1], 1)]
        return [step for each in self.recursions for step in forward_steps(each, self.sheet, self.quantities)]

    def _backward(self, recursion: Recursion, name: str, level: int) -> list[Step]:
        if len(self.names) > 1:
            raise InputError("the backward recursion starts at one layer: ask for one")
        if not recursion.states[name].path:
            raise InputError(f"the backward recursion to {name} does not lead through windows of one size alone")
        return backward_steps(recursion, name, self.sheet, level)

    # results

    def _form(self, recursion: Recursion, name: str, quantity: Wanted) -> tuple[Form, Phrase]:
        if quantity != "size":
            return getattr(recursion.states[name], quantity), ()
        form, why = recursion.shown(name)
        if self.asked.method == "backward":
            last, size = last_back(recursion, name), recursion.states[name].size
            form = last if form == size else Call("min", (last, *form.args[1:])) if isinstance(form, Call) else form
        return form, why

    @cached_property
    def _rank(self) -> int:
        return len(self.found[self.origin].axes)

    def _result(self, name: str, quantity: Wanted) -> tuple[Step, Given]:
        """The step that puts the axes together (without lines where a line before says it all), and its meaning."""
        forms, reasons = zip(*(self._form(recursion, name, quantity) for recursion in self.recursions), strict=True)
        counts = [self._counted(recursion, name, quantity) for recursion in self.recursions]
        pair = self._rank > 1 and (quantity == "size" or len(forms) > 1)
        repeats = self._rank if pair and len(forms) == 1 else 1
        form = Shape(forms * repeats) if pair else forms[0]
        meaning = Shape(tuple(counts) * repeats) if pair else counts[0]
        in_letters = self.recursions[0].in_letters and not self._whole(name)
        if isinstance(form, Symbol) and in_letters:
            return Step(symbol_name(form), form), meant(form, meaning)
        target = SYMBOLS[quantity]
        target = target if len(self.names) == 1 else replace(target, sup=str(self._number(name)))
        shown, value = form if in_letters else self._in_numbers(form), self._value(form)
        reason = next((why for why in reasons if why), ()) or self._axes_words(pair)
        lines = (Line("=", shown, reason), *([Line("=", value)] if value != shown else []))
        marks = (Mark(Fraction(1), "A"),)
        return Step(symbol_name(target), target, lines, WORDS[quantity], (), marks), meant(target, meaning)

    def _whole(self, name: str) -> bool:
        """Whether borders count, which are numbers."""
        return any(recursion.states[name].reach.is_whole for recursion in self.recursions)

    def _counted(self, recursion: Recursion, name: str, quantity: Wanted) -> Form:
        return recursion.counted(name) if quantity == "size" else Call(f"field_{quantity}", (recursion.windows(name),))

    def _in_numbers(self, form: Form) -> Form:
        return in_numbers(form, self.sheet)

    def _value(self, form: Form) -> Form:
        if isinstance(form, Shape):
            return Shape(tuple(map(self._value, form.dims)))
        return number(self.sheet.worth(form))

    def _axes_words(self, pair: bool) -> Phrase:
        words = {"H": "height", "W": "width", "D": "depth", "L": "length"}
        letters = AXES[len(self.network.sizes[self.origin])][: self._rank]
        return (", ".join(words[letter] for letter in letters),) if pair else ()

    def _answer(self, name: str, quantity: Wanted, step: Step) -> Answer:
        form = step.lines[-1].form if step.lines else self._value(step.target) if step.target is not None else None
        assert form is not None
        title = quantity if len(self.names) == 1 else f"{name} {quantity}"
        kind: Literal["shape", "number"] = "shape" if isinstance(form, Shape) else "number"
        return Answer(title, kind, form, form, step.target)

    def _number(self, name: str) -> int:
        return [node.name for node in self.network.nodes].index(name) + 1

    # the other recursion, premises, words

    def _checks(self) -> Iterator[Step]:
        """The backward recursion ends where the forward one did."""
        if self.asked.method == "backward" or "size" not in self.quantities:
            return
        name = self.names[-1]
        for recursion in self.recursions:
            path = recursion.states[name].path
            if self.asked.method == "both":
                yield from self._backward(recursion, name, 1)
            elif len(self.names) == 1 and path and len(path) > 1:
                yield from self._short_check(recursion, name)

    def _short_check(self, recursion: Recursion, name: str) -> list[Step]:
        """One formula for a few layers, a table for many."""
        if not recursion.in_letters:
            return self._backward(recursion, name, 3)
        lines = exact_lines(nested_back(recursion, name), self.sheet, ("check: backward from the last layer",))
        return [Step(f"check {recursion.mark}".strip(), recursion.states[name].size, lines, CHECK, (), (), 2)]

    def _further_meanings(self) -> Iterator[Given]:
        """What the sizes mean before borders cut them, and the ends of the backward recursion."""
        backward = self.asked.method == "backward"
        for recursion in self.recursions:
            if not recursion.in_letters:
                yield from () if backward else row_meanings(recursion)
                yield from back_meanings(recursion, self.names[0]) if len(self.names) == 1 else ()
            for name in self.names:
                state, counted = recursion.states[name], Call("field_size", (recursion.windows(name),))
                cut = state.reach.is_whole and state.path is not None
                if cut and isinstance(state.size, Symbol) and not backward:
                    yield meant(state.size, counted)
                if state.path and len(self.names) == 1:
                    yield meant(last_back(recursion, name), counted)

    def _givens(self, steps: Sequence[Step], meanings: list[Given]) -> tuple[Given, ...]:
        """The letters that the steps mention, and what the results mean."""
        inner = [sub for step in steps for sub in (step, *step.substeps)]
        used = {name for step in inner for line in step.lines for name in symbols(line.form)}
        used |= {name for given in meanings if given.form is not None for name in symbols(given.form)}
        settings = [(setting, each) for each in self.recursions for row in each.rows for setting in row.settings]
        stated = {
            s.symbol: Given(s.symbol, number(s.value), "value", (s.note,), shown=each.in_letters)
            for s, each in settings
            if s.symbol in used or not each.in_letters
        }
        return (*stated.values(), *dict.fromkeys(meanings))

    def _prompt(self) -> Phrase:
        words = [WORDS[quantity] for quantity in self.quantities]
        what = " and ".join(filter(None, [", the ".join(words[:-1]), f"{'the ' * (len(words) > 1)}{words[-1]}"]))
        alone = len(self.network.nodes) == 1 and self.recursions[0].in_letters
        names = self.network.nodes[0].layer.words if alone else " and of ".join(self.names)
        size = shape_form(self.network.sizes[self.origin], self.asked.order)
        where = "in the input" if self.origin == INPUT else f"in the output of {self.origin}"
        how = {"forward": "", "backward": ", from the layer back", "both": ", forward and backward"}[self.asked.method]
        first = "; cells are counted from 0" if "start" in self.quantities else ""
        return (f"Find the {what} of a value behind {names} {where} (", size, f"){how}{first}.")

    def _remarks(self) -> Iterator[Phrase]:
        """Where a window is larger than the input, part of it always lies in the padding."""
        image = sides(self.network.sizes[self.origin])
        for name in self.names:
            wide = [size > side for size, side in zip(self.found[name].sizes, image, strict=True)]
            if any(wide):
                size = dimensions(image) if len(image) > 1 else number(image[0])
                where = "input" if self.origin == INPUT else f"output of {self.origin}"
                yield (
                    f"The field of {name} is larger than the {where} of ",
                    size,
                    ": what it has beyond lies in the padding.",
                )
