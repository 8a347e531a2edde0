"""A loss on the output of a dense net: the table's formulas, in the orientation of the net."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from derive.graph.arrays import Shape
from derive.notation.build import ONE
from derive.notation.form import Call, Form, Matrix, Product, Symbol, rebuild
from derive.training.loss_forms import Choice, LossForms, loss_forms
from derive.training.losses import Kind, loss
from derive.training.mlp import IDENTITY, SOFTMAX, Net, by_column


@dataclass(frozen=True, slots=True)
class NetLoss:
    """A loss of a net.

    Attributes:
        forms: its definitions, the loss last.
        target: the name of the target.
        totals: what is 1 for a target that is a distribution: the sum of its entries, of each example.
    """

    forms: LossForms
    target: Symbol
    totals: Mapping[Form, Form]


def kind_for(name: str, net: Net) -> Kind | None:
    """What the output is to a loss, where the activation of the last layer says that; None leaves it to the table."""
    kinds = [entry.kind for entry in loss(name).inputs]
    activation = net.layers[-1].activation
    if "probabilities" in kinds and activation == (SOFTMAX if loss(name).target == "distribution" else "sigmoid"):
        return "probabilities"
    return "logits" if "logits" in kinds and (activation == IDENTITY or loss(name).target == "distribution") else None


def net_loss(net: Net, choice: Choice) -> NetLoss:
    """The definitions of a loss on the output of a net."""
    target, of = net.names.of("t"), net.names.of("L")
    taken = {*net.definitions, *net.shapes, *net.deltas.values()}
    if choice.reduction == "batchmean" and net.layers[-1].units == 1:
        choice = replace(choice, reduction="mean")  # with one output the entries are the samples
    forms = loss_forms(choice, net.output, target, _by_rows(net), of, taken)
    if net.has_columns:
        forms = _in_columns(forms, {target, net.output, *forms.definitions} - {of})
    return NetLoss(forms, target, _totals(net, target) if choice.loss.target == "distribution" else {})


def _by_rows(net: Net) -> Shape:
    """The shape of the output as the table of losses takes it: a column for one example, else a row for each."""
    units = net.layers[-1].units
    if net.examples > 1:
        return (net.examples, units)
    return (units, 1) if units > 1 else ()


def _in_columns(forms: LossForms, names: set[Symbol]) -> LossForms:
    """The same with the examples in columns: the two indices of an entry change places."""

    def turned(form: Form) -> Form:
        if isinstance(form, Symbol):
            root = Symbol(form.base, form.accent, form.sub[:-2], form.sup)
            swapped = (*form.sub[:-2], *reversed(form.sub[-2:]))
            return Symbol(form.base, form.accent, swapped, form.sup) if root in names else form
        form = rebuild(form, turned)
        whole = isinstance(form, Call) and form.function in (SOFTMAX, "log_softmax")
        return replace(form, params=by_column()) if isinstance(form, Call) and whole else form

    return replace(
        forms,
        definitions={name: turned(form) for name, form in forms.definitions.items()},
        meanings={name: turned(form) for name, form in forms.meanings.items()},
        reading=forms.reading.replace("in each row", "in each column"),
    )


def _totals(net: Net, target: Symbol) -> dict[Form, Form]:
    """The sum of the target's entries, for each example, and the ones that it is."""
    units = net.layers[-1].units
    if net.examples == 1:
        return {Call("sum", (target,)): ONE}
    if net.has_columns:
        return {Product((_ones(1, units), target)): _ones(1, net.examples)}
    return {Product((target, _ones(units, 1))): _ones(net.examples, 1)}


def _ones(rows: int, columns: int) -> Matrix:
    return Matrix(((ONE,) * columns,) * rows)
