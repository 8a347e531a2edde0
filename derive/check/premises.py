"""What a derivation stands on at one moment: its inputs, its definitions, its functions, and who depends on whom."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator

from derive.check.distributions import Axis, total_of
from derive.check.recurrence import Recurrences
from derive.check.traits import is_symbolic
from derive.notation.form import (
    Call,
    Derivative,
    Form,
    Matrix,
    Symbol,
    Tuple,
    symbols,
    walk,
)
from derive.notation.meanings import MEANINGS
from derive.notation.names import arrays_of, names_in, runs_of, under_sums
from derive.notation.symbols import parse_symbol
from derive.notation.value import Code, compiled
from derive.record import Given

MEANING = "meaning"


class Premises:
    """Names and what they stand for; grows as the steps of a derivation define new ones.

    Attributes:
        values: inputs with the numbers that were given for them.
        inputs: every name without a definition, valued or free.
        definitions: what a name, or a derivative that was given, stands for.
        functions: functions that were defined, with their parameters: f(x, y) := ...
        abstract: functions without a definition, with the arguments of their first use.
        slopes: derivatives that were given for an abstract function or a free quantity, as (variable, derivative).
        doubtful: names that may be entries of a known array, or inputs of their own; see `settle`.
        repeated: names that were given a second time, with the second form.
        meant: what a name that a step will define must be worth, given under the target `meaning(name)`.
        totals: inputs whose entries add up to 1, each with the axis along which they do.
        unknown: names that are sought, and free ones beside names that have values.
        free: names that stand for any number.
        recurrences: what stands for one step each.
    """

    def __init__(self, givens: Iterable[Given]) -> None:
        self.values: dict[Symbol, Form] = {}
        self.inputs: dict[Symbol, None] = {}
        self.definitions: dict[Form, Form] = {}
        self.functions: dict[str, tuple[tuple[Form, ...], Form]] = {}
        self.abstract: dict[str, tuple[Form, ...]] = {}
        self.slopes: dict[str | Symbol, list[tuple[Form, Form]]] = {}
        self.repeated: list[tuple[Symbol, Form]] = []
        self.meant: dict[Form, Form] = {}
        self.totals: dict[Symbol, Axis] = {}
        self.unknown: set[Form] = set()
        self.free: set[Form] = set()
        self.doubtful: list[Symbol] = []
        self._function_names: set[Symbol] = set()
        self._bits: dict[Form, int] = {}
        self._masks: dict[Form, int] = {}
        self._codes: dict[int, tuple[Form, Code]] = {}
        self._parents: dict[Form, list[Form]] = {}
        givens = list(givens)
        self.recurrences = Recurrences.among(givens)
        self._read(self.recurrences.written_out(givens))
        self.given = {*self.definitions, *self.values, *self.inputs, *self.doubtful}

    def _read(self, givens: list[Given]) -> None:
        for given in givens:
            self._note(given)
        if self.values:
            self.unknown |= self.free
        for given in givens:
            forms = () if _meant(given) else (given.target, given.form)  # a meaning speaks of what is known by then
            self.mention(form for form in forms if form is not None)
        for target in [form for form in self.definitions if isinstance(form, (Derivative, Call))]:
            self._note_slope(target)

    def _note(self, given: Given) -> None:
        target, form = given.target, given.form
        if given.kind in ("unknown", "free") and form is None:
            (self.unknown if given.kind == "unknown" else self.free).add(target)
        if form is None:
            return
        if name := _meant(given):
            self.meant[name] = form
        elif total := total_of(target, form):
            self.totals |= dict([total])
        elif isinstance(target, Symbol) and (target in self.values or target in self.definitions):
            self.repeated.append((target, form))
        elif isinstance(target, Symbol) and given.kind == "value" and not is_symbolic(form):
            self.values[target] = form
        elif isinstance(target, Call) and not target.primes and target.function not in MEANINGS:
            self.functions[target.function] = (target.args, form)
            self._function_names.add(parse_symbol(target.function))
        else:
            self.definitions.setdefault(target, form)

    def mention(self, forms: Iterable[Form]) -> None:
        """Take every name in these forms that has no definition as an input, and functions as abstract blocks."""
        for form in forms:
            for node in walk(form):
                if isinstance(node, Call) and node.args and self._is_new_function(node.function):
                    self.abstract.setdefault(node.function, node.args)
                    self._function_names.add(parse_symbol(node.function))
            for name in names_in(form):
                if name in self.values:
                    self.inputs.setdefault(name)
                elif not self.knows(name):
                    self._take(name)

    def _is_new_function(self, name: str) -> bool:
        return name not in MEANINGS and name not in self.functions

    def _take(self, name: Symbol) -> None:
        if self.array_of(name) is not None:
            self.doubtful.append(name)
        else:
            self.inputs.setdefault(name)

    def settle(self, is_entry: Callable[[Symbol], bool]) -> None:
        """Take the doubtful names that are no entries of an array as inputs, first those that an array is made of."""
        for name in sorted(self.doubtful, key=self._makes_its_array, reverse=True):
            if name not in self.inputs and not is_entry(name):
                self.inputs.setdefault(name)
        self._parents.clear()
        self._masks.clear()

    def _makes_its_array(self, name: Symbol) -> bool:
        found = self.array_of(name)
        form = self.definitions.get(found[0]) if found else None
        return form is not None and name in symbols(form)

    def _note_slope(self, target: Derivative | Call) -> None:
        """A given derivative shapes the abstract function, or the free quantity, that it belongs to."""
        if isinstance(target, Call):
            if target.primes == 1 and target.function in self.abstract:
                self.slopes.setdefault(target.function, []).append((target.args[0], self.definitions[target]))
            return
        of = target.of
        key: str | Symbol | None = None
        if isinstance(of, Call) and of.function in self.abstract:
            key = of.function
        elif isinstance(of, Symbol) and of not in self.definitions:
            key = next((name for name in self.abstract if parse_symbol(name) == of), of)
        elif isinstance(of, Symbol) and isinstance(inner := self.definitions[of], Call):
            key = inner.function if inner.function in self.abstract else None
        if key is not None and len(target.wrt) == 1:
            self.slopes.setdefault(key, []).append((target.wrt[0], self.definitions[target]))

    def place(self, function: str, variable: Form) -> int | None:
        """Which argument of an abstract function a given slope is by: one of its first use, or the x of F'(x)."""
        args = self.abstract[function]
        if variable in args:
            return args.index(variable)
        return 0 if Call(function, (variable,), 1) in self.definitions else None

    def is_function(self, name: Symbol) -> bool:
        """Whether the symbol names a function, as R does in ∂R/∂x."""
        return name in self._function_names

    def define(self, target: Symbol, form: Form) -> None:
        """Add a name that a step defines."""
        self.definitions[target] = form
        self._parents.pop(target, None)
        self._masks.pop(target, None)

    def is_given(self, name: Form) -> bool:
        """Whether the name, or the array that it is an entry of, stands in the givens."""
        array = self.array_of(name) if isinstance(name, Symbol) and name not in self.definitions else None
        return name in self.given or (array is not None and array[0] in self.given)

    def knows(self, name: Symbol) -> bool:
        """Whether the name itself was given or defined, or is at its step; entries of arrays are not looked at."""
        if name in self.definitions or name in self.inputs or name in self.values or self.is_function(name):
            return True
        if form := self.recurrences.instance(name):
            self.define(name, form)
        return form is not None

    def array_of(self, name: Symbol) -> tuple[Symbol, tuple[int, ...]] | None:
        """The known array of which `name` may be an entry, and the index: W_12 is entry (1, 2) of W."""
        for root, index in arrays_of(name):
            if not all(piece.isdigit() for piece in index):
                return None
            if root in self.definitions or root in self.inputs or root in self.values:
                return root, tuple(map(int, index))
        return None

    def entries(self, name: Form) -> list[Symbol] | None:
        """The free symbols that an array is made of, where it is nothing but a box of them."""
        form = self.definitions.get(name)
        if not isinstance(form, (Matrix, Tuple)):
            return None
        leaves = [leaf for leaf in walk(form) if not isinstance(leaf, (Matrix, Tuple))]
        free = [leaf for leaf in leaves if isinstance(leaf, Symbol) and leaf in self.inputs]
        return free if len(free) == len(leaves) else None

    def code(self, form: Form) -> Code:
        """A form unrolled, once for each object: the same lines and definitions are evaluated at every point."""
        found = self._codes.get(id(form))
        if found is None:
            found = self._codes[id(form)] = (form, compiled(form))
        return found[1]

    def parents(self, name: Form) -> list[Form]:
        """The names from which `name` is made directly."""
        if name not in self._parents:
            self._parents[name] = list(dict.fromkeys(self._made_from(name)))
        return self._parents[name]

    def _made_from(self, name: Form) -> Iterator[Form]:
        forms = [self.definitions[name]] if name in self.definitions else []
        if isinstance(name, Call):
            forms += name.args
        if isinstance(name, Symbol):
            if call := self.function_call(name):
                forms.append(call)
            forms += [part for pair in self.slopes.get(name, ()) for part in pair]
        for form in forms:
            yield from self._used(form)

    def _used(self, form: Form) -> Iterator[Form]:
        runs = runs_of(form)
        for node in walk(form):
            if isinstance(node, Call):
                yield node
                if node.function in self.functions:
                    yield from self._used(self.functions[node.function][1])
                yield from (n for pair in self.slopes.get(node.function, ()) for part in pair for n in symbols(part))
            elif isinstance(node, Derivative) and node in self.definitions:
                yield node
            elif isinstance(node, Symbol):
                for name in under_sums(node, runs) if runs else (node,):
                    array = None if self.knows(name) else self.array_of(name)
                    yield array[0] if array else name

    def function_call(self, name: Symbol) -> Call | None:
        """The call that a symbol naming a function is short for: R stands for R(x) in ∂R/∂x."""
        if name not in self._function_names:
            return None
        for function in (*self.abstract, *self.functions):
            if parse_symbol(function) == name:
                return Call(function, self.abstract.get(function) or self.functions[function][0])
        return None

    def inputs_of(self, form: Form) -> list[Form]:
        """The inputs on which a form depends, in the order of the givens."""
        mask = 0
        for name in self._used(form):
            mask |= self.mask(name)
        return [name for name in self.inputs if mask & self.bit(name)]

    def bit(self, name: Form) -> int:
        """The bit of a name in the masks."""
        return 1 << self._bits.setdefault(name, len(self._bits))

    def mask(self, name: Form) -> int:
        """The names on which `name` depends, itself included, one bit each."""
        todo = [name]
        opened: set[Form] = set()
        while todo:
            top = todo[-1]
            parents = self.parents(top) if top not in self._masks else []
            missing = [parent for parent in parents if parent not in self._masks and parent not in opened]
            opened.add(top)
            if missing:
                todo += missing
                continue
            todo.pop()
            if top in self._masks:
                continue
            mask = self.bit(top)
            for parent in parents:
                mask |= self._masks.get(parent, 0)
            self._masks[top] = mask
        return self._masks[name]


def _meant(given: Given) -> Form | None:
    """The name whose meaning is given."""
    target = given.target
    return target.args[0] if isinstance(target, Call) and target.function == MEANING else None
