"""What a listing does wrong beyond its layers: no output layer, a loss that does not suit it, fit without data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from derive.network.code.fitting import SHORT, last_activation, misfit
from derive.network.code.script import Event, Fault
from derive.network.listing import Called
from derive.network.network import Network

_HIDDEN = ("relu", "leaky_relu", "elu", "gelu", "silu")
_LOSSES = {
    "BinaryCrossentropy": "binary_crossentropy",
    "CategoricalCrossentropy": "categorical_crossentropy",
    "SparseCategoricalCrossentropy": "sparse_categorical_crossentropy",
    "MeanSquaredError": "mean_squared_error",
    "MeanAbsoluteError": "mean_absolute_error",
}
FIT = ("x", "y", "batch_size", "epochs", "verbose", "callbacks", "validation_split", "validation_data")
COMPILE = ("optimizer", "loss", "loss_weights", "metrics")


def remarks(
    network: Network | None, lines: Mapping[str, int], classes: Mapping[str, str], calls: Mapping[str, Event]
) -> Iterator[Fault]:
    """The faults; those about the output only where the whole network could be read."""
    if network is not None:
        yield from _output(network, lines, classes)
        yield from _loss(network, calls.get("compile"))
    yield from _fit(calls)
    yield from _stopping(calls)


def _output(network: Network, lines: Mapping[str, int], classes: Mapping[str, str]) -> Iterator[Fault]:
    """A network ends with an output layer: a dense one without an activation for hidden layers."""
    weighted = [node for node in network.nodes if network.tensors(node)]
    last = network.nodes[-1]
    if not weighted or weighted[-1].layer.kind not in ("dense", "lstm", "gru", "simple_rnn", "bidirectional"):
        yield Fault(lines[last.name], f"the listing ends with {classes[last.name]}: the output layer is missing")
    elif last_activation(network) in _HIDDEN:
        activation = {"relu": "ReLU"}.get(last_activation(network), last_activation(network))
        name = weighted[-1].name
        text = f"the last layer, {classes[name]} with {network.output[-1]} outputs, has {activation}: no output layer"
        yield Fault(lines[name], f"{text} (softmax, sigmoid or none) follows")
    elif last.layer.kind == "dropout":
        yield Fault(lines[last.name], "a Dropout behind the last layer sets outputs to zero at random in training")


def _loss(network: Network, compile: Event | None) -> Iterator[Fault]:
    if compile is None:
        return
    given = bound(compile.call, COMPILE).get("loss")
    if given is None:
        yield Fault(compile.line, "compile() is given no loss")
        return
    name, logits = loss_name(given)
    why = misfit(network, name, logits)
    if why:
        yield Fault(compile.line, why)


def loss_name(given: Any) -> tuple[str, bool]:
    """The name of a loss as Keras spells it in text, and whether it is told to take logits."""
    if isinstance(given, Called):
        last = given.name.rsplit(".", 1)[-1]
        return _LOSSES.get(last, last), given.settings.get("from_logits") is True
    last = str(given).rsplit(".", 1)[-1]
    return SHORT.get(last, last), False


def _fit(calls: Mapping[str, Event]) -> Iterator[Fault]:
    fit = calls.get("fit")
    if fit is None:
        return
    given = bound(fit.call, FIT)
    if "x" not in given:
        yield Fault(fit.line, "fit() is given no data: it fails before the first epoch")
    elif "y" not in given and isinstance(given["x"], str) and given["x"].lower().startswith("x"):
        yield Fault(fit.line, "fit() is given inputs but no targets")
    if "compile" not in calls:
        yield Fault(fit.line, "fit() is called without compile() before")
    elif calls["compile"].line > fit.line:
        yield Fault(fit.line, "fit() is called before compile()")


def _stopping(calls: Mapping[str, Event]) -> Iterator[Fault]:
    """EarlyStopping: handed to fit, and watching something that there is."""
    stop, fit = stopping(calls), calls.get("fit")
    if stop is None:
        return
    line = calls["EarlyStopping"].line if "EarlyStopping" in calls else fit.line if fit else None
    if fit is None:
        yield Fault(line, "EarlyStopping is made, but fit() is not called")
        return
    given = bound(fit.call, FIT)
    if "callbacks" not in given:
        yield Fault(fit.line, "EarlyStopping is made, but fit() is given no callbacks")
    monitor = str(bound(stop, ("monitor",)).get("monitor", "val_loss"))
    if monitor.startswith("val_") and not {"validation_split", "validation_data"} & set(given):
        yield Fault(line, f"EarlyStopping watches {monitor}, but fit() is given no validation data")


def stopping(calls: Mapping[str, Event]) -> Called | None:
    """The call of EarlyStopping, made before or inside the list of callbacks."""
    if "EarlyStopping" in calls:
        return calls["EarlyStopping"].call
    fit = calls.get("fit")
    inside = bound(fit.call, FIT).get("callbacks") if fit else None
    for each in inside if isinstance(inside, tuple) else (inside,):
        if isinstance(each, Called) and each.name.rsplit(".", 1)[-1] == "EarlyStopping":
            return each
    return None


def bound(call: Called, names: tuple[str, ...]) -> dict[str, Any]:
    """The values of a call by name."""
    return {**dict(zip(names, call.args, strict=False)), **call.settings}
