"""What a file has said so far: definitions and values by name, with the line and the problem in which they stand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

from derive.check.premises import is_symbolic, names_in
from derive.errors import InputError
from derive.notation.form import Call, Derivative, Form, Number, Symbol, walk
from derive.notation.symbols import parse_symbol
from derive.notation.value import substituted
from derive.record import Given


@dataclass(frozen=True, slots=True)
class Entry:
    """What a name stands for, the line that says so, and the decimal that was printed for it since."""

    target: Form
    form: Form
    line: int
    problem: int
    printed: Form | None = None

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
    """All entries by what they are about, a function by its name; `exact` are the decimals that nobody rounded."""

    entries: dict[Form, Entry] = field(default_factory=dict)
    exact: set[str] = field(default_factory=set)

    def find(self, target: Form) -> Entry | None:
        """The entry of a name, a derivative or a function."""
        return self.entries.get(_key(target))

    def put(self, entry: Entry) -> None:
        """Take an entry; of one target the last counts."""
        self.entries.pop(_key(entry.target), None)
        self.entries[_key(entry.target)] = entry
        if entry.is_value and entry.printed is None:
            self.exact.update(node.text for node in walk(entry.form) if isinstance(node, Number))

    def forget(self, name: Symbol) -> None:
        """Take a name as one of which nothing is known."""
        self.entries.pop(name, None)

    def renew(self, target: Symbol, form: Form, line: int, problem: int) -> None:
        """Give a name a new meaning that uses the old one, as in w ← w - η g: the old one goes on under a mark."""
        before = Symbol(target.base, target.accent, (*target.sub, "before", str(len(self.entries))), target.sup)
        old = self.entries.get(target)

        def marked(part: Form) -> Form | None:
            return before if part == target else None

        if old is not None:
            self.put(Entry(before, old.form, old.line, old.problem, old.printed))
        self.put(Entry(target, substituted(form, marked), line, problem))

    def needed(self, forms: Iterable[Form]) -> list[Entry]:
        """The entries that these forms stand on, in the order in which they were said."""
        found: dict[Form, Entry] = {}
        todo = [part for form in forms for part in _mentions(form)]
        while todo:
            entry = self.entries.get(todo.pop())
            if entry is not None and _key(entry.target) not in found:
                found[_key(entry.target)] = entry
                todo += _mentions(entry.form)
        return [entry for key, entry in self.entries.items() if key in found]

    def missing(self, form: Form, printed: bool) -> Symbol | None:
        """The first name that has no number; with `printed`, names are worth what was printed for them."""
        todo, seen = list(names_in(form)), set()
        while todo:
            name = todo.pop()
            if name in seen:
                continue
            seen.add(name)
            entry = self.entries.get(name) or self.array_of(name)
            if entry is None:
                return name
            if not (printed and entry.printed is not None):
                todo += [n for n in names_in(entry.form) if n not in _parameters(entry.target)]
        return None

    def array_of(self, name: Symbol) -> Entry | None:
        """The entry of the array that a name with indices is an element of."""
        for cut in range(len(name.sub)):
            if all(piece.isdigit() for piece in name.sub[cut:]):
                root = Symbol(name.base, name.accent, name.sub[:cut], name.sup)
                if root in self.entries:
                    return self.entries[root]
        return None


def _parameters(target: Form) -> tuple[Form, ...]:
    return target.args if isinstance(target, Call) else ()


def _key(target: Form) -> Form:
    return parse_symbol(target.function) if isinstance(target, Call) and not target.primes else target


def _mentions(form: Form) -> Iterator[Form]:
    """What a form mentions, as keys of entries: names and the arrays that hold them, functions, derivatives."""
    for node in walk(form):
        if isinstance(node, Symbol):
            yield node
            for cut in range(len(node.sub)):
                yield Symbol(node.base, node.accent, node.sub[:cut], node.sup)
        elif isinstance(node, Derivative):
            yield node
        elif isinstance(node, Call):
            yield from _call_parts(node)


def _call_parts(node: Call) -> Iterator[Form]:
    with suppress(InputError):
        yield parse_symbol(node.function)
    if node.primes:
        yield node
