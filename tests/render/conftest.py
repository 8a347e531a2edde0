"""Fixtures of the rendering tests: the sheets, and which programs are there."""

from __future__ import annotations

import importlib.util
import shutil
import sys
from pathlib import Path
from types import ModuleType

import pytest


def _load(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(f"render_{name}", Path(__file__).with_name(f"{name}.py"))
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="session")
def sheets() -> ModuleType:
    """The module of hand-made sheets."""
    return _load("sheets")


@pytest.fixture(scope="session")
def tex() -> None:
    """Skips a test where TeX is not installed."""
    if shutil.which("pdflatex") is None:
        pytest.skip("pdflatex is not installed")
