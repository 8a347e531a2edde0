"""A picture by coordinates in Typst's own primitives; y grows downwards there."""

from __future__ import annotations

from derive.record import Ellipse, Patch, Picture, Spot, Stroke, Words
from derive.render.pictures import Frame, Segment, frame, path, share, start
from derive.render.printer import Printer
from derive.render.raw import Raw
from derive.render.typst_figure import tip_of

_FILLS = {
    "none": "none", "white": "white", "light": "luma(92%)", "mid": "luma(78%)", "dark": "luma(55%)", "black": "black",
}  # fmt: skip
_DASHES = {"solid": "solid", "dashed": "dashed", "dotted": "dotted", "dashdotted": "dash-dotted"}


def typst_picture(picture: Picture, printer: Printer, caption: Raw) -> str:
    """The picture, centred, with its caption below."""
    drawn = frame(picture)
    lines = [line for shape in picture.shapes for line in _shape(shape, drawn, printer)]
    size = f"{drawn.width:.3f}cm, {drawn.height:.3f}cm, {drawn.scale:.3f}"
    return f"#drawing({size}, [{caption}], {{\n" + "\n".join(f"  {line}" for line in lines) + "\n})"


def _shape(shape: Stroke | Patch | Ellipse | Words, drawn: Frame, printer: Printer) -> list[str]:
    if isinstance(shape, Words):
        right, up = share(shape)
        at = f"{drawn.x(shape.at[0]):.3f}cm, {drawn.down(shape.at[1]):.3f}cm"
        return [f"words({at}, {right}, {1 - up}, {shape.size}pt, {shape.turned}deg, [{printer.phrase(shape.phrase)}])"]
    if isinstance(shape, Ellipse):
        corner = f"{drawn.x(shape.at[0]) - shape.across:.3f}cm, {drawn.down(shape.at[1]) - shape.up:.3f}cm"
        size = f"{2 * shape.across:.3f}cm, {2 * shape.up:.3f}cm"
        return [f"oval({corner}, {size}, {_FILLS[shape.shade]}, {_pen(shape.weight)})"]
    if isinstance(shape, Patch):
        pieces = _pieces(start(shape), path(shape), drawn)
        return [f"outline({_FILLS[shape.shade]}, {_pen(shape.weight, shape.dash)}, {pieces}, curve.close())"]
    return _stroke(shape, drawn)


def _stroke(stroke: Stroke, drawn: Frame) -> list[str]:
    """The line up to the tip, and the tip as a filled triangle."""
    pen = _pen(stroke.weight, stroke.dash, stroke.faint)
    segments = path(stroke)
    if not stroke.tip:
        return [f"outline(none, {pen}, {_pieces(stroke.points[0], segments, drawn)})"]
    whole = (stroke.points[0], *(point for segment in segments for point in segment))
    end, before = whole[-1], next(point for point in reversed(whole) if point != whole[-1])
    *tip, base = tip_of(before, end)
    cut = (*segments[:-1], (*segments[-1][:-1], base))
    return [f"outline(none, {pen}, {_pieces(stroke.points[0], cut, drawn)})", _tip(tip, stroke.faint, drawn)]


def _tip(points: list[Spot], faint: bool, drawn: Frame) -> str:
    corners = ", ".join(_spot(point, drawn) for point in points)
    return f"place(polygon(fill: {'luma(60%)' if faint else 'black'}, {corners}))"


def _pieces(begin: Spot, segments: tuple[Segment, ...], drawn: Frame) -> str:
    pieces = [f"curve.move({_spot(begin, drawn)})"]
    for segment in segments:
        kind = "cubic" if len(segment) == 3 else "line"
        pieces.append(f"curve.{kind}({', '.join(_spot(point, drawn) for point in segment)})")
    return ", ".join(pieces)


def _pen(weight: float, dash: str = "solid", faint: bool = False) -> str:
    if not weight:
        return "none"
    paint = "luma(60%)" if faint else "black"
    return f'(paint: {paint}, thickness: {weight:g}pt, dash: "{_DASHES[dash]}", join: "round")'


def _spot(point: Spot, drawn: Frame) -> str:
    return f"({drawn.x(point[0]):.3f}cm, {drawn.down(point[1]):.3f}cm)"
