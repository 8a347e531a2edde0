"""What is given stays with what follows, but tall matrices and the frame for a drawing may end a page."""

import pytest

from derive.notation.build import column, number, sym
from derive.notation.form import Frac
from derive.record import Given
from derive.render.latex_printer import LatexPrinter
from derive.render.typst_printer import TypstPrinter


def vector(name, rows):
    return Given(sym(name), column([number(k) for k in range(rows)]), "value")


@pytest.mark.parametrize(
    ("givens", "tall"),
    [
        ((vector("x", 2), vector("y", 2)), False),
        ((vector("x", 4), vector("y", 4)), False),
        ((vector("x", 5),), True),
        (tuple(vector(f"x_{k}", 3) for k in range(20)), True),  # several lines of them
        ((Given(sym("x"), Frac(number(1), number(2))),), False),
    ],
)
def test_only_tall_givens_may_stand_on_the_page_before(givens, tall):
    assert ("\\maybreak" in LatexPrinter().givens(givens)) == tall
    assert ("tall: true" in TypstPrinter().givens(givens)) == tall
