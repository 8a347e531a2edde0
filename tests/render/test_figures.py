"""Layout of figures: nothing collides, everything fits."""

from __future__ import annotations

from itertools import combinations, pairwise
from types import ModuleType

import pytest

from derive.errors import RenderError
from derive.notation.build import number
from derive.notation.widths import EM_CM, width
from derive.record import Figure, FigureEdge, FigureNode, Line, Step
from derive.render.figures import TEXT_CM, Drawing, drawing
from derive.render.geometry import Rect


def _node(name: str) -> FigureNode:
    return FigureNode(name, (name,))


def _chain(length: int) -> Figure:
    """A residual chain: each node feeds the next, and skips one."""
    names = [f"n{i}" for i in range(length)]
    value = Step("v", None, (Line("≈", number("-0.4999")),))
    edges = [FigureEdge(a, b, value, value) for a, b in pairwise(names)]
    edges += [FigureEdge(a, b) for a, b in zip(names, names[2:], strict=False)]
    return Figure(tuple(map(_node, names)), tuple(edges))


def _fan(count: int) -> Figure:
    """Many nodes that feed one."""
    value = Step("v", None, (Line("=", number(-128)),))
    names = [f"v{i}" for i in range(count)]
    edges = [FigureEdge("x", name, value, value) for name in names] + [FigureEdge(n, "f", value, value) for n in names]
    return Figure(tuple(map(_node, ["x", *names, "f"])), tuple(edges))


FIGURES = {"fan": _fan(5), "chain": _chain(6)}


def _labels(found: Drawing) -> list[Rect]:
    return [Rect(a.x, a.y, width(a.form) * EM_CM * 0.7, 0.3) for a in found.labels]


def _figure(sheets: ModuleType, name: str) -> Figure:
    return FIGURES[name] if name in FIGURES else getattr(sheets, name)()


@pytest.mark.parametrize("name", ["neuron_figure", "quartic_figure", *FIGURES])
def test_boxes_labels_and_arrows_do_not_collide(sheets: ModuleType, name: str) -> None:
    found = drawing(_figure(sheets, name))
    labels = _labels(found)
    for one, other in combinations([*(box.rect for box in found.boxes), *labels], 2):
        assert one.overlap(other) == 0, (one, other)
    for label in labels:
        for way in found.arrows:
            assert all(label.crossed(a, b) == 0 for a, b in pairwise(way)), (label, way)


@pytest.mark.parametrize("name", ["neuron_figure", "quartic_figure", *FIGURES])
def test_forward_values_stand_above_their_gradients(sheets: ModuleType, name: str) -> None:
    found = drawing(_figure(sheets, name)).labels
    pairs = [(a, b) for a, b in pairwise(found) if a.forward and not b.forward]
    assert pairs
    assert all(above.y > below.y for above, below in pairs)


def test_arrows_end_apart() -> None:
    found = drawing(_fan(5))
    heads = [way[-1] for way in found.arrows if way[-1][0] == max(end[-1][0] for end in found.arrows)]
    assert len(set(heads)) == 5
    box = found.boxes[-1].rect
    assert all(abs(y - box.y) < box.height / 2 for _, y in heads)


def test_parts_that_do_not_hang_together_stand_apart() -> None:
    figure = Figure(
        tuple(map(_node, "abcde")),
        (FigureEdge("a", "b"), FigureEdge("b", "c"), FigureEdge("a", "c"), FigureEdge("d", "e")),
    )
    found = drawing(figure)
    for one, other in combinations([box.rect for box in found.boxes], 2):
        assert one.overlap(other) == 0


@pytest.mark.parametrize("kind", ["one node", "no edges"])
def test_a_figure_without_edges(kind: str) -> None:
    found = drawing(Figure(tuple(map(_node, "a" if kind == "one node" else "abc")), ()))
    assert len({(box.rect.x, box.rect.y) for box in found.boxes}) == len(found.boxes)


@pytest.mark.parametrize("length", [2, 5, 30])
def test_a_figure_fits_the_text(length: int) -> None:
    found = drawing(_chain(length))
    assert found.width * found.scale <= TEXT_CM + 1e-9
    for box in found.boxes:
        assert box.rect.y - box.rect.height / 2 >= 0
        assert box.rect.y + box.rect.height / 2 <= found.height
    for way in found.arrows:
        assert all(a[0] < b[0] for a, b in pairwise(way)), "arrows go from left to right"


def test_a_long_edge_goes_round_the_boxes_between(sheets: ModuleType) -> None:
    found = drawing(_chain(3))
    (skip,) = (way for way in found.arrows if len(way) > 2)
    middle = found.boxes[1].rect
    assert all(Rect(x, y, 0, 0).overlap(middle) == 0 and (x, y) != (middle.x, middle.y) for x, y in skip)


def test_the_same_figure_is_laid_out_the_same(sheets: ModuleType) -> None:
    assert drawing(sheets.quartic_figure()) == drawing(sheets.quartic_figure())


@pytest.mark.parametrize(("edges", "said"), [([("a", "b"), ("b", "a")], "circle"), ([("a", "q")], "'q'")])
def test_a_figure_that_is_no_graph(edges: list[tuple[str, str]], said: str) -> None:
    figure = Figure((_node("a"), _node("b")), tuple(FigureEdge(a, b) for a, b in edges))
    with pytest.raises(RenderError, match=said):
        drawing(figure)
