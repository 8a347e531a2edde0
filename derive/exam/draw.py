"""Drawn givens, the stage between loading and solving. Its place is here; for now a drawn given is refused by name."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from derive.errors import InputError
from derive.exam.yaml_file import DataPath, YamlFile

DRAWS = frozenset({"pick", "integer", "decimal"})


def refuse_draws(source: YamlFile) -> Iterator[InputError]:
    """An error for each given that asks for a draw."""
    for path, value in _mappings((), source.data):
        if "given" in path and len(value) <= 2 and not DRAWS.isdisjoint(value) and set(value) <= DRAWS | {"step"}:
            what = next(iter(DRAWS & set(value)))
            yield InputError(f"drawn givens ({{{what}: ...}}) are not available yet", source.place(path))


def _mappings(path: DataPath, data: Any) -> Iterator[tuple[DataPath, dict[str, Any]]]:
    if isinstance(data, dict):
        yield path, data
        for key, value in data.items():
            yield from _mappings((*path, key), value)
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _mappings((*path, index), value)
