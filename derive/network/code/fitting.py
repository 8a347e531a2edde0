"""How a network is trained, as far as a listing says it: losses, optimizers and stopping by the frameworks' names."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from derive.errors import InputError
from derive.network.layers.base import Framework
from derive.network.network import Network


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss: the activations whose outputs it takes, and its name in both frameworks.

    `logits` is how it is spelled for outputs without an activation; None where it takes them as they are.
    """

    activations: tuple[str, ...]
    keras: str
    torch: str
    logits: tuple[str, str] | None = None
    probabilities: bool = True


_CROSS = "nn.CrossEntropyLoss()"
LOSSES: dict[str, Loss] = {
    "binary_crossentropy": Loss(
        ("sigmoid",), "'binary_crossentropy'", "nn.BCELoss()",
        ("keras.losses.BinaryCrossentropy(from_logits=True)", "nn.BCEWithLogitsLoss()"),
    ),
    "categorical_crossentropy": Loss(
        ("softmax",), "'categorical_crossentropy'", "",
        ("keras.losses.CategoricalCrossentropy(from_logits=True)", _CROSS),
    ),
    "sparse_categorical_crossentropy": Loss(
        ("softmax",), "'sparse_categorical_crossentropy'", "",
        ("keras.losses.SparseCategoricalCrossentropy(from_logits=True)", _CROSS),
    ),
    "mean_squared_error": Loss((), "'mean_squared_error'", "nn.MSELoss()", probabilities=False),
    "mean_absolute_error": Loss((), "'mean_absolute_error'", "nn.L1Loss()", probabilities=False),
}  # fmt: skip
"""By Keras' name; a loss without a module in PyTorch is a function of the logarithms of the outputs there."""
SHORT = {"mse": "mean_squared_error", "mae": "mean_absolute_error", "MSE": "mean_squared_error"}
OPTIMIZERS: dict[str, tuple[str, str]] = {
    "sgd": ("SGD", "SGD"),
    "adam": ("Adam", "Adam"),
    "adamw": ("AdamW", "AdamW"),
    "rmsprop": ("RMSprop", "RMSprop"),
    "adagrad": ("Adagrad", "Adagrad"),
}
"""The classes in `keras.optimizers` and `torch.optim`."""

LossName = Literal[
    "binary_crossentropy", "categorical_crossentropy", "sparse_categorical_crossentropy", "mean_squared_error",
    "mean_absolute_error",
]  # fmt: skip
Rate = Annotated[float, Field(gt=0, le=100)]
Many = Annotated[int, Field(ge=1, le=10**6)]


class Compile(BaseModel):
    """The optimizer and the loss that are asked for; without a loss, the one that suits the output."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    optimizer: Literal["sgd", "adam", "adamw", "rmsprop", "adagrad"] = Field("adam", description="the optimizer")
    rate: Rate = Field(0.001, description="the learning rate")
    momentum: Annotated[float, Field(ge=0, lt=1)] = Field(0.0, description="the momentum of sgd")
    loss: LossName | None = Field(None, description="the loss by Keras' name; the one that suits if not said")


class Fit(BaseModel):
    """How long and in what batches the network is trained, and when it stops early."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    epochs: Many = Field(10, description="how often all examples are seen")
    batch_size: Many = Field(32, description="examples in a batch")
    patience: Many | None = Field(None, description="stop when the loss has not improved for so many epochs")


def last_activation(network: Network) -> str:
    """The activation whose values the network gives; "linear" where there is none."""
    if not network.nodes:
        return "linear"
    layer = network.nodes[-1].layer
    return str(getattr(layer, "activation", None) or (layer.kind if layer.kind in ACTIVATED else "linear"))


ACTIVATED = ("relu", "sigmoid", "tanh", "softmax", "leaky_relu", "elu", "gelu", "softplus", "silu")


def suitable(network: Network) -> LossName:
    """The loss that suits the output: cross-entropy for probabilities, squares for other numbers."""
    activation = last_activation(network)
    if activation == "softmax":
        return "sparse_categorical_crossentropy"
    return "binary_crossentropy" if activation == "sigmoid" else "mean_squared_error"


def misfit(network: Network, loss: str, logits: bool = False) -> str | None:
    """Why a loss does not suit the output of a network, in a sentence; None where it does.

    Args:
        network: the network.
        loss: the name of the loss, as in Keras.
        logits: whether the loss is told that the outputs have no activation.
    """
    known, activation = LOSSES.get(loss), last_activation(network)
    units = network.output[-1]
    if known is None:
        return None
    if not known.probabilities:
        return f"{loss} is for numbers, but softmax gives probabilities" if activation == "softmax" else None
    wanted = known.activations[0]
    if units == 1 and wanted == "softmax":
        return f"{loss} needs one output for each class, but there is 1"
    if logits:
        return None if activation == "linear" else f"from_logits=True, but {activation} stands behind the output"
    if activation != wanted:
        found = "the output has no activation" if activation == "linear" else f"the output has {activation}"
        return f"{loss} needs {wanted} outputs, but {found}"
    return "softmax of 1 output is always 1" if activation == "softmax" and units == 1 else None


def training(network: Network, framework: Framework, compile: Compile, fit: Fit | None) -> tuple[str, ...]:
    """The lines that set optimizer and loss, and a function that trains the network.

    Raises:
        InputError: the loss does not suit the output.
    """
    loss = compile.loss or suitable(network)
    logits = last_activation(network) == "linear" and LOSSES[loss].logits is not None
    why = misfit(network, loss, logits)
    if why:
        raise InputError(why)
    return _keras(compile, fit, loss, logits) if framework == "keras" else _torch(compile, fit, loss, logits)


def _keras(compile: Compile, fit: Fit | None, loss: str, logits: bool) -> tuple[str, ...]:
    known = LOSSES[loss]
    spelled = known.logits[0] if logits and known.logits else known.keras
    momentum = f", momentum={compile.momentum}" if compile.momentum and compile.optimizer == "sgd" else ""
    optimizer = f"keras.optimizers.{OPTIMIZERS[compile.optimizer][0]}(learning_rate={compile.rate}{momentum})"
    metrics = ["    metrics=['accuracy'],"] if known.probabilities else []
    lines = ["", "model.compile(", f"    optimizer={optimizer},", f"    loss={spelled},", *metrics, ")"]
    if fit is None:
        return tuple(lines)
    stop = f"keras.callbacks.EarlyStopping(monitor='loss', patience={fit.patience})"
    callbacks = [f"        callbacks=[{stop}],"] if fit.patience else []
    lines += [
        "",
        "",
        "def train(x, t):",
        "    return model.fit(",
        f"        x, t, batch_size={fit.batch_size}, epochs={fit.epochs},",
    ]
    return (*lines, *callbacks, "    )")


def _torch(compile: Compile, fit: Fit | None, loss: str, logits: bool) -> tuple[str, ...]:
    known = LOSSES[loss]
    momentum = f", momentum={compile.momentum}" if compile.momentum and compile.optimizer == "sgd" else ""
    name = OPTIMIZERS[compile.optimizer][1]
    lines = ["", f"optimizer = torch.optim.{name}(model.parameters(), lr={compile.rate}{momentum})"]
    spelled = known.logits[1] if logits and known.logits else known.torch
    if spelled:
        lines += [f"loss = {spelled}"]
    else:
        lines += ["", "", "def loss(p, t):", "    # it takes logits: those of softmax outputs are their logarithms",
                  "    return nn.functional.cross_entropy(torch.log(p), t)"]  # fmt: skip
    if fit is None:
        return tuple(lines)
    lines += [
        "",
        "",
        "def train(batches):",
        f"    # batches: pairs (x, t) of {fit.batch_size} examples, as a DataLoader",
    ]
    stops = ["    best, waited = float('inf'), 0"] if fit.patience else []
    lines += [*stops, f"    for epoch in range({fit.epochs}):", "        total = 0.0", "        for x, t in batches:"]
    lines += [f"            {text}" for text in _BATCH]
    if fit.patience:
        lines += [f"        {text}" for text in ("waited = 0 if total < best else waited + 1",
                  "best = min(best, total)", f"if waited == {fit.patience}:", "    break")]  # fmt: skip
    return tuple(lines)


_BATCH = ("optimizer.zero_grad()", "error = loss(model(x), t)", "error.backward()", "optimizer.step()",
          "total += error.item()")  # fmt: skip
