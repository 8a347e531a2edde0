"""Questions about skip connections: gradients through residual blocks, with the identity path in sight."""

from __future__ import annotations

import itertools
import random
from collections.abc import Mapping
from dataclasses import replace
from fractions import Fraction
from typing import Any, ClassVar

from pydantic import Field

from derive.errors import InputError
from derive.graph.graph import read_definition
from derive.graph.paths import Named, activations, depends, name_arguments, path_derivative, without_skips
from derive.graph.slopes import slope_lines
from derive.notation.build import ONE, ZERO, multiply
from derive.notation.form import Call, Derivative, Form, Product, Relation, Symbol, Underbrace, rebuild, symbols, walk
from derive.notation.names import renamed
from derive.notation.symbols import parse_symbol, symbol_name
from derive.questions.base import Question
from derive.questions.fields import Definitions, Expression, Name
from derive.questions.finish import finished
from derive.questions.graph_question import listed
from derive.record import Answer, Conventions, Derivation, Given, Line, Mark, Phrase, Step

STACK = {"y": "relu(w1*relu(w0*x) + x)", "z": "relu(w3*relu(w2*y) + y)"}


class ResidualGradient(Question):
    """The gradient through residual blocks, as a sum over the identity path and the block path."""

    ask: ClassVar[str] = "residual.gradient"
    example: ClassVar[dict[str, Any]] = {"graph": STACK, "of": "z", "wrt": "w0", "slopes": 1, "compare": True}

    graph: Definitions = Field(min_length=1, description="the blocks in order: name: expression over earlier names")
    of: Name = Field(description="the output that is differentiated")
    wrt: Name = Field(description="the quantity by which it is differentiated")
    blocks: dict[str, Expression] = Field({}, description="abstract blocks, each with its derivative, as in F: r")
    slopes: Expression | None = Field(
        None, description="the slope that every activation is then assumed to have, as in 1"
    )
    compare: bool = Field(False, description="whether the same network without skip connections is derived as well")

    @classmethod
    def draw(cls, rng: random.Random) -> dict[str, Any]:
        """An abstract block, or one to three stacked blocks."""
        if rng.random() < 0.3:
            return {
                "graph": {"H": "x + F(x)"},
                "of": "H",
                "wrt": "x",
                "blocks": {"F": rng.choice(["r", "0.5", "-0.2"])},
            }
        act = rng.choice(["relu", "sigmoid", "tanh"])
        count = rng.randint(1, 3)
        names = ["x", "y", "u", "z"][: count + 1]
        graph = {
            new: f"{act}(w{2 * k + 1}*{act}(w{2 * k}*{old}) + {old})"
            for k, (old, new) in enumerate(itertools.pairwise(names))
        }
        return {
            "graph": graph,
            "of": names[-1],
            "wrt": rng.choice(["w0", "x", "w1"]),
            "slopes": 1,
            "compare": rng.random() < 0.5,
        }

    def asked_for(self, results: int) -> int:
        """The results, and two blocks of the network for one of them."""
        return results + (len(self.graph) + 1) // 2

    def solve(self, conventions: Conventions) -> Derivation:
        """Names for the pre-activations, the derivative of each block, their product, the slopes taken as given."""
        forms = {parse_symbol(name): read_definition(name, text, self.blocks) for name, text in self.graph.items()}
        if self.of not in forms:
            raise InputError(f"{symbol_name(self.of)} is not defined by the graph")
        if not depends(forms[self.of], self.wrt, forms):
            raise InputError(f"{symbol_name(self.of)} does not depend on {symbol_name(self.wrt)}")
        with_skips = _Chain(self, forms, "")
        steps = with_skips.steps()
        answers = [with_skips.answer("with skips" if self.compare else symbol_name(self.wrt))]
        if self.compare:
            plain_names = {name: _plain(name) for name in forms}
            plain = _Chain(
                self, {_plain(name): renamed(without_skips(form), plain_names) for name, form in forms.items()}, "bar"
            )
            steps += plain.steps()
            answers.append(plain.answer("without skips"))
        givens = [Given(name, form) for name, form in forms.items()]
        givens += [Given(call, self.blocks[call.function]) for call in _slopes(forms, self.blocks)]
        target = with_skips.target
        prompt: Phrase = ("Derive ", target, " and keep the paths apart.")
        if self.compare:
            prompt = ("Derive ", target, ", and the same derivative of the network without its skip connections.")
        return finished(Derivation("Residual block", prompt, tuple(givens), tuple(steps), tuple(answers), conventions))


def _slopes(forms: Mapping[Symbol, Form], blocks: Mapping[str, Form]) -> dict[Call, None]:
    calls = [node for form in forms.values() for node in walk(form) if isinstance(node, Call)]
    return {Call(call.function, call.args, 1): None for call in calls if call.function in blocks}


def _plain(name: Symbol) -> Symbol:
    return Symbol(name.base, "bar", name.sub, name.sup)


class _Chain:
    """The derivation for one network: the blocks on the way from the output back to the variable."""

    def __init__(self, question: ResidualGradient, forms: dict[Symbol, Form], mark: str) -> None:
        self.question, self.forms, self.mark = question, forms, mark
        self.of = question.of if not mark else _plain(question.of)
        self.wrt = question.wrt
        self.target = Derivative(self.of, (self.wrt,))
        self.named: dict[Symbol, Named] = {}
        count = 0
        letter = next(c for c in "auvsq" if not any(c == s.base for f in forms.values() for s in (*symbols(f), *forms)))
        for name, form in forms.items():
            self.named[name] = name_arguments(form, letter, count)
            count += len(self.named[name].inner)
        self.accent = "bar" if mark else ""

    def steps(self) -> list[Step]:
        """The steps in printed order."""
        if self.mark:
            self._accented()
        blocks = [self._block(name, by) for name, by in self._hops()]
        return [*self._definitions(), *self._naming(), *self._merged(blocks)]

    def _accented(self) -> None:
        """The inner names of the second network carry its accent too."""
        for name, named in self.named.items():
            swap = {
                inner: Symbol(inner.base, self.accent, inner.sub)
                for each in self.named.values()
                for inner in each.inner
            }
            form = renamed(named.form, swap)
            self.named[name] = Named(form, {swap[i]: renamed(f, swap) for i, f in named.inner.items()})

    def _definitions(self) -> list[Step]:
        if not self.mark:
            return []
        return [
            Step(symbol_name(name), name, (Line(":=", form, ("without the skip",)),), "definition")
            for name, form in self.forms.items()
        ]

    def _naming(self) -> list[Step]:
        return [
            Step(symbol_name(name), name, (Line(":=", form, ("name the pre-activation",)),), "definition")
            for named in self.named.values()
            for name, form in named.inner.items()
        ]

    def _hops(self) -> list[tuple[Symbol, Symbol]]:
        """From the output back: each block with the quantity by which it is differentiated."""
        hops: list[tuple[Symbol, Symbol]] = []
        here = self.of
        while here != self.wrt:
            before = [
                n for n in symbols(self.forms[here]) if n in self.forms and depends(self.forms[n], self.wrt, self.forms)
            ]
            direct = self.wrt in symbols(self.forms[here])
            if len(before) + direct != 1:
                raise InputError(
                    f"{symbol_name(here)} reaches {symbol_name(self.wrt)} in more than one way: use graph.gradient"
                )
            hops.append((here, before[0] if before else self.wrt))
            here = hops[-1][1]
        return hops

    def _block(self, name: Symbol, by: Symbol) -> Step:
        named = self.named[name]
        form = path_derivative(named.form, by, named.inner, labelled=True)
        fans = any(isinstance(node, Underbrace) for node in walk(form))
        why: Phrase = (by, " feeds the skip and the block: add") if fans else ("chain rule",)
        if not fans and not self.mark and _carries_skip(self.forms[name], by):
            why = ("chain rule; the skip does not depend on ", by)
        lines = [Line("=", form, why), *slope_lines(_without_braces(form), self.question.blocks)]
        target = Derivative(name, (by,))
        rule = "sum over paths" if fans else "chain rule"
        return Step(
            f"d{symbol_name(name)}_d{symbol_name(by)}", target, tuple(lines), rule, (), (Mark(Fraction(1), "M"),)
        )

    def _merged(self, blocks: list[Step]) -> list[Step]:
        """The product of the blocks, and the slopes as assumed."""
        *before, last = blocks
        lines: list[Line] = []
        if before:
            targets = [step.target for step in blocks if step.target is not None]
            via = [step.target.wrt[0] for step in before if isinstance(step.target, Derivative)]
            lines.append(Line("=", Product(tuple(targets)), ("chain rule through ", *listed(via))))
            whole = multiply(_without_braces(step.lines[-1].form) for step in blocks)
            lines.append(Line("=", whole, ("put in",)))
        else:
            whole = _without_braces(last.lines[-1].form)
        lines += self._assumed(whole)
        if not before:
            return [replace(last, lines=(*last.lines, *lines), marks=(Mark(Fraction(1), "A"),))]
        name = f"d{symbol_name(self.of)}_d{symbol_name(self.wrt)}"
        return [*blocks, Step(name, self.target, tuple(lines), "chain rule", (), (Mark(Fraction(1), "A"),))]

    def _assumed(self, whole: Form) -> list[Line]:
        slope = self.question.slopes
        functions = {f: None for form in self.forms.values() for f in activations(form)}
        if slope is None or not functions:
            return []
        assumed = [
            Line("assume", Relation("=", Call(f, (), 1), slope), ("take every slope as ", slope)) for f in functions
        ]
        return [*assumed, Line("=", _flat(_with_slope(whole, functions, slope)))]

    def answer(self, name: str) -> Answer:
        """The answer that the last line gives."""
        final = self.steps()[-1].lines[-1].form
        return Answer(name, "expression", final, final, self.target)


def _carries_skip(form: Form, by: Symbol) -> bool:
    return any(without_skips(node) != node for node in walk(form)) and by in symbols(form)


def _without_braces(form: Form) -> Form:
    return _without_braces(form.arg) if isinstance(form, Underbrace) else rebuild(form, _without_braces)


def _with_slope(form: Form, functions: Mapping[str, None], slope: Form) -> Form:
    if isinstance(form, Call) and form.primes and form.function in functions:
        return slope
    return rebuild(form, lambda part: _with_slope(part, functions, slope))


def _flat(form: Form) -> Form:
    """Products without the factors that are 1."""
    form = rebuild(form, _flat)
    if isinstance(form, Product):
        return ZERO if ZERO in form.factors else multiply(f for f in form.factors if f != ONE)
    return form
