"""Array operations, forward and backward: shapes and laws by hand, values and gradients against torch."""

import random
from fractions import Fraction
from math import prod

import pytest

from derive.errors import InputError, UnknownName
from derive.graph.array_table import ARRAY_TABLE
from derive.graph.arrays import Array
from derive.graph.graph import Graph
from derive.graph.windows import out_size
from derive.notation.symbols import parse_symbol
from derive.record import Conventions

CASES = 20


def drawn(rng, shape):
    """Distinct quarters, so that floats are exact and a maximum has one winner."""
    picked = rng.sample(range(-8 * prod(shape) - 8, 8 * prod(shape) + 8), prod(shape))
    return Array(shape, tuple(Fraction(k, 4) for k in picked))


def value_and_gradients(text, at):
    """The entries of an expression and its shape; the gradient of their sum weighted by 1, 2, 3, ... for each input."""
    graph = Graph({"Y": text}, {name: array.shape for name, array in at.items()})
    value = graph.quantity("Y").value
    items, shape = (value.items, value.shape) if isinstance(value, Array) else ((value,), ())
    p = graph.program
    loss = p.zero
    for weight, item in enumerate(items, 1):
        loss = p.add(loss, p.mul(p.constant(weight), item))
    inputs = {name: graph.quantity(name).value.items for name in at}
    nodes = p.gradient(loss, [node for group in inputs.values() for node in group])
    known = {parse_symbol(name): array for name, array in at.items()}
    values = graph.values(known, Conventions(), [*items, *nodes.values()])
    gradients = {name: [values[nodes[node]] for node in group] for name, group in inputs.items()}
    return shape, [values[item] for item in items], gradients


def same_as_torch(text, at, function):
    torch = pytest.importorskip("torch")
    tensors = {
        name: torch.tensor([float(x) for x in array.items], dtype=torch.float64).reshape(array.shape).requires_grad_()
        for name, array in at.items()
    }
    result = function(torch, **tensors)
    weights = torch.arange(1, result.numel() + 1, dtype=torch.float64)
    (result.reshape(-1) * weights).sum().backward()
    shape, values, gradients = value_and_gradients(text, at)
    assert shape == tuple(result.shape)
    assert [float(x) for x in values] == pytest.approx(result.detach().reshape(-1).tolist(), rel=1e-12, abs=1e-14)
    for name, tensor in tensors.items():
        assert [float(x) for x in gradients[name]] == pytest.approx(
            tensor.grad.reshape(-1).tolist(), rel=1e-11, abs=1e-12
        )


def pooled(torch, image, kind, k, s, p):
    """Zeros all round, then pooling without padding: torch's own padding of a maximum is minus infinity."""
    image = image if image.dim() == 3 else image[None]
    padded = torch.nn.functional.pad(image, (p, p, p, p))
    result = getattr(torch.nn.functional, kind)(padded[None], k, s)[0]
    return result[0] if result.shape[0] == 1 else result


def matrices(rng):
    m, k, n = (rng.randint(1, 3) for _ in range(3))
    k, n = (k, n) if (m, n) != (1, 1) else (k, 2)
    return "A @ B", {"A": (m, k), "B": (k, n)}, lambda torch, A, B: A @ B


def scaled(rng):
    m, n = rng.randint(1, 3), rng.randint(2, 3)
    return "A*sum(b) + A/4 - 3*A", {"A": (m, n), "b": (2, 1)}, lambda torch, A, b: A * b.sum() + A / 4 - 3 * A


def stretched(rng):
    m, n = rng.randint(2, 3), rng.randint(2, 3)
    text = rng.choice(["A + b - odot(A, b)", "odot(b, A)*2 + A", "A - b"])
    shape = rng.choice([(m, 1), (1, n)])
    functions = {
        "A + b - odot(A, b)": lambda torch, A, b: A + b - A * b,
        "odot(b, A)*2 + A": lambda torch, A, b: 2 * A * b + A,
        "A - b": lambda torch, A, b: A - b,
    }
    return text, {"A": (m, n), "b": shape}, functions[text]


def transposed(rng):
    m, n = rng.randint(2, 3), rng.randint(1, 3)
    return "A.T @ B", {"A": (m, n), "B": (m, 2)}, lambda torch, A, B: A.T @ B


def totals(rng):
    name = rng.choice(["sum", "mean"])
    shape = rng.choice([(2, 3), (3, 1), (2, 2, 2)])
    return f"{name}(A**2)", {"A": shape}, lambda torch, A: getattr(torch, name)(A**2)


def dots(rng):
    n = rng.randint(2, 4)
    return "dot(a, b)", {"a": (n, 1), "b": (n, 1)}, lambda torch, a, b: (a * b).sum()


def shaped(rng):
    if rng.random() < 0.5:
        shape = rng.choice([(2, 3), (2, 2, 3), (4, 1)])
        return "flatten(A)", {"A": shape}, lambda torch, A: A.reshape(-1, 1)
    sizes = rng.choice([(3, 4), (2, 6), (2, 3, 2), (12, 1)])
    text = f"reshape(A, {', '.join(map(str, sizes))})"
    return text, {"A": rng.choice([(2, 6), (4, 3), (3, 2, 2)])}, lambda torch, A: A.reshape(sizes)


def stacked(rng):
    n = rng.randint(1, 3)
    shapes = {"A": (rng.randint(1, 2), n), "B": (rng.randint(1, 3), n), "C": (1, n)}
    return "concat(A, B, C)", shapes, lambda torch, A, B, C: torch.cat([A, B, C])


def softened(rng):
    name = rng.choice(["softmax", "log_softmax"])
    shape = rng.choice([(3, 1), (1, 3), (2, 3), (4, 1)])
    dim = 0 if shape[1] == 1 else 1
    return f"{name}(A/8)", {"A": shape}, lambda torch, A: getattr(torch, name)(A / 8, dim)


def extremes(rng):
    name = rng.choice(["max", "min"])
    shape = rng.choice([(3, 1), (2, 3), (2, 2, 2)])
    return f"{name}(A)", {"A": shape}, lambda torch, A: getattr(torch, name)(A)


def convolved(rng):
    channels, filters = rng.randint(1, 2), rng.randint(1, 3)
    stride, padding = (rng.randint(1, 3), rng.randint(1, 3)), ((rng.randint(0, 2), 1), (0, rng.randint(0, 2)))
    (kh, kw), dilation = (rng.randint(1, 3), rng.randint(1, 3)), (rng.randint(1, 2), rng.randint(1, 2))
    height, width = rng.randint(max(dilation[0] * (kh - 1), 2), 5), rng.randint(max(dilation[1] * (kw - 1) + 1, 2), 5)

    def function(torch, X, W):
        (top, bottom), (left, right) = padding
        padded = torch.nn.functional.pad(X[None], (left, right, top, bottom))
        result = torch.nn.functional.conv2d(padded, W, stride=stride, dilation=dilation)[0]
        return result[0] if filters == 1 else result

    shapes = {"X": (channels, height, width), "W": (filters, channels, kh, kw)}
    return f"conv2d(X, W, stride={stride}, padding={padding}, dilation={dilation})", shapes, function


def convolved_evenly(rng):
    """The same number for both sides, which is how most settings are typed."""
    k, stride, padding, dilation = rng.randint(1, 3), rng.randint(1, 3), rng.randint(0, 2), rng.randint(1, 2)

    def function(torch, X, W):
        return torch.nn.functional.conv2d(X[None], W[None, None], stride=stride, padding=padding, dilation=dilation)[
            0, 0
        ]

    text = f"conv2d(X, W, stride={stride}, padding={padding}, dilation={dilation})"
    return text, {"X": (1, 5, 5), "W": (k, k)}, function


def turned(rng):
    shape = (rng.randint(1, 3), rng.randint(1, 3))
    return "flip(A)", {"A": rng.choice([shape, (2, *shape)])}, lambda torch, A: torch.flip(A, (-2, -1))


def pools(name, kind):
    def draw(rng):
        k, padding = rng.randint(1, 3), rng.randint(0, 1)
        channels = rng.randint(1, 2)
        side = rng.randint(max(k - padding, 2), 5)
        shape = (channels, side, rng.randint(max(k, 2), 5)) if channels > 1 or rng.random() < 0.5 else (side, side)
        s = rng.choice([0, rng.randint(1, 3)])
        settings = f"k={k}, p={padding}" + (f", s={s}" if s else "")
        return f"{name}(X, {settings})", {"X": shape}, lambda torch, X: pooled(torch, X, kind, k, s or k, padding)

    return draw


DRAWS = {
    "matmul": matrices,
    "scale": scaled,
    "broadcast": stretched,
    "transpose": transposed,
    "sum, mean": totals,
    "dot": dots,
    "flatten, reshape": shaped,
    "concat": stacked,
    "softmax, log_softmax": softened,
    "max, min": extremes,
    "conv2d": convolved,
    "conv2d, evenly": convolved_evenly,
    "flip": turned,
    "max_pool2d": pools("max_pool2d", "max_pool2d"),
    "avg_pool2d": pools("avg_pool2d", "avg_pool2d"),
}


def test_every_array_operation_is_drawn():
    drawn_names = {name for names in DRAWS for name in names.split(", ")}
    assert {entry.name for entry in ARRAY_TABLE} <= drawn_names


@pytest.mark.oracle
@pytest.mark.parametrize("name", DRAWS)
def test_same_as_torch(name):
    rng = random.Random(name)
    for _ in range(CASES):
        text, shapes, function = DRAWS[name](rng)
        same_as_torch(text, {key: drawn(rng, shape) for key, shape in shapes.items()}, function)


def array(*rows):
    return Array((len(rows), len(rows[0])), tuple(Fraction(x) for row in rows for x in row))


@pytest.mark.parametrize(
    ("text", "shape", "expected"),
    [
        ("A @ B", (2, 2), [19, 22, 43, 50]),
        ("A*B", (2, 2), [19, 22, 43, 50]),
        ("odot(A, B)", (2, 2), [5, 12, 21, 32]),
        ("A + 1", (2, 2), [2, 3, 4, 5]),
        ("A.T", (2, 2), [1, 3, 2, 4]),
        ("sum(A)", (), [10]),
        ("mean(A)", (), [Fraction(5, 2)]),
        ("dot(A, B)", (), [70]),
        ("flatten(A)", (4, 1), [1, 2, 3, 4]),
        ("concat(A, B)", (4, 2), [1, 2, 3, 4, 5, 6, 7, 8]),
        ("reshape(A, 1, 4)", (1, 4), [1, 2, 3, 4]),
        ("max(A, B)", (2, 2), [5, 6, 7, 8]),
        ("min(A)", (), [1]),
        ("conv2d(A, B)", (1, 1), [70]),
        ("conv2d(A, B, padding=1)", (3, 3), [8, 23, 14, 30, 70, 38, 18, 39, 20]),
        ("conv2d(A, B, stride=2, padding=1)", (2, 2), [8, 14, 18, 20]),
        ("conv2d((A, B), (1, 10))", (2, 2), [51, 62, 73, 84]),
        ("max_pool2d(A, k=2)", (1, 1), [4]),
        ("max_pool2d(-A, k=2, s=2, p=1)", (2, 2), [0, 0, 0, 0]),
        ("avg_pool2d(A, k=2)", (1, 1), [Fraction(5, 2)]),
        ("avg_pool2d(A, k=2, p=1)", (2, 2), [Fraction(k, 4) for k in (1, 2, 3, 4)]),
        ("sum(A) + A[1, 2]**2", (), [14]),
        ("[[sum(A), 1], [A[2, 1], 0]] @ A", (2, 2), [13, 24, 3, 6]),
    ],
)
def test_by_hand(text, shape, expected):
    at = {"A": array([1, 2], [3, 4]), "B": array([5, 6], [7, 8])}
    used = {name: value for name, value in at.items() if name in text}
    assert value_and_gradients(text, used)[:2] == (shape, expected)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("A @ C", "as many columns"),
        ("A + C", "entry by entry"),
        ("A + X", "entry by entry"),
        ("A @ X", "matrix product"),
        ("reshape(A, 3, 3)", "do not fit"),
        ("reshape(A, x, 2)", "whole number"),
        ("concat(A, C)", "below each other"),
        ("conv2d(A, C)", "does not fit"),
        ("conv2d(A, A, stride=0)", "does not fit"),
        ("conv2d(X, A)", "channel"),
        ("max_pool2d(A, k=3)", "does not fit"),
        ("max_pool2d(A, k=0)", "does not fit"),
        ("max_pool2d(s)", "needs an image"),
        ("softmax(s)", "needs a vector"),
        ("X.T", "a matrix is needed"),
        ("sum(A, A)", "argument"),
        ("[[A, 1], [1, 1]]", "unlike shapes"),
        ("conv2d(A, s, stride=1.5)", "whole number"),
        ("max(V)", "70 entries; 64 are the limit"),
        ("softmax(V)", "70 entries"),
    ],
)
def test_shapes_that_do_not_fit(text, says):
    with pytest.raises(InputError, match=says) as caught:
        Graph({"Y": text}, {"A": (2, 2), "C": (3, 3), "X": (2, 2, 2), "V": (70, 1)})
    assert str(caught.value.place) == "definition of Y"


@pytest.mark.parametrize(
    ("tie", "slopes"), [("padding", [0, 0, 0, 0]), ("first", [0, 0, 0, 1]), ("last", [1, 0, 0, 0])]
)
def test_tie_of_a_pixel_with_the_padding(tie, slopes):
    """In the first window the padding stands before the pixel, in the last one behind it."""
    graph = Graph({"L": "sum(max_pool2d(A, k=2, s=2, p=1))"}, {"A": (2, 2)})
    nodes = graph.quantity("A").value.items
    gradient = graph.program.gradient(graph.scalar("L"), nodes)
    zeros = Array((2, 2), (Fraction(0), Fraction(-1), Fraction(-1), Fraction(0)))
    values = graph.values({parse_symbol("A"): zeros}, Conventions(tie=tie), gradient.values())
    assert [values[gradient[node]] for node in nodes] == slopes


def test_unknown_setting():
    with pytest.raises(UnknownName, match="stride"):
        Graph({"Y": "conv2d(A, B, strid=2)"}, {"A": (3, 3), "B": (2, 2)})


def test_size_of_output_counts_windows():
    """The floor formula against counting the places where a window fits."""
    rng = random.Random(3)
    for _ in range(100):
        size, kernel, stride, padding = rng.randint(1, 12), rng.randint(1, 5), rng.randint(1, 4), rng.randint(0, 3)
        places = len(range(-padding, size + padding - kernel + 1, stride))
        if places == 0:
            with pytest.raises(InputError):
                out_size(size, kernel, stride, padding)
        else:
            assert out_size(size, kernel, stride, padding) == places
