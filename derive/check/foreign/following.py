"""The chains of a file one after the other: what is defined is remembered, what is claimed is compared.

The first side of a chain is a name, a derivative or an expression. A name that is not known yet is defined by the
second side; all further sides must be worth the side before them. A new problem may use a name anew. Inside of a
problem a name that is said again is compared with what it stood for; where it plainly stands for something else (new
numbers, `w = w - η g`) it is taken so, since people do that.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from derive.check.foreign.comparing import EXACTLY, Comparer
from derive.check.foreign.functions import function_names, with_layers
from derive.check.foreign.known import Entry, Known
from derive.check.foreign.matching import is_literal, is_number, matched
from derive.check.foreign.statements import Chain, Side, Sign
from derive.check.premises import is_symbolic, names_in
from derive.check.scope import Finding
from derive.errors import DeriveError
from derive.notation import latex_reader
from derive.notation.decimals import decimal_of
from derive.notation.form import Call, Derivative, Form, Number, Symbol, Text
from derive.notation.meanings import MEANINGS
from derive.notation.symbols import parse_symbol


@dataclass(frozen=True, slots=True)
class Link:
    """One equality of a file: its right side and where that stands, and what was found; a definition always holds."""

    side: Side
    where: str
    finding: Finding
    defines: bool = False


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An equality that lacked a value, to be tried again at the end of its problem."""

    place: int
    right: Form
    found: Form
    sign: Sign


class Follower:
    """What is known so far, and how each equality was found.

    Args:
        settled: names that are known from the start are what they are: an equation in them is a claim.
    """

    def __init__(self, chains: Iterable[Chain], settled: bool = False) -> None:
        self.chains = with_layers(chains)
        self.functions = function_names(self.chains)
        self.known = Known()
        self.settled = settled
        self.links: list[Link] = []
        self._waiting: list[_Waiting] = []
        self._problem = 0

    def follow(self) -> list[Link]:
        """Every equality in printed order."""
        for chain in self.chains:
            if chain.problem != self._problem:
                self._retry()
                self._problem = chain.problem
            self._chain(chain)
        self._retry()
        return self.links

    def _retry(self) -> None:
        """What lacked a value may have one by now."""
        waiting, self._waiting = self._waiting, []
        for each in waiting:
            finding = self._finding(each.right, each.found, each.sign)
            if finding.holds is not None:
                self.links[each.place] = replace(self.links[each.place], finding=finding)

    # chains

    def _chain(self, chain: Chain) -> None:
        forms = [self._read(side) for side in chain.sides]
        before = forms[0] if isinstance(forms[0], Form) else None
        head = self._head(before) if before is not None and not chain.goes_on else None
        second = forms[1] if len(forms) == 2 and isinstance(forms[1], Form) else None
        if head is None and before is not None and second is not None and any(map(is_symbolic, (before, second))):
            self._equation(chain, before, second)
            return
        target = head
        for place, (side, sign, form) in enumerate(zip(chain.sides[1:], chain.signs, forms[1:], strict=True), 1):
            if isinstance(form, str):
                self._add(side, chain, Finding(None, form))
                before = None
                continue
            if place == 1 and head is not None:
                form = self._first(side, chain, head, form, sign)
            elif before is None:
                self._add(side, chain, Finding(None, "the side before it cannot be read"))
            elif isinstance(before, Symbol) and self._is_new_name(before, form):
                self._define(side, chain, before, form)
            else:
                self._compared(side, chain, before, form, sign)
            self._print(target, form)
            before = form

    def _equation(self, chain: Chain, left: Form, right: Form) -> None:
        """Two expressions with one sign between them: an identity, or a condition on names whose values come later."""
        finding = self._finding(left, right, chain.signs[0])
        if finding.holds is False and not self._are_given(left, right):
            finding = Finding(None, "no identity: a condition, as far as the file says")
            for name in (*names_in(left), *names_in(right)):
                self.known.forget(name)
        self._add(chain.sides[1], chain, finding)
        if finding.holds is None:
            self._wait(left, right, chain.signs[0])

    def _are_given(self, *forms: Form) -> bool:
        """Whether numbers were given for all names, and so many that nothing is left to be found."""
        names = {name: self.known.find(name) for form in forms for name in names_in(form)}
        given = [entry.form for entry in names.values() if entry is not None and is_literal(entry.form)]
        return len(given) == len(names) and (self.settled or len(given) > 1 or not all(map(is_number, given)))

    def _read(self, side: Side) -> Form | str:
        """The form of a side, or why it cannot be read."""
        if not side.text:
            return "nothing stands before the sign"
        try:
            form = latex_reader.read(side.text, self.functions)
        except DeriveError as error:
            return f"cannot be read: {error.message}"
        return "words" if isinstance(form, Text) else form

    def _head(self, form: Form) -> Form | None:
        """What a chain is about, where its first side names something."""
        if isinstance(form, Symbol):
            return form
        if isinstance(form, Call) and form.args and (form.function not in MEANINGS or form.primes):
            return form
        return form if isinstance(form, Derivative) else None

    def _first(self, side: Side, chain: Chain, head: Form, form: Form, sign: Sign) -> Form:
        """The first equality behind a name; what the next side is compared with."""
        if isinstance(head, Symbol) and (sign == "←" or head in set(names_in(form))):
            self.known.renew(head, form, side.offset, chain.problem)
            self._add(side, chain, Finding(True), defines=True)
            return self.known.entries[head].form
        entry = self.known.find(head)
        defined = entry is not None and entry.problem == chain.problem
        if isinstance(head, Derivative) and not defined and self._is_known(head.of):
            self._compared(side, chain, head, form, sign)
        elif isinstance(head, Call) and self._says_value(head):
            self._compared(side, chain, head, form, sign)
        elif entry is None and self._is_entry(head, form, sign):
            self._compared(side, chain, head, form, sign)
        elif not defined or entry is None:
            self._define(side, chain, head, form)
        elif entry.form == form:
            self._add(side, chain, Finding(True))
        else:
            self._said_again(side, chain, entry, form, sign)
        return form

    def _is_new_name(self, name: Symbol, form: Form) -> bool:
        """Whether a name in the middle of a chain, `y = a = w x`, is defined there."""
        known = self.known.find(name) is not None or self.known.array_of(name) is not None
        return not known and name not in set(names_in(form))

    def _is_entry(self, head: Form, form: Form, sign: Sign) -> bool:
        """Whether a name is an entry of an array that is known."""
        found = isinstance(head, Symbol) and self.known.array_of(head) is not None
        return found and self._finding(head, form, sign).holds is not None

    def _is_known(self, of: Form) -> bool:
        return not isinstance(of, Symbol) or self.known.find(of) is not None or of in self._function_symbols()

    def _function_symbols(self) -> set[Symbol]:
        return {parse_symbol(name) for name in self.functions}

    def _says_value(self, call: Call) -> bool:
        """Whether a call asks for a value of what is known, rather than defining a function of its arguments."""
        if call.primes:
            return call.function in MEANINGS or self.known.find(Call(call.function, call.args)) is not None
        is_pattern = all(isinstance(arg, Symbol) for arg in call.args)
        return not is_pattern and self.known.find(call) is not None

    def _define(self, side: Side, chain: Chain, head: Form, form: Form) -> None:
        self.known.put(Entry(head, form, side.offset, chain.problem))
        self._add(side, chain, Finding(True) if is_symbolic(form) else self._finding(form, form, "="), defines=True)

    def _said_again(self, side: Side, chain: Chain, entry: Entry, form: Form, sign: Sign) -> None:
        """A name that has a meaning in this problem: the same one, a slip, or a new one."""
        finding = self._finding(entry.target, form, sign)
        if finding.holds is False and self._is_new(entry, form):
            self._define(side, chain, entry.target, form)
            return
        self._add(side, chain, finding)
        if finding.holds is None:
            self._wait(entry.target, form, sign)

    def _is_new(self, entry: Entry, form: Form) -> bool:
        """Whether a name stands for something else from here on: another given value, or other numbers in a formula."""
        if entry.is_value or is_symbolic(form):
            return True
        if decimal_of(form) is not None or isinstance(form, Number):
            return False
        found = matched(entry.form, form)
        if found is None:
            return True
        said = {name: self.known.find(name) for name in found}
        kept = sum(each is not None and each.form == found[name] for name, each in said.items())
        return 2 * kept < len(found)

    def _compared(self, side: Side, chain: Chain, right: Form, found: Form, sign: Sign) -> None:
        finding = self._finding(right, found, sign)
        if finding.holds is None and self._put_in(right, found, chain, side):
            finding = Finding(True)
        self._add(side, chain, finding)
        if finding.holds is None:
            self._wait(right, found, sign)

    def _put_in(self, right: Form, found: Form, chain: Chain, side: Side) -> bool:
        """Whether numbers stand in the place of names, of known ones rightly; the others get theirs."""
        numbers = matched(right, found) if is_symbolic(right) and not is_symbolic(found) else None
        if not numbers or any(self._finding(name, value, "≈").holds is False for name, value in numbers.items()):
            return False
        for name, value in numbers.items():
            if self.known.find(name) is None:
                self.known.put(Entry(name, value, side.offset, chain.problem))
        return True

    def _finding(self, right: Form, found: Form, sign: Sign) -> Finding:
        try:
            finding = Comparer.of(self.known, (right, found)).compare(right, found, sign == "≈")
            if finding == EXACTLY and isinstance(found, Number):
                self.known.exact.add(found.text)
            return finding
        except DeriveError as error:
            return Finding(None, error.message)

    def _wait(self, right: Form, found: Form, sign: Sign) -> None:
        self._waiting.append(_Waiting(len(self.links) - 1, right, found, sign))

    def _add(self, side: Side, chain: Chain, finding: Finding, defines: bool = False) -> None:
        self.links.append(Link(side, chain.where, finding, defines))

    def _print(self, target: Form | None, form: Form) -> None:
        """Remember the decimal that was printed for a name: later lines may go on with it."""
        entry = self.known.find(target) if target is not None else None
        if entry is not None and isinstance(target, Symbol) and not is_symbolic(form):
            self.known.put(replace(entry, printed=form))
