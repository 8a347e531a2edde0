"""YAML to plain data, with the position of everything, so that an error can say where.

The file is composed to nodes and turned into data here: no tag makes an object, a key is always text, a date stays
text, and a decimal that a float cannot hold digit by digit stays text too (the text reader takes it exactly).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from types import MappingProxyType
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from derive.errors import InputError, Place

DataPath = tuple[str | int, ...]

MAX_BYTES = 1_000_000
MAX_NODES = 100_000  # aliases are counted each time they are used, which defuses "a billion laughs"
MAX_DEPTH = 50

_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True)
class YamlFile:
    """Plain data and where it stands.

    `keys` and `values` map a path to (line, column), both from 1; `texts` holds the column at which the characters of a
    one-line text begin, behind its quotation mark where it has one. `titles` has what people call a path, where that
    is not its number.
    """

    name: str
    data: Any
    keys: dict[DataPath, tuple[int, int]] = field(default_factory=dict)
    values: dict[DataPath, tuple[int, int]] = field(default_factory=dict)
    texts: dict[DataPath, int] = field(default_factory=dict)
    titles: dict[DataPath, str] = field(default_factory=dict)

    def place(self, path: DataPath, key: bool = False, inside: int | None = None) -> Place:
        """Where a path stands, or the nearest thing around it that is in the file.

        Args:
            path: keys and indices from the top.
            key: the key is meant, rather than its value.
            inside: the column within the value, counted from 1, where it is a text.
        """
        spots = (self.keys, self.values) if key else (self.values, self.keys)
        here = path
        while here and not any(here in spot for spot in spots):
            here = here[:-1]
        line, column = next((spot[here] for spot in spots if here in spot), (1, 1))
        if inside is not None and path in self.texts:
            column = self.texts[path] + inside - 1
        return Place(self.name, line, column, path_text(path, self.titles) or None)


def path_text(path: DataPath, titles: Mapping[DataPath, str] = MappingProxyType({})) -> str:
    """A path as people say it, counted from 1: `problem 2, part a, given, input 3`; by its title what has one."""
    words: list[str] = []
    for length, item in enumerate(path, 1):
        if (title := titles.get(path[:length])) is not None:
            words = [title]
            continue
        if isinstance(item, int) and words:
            words[-1] = _ITEMS.get(words[-1], "{name} {number}").format(
                name=words[-1], number=item + 1, letter=chr(ord("a") + item)
            )
        else:
            words.append(str(item + 1) if isinstance(item, int) else item)
    return ", ".join(words)


_ITEMS = {"problems": "problem {number}", "parts": "part {letter}"}


def read_yaml(path: Path) -> YamlFile:
    """The data of a YAML file.

    Raises:
        InputError: the file is missing, too large, not UTF-8 or not the YAML that is allowed here.
    """
    try:
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError(f"cannot be read: {error.strerror}", Place(str(path))) from None
    if len(raw) > MAX_BYTES:
        raise InputError(f"the file is larger than {MAX_BYTES} bytes", Place(str(path)))
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        raise InputError("the file is not UTF-8 text", Place(str(path), line)) from None
    return parse_yaml(text, str(path))


def parse_yaml(text: str, name: str) -> YamlFile:
    """The data of a YAML text; `name` is what its errors call it."""
    try:
        node = YAML(typ="safe", pure=True).compose(text)
        return _Reader(name).file(node)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(name, mark.line + 1, mark.column + 1) if mark else Place(name)
        raise InputError(_sentence(error), place) from None
    except RecursionError:
        raise InputError("the file is nested too deeply", Place(name)) from None
    except (YAMLError, ValueError) as error:
        raise InputError(f"this is not YAML: {str(error).splitlines()[0]}", Place(name)) from None


def _sentence(error: MarkedYAMLError) -> str:
    problem = " ".join(str(error.problem or error.context or "").split())
    if "'\\t'" in problem:
        return "a tab stands where YAML wants spaces"
    context = f" ({' '.join(str(error.context).split())})" if error.context and error.problem else ""
    return f"this is not YAML: {problem}{context}"


class _Reader:
    def __init__(self, name: str) -> None:
        self.name = name
        self.count = 0
        self.keys: dict[DataPath, tuple[int, int]] = {}
        self.values: dict[DataPath, tuple[int, int]] = {}
        self.texts: dict[DataPath, int] = {}

    def file(self, node: Node | None) -> YamlFile:
        data = None if node is None else self._data(node, ())
        return YamlFile(self.name, data, self.keys, self.values, self.texts)

    def _error(self, message: str, node: Node) -> InputError:
        return InputError(message, Place(self.name, *_spot(node)))

    def _data(self, node: Node, path: DataPath) -> Any:
        self.count += 1
        if self.count > MAX_NODES:
            raise self._error(f"the file holds more than {MAX_NODES} values (aliases written out)", node)
        if len(path) > MAX_DEPTH:
            raise self._error(f"the file is nested more than {MAX_DEPTH} levels deep", node)
        self.values[path] = _spot(node)
        if isinstance(node, ScalarNode):
            if node.start_mark.line == node.end_mark.line:
                self.texts[path] = node.start_mark.column + 1 + (node.style in ("'", '"'))
            return self._scalar(node)
        kind = "map" if isinstance(node, MappingNode) else "seq"
        if _tag(node) != kind:
            raise self._error(f"the tag {node.tag} is not allowed", node)
        if isinstance(node, SequenceNode):
            return [self._data(item, (*path, index)) for index, item in enumerate(node.value)]
        return dict(self._entries(node, path))

    def _entries(self, node: Node, path: DataPath) -> Iterator[tuple[str, Any]]:
        for key_node, value_node in node.value:
            if not isinstance(key_node, ScalarNode):
                raise self._error("a key must be a plain name", key_node)
            if _tag(key_node) == "merge":
                raise self._error("the merge key << is not supported: write the keys out", key_node)
            here = (*path, key_node.value)
            if here in self.keys:
                line = self.keys[here][0]
                raise self._error(f"the key '{key_node.value}' is given twice, first in line {line}", key_node)
            self.keys[here] = _spot(key_node)
            yield key_node.value, self._data(value_node, here)

    def _scalar(self, node: ScalarNode) -> Any:
        read = _SCALARS.get(_tag(node))
        if read is None:
            raise self._error(f"the tag {node.tag} is not allowed", node)
        try:
            return read(node.value)
        except (ValueError, InvalidOperation):
            raise self._error(f"'{node.value[:40]}' is no number that can be used here", node) from None


def _tag(node: Node) -> str:
    return str(node.tag).removeprefix(_TAG)


def _spot(node: Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _integer(text: str) -> int | str:
    plain = text.replace("_", "")
    if len(plain) > 60:
        return plain  # the text reader says what is wrong with so long a number
    return int(plain, 0) if plain.lower().lstrip("+-").startswith(("0o", "0x", "0b")) else int(plain)


def _decimal(text: str) -> float | str:
    plain = text.replace("_", "")
    value = float(plain.replace(".inf", "inf").replace(".nan", "nan"))
    if not math.isfinite(value) and "inf" not in plain.lower() and "nan" not in plain.lower():
        return plain
    if not math.isfinite(value):
        raise ValueError(plain)
    return value if Decimal(repr(value)) == Decimal(plain) else plain


_SCALARS: dict[str, Callable[[str], Any]] = {
    "str": str,
    "timestamp": str,
    "null": lambda text: None,
    "bool": lambda text: text.lower() == "true",
    "int": _integer,
    "float": _decimal,
}
