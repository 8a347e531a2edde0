"""What a file has said so far: definitions and values by name, with the line and the part in which they stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace

from derive.check.foreign.parts import Part
from derive.check.traits import is_symbolic
from derive.errors import InputError
from derive.notation.decimals import decimal_of
from derive.notation.form import Call, Derivative, Form, Matrix, Number, Symbol, Transpose, walk
from derive.notation.meanings import MEANINGS
from derive.notation.names import arrays_of, names_in
from derive.notation.symbols import parse_symbol
from derive.notation.value import substituted
from derive.record import Given


@dataclass(frozen=True, slots=True)
class Entry:
    """What a name stands for, the line that says so, and the decimal that was printed for it since.

    `said` is where it was last repeated or worked out. `of_call` says that this is no law of a function, but what one
    call of it is worth, as in P(A) = 0.3.
    """

    target: Form
    form: Form
    line: int
    part: Part = Part()
    printed: Form | None = None
    said: int = 0
    of_call: bool = False

    @property
    def key(self) -> Form:
        """What it is known by: a law by the name of its function."""
        return self.target if self.of_call else _key(self.target)

    @property
    def is_value(self) -> bool:
        """Whether a number was given for the name."""
        return isinstance(self.target, Symbol) and not is_symbolic(self.form)

    @property
    def given(self) -> Given:
        """The premise that it is."""
        return Given(self.target, self.form, "value" if self.is_value else "definition")


@dataclass(slots=True)
class Known:
    """All entries by what they are about, a function by its name.

    Attributes:
        exact: the decimals that nobody rounded.
        replaced: what names stood for before, in the order in which they were given other meanings.
    """

    entries: dict[Form, Entry] = field(default_factory=dict)
    exact: set[str] = field(default_factory=set)
    replaced: list[Entry] = field(default_factory=list)

    def find(self, target: Form) -> Entry | None:
        """The entry of a name, a derivative, a call or its function."""
        return self.entries.get(target) or self.entries.get(_key(target))

    def is_law(self, call: Call, form: Form) -> bool:
        """Whether an equality with a call says what its function is, not only what it is worth there."""
        letters = {arg for arg in call.args if isinstance(arg, Symbol)}
        used = {name for each in (form, *(entry.form for entry in self.needed((form,)))) for name in names_in(each)}
        if len(letters) < len(call.args) or not used.isdisjoint(letters):
            return len(letters) == len(call.args)
        return is_symbolic(form) and not any(map(self.find, letters))

    def with_calls(self, form: Form) -> Form:
        """The form with the values in it that were said for calls."""

        def value(part: Form) -> Form | None:
            entry = self.entries.get(part) if isinstance(part, Call) else None
            return entry.form if entry is not None and entry.of_call else None

        return substituted(form, value)

    def put(self, entry: Entry) -> None:
        """Take an entry; of one target the last counts. A new array has new elements."""
        key = entry.key
        before = self.entries.pop(key, None)
        if before is not None and before.form != entry.form:
            self.replaced.append(before)
        if isinstance(key, Symbol) and self._is_of_arrays(entry):
            self._forget_elements(key, entry.part)
        self.entries[key] = entry
        if entry.is_value and entry.printed is None:
            self.exact.update(node.text for node in walk(entry.form) if isinstance(node, Number))

    def forget(self, name: Symbol) -> None:
        """Take a name as one of which nothing is known."""
        self.entries.pop(name, None)

    def _is_of_arrays(self, entry: Entry) -> bool:
        """Whether a name stands for an array, as far as can be seen: it is bold, or made of arrays."""
        forms = (entry.form, *(each.form for each in self.needed((entry.form,))))
        is_bold = isinstance(entry.target, Symbol) and entry.target.bold
        return is_bold or any(isinstance(node, (Matrix, Transpose)) for form in forms for node in walk(form))

    def calls(self, form: Form, function: str) -> bool:
        """Whether a form, or what it stands on, calls a function."""
        forms = (form, *(entry.form for entry in self.needed((form,))))
        return any(isinstance(node, Call) and node.function == function for each in forms for node in walk(each))

    def lawless(self, form: Form) -> set[str]:
        """The functions behind a form of which nobody says what they are."""
        forms = (form, *(entry.form for entry in self.needed((form,))))
        calls = (node for each in forms for node in walk(each) if isinstance(node, Call))
        unknown = (call for call in calls if call.function not in MEANINGS)
        return {call.function for call in unknown if self.find(Call(call.function, call.args)) is None}

    def _forget_elements(self, array: Symbol, part: Part) -> None:
        """Forget what the elements of an array were in parts that are closed by now."""
        for key, entry in list(self.entries.items()):
            if isinstance(key, Symbol) and _is_element(key, array) and not entry.part.encloses(part):
                self.replaced.append(self.entries.pop(key))

    def renew(self, target: Symbol, form: Form, line: int, part: Part) -> None:
        """Give a name a new meaning that uses the old one, as in w ← w - η g: the old one goes on under a mark."""
        before = Symbol(target.base, target.accent, (*target.sub, "before", str(len(self.entries))), target.sup)
        old = self.entries.get(target)

        def marked(part: Form) -> Form | None:
            return before if part == target else None

        if old is not None:
            self.put(replace(old, target=before))
        self.put(Entry(target, substituted(form, marked), line, part))

    def needed(self, forms: Iterable[Form]) -> list[Entry]:
        """The entries that these forms stand on, in the order in which they were said."""
        found: dict[Form, Entry] = {}
        todo = [part for form in forms for part in mentions(form)]
        while todo:
            entry = self.entries.get(todo.pop())
            if entry is not None and entry.key not in found:
                found[entry.key] = entry
                todo += mentions(entry.form)
        return [entry for key, entry in self.entries.items() if key in found]

    def printed(self, entry: Entry) -> Form | None:
        """The decimal that was printed for a name, as long as all that it stands on means what it meant there."""
        if entry.printed is None or any(each.line > entry.said for each in self.needed((entry.form,))):
            return None
        return entry.printed

    def missing(self, form: Form, printed: bool) -> Symbol | None:
        """The first name that has no number, or function without a law.

        With `printed`, names are worth what was printed for them.
        """
        todo, seen = list(self._unsaid_in(form)), set()
        while todo:
            name = todo.pop()
            if name in seen:
                continue
            seen.add(name)
            entry = self.entries.get(name) or self.array_of(name)
            if entry is None:
                return name
            if not (printed and self.printed(entry) is not None):
                todo += [n for n in self._unsaid_in(entry.form) if n not in _parameters(entry.target)]
        return None

    @staticmethod
    def _unsaid_in(form: Form) -> Iterator[Symbol]:
        """The names in a form, and the functions that the file has to define."""
        yield from names_in(form)
        for node in walk(form):
            if isinstance(node, Call) and node.function not in MEANINGS:
                with suppress(InputError):
                    yield parse_symbol(node.function)

    def array_of(self, name: Symbol) -> Entry | None:
        """The entry of the array that a name with indices is an element of; a number has no elements."""
        for cut in range(len(name.sub)):
            root = self.entries.get(Symbol(name.base, name.accent, name.sub[:cut], name.sup))
            if root is not None and _is_element(name, root.target) and decimal_of(root.form) is None:
                return root
        return None


def _is_element(name: Symbol, array: Form) -> bool:
    """Whether a name is an array's with numbers as further indices."""
    if not isinstance(array, Symbol) or len(name.sub) <= len(array.sub):
        return False
    more = name.sub[len(array.sub) :]
    return name == Symbol(array.base, array.accent, (*array.sub, *more), array.sup) and all(map(str.isdigit, more))


def _parameters(target: Form) -> tuple[Form, ...]:
    return target.args if isinstance(target, Call) else ()


def _key(target: Form) -> Form:
    return parse_symbol(target.function) if isinstance(target, Call) and not target.primes else target


def mentions(form: Form) -> Iterator[Form]:
    """What a form mentions, as keys of entries: names and the arrays that hold them, functions, derivatives."""
    for node in walk(form):
        if isinstance(node, Symbol):
            yield node
            yield from (array for array, _ in arrays_of(node))
        elif isinstance(node, Derivative):
            yield node
        elif isinstance(node, Call):
            yield from _call_parts(node)


def _call_parts(node: Call) -> Iterator[Form]:
    with suppress(InputError):
        yield parse_symbol(node.function)
    yield node
