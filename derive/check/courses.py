"""The claim how a loss goes over the steps of a run: `course(L_0, L_20)` in words.

Every loss from the first to the last is computed through the premises about any step; nothing printed is used.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from derive.check.world import World
from derive.notation.form import Call, Form, Symbol, Text
from derive.notation.reals import Undefined

BOUND, SAME = 10**30, "1e-20"
"""A loss beyond the bound has left all bounds; smaller differences, beside 1 or the first loss, are none."""
TOO_LARGE = "too large"
"""What is said of a number that is too large to be computed."""


def course(world: World, target: Form, claimed: Form) -> bool | None:
    """Whether the words say how the loss goes from the first name to the last."""
    if not (isinstance(target, Call) and len(target.args) == 2 and isinstance(claimed, Text)):
        return None
    names = list(_between(*target.args))
    if len(names) < 2 or not all(map(world.premises.knows, names)):
        return None
    losses: list[Any] = []
    for step, name in enumerate(names):
        try:
            losses.append(world.reals.real(world.value(name)))
        except Undefined as error:
            found = f"has no value after step {step - 1}"
            return bool(step) and claimed.text in (found, *([_beyond(step)] if TOO_LARGE in error.message else []))
        if abs(losses[-1]) > BOUND:
            return claimed.text == _beyond(step)
    return claimed.text == _words(losses, world.reals.literal)


def _beyond(step: int) -> str:
    return f"grows beyond all bounds by step {step}"


def _words(losses: list[Any], literal: Callable[[str], Any]) -> str:
    same = literal(SAME) * max(1, abs(losses[0]))
    rises = [k for k in range(1, len(losses)) if losses[k] > losses[k - 1] + same]
    down = losses[0] - losses[-1] > same
    if not rises:
        return "falls and never rises" if down else "stays where it is"
    count = f"rises in {len(rises)} of {len(losses) - 1} steps"
    return f"falls but {count}" if down else f"does not fall and {count}"


def _between(first: Form, last: Form) -> Iterator[Symbol]:
    """The names from one to another that differ in one number."""
    if not (isinstance(first, Symbol) and isinstance(last, Symbol)) or len(first.sub) != len(last.sub):
        return
    pieces = [*zip(first.sub, last.sub, strict=True), (first.sup, last.sup)]
    places = [k for k, (a, b) in enumerate(pieces) if a != b]
    if len(places) == 1 and all(piece.isdigit() for piece in pieces[places[0]]):
        low, high = map(int, pieces[places[0]])
        yield from (_numbered(first, places[0], step) for step in range(low, high + 1))


def _numbered(name: Symbol, place: int, step: int) -> Symbol:
    sub = tuple(str(step) if k == place else piece for k, piece in enumerate(name.sub))
    return Symbol(name.base, name.accent, sub, str(step) if place == len(name.sub) else name.sup)


COURSE_CLAIMS = {"course": course}
