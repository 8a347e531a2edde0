"""Both engines on real documents: limits, safety, errors, the look that can be measured."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path
from types import ModuleType

import pikepdf
import pytest

from derive.errors import RenderError, UnknownName
from derive.render import documents
from derive.render.engines import ENGINES, choose
from derive.render.limits import Limits, run
from derive.render.pdf import compile
from derive.render.texlog import read_log

KINDS = ("exam", "solution", "rubric", "answers")
TEX = pytest.param("pdflatex", marks=pytest.mark.tex)
ENGINE_NAMES = [TEX, "typst"]
HOSTILE_SHOWN = ("100% of {x} & $y$ #1", r"\input{/etc/passwd}", r"\write18{ls}", r"\VAR{7*7}", "@ref", "*b*", "--")


@pytest.fixture(autouse=True)
def _installed(request: pytest.FixtureRequest) -> None:
    name = getattr(request.node, "callspec", None) and request.node.callspec.params.get("engine")
    if name and (reason := ENGINES[name].missing()):
        pytest.skip(reason)


def _text(pdf: bytes) -> str:
    try:
        done = subprocess.run(["pdftotext", "-layout", "-", "-"], input=pdf, capture_output=True, check=True)
    except FileNotFoundError:
        pytest.skip("pdftotext is not installed")
    return " ".join(done.stdout.decode().split())


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("engine", ENGINE_NAMES)
def test_documents_compile_with_fonts_title_and_language(sheets: ModuleType, engine: str, kind: str) -> None:
    source = documents.render(sheets.exam(), kind, ENGINES[engine].language)
    with pikepdf.open(io.BytesIO(compile(source, engine))) as pdf:
        assert pdf.Root.Lang is not None
        assert str(pdf.docinfo["/Title"]) == "Introduction to Deep Learning"
        for page in pdf.pages:
            for font in (page.resources.get("/Font") or {}).values():
                described = font.get("/DescendantFonts", [font])[0].get("/FontDescriptor", {})
                assert any(str(key).startswith("/FontFile") for key in described), font.get("/BaseFont")


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.tex
def test_nothing_sticks_out(sheets: ModuleType, tmp_path: Path, tex: None, kind: str) -> None:
    (tmp_path / "d.tex").write_text(documents.render(sheets.exam(), kind, "tex"))
    env = {"PATH": "/usr/local/bin:/usr/bin:/bin", "max_print_line": "1000", "HOME": str(tmp_path)}
    subprocess.run(
        ["pdflatex", "-interaction=nonstopmode", "d.tex"], cwd=tmp_path, env=env, capture_output=True, check=True
    )
    log = read_log((tmp_path / "d.log").read_text(errors="replace"))
    assert not log.errors
    assert not log.undefined
    assert not log.rerun
    assert not [box for box in log.overfull if box.points > 2]


@pytest.mark.parametrize("engine", ENGINE_NAMES)
def test_hostile_text_is_printed(sheets: ModuleType, engine: str) -> None:
    text = _text(compile(documents.render(sheets.exam(), "exam", ENGINES[engine].language), engine))
    for shown in HOSTILE_SHOWN:
        assert shown in text
    assert "root:" not in text
    assert "49" not in text.replace("U+1F642", "")


@pytest.mark.parametrize("engine", ENGINE_NAMES)
def test_same_source_same_bytes(sheets: ModuleType, engine: str) -> None:
    source = documents.render(sheets.small(), "solution", ENGINES[engine].language)
    assert compile(source, engine) == compile(source, engine)


@pytest.mark.tex
@pytest.mark.parametrize(
    ("body", "said"),
    [
        (r"\def\x{\x}\x", "stopped after 2 seconds"),
        (r"\input{/etc/hostname}", "TeX said"),
        (r"\immediate\openout5=/tmp/derive-must-not-exist.txt ", "TeX said"),
        ("", "made no page"),
        (r"\nosuchmacro", r"problem 1 part a step z, line 4.*Undefined control sequence"),
    ],
)
def test_tex_is_held_in(tex: None, body: str, said: str) -> None:
    source = "\\documentclass{article}\n\\begin{document}\n% @ problem 1 part a step z\n" + body + "\n\\end{document}"
    with pytest.raises(RenderError, match=said):
        compile(source, "pdflatex", limits=Limits(seconds=2))
    assert not Path("/tmp/derive-must-not-exist.txt").exists()


@pytest.mark.tex
def test_no_shell(tex: None, tmp_path: Path) -> None:
    mark = tmp_path / "made"
    source = f"\\documentclass{{article}}\\begin{{document}}\\immediate\\write18{{touch {mark}}}x\\end{{document}}"
    compile(source, "pdflatex")
    assert not mark.exists()


def test_typst_names_question_and_line() -> None:
    source = "x\n// @ problem 2 part b\n#nosuchname\n"
    for trusted in (True, False):
        with pytest.raises(RenderError, match=r"problem 2 part b, line 3 .*nosuchname"):
            compile(source, "typst", trusted=trusted)


def test_an_endless_user_template_ends_in_typst() -> None:
    source = "#for a in range(1000000) { for b in range(1000000) { } }"
    with pytest.raises(RenderError, match="stopped after"):
        compile(source, "typst", trusted=False, limits=Limits(seconds=2))


def test_typst_cannot_read_files() -> None:
    with pytest.raises(RenderError, match="Typst said"):
        compile('#read("/etc/passwd")', "typst")


def test_apart_is_the_same_as_here(sheets: ModuleType) -> None:
    source = documents.render(sheets.small(), "solution", "typ")
    assert compile(source, "typst", trusted=True) == compile(source, "typst", trusted=False)


def test_choice(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnknownName, match="auto, pdflatex, typst"):
        choose("latex")
    monkeypatch.setenv("PATH", "/nowhere")
    assert choose("auto").name == "typst"
    with pytest.raises(RenderError, match="install TeX"):
        choose("pdflatex")


def test_limits_end_the_whole_group(tmp_path: Path) -> None:
    with pytest.raises(RenderError, match=r"stopped after 0\.3 seconds"):
        run(["/bin/sh", "-c", "sleep 30 & sleep 30"], tmp_path, {}, Limits(seconds=0.3))
    with pytest.raises(RenderError, match="cannot be started"):
        run(["/no/such/program"], tmp_path, {}, Limits())


def test_the_file_size_limit(tmp_path: Path) -> None:
    script = "sleep 0.3; head -c 3000000 /dev/zero > big"
    done = run(["/bin/sh", "-c", script], tmp_path, {"PATH": "/usr/bin:/bin"}, Limits(file_size=1_000_000))
    assert done.status != 0
    assert (tmp_path / "big").stat().st_size <= 1_000_000
