"""Random recurrent cells with the numbers of a PyTorch module: the same weights as givens of a question."""

from __future__ import annotations

from derive.notation.value import evaluate
from derive.questions.catalogue import question
from derive.record import Conventions

ORDER = {"rnn": ("",), "lstm": ("_i", "_f", "_c", "_o"), "gru": ("_r", "_z", "_h")}
"""The gates in the order in which PyTorch stacks their weights."""


def listed(tensor):
    """A tensor as nested lists of the shortest decimals; they are made to be short."""
    return tensor.tolist()


def shortened(torch, module):
    """The module in double precision with weights of two digits, so that both sides have the same numbers."""
    module = module.double()
    with torch.no_grad():
        for parameter in module.parameters():
            parameter.copy_(torch.round(parameter * 100) / 100)
    return module


def weights_of(module, cell):
    """The weights of a module by the names of the cell: two biases of each gate, the projection where it has one."""
    gates = ORDER[cell]
    found = {}
    for of, w, u, bx, bh in zip(
        gates,
        module.weight_ih_l0.chunk(len(gates)),
        module.weight_hh_l0.chunk(len(gates)),
        module.bias_ih_l0.chunk(len(gates)),
        module.bias_hh_l0.chunk(len(gates)),
        strict=True,
    ):
        found |= {f"W{of}": listed(w), f"U{of}": listed(u), f"b_x{of}": listed(bx), f"b_h{of}": listed(bh)}
    if getattr(module, "proj_size", 0):
        found["V_h"] = listed(module.weight_hr_l0)
    return found


def drawn(torch, rng, *shape):
    """Numbers of one digit."""
    return torch.tensor([[rng.randint(-9, 9) / 10 for _ in range(shape[1])] for _ in range(shape[0])]).double()


def values(derivation):
    """What each answer is worth, entry by entry."""
    return {answer.name: numbers(answer.form) for answer in derivation.answers}


def numbers(form):
    """A form's value as a list of floats."""
    value = evaluate(form, {})
    return [float(x) for x in value.items] if hasattr(value, "items") else [float(value)]


def solved(ask, givens):
    """The derivation at full precision."""
    return question(ask, givens).solve(Conventions())
