"""A drawing as a TikZ picture."""

from __future__ import annotations

from derive.render.figures import Box, Drawing
from derive.render.labels import Label
from derive.render.printer import Printer
from derive.render.raw import Raw

_STYLES = (
    ">={Stealth[length=5pt]}",
    "n/.style={draw,rounded corners=2pt,inner sep=0pt,font=\\small}",
    "v/.style={font=\\footnotesize,fill=white,inner sep=1pt}",
    "g/.style={v,text=quietgray}",
)


def tikz(drawing: Drawing, printer: Printer, caption: Raw) -> str:
    """The picture, centred, with its caption below."""
    scale = f"scale={drawing.scale:.3f},transform shape," if drawing.scale < 1 else ""
    lines = [_arrow(way) for way in drawing.arrows]
    lines += [_box(box, printer) for box in drawing.boxes]
    lines += [_label(label, printer) for label in drawing.labels]
    picture = f"\\begin{{tikzpicture}}[{scale}{','.join(_STYLES)}]\n" + "\n".join(lines) + "\n\\end{tikzpicture}"
    return centred(picture, caption)


def centred(picture: str, caption: Raw) -> str:
    """A picture in the middle of the page, with its caption below."""
    below = f"\\\\[2pt]\n{{\\small {caption}}}" if caption else ""
    return f"\\begin{{center}}\n{picture}{below}\n\\end{{center}}"


def _arrow(way: tuple[tuple[float, float], ...]) -> str:
    points = " -- ".join(f"({x:.2f},{y:.2f})" for x, y in way)
    return f"\\draw[->,rounded corners=6pt] {points};"


def _box(box: Box, printer: Printer) -> str:
    r = box.rect
    thick = ",thick" if box.kind == "output" else ""
    size = f"minimum width={r.width:.2f}cm,minimum height={r.height:.2f}cm"
    return f"\\node[n{thick},{size}] at ({r.x:.2f},{r.y:.2f}) {{{printer.phrase(box.label)}}};"


def _label(label: Label, printer: Printer) -> str:
    sign = "\\approx " if label.rounded else ""
    style = "v" if label.forward else "g"
    return f"\\node[{style}] at ({label.x:.2f},{label.y:.2f}) {{${sign}{printer.write(label.form)}$}};"
