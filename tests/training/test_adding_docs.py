"""The entries that docs/adding.md shows are those that the tests beside this one work with."""

import re
from pathlib import Path
from textwrap import dedent

import pytest

from derive.training.cells import Cell
from derive.training.losses import VALUES, Loss, Term
from derive.training.optimizers import Optimizer
from tests.training.test_adding import PINBALL
from tests.training.test_adding_cell import MINIMAL
from tests.training.test_adding_optimizer import HALFWAY

TEXT = (Path(__file__).parents[2] / "docs" / "adding.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("title", "entry"), [("A loss", PINBALL), ("An optimizer", HALFWAY), ("A recurrent cell", MINIMAL)]
)
def test_the_entry_in_the_page(title, entry):
    section = re.search(rf"## {title}\n(.*?)(?=\n## |\Z)", TEXT, re.DOTALL).group(1)
    shown = re.search(r"(?:^    .*\n)+", section, re.MULTILINE).group(0)
    kinds = {"Cell": Cell, "Loss": Loss, "Optimizer": Optimizer, "Term": Term, "VALUES": VALUES}
    assert eval(dedent(shown), kinds) == entry
