"""From the source of a document to its PDF."""

from __future__ import annotations

from derive.render.engines import choose
from derive.render.limits import Limits


def compile(source: str, engine: str, *, trusted: bool = True, limits: Limits | None = None) -> bytes:
    """The PDF of a source in the engine's own language.

    Args:
        source: LaTeX for pdflatex, Typst for typst.
        engine: pdflatex or typst; `engines.choose("auto").name` tells which one is there.
        trusted: whether the source was made without a user's template; else Typst runs in a process with limits.
        limits: on time, memory and size.

    Raises:
        RenderError: the engine is missing, found a mistake, or reached a limit.
    """
    return choose(engine).compile(source, trusted=trusted, limits=limits or Limits())
