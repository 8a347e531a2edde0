"""The chains of a file one after the other: what is defined is remembered, what is claimed is compared.

The first side of a chain is a name, a derivative or an expression. A name that is not known yet is defined by the
second side; all further sides must be worth the side before them. A name that is said again is compared with what it
stood for; where it plainly stands for something else (new numbers, `w = w - η g`, a letter of another part) it is taken
so, since people do that (`restating.py`). What fails is read again with the meanings that its names have in the parts
around it: a line is blamed where it is wrong in every reading.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from derive.check.foreign.functions import functions_by_problem, with_layers
from derive.check.foreign.known import Entry, Known, mentions
from derive.check.foreign.matching import is_literal, is_number, matched, with_named_words
from derive.check.foreign.parts import Part
from derive.check.foreign.readings import Readings
from derive.check.foreign.restating import are_given, is_defined_anew, is_new, may_be_asked
from derive.check.foreign.spelling import spelled
from derive.check.foreign.statements import Chain, Side, Sign
from derive.check.scope import Finding
from derive.check.traits import is_symbolic
from derive.errors import DeriveError
from derive.notation import latex_reader
from derive.notation.form import Call, Derivative, Form, Symbol, Text, walk
from derive.notation.meanings import MEANINGS
from derive.notation.names import names_in
from derive.notation.symbols import parse_symbol


@dataclass(frozen=True, slots=True)
class Link:
    """One equality of a file: its right side and where that stands, and what was found; a definition always holds."""

    side: Side
    part: Part
    finding: Finding
    defines: bool = False


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An equality that lacked a value, to be tried again at the end of its problem."""

    place: int
    right: Form
    found: Form
    sign: Sign
    part: Part
    is_condition: bool


class Follower:
    """What is known so far, and how each equality was found.

    Args:
        settled: names that are known from the start are what they are: an equation in them is a claim.
    """

    def __init__(self, chains: Iterable[Chain], settled: bool = False) -> None:
        self.chains = with_layers(chains)
        self._functions = functions_by_problem(self.chains)
        self.functions: frozenset[str] = frozenset()
        self.known = Known()
        self.settled = settled
        self.links: list[Link] = []
        self._waiting: list[_Waiting] = []
        self._part = Part()
        self.readings = Readings(self.known)

    def follow(self) -> list[Link]:
        """Every equality in printed order."""
        for chain in self.chains:
            self._enter(chain.part)
            self._chain(chain)
        self._retry(self._waiting)
        return self.links

    def _enter(self, part: Part) -> None:
        if part != self._part:
            closed = [each for each in self._waiting if not each.part.encloses(part)]
            self._waiting = [each for each in self._waiting if each.part.encloses(part)]
            self._retry(closed)
        self._part = part
        self.functions = self._functions[part.problem]

    def _retry(self, waiting: list[_Waiting]) -> None:
        """What lacked a value may have one by now; what later parts made of its names is none of its matter."""
        for each in waiting:
            self._part = each.part
            finding = self._finding(each.right, each.found, each.sign)
            if finding.holds is False and not self._was_meant(each):
                continue
            if finding.holds is False and each.is_condition and may_be_asked(self.known, each.right, each.found):
                continue
            if finding.holds is not None:
                self.links[each.place] = replace(self.links[each.place], finding=finding)

    def _was_meant(self, each: _Waiting) -> bool:
        """Whether all that an equality stands on was said before it, or in the parts that hold it."""
        place = self.links[each.place].side.offset
        needed = self.known.needed((each.right, each.found))
        changed = {old.key for old in self.known.replaced if old.line < place}
        later = [entry for entry in needed if entry.line > place]
        return all(entry.part.encloses(each.part) and entry.key not in changed for entry in later)

    # chains

    def _chain(self, chain: Chain) -> None:
        forms = [self._read(side) for side in chain.sides]
        before = forms[0] if isinstance(forms[0], Form) else None
        head = self._head(before) if before is not None and not chain.goes_on else None
        second = forms[1] if len(forms) == 2 and isinstance(forms[1], Form) else None
        if head is None and before is not None and second is not None and any(map(is_symbolic, (before, second))):
            self._equation(chain, before, second)
            self.readings.mentioned.update((*mentions(before), *mentions(second)))
            return
        target = head
        self.readings.mentioned.update(mentions(before) if before is not None else ())
        for place, (side, sign, form) in enumerate(zip(chain.sides[1:], chain.signs, forms[1:], strict=True), 1):
            if isinstance(form, str):
                self._add(side, chain, Finding(None, form))
                before = None
                continue
            if place == 1 and head is not None:
                form = self._first(side, chain, head, form, sign)
            elif before is None:
                self._add(side, chain, Finding(None, "the side before it cannot be read"))
            elif self._is_new_name(before, form):
                self._define(side, chain, before, form)
            else:
                self._compared(side, chain, before, form, sign)
            self._print(side, target, form)
            self.readings.mentioned.update(mentions(form))
            before = form

    def _equation(self, chain: Chain, left: Form, right: Form) -> None:
        """Two expressions with one sign between them: an identity, or a condition on names whose values come later."""
        finding = self._finding(left, right, chain.signs[0])
        if finding.holds is False and not are_given(self.known, chain, self.settled, left, right):
            finding = Finding(None, "no identity: a condition, as far as the file says")
            for name in (*names_in(left), *names_in(right)):
                self.known.forget(name)
        self._add(chain.sides[1], chain, finding)
        if finding.holds is None:
            self._wait(left, right, chain.signs[0], is_condition=True)

    def _read(self, side: Side) -> Form | str:
        """The form of a side, or why it cannot be read."""
        if not side.text:
            return "nothing stands before the sign"
        try:
            form = latex_reader.read(spelled(side.text), self.functions)
        except DeriveError as error:
            return f"cannot be read: {error.message}"
        return "words" if isinstance(form, Text) else with_named_words(form)

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
            self.known.renew(head, form, side.offset, chain.part)
            self._add(side, chain, Finding(True), defines=True)
            return self.known.entries[head].form
        entry = self.known.find(head)
        defined = entry is not None and entry.part.encloses(chain.part)
        if isinstance(head, Derivative) and not defined and self._is_known(head.of):
            self._compared(side, chain, head, form, sign)
        elif isinstance(head, Call) and self._says_value(head):
            self._compared(side, chain, head, form, sign)
        elif entry is None and self._is_entry(head, form, sign):
            self._compared(side, chain, head, form, sign)
        elif entry is None:
            self._define(side, chain, head, form)
        else:
            self._said_again(side, chain, head, entry, form, sign)
        return form

    def _is_new_name(self, name: Form, form: Form) -> bool:
        """Whether a name or a function in the middle of a chain, `y = a = w x`, is defined there."""
        if isinstance(name, Call):
            is_new = self._head(name) is not None and not name.primes and self.known.find(name) is None
            return is_new and self.known.is_law(name, form) and name not in set(walk(form))
        if not isinstance(name, Symbol):
            return False
        known = self.known.find(name) is not None or self.known.array_of(name) is not None
        return not known and name not in set(names_in(form))

    def _is_entry(self, head: Form, form: Form, sign: Sign) -> bool:
        """Whether a name is an entry of an array that is known."""
        found = isinstance(head, Symbol) and self.known.array_of(head) is not None
        return found and self._finding(head, form, sign).holds is not None

    def _is_known(self, of: Form) -> bool:
        """Whether the file says on what a quantity depends; its value alone does not."""
        entry = self.known.find(of)
        return (
            not isinstance(of, Symbol) or (entry is not None and not entry.is_value) or of in self._function_symbols()
        )

    def _function_symbols(self) -> set[Symbol]:
        return {parse_symbol(name) for name in self.functions}

    def _says_value(self, call: Call) -> bool:
        """Whether a call asks for a value of what is known, rather than defining a function of its arguments."""
        if call.primes:
            return call.function in MEANINGS or self.known.find(Call(call.function, call.args)) is not None
        entry = self.known.find(call)
        is_pattern = all(isinstance(arg, Symbol) for arg in call.args)
        return not is_pattern and entry is not None and not entry.of_call

    def _define(self, side: Side, chain: Chain, head: Form, form: Form) -> None:
        of_call = isinstance(head, Call) and not head.primes and not self.known.is_law(head, form)
        said = self.known.with_calls(form) if of_call else form
        if not (isinstance(head, Call) and self.known.calls(said, head.function)):  # B(a, b) = B(b, a) is no law
            self.known.put(Entry(head, said, side.offset, chain.part, of_call=of_call))
        self._add(side, chain, Finding(True) if is_symbolic(form) else self._finding(form, form, "="), defines=True)

    def _said_again(self, side: Side, chain: Chain, head: Form, entry: Entry, form: Form, sign: Sign) -> None:
        """A name that has a meaning already: the same one, a slip, or a new one."""
        is_other = is_defined_anew(entry, form, chain)
        if is_other and (is_symbolic(form) or not is_symbolic(entry.form)):
            self._define(side, chain, head, form)
            return
        is_same = entry.form == form
        finding = Finding(True) if is_same else self.readings.finding(self._part, entry.target, form, sign == "≈")
        if finding.holds:
            self.known.put(replace(entry, part=chain.part, printed=None, said=side.offset))  # it counts here as well
        elif is_other or is_new(self.known, entry, form, chain, finding.holds):
            self._define(side, chain, head, form)
            return
        self._add(side, chain, finding)
        if finding.holds is None:
            self._wait(entry.target, form, sign)

    def _compared(self, side: Side, chain: Chain, right: Form, found: Form, sign: Sign) -> None:
        finding = self._finding(right, found, sign)
        if finding.holds is not True and self._put_in(right, found, chain, side, finding.holds is False):
            finding = Finding(True)
        elif finding.holds is False and chain.cue == "sought" and is_number(found):
            finding = Finding(None, "a condition, as the words before it say")
        self._add(side, chain, finding)
        if finding.holds is None:
            self._wait(right, found, sign)

    def _put_in(self, right: Form, found: Form, chain: Chain, side: Side, fails: bool) -> bool:
        """Whether numbers stand in the place of names, of known ones rightly; the others get theirs.

        A name to which another part gave a number may get a new one: that is why a line `fails` and is right.
        """
        numbers = matched(right, found) if is_symbolic(right) and not is_symbolic(found) else {}
        new, is_given_anew = {}, False
        for name, value in (numbers or {}).items():
            entry = self.known.find(name)
            if self._finding(name, value, "=" if fails else "≈").holds is False:
                if entry is None or not is_literal(entry.form) or entry.part.encloses(chain.part):
                    return False
                is_given_anew = True
                new[name] = value
            elif entry is None:
                new[name] = value
        if not numbers or fails > is_given_anew:
            return False
        for name, value in new.items():
            self.known.put(Entry(name, value, side.offset, chain.part))
        return True

    def _finding(self, right: Form, found: Form, sign: Sign) -> Finding:
        return self.readings.identity(self._part, right, found, sign == "≈")

    def _wait(self, right: Form, found: Form, sign: Sign, is_condition: bool = False) -> None:
        self._waiting.append(_Waiting(len(self.links) - 1, right, found, sign, self._part, is_condition))

    def _add(self, side: Side, chain: Chain, finding: Finding, defines: bool = False) -> None:
        self.links.append(Link(side, chain.part, finding, defines))

    def _print(self, side: Side, target: Form | None, form: Form) -> None:
        """Remember the decimal that was printed for a name: later lines may go on with it."""
        entry = self.known.find(target) if target is not None else None
        if entry is not None and entry.target == target and isinstance(target, Symbol) and not is_symbolic(form):
            self.known.put(replace(entry, printed=form, said=side.offset))
