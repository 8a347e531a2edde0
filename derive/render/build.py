"""From a solved exam to files: sources and PDFs, all of them made before the first is written."""

from __future__ import annotations

import os
import re
import unicodedata
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from derive.errors import UnknownName
from derive.exam.sheet import Sheet
from derive.render.documents import PRINTERS, document_kinds, render
from derive.render.engines import Engine, choose
from derive.render.files import write_all
from derive.render.limits import Limits

FORMATS = ("pdf", *PRINTERS)
"""What `build` can write."""


def build(
    sheet: Sheet, out_dir: Path | str, kinds: Iterable[str] = (), formats: Iterable[str] = ("tex", "pdf"),
    detail: int = 2, engine: str = "auto", *, stem: str = "", warning: str = "", templates: Path | None = None,
) -> list[Path]:  # fmt: skip
    """Write the documents `<stem>-<kind>.<format>` of a solved exam; nothing is written where one of them fails.

    Args:
        sheet: the solved exam.
        out_dir: where the files go; made if it is not there.
        kinds: exam, solution, rubric, answers; all of them where none is named.
        formats: any of pdf, tex, typ, txt.
        detail: 0 answers, 1 exam key, 2 teaching, 3 every rule.
        engine: auto, pdflatex or typst.
        stem: the beginning of the file names; made from the title where it is empty.
        warning: printed visibly at the top of each document.
        templates: a user's folder of templates that go before the built-in ones.

    Returns:
        The files in the order of kinds and formats.
    """
    formats = list(dict.fromkeys(formats))
    for name in formats:
        if name not in FORMATS:
            raise UnknownName("format", name, FORMATS)
    chosen = choose(engine) if "pdf" in formats else None
    name = stem or slug(sheet.title)
    wanted = [(kind, form) for kind in (kinds or document_kinds("tex", templates)) for form in formats]
    sources = {
        (kind, form): render(sheet, kind, _language(form, chosen), detail, warning=warning, templates=templates)
        for kind, form in wanted
    }
    texts = {key: source.encode() for key, source in sources.items() if key[1] != "pdf"}
    if chosen is not None:
        prints = [key for key in wanted if key[1] == "pdf"]
        made = _compiled([sources[key] for key in prints], chosen, trusted=templates is None)
        texts |= dict(zip(prints, made, strict=True))
    folder = Path(out_dir)
    return write_all({folder / f"{name}-{kind}.{form}": texts[kind, form] for kind, form in wanted})


def _language(form: str, engine: Engine | None) -> str:
    return engine.language if form == "pdf" and engine else form


def _compiled(sources: list[str], engine: Engine, *, trusted: bool) -> list[bytes]:
    """The PDFs of some sources; programs of their own run side by side."""
    workers = min(len(sources), os.cpu_count() or 1) if engine.language == "tex" or not trusted else 1

    def one(source: str) -> bytes:
        return engine.compile(source, trusted=trusted, limits=Limits.of_document(source))

    if workers <= 1:
        return [one(source) for source in sources]
    with ThreadPoolExecutor(workers) as pool:
        return list(pool.map(one, sources))


def slug(title: str) -> str:
    """A title as a file name: lower-case words joined by hyphens; "exam" where nothing is left."""
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return "-".join(re.findall(r"[a-z0-9]+", plain))[:60].strip("-") or "exam"
