"""Dense nets: the rows of real exams, torch, letters, corners, rounding, spoiled solutions, mistakes."""

import random
from fractions import Fraction

import pytest

from derive.check.judge import judge
from derive.errors import InputError, UnknownName
from derive.notation import plain
from derive.notation.build import sym
from derive.notation.form import Derivative, Matrix
from derive.notation.symbols import symbol_name
from derive.notation.value import evaluate
from derive.questions.catalogue import question
from derive.record import Conventions, Rounding
from tests.check.mutations import MUTATIONS

NEURON = {"layers": [{"W": -2, "b": -2, "activation": "sigmoid"}], "input": 3.5, "target": 0.5, "loss": "bce"}
PAIR = {
    "layers": [{"W": [[0.3, 0.5]], "b": 1.75, "activation": "sigmoid"}],
    "input": [0.65, 0.75],
    "target": 2.5,
    "loss": "sse",
}
HIDDEN = {
    "layers": [
        {"W": [0.5, -0.6], "b": [0.1, -0.2], "activation": "sigmoid"},
        {"W": [[0.7, -0.8]], "b": 0.3, "activation": "sigmoid"},
    ],
    "input": 0.75,
    "target": 1.25,
    "loss": "mse",
}
ROWS_NET = {
    "layers": [
        {"W": [[0.1, 0.2], [0.3, 0.4]], "activation": "relu"},
        {"W": [[0.5, 0.6], [0.7, 0.8]], "activation": "sigmoid"},
    ],
    "input": [1, 1],
    "target": [0, 1],
    "loss": {"name": "cross_entropy", "from": "logits"},
    "orientation": "rows",
    "names": {"W": ["V", "W"], "z": ["a", "z"], "h": ["h", "o"]},
}
BATCH = {
    "layers": [
        {"W": [[0.2, -0.4], [0.6, 0.1], [-0.3, 0.5]], "b": [0.1, 0, -0.2], "activation": "tanh"},
        {"W": [[0.5, -0.2, 0.3], [-0.1, 0.4, 0.2]], "b": [0, 0.1], "activation": "softmax"},
    ],
    "input": [[1, 2], [-1, 0.5], [0.5, -1]],
    "target": [[1, 0], [0, 1], [1, 0]],
    "loss": "cross_entropy",
}


def solved(ask, givens, conventions=None, **more):
    derivation = question(ask, {**givens, **more}).solve(conventions or Conventions())
    verdict = judge(derivation)
    assert verdict.verified is True, [str(fault) for fault in verdict.faults or verdict.undecided]
    return derivation


def numbers(form):
    value = evaluate(form, {})
    return [float(x) for x in getattr(value, "items", [value])]


def found(derivation):
    return {answer.name: numbers(answer.form) for answer in derivation.answers}


# Rows of real exams

PAPERS = [
    ("bits-ec3-q4a-forward", "mlp.forward", NEURON, {}, {"z": [-9], "h": [0.000123395]}),
    ("bits-ec3-q4a-loss", "mlp.forward", NEURON, {}, {"L": [4.500123]}),
    ("bits-ec3-q4a-grad", "mlp.backward", NEURON, {}, {"w": [-1.749568], "b": [-0.499877]}),
    ("bits-ec3-q4b-forward", "mlp.forward", PAIR, {}, {"z": [2.32], "h": [0.91052]}),
    ("bits-ec3-q4b-sse", "mlp.forward", PAIR, {}, {"L": [2.526447]}),
    ("bits-ec3-q4b-sse", "mlp.forward", PAIR, {"loss": {"name": "sse", "half": True}}, {"L": [1.263223]}),
    (
        "bits-mid-q2c-forward", "mlp.forward", HIDDEN, {},
        {"h__1": [0.616567, 0.34299], "z__2": [0.457205], "h__2": [0.612351]},
    ),
    ("bits-mid-q2c-mse", "mlp.forward", HIDDEN, {}, {"L": [0.406596]}),
    ("bits-mid-q2c-mse", "mlp.forward", HIDDEN, {"loss": {"name": "mse", "half": True}}, {"L": [0.203298]}),
    (
        "bits-mid-q4a", "mlp.forward", ROWS_NET, {},
        {"h": [0.4, 0.6], "z": [0.62, 0.72], "o": [0.650219, 0.672607]},
    ),
    ("bits-mid-q4b", "mlp.forward", ROWS_NET, {}, {"p": [0.4944, 0.5056], "L": [0.682016]}),
    (
        "bits-mid-q4c", "mlp.backward", ROWS_NET, {"wrt": ["V_2_1", "W_1_2", "W_2_2"]},
        {"V_2_1": [-0.0091], "W_1_2": [-0.043548], "W_2_2": [-0.065323]},
    ),
    (
        "bits-mid-q4c", "mlp.update", ROWS_NET, {"wrt": ["V_2_1", "W_1_2", "W_2_2"], "rate": 0.01},
        {"V_2_1_new": [0.300091], "W_1_2_new": [0.600435], "W_2_2_new": [0.800653]},
    ),
    (
        "bits-ec3-q4a-update", "mlp.update", NEURON,
        {"optimizer": "adam", "rate": 0.1, "settings": {"beta_2": 0.99}},
        {"w_new": [-1.9000000005716], "b_new": [-1.9000000020005]},
    ),
]  # fmt: skip


@pytest.mark.parametrize(("row", "ask", "givens", "more", "right"), PAPERS, ids=[f"{p[0]} {p[1]}" for p in PAPERS])
def test_rows_of_real_exams(row, ask, givens, more, right):
    """The value to the digits that the row has."""
    results = found(solved(ask, givens, **more))
    for name, values in right.items():
        digits = [max(4, len(str(value).partition(".")[2])) for value in values]
        close = [abs(a - b) < 10.0**-n for a, b, n in zip(results[name], values, digits, strict=True)]
        assert all(close), (row, name, results[name])


# Torch

ACTIVATIONS = ("sigmoid", "tanh", "relu", "leaky_relu", "softplus", "gelu", "identity")
VALUES = ("mse", "sse", "mae", "huber")


def drawn(rng, name="", count=0, hidden=()):
    """A net of one to four layers of one to four units, with examples and a loss; what is given is not drawn."""
    rows = rng.random() < 0.5
    sizes = [rng.randint(1, 4) for _ in range((len(hidden) or rng.randint(0, 3)) + 2)]
    if name == "cross_entropy":
        sizes[-1] = max(sizes[-1], 2)
    layers = [_layer(rng, sizes[k], sizes[k + 1], rows) for k in range(len(sizes) - 1)]
    for layer, activation in zip(layers, hidden, strict=False):
        layer["activation"] = activation
        layer |= {"alpha": 0.1} if activation == "leaky_relu" else {}
    count = count or rng.choice([1, 1, 2, 3])
    name = name or rng.choice([*VALUES, "bce"] + ["cross_entropy"] * 2 * (sizes[-1] > 1))
    if name == "cross_entropy":
        layers[-1] |= {"activation": rng.choice(["softmax", "identity", "sigmoid"])}
    elif name == "bce":
        layers[-1] |= {"activation": rng.choice(["sigmoid", "identity"])}
    loss = {"name": name}
    if name in ("mse", "sse"):
        loss["half"] = rng.random() < 0.5
    if name not in ("mse", "sse"):
        loss["reduction"] = rng.choice(["mean", "sum"])
    elif name == "mse" and rng.random() < 0.5:
        loss["reduction"] = "batchmean"
    examples = [[_number(rng) for _ in range(sizes[0])] for _ in range(count)]
    targets = [_target(rng, name, sizes[-1]) for _ in range(count)]
    drawn = {"layers": layers, "loss": loss, "orientation": "rows" if rows else "columns"}
    return drawn | (
        {"input": examples, "target": targets} if count > 1 else {"input": examples[0], "target": targets[0]}
    )


def _number(rng):
    return rng.choice([-1, 1]) * rng.randint(1, 15) / 10


def _layer(rng, before, after, rows):
    height, width = (before, after) if rows else (after, before)
    layer = {"W": [[_number(rng) for _ in range(width)] for _ in range(height)], "activation": rng.choice(ACTIVATIONS)}
    if rng.random() < 0.7:
        layer["b"] = [_number(rng) for _ in range(after)]
    if layer["activation"] == "leaky_relu":
        layer["alpha"] = 0.1
    return layer


def _target(rng, name, units):
    if name == "cross_entropy":
        right = rng.randrange(units)
        return [int(k == right) for k in range(units)]
    return [rng.choice([0, 1]) if name == "bce" else _number(rng) for _ in range(units)]


class TorchNet:
    """The same net in torch: parameters by our names, outputs, the loss."""

    def __init__(self, torch, givens):
        self.torch, self.f = torch, torch.nn.functional
        self.rows = givens["orientation"] == "rows"
        one = not isinstance(givens["input"][0], list)
        x = self.tensor([givens["input"]] if one else givens["input"])
        t = self.tensor([givens["target"]] if one else givens["target"])
        self.parameters, self.outputs = {}, {}
        several = len(givens["layers"]) > 1
        h = x if self.rows else x.T
        for number, layer in enumerate(givens["layers"], 1):
            h = self.layer(layer, h, f"__{number}" if several else "")
        y = h if self.rows else h.T
        self.loss = self.lost(givens, y, t)

    def tensor(self, values, needed=False):
        return self.torch.tensor(values, dtype=self.torch.float64, requires_grad=needed)

    def layer(self, layer, h, mark):
        weights = self.tensor(layer["W"], True)
        self.parameters[("w" if weights.numel() == 1 else "W") + mark] = weights
        z = h @ weights if self.rows else weights @ h
        if "b" in layer:
            bias = self.parameters["b" + mark] = self.tensor(layer["b"], True)
            z = z + (bias if self.rows else bias[:, None])
        examples = z.shape[0 if self.rows else 1]
        letters = ("Z", "H") if examples > 1 else ("z", "h")
        self.outputs[letters[0] + mark] = z
        out = self.activated(layer, z)
        if layer["activation"] != "identity":
            self.outputs[letters[1] + mark] = out
        return out

    def activated(self, layer, z):
        name = layer["activation"]
        if name == "identity":
            return z
        if name == "softmax":
            return self.torch.softmax(z, dim=1 if self.rows else 0)
        if name == "leaky_relu":
            return self.f.leaky_relu(z, layer["alpha"])
        return {"sigmoid": self.torch.sigmoid, "tanh": self.torch.tanh}.get(name, getattr(self.f, name, None))(z)

    def lost(self, givens, y, t):
        """The loss for outputs with a row for each example."""
        loss, last = givens["loss"], givens["layers"][-1]["activation"]
        name, how = loss["name"], loss.get("reduction", "mean")
        if name in ("mse", "sse"):
            total = ((y - t) ** 2).sum() * (0.5 if loss["half"] else 1)
            return total / {"mean": y.numel(), "batchmean": len(y)}[how] if name == "mse" else total
        if name == "cross_entropy":
            if last == "softmax":
                total = -(t * self.torch.log(y)).sum()
                return total / len(y) if how == "mean" else total
            return self.f.cross_entropy(y, t, reduction=how)
        if name == "bce" and last == "identity":
            return self.f.binary_cross_entropy_with_logits(y, t, reduction=how)
        known = {"mae": self.f.l1_loss, "huber": self.f.huber_loss, "bce": self.f.binary_cross_entropy}
        return known[name](y, t, reduction=how)


def same(values, tensor):
    return values == pytest.approx(tensor.detach().reshape(-1).tolist(), rel=1e-10, abs=1e-10)


PAIRS = tuple((ACTIVATIONS[2 * k], ACTIVATIONS[(2 * k + 1) % len(ACTIVATIONS)]) for k in range(4))
"""Two hidden layers each, so that every activation stands below every loss."""


@pytest.mark.oracle
@pytest.mark.parametrize("hidden", PAIRS, ids=" ".join)
@pytest.mark.parametrize("name", [*VALUES, "bce", "cross_entropy"])
def test_forward_and_gradients_as_torch(name, hidden):
    """Every value on the way, the loss, and the gradients by all weights; what is printed to 12 digits too."""
    torch = pytest.importorskip("torch")
    examples = 1 + PAIRS.index(hidden) % 3
    givens = drawn(random.Random(f"torch {name} {hidden}"), name, examples, hidden)
    net = TorchNet(torch, givens)
    net.loss.backward()
    forward = found(question("mlp.forward", givens).solve(Conventions()))
    for name, tensor in net.outputs.items():
        assert same(forward[name], tensor), name
    assert forward["L"] == pytest.approx([net.loss.item()], rel=1e-10, abs=1e-10)
    backward = question("mlp.backward", givens).solve(Conventions(Rounding(digits=12)))
    results = found(backward)
    for name, tensor in net.parameters.items():
        assert same(results[name], tensor.grad), name
        shown = next(answer.shown for answer in backward.answers if answer.name == name)
        assert numbers(shown) == pytest.approx(tensor.grad.reshape(-1).tolist(), rel=1e-10, abs=1e-10)


OPTIMIZERS = {
    "gradient_descent": lambda torch, p: torch.optim.SGD(p, lr=0.5),
    "momentum": lambda torch, p: torch.optim.SGD(p, lr=0.5, momentum=0.9),
    "nesterov": lambda torch, p: torch.optim.SGD(p, lr=0.5, momentum=0.9, nesterov=True),
    "adagrad": lambda torch, p: torch.optim.Adagrad(p, lr=0.5),
    "rmsprop": lambda torch, p: torch.optim.RMSprop(p, lr=0.5, alpha=0.9),
    "adadelta": lambda torch, p: torch.optim.Adadelta(p, lr=0.5),
    "adam": lambda torch, p: torch.optim.Adam(p, lr=0.5),
    "adamw": lambda torch, p: torch.optim.AdamW(p, lr=0.5),
    "amsgrad": lambda torch, p: torch.optim.Adam(p, lr=0.5, amsgrad=True),
}


@pytest.mark.oracle
@pytest.mark.parametrize("seed", range(3 * len(OPTIMIZERS)))
def test_updates_as_torch(seed):
    """Every optimizer on three nets: the gradients are those of autograd, and the step is that of torch from them.

    The step starts from our gradient: a rule that divides by its size would blow up the rounding of autograd where
    p - t nearly cancels, or is 0 but for the last bit.
    """
    torch = pytest.importorskip("torch")
    rng = random.Random(f"update {seed}")
    givens, name = drawn(rng), list(OPTIMIZERS)[seed % len(OPTIMIZERS)]
    net = TorchNet(torch, givens)
    net.loss.backward()
    gradients = found(question("mlp.backward", givens).solve(Conventions()))
    for key, tensor in net.parameters.items():
        assert same(gradients[key], tensor.grad), key
        tensor.grad = net.tensor(gradients[key]).reshape(tensor.shape)
    results = found(question("mlp.update", {**givens, "optimizer": name, "rate": 0.5}).solve(Conventions()))
    OPTIMIZERS[name](torch, list(net.parameters.values())).step()
    for key, tensor in net.parameters.items():
        base, _, layer = key.partition("__")
        new = f"{base}_new__{layer}" if layer else f"{base}_new"
        assert same(results[new], tensor), key


# Both orientations, letters, elements


def test_rows_are_the_transposes_of_columns():
    turned = {
        **BATCH,
        "orientation": "rows",
        "layers": [{**layer, "W": [list(row) for row in zip(*layer["W"], strict=True)]} for layer in BATCH["layers"]],
    }
    columns, rows = (solved("mlp.backward", givens) for givens in (BATCH, turned))
    for one, other in zip(columns.answers, rows.answers, strict=True):
        a, b = evaluate(one.form), evaluate(other.form)
        assert a.shape == b.shape[::-1]
        pairs = (
            (a.items[i * a.shape[1] + j], b.items[j * a.shape[0] + i])
            for i in range(a.shape[0])
            for j in range(a.shape[1])
        )
        assert all(abs(x - y) < 1e-30 for x, y in pairs)


def test_letters_show_every_entry():
    net = {
        "layers": [{"units": 2, "b": True, "activation": "sigmoid"}, {"units": 1, "b": True, "activation": "sigmoid"}],
        "inputs": 2,
        "loss": {"name": "sse", "half": True},
    }
    derivation = solved("mlp.backward", net)
    shown = {answer.name: plain.write(answer.shown) for answer in derivation.answers}
    assert shown["W__1"] == "[[δ₁⁽¹⁾·x₁, δ₁⁽¹⁾·x₂], [δ₂⁽¹⁾·x₁, δ₂⁽¹⁾·x₂]]"
    assert shown["b__2"] == "δ⁽²⁾"
    assert "h₁⁽¹⁾·(1 - h₁⁽¹⁾)" in shown["delta__1"]


def test_letters_with_a_distribution_as_target():
    net = {
        "layers": [{"units": 3, "activation": "softmax"}],
        "inputs": 2,
        "loss": "cross_entropy",
    }
    derivation = solved("mlp.backward", net)
    delta = next(step for step in derivation.steps if step.target == sym("delta"))
    assert "h - t" in [plain.write(line.form) for line in delta.lines]


def test_every_entry_where_elements_are_asked_for():
    one, every = (solved("mlp.forward", BATCH, elements=flag) for flag in (False, True))
    entries = [step for step in every.steps if step.rule == "one entry in full"]
    assert len([step for step in one.steps if step.rule == "one entry in full"]) == 4
    assert len(entries) == 9 + 9 + 6 + 6


def test_what_an_earlier_part_found_is_not_found_again():
    backward = solved("mlp.backward", BATCH, known="forward")
    targets = {step.target for step in backward.steps}
    assert sym("Z__1") not in targets
    update = solved("mlp.update", BATCH, rate=0.1, known="gradient", wrt="W__2")
    assert {symbol_name(step.target) for step in update.steps} == {"W_new__2", "W_new_1_1__2"} or all(
        "new" in symbol_name(step.target) for step in update.steps
    )


def test_the_gradient_by_the_input():
    (answer,) = [a for a in solved("mlp.backward", HIDDEN, wrt="x").answers if a.boxed]
    assert answer.label == Derivative(sym("L"), (sym("x"),))


# Corners


def corner(z, **more):
    return {
        "layers": [{"W": [[z], [1]], "activation": "relu"}, {"W": [[1, 1]], "activation": "identity"}],
        "input": 1,
        "target": 0,
        "loss": {"name": "sse", "half": True},
        **more,
    }


def said(derivation):
    return [
        "".join(part if isinstance(part, str) else plain.write(part) for part in remark)
        for remark in derivation.remarks
    ]


@pytest.mark.parametrize(("slope", "gradient"), [(0, 0), (1, 1), (Fraction(1, 2), 0.5)])
def test_relu_exactly_at_zero_is_named(slope, gradient):
    derivation = solved("mlp.backward", corner(0), Conventions(relu_at_zero=Fraction(slope)), wrt="W__1")
    assert found(derivation)["W__1"] == [gradient, 1]
    assert any("exactly 0, at the kink" in remark for remark in said(derivation))


def test_units_that_are_off_are_named():
    derivation = solved("mlp.backward", corner(-2), wrt="W__1")
    assert found(derivation)["W__1"] == [0, 1]
    assert any("z₁⁽¹⁾ is negative" in remark for remark in said(derivation))


def test_saturation_is_named_and_printed_as_a_power_of_ten():
    derivation = solved("mlp.backward", NEURON)
    assert any("saturated" in remark for remark in said(derivation))
    forward = solved("mlp.forward", NEURON)
    assert plain.write(next(a.shown for a in forward.answers if a.name == "h")) == "1.234·10⁻⁴"


def test_a_probability_that_is_nearly_one():
    net = {**NEURON, "layers": [{"W": 20, "b": 0, "activation": "sigmoid"}], "input": 1, "target": 0}
    assert found(solved("mlp.backward", net))["w"] == pytest.approx([1])


POLICIES = [Rounding("carry-full", 3), Rounding("carry-full", 8), Rounding("carry-rounded", 4), Rounding("exact", 4)]


@pytest.mark.parametrize("rounding", POLICIES, ids=str)
@pytest.mark.parametrize("givens", [HIDDEN, ROWS_NET, BATCH])
def test_rounding_policies(rounding, givens):
    conventions = Conventions(rounding)
    solved("mlp.forward", givens, conventions)
    solved("mlp.update", givens, conventions, rate=0.1)
    solved("mlp.update", givens, conventions, rate=0.1, known="gradient")


# Spoiled solutions


@pytest.mark.parametrize(
    ("ask", "givens"),
    [
        ("mlp.forward", {**HIDDEN, "of": ["h__2"]}),
        ("mlp.backward", {**HIDDEN, "known": "forward"}),
        ("mlp.backward", {**BATCH, "known": "forward", "wrt": ["W__1", "b__1"]}),
        ("mlp.update", {**ROWS_NET, "loss": "bce", "wrt": ["V_2_1"], "rate": 0.1, "known": "forward"}),
    ],
)
@pytest.mark.slow
def test_no_spoiled_solution_passes(ask, givens):
    right = solved(ask, givens)
    for name, mutate in MUTATIONS.items():
        changed = mutate(right)
        for spoiled in changed[:: max(1, len(changed) // 3)][:3]:
            assert judge(spoiled).verified is not True, name


# Mistakes


@pytest.mark.parametrize(
    ("ask", "change", "kind", "says"),
    [
        (
            "mlp.forward",
            {"layers": [{"W": [[1, 2]], "activation": "swish"}]},
            UnknownName,
            "unknown activation 'swish'",
        ),
        ("mlp.forward", {"layers": [{"W": [[1, 2]]}]}, InputError, "1x2 where 1x1 is needed: the input has 1"),
        ("mlp.forward", {"layers": [{"units": 2, "W": [[1]]}]}, InputError, "or, for letters"),
        ("mlp.forward", {"layers": [{"W": [["w"]]}]}, InputError, "numbers are needed"),
        ("mlp.forward", {"layers": [{"W": 1, "b": True}]}, InputError, "b is a list of numbers"),
        ("mlp.forward", {"input": None}, InputError, "give the input"),
        ("mlp.forward", {"input": [[1], [1, 2]]}, InputError, "as many values"),
        ("mlp.forward", {"of": "q"}, UnknownName, "unknown quantity 'q'"),
        ("mlp.forward", {"loss": "msee"}, UnknownName, "did you mean mse"),
        ("mlp.forward", {"loss": {"name": "mae", "half": True}}, InputError, "factor 1/2"),
        ("mlp.forward", {"names": {"Q": "V"}}, UnknownName, "role"),
        ("mlp.backward", {"loss": None}, InputError, "a gradient needs a loss"),
        ("mlp.backward", {"target": [1, 2]}, InputError, "a target of 1 example"),
        ("mlp.backward", {"target": 2, "loss": "bce"}, InputError, "the target 2 does not lie from 0 to 1"),
        ("mlp.backward", {"wrt": "W__3"}, UnknownName, "W__3"),
        ("mlp.backward", {"wrt": ["W__1", "W_1_1__1"]}, InputError, "the whole of W__1"),
        ("mlp.backward", {"wrt": "L"}, InputError, "is the loss itself"),
        ("mlp.update", {"rate": None}, InputError, "rate"),
        ("mlp.update", {"rate": 1, "optimizer": "adamm"}, UnknownName, "did you mean adam"),
        ("mlp.update", {"rate": 1, "target": None}, InputError, "needs numbers"),
        ("mlp.update", {"rate": 1, "optimizer": "nesterov", "form": "look_ahead"}, InputError, "another form"),
        ("mlp.update", {"rate": 1, "names": {"x": "eta"}}, InputError, "eta"),
        ("mlp.forward", {"input": float("nan")}, InputError, "nan is no number"),
        ("mlp.forward", {"input": float("inf")}, InputError, "inf is no number"),
    ],
)
def test_mistakes(ask, change, kind, says):
    with pytest.raises(kind, match=says):
        question(ask, {**HIDDEN, **change}).solve(Conventions())


def test_shapes_stand_beside_matrix_products():
    derivation = solved("mlp.backward", BATCH)
    products = [line for step in derivation.steps for line in step.lines if "→" in str(line.reason)]
    assert len(products) >= 6
    assert all(any(isinstance(part, str) and "→" in part for part in line.reason) for line in products)
    assert all(any(isinstance(node, Matrix) for node in [*_nodes(line.form)]) for line in products)


def _nodes(form):
    from derive.notation.form import walk

    return walk(form)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        ({}, "gradient descent on W⁽¹⁾"),
        ({"optimizer": "adam"}, "Adam on W⁽¹⁾. With bias correction; with ε beside the root."),
        (
            {"optimizer": "adagrad", "step": 3, "state": {"s": 1}},
            "Do step 3 of AdaGrad on W⁽¹⁾. With ε beside the root.",
        ),
    ],
)
def test_an_update_says_which_rule_it_takes(more, says):
    derivation = solved("mlp.update", HIDDEN, wrt="W__1", rate=0.1, **more)
    prompt = "".join(part if isinstance(part, str) else plain.write(part) for part in derivation.prompt)
    assert says in prompt
    assert not prompt.endswith("..")


def test_the_rule_in_one_formula_is_held_to_its_lines():
    derivation = solved("mlp.update", HIDDEN, wrt="W__1", rate=0.1, optimizer="adam")
    last = next(step for step in derivation.steps if step.target == sym("W_new__1"))
    assert last.lines[0].reason == ("in one formula",)
