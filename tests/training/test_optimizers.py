"""What torch does not have, against recursions written out in 50 digits; and the two writings of each rule."""

import random
from fractions import Fraction

import pytest
from mpmath import mp

from derive.errors import InputError, UnknownName
from derive.notation.form import Symbol
from derive.notation.symbols import parse_symbol
from derive.notation.value import evaluate
from derive.training.optimizers import TABLE, optimizer
from derive.training.rule import CORRECTED, ROOT, T_BEFORE, G, T, W, calls, check_setting, settings_of, settled
from tests.training.peers import Bowl, descent, ends, numbers, run

SEEDS, STEPS = range(20), 5
NAMES = [f"{entry.name} {entry.form}".strip() for entry in TABLE]


@pytest.fixture(autouse=True)
def many_digits():
    with mp.workdps(50):
        yield


def velocity(w, slope, eta, beta):
    u = [mp.mpf(0)] * len(w)
    for _ in range(STEPS):
        u = [beta * a - eta * g for a, g in zip(u, slope(w), strict=True)]
        w = [a + b for a, b in zip(w, u, strict=True)]
    return w


def look_ahead(w, slope, eta, beta):
    u = [mp.mpf(0)] * len(w)
    for _ in range(STEPS):
        g = slope([a + beta * b for a, b in zip(w, u, strict=True)])
        u = [beta * a - eta * b for a, b in zip(u, g, strict=True)]
        w = [a + b for a, b in zip(w, u, strict=True)]
    return w


def adam(w, slope, eta, inside, corrects):
    m = v = [mp.mpf(0)] * len(w)
    one, two, eps = mp.mpf(3) / 4, mp.mpf(7) / 8, mp.mpf(1) / 1000
    for t in range(1, STEPS + 1):
        g = slope(w)
        m = [one * a + (1 - one) * b for a, b in zip(m, g, strict=True)]
        v = [two * a + (1 - two) * b * b for a, b in zip(v, g, strict=True)]
        a, b = (1 - one**t, 1 - two**t) if corrects else (1, 1)
        root = [mp.sqrt(x / b + eps) if inside else mp.sqrt(x / b) + eps for x in v]
        w = [x - eta * y / a / r for x, y, r in zip(w, m, root, strict=True)]
    return w


def squares(w, slope, eta, keep, add, inside):
    """RMSProp and AdaGrad: s = keep·s + add·g²."""
    s = [mp.mpf(0)] * len(w)
    for _ in range(STEPS):
        g = slope(w)
        s = [keep * a + add * b * b for a, b in zip(s, g, strict=True)]
        eps = mp.mpf(1) / 1000
        root = [mp.sqrt(x + eps) if inside else mp.sqrt(x) + eps for x in s]
        w = [x - eta * y / r for x, y, r in zip(w, g, root, strict=True)]
    return w


ADAM = {"beta_1": 0.75, "beta_2": 0.875, "epsilon": Fraction(1, 1000)}
CASES = {
    "velocity": (("momentum", "velocity", {"beta": 0.75}), lambda w, f, eta: velocity(w, f, eta, mp.mpf(0.75))),
    "look ahead": (("nesterov", "look_ahead", {"beta": 0.75}), lambda w, f, eta: look_ahead(w, f, eta, mp.mpf(0.75))),
    **{
        f"adam {inside} {corrects}": (
            ("adam", "", {**ADAM, "epsilon_in_root": inside, "bias_correction": corrects}),
            lambda w, f, eta, inside=inside, corrects=corrects: adam(w, f, eta, inside, corrects),
        )
        for inside in (True, False)
        for corrects in (True, False)
    },
    "rmsprop inside": (
        ("rmsprop", "", {"beta": 0.75, "epsilon": Fraction(1, 1000), "epsilon_in_root": True}),
        lambda w, f, eta: squares(w, f, eta, mp.mpf(0.75), mp.mpf(0.25), True),
    ),
    "adagrad inside": (
        ("adagrad", "", {"epsilon": Fraction(1, 1000), "epsilon_in_root": True}),
        lambda w, f, eta: squares(w, f, eta, 1, 1, True),
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_as_written_out(case):
    (name, form, settings), peer = CASES[case]
    for seed in SEEDS:
        rng = random.Random(f"{case}/{seed}")
        bowl, start, rate = Bowl(rng, 2), numbers(rng, 2), rng.choice([0.25, 0.125])
        found = ends(run(descent(name, rate, bowl.slope, form, **settings), start, STEPS))
        expected = [float(x) for x in peer(list(map(mp.mpf, start)), bowl.slope, mp.mpf(rate))]
        assert found == pytest.approx(expected, rel=1e-14)


def settings_at_random(entry, rng):
    env = {parse_symbol(name): Fraction(rng.randint(1, 99), 100) for name in ("eta", *settings_of(entry))}
    env |= {name: Fraction(rng.randint(-200, 200), 64) for name in (W, G)}
    env |= {parse_symbol(state): Fraction(rng.randint(1, 200), 64) for state in entry.state}
    step = rng.randint(1, 6)
    return env | {T: Fraction(step), T_BEFORE: Fraction(step - 1)}


SEVERAL_LINES = [entry for entry in TABLE if len(entry.rule) > 1]


@pytest.mark.parametrize("decays", [False, True])
@pytest.mark.parametrize("entry", SEVERAL_LINES, ids=lambda entry: f"{entry.name} {entry.form}".strip())
def test_line_by_line_and_in_one_formula(entry, decays):
    """Both were written down for themselves; and so with each option."""
    for inside in (True, False) if calls(entry, ROOT) else (None,):
        for corrects in (True, False) if calls(entry, CORRECTED) else (None,):
            rule = settled(entry, inside, corrects, decays)
            for seed in range(20):
                env = settings_at_random(entry, random.Random(f"{entry.name}/{seed}"))
                whole = evaluate(rule.whole, env)
                for quantity, form, _ in rule.lines:
                    env[parse_symbol(quantity)] = evaluate(form, env)
                assert abs(env[Symbol("w", sub=("new",))] - whole) < 1e-45 * max(1, abs(whole))


@pytest.mark.parametrize("entry", TABLE, ids=NAMES)
def test_an_entry_is_complete(entry):
    assert entry.source
    assert entry.called
    assert entry.rule[-1][0] == "w_new"
    assert all(f"{state}_new" in [quantity for quantity, _, _ in entry.rule] for state in entry.state)
    assert optimizer(entry.name, entry.form) is entry


def test_options_that_a_rule_does_not_have():
    with pytest.raises(InputError, match="momentum has no option epsilon_in_root"):
        settled(optimizer("momentum"), epsilon_in_root=True)
    with pytest.raises(InputError, match="rmsprop has no option bias_correction"):
        settled(optimizer("rmsprop"), bias_correction=False)


@pytest.mark.parametrize(
    ("name", "value", "kind", "says"),
    [
        ("beta_3", Fraction(0), UnknownName, "Known: beta_1, beta_2, epsilon, lam"),
        ("beta_1", Fraction(1), InputError, "beta_1 must be at least 0 and less than 1"),
        ("beta_2", Fraction(-1, 10), InputError, "beta_2 must be at least 0"),
        ("epsilon", Fraction(-1), InputError, "epsilon must not be negative"),
    ],
)
def test_settings_out_of_range(name, value, kind, says):
    with pytest.raises(kind, match=says):
        check_setting(optimizer("adam"), name, value)


def test_unknown_names_list_the_known():
    with pytest.raises(UnknownName, match="Known: adadelta, adagrad, adam, adamw, amsgrad"):
        optimizer("lion")
    with pytest.raises(UnknownName, match="Known: look_ahead, pytorch"):
        optimizer("nesterov", "sutskever")
