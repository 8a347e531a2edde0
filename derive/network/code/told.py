"""What the calls of compile, fit and EarlyStopping do, in sentences."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from derive.network.code.remarks import COMPILE, FIT, bound, loss_name, stopping
from derive.network.code.script import Event
from derive.network.listing import Called

_STOP = ("monitor", "min_delta", "patience", "verbose", "mode", "baseline", "restore_best_weights")
_DEFAULT_EPOCHS, _DEFAULT_BATCH = 1, 32


def told(calls: Mapping[str, Event]) -> Iterator[str]:
    """One sentence for each call."""
    if "compile" in calls:
        yield _compile(calls["compile"])
    stop = stopping(calls)
    if "fit" in calls:
        yield _fit(calls["fit"])
    if stop is not None:
        yield from _stopping(stop)


def _compile(event: Event) -> str:
    given = bound(event.call, COMPILE)
    optimizer = given.get("optimizer", "rmsprop")
    name = _short(optimizer)
    rate = bound(optimizer, ("learning_rate",)).get("learning_rate") if isinstance(optimizer, Called) else None
    with_rate = f" with learning rate {rate}" if isinstance(rate, int | float) else ""
    loss = f", loss {loss_name(given['loss'])[0]}" if "loss" in given else ""
    return f"compile(): optimizer {name}{with_rate}{loss}."


def _fit(event: Event) -> str:
    given = bound(event.call, FIT)
    epochs, batch = given.get("epochs", _DEFAULT_EPOCHS), given.get("batch_size", _DEFAULT_BATCH)
    return f"fit(): trains for at most {epochs} epoch{'' if epochs == 1 else 's'} in batches of {batch}."


def _stopping(stop: Called) -> Iterator[str]:
    given = bound(stop, _STOP)
    monitor, patience = given.get("monitor", "val_loss"), given.get("patience", 0)
    which = "validation" if str(monitor).startswith("val_") else "training"
    waits = f"{patience} epochs in a row" if patience not in (0, 1) else "one epoch"
    yield f"EarlyStopping: ends the training when {monitor}, of the {which} data, has not improved for {waits}."
    if given.get("restore_best_weights") is not True:
        yield "The weights of the last epoch are kept, not the best ones."


def _short(value: object) -> str:
    name = value.name if isinstance(value, Called) else str(value)
    return name.rsplit(".", 1)[-1]
