"""`derive audit`: a key against what is derived."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from derive.errors import UnknownName
from derive.exam.audit.key import load_key
from derive.notation.form import Form, Text

FORMATS = ("table", "json", "tex", "typ", "pdf")


def audit_key(
    path: Path, format: str, out: Path | None, engine: str, progress: Callable[[str], None]
) -> tuple[str, bool]:
    """The report on a key, or the path that it was written to, and whether nothing in the key is wrong.

    Raises:
        InputError: the key, its exam or a claim cannot be read.
    """
    if format not in FORMATS:
        raise UnknownName("format", format, FORMATS)
    key = load_key(path)

    from derive.exam.audit.auditing import audit

    found = audit(key, progress)
    if format == "pdf" and out is None:
        out = Path(f"{path.stem}-audit.pdf")
    content = _content(found, format, engine)
    if out is None:
        return content.decode().rstrip("\n"), found.is_fine

    from derive.render.files import write_all

    write_all({out: content})
    return str(out), found.is_fine


def _content(found: Any, format: str, engine: str) -> bytes:
    if format == "json":
        return (json.dumps(audit_record(found), indent=2, ensure_ascii=False) + "\n").encode()
    if format == "table":
        return _table(found).encode()

    from derive.render.reports import render_audit

    if format != "pdf":
        return render_audit(found, format).encode()

    from derive.render.engines import choose
    from derive.render.pdf import compile

    chosen = choose(engine)
    return compile(render_audit(found, chosen.language), chosen.name)


def audit_record(found: Any) -> dict[str, Any]:
    """An audit as plain data: the parts with their verdicts."""
    return {
        "title": found.title,
        "parts": [
            {
                "part": part.part,
                "verdict": part.verdict,
                "claimed": {each.name: _plain(each.claimed) for each in part.compared},
                "derived": {each.name: _plain(each.derived) for each in part.compared},
                "first_wrong_line": _line(part.first_wrong_line),
                "slip": str(part.slip) if part.slip else None,
                "convention": part.convention or None,
                "reason": part.reason or None,
            }
            for part in found.parts
        ],
    }


def _line(line: Any) -> dict[str, Any] | None:
    return {"number": line.number, "text": line.text, "message": line.message} if line else None


def _plain(form: Form) -> str:
    from derive.notation import plain

    return form.text if isinstance(form, Text) else plain.write(form)


def _table(found: Any) -> str:
    import io

    from rich import box
    from rich.console import Console
    from rich.table import Table

    table = Table("part", "claimed", "derived", "verdict", box=box.SIMPLE, pad_edge=False)
    for part in found.parts:
        verdict = "\n".join((part.verdict, *(f"  {remark}" for remark in part.remarks)))
        heads = [f"{each.name}: " if len(part.compared) > 1 else "" for each in part.compared]
        claims = (head + _plain(each.claimed) for head, each in zip(heads, part.compared, strict=True))
        right = (head + _plain(each.derived) for head, each in zip(heads, part.compared, strict=True))
        table.add_row(part.part, "\n".join(claims), "\n".join(right), verdict)
    screen = Console(file=io.StringIO(), width=_width(), highlight=False, markup=False, emoji=False)
    screen.print(table)
    screen.print(found.summary)
    text: str = screen.file.getvalue()  # type: ignore[attr-defined]
    return "\n".join(line.rstrip() for line in text.splitlines()) + "\n"


def _width() -> int:
    from shutil import get_terminal_size

    return max(80, get_terminal_size((110, 24)).columns)
