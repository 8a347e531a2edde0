"""The modules of PyTorch: for each class of `torch.nn` our kind and its parameters, in PyTorch's order."""

from __future__ import annotations

import re
from typing import Any

from derive.errors import InputError
from derive.network.code.dialects import Change, Dialect, Entry, Settings, entry, word
from derive.network.kinds import layers
from derive.network.listing import Called

_CONV = (
    "in_channels@ out_channels:filters kernel_size:kernel stride padding dilation groups bias padding_mode! "
    "device- dtype-"
)
_TRANSPOSED = (
    "in_channels@ out_channels:filters kernel_size:kernel stride padding output_padding groups bias dilation "
    "padding_mode! device- dtype-"
)
_RECURRENT = "input_size@ hidden_size num_layers bias batch_first dropout bidirectional proj_size device- dtype-"
_PLAIN_RECURRENT = (
    "input_size@ hidden_size num_layers nonlinearity bias batch_first dropout bidirectional device- dtype-"
)
_NORM = "num_features@ eps- momentum- affine track_running_stats device- dtype-"


def _recurrent(kind: str) -> Change:
    def change(given: Settings) -> tuple[str, Settings]:
        if given.get("num_layers", 1) != 1:
            raise InputError("num_layers of more than 1 is not read: write one module for each")
        settings: Settings = {"units": given.get("hidden_size"), "return_sequences": True}
        if given.get("bias") is False:
            settings["biases"] = 0
        if given.get("proj_size"):
            settings["projection"] = given["proj_size"]
        if "nonlinearity" in given:
            settings["activation"] = word(given["nonlinearity"])
        return (
            ("bidirectional", {"layer": Called(kind, (), settings)}) if given.get("bidirectional") else (kind, settings)
        )

    return change


def _norm(kind: str, affine: str = "affine") -> Change:
    def change(given: Settings) -> tuple[str, Settings]:
        settings: Settings = {"center": False, "scale": False} if given.get(affine) is False else {}
        if given.get("track_running_stats") is False:
            raise InputError("a normalization without running statistics is not read")
        if kind == "group_norm":
            settings["groups"] = given.get("num_groups")
        shape = given.get("normalized_shape")
        return kind, {**settings, **({"over": "all"} if isinstance(shape, tuple) and len(shape) > 1 else {})}

    return change


def _padding(rank: int) -> Change:
    """PyTorch counts the ends from the last side on; negative numbers cut."""

    def change(given: Settings) -> tuple[str, Settings]:
        value: Any = given.get("padding")
        flat = value if isinstance(value, tuple) else (value,) * (2 * rank)
        if len(flat) != 2 * rank or not all(isinstance(end, int) for end in flat):
            raise InputError(f"padding is one number or {2 * rank}")
        cuts = min(flat) < 0
        if cuts and max(flat) > 0:
            raise InputError("a padding that adds and cuts is not read")
        pairs = [(abs(flat[i]), abs(flat[i + 1])) for i in range(0, 2 * rank, 2)]
        return (f"crop{rank}d", {"cropping": pairs[::-1]}) if cuts else (f"padding{rank}d", {"padding": pairs[::-1]})

    return change


def _unflatten(given: Settings) -> tuple[str, Settings]:
    shape = given.get("unflattened_size")
    if given.get("dim") != 1 or not isinstance(shape, tuple):
        raise InputError("Unflatten is read with dim 1 and a shape in brackets")
    return "reshape", {"shape": (*shape[1:], shape[0])}


def _upsample(given: Settings) -> tuple[str, Settings]:
    """One class for all ranks: # stands for the number of sides of the input."""
    if "scale_factor" not in given:
        raise InputError("Upsample is read with scale_factor")
    mode = {"mode": given["mode"]} if "mode" in given else {}
    return "upsample#d", {"factor": given["scale_factor"], **mode}


def _of_ranks(name: str, kind: str, parameters: str) -> dict[str, Entry]:
    return {f"{name}{rank}d": entry(f"{kind}{rank}d", parameters) for rank in (1, 2, 3)}


_PLAIN = {"ReLU": "relu", "Sigmoid": "sigmoid", "Tanh": "tanh", "ELU": "elu", "GELU": "gelu", "Softplus": "softplus",
          "SiLU": "silu", "Identity": "linear", "LeakyReLU": "leaky_relu"}  # fmt: skip
_SLOPES = "inplace- alpha- negative_slope- approximate- beta- threshold-"
_CLASSES: dict[str, Entry] = {
    "Linear": entry("dense", "in_features@ out_features:units bias device- dtype-"),
    "Flatten": entry("flatten", "start_dim! end_dim!"),
    "Dropout": entry("dropout", "p:rate inplace-"),
    "Dropout1d": entry("dropout", "p:rate inplace-"),
    "Dropout2d": entry("dropout", "p:rate inplace-"),
    **_of_ranks("Conv", "conv", _CONV),
    **{f"ConvTranspose{rank}d": entry(f"conv{rank}d_transpose", _TRANSPOSED) for rank in (1, 2, 3)},
    **_of_ranks("MaxPool", "max_pool", "kernel_size:kernel stride padding dilation return_indices! ceil_mode:ceil"),
    **_of_ranks("AvgPool", "avg_pool", "kernel_size:kernel stride padding ceil_mode:ceil count_include_pad- divisor-"),
    **_of_ranks("AdaptiveAvgPool", "adaptive_avg_pool", "output_size"),
    **_of_ranks("AdaptiveMaxPool", "adaptive_max_pool", "output_size return_indices!"),
    **{f"ZeroPad{rank}d": entry(f"padding{rank}d", "padding", _padding(rank)) for rank in (1, 2, 3)},
    **{f"ConstantPad{rank}d": entry(f"padding{rank}d", "padding value-", _padding(rank)) for rank in (1, 2, 3)},
    "Upsample": entry("upsample2d", "size scale_factor mode align_corners-", _upsample),
    "Unflatten": entry("reshape", "dim unflattened_size", _unflatten),
    **{f"BatchNorm{rank}d": entry("batch_norm", _NORM, _norm("batch_norm")) for rank in (1, 2, 3)},
    "LayerNorm": entry("layer_norm", "normalized_shape eps- elementwise_affine bias-",
                       _norm("layer_norm", "elementwise_affine")),
    "GroupNorm": entry("group_norm", "num_groups num_channels@ eps- affine device- dtype-", _norm("group_norm")),
    "Embedding": entry("embedding", "num_embeddings:input_dim embedding_dim:output_dim padding_idx- max_norm-"),
    "RNN": entry("simple_rnn", _PLAIN_RECURRENT, _recurrent("simple_rnn")),
    "LSTM": entry("lstm", _RECURRENT, _recurrent("lstm")),
    "GRU": entry("gru", _RECURRENT, _recurrent("gru")),
    "Softmax": entry("softmax", "dim-"),
    **{name: entry(kind, _SLOPES) for name, kind in _PLAIN.items()},
}  # fmt: skip
TORCH = Dialect(
    "PyTorch", {name: found for name, found in _CLASSES.items() if found.kind in layers()}, re.compile("(?!)")
)
"""The modules of `torch.nn` whose layers there are here."""
