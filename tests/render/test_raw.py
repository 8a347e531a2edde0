"""Plain text in LaTeX, Typst and plain text: no character keeps a meaning."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from derive.render.raw import comment_text, tex_letters, tex_text, typst_string, typst_text

# What the escapes may emit: letters, commands, and braces that the test below finds balanced.
_COMMANDS = re.compile(r"\\(?:[A-Za-z]+|[{}$&#%_,-])")
ALLOWED = {"textbackslash", "textasciicircum", "textasciitilde", "ensuremath"}


@pytest.mark.parametrize(
    ("plain", "source"),
    [
        ("50% & more", r"50\% \& more"),
        (r"\input{x}", r"\textbackslash{}input\{x\}"),
        ("^^5c", r"\textasciicircum{}\textasciicircum{}5c"),
        ("a--b", "a-{}-b"),
        ("σ ≤ 1", r"\ensuremath{\sigma} \ensuremath{\leq} 1"),
        ("Größe", "Größe"),
        ("ż中", "ż[U+4E2D]"),
        ("ﬁ", "fi"),
        ("a\nb\x00", "a b[U+0000]"),
        ("it's", "it's"),
        ("the nodes' sum", "the nodes' sum"),
        ("σ' = 1 - σ", r"\ensuremath{\sigma}\ensuremath{{}'} = 1 \ensuremath{-} \ensuremath{\sigma}"),
        ("tanh' = 1 - tanh²", r"tanh\ensuremath{{}'} = 1 \ensuremath{-} tanh\ensuremath{{}^2}"),
        ("slope ReLU'(0)", r"slope ReLU\ensuremath{{}'}(0)"),
        ("by hand - not here", "by hand - not here"),
    ],
)
def test_tex_text(plain: str, source: str) -> None:
    assert tex_text(plain) == source


@given(st.text())
def test_tex_text_has_no_live_special_character(text: str) -> None:
    source = tex_text(text)
    bare = _COMMANDS.sub("", source)
    assert not set(bare) & set("\\$&#%_^\n\r\x00") - (set("^_") if r"\ensuremath" in source else set())
    depth = 0
    for char in re.sub(r"\\[{}]", "", source):
        depth += (char == "{") - (char == "}")
        assert depth >= 0
    assert depth == 0


@given(st.text(alphabet=st.characters(max_codepoint=0x24F, exclude_categories=("Cc", "Cs"))))
def test_typst_string_is_one_literal(text: str) -> None:
    literal = typst_string(text)
    inside = literal[1:-1]
    assert literal[0] == literal[-1] == '"'
    assert not re.search(r'(?<!\\)(?:\\\\)*"', inside)
    assert "\n" not in literal


def test_typst_has_the_strokes_and_signs_of_mathematics() -> None:
    assert typst_string("tanh' = 1 - tanh², it's") == '"tanh′ = 1 − tanh², it\u2019s"'


def test_typst_text_ends_its_expression() -> None:
    assert typst_text("a") == '#"a";'
    assert typst_text("") == ""


def test_letters_of_source_are_replaced_and_commands_left() -> None:
    assert tex_letters(r"\text{中 é σ}") == r"\text{[U+4E2D] é \ensuremath{\sigma}}"


def test_a_comment_cannot_be_left() -> None:
    assert comment_text("a\n\\input{x} %") == "a-input-x- -"
