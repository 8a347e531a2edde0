"""Classes that are found by looking into a package, without loading all of it for one of them.

A class says its name in one line, `ask: ClassVar[str] = "graph.forward"`. That line is read from the text of the
modules; only the module that has it is loaded. A class whose name is not written like that is found by loading all.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from types import ModuleType
from typing import TypeVar

Kind = TypeVar("Kind")


def one(package: ModuleType, base: type[Kind], attribute: str, name: str) -> type[Kind] | None:
    """The subclass of a base that has this name under an attribute; None where no module has it."""
    home = _homes(package, attribute).get(name)
    if home is not None:
        importlib.import_module(home)
    found = (kind for kind in subclasses(base) if kind.__dict__.get(attribute) == name)
    return next(found, None) or every(package, base, attribute).get(name)


def every(package: ModuleType, base: type[Kind], attribute: str) -> dict[str, type[Kind]]:
    """All named subclasses of a base in the modules of a package.

    Raises:
        TypeError: two of them have the same name.
    """
    for module in pkgutil.iter_modules(package.__path__):
        importlib.import_module(f"{package.__name__}.{module.name}")
    found: dict[str, type[Kind]] = {}
    for kind in subclasses(base):
        name = kind.__dict__.get(attribute)
        if not name or not kind.__module__.startswith(package.__name__):
            continue
        if found.setdefault(name, kind) is not kind:
            raise TypeError(f"two classes are called {name}: {found[name].__name__}, {kind.__name__}")
    return found


@lru_cache(maxsize=None)
def _homes(package: ModuleType, attribute: str) -> dict[str, str]:
    """The module of each name, by the text of the modules."""
    line = re.compile(rf'^    {attribute}: ClassVar\[str\] = "([^"]+)"', re.MULTILINE)
    files = [path for folder in package.__path__ for path in sorted(Path(folder).glob("*.py"))]
    return {name: f"{package.__name__}.{path.stem}" for path in files for name in line.findall(path.read_text("utf-8"))}


def subclasses(kind: type[Kind]) -> Iterator[type[Kind]]:
    """All classes below one, those that are loaded."""
    for child in kind.__subclasses__():
        yield child
        yield from subclasses(child)
