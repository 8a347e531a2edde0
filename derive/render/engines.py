"""The PDF engines: what each needs, and how it is run."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from abc import ABC, abstractmethod
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar

from derive.errors import RenderError, UnknownName
from derive.render.limits import Finished, Limits, run
from derive.render.texlog import question_at, read_log

_PACKAGES = ("lmodern", "microtype", "amsmath", "amssymb", "bm", "booktabs", "array", "xcolor", "geometry", "tikz")
_EPOCH = "1700000000"
"""The time that documents carry: the same every time, so that equal sources give equal bytes."""


class Engine(ABC):
    """Makes a PDF of source text in the language `language`."""

    name: ClassVar[str]
    language: ClassVar[str]

    @abstractmethod
    def missing(self) -> str:
        """What has to be installed before this engine works; empty where it does."""

    @abstractmethod
    def compile(self, source: str, *, trusted: bool, limits: Limits) -> bytes:
        """The PDF of a source text. `trusted` says that no user's template had a part in it."""


class Pdflatex(Engine):
    """TeX in a fresh folder: no shell, no file outside it, an environment of its own, one pass."""

    name = "pdflatex"
    language = "tex"

    def missing(self) -> str:
        return _missing_tex(shutil.which("pdflatex") or "", shutil.which("kpsewhich") or "")

    def compile(self, source: str, *, trusted: bool, limits: Limits) -> bytes:
        program = shutil.which("pdflatex")
        if program is None:
            raise RenderError(f"pdflatex is not installed: {self.missing()}")
        with tempfile.TemporaryDirectory(prefix="derive-") as name:
            folder = Path(name)
            (folder / "document.tex").write_text(source, encoding="utf-8")
            options = ["-interaction=nonstopmode", "-halt-on-error", "-file-line-error", "-no-shell-escape"]
            done = run([program, *options, "document.tex"], folder, _tex_environment(folder), limits)
            log = folder / "document.log"
            said = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
            made = folder / "document.pdf"
            if done.status != 0 or not made.exists():
                raise _tex_failure(source, said, done)
            return made.read_bytes()


class Typst(Engine):
    """The compiler that comes as a Python wheel; in a process of its own where a user's template might never end."""

    name = "typst"
    language = "typ"

    def missing(self) -> str:
        from importlib.util import find_spec

        return "" if find_spec("typst") else "install the typst wheel (pip install typst)"

    def compile(self, source: str, *, trusted: bool, limits: Limits) -> bytes:
        if reason := self.missing():
            raise RenderError(f"typst is not installed: {reason}")
        return _typst_here(source) if trusted else _typst_apart(source, limits)


ENGINES: dict[str, Engine] = {engine.name: engine for engine in (Pdflatex(), Typst())}
"""The engines in order of preference."""


def choose(name: str = "auto") -> Engine:
    """The engine of a name; "auto" takes the first that has all it needs.

    Raises:
        UnknownName: there is no such engine.
        RenderError: the engine is not installed.
    """
    if name == "auto":
        found = next((engine for engine in ENGINES.values() if not engine.missing()), None)
        if found is None:
            raise RenderError("no PDF engine is installed: " + "; or ".join(e.missing() for e in ENGINES.values()))
        return found
    if name not in ENGINES:
        raise UnknownName("PDF engine", name, ["auto", *ENGINES])
    if reason := ENGINES[name].missing():
        raise RenderError(f"{name} is not ready: {reason}")
    return ENGINES[name]


@lru_cache(maxsize=4)
def _missing_tex(program: str, finder: str) -> str:
    if not program or not finder:
        return "install TeX (make tex, or texlive-latex-extra and lmodern)"
    files = [f"{package}.sty" for package in _PACKAGES]
    found = subprocess.run([finder, *files], capture_output=True, text=True, check=False, timeout=30).stdout.split()
    absent = sorted(set(files) - {Path(path).name for path in found})
    return f"TeX lacks {', '.join(absent)} (make tex, or texlive-latex-extra and lmodern)" if absent else ""


def _tex_environment(folder: Path) -> dict[str, str]:
    return {
        "PATH": os.environ.get("PATH", os.defpath), "HOME": str(folder), "TEXMFVAR": str(folder), "LC_ALL": "C.UTF-8",
        "openin_any": "p", "openout_any": "p", "max_print_line": "1000", "SOURCE_DATE_EPOCH": _EPOCH,
        "FORCE_SOURCE_DATE": "1", "TZ": "UTC",
    }  # fmt: skip


def _tex_failure(source: str, log: str, done: Finished) -> RenderError:
    """What TeX said, with the question and the line that it was about."""
    errors = read_log(log).errors
    if not errors and done.status == 0:
        return RenderError("pdflatex made no page: the document is empty")
    if not errors:
        return RenderError(f"pdflatex ended with status {done.status} and named no error (was a limit reached?)")
    first = errors[0]
    near = f" near '{first.context}'" if first.context else ""
    where = question_at(source, first.line)
    return RenderError(f"{where or 'the document'}, line {first.line} of the .tex: TeX said: {first.message}{near}")


@lru_cache(maxsize=1)
def _typst_fonts() -> Any:
    import typst

    return typst.Fonts(include_system_fonts=False)


def _typst_here(source: str) -> bytes:
    import typst

    with tempfile.TemporaryDirectory(prefix="derive-") as folder:
        try:
            made = typst.compile(source.encode(), root=folder, font_paths=_typst_fonts())
        except typst.TypstError as error:
            raise _typst_failure(source, error.message, str(getattr(error, "diagnostic", "") or "")) from None
    return bytes(made)


_APART = """
import sys, typst
try:
    made = typst.compile(sys.stdin.buffer.read(), root=".", font_paths=typst.Fonts(include_system_fonts=False))
except typst.TypstError as error:
    sys.stderr.write(error.message + "\\n" + str(getattr(error, "diagnostic", "") or ""))
    sys.exit(3)
sys.stdout.buffer.write(made)
"""


def _typst_apart(source: str, limits: Limits) -> bytes:
    with tempfile.TemporaryDirectory(prefix="derive-") as name:
        environment = {"PATH": os.environ.get("PATH", os.defpath), "HOME": name}
        done = run([sys.executable, "-I", "-c", _APART], Path(name), environment, limits, source.encode())
    if done.status == 0:
        return done.output
    message, _, diagnostic = done.errors.decode(errors="replace").partition("\n")
    if done.status != 3:
        raise RenderError(f"typst ended with status {done.status} (was a limit on time or memory reached?)")
    raise _typst_failure(source, message, diagnostic)


def _typst_failure(source: str, message: str, diagnostic: str) -> RenderError:
    """What Typst said, with the question that it was about where the diagnostic names a line."""
    import re

    found = re.search(r":(\d+):\d+", diagnostic)
    line = int(found[1]) if found else 0
    where = question_at(source, line) if line else ""
    spot = f"{where or 'the document'}, line {line} of the .typ: " if line else ""
    return RenderError(f"{spot}Typst said: {message}")
