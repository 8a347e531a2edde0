"""A drawing in Typst's own primitives: placed boxes, lines and triangles; y grows downwards there."""

from __future__ import annotations

from math import hypot

from derive.render.figures import Box, Drawing
from derive.render.geometry import Point
from derive.render.labels import Label
from derive.render.printer import Printer
from derive.render.raw import Raw

_TIP_LENGTH, _TIP_WIDTH = 0.17, 0.06


def typst_figure(drawing: Drawing, printer: Printer, caption: Raw) -> str:
    """The picture, centred, with its caption below."""
    tall = drawing.height
    lines = [_arrow([(x, tall - y) for x, y in way]) for way in drawing.arrows]
    lines += [_box(box, tall, printer) for box in drawing.boxes]
    lines += [_label(label, tall, printer) for label in drawing.labels]
    size = f"{drawing.width:.2f}cm, {tall:.2f}cm, {drawing.scale:.3f}"
    return f"#drawing({size}, [{caption}], {{\n" + "\n".join(lines) + "\n})"


def _arrow(way: list[Point]) -> str:
    """The line up to the tip, and the tip as a filled triangle."""
    *tip, base = tip_of(*way[-2:])
    return f"  arrow({_points([*way[:-1], base])}, {_points(tip)})"


def tip_of(before: Point, end: Point) -> tuple[Point, Point, Point, Point]:
    """The corners of the tip of an arrow, its point in the middle, and where its line ends."""
    (ax, ay), (bx, by) = before, end
    length = hypot(bx - ax, by - ay) or 1.0
    ux, uy = (bx - ax) / length, (by - ay) / length
    base = (bx - _TIP_LENGTH * ux, by - _TIP_LENGTH * uy)
    left = (base[0] - _TIP_WIDTH * uy, base[1] + _TIP_WIDTH * ux)
    right = (base[0] + _TIP_WIDTH * uy, base[1] - _TIP_WIDTH * ux)
    return left, end, right, base


def _points(points: list[Point]) -> str:
    return "(" + ", ".join(f"({x:.3f}cm, {y:.3f}cm)" for x, y in points) + ")"


def _box(box: Box, tall: float, printer: Printer) -> str:
    r = box.rect
    thick = "1pt" if box.kind == "output" else ".5pt"
    corner = f"{r.x - r.width / 2:.3f}cm, {tall - r.y - r.height / 2:.3f}cm"
    return f"  node({corner}, {r.width:.3f}cm, {r.height:.3f}cm, {thick}, [{printer.phrase(box.label)}])"


def _label(label: Label, tall: float, printer: Printer) -> str:
    sign = "approx " if label.rounded else ""
    fill = "black" if label.forward else "quiet-color"
    return f"  value({label.x:.3f}cm, {tall - label.y:.3f}cm, {fill}, ${sign}{printer.write(label.form)}$)"
