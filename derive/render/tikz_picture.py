"""A picture by coordinates in TikZ."""

from __future__ import annotations

from derive.record import Ellipse, Patch, Picture, Spot, Stroke, Words
from derive.render.pictures import LINE_EM, Frame, frame, path, share, start
from derive.render.printer import Printer
from derive.render.raw import Raw
from derive.render.tikz import centred

_SHADES = {"white": "white", "light": "black!8", "mid": "black!22", "dark": "black!45", "black": "black"}
_DASHES = {"solid": "", "dashed": ",dashed", "dotted": ",dotted", "dashdotted": ",dash dot"}
_FAINT = ",draw=black!40"
_ANCHORS = {(0.0, 0.5): "west", (1.0, 0.5): "east", (0.5, 1.0): "north", (0.5, 0.0): "south", (0.5, 0.5): "center"}


def tikz_picture(picture: Picture, printer: Printer, caption: Raw) -> str:
    """The picture, centred, with its caption below."""
    drawn = frame(picture)
    scale = f"scale={drawn.scale:.3f},transform shape," if drawn.scale < 1 else ""
    lines = [f"\\path[use as bounding box] (0,0) rectangle {_spot((drawn.width, drawn.height))};"]
    lines += [_shape(shape, drawn, printer) for shape in picture.shapes]
    styles = f"{scale}>={{Stealth[length=5pt]}},line join=round"
    return centred(f"\\begin{{tikzpicture}}[{styles}]\n" + "\n".join(lines) + "\n\\end{tikzpicture}", caption)


def _shape(shape: Stroke | Patch | Ellipse | Words, drawn: Frame, printer: Printer) -> str:
    if isinstance(shape, Words):
        return _words(shape, drawn, printer)
    if isinstance(shape, Ellipse):
        style = _filled(shape.shade, shape.weight)
        radii = f"x radius={shape.across:.3f},y radius={shape.up:.3f}"
        return f"\\path[{style}] {_spot(_moved(shape.at, drawn))} circle[{radii}];"
    closed = isinstance(shape, Patch)
    style = _line_style(shape) if isinstance(shape, Stroke) else _filled(shape.shade, shape.weight, shape.dash)
    pieces = [_spot(_moved(start(shape), drawn))]
    for segment in path(shape):
        *controls, end = (_spot(_moved(point, drawn)) for point in segment)
        pieces.append(f".. controls {' and '.join(controls)} .. {end}" if controls else f"-- {end}")
    return f"\\path[{style}] {' '.join(pieces)}{' -- cycle' if closed else ''};"


def _line_style(stroke: Stroke) -> str:
    faint, tip = _FAINT if stroke.faint else "", ",->" if stroke.tip else ""
    return f"draw,line width={stroke.weight:g}pt{_DASHES[stroke.dash]}{faint}{tip}"


def _filled(shade: str, weight: float, dash: str = "solid") -> str:
    fill = f"fill={_SHADES[shade]}" if shade in _SHADES else ""
    draw = f"draw,line width={weight:g}pt{_DASHES[dash]}" if weight else ""
    return ",".join(filter(None, [fill, draw]))


def _words(words: Words, drawn: Frame, printer: Printer) -> str:
    """A turned node is set by the anchor of what it looks like, so that both languages put it in one place."""
    font = f"font=\\fontsize{{{words.size}}}{{{words.size * LINE_EM:.2f}}}\\selectfont"
    turned = f",rotate={words.turned}" if words.turned else ""
    anchor = _anchor(words)
    at = _spot(_moved(words.at, drawn))
    return f"\\node[inner sep=0pt,anchor={anchor}{turned},{font}] at {at} {{\\strut {printer.phrase(words.phrase)}}};"


def _anchor(words: Words) -> str:
    """Which side of the words themselves lies at the point, once they are turned by quarters."""
    right, up = share(words)
    for _ in range(words.turned % 360 // 90):
        right, up = up, 1 - right
    return _ANCHORS[right, up]


def _moved(point: Spot, drawn: Frame) -> Spot:
    return drawn.x(point[0]), drawn.up(point[1])


def _spot(point: Spot) -> str:
    return f"({point[0]:.3f},{point[1]:.3f})"
