"""An activation's argument is named in a solution: the flag of the operation is what says so."""

import pytest

from derive.graph.paths import name_arguments
from derive.graph.split import split
from derive.notation.symbols import parse_symbol
from derive.notation.text import read


@pytest.mark.parametrize("name", ["sigmoid", "tanh", "relu", "leaky_relu", "softplus", "gelu"])
def test_argument_is_named(name):
    form = read(f"{name}(w*x + b)")
    named = name_arguments(form, "a", 0)
    assert named.inner == {parse_symbol("a_0"): read("w*x + b")}
    assert read("w*x + b") in split(form, detail="named").values()
