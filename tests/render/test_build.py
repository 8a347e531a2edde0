"""Files are written whole or not at all, and the same each time."""

from __future__ import annotations

from pathlib import Path
from types import ModuleType

import pytest

from derive.errors import RenderError, UnknownName
from derive.render.build import build, slug
from derive.render.files import write_all
from derive.render.limits import Limits


def test_build_writes_what_was_asked(sheets: ModuleType, tmp_path: Path) -> None:
    paths = build(sheets.small(), tmp_path / "out", ["exam", "solution"], ["tex", "pdf", "txt", "typ"], engine="typst")
    assert [path.name for path in paths] == [
        f"small-{kind}.{form}" for kind in ("exam", "solution") for form in ("tex", "pdf", "txt", "typ")
    ]
    assert {path.name for path in (tmp_path / "out").iterdir()} == {path.name for path in paths}
    assert paths[1].read_bytes().startswith(b"%PDF")


def test_two_builds_are_identical(sheets: ModuleType, tmp_path: Path) -> None:
    first, second = (build(sheets.exam(), tmp_path / name, engine="typst", stem="x") for name in ("a", "b"))
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


@pytest.mark.tex
def test_a_failing_compile_leaves_files_as_they_were(sheets: ModuleType, tmp_path: Path, tex: None) -> None:
    own = tmp_path / "own" / "latex"
    own.mkdir(parents=True)
    (own / "solution.tex").write_text(
        '\\BLOCK{extends "builtin/solution.tex"}\n\\BLOCK{block back}\\nosuchmacro\\BLOCK{endblock}\n'
    )
    (tmp_path / "small-solution.tex").write_text("old")
    with pytest.raises(RenderError, match=r"problem 1 part b.*nosuchmacro"):
        build(sheets.small(), tmp_path, ["solution"], engine="pdflatex", templates=tmp_path / "own")
    assert (tmp_path / "small-solution.tex").read_text() == "old"
    assert {path.name for path in tmp_path.iterdir()} == {"own", "small-solution.tex"}


ENDLESS = {
    "pdflatex": ("latex/solution.tex", r"\def\endless{\endless}\endless"),
    "typst": ("typst/solution.typ", "#for a in range(1000000) { for b in range(1000000) { } }"),
}


@pytest.mark.parametrize("engine", [pytest.param("pdflatex", marks=pytest.mark.tex), "typst"])
def test_an_endless_macro_in_a_template_of_the_user_ends(
    sheets: ModuleType, tmp_path: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, engine: str
) -> None:
    if engine == "pdflatex":
        request.getfixturevalue("tex")
    name, macro = ENDLESS[engine]
    own = tmp_path / "own" / name
    own.parent.mkdir(parents=True)
    own.write_text(f'\\BLOCK{{extends "builtin/{own.name}"}}\n\\BLOCK{{block back}}{macro}\\BLOCK{{endblock}}\n')
    monkeypatch.setattr(Limits, "of_document", lambda source: Limits(seconds=2))
    with pytest.raises(RenderError, match="stopped after 2 seconds"):
        build(sheets.small(), tmp_path / "out", ["solution"], engine=engine, templates=tmp_path / "own")
    assert not (tmp_path / "out").exists()


def test_a_failing_write_leaves_nothing(tmp_path: Path) -> None:
    (tmp_path / "blocked").write_text("a file, no folder")
    with pytest.raises(FileExistsError):
        write_all({tmp_path / "one.txt": b"1", tmp_path / "blocked" / "two.txt": b"2"})
    assert [path.name for path in tmp_path.iterdir()] == ["blocked"]


def test_writing_again_replaces(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    write_all({path: b"old"})
    assert write_all({path: "nü".encode()}) == [path]
    assert path.read_text(encoding="utf-8") == "nü"
    assert [each.name for each in tmp_path.iterdir()] == ["a.txt"]


def test_unknown_format(sheets: ModuleType, tmp_path: Path) -> None:
    with pytest.raises(UnknownName, match="pdf, tex, txt, typ"):
        build(sheets.small(), tmp_path, formats=["docx"])


@pytest.mark.parametrize(
    ("title", "name"),
    [("Introduction to Deep Learning", "introduction-to-deep-learning"), ("Übung 1/2", "ubung-1-2"), ("中", "exam")],
)
def test_slug(title: str, name: str) -> None:
    assert slug(title) == name
