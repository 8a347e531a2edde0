"""The entries that docs/adding.md shows are those that the tests beside this one work with."""

import re
from pathlib import Path
from textwrap import dedent

import pytest

from derive.graph.array_table import ArrayOperation
from derive.training import units
from derive.training.cells import Cell
from derive.training.losses import VALUES, Loss, Term
from derive.training.optimizers import Optimizer
from derive.training.units import A
from tests.graph.test_adding_array import OUTER, outer
from tests.training.test_adding import PINBALL
from tests.training.test_adding_cell import MINIMAL
from tests.training.test_adding_optimizer import HALFWAY
from tests.training.test_adding_unit import EXPONENTIAL

TEXT = (Path(__file__).parents[2] / "docs" / "adding.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("title", "entry"),
    [("A loss", PINBALL), ("An optimizer", HALFWAY), ("A recurrent cell", MINIMAL), ("An operation on arrays", OUTER)],
)
def test_the_entry_in_the_page(title, entry):
    kinds = {"Cell": Cell, "Loss": Loss, "Optimizer": Optimizer, "Term": Term, "VALUES": VALUES}
    assert shown(title, kinds | {"ArrayOperation": ArrayOperation, "outer": outer}) == entry


def test_the_unit_in_the_page():
    """Units hold functions, which are compared by what they make of a letter."""

    def told(unit):
        return unit.words, unit.low, unit.high, unit.attained, unit.usual, unit.output(A), unit.reasons(A)

    assert told(shown("An output unit", vars(units))) == told(EXPONENTIAL)


def shown(title, names):
    """The entry in a section of the page."""
    section = re.search(rf"## {title}\n(.*?)(?=\n## |\Z)", TEXT, re.DOTALL).group(1)
    code = re.search(r"(?:^    .*\n)+", section, re.MULTILINE).group(0)
    return eval(dedent(code), dict(names))
