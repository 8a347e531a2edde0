"""The judge's world: a point at which every name has a value, and small moves away from it.

A base world gives values to the inputs and computes the rest through the definitions. A moved world differs from its
base in a few names; only what depends on them is computed again, on the branches that the base took. Both are asked
for values of forms; derivatives are left to `derive.check.slopes`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import reduce
from typing import Any

from derive.check import slopes
from derive.check.abstract import AbstractFunction
from derive.check.carried import carried_derivative, still_carried
from derive.check.scene import Scene
from derive.notation.arrays import Array, Value, each, items, pairwise
from derive.notation.branches import Branches
from derive.notation.form import At, Call, Derivative, Form, Symbol
from derive.notation.reals import Reals, Undefined, reals
from derive.notation.value import Evaluator, NoValue

Overrides = dict[Form, Value]


class World:
    """Values of forms at one point.

    Args:
        scene: definitions and inputs.
        fixed: names that have another value here than by their definition.
        carried: rounded values of names; what they are worth near here still follows their definition.
        base: the world from which this one was moved, and `moves` the names that were moved.
        pushes: amounts by which names differ from what their definition comes to.
    """

    def __init__(
        self,
        scene: Scene,
        fixed: Overrides | None = None,
        carried: Overrides | None = None,
        base: World | None = None,
        moves: Overrides | None = None,
        pushes: Overrides | None = None,
    ) -> None:
        self.scene, self.premises, self.pushes = scene, scene.premises, pushes or {}
        self.fixed, self.carried, self.moves = fixed or {}, carried or {}, moves or {}
        self.base = base or self
        self.reals: Reals = reals(scene.digits)
        self._moved = reduce(lambda mask, name: mask | self.premises.bit(name), self.moves, 0)
        self._known: Overrides = {**self.carried, **self.fixed}
        self._unrounded: Overrides = {}
        self._tapes: dict[Form, Branches] = {}
        self._elsewhere: dict[Any, World] = {}
        self._blocks: dict[str, AbstractFunction] = {}

    @property
    def is_base(self) -> bool:
        """Whether nothing was moved."""
        return self.base is self

    def value(self, form: Form) -> Value:
        """The value of a form here.

        Raises:
            NoValue: a name that nobody gave or defined.
            Undefined: no real value.
        """
        return self._evaluator(Branches(self.scene.kinks)).run(self.premises.code(form))

    def smooth_value(self, form: Form) -> Value:
        """The value of a form here, on the branches that it takes at the base."""
        return self.resolve(form) if isinstance(form, (Symbol, Derivative)) else self._run(form, form)

    def piece(self) -> tuple[Any, ...]:
        """Which smooth piece of the graph this point lies on: the choices of all definitions that have a value."""
        for name in list(self.premises.definitions):
            try:
                self.resolve(name)
            except (NoValue, Undefined):
                continue
        known = (name for name in self.premises.definitions if name in self._tapes)
        return tuple(choice for name in known for choice in self._tapes[name].taken)

    def with_values(self, overrides: Mapping[Form, Value], afresh: bool = False) -> World:
        """A base world with other values of some names; `afresh` forgets carried numbers of what depends on them."""
        key = (afresh, *overrides.items())
        if key not in self._elsewhere:
            roots = self.on_roots(overrides)
            carried = still_carried(self, roots) if afresh else self.carried
            self._elsewhere[key] = World(self.scene, {**self.fixed, **roots}, carried)
        return self._elsewhere[key]

    def carrying(self, rounded: Overrides) -> World:
        """A base world that goes on with rounded values for names that keep their definitions."""
        return World(self.scene, self.fixed, {**self.carried, **rounded})

    def moved(self, moves: Overrides) -> World:
        """A world near this one."""
        return World(self.scene, {**self.fixed, **moves}, None, self.base, {**self.moves, **moves})

    def pushed(self, pushes: Overrides) -> World:
        """A world near this base in which names differ by small amounts from what they would be."""
        fixed = {
            name: self.reals.plus(self.value(name), amount)
            for name, amount in pushes.items()
            if name in self.fixed or name not in self.premises.definitions
        }
        defined = {name: amount for name, amount in pushes.items() if name not in fixed}
        return World(self.scene, {**self.fixed, **fixed}, None, self.base, {**pushes}, defined)

    def suppose(self, slope: Derivative, value: Value | None) -> None:
        """Take a derivative as known here; with None, forget what was supposed of it."""
        if value is None:
            self._known.pop(slope, None)
        else:
            self._known[slope] = value

    def on_roots(self, overrides: Mapping[Form, Value]) -> Overrides:
        """Values of entries written as values of the arrays that hold them."""
        roots: Overrides = {}
        for name, value in overrides.items():
            place = self._place(name) if isinstance(name, Symbol) and not self.premises.knows(name) else None
            if place is None:
                roots[name] = value
                continue
            root, array, position = place
            held = items(roots.get(root, array))
            roots[root] = Array(array.shape, (*held[:position], value, *held[position + 1 :]))
        return roots

    def resolve(self, form: Form) -> Value | None:
        """The value of a name, a derivative, an evaluation bar or a block; None where it has none."""
        known = self._known.get(form)
        if known is not None:
            return known
        if form in self.premises.definitions or form in self.premises.slopes:
            return self._defined(form)
        resolved = _RESOLVED.get(type(form))
        return resolved(self, form) if resolved else None

    def _symbol(self, name: Symbol) -> Value | None:
        if name in self.premises.inputs or name in self.premises.values:
            return self._input(name)
        if call := self.premises.function_call(name):
            return self.resolve(call)
        place = self._place(name)
        return place and place[1].items[place[2]]

    def holds_entry(self, name: Symbol) -> bool:
        """Whether the name is an entry of an array that is known here."""
        try:
            return self._place(name) is not None
        except (NoValue, Undefined):
            return False

    def _place(self, name: Symbol) -> tuple[Symbol, Array, int] | None:
        """The array that holds an entry of this name, and where."""
        found = self.premises.array_of(name)
        if found is None:
            return None
        array = self.resolve(found[0])
        position = array.position(found[1]) if isinstance(array, Array) else None
        return (found[0], array, position) if isinstance(array, Array) and position is not None else None

    def _input(self, name: Symbol) -> Value:
        if not self.is_base:
            return self.base.resolve(name)
        value = self._known[name] = self._drawn(name)
        return value

    def _drawn(self, name: Symbol) -> Value:
        """The value of an input; only what was given stays a fraction."""
        value = self.scene.draw(name)
        if isinstance(value, (str, bool, tuple)) or (self.scene.exact and name in self.premises.values):
            return value
        return each(self.reals.real, value)

    def _defined(self, name: Form) -> Value:
        if not self._follows(name):
            return self.base.resolve(name)
        self._compute_in_order(name)
        return self._known[name]

    def _follows(self, name: Form) -> bool:
        """Whether the name has a value of its own here, because it depends on something that was moved."""
        return self.is_base or bool(self.premises.mask(name) & self._moved)

    def _compute_in_order(self, name: Form) -> None:
        """Compute first what the name is made of, so that a long chain of definitions needs no deep stack."""
        todo, opened = [name], {name}
        while todo:
            top = todo[-1]
            missing = [parent for parent in self.premises.parents(top) if parent not in opened and self._waits(parent)]
            if missing:
                todo += missing
                opened.update(missing)
                continue
            todo.pop()
            if top not in self._known:
                self._compute(top)

    def _waits(self, name: Form) -> bool:
        if not isinstance(name, Symbol) or name not in self.premises.definitions:
            return False
        return name not in self._known and self._follows(name)

    def _compute(self, name: Form) -> None:
        value = self._by_definition(name)
        if name in self.base.carried:
            drift = pairwise(self.reals.minus, value, self.base.unrounded(name))
            value = pairwise(self.reals.plus, self.base.carried[name], drift)
        self._known[name] = value

    def _by_definition(self, name: Form) -> Value:
        try:
            form = self.premises.definitions.get(name)
            value = self._tilt(name) if form is None else self._run(name, form)
        except RecursionError:
            raise Undefined("a definition that needs itself") from None
        if name in self.pushes:
            value = pairwise(self.reals.plus, value, self.pushes[name])
        return value

    def unrounded(self, name: Form) -> Value:
        """What a name is worth by its definition, where a rounded value is carried for it."""
        if name not in self._unrounded:
            self._unrounded[name] = self._by_definition(name)
        return self._unrounded[name]

    def _tilt(self, name: Form) -> Value:
        """A free quantity whose derivatives were given: its value at the base, and a plane near it."""
        if self.is_base:
            return self._drawn(name) if isinstance(name, Symbol) else None
        return slopes.on_plane(self, name)

    def _run(self, name: Form, form: Form) -> Value:
        """Evaluate on the branches of the base, recording them under `name` where this is the base."""
        if not self.is_base and name not in self.base._tapes:
            self.base._run(name, form)
        tape = Branches(self.scene.kinks) if self.is_base else self.base._tapes[name].again()
        if self.is_base:
            self._tapes[name] = tape
        return self._evaluator(tape).run(self.premises.code(form))

    def _evaluator(self, branches: Branches) -> Evaluator:
        exact = self.scene.exact and self.is_base
        return Evaluator(digits=self.scene.digits, unknown=self.resolve, branches=branches, exact=exact)

    def _at(self, node: At) -> Value:
        there = self.base.with_values({name: self.base.value(form) for name, form in node.bindings}, afresh=True)
        return self._in(there, node.bindings).value(node.form)

    def _in(self, there: World, bindings: tuple[tuple[Form, Form], ...]) -> World:
        """The base world `there`, moved as this one is moved."""
        if self.is_base:
            return there
        base = self.base.fixed
        moves = {name: value for name, value in self.moves.items() if name not in there.fixed or name in base}
        here = self.on_roots({name: self.value(form) for name, form in bindings})
        return there.moved({**moves, **here})

    def _call(self, node: Call) -> Value | None:
        if node.function in self.premises.functions:
            parameters, body = self.premises.functions[node.function]
            if len(parameters) != len(node.args):
                raise Undefined(f"a function of {len(parameters)} arguments with {len(node.args)}")
            bindings = tuple(zip(parameters, node.args, strict=True))
            form = Derivative(body, parameters[:1] * node.primes) if node.primes else body
            return self._at(At(form, bindings))
        if node.primes:
            return self._kept(slopes.primed, node)
        if node.function in self.premises.abstract:
            return self.block(node.function)([self.value(arg) for arg in node.args])
        return None

    def block(self, name: str) -> AbstractFunction:
        """The concrete function that stands for an abstract one at this base point."""
        base = self.base
        if name not in base._blocks:
            args = self.premises.abstract[name]
            base._blocks[name] = AbstractFunction(name, self.reals, len(args))
            given = ((self.premises.place(name, v), v, slope) for v, slope in self.premises.slopes.get(name, []))
            base._blocks[name].bend([(k, base.value(v), base.value(slope)) for k, v, slope in given if k is not None])
        return base._blocks[name]

    def _kept(self, slope: Callable[[World, Any], Value | None], node: Form) -> Value | None:
        """A slope, worked out once."""
        if node not in self._known:
            self._known[node] = slope(self, node)
        return self._known[node]


_RESOLVED: dict[type[Form], Callable[[World, Any], Value | None]] = {
    Symbol: World._symbol,
    Derivative: lambda world, node: world._kept(carried_derivative, node),
    At: World._at,
    Call: World._call,
}
