"""The layers of Keras: for each class our kind and its parameters, in Keras' order."""

from __future__ import annotations

import re
from typing import Any

from derive.errors import InputError, UnknownName
from derive.network.code.dialects import Change, Dialect, Entry, Settings, Translated, entry, word
from derive.network.kinds import layers
from derive.network.listing import Called

_CONV = (
    "filters kernel_size:kernel strides:stride padding* data_format! dilation_rate:dilation groups activation "
    "use_bias:bias"
)
_TRANSPOSED = (
    "filters kernel_size:kernel strides:stride padding* output_padding data_format! dilation_rate:dilation activation "
    "use_bias:bias"
)
_DEPTHWISE = (
    "kernel_size:kernel strides:stride padding* depth_multiplier data_format! dilation_rate:dilation "
    "activation use_bias:bias"
)
_SEPARABLE = (
    "filters kernel_size:kernel strides:stride padding* data_format! dilation_rate:dilation depth_multiplier "
    "activation use_bias:bias"
)
_POOL = "pool_size:kernel strides:stride padding* data_format!"
_NORM = "axis! momentum- epsilon- center scale"
_RECURRENT = (
    "units activation recurrent_activation- use_bias kernel_initializer- recurrent_initializer- bias_initializer- "
    "unit_forget_bias- dropout- recurrent_dropout- return_sequences return_state! go_backwards- stateful- unroll- "
    "reset_after"
)


def _activation(given: Settings) -> tuple[str, Settings]:
    kind = word(given.get("activation", "linear"))
    if kind not in layers():
        raise UnknownName("activation", kind, ["relu", "sigmoid", "softmax", "tanh"])
    return kind, {}


def _recurrent(kind: str) -> Change:
    def change(given: Settings) -> tuple[str, Settings]:
        settings: Settings = {key: given[key] for key in ("units", "return_sequences") if key in given}
        if given.get("use_bias") is False:
            settings["biases"] = 0
        elif given.get("reset_after") is False:
            settings["biases"] = 1
        if kind == "simple_rnn" and "activation" in given:
            settings["activation"] = word(given["activation"])
        return kind, settings

    return change


def _around(given: Settings) -> tuple[str, Settings]:
    inner = _inside(given)
    settings: Settings = {"layer": Called(inner.kind, (), inner.settings)}
    return "bidirectional", {**settings, **({"merge": given["merge_mode"]} if "merge_mode" in given else {})}


def _each_step(given: Settings) -> tuple[str, Settings]:
    inner = _inside(given)
    if inner.kind != "dense":
        raise InputError(f"TimeDistributed round {inner.kind} is not read")
    return inner.kind, inner.settings


def _inside(given: Settings) -> Translated:
    inner: Any = given.get("layer")
    if not isinstance(inner, Called):
        raise InputError("a layer stands inside, as in Bidirectional(LSTM(3))")
    return KERAS.translated(inner.name.rsplit(".", 1)[-1], inner)


def _layer_norm(given: Settings) -> tuple[str, Settings]:
    switches: Settings = {key: given[key] for key in ("center", "scale") if key in given}
    several = isinstance(given.get("axis"), tuple) and len(given["axis"]) > 1
    return "layer_norm", {**switches, **({"over": "all"} if several else {})}


def _of_ranks(name: str, kind: str, parameters: str, ranks: tuple[int, ...] = (1, 2, 3)) -> dict[str, Entry]:
    return {f"{name}{rank}D": entry(f"{kind}{rank}d", parameters) for rank in ranks}


_CLASSES: dict[str, Entry] = {
    "Dense": entry("dense", "units activation use_bias:bias"),
    "Flatten": entry("flatten", "data_format!"),
    "Reshape": entry("reshape", "target_shape:shape"),
    "Dropout": entry("dropout", "rate noise_shape- seed-"),
    "SpatialDropout1D": entry("dropout", "rate seed-"),
    "SpatialDropout2D": entry("dropout", "rate data_format- seed-"),
    **_of_ranks("Conv", "conv", _CONV),
    **{f"Convolution{rank}D": entry(f"conv{rank}d", _CONV) for rank in (1, 2, 3)},
    **{f"Conv{rank}DTranspose": entry(f"conv{rank}d_transpose", _TRANSPOSED) for rank in (1, 2, 3)},
    **_of_ranks("DepthwiseConv", "depthwise_conv", _DEPTHWISE, (1, 2)),
    **_of_ranks("SeparableConv", "separable_conv", _SEPARABLE, (1, 2)),
    **_of_ranks("MaxPooling", "max_pool", _POOL),
    **{f"MaxPool{rank}D": entry(f"max_pool{rank}d", _POOL) for rank in (1, 2, 3)},
    **_of_ranks("AveragePooling", "avg_pool", _POOL),
    **{f"AvgPool{rank}D": entry(f"avg_pool{rank}d", _POOL) for rank in (1, 2, 3)},
    **_of_ranks("GlobalAveragePooling", "global_avg_pool", "data_format! keepdims"),
    **_of_ranks("GlobalMaxPooling", "global_max_pool", "data_format! keepdims"),
    **_of_ranks("ZeroPadding", "padding", "padding data_format!"),
    **_of_ranks("Cropping", "crop", "cropping data_format!"),
    **_of_ranks("UpSampling", "upsample", "size:factor data_format! interpolation:mode"),
    "BatchNormalization": entry("batch_norm", _NORM),
    "LayerNormalization": entry("layer_norm", "axis epsilon- center scale", _layer_norm),
    "GroupNormalization": entry("group_norm", "groups axis! epsilon- center scale"),
    "Embedding": entry("embedding", "input_dim output_dim"),
    "SimpleRNN": entry("simple_rnn", _RECURRENT.replace("recurrent_activation- ", ""), _recurrent("simple_rnn")),
    "LSTM": entry("lstm", _RECURRENT, _recurrent("lstm")),
    "GRU": entry("gru", _RECURRENT, _recurrent("gru")),
    "Bidirectional": entry("bidirectional", "layer merge_mode", _around),
    "TimeDistributed": entry("dense", "layer", _each_step),
    "MultiHeadAttention": entry("multi_head_attention", "num_heads:heads key_dim value_dim! dropout- use_bias:bias"),
    "Add": entry("add", ""),
    "Multiply": entry("multiply", ""),
    "Concatenate": entry("concat", "axis!"),
    "Activation": entry("relu", "activation", _activation),
    "ReLU": entry("relu", "max_value- negative_slope- threshold-"),
    "LeakyReLU": entry("leaky_relu", "negative_slope- alpha-"),
    "ELU": entry("elu", "alpha-"),
    "Softmax": entry("softmax", "axis!"),
}
_COMMON = re.compile(
    r"name|dtype|trainable|seed|autocast|input_shape|input_dim|batch_input_shape|batch_size|"
    r"\w+_(initializer|regularizer|constraint)"
)
KERAS = Dialect("Keras", {name: found for name, found in _CLASSES.items() if found.kind in layers()}, _COMMON)
"""The classes of `keras.layers` whose layers there are here."""
