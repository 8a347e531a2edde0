"""Recurrent cells: one entry each. A cell is a list of formulas, each of which makes one quantity of a step.

In a formula `x` is the input of the step, `h_old` a state as the step before left it, and every other name a quantity
of this step or a weight. An activation stands under the name of its role, such as `gate`, so that a question may choose
it. Weights that a question leaves out are no fault where the entry says what they then count as.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from derive.errors import UnknownName

Formula = tuple[str, str, str]
"""(quantity, formula, what it is called)."""

FUNCTIONS = ("tanh", "sigmoid", "relu", "identity")
"""What a state, a gate or an output may be activated with."""
OUTPUT_ROLE, OUTPUT_FUNCTIONS = "output", (*FUNCTIONS, "softmax")


@dataclass(frozen=True, slots=True)
class Cell:
    """A recurrent cell.

    Attributes:
        title: what a sheet calls it.
        rule: its formulas in the order of computation; biases stand in it both as one vector and as two.
        states: what a step hands on to the next; for each a weight, and the side of it that is as wide as the state
            (0 rows, 1 columns).
        activations: the roles of its activations, with the customary functions.
        biases: each bias, and the two vectors that may stand in its place: one beside the input, one beside the state.
        absent: letters of weights that may be left out, and what they count as then: 0, or 1 for a factor.
        choices: settings by name; for each value the formulas that it changes. The first value is the default.
        source: where the formulas come from.
    """

    name: str
    title: str
    rule: tuple[Formula, ...]
    states: Mapping[str, tuple[str, int]]
    activations: Mapping[str, str]
    biases: Mapping[str, tuple[str, str]]
    absent: Mapping[str, int] = field(default_factory=lambda: {"b": 0})
    choices: Mapping[str, Mapping[str, Mapping[str, str]]] = field(default_factory=dict)
    source: str = ""

    def chosen(self, choices: Mapping[str, str]) -> tuple[Formula, ...]:
        """The rule under some settings."""
        changed: dict[str, str] = {}
        for name, value in choices.items():
            changed |= self.choices[name][value]
        return tuple((quantity, changed.get(quantity, text), what) for quantity, text, what in self.rule)


def _fed(of: str = "", peephole: str = "") -> str:
    """The weighted sum in front of an activation: of the input, the state before, the cell where it is seen, biases."""
    seen = f" + odot(p{of}, {peephole})" if peephole else ""
    return f"W{of}*x + b_x{of} + U{of}*h_old + b_h{of}{seen} + b{of}"


def _pairs(*gates: str) -> dict[str, tuple[str, str]]:
    return {f"b{of}": (f"b_x{of}", f"b_h{of}") for of in gates}


RESET_BEFORE = "candidate(W_h*x + b_x_h + U_h*odot(r, h_old) + b_h_h + b_h)"
RESET_AFTER = "candidate(W_h*x + b_x_h + odot(r, U_h*h_old + b_h_h) + b_h)"

TABLE: tuple[Cell, ...] = (
    Cell(
        "rnn",
        "recurrent layer",
        (("a", _fed(), "pre-activation"), ("h", "state(a)", "state")),
        {"h": ("U", 1)},
        {"state": "tanh"},
        _pairs(""),
        source="Elman 1990",
    ),
    Cell(
        "lstm",
        "LSTM",
        (
            ("f", f"gate({_fed('_f', 'c_old')})", "forget gate"),
            ("i", f"gate({_fed('_i', 'c_old')})", "input gate"),
            ("c_tilde", f"candidate({_fed('_c')})", "candidate"),
            ("c", "odot(f, c_old) + odot(i, c_tilde)", "cell state"),
            ("o", f"gate({_fed('_o', 'c')})", "output gate"),
            ("h", "V_h*odot(o, cell(c))", "hidden state"),
        ),
        {"h": ("U_f", 1), "c": ("U_f", 0)},
        {"gate": "sigmoid", "candidate": "tanh", "cell": "tanh"},
        _pairs("_f", "_i", "_c", "_o"),
        {"b": 0, "p": 0, "V": 1},
        source="Hochreiter and Schmidhuber 1997; forget gate and peepholes p: Gers 2000; projection V_h: Sak 2014",
    ),
    Cell(
        "gru",
        "GRU",
        (
            ("r", f"gate({_fed('_r')})", "reset gate"),
            ("z", f"gate({_fed('_z')})", "update gate"),
            ("h_tilde", RESET_BEFORE, "candidate"),
            ("h", "odot(z, h_old) + odot(1 - z, h_tilde)", "state"),
        ),
        {"h": ("U_r", 1)},
        {"gate": "sigmoid", "candidate": "tanh"},
        _pairs("_r", "_z", "_h"),
        choices={
            "reset": {"before": {}, "after": {"h_tilde": RESET_AFTER}},
            "update": {"keep": {}, "renew": {"h": "odot(1 - z, h_old) + odot(z, h_tilde)"}},
        },
        source="Cho 2014; the reset behind the product: cuDNN; z for the candidate: Chung 2014",
    ),
)  # fmt: skip
CELLS: dict[str, Cell] = {entry.name: entry for entry in TABLE}

OUTPUT: Formula = ("y", "output(V*h + b_y)", "output")
"""The layer that reads a state at each step, where the weight V is given."""


def cell(name: str) -> Cell:
    """The entry of a name; UnknownName where there is none."""
    if name not in CELLS:
        raise UnknownName("cell", name, CELLS)
    return CELLS[name]
