"""Backpropagation with whole arrays: δ = (Wᵀ δ) ⊙ σ'(z), ∂L/∂W = δ hᵀ, from the output back.

The gradient by each quantity is the sum of what the quantities made of it hand back (`derive.graph.pullback`). It
stands in later lines under its name where it has one of its own, such as δ, else written out where that is short.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from derive.errors import InputError
from derive.graph.array_point import ArrayPoint
from derive.graph.arrays import Array, shape_of
from derive.graph.graph import Quantity, evaluate
from derive.graph.operations import OPERATIONS
from derive.graph.pullback import Pullback, is_activation, slope_name
from derive.graph.scaling import simplified, times
from derive.notation.algebra import cancelled, is_longer
from derive.notation.build import ONE, add, neg
from derive.notation.form import Call, Derivative, Form, Relation, Sum, Symbol, walk
from derive.notation.names import names_in
from derive.notation.symbols import symbol_name
from derive.notation.value import substituted
from derive.record import Line, Mark, Phrase, Step

SHORT = 8
"""A gradient of at most so many parts is put into the next line itself; a longer one by its name."""


@dataclass(frozen=True, slots=True)
class Gradient:
    """The gradient by a quantity: its name, its successive formulas, and the last of them in letters."""

    target: Form
    lines: tuple[Line, ...]
    letters: Form


class ArrayBackward:
    """Makes the steps of one backward pass.

    Args:
        of: the number that is differentiated.
        wrt: the quantities whose gradients are wanted.
        names: of gradients that have a letter of their own: δ for that by z.
        totals: sums that are known to be 1, such as that of the entries of a one-hot target.
        only: of wanted arrays the places of those entries, in row-major order, that are wanted alone.
    """

    def __init__(
        self,
        point: ArrayPoint,
        of: Symbol,
        wrt: Sequence[Symbol],
        names: Mapping[Symbol, Symbol],
        totals: Collection[Form] = (),
        only: Mapping[Symbol, Sequence[int]] | None = None,
    ) -> None:
        self.point, self.graph, self.of, self.wrt = point, point.graph, of, dict.fromkeys(wrt)
        self.names, self.totals, self.only = names, totals, only or {}
        self.pullback = Pullback(point.formulas)
        self.order = self._between()
        self.found: dict[Symbol, Gradient] = {}
        self._name_gradients()
        for quantity in self.order:
            self.found[quantity.symbol] = self._gradient(quantity)
        self._shown = self._needed()

    def _between(self) -> list[Quantity]:
        """What lies between the wanted quantities and the output, from there back; inputs behind their first user."""
        depends = set(self.wrt)
        for quantity in self.graph.definitions:
            if quantity.form is not None and not depends.isdisjoint(names_in(quantity.form)):
                depends.add(quantity.symbol)
        below = self.graph.made_of([self.of])
        missing = [name for name in self.wrt if name not in below]
        if missing:
            listed = ", ".join(map(symbol_name, missing))
            raise InputError(f"{symbol_name(self.of)} does not depend on {listed}")
        inner = [q for q in self.graph.definitions if q.symbol in depends and q.symbol in below]
        order: list[Quantity] = []
        for quantity in reversed(inner):
            order.append(quantity)
            inputs = [name for name in self.wrt if self.graph.quantity(name).form is None]
            first = [name for name in inputs if self._users(name)[0] == quantity]
            order += map(self.graph.quantity, first)
        return [quantity for quantity in order if quantity.symbol != self.of]

    def _users(self, name: Symbol) -> list[Quantity]:
        """The quantities on the way to the output whose definition mentions one."""
        below = self.graph.made_of([self.of])
        definitions = (q for q in self.graph.definitions if q.symbol in below)
        return [q for q in definitions if q.form is not None and name in names_in(q.form)]

    def _name_gradients(self) -> None:
        """Each gradient is a name for formulas; at given values what it is worth is known from the engine."""
        point, program = self.point, self.graph.program
        of = self.graph.scalar(self.of)
        for quantity in self.order:
            shape = shape_of(quantity.value)
            targets = [Derivative(self.of, (quantity.symbol,)), *filter(None, [self.names.get(quantity.symbol)])]
            for target in targets:
                point.name(target, shape)
            if not point.symbolic and not point.carries_rounded:
                nodes = quantity.value.items if isinstance(quantity.value, Array) else (quantity.value,)
                slopes = program.gradient(of, nodes)
                known = evaluate(program, point.nodes, slopes.values(), point.conventions, self.graph.labels)
                for target in targets:
                    point.know(target, [known[slopes[node]] for node in nodes])

    def target(self, name: Symbol) -> Form:
        """How the gradient by a quantity is written: by its letter, or as a derivative."""
        return self.names.get(name) or Derivative(self.of, (name,))

    def _upstream(self, user: Quantity, operand: Symbol) -> Form:
        """The gradient by a user as it stands in a line: written out where it is short, or where something cancels."""
        if user.symbol == self.of:
            return ONE
        if user.symbol in self.names:
            return self.names[user.symbol]
        letters = self.found[user.symbol].letters
        if not is_longer(letters, SHORT) or self._cancels(letters, user, operand):
            return letters
        return Derivative(self.of, (user.symbol,))

    def _cancels(self, letters: Form, user: Quantity, operand: Symbol) -> bool:
        if user.form is None or not is_activation(user.form, operand):
            return False
        return cancelled((letters, self.pullback.slope(user.form, operand, user.symbol))) is not None

    def _gradient(self, quantity: Quantity) -> Gradient:
        """The successive formulas of a gradient, the last one in course form."""
        name, users = quantity.symbol, self._users(quantity.symbol)
        whole = add(self._part(user, name, self._upstream(user, name)) for user in users)
        written: list[tuple[Form, Phrase, int]] = []
        if name in self.names:
            written.append((Derivative(self.of, (name,)), (), 1))
        if len(users) == 1:
            written += self._formal(users[0], name)
        written.append((whole, self._reason(quantity, users), 1))
        course, why = simplified(whole)
        written.append((course, why, 1))
        for total in self.totals:
            known = substituted(course, {self.pullback.entrywise.letter(total): ONE}.get)
            if known != course:
                course = simplified(known)[0]
                written.append((course, ("as ", Relation("=", self.point.written(total), ONE)), 1))
        return Gradient(self.target(name), tuple(self._lines(written)), course)

    def _part(self, user: Quantity, name: Symbol, upstream: Form) -> Form:
        """What a user hands back."""
        assert user.form is not None
        return self.pullback.through(user.symbol, user.form, name, upstream)

    def _lines(self, written: list[tuple[Form, Phrase, int]]) -> Iterator[Line]:
        """Each formula over arrays, once; one whose terms are put in order by the next is left out."""
        before: Form | None = None
        waiting: Phrase = ()
        for place, (form, reason, level) in enumerate(written):
            arrays = self.pullback.entrywise.arrays(form)
            if arrays == before:
                continue
            if place + 1 < len(written) and _is_reordered(form, written[place + 1][0]):
                waiting = reason
                continue
            yield Line("=", arrays, tuple(map(self._in_arrays, waiting or reason)), level)
            before, waiting = arrays, ()

    def _in_arrays(self, piece: str | Form) -> str | Form:
        return piece if isinstance(piece, str) else self.point.written(self.pullback.entrywise.arrays(piece))

    def _formal(self, user: Quantity, name: Symbol) -> Iterator[tuple[Form, Phrase, int]]:
        """The chain rule with the gradient by the user under its name, and the slope of an activation under its own."""
        if user.form is None or user.symbol in (self.of, *self.names):
            return
        by_name, above = Derivative(self.of, (user.symbol,)), self._upstream(user, name)
        is_on_its_own = self._is_direct(user)
        if not is_activation(user.form, name):
            if is_on_its_own:
                yield self._part(user, name, by_name), ("chain rule through ", user.symbol), 1
            return
        slope = slope_name(user.form)
        yield times(by_name, slope), ("chain rule through ", user.symbol), 1 if is_on_its_own else 3
        if not is_on_its_own and above != by_name:
            yield times(above, slope), (by_name, " = ", above), 1

    def _is_direct(self, quantity: Quantity) -> bool:
        """Whether the output is made of a quantity itself."""
        return all(user.symbol == self.of for user in self._users(quantity.symbol))

    def _reason(self, quantity: Quantity, users: list[Quantity]) -> Phrase:
        """Why: the rule of the activation, the quantity that it goes through, or all those that it feeds."""
        name = quantity.symbol
        if len(users) > 1:
            listed: list[str | Form] = []
            for place, user in enumerate(users):
                listed += [" and " if place == len(users) - 1 else ", " if place else "", user.symbol]
            return (name, " feeds ", *(part for part in listed if part), ": add")
        (user,) = users
        if user.form is not None and is_activation(user.form, name) and isinstance(user.form, Call):
            return (OPERATIONS[user.form.function].rule,)
        if user.symbol == self.of:
            return ("entry by entry",)
        if self._is_direct(user) and user.symbol not in self.names:
            return (Derivative(self.of, (user.symbol,)), " put in")
        return ("chain rule through ", user.symbol)

    # Steps

    def _needed(self) -> set[Symbol]:
        """The quantities whose gradients are shown: wanted ones, those with a letter, and those that lines mention."""
        shown = {name for name in self.found if name in self.wrt or name in self.names}
        mentioned = {
            part
            for name in shown
            for line in self.found[name].lines
            for part in walk(line.form)
            if isinstance(part, Derivative)
        }
        return shown | {
            name
            for name in self.found
            if Derivative(self.of, (name,)) in mentioned and self._is_direct(self.graph.quantity(name))
        }

    def steps(self) -> tuple[Step, ...]:
        """A step for every gradient that is shown, from the output back."""
        steps: list[Step] = []
        for quantity in self.order:
            if quantity.symbol in self._shown:
                steps += self._step(quantity.symbol)
        return tuple(steps)

    def _step(self, name: Symbol) -> list[Step]:
        gradient = self.found[name]
        mark = Mark(Fraction(1), "A" if name in self.wrt else "M")
        if self._is_on_the_way(name):
            lines = tuple(Line("=", self.point.written(line.form), line.reason, line.level) for line in gradient.lines)
            label = f"d{symbol_name(self.of)}_d{symbol_name(name)}"
            return [Step(label, self.point.written(gradient.target), lines, "chain rule", (), (mark,))]
        return self.point.found(gradient.target, gradient.lines, "chain rule", (mark,), self.only.get(name))

    def _is_on_the_way(self, name: Symbol) -> bool:
        """Whether a gradient is needed as a formula alone: no last line of another one has its name in it."""
        if name in self.wrt or name in self.names:
            return False
        by_name = Derivative(self.of, (name,))
        return not any(
            by_name in walk(gradient.lines[-1].form) for other, gradient in self.found.items() if other != name
        )


def _is_reordered(form: Form, other: Form) -> bool:
    """Whether another form has the same terms in another order."""
    return form != other and isinstance(form, Sum) and isinstance(other, Sum) and _signed(form) == _signed(other)


def _signed(form: Sum) -> set[Form]:
    return {neg(term) if taken else term for term, taken in zip(form.terms, form.minus, strict=True)}
