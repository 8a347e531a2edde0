"""A Python listing as a list of events: models that are made, layers that are added, calls of compile and fit.

The text is parsed by `ast` and never run. A bracket or a comma that is missing is put in, as far as it can be told
where, and named as a fault; what a listing may hold besides imports, assignments and calls is left out, or refused
where it could change the model.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from derive.errors import InputError, Place
from derive.network.code.mending import mended
from derive.network.listing import MAX_LENGTH, Called, call, path, value

CHANGING = {"add", "append", "add_module", "extend", "insert", "pop"}
"""Methods that change a model: a loop with one of them cannot be left out."""


@dataclass(frozen=True, slots=True)
class Fault:
    """Something that is broken in a listing, and the line on which it stands."""

    line: int | None
    text: str

    def __str__(self) -> str:
        return f"line {self.line}: {self.text}" if self.line else self.text


@dataclass(frozen=True, slots=True)
class Event:
    """One step of a listing.

    Attributes:
        kind: "made" (`name = call`), "applied" (`name = call(sources)`), "method" (`owner.method(...)`, where the
            name is "owner.method") or "called" (any other call that stands by itself).
        name: what is assigned, or the method.
        call: the call.
        sources: the arguments of a layer that is applied.
    """

    kind: str
    name: str
    call: Called
    line: int
    sources: tuple[Any, ...] = ()


@dataclass
class Script:
    """What a listing says, in its order."""

    events: list[Event] = field(default_factory=list)
    imports: dict[str, str] = field(default_factory=dict)
    """What each imported name stands for; `*` for what a star imports."""
    values: dict[str, Any] = field(default_factory=dict)
    """Plain values, layers and lists of layers by the variable that holds them; None for what is not read."""
    faults: list[Fault] = field(default_factory=list)
    is_cut: bool = False
    """Whether the text could not be parsed, not even mended."""


def read_script(text: str) -> Script:
    """The events of a listing.

    Raises:
        InputError: the text is too long, nested too deeply, or holds what is never read, such as a lambda.
    """
    if len(text) > MAX_LENGTH:
        raise InputError(f"a listing of {len(text)} characters; {MAX_LENGTH} are the limit")
    try:
        found = mended(text)
        script = Script(faults=[Fault(line, said) for line, said in found.said], is_cut=found.tree is None)
        if found.tree is not None:
            _Reader(script).body(found.tree.body)
    except (RecursionError, MemoryError):
        raise InputError("the listing is nested too deeply") from None
    except ValueError as error:  # null bytes, numbers of many thousands of digits
        raise InputError(f"the listing cannot be read: {error}") from None
    return script


class _Reader:
    """Walks the statements of a listing."""

    def __init__(self, script: Script) -> None:
        self.script = script

    def body(self, statements: Sequence[ast.stmt]) -> None:
        """Take the statements in their order."""
        for statement in statements:
            self._statement(statement)

    def _statement(self, statement: ast.stmt) -> None:
        match statement:
            case ast.Import() | ast.ImportFrom():
                self.script.imports.update(_imported(statement))
            case ast.Assign(targets=[ast.Name(id=name)], value=given):
                self._assign(name, given)
            case ast.Expr(value=ast.Call() as given) | ast.Return(value=ast.Call() as given):
                self._call("", given)
            case ast.FunctionDef(args=arguments, body=body):
                self.script.values.update({each.arg: None for each in arguments.args})
                self.body(body)
            case ast.ClassDef():
                raise InputError("a class is not read: write the model as Sequential", _place(statement))
            case _:
                self._skip(statement)

    def _skip(self, statement: ast.stmt) -> None:
        """Leave out what changes no model; its names are known from then on."""
        for node in ast.walk(statement):
            if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
                self.script.values[node.id] = None
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr in CHANGING:
                what = type(statement).__name__.lower()
                raise InputError(f"a model that changes inside '{what}' is not read: write it out", _place(statement))

    def _assign(self, name: str, given: ast.expr) -> None:
        if isinstance(given, ast.Call):
            self._call(name, given)
            return
        try:
            self.script.values[name] = self.known(value(given))
        except InputError:
            if any(isinstance(node, _NEVER) for node in ast.walk(given)):
                raise
            self.script.values[name] = None

    def _call(self, name: str, given: ast.Call) -> None:
        """A call that stands by itself or is assigned; a layer that is called at once is applied."""
        line = given.lineno
        if isinstance(given.func, ast.Call):
            layer = self._resolved(call(given.func))
            sources = tuple(self.known(value(arg)) for arg in given.args)
            self.script.events.append(Event("applied", name, layer, line, sources))
            return
        if _is_data(given):
            self.script.values[name] = None
            return
        found = self._resolved(call(given))
        owner = found.name.rpartition(".")[0]
        unknown = owner and "." not in owner and owner not in self.script.imports and not name
        if owner in self.script.values or unknown:
            self.script.events.append(Event("method", found.name, found, line))
        else:
            self.script.events.append(Event("made" if name else "called", name, found, line))
        if name:
            self.script.values[name] = found

    def _resolved(self, found: Called) -> Called:
        args = tuple(map(self.known, found.args))
        settings = {key: self.known(each) for key, each in found.settings.items()}
        return Called(found.name, args, settings, found.place)

    def known(self, given: Any) -> Any:
        """A value with the variables in it replaced by what they hold."""
        if isinstance(given, tuple):
            return tuple(map(self.known, given))
        if isinstance(given, str) and isinstance(self.script.values.get(given), (int, float, tuple)):
            return self.script.values[given]
        return self._resolved(given) if isinstance(given, Called) else given


_NEVER = (ast.Lambda, ast.Call, ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp, ast.NamedExpr, ast.Await)


def _is_data(given: ast.Call) -> bool:
    """Whether a call makes data, such as `np.zeros(...)` or `x.reshape(...)`: nothing of it is needed here."""
    try:
        head = path(given.func).split(".")
    except InputError:
        return False
    makes = head[0] in ("np", "numpy", "pd", "torch") and head[-1] in _DATA
    return makes or head[-1] in ("load_data", "astype")


_DATA = {"zeros", "ones", "rand", "randn", "randint", "array", "load", "arange", "tensor", "read_csv", "normal"}


def _imported(statement: ast.Import | ast.ImportFrom) -> Iterator[tuple[str, str]]:
    for alias in statement.names:
        if isinstance(statement, ast.ImportFrom):
            module = statement.module or ""
            yield (
                ("*" if alias.name == "*" else alias.asname or alias.name),
                (module if alias.name == "*" else f"{module}.{alias.name}"),
            )
        elif alias.asname:
            yield alias.asname, alias.name
        else:
            yield alias.name.split(".")[0], alias.name.split(".")[0]


def _place(node: ast.AST) -> Place:
    return Place(line=getattr(node, "lineno", None))
