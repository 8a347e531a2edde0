"""The steps of a derivation in the order in which they are judged: as they are printed, those of figures last."""

from __future__ import annotations

from collections.abc import Iterator

from derive.record import Derivation, Figure, Picture, Step, Words


def steps_in_order(derivation: Derivation) -> Iterator[tuple[Step, tuple[str, ...]]]:
    """Every step in printed order, with what the steps around it list; the labels of figures come last."""
    stack: list[tuple[Step, tuple[str, ...]]] = [(step, ()) for step in reversed(derivation.steps)]
    while stack:
        step, around = stack.pop()
        yield step, around
        stack += [(inner, (*around, *step.uses)) for inner in reversed(step.substeps)]
    everything = tuple(step.name for step in derivation.all_steps())
    for figure in derivation.figures:
        yield from ((fact, everything) for fact in _facts(figure))


def _facts(figure: Figure | Picture) -> Iterator[Step]:
    """The steps whose results a figure prints."""
    if isinstance(figure, Picture):
        yield from (shape.fact for shape in figure.shapes if isinstance(shape, Words) and shape.fact is not None)
        return
    for edge in figure.edges:
        yield from (label for label in (edge.above, edge.below) if label is not None)
