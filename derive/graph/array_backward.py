"""Backpropagation with whole arrays: δ = (Wᵀ δ) ⊙ σ'(z), ∂L/∂W = δ hᵀ, from the output back.

The gradient by each quantity is the sum of what the quantities made of it hand back (`derive.graph.pullback`). It
stands in later lines under its name where it has one of its own, such as δ, else written out where that is short.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from derive.errors import InputError
from derive.graph.array_point import ArrayPoint
from derive.graph.arrays import shape_of
from derive.graph.graph import Quantity, evaluate
from derive.graph.operations import OPERATIONS
from derive.graph.pullback import Pullback, is_activation, slope_name
from derive.graph.reasons import listed, softmax_rule
from derive.graph.scaling import simplified, times
from derive.notation.algebra import cancelled, is_longer
from derive.notation.arrays import items
from derive.notation.build import ONE, add, neg
from derive.notation.form import Call, Derivative, Form, Relation, Sum, Symbol, walk
from derive.notation.names import spoken_of
from derive.notation.symbols import symbol_name
from derive.notation.value import substituted
from derive.record import Line, Mark, Phrase, Step

SHORT = 8
"""A gradient of at most so many parts is put into the next line itself; a longer one by its name."""


@dataclass(frozen=True, slots=True)
class Formula:
    """A formula of letters for a gradient, why it holds, and at what level of detail it is shown."""

    letters: Form
    reason: Phrase = ()
    level: int = 1


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
        totals: sums that are known to be 1, or ones, such as that of the entries of a one-hot target.
        only: of wanted arrays the places of those entries, in row-major order, that are wanted alone.
    """

    def __init__(
        self,
        point: ArrayPoint,
        of: Symbol,
        wrt: Sequence[Symbol],
        names: Mapping[Symbol, Symbol],
        totals: Mapping[Form, Form] | None = None,
        only: Mapping[Symbol, Sequence[int]] | None = None,
    ) -> None:
        self.point, self.graph, self.of, self.wrt = point, point.graph, of, dict.fromkeys(wrt)
        self.names, self.totals, self.only = names, totals or {}, only or {}
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
            if quantity.form is not None and not depends.isdisjoint(spoken_of(quantity.form)):
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
        return [q for q in definitions if q.form is not None and name in spoken_of(q.form)]

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
                nodes = items(quantity.value)
                slopes = program.gradient(of, nodes)
                known = evaluate(program, point.nodes, slopes.values(), point.conventions, self.graph.labels)
                for target in targets:
                    point.know(target, [known[slopes[node]] for node in nodes])

    def target(self, name: Symbol) -> Form:
        """How the gradient by a quantity is written: by its letter, or as a derivative."""
        return self.names.get(name) or Derivative(self.of, (name,))

    # Formulas

    def _upstream(self, user: Quantity, operand: Symbol) -> Form:
        """The gradient by a user as it stands in a line: written out where it is short, or where something cancels."""
        if user.symbol == self.of:
            return ONE
        if user.symbol in self.names:
            return self.names[user.symbol]
        letters = self.found[user.symbol].letters
        if not is_longer(letters, SHORT) or self._cancels(letters, user, operand):
            return letters
        return self._by_name(user)

    def _by_name(self, user: Quantity) -> Derivative:
        return Derivative(self.of, (user.symbol,))

    def _cancels(self, letters: Form, user: Quantity, operand: Symbol) -> bool:
        if user.form is None or not is_activation(user.form, operand):
            return False
        return cancelled((letters, self.pullback.slope(user.form, operand, user.symbol))) is not None

    def _stands_alone(self, user: Quantity) -> bool:
        """Whether the gradient by a user has a step of its own: it is that of the loss, or took more than one line."""
        return user.symbol not in (self.of, *self.names) and len(self.found[user.symbol].lines) > self._is_inner(user)

    def _is_inner(self, user: Quantity) -> bool:
        return any(other.symbol != self.of for other in self._users(user.symbol))

    def _gradient(self, quantity: Quantity) -> Gradient:
        """The successive formulas of a gradient, the last one in course form."""
        name, users, arrays = quantity.symbol, self._users(quantity.symbol), self.pullback.entrywise.arrays
        self.pullback.rules.clear()
        whole = add(self._part(user, name, self._upstream(user, name)) for user in users)
        written = [Formula(Derivative(self.of, (name,)))] if name in self.names else []
        reason = self._reason(quantity, users)
        written += self._formal(users[0], name) if len(users) == 1 else ()
        written.append(Formula(whole, reason))
        course, why = simplified(whole)
        written.append(Formula(course, tuple(part if isinstance(part, str) else arrays(part) for part in why)))
        for total, ones in self.totals.items():
            letter = self.pullback.entrywise.letter(total)
            known = substituted(course, {letter: ONE}.get)
            if known != course:
                course = simplified(known)[0]
                written.append(Formula(course, (Relation("=", total, ones),)))
        return Gradient(self.target(name), tuple(self._lines(written)), course)

    def _part(self, user: Quantity, name: Symbol, upstream: Form) -> Form:
        """What a user hands back."""
        assert user.form is not None
        return self.pullback.through(user.symbol, user.form, name, upstream)

    def _lines(self, written: list[Formula]) -> Iterator[Line]:
        """Each formula over arrays, once; one whose terms are put in order by the next is left out."""
        before: Form | None = None
        waiting: Phrase = ()
        for place, formula in enumerate(written):
            arrays = self.pullback.entrywise.arrays(formula.letters)
            if arrays == before:
                continue
            if place + 1 < len(written) and _is_reordered(formula.letters, written[place + 1].letters):
                waiting = formula.reason
                continue
            reason = waiting or formula.reason
            shown = tuple(part if isinstance(part, str) else self.point.written(part) for part in reason)
            yield Line("=", arrays, shown, formula.level)
            before, waiting = arrays, ()

    def _formal(self, user: Quantity, name: Symbol) -> Iterator[Formula]:
        """The chain rule with the gradient by the user under its name, and the slope of an activation under its own."""
        if user.form is None or user.symbol in (self.of, *self.names):
            return
        by_name, above, alone = self._by_name(user), self._upstream(user, name), self._stands_alone(user)
        through: Phrase = ("chain rule through ", user.symbol)
        if not is_activation(user.form, name):
            if alone:
                yield Formula(self._part(user, name, by_name), softmax_rule(user.form, user.symbol) or through)
            return
        slope = slope_name(user.form)
        yield Formula(times(by_name, slope), through, 1 if alone else 3)
        if not alone and above != by_name:
            yield Formula(times(above, slope), (by_name, " = ", self.pullback.entrywise.arrays(above)))

    def _reason(self, quantity: Quantity, users: list[Quantity]) -> Phrase:
        """Why: the rule of the activation, the quantity that it goes through, or all those that it feeds."""
        name, user = quantity.symbol, users[0]
        if len(users) > 1:
            return (name, " feeds ", *listed([user.symbol for user in users]), ": add")
        if user.form is not None and is_activation(user.form, name) and isinstance(user.form, Call):
            return OPERATIONS[user.form.function].quoted
        if user.symbol == self.of:
            return (", ".join(self.pullback.rules) or "entry by entry",)
        if self._stands_alone(user):
            return (self._by_name(user), " put in")
        own, whole = shape_of(quantity.value), shape_of(user.value)
        if isinstance(user.form, Sum) and name in user.form.terms and own != whole:
            return (name, f" is in every {'row' if own[:1] < whole[:1] else 'column'}: add")
        return ("chain rule through ", user.symbol)

    # Steps

    def _needed(self) -> set[Symbol]:
        """The quantities whose gradients are shown: wanted ones, those with a letter, and those that lines mention."""
        shown = {name for name in self.found if name in self.wrt or name in self.names}
        waiting = list(shown)
        while waiting:
            forms = [line.form for line in self.found[waiting.pop()].lines]
            parts = (part for form in forms for part in walk(form) if isinstance(part, Derivative))
            for name in (part.wrt[0] for part in parts):
                if isinstance(name, Symbol) and name not in shown and self._stands_alone(self.graph.quantity(name)):
                    shown.add(name)
                    waiting.append(name)
        return shown

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
