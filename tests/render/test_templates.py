"""The sandbox of the templates: escaping by default, limits, errors that name the line."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from derive.errors import RenderError, UnknownName
from derive.render import documents


def _own(folder: Path, source: str, name: str = "own.tex") -> Path:
    place = folder / {"tex": "latex", "typ": "typst", "txt": "text"}[name.rsplit(".", 1)[1]]
    place.mkdir(parents=True, exist_ok=True)
    (place / name).write_text(source)
    return folder


def _rendered(folder: Path, source: str, sheets: ModuleType) -> str:
    return documents.render(sheets.small(), "own", "tex", templates=_own(folder, source))


@pytest.mark.parametrize(
    ("source", "shown"),
    [
        (r"\VAR{sheet.title ~ '50%'}", r"Small50\%"),
        (r"\VAR{'\\input{x}'}", r"\textbackslash{}input\{x\}"),
        (r"\BLOCK{macro m(x)}\textbf{\VAR{x}}\BLOCK{endmacro}\VAR{m('a_b')}", r"\textbf{a\_b}"),
        (r"\BLOCK{set x}\textit{\VAR{'$'}}\BLOCK{endset}\VAR{x}", r"\textit{\$}"),
        (r"\VAR{sheet.problems[0].parts[0].derivation.steps[0].target}", "$z$"),
        (r"\VAR{sheet.problems[0].parts[0].derivation.prompt}", r"Evaluate $\partial L/\partial w$"),
        (r"\BLOCK{for p in sheet.problems}\VAR{loop.index}/\VAR{loop.length}\BLOCK{endfor}", "1/1"),
    ],
)
def test_what_is_printed_is_escaped(tmp_path: Path, sheets: ModuleType, source: str, shown: str) -> None:
    assert shown in _rendered(tmp_path, source, sheets)


@pytest.mark.parametrize(
    "source",
    [
        r"\BLOCK{for a in range(90000)}\BLOCK{for b in range(90000)}\BLOCK{endfor}\BLOCK{endfor}",
        r"\BLOCK{macro m(n)}\VAR{m(n + 1)}\BLOCK{endmacro}\VAR{m(0)}",
        r"\BLOCK{macro m(n)}\BLOCK{if n}\VAR{m(n - 1)}\VAR{m(n - 1)}\BLOCK{endif}\BLOCK{endmacro}\VAR{m(60)}",
        r"\VAR{'a' * 1000000000}",
        r"\VAR{9 ** 9 ** 9}",
        r"\BLOCK{set x = [1] * 100}\BLOCK{for a in x}\BLOCK{endfor}",
        r"\VAR{no_such_name}",
        r"\VAR{sheet.no_such_field}",
        r"\VAR{''.__class__.__mro__}",
        r"\BLOCK{for x in}",
        r"\BLOCK{include 'missing.tex'}",
        r"\BLOCK{include '../../../etc/passwd'}",
        r"\BLOCK{extends 'own.tex'}",
    ],
)
def test_a_bad_template_ends_with_an_error(tmp_path: Path, sheets: ModuleType, source: str) -> None:
    with pytest.raises(RenderError, match="template"):
        _rendered(tmp_path, source, sheets)


def test_the_error_names_file_and_line(tmp_path: Path, sheets: ModuleType) -> None:
    with pytest.raises(RenderError, match=r"own\.tex, line 3"):
        _rendered(tmp_path, "a\nb\n\\VAR{no_such_name}\n", sheets)


def test_user_text_is_no_template(sheets: ModuleType) -> None:
    assert r"\textbackslash{}VAR\{7*7\}" in documents.render(sheets.exam(), "exam", "tex")


def test_a_template_that_extends_the_base_is_a_kind(tmp_path: Path, sheets: ModuleType) -> None:
    own = _own(tmp_path, '\\BLOCK{extends "_base.tex"}\n\\BLOCK{block name}Handout\\BLOCK{endblock}\n', "handout.tex")
    assert documents.document_kinds("tex", own) == ["answers", "exam", "handout", "rubric", "solution"]
    assert r"\sheettitle{Small}{Handout}" in documents.render(sheets.small(), "handout", "tex", templates=own)


def test_an_override_may_extend_what_it_replaces(tmp_path: Path, sheets: ModuleType) -> None:
    source = '\\BLOCK{extends "builtin/solution.tex"}\n\\BLOCK{block back}THE END\\BLOCK{endblock}\n'
    text = documents.render(sheets.small(), "solution", "tex", templates=_own(tmp_path, source, "solution.tex"))
    assert "THE END" in text
    assert r"\answer{" in text


def test_unknown_names_list_the_known_ones(sheets: ModuleType) -> None:
    with pytest.raises(UnknownName, match="answers, exam, rubric, solution"):
        documents.render(sheets.small(), "solutions", "tex")
    with pytest.raises(UnknownName, match="tex, txt, typ"):
        documents.render(sheets.small(), "solution", "html")
