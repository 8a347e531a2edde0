"""The set-up: a wheel that works elsewhere, and files that agree with each other."""

import os
import subprocess
import sys
import tomllib
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


def run(*arguments, cwd):
    done = subprocess.run(
        list(map(str, arguments)), cwd=cwd, capture_output=True, text=True, timeout=600, check=False, env=_clean()
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def _clean():
    return {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", folder, ROOT, cwd=folder)
    (path,) = folder.glob("derive_latex-*.whl")
    return path


@pytest.mark.slow
def test_the_wheel_works_elsewhere(wheel, tmp_path):
    """Installed in an environment of its own, beside the dependencies that are here already, away from the sources."""
    home = tmp_path / "env"
    venv.create(home, with_pip=False)
    python = home / "bin" / "python"
    (site,) = home.glob("lib/python*/site-packages")
    run(sys.executable, "-m", "pip", "--python", python, "install", "--quiet", "--no-deps", wheel, cwd=tmp_path)
    # Behind the wheel on the path, and a plain entry: the .pth files of the sources' own environment are not read.
    (site / "dependencies.pth").write_text(str(Path(pytest.__file__).parents[1]) + "\n")
    where = run(python, "-c", "import derive; print(derive.__file__)", cwd=tmp_path).strip()
    assert Path(where).is_relative_to(home)
    exam = tmp_path / "e.yaml"
    exam.write_text("title: T\nproblems: [{title: P, parts: [{text: 'Why `1 + r`?', points: 1, answer: So.}]}]\n")
    derive = home / "bin" / "derive"
    run(derive, "build", exam, "-o", tmp_path / "out", "--format", "pdf,tex", "--engine", "typst", cwd=tmp_path)
    for kind in ("exam", "solution", "rubric", "answers"):
        assert (tmp_path / "out" / f"e-{kind}.pdf").read_bytes().startswith(b"%PDF")


def test_each_dependency_says_why():
    lines = (ROOT / "pyproject.toml").read_text().splitlines()
    start = lines.index("dependencies = [")
    listed = lines[start + 1 : lines.index("]", start)]
    assert len(listed) == len(PROJECT["dependencies"])
    assert all("# " in line for line in listed)


def test_make_targets_are_documented():
    makefile = (ROOT / "Makefile").read_text()
    told = run("make", "--no-print-directory", "help", cwd=ROOT)
    for target in ("demo", "test", "tex", "check", "bench", "golden", "oracle", "clean"):
        assert f"\n{target}:" in makefile
        assert f"make {target}" in told


def test_torch_is_the_same_everywhere():
    (pin,) = [each for each in PROJECT["optional-dependencies"]["oracle"] if each.startswith("torch")]
    assert f"TORCH := {pin}\n" in (ROOT / "Makefile").read_text()


def test_ci_script_is_sound():
    run("bash", "-n", ROOT / ".ci" / "run", cwd=ROOT)
    assert os.access(ROOT / ".ci" / "run", os.X_OK)
