"""Every entry of the table of losses: value and gradient against torch, its formula against what it must be worth."""

import random
from dataclasses import replace
from itertools import count

import pytest

from derive.check.judge import judge
from derive.errors import InputError, UnknownName
from derive.notation.symbols import parse_symbol
from derive.notation.value import evaluate
from derive.questions.catalogue import question
from derive.questions.loss_draws import draw_loss
from derive.record import Conventions
from derive.training.loss_forms import chosen, loss_forms
from derive.training.losses import LOSSES, TABLE, loss
from derive.training.penalties import PENALTIES, penalty
from derive.training.penalties import TABLE as PENALTY_TABLE

CASES = 20
INPUTS = [(entry.name, taken.kind) for entry in TABLE for taken in entry.inputs]


def drawn(name, kind, seed):
    """A random case of one loss as the stress test draws it, but never with a graph, and beside every kink."""
    rng = random.Random(f"{name}/{kind}/{seed}")
    while True:
        givens = draw_loss(rng, numbers=True)
        if (givens["loss"], givens["from"]) == (name, kind) and "graph" not in givens:
            beside = kind in ("values", "scores")
            return givens | ({"prediction": moved(givens["prediction"], count(1))} if beside else {})


def moved(value, steps):
    """Each number moved by another small amount, so that none lies where two are equal."""
    if isinstance(value, list):
        return [moved(item, steps) for item in value]
    return round(value + next(steps) * 0.013, 3)


def numbers(answer):
    value = evaluate(answer.form, {})
    return [float(x) for x in getattr(value, "items", [value])]


def one_hot(torch, target, prediction):
    """The target in the shape of the prediction; a class becomes its one-hot vector."""
    if getattr(target, "shape", None) == prediction.shape:
        return target
    return torch.nn.functional.one_hot(target.long() - 1, prediction.shape[-1]).double()


def by_class(function, prediction, target):
    """A loss of torch that takes the numbers of classes, from 0, for each sample."""
    rows = prediction if prediction.dim() == 2 else prediction[None]
    return function(rows, target.argmax(-1).reshape(-1), reduction="none")


def focal(torch, p, t, settings):
    """Lin et al. 2017, as torchvision.ops.sigmoid_focal_loss writes it."""
    own = p * t + (1 - p) * (1 - t)
    terms = (1 - own) ** settings.get("gamma", 2) * torch.nn.functional.binary_cross_entropy(p, t, reduction="none")
    alpha = settings.get("alpha")
    return terms if alpha is None else (alpha * t + (1 - alpha) * (1 - t)) * terms


def margins(s, t):
    """1 + s_k - s_c for the wrong classes k."""
    right = (s * t).sum(-1, keepdim=True)
    return (1 + s - right)[t == 0].reshape(*s.shape[:-1], -1)


def terms(torch, givens, x, t):
    """The loss of each entry, or of each sample, by torch."""
    f = torch.nn.functional
    kind, settings = givens["from"], givens.get("settings", {})
    p = {"logits": torch.sigmoid, "log_probabilities": torch.exp}.get(kind, lambda y: y)(x)
    shares = torch.softmax(x, -1) if kind == "logits" else p
    table = {
        "mse": lambda: f.mse_loss(x, t, reduction="none"),
        "sse": lambda: f.mse_loss(x, t, reduction="none"),
        "mae": lambda: f.l1_loss(x, t, reduction="none"),
        "huber": lambda: f.huber_loss(x, t, reduction="none", delta=settings.get("delta", 1)),
        "bce": lambda: (f.binary_cross_entropy_with_logits if kind == "logits" else f.binary_cross_entropy)(
            x, t, reduction="none"
        ),
        "focal": lambda: focal(torch, p, t, settings),
        "hinge": lambda: torch.clamp(1 - t * x, min=0),
        "cross_entropy": lambda: (
            f.cross_entropy(x, t, reduction="none") if kind == "logits" else -(t * torch.log(x)).sum(-1)
        ),
        "nll": lambda: -(t * x).sum(-1) if kind == "log_probabilities" else by_class(f.nll_loss, torch.log(x), t),
        "kl": lambda: f.kl_div(torch.log(shares), t, reduction="none").sum(-1),
        "multi_margin": lambda: by_class(f.multi_margin_loss, x, t),
        "weston_watkins": lambda: by_class(f.multi_margin_loss, x, t) * x.shape[-1],
        "crammer_singer": lambda: torch.clamp(margins(x, t).amax(-1), min=0),
    }
    return table[givens["loss"]]()


def by_torch(torch, givens):
    """Value and gradient of the loss by torch."""
    x = torch.tensor(givens["prediction"], dtype=torch.float64, requires_grad=True)
    t = one_hot(torch, torch.tensor(givens["target"], dtype=torch.float64), x)
    if givens["loss"] == "nll" and givens["from"] == "probabilities" and not set(t.flatten().tolist()) <= {0, 1}:
        each = -(t * torch.log(x)).sum(-1)
    else:
        each = terms(torch, givens, x, t)
    reduction = givens.get("reduction", loss(givens["loss"]).reductions[0])
    samples = x.shape[0] if x.dim() == 2 else 1
    total = each.mean() if reduction == "mean" else each.sum() / (samples if reduction == "batchmean" else 1)
    total = total / 2 if givens.get("half") else total
    total.backward()
    return total.item(), x.grad.flatten().tolist()


@pytest.mark.oracle
@pytest.mark.parametrize(("name", "kind"), INPUTS)
def test_value_and_gradient_as_torch(name, kind):
    torch = pytest.importorskip("torch")
    for seed in range(CASES):
        givens = drawn(name, kind, seed)
        value, slopes = by_torch(torch, givens)
        (answer,) = question("loss.value", givens).solve(Conventions()).answers
        assert numbers(answer) == pytest.approx([value], rel=1e-12, abs=1e-14), givens
        (answer,) = question("loss.gradient", givens).solve(Conventions()).answers
        assert numbers(answer) == pytest.approx(slopes, rel=1e-11, abs=1e-13), givens


def test_every_way_to_read_a_loss_is_drawn():
    """The cases above know every reduction, both factors, every setting, every shape and kind of target."""
    seen = [drawn(name, kind, seed) for name, kind in INPUTS for seed in range(CASES)]
    for entry in TABLE:
        mine = [givens for givens in seen if givens["loss"] == entry.name]
        assert {givens.get("reduction") for givens in mine} >= set(entry.reductions)
        assert {givens.get("half", False) for givens in mine} == {False, True} if entry.halves else {False}
        assert {name for givens in mine for name in givens.get("settings", {})} == set(entry.settings)
        depths = {
            0 if not isinstance(g["prediction"], list) else 1 + isinstance(g["prediction"][0], list) for g in mine
        }
        assert depths == ({1, 2} if entry.per == "sample" else {0, 1, 2})


def test_a_wrong_formula_does_not_pass(monkeypatch):
    """The judge holds a formula to its meaning, so a slip in the table is caught although it fits itself."""
    (right,) = loss("huber").terms
    for text in (right.text.replace("delta/2", "delta"), right.text.replace("**2/2", "**2")):
        wrong = replace(loss("huber"), terms=(replace(right, text=text),))
        monkeypatch.setitem(LOSSES, "huber", wrong)
        derivation = question("loss.value", {"loss": "huber", "prediction": [3, 0.5], "target": [0, 0]}).solve(
            Conventions()
        )
        assert judge(derivation).verified is False


def test_names_are_unique_and_known():
    assert len(LOSSES) == len(TABLE)
    assert len(PENALTIES) == len(PENALTY_TABLE)
    with pytest.raises(UnknownName, match="did you mean huber"):
        loss("hubert")
    with pytest.raises(UnknownName, match="l1, l2"):
        penalty("l3")


@pytest.mark.parametrize(
    ("options", "kind", "says"),
    [
        ({"name": "mse", "reduction": "sum"}, UnknownName, "batchmean, mean"),
        ({"name": "bce", "half": True}, InputError, "never taken with a factor 1/2"),
        ({"name": "bce", "kind": "scores"}, UnknownName, "logits, probabilities"),
        ({"name": "huber", "settings": {"gamma": 1}}, UnknownName, "delta"),
    ],
)
def test_options_that_a_loss_does_not_have(options, kind, says):
    with pytest.raises(kind, match=says):
        chosen(**options)


def test_names_that_are_taken_are_not_used_twice():
    """Where p and delta are names already, the softmax gets another one and the constant stands as its number."""
    taken = {parse_symbol("p"), parse_symbol("delta")}
    forms = loss_forms(chosen("cross_entropy"), parse_symbol("z"), [2], (3, 1), taken=taken)
    assert list(map(str, forms.graph)) == ["p_z", "L"]
    forms = loss_forms(chosen("huber"), parse_symbol("y"), parse_symbol("t"), (), taken=taken)
    assert not forms.constants
    assert loss_forms(chosen("huber"), parse_symbol("y"), parse_symbol("t"), ()).constants


def test_an_index_is_no_name_of_the_graph():
    """A sum runs over a letter that nothing else is called."""
    forms = loss_forms(chosen("mse"), parse_symbol("i"), parse_symbol("j"), (3, 1))
    (total,) = forms.definitions.values()
    assert total.factors[1].index == parse_symbol("k")
