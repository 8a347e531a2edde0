"""Random layers with an input each: every setting of the layers that slide, resize or rearrange is drawn."""

from dataclasses import dataclass
from math import prod

from derive.network.network import read_network

MODES = {1: "linear", 2: "bilinear", 3: "trilinear"}
WORDS = ("linear", "relu", "tanh", "softmax", "leaky_relu", "gelu")


@dataclass(frozen=True)
class Drawn:
    """A layer as a user writes it, its settings, and the input that it is given."""

    kind: str
    settings: dict
    size: tuple

    @property
    def text(self):
        return f"{self.kind}({', '.join(f'{name}={value!r}' for name, value in self.settings.items())})"

    @property
    def rank(self):
        return len(self.size) - 1

    def network(self, framework="pytorch"):
        return read_network([self.text], self.size, framework)


def sides(rng, rank, low, high):
    """One number for all sides, or one for each."""
    return rng.randint(low, high) if rng.random() < 0.5 else tuple(rng.randint(low, high) for _ in range(rank))


def margins(rng, rank, high):
    """Cells at the ends in each of the ways to write them."""
    way = rng.randrange(3)
    if way == 0:
        return rng.randint(0, high)
    if way == 1:
        return tuple((rng.randint(0, high), rng.randint(0, high)) for _ in range(rank))
    return tuple(rng.choice([rng.randint(0, high), (rng.randint(0, high), rng.randint(0, high))]) for _ in range(rank))


def padding(rng, rank, high):
    return rng.choice(["valid", "same", margins(rng, rank, high), margins(rng, rank, high)])


def image(rng, rank, channels=None):
    longest = {1: 24, 2: 16, 3: 9}[rank]
    return (*(rng.randint(1, longest) for _ in range(rank)), channels or rng.randint(1, 6))


def sliding(rng, rank):
    return {
        "kernel": sides(rng, rank, 1, 5),
        "stride": sides(rng, rank, 1, 4),
        "padding": padding(rng, rank, 3),
        "dilation": rng.choice([1, sides(rng, rank, 1, 3)]),
    }


def behind(rng):
    return {"bias": rng.random() < 0.7, "activation": rng.choice(WORDS)}


def convolution(rng, kind, rank):
    groups = rng.choice([1, 1, 2, 3])
    own = {"filters": groups * rng.randint(1, 3), "groups": groups}
    return Drawn(kind, own | sliding(rng, rank) | behind(rng), image(rng, rank, groups * rng.randint(1, 3)))


def transposed(rng, kind, rank):
    drawn = convolution(rng, kind, rank)
    added = {} if rng.random() < 0.5 else {"output_padding": sides(rng, rank, 0, 2)}
    return Drawn(kind, drawn.settings | added, tuple(min(side, 7) for side in drawn.size[:-1]) + drawn.size[-1:])


def by_channel(rng, kind, rank):
    own = {"filters": rng.randint(1, 5)} if kind.startswith("separable") else {}
    return Drawn(
        kind, own | {"depth_multiplier": rng.randint(1, 3)} | sliding(rng, rank) | behind(rng), image(rng, rank)
    )


def pooling(rng, kind, rank):
    settings = sliding(rng, rank) | {"padding": padding(rng, rank, 2), "ceil": rng.random() < 0.5}
    if kind.startswith("avg"):
        del settings["dilation"]
    if rng.random() < 0.3:
        del settings["stride"]
    return Drawn(kind, settings, image(rng, rank))


def adaptive(rng, kind, rank):
    return Drawn(kind, {"output_size": sides(rng, rank, 1, 6)}, image(rng, rank))


def whole(rng, kind, rank):
    return Drawn(kind, {"keepdims": rng.random() < 0.5}, image(rng, rank))


def upsample(rng, kind, rank):
    return Drawn(
        kind, {"factor": sides(rng, rank, 1, 4), "mode": rng.choice(["nearest", MODES[rank]])}, image(rng, rank)
    )


def at_ends(rng, kind, rank):
    name = "padding" if kind.startswith("padding") else "cropping"
    return Drawn(kind, {name: margins(rng, rank, 3)}, image(rng, rank))


def reshape(rng, kind, rank):
    size = image(rng, rank)
    first = rng.choice([d for d in range(1, prod(size) + 1) if prod(size) % d == 0])
    rest = prod(size) // first
    return Drawn(kind, {"shape": rng.choice([(first, rest), (first, -1), (-1, rest), (-1,), (1, first, rest)])}, size)


def flatten(rng, kind, rank):
    return Drawn(kind, {}, image(rng, rank))


def dense(rng, kind, rank):
    size = image(rng, rank) if rng.random() < 0.5 else (rng.randint(1, 40),)
    return Drawn(kind, {"units": rng.randint(1, 20)} | behind(rng), size)


FAMILIES = {
    convolution: ("conv{}d",),
    transposed: ("conv{}d_transpose",),
    by_channel: ("depthwise_conv{}d", "separable_conv{}d"),
    pooling: ("max_pool{}d", "avg_pool{}d"),
    adaptive: ("adaptive_avg_pool{}d", "adaptive_max_pool{}d"),
    whole: ("global_avg_pool{}d", "global_max_pool{}d"),
    upsample: ("upsample{}d",),
    at_ends: ("padding{}d", "crop{}d"),
    reshape: ("reshape",),
    flatten: ("flatten",),
    dense: ("dense",),
}
KINDS = [
    (draw, name.format(rank), rank)
    for draw, names in FAMILIES.items()
    for name in names
    for rank in (1, 2, 3)
    if not (draw is by_channel and rank == 3)
]


def drawn(rng, each):
    """So many draws of every kind for every number of sides, whether they fit their input or not."""
    return [draw(rng, name, rank) for draw, name, rank in KINDS for _ in range(each)]
