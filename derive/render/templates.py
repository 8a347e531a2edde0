"""The templates: where they are found, and the sandbox that they run in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from importlib import resources
from pathlib import Path
from typing import Any

import jinja2
from jinja2 import nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from derive.errors import RenderError, UnknownName
from derive.render.raw import Raw

_ALLOWED_FILTERS = (
    "join",
    "length",
    "first",
    "last",
    "upper",
    "lower",
    "round",
    "list",
    "sum",
    "default",
    "batch",
    "sort",
)
_LIMIT = 200_000
"""How many loop turns and calls one document may take: an exam needs some hundreds."""


class Budget:
    """What is left of the loop turns and calls of one document."""

    def __init__(self, left: int = _LIMIT) -> None:
        self.left = left

    def spend(self) -> None:
        """Take one away.

        Raises:
            RenderError: nothing is left.
        """
        self.left -= 1
        if self.left < 0:
            raise RenderError(f"a template took more than {_LIMIT} loop turns and calls: is there an endless loop?")


@jinja2.pass_context
def _counted(context: jinja2.runtime.Context, items: Iterable[Any]) -> Iterator[Any]:
    budget: Budget = context["budget"]
    for item in items:
        budget.spend()
        yield item


class TemplateEnvironment(ImmutableSandboxedEnvironment):
    r"""Jinja's sandbox with delimiters that suit TeX and Typst: \VAR{..}, \BLOCK{..}, \#{..#}.

    Whatever a template prints goes through `printed`, which escapes all but `Raw` text; the output of a macro is Raw
    because its parts went through already. Loops and calls draw on the document's budget.
    """

    concat = staticmethod(lambda parts: Raw("".join(parts)))
    intercepted_binops = frozenset({"*", "**", "%"})

    def __init__(self, loader: jinja2.BaseLoader, printed: Callable[[object], Raw]) -> None:
        super().__init__(
            block_start_string=r"\BLOCK{", block_end_string="}", variable_start_string=r"\VAR{",
            variable_end_string="}", comment_start_string=r"\#{", comment_end_string="#}", trim_blocks=True,
            lstrip_blocks=True, keep_trailing_newline=True, autoescape=False, undefined=jinja2.StrictUndefined,
            finalize=printed, loader=loader,
        )  # fmt: skip
        self.filters = {name: self.filters[name] for name in _ALLOWED_FILTERS} | {"counted": _counted}

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        for loop in tree.find_all(nodes.For):
            loop.iter = nodes.Filter(loop.iter, "counted", [], [], None, None, lineno=loop.lineno)
        return tree

    def call(self, context: jinja2.runtime.Context, obj: Any, *args: Any, **kwargs: Any) -> Any:
        """Call on behalf of a template, at the budget's cost."""
        context["budget"].spend()
        return super().call(context, obj, *args, **kwargs)

    def call_binop(self, context: jinja2.runtime.Context, operator: str, left: Any, right: Any) -> Any:
        """Arithmetic on numbers only: repeated text and huge powers are how a template eats the memory."""
        if operator == "**" or isinstance(left, str | list | tuple) or isinstance(right, str | list | tuple):
            raise RenderError(f"a template may not use {operator} here: numbers are multiplied, text is joined with ~")
        return super().call_binop(context, operator, left, right)


def template_root() -> Path:
    """The folder of the templates that come with derive: inside the installed package, else beside it."""
    inside = Path(str(resources.files("derive"))) / "templates"
    return inside if inside.is_dir() else inside.parent.parent / "templates"


def _folders(folder: str, own: Path | None) -> list[Path]:
    return [path for path in ((own / folder) if own else None, template_root() / folder) if path is not None]


def kinds(folder: str, suffix: str, own: Path | None = None) -> list[str]:
    """The document kinds: the names of the template files, without those that start with an underscore."""
    found = (path for place in _folders(folder, own) if place.is_dir() for path in place.glob(f"*.{suffix}"))
    return sorted({path.stem for path in found if not path.name.startswith("_")})


def environment(folder: str, own: Path | None, printed: Callable[[object], Raw]) -> TemplateEnvironment:
    """The environment of a language; templates in `own` come first and may extend "builtin/..."."""
    builtin = jinja2.FileSystemLoader(template_root() / folder)
    loaders: list[jinja2.BaseLoader] = [jinja2.FileSystemLoader(own / folder)] if own else []
    loader = jinja2.ChoiceLoader([*loaders, builtin, jinja2.PrefixLoader({"builtin": builtin})])
    return TemplateEnvironment(loader, printed)


def fill(env: TemplateEnvironment, kind: str, suffix: str, known: list[str], values: dict[str, object]) -> Raw:
    """The template of a document kind, filled in.

    Raises:
        UnknownName: there is no template of that kind.
        RenderError: the template is wrong; the message names its file and line.
    """
    if kind not in known:
        raise UnknownName("document kind", kind, known)
    try:
        return Raw(env.get_template(f"{kind}.{suffix}").render(values, budget=Budget()))
    except jinja2.TemplateSyntaxError as error:
        raise RenderError(f"the template {error.name} has a mistake in line {error.lineno}: {error.message}") from error
    except (jinja2.TemplateError, RecursionError, OverflowError, TypeError, ValueError, AttributeError) as error:
        raise RenderError(f"the template {kind}.{suffix} cannot be filled in{_spot(error)}: {error}") from error


def _spot(error: BaseException) -> str:
    """Where in the templates an error arose, from the innermost traceback entry that is a template."""
    spot, trace = "", error.__traceback__
    while trace is not None:
        if trace.tb_frame.f_globals.keys() & {"__jinja_template__", "__jinja_exception__"}:
            spot = f" ({Path(trace.tb_frame.f_code.co_filename).name}, line {trace.tb_lineno})"
        trace = trace.tb_next
    return spot
