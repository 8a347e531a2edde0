"""Ways to spoil a derivation. Each takes a right one and gives wrong ones; where a change would change nothing, none.

Whether a changed line is worth something else is decided formally: every name and every derivative gets a random
number of its own, which knows nothing of the graph.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from random import Random

from derive.check.agree import agree
from derive.notation.build import neg, sym
from derive.notation.decimals import decimal_of
from derive.notation.form import (
    Call,
    Derivative,
    Form,
    Frac,
    Matrix,
    Neg,
    Number,
    Power,
    Product,
    Sum,
    Symbol,
    Text,
    Transpose,
    Tuple,
    rebuild,
    walk,
)
from derive.notation.indexed import STEP
from derive.notation.reals import Undefined, reals
from derive.notation.value import Evaluator, NoValue
from derive.record import Answer, Derivation, Line, Step

Mutation = Callable[[Derivation], list[Derivation]]
Edit = Callable[[Form], Iterator[Form]]


def _random_value(form: Form) -> Fraction:
    return Fraction(Random(repr(form)).randrange(10**6, 9 * 10**6), 10**7)


def formally_different(a: Form, b: Form) -> bool:
    """Whether two forms differ where every name in them stands for an unrelated number."""
    try:
        values = [Evaluator(unknown=_random_value).value(form) for form in (a, b)]
    except (Undefined, NoValue, AttributeError):
        return False
    return not agree(reals(50), *values)


def edited(form: Form, edit: Edit) -> Iterator[Form]:
    """The form with one place changed, for each place and each change that `edit` offers there."""
    yield from edit(form)
    inner = [node for node in walk(form) if node is not form]
    for target in inner:
        if isinstance(form, Derivative):
            return
        for new in edit(target):
            yield _replaced(form, target, new)


def _replaced(form: Form, old: Form, new: Form) -> Form:
    if form is old:
        return new
    return rebuild(form, lambda child: _replaced(child, old, new))


def _steps_with(derivation: Derivation, change: Callable[[Step], Iterator[Step]]) -> list[Derivation]:
    """The derivation with one step, at any depth, changed in each of the offered ways."""

    def variants(steps: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
        for k, step in enumerate(steps):
            inner = (replace(step, substeps=substeps) for substeps in variants(step.substeps))
            for new in (*change(step), *inner):
                yield (*steps[:k], new, *steps[k + 1 :])

    return [derivation.with_steps(steps) for steps in variants(derivation.steps)]


def _is_new_name(derivation: Derivation, step: Step) -> bool:
    given = {symbol for g in derivation.givens for part in (g.target, g.form) if part for symbol in walk(part)}
    if isinstance(step.target, Symbol) and step.target not in given and _array_of(step.target) in given:
        return False  # an entry of a given array
    if isinstance(step.target, Symbol) and is_defined_by_recurrence(step.target, given):
        return False
    earlier = []
    for other in derivation.all_steps():
        if other is step or other.name == step.name:
            break
        earlier.append(other.target)
    return isinstance(step.target, Symbol) and step.target not in given and step.target not in earlier


def is_defined_by_recurrence(name: Symbol, given: set[Form]) -> bool:
    """Whether h_2, or an entry of it, is defined by a given h_t."""
    places = [k for k, piece in enumerate(name.sub) if piece.isdigit()]
    counted = (Symbol(name.base, name.accent, (*name.sub[:k], STEP), name.sup) for k in places)
    return any(each in given for each in counted)


def _array_of(name: Symbol) -> Symbol:
    """The array that a name with whole numbers at its end would be an entry of."""
    kept = len(name.sub)
    while kept and name.sub[kept - 1].isdigit():
        kept -= 1
    return Symbol(name.base, name.accent, name.sub[:kept], name.sup)


def lines_edited(edit: Edit) -> Mutation:
    """A change inside a line that claims an equality (a line that defines a new name claims none)."""

    def mutate(derivation: Derivation) -> list[Derivation]:
        def change(step: Step) -> Iterator[Step]:
            first = 1 if _is_new_name(derivation, step) or step.target is None else 0
            for k, line in enumerate(step.lines):
                if k < first or line.relation != "=" or isinstance(line.form, (Text, Tuple)):
                    continue
                for form in edited(line.form, edit):
                    if formally_different(form, line.form):
                        yield _with_line(step, k, replace(line, form=form))

        return _steps_with(derivation, change)

    return mutate


def matrices_edited(edit: Edit) -> Mutation:
    """A change of how matrices are put together; numbers for names know nothing of that."""

    def mutate(derivation: Derivation) -> list[Derivation]:
        def change(step: Step) -> Iterator[Step]:
            first = 1 if _is_new_name(derivation, step) or step.target is None else 0
            for k, line in enumerate(step.lines[first:], first):
                for form in edited(line.form, edit) if line.relation == "=" else ():
                    yield _with_line(step, k, replace(line, form=form))

        return _steps_with(derivation, change)

    return mutate


def _is_matrix(form: Form) -> bool:
    """Whether a factor may be a matrix: a sum of entries commutes with one."""
    if isinstance(form, Call) and form.function in ("sum", "mean", "dot"):
        return False
    return any(isinstance(node, Symbol) and node.bold for node in walk(form))


def _lost_transpositions(form: Form) -> Iterator[Form]:
    if isinstance(form, Transpose) and _is_matrix(form):
        yield form.arg


def _swapped_factors(form: Form) -> Iterator[Form]:
    if isinstance(form, Product) and len(form.factors) == 2 and all(map(_is_matrix, form.factors)):
        yield Product(form.factors[::-1])


def _with_line(step: Step, k: int, line: Line) -> Step:
    return replace(step, lines=(*step.lines[:k], line, *step.lines[k + 1 :]))


def _signs(form: Form) -> Iterator[Form]:
    if isinstance(form, Sum):
        for k in range(1, len(form.terms)):
            minus = list(form.minus)
            minus[k] = not minus[k]
            yield replace(form, minus=tuple(minus))
    elif isinstance(form, Neg):
        yield form.arg


SEEN = 20
"""So many signs of a long decimal are kept where it is changed: the judge looks at 30 digits."""


def _factors(form: Form) -> Iterator[Form]:
    if isinstance(form, Number):
        yield Number(str(int(form.text) + 1)) if form.text.isdigit() else Number(form.text[:SEEN] + "1")


def _dropped_terms(form: Form) -> Iterator[Form]:
    if isinstance(form, Sum):
        for k in range(1, len(form.terms)):
            terms, minus = form.terms[:k] + form.terms[k + 1 :], form.minus[:k] + form.minus[k + 1 :]
            yield Sum(terms, minus) if len(terms) > 1 else terms[0]


def _dropped_factors(form: Form) -> Iterator[Form]:
    if isinstance(form, Product):
        for k in range(len(form.factors)):
            factors = form.factors[:k] + form.factors[k + 1 :]
            yield Product(factors) if len(factors) > 1 else factors[0]


def _transposed(form: Form) -> Iterator[Form]:
    if isinstance(form, Matrix):
        rows = tuple(zip(*form.rows, strict=True))
        if rows != form.rows:
            yield Matrix(rows)
    elif isinstance(form, Transpose):
        yield form.arg


def _swapped_differences(form: Form) -> Iterator[Form]:
    if isinstance(form, Sum) and form.minus == (False, True):
        yield Sum(form.terms[::-1], form.minus)


def _exponents(form: Form) -> Iterator[Form]:
    if isinstance(form, Power):
        yield Power(form.base, Sum((form.exponent, Number("1")), (False, False)))
        yield Power(form.exponent, form.base)


def _upside_down(form: Form) -> Iterator[Form]:
    if isinstance(form, Frac):
        yield Frac(form.bottom, form.top)


OTHER_FUNCTION = {"sigmoid": "tanh", "log": "exp", "exp": "log", "relu": "sigmoid", "tanh": "sigmoid", "max": "min"}


def _other_functions(form: Form) -> Iterator[Form]:
    if isinstance(form, Call) and form.function in OTHER_FUNCTION and form.args and not form.primes:
        yield replace(form, function=OTHER_FUNCTION[form.function])


def _primes(form: Form) -> Iterator[Form]:
    if isinstance(form, Call) and form.primes and form.args:
        yield replace(form, primes=form.primes - 1)


def _whole_line_negated(form: Form) -> Iterator[Form]:
    yield neg(form)


def wrong_path(derivation: Derivation) -> list[Derivation]:
    """A local derivative, or a name, of another place of the graph stands in a line."""
    derivatives = {node: None for step in derivation.all_steps() for node in _nodes(step, Derivative)}
    names = {node: None for step in derivation.all_steps() for node in _nodes(step, Symbol) if not node.bold}
    same = [{given.target, given.form} for given in derivation.givens]

    def edit(form: Form) -> Iterator[Form]:
        if isinstance(form, Derivative):
            yield from [other for other in derivatives if other != form and other.of == form.of][:2]
        elif isinstance(form, Symbol) and not form.bold:
            yield from [other for other in names if other != form and {form, other} not in same][:2]

    return lines_edited(edit)(derivation)


def _nodes(step: Step, kind: type) -> Iterator[Form]:
    for line in step.lines:
        yield from (node for node in walk(line.form) if isinstance(node, kind))


def wrong_digit(derivation: Derivation) -> list[Derivation]:
    """The last digit of a rounded number is one off."""

    def change(step: Step) -> Iterator[Step]:
        for k, line in enumerate(step.lines):
            if line.relation == "≈" and decimal_of(line.form):
                for form in edited(line.form, _last_digit):
                    if decimal_of(form) and formally_different(form, line.form):
                        yield _with_line(step, k, replace(line, form=form))

    return _steps_with(derivation, change)


def _last_digit(form: Form) -> Iterator[Form]:
    if isinstance(form, Number) and form.text != "10":
        digits = form.text[:-1]
        yield Number(digits + str((int(form.text[-1]) + 1) % 10))


def printed_as_zero(derivation: Derivation) -> list[Derivation]:
    """A small number is printed as 0.000."""

    def change(step: Step) -> Iterator[Step]:
        for k, line in enumerate(step.lines):
            if line.relation == "≈" and decimal_of(line.form):
                yield _with_line(step, k, replace(line, form=Number("0.000")))

    return _steps_with(derivation, change)


def undefined_name(derivation: Derivation) -> list[Derivation]:
    """A name that nobody defined."""

    def edit(form: Form) -> Iterator[Form]:
        if isinstance(form, Symbol):
            yield sym("nowhere")

    return lines_edited(edit)(derivation)


def reused_name(derivation: Derivation) -> list[Derivation]:
    """A new quantity gets the name of an earlier one."""

    def change(step: Step) -> Iterator[Step]:
        if not _is_new_name(derivation, step):
            return
        for other in derivation.all_steps():
            if other.name == step.name:
                return
            if _is_new_name(derivation, other) and formally_different(other.lines[0].form, step.lines[0].form):
                yield replace(step, target=other.target)

    return _steps_with(derivation, change)


def wrong_points(derivation: Derivation) -> list[Derivation]:
    """A mark is worth half a point more, or the part one less."""

    def change(step: Step) -> Iterator[Step]:
        for k, mark in enumerate(step.marks):
            more = replace(mark, points=mark.points + Fraction(1, 2))
            yield replace(step, marks=(*step.marks[:k], more, *step.marks[k + 1 :]))

    if derivation.points is None:
        return []  # the marks are weights still
    return [*_steps_with(derivation, change), replace(derivation, points=derivation.points - 1)]


def wrong_answer(derivation: Derivation) -> list[Derivation]:
    """The answer's form, or what is shown of it, is another one."""

    def changed(answer: Answer) -> Iterator[Answer]:
        for edit in (_signs, _factors, _swapped_differences, _whole_line_negated):
            for form in edited(answer.form, edit):
                if not isinstance(form, (Text, Tuple)) and formally_different(form, answer.form):
                    yield replace(answer, form=form)
        if answer.shown is not None:
            yield from (replace(answer, shown=form) for form in edited(answer.shown, _last_digit))

    answers = derivation.answers
    return [
        replace(derivation, answers=(*answers[:k], new, *answers[k + 1 :]))
        for k, answer in enumerate(answers)
        if answer.kind not in ("text", "verdict", "points", "code")
        for new in changed(answer)
    ]


def missing_use(derivation: Derivation) -> list[Derivation]:
    """A step does not list the step whose result it mentions."""
    new = {step.name: step.target for step in derivation.all_steps() if _is_new_name(derivation, step)}

    def change(step: Step) -> Iterator[Step]:
        for used in step.uses:
            if any(new.get(used) in list(walk(line.form)) for line in step.lines):
                yield replace(step, uses=tuple(name for name in step.uses if name != used))

    return _steps_with(derivation, change)


def unknown_use(derivation: Derivation) -> list[Derivation]:
    """A step lists a step that does not exist before it."""
    return _steps_with(derivation, lambda step: iter([replace(step, uses=(*step.uses, "nowhere"))]))


def too_early(derivation: Derivation) -> list[Derivation]:
    """A step stands before one that it uses."""
    found = []
    for k, step in enumerate(derivation.steps):
        for i, earlier in enumerate(derivation.steps[:k]):
            if earlier.name in step.uses:
                rest = [s for s in derivation.steps if s is not step]
                found.append(derivation.with_steps((*rest[:i], step, *rest[i:])))
    return found


OTHER_WORD = {
    "minimum": "maximum", "maximum": "minimum", "saddle point": "minimum", "inconclusive": "minimum",
    "vanishes": "explodes", "explodes": "neither", "neither": "vanishes",
    "not linearly separable": "linearly separable", "linearly separable": "not linearly separable",
    "does not converge": "converges", "no weights fit": "some weights fit",
    "some weights fit": "no weights fit", "odd parity": "even parity", "even parity": "odd parity",
    "falls and never rises": "stays where it is", "rises in 1": "rises in 2", "rises in 2": "rises in 1",
    "converges": "diverges", "diverges": "converges", "oscillates without end": "diverges",
}  # fmt: skip


def wrong_verdict(derivation: Derivation) -> list[Derivation]:
    """Words that say another kind."""

    def change(step: Step) -> Iterator[Step]:
        for k, line in enumerate(step.lines):
            if isinstance(line.form, Text):
                for word, other in OTHER_WORD.items():
                    if word in line.form.text:
                        yield _with_line(step, k, replace(line, form=Text(line.form.text.replace(word, other))))

    return _steps_with(derivation, change)


def wrong_points_of_set(derivation: Derivation) -> list[Derivation]:
    """A tuple of results lacks one, or has a wrong number in it."""

    def change(step: Step) -> Iterator[Step]:
        for k, line in enumerate(step.lines):
            if isinstance(line.form, Tuple) and k > 0 | isinstance(step.target, Call):
                items = line.form.items
                if len(items) > 2:
                    yield _with_line(step, k, replace(line, form=Tuple(items[:-1])))
                for form in edited(line.form, _factors):
                    yield _with_line(step, k, replace(line, form=form))

    return _steps_with(derivation, change)


MUTATIONS: dict[str, Mutation] = {
    "sign": lines_edited(_signs),
    "negated line": lines_edited(_whole_line_negated),
    "factor": lines_edited(_factors),
    "dropped term": lines_edited(_dropped_terms),
    "dropped factor": lines_edited(_dropped_factors),
    "transposed matrix": lines_edited(_transposed),
    "lost transposition": matrices_edited(_lost_transpositions),
    "swapped matrix factors": matrices_edited(_swapped_factors),
    "swapped difference": lines_edited(_swapped_differences),
    "exponent": lines_edited(_exponents),
    "fraction upside down": lines_edited(_upside_down),
    "other function": lines_edited(_other_functions),
    "lost prime": lines_edited(_primes),
    "wrong path": wrong_path,
    "wrong digit": wrong_digit,
    "printed as zero": printed_as_zero,
    "undefined name": undefined_name,
    "reused name": reused_name,
    "wrong points": wrong_points,
    "wrong answer": wrong_answer,
    "missing use": missing_use,
    "unknown use": unknown_use,
    "too early": too_early,
    "wrong verdict": wrong_verdict,
    "wrong set": wrong_points_of_set,
}
