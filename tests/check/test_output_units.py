"""Claims about output units and rates: the right words and numbers hold, every other one does not."""

import pytest

from derive.check.judge import judge
from derive.check.search import lowest
from derive.notation.build import neg, number, sym
from derive.notation.form import Call, Text
from derive.record import Derivation, Given
from tests.check.derivations import define, form, line, step, value

INFINITY = Call("infinity")
A = sym("a")


def claimed(target, said, *givens):
    return judge(Derivation("", givens=givens, steps=(step("claim", target, line(said)),))).verified


@pytest.mark.parametrize(
    ("unit", "low", "high"),
    [
        ("sigmoid(a)", number(0), number(1)),
        ("tanh(a)", number(-1), number(1)),
        ("relu(a)", number(0), INFINITY),
        ("elu(a)", number(-1), INFINITY),
        ("leaky_relu(a)", neg(INFINITY), INFINITY),
        ("2*sigmoid(a) - 3", number(-3), number(-1)),
        ("a**2 + 1", number(1), INFINITY),
        ("sin(a)", number(-1), number(1)),
    ],
)
def test_ends_of_values(unit, low, high):
    free = Given(A, None, "free")
    for name, right in (("infimum", low), ("supremum", high)):
        for said in (number(0), number(1), number(-1), number(-3), INFINITY, neg(INFINITY), number(0.5)):
            assert claimed(Call(name, (form(unit),)), said, free) is (said == right), (name, said)


@pytest.mark.parametrize(
    ("unit", "target", "truth"),
    [
        ("sigmoid(a)", 2.5, "out of reach"),
        ("sigmoid(a)", 1, "only approached"),
        ("sigmoid(a)", 0.7, "reached"),
        ("tanh(a)", -1, "only approached"),
        ("tanh(a)", -3, "out of reach"),
        ("relu(a)", 0, "reached"),
        ("relu(a)", -0.001, "out of reach"),
        ("a", -1000, "reached"),
    ],
)
def test_reach(unit, target, truth):
    given = (Given(A, None, "free"), value("t", target))
    for said in ("reached", "only approached", "out of reach", "perhaps"):
        assert claimed(Call("reach", (form(unit), sym("t"))), Text(said), *given) is (said == truth)


def test_reach_of_several_targets_is_that_of_all():
    given = (Given(A, None, "free"), value("t_1", 0.5), value("t_2", 2))
    both = Call("reach", (form("sigmoid(a)"), sym("t_1"), sym("t_2")))
    assert claimed(both, Text("reached"), *given) is False
    assert claimed(both, Text("out of reach"), *given) is False


@pytest.mark.parametrize(
    ("shares", "truth"),
    [
        ((0.5, 0.25, 0.25), "reached"),
        ((1, 0, 0), "only approached"),
        ((0.5, 0.5, 0.5), "out of reach"),
        ((1.5, -0.5, 0), "out of reach"),
    ],
)
def test_reach_of_shares(shares, truth):
    given = value("t", form(f"[{', '.join(map(str, shares))}]"))
    target = Call("reach", (Call("softmax", (form("(a_1, a_2, a_3)"),)), sym("t")))
    for said in ("reached", "only approached", "out of reach"):
        free = tuple(Given(sym(f"a_{k}"), None, "free") for k in (1, 2, 3))
        assert claimed(target, Text(said), given, *free) is (said == truth)


@pytest.mark.parametrize(
    ("target", "truth"),
    [(0.5, "sigmoid, tanh, ReLU or linear"), (1, "sigmoid, tanh, ReLU or linear"), (-0.5, "tanh or linear"),
     (2.5, "ReLU or linear"), (-3, "linear")],
)  # fmt: skip
def test_fitting_units(target, truth):
    for said in ("sigmoid, tanh, ReLU or linear", "tanh or linear", "ReLU or linear", "linear", "sigmoid"):
        assert claimed(Call("fitting", (sym("t"),)), Text(said), value("t", target)) is (said == truth)
    assert claimed(Call("fitting", (sym("t"),)), Text("a larger net"), value("t", target)) is None


def test_the_smallest_loss_is_neither_larger_nor_smaller():
    given = (define("L", "(sigmoid(a) - t)**2"), value("t", 2.5), Given(A, None, "free"))
    assert claimed(Call("infimum", (sym("L"),)), form("(1 - t)**2"), *given) is True
    assert claimed(Call("infimum", (sym("L"),)), number(2.25), *given) is True
    for wrong in (2.2, 2.3, 2.2499, 0):
        assert claimed(Call("infimum", (sym("L"),)), number(wrong), *given) is False


def test_a_narrow_dip_beside_a_plateau_is_found():
    derivation = Derivation("", givens=(define("L", "(relu(a) - t)**2"), value("t", 0.01), Given(A, None, "free")))
    from derive.check.premises import Premises
    from derive.check.scope import points_of

    world = points_of(Premises(derivation.givens), derivation.conventions).valued[0]
    assert lowest(world, sym("L")) < 1e-15


WORDS = ("converges", "converges with oscillation", "oscillates without end", "diverges")


@pytest.mark.parametrize(("rate", "truth"), [(0.1, 0), (0.2, 0), (0.3, 1), (0.4, 2), (0.41, 3), (5, 3)])
def test_descent_on_a_line(rate, truth):
    """The error e = 2w + b - t has the curvature 2² + 1 = 5."""
    given = (
        define("e", "2*w + b - t"),
        define("L", "e**2/2"),
        *(value(n, 1) for n in ("w", "b", "t")),
        value("eta", rate),
    )
    target = Call("descent", (sym("L"), sym("w"), sym("b"), sym("eta")))
    for k, said in enumerate(WORDS):
        assert claimed(target, Text(said), *given) is (k == truth)


def test_descent_on_what_is_not_quadratic_is_not_decided():
    given = (define("L", "w**4"), value("w", 1), value("eta", 0.1))
    assert claimed(Call("descent", (sym("L"), sym("w"), sym("eta"))), Text("converges"), *given) is None


def test_descent_over_a_vector():
    given = (define("L", "transpose(w) @ w"), value("w", form("[1, 2]")), value("eta", 0.9))
    target = Call("descent", (sym("L"), sym("w"), sym("eta")))
    assert [claimed(target, Text(said), *given) for said in WORDS] == [False, True, False, False]


def test_a_rounded_line_of_a_claim_rounds_the_line_before():
    given = (define("L", "(sigmoid(a) - t)**2"), value("t", "4/3"), Given(A, None, "free"))
    target = Call("infimum", (sym("L"),))

    def both(decimal):
        made = step("claim", target, line("(1 - t)**2"), line(form(decimal), "≈"))
        return judge(Derivation("", givens=given, steps=(made,))).verified

    assert both("0.1111") is True
    assert both("0.1112") is False
