"""The house keeps its order: imports go one way, heavy libraries stay behind the door, functions fit on a screen."""

import ast
import inspect
import pkgutil
from functools import cache
from importlib import import_module
from pathlib import Path

import pytest

import derive

ROOT = Path(derive.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
LONGEST_FILE, LONGEST_FUNCTION, MEDIAN_FUNCTION = 300, 50, 10

MAY_IMPORT = {
    "errors": set(),
    "lookup": set(),
    "conventions": set(),
    "record": {"notation"},
    "notation": {"errors", "record"},
    "graph": {"errors", "record", "notation"},
    "network": {"conventions", "errors", "lookup", "record", "notation", "graph"},
    "training": {"errors", "record", "notation", "graph"},
    "questions": {"conventions", "errors", "lookup", "record", "notation", "graph", "network", "training"},
    "check": {"errors", "record", "notation"},
    "exam": {"conventions", "errors", "record", "notation", "graph", "network", "training", "questions", "check"},
    "render": {"errors", "record", "notation", "exam", "check", "questions"},
}
"""What a package may import besides itself; the command line and the public names may import everything."""
EXCEPTIONS = {"derive/exam/stress.py": {"render"}}
"""The stress test reads back what it printed."""
ONLY_THERE = {
    "jinja2": ("render", "cli"),
    "subprocess": ("render", "cli"),
    "typer": ("cli",),
    "rich": ("cli",),
    "typst": ("render",),
    "fast_sugiyama": ("render",),
    "pylatexenc": ("notation", "check"),
    "ruamel": ("exam", "cli"),
}
NEVER = {"numpy", "scipy", "torch", "pickle"}
FORBIDDEN_CALLS = {"eval", "exec", "__import__", "sympify", "parse_expr", "parse_latex", "lambdify", "S"}


def package_of(path):
    inner = path.relative_to(ROOT)
    return inner.parts[0].removesuffix(".py")


def name_of(path):
    return str(path.relative_to(ROOT.parent))


@cache
def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def imported(node):
    """The modules that an import statement names."""
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
        names = [f"{node.module}.{alias.name}" for alias in node.names]
        return names if node.module == "derive" else [node.module]
    return []


@cache
def all_imports(path):
    return [module for node in ast.walk(tree(path)) for module in imported(node)]


def top_imports(path):
    """Those that run when the module is imported; not those for type checking alone."""
    found = []
    stack = list(tree(path).body)
    while stack:
        node = stack.pop()
        if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            continue
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.dump(node.test):
            continue
        found += imported(node)
        stack += [child for child in ast.iter_child_nodes(node) if isinstance(child, ast.stmt)]
    return found


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_imports_go_one_way(path):
    package = package_of(path)
    if package not in MAY_IMPORT:
        return
    for module in all_imports(path):
        parts = module.split(".")
        if parts[0] == "derive" and len(parts) > 1 and parts[1] != package:
            assert parts[1] in MAY_IMPORT[package] | EXCEPTIONS.get(name_of(path), set()), f"{package} imports {module}"


def test_every_package_has_its_place():
    packages = {package_of(path) for path in FILES}
    assert packages - set(MAY_IMPORT) <= {"__init__", "__main__", "cli", "library"}


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_heavy_libraries_stay_where_they_belong(path):
    for module in all_imports(path):
        first = module.split(".")[0]
        assert first not in NEVER, f"{module} is not used here"
        if first in ONLY_THERE:
            assert package_of(path) in ONLY_THERE[first], f"{package_of(path)} imports {module}"
    if not path.name.startswith("sympy_"):
        assert "sympy" not in {module.split(".")[0] for module in top_imports(path)}, "half a second at start"


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_text_is_never_evaluated(path):
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            bare = node.func.id if isinstance(node.func, ast.Name) else ""
            on = node.func.attr if isinstance(node.func, ast.Attribute) else ""
            owner = getattr(getattr(node.func, "value", None), "id", "")
            assert bare not in FORBIDDEN_CALLS, f"{bare} in line {node.lineno}"
            assert not (owner == "sympy" and on in FORBIDDEN_CALLS), f"sympy.{on} in line {node.lineno}"
            assert not any(key.arg == "shell" for key in node.keywords), f"a shell in line {node.lineno}"


@cache
def functions_of(path):
    return [node for node in ast.walk(tree(path)) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]


def length(node):
    """Lines of a function, without its docstring."""
    first = node.body[0]
    text = first.end_lineno - first.lineno + 1 if ast.get_docstring(node) else 0
    return node.end_lineno - node.lineno + 1 - text


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_files_and_functions_are_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE
    long = [f"{node.name} ({length(node)})" for node in functions_of(path) if length(node) > LONGEST_FUNCTION]
    assert not long


def test_the_median_function_is_shorter_than_ten_lines():
    lengths = sorted(length(node) for path in FILES for node in functions_of(path))
    assert lengths[len(lengths) // 2] < MEDIAN_FUNCTION


def public(body, prefix=""):
    for node in body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            yield prefix + node.name, node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body, f"{node.name}.")


BY_KIND = {"Writer"}
"""Classes with a method for each kind of form, named after it: the class says what they do. So do derived classes."""


@pytest.mark.parametrize("path", FILES, ids=name_of)
def test_public_names_are_documented(path):
    module = tree(path)
    assert ast.get_docstring(module) or not module.body, "the module says nothing"
    derived = {node.name for node in module.body if isinstance(node, ast.ClassDef) and node.bases}
    silent = [name for name, node in public(module.body) if not ast.get_docstring(node)]
    assert not [name for name in silent if "." not in name or name.partition(".")[0] not in {*derived, *BY_KIND}]


def test_everything_can_be_imported():
    for module in pkgutil.walk_packages(derive.__path__, "derive."):
        if not module.name.endswith("__main__"):
            assert inspect.ismodule(import_module(module.name))
