"""Layers as text, `conv2d(filters=5, kernel=(3, 5), padding=same)`, read by `ast` and never run.

A value is a number, True, False, None, a word with or without quotes, a tuple or list of values, or a call, which is
a layer inside a layer. What stands without a name is positional: the inputs of a layer, the layers of a block.
"""

from __future__ import annotations

import ast
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from derive.errors import InputError, Place
from derive.notation.words import excerpt

MAX_LENGTH = 20_000


@dataclass(frozen=True, slots=True)
class Called:
    """A call as it stands in a text: a name, positional values, settings."""

    name: str
    args: tuple[Any, ...]
    settings: Mapping[str, Any]
    place: Place | None = None


@lru_cache(maxsize=256)
def read_call(text: str) -> Called:
    """The one call that a text is; a network says the same thing many times, and it is read once.

    Raises:
        InputError: the text is no call, or holds anything but plain values.
    """
    if len(text) > MAX_LENGTH:
        raise InputError(f"a layer of {len(text)} characters; {MAX_LENGTH} are the limit")
    try:
        tree = ast.parse(text.strip(), mode="eval").body
        if isinstance(tree, ast.Name):
            return Called(tree.id, (), {}, _place(tree))
        if not isinstance(tree, ast.Call):
            raise InputError(f"'{excerpt(text)}' is no layer: write its name and its settings in brackets")
        return call(tree)
    except InputError as error:  # whoever holds the text knows its line
        error.place = error.place and Place(column=error.place.column)
        raise
    except SyntaxError as error:
        raise InputError(f"'{excerpt(text)}' cannot be read: {error.msg}", Place(column=error.offset)) from None
    except (RecursionError, MemoryError, ValueError):
        raise InputError(f"'{excerpt(text)}' is nested too deeply") from None


def call(node: ast.Call) -> Called:
    """A call with plain values; its name may have a path in front, as in `layers.Dense`."""
    if any(isinstance(arg, ast.Starred) for arg in node.args):
        raise InputError("* or ** in a call", _place(node))
    settings: dict[str, Any] = {}
    for key in node.keywords:
        if key.arg is None:
            raise InputError("* or ** in a call", _place(node))
        if key.arg in settings:
            raise InputError(f"{key.arg} is given twice", _place(node))
        settings[key.arg] = value(key.value)
    return Called(path(node.func), tuple(map(value, node.args)), settings, _place(node))


def value(node: ast.expr) -> Any:
    """The plain value of an expression."""
    match node:
        case ast.Constant(value=int() | float() | str() | bool() | None as plain):
            return plain
        case ast.UnaryOp(op=ast.USub(), operand=ast.Constant(value=int() | float() as plain)):
            return -plain
        case ast.Name():
            return node.id
        case ast.Attribute():
            return path(node)
        case ast.Tuple(elts) | ast.List(elts):
            return tuple(map(value, elts))
        case ast.Call():
            return call(node)
        case ast.BinOp(op=ast.Mult(), left=left, right=right):
            a, b = value(left), value(right)
            if isinstance(a, int) and isinstance(b, int) and max(abs(a), abs(b)) < 10**9:
                return a * b
    raise InputError("only numbers, words, lists and calls may stand here", _place(node))


def path(node: ast.expr) -> str:
    """A dotted name."""
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if not isinstance(node, ast.Name):
        raise InputError("a call of anything but a named function", _place(node))
    return ".".join([node.id, *reversed(parts)])


def _place(node: ast.AST) -> Place:
    return Place(line=getattr(node, "lineno", None), column=getattr(node, "col_offset", 0) + 1)
