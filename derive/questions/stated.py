"""What a sheet states because a derivation uses it: logarithms, conventions at kinks, how numbers are rounded."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from fractions import Fraction

from derive.notation.arrays import Value
from derive.notation.build import ZERO, number
from derive.notation.form import Call, Form, Product, Relation, Symbol, symbols, walk
from derive.notation.reals import Undefined
from derive.notation.value import NoValue, evaluate
from derive.record import Conventions, Derivation, Phrase, Rounding

Test = Callable[[Form], bool]


def _calls(*names: str) -> Test:
    return lambda form: isinstance(form, Call) and form.function in names


def _zero_log_zero(form: Form) -> bool:
    """A product of 0 with a logarithm, where that is log 0 or the 0 stands in front."""
    if not isinstance(form, Product):
        return False
    logs = [factor.args[0] for factor in form.factors if isinstance(factor, Call) and factor.function == "log"]
    if form.factors[0] == ZERO:
        return bool(logs)
    return any(map(_is_zero, logs)) and any(map(_is_zero, form.factors))


def _is_zero(form: Form) -> bool:
    """Whether a form of numbers is worth 0."""
    return not any(symbols(form)) and _worth(form) == 0


def _worth(form: Form) -> Value | None:
    try:
        return evaluate(form)
    except (NoValue, Undefined):
        return None


def _softmax_of_columns(form: Form) -> bool:
    return isinstance(form, Call) and form.function == "softmax" and form.params == (("axis", ZERO),)


def _slope(form: Form) -> bool:
    return isinstance(form, Call) and form.function == "relu" and form.primes > 0


def _relu_at_zero(slope: Fraction) -> Phrase:
    return (Relation("=", Call("relu", (ZERO,), 1), number(slope)),)


LAID_ON: Phrase = ("a kernel is laid on as it stands (cross-correlation)",)


def _laid_on(form: Form) -> bool:
    """A convolution whose kernel is not turned."""
    if not isinstance(form, Call) or form.function != "conv2d" or len(form.args) < 2:
        return False
    kernel = form.args[1]
    return not (isinstance(kernel, Call) and kernel.function == "flip")


def _padded_pool(counts: bool) -> Test:
    """A pooling with padding, whose cells are zeros that count, or do not count at all."""

    def holds(form: Form) -> bool:
        if not isinstance(form, Call) or form.function not in ("max_pool2d", "avg_pool2d"):
            return False
        names = {name for name, _ in form.params}
        return "p" in names and ("inside" in names) != counts

    return holds


_S, _X, _O, _T = (Symbol(letter) for letter in "sxot")
BATCH: Phrase = (
    Call("batch", (_X, _O, _T), 0, (("size", _S),)), " holds the ", _S, " examples of ", _X, " that step ", _T,
    " sees: the next ones in the order ", _O, ", which begins anew at its end",
)  # fmt: skip

STATED: tuple[tuple[Test, Phrase], ...] = (
    (_calls("log", "log_softmax"), (Call("log"), " is the natural logarithm")),
    (_calls("sigmoid"), (Call("sigmoid"), " is the logistic function")),
    (
        _zero_log_zero,
        (Relation("=", Product((ZERO, Call("log", (ZERO,)))), ZERO), ", and a term with the factor 0 has derivative 0"),
    ),
    (_slope, _relu_at_zero(Fraction(0))),
    (_laid_on, LAID_ON),
    (_calls("batch"), BATCH),
    (_softmax_of_columns, (Call("softmax", (), 0, (("axis", ZERO),)), " is the softmax of each column")),
    (_padded_pool(counts=True), ("cells that pad a pooling are zeros",)),
    (_padded_pool(counts=False), ("cells that pad a pooling never win and are not counted",)),
)
"""A test on each form of a derivation, and what is stated where it holds."""

TIE = "tie"
"""The rule of a step that names a tie."""
TIES: dict[str, Phrase] = {
    "padding": ("of equal entries of a maximum the padding takes the gradient, else the first",),
    "first": ("of equal entries of a maximum the first takes the gradient",),
    "last": ("of equal entries of a maximum the last takes the gradient",),
}


def forms_of(derivation: Derivation) -> Iterator[Form]:
    """Every written form of a derivation: givens, targets and lines."""
    for given in derivation.givens:
        yield given.target
        if given.form is not None:
            yield given.form
    for step in derivation.all_steps():
        if step.target is not None:
            yield step.target
        for line in step.lines:
            yield line.form


def stated(derivation: Derivation, conventions: Conventions) -> tuple[Phrase, ...]:
    """The phrases of the conventions that a derivation uses."""
    nodes = [node for form in forms_of(derivation) for node in walk(form)]
    found = [phrase for test, phrase in STATED if any(test(node) for node in nodes)]
    at_zero = {_relu_at_zero(Fraction(0)): _relu_at_zero(conventions.relu_at_zero)}
    found = [at_zero.get(phrase, phrase) for phrase in found]
    if any(step.rule == TIE for step in derivation.steps):
        found.append(TIES[conventions.tie])
    if any(line.relation == "≈" for step in derivation.all_steps() for line in step.lines):
        found += rounding_phrases(conventions.rounding)
    return tuple(found)


def in_order(phrases: Iterable[Phrase]) -> tuple[Phrase, ...]:
    """Each phrase once: those of the table in its order, then the others, and at the end how numbers are rounded."""
    found = dict.fromkeys(phrases)
    first = [phrase for _, phrase in STATED if phrase in found]
    return (*first, *sorted((phrase for phrase in found if phrase not in first), key=_on_rounding))


def _on_rounding(phrase: Phrase) -> bool:
    return str(phrase[0]).startswith(("values ", "= is exact"))


def rounding_phrases(rounding: Rounding) -> list[Phrase]:
    """How numbers are rounded, as the sheet says it."""
    if rounding.mode == "carry-rounded":
        return [
            (
                f"values are rounded to {rounding.digits} significant digits and carried on as shown; one that would "
                "show as 1 keeps the digits that tell it from 1",
            )
        ]
    return [
        (
            f"values carry full precision and are shown to {rounding.digits} significant digits, in a line of numbers "
            "to as many as make it true as printed",
        ),
        ("= is exact, ≈ is rounded",),
    ]
