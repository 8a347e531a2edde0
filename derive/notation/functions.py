"""The known functions and how each is written: one entry adds a function to every writer and every reader."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from derive.notation.connectives import CONNECTIVES, NOT


@dataclass(frozen=True, slots=True)
class Function:
    """A known function by the name that users type.

    `arity` is the number of arguments, None for any, 0 for a constant. `style` is "bracket" for f(x), "prefix" for one
    whose brackets may go in typeset mathematics (log p), "exponential" for one written as a power of e. `aliases` are
    other LaTeX spellings, for the reader alone.
    """

    name: str
    latex: str
    typst: str
    plain: str
    arity: int | None = 1
    style: Literal["bracket", "prefix", "exponential"] = "bracket"
    aliases: tuple[str, ...] = ()


def _command(name: str, *, style: Literal["bracket", "prefix", "exponential"] = "prefix", arity: int | None = 1,
             aliases: tuple[str, ...] = ()) -> Function:  # fmt: skip
    """A function that has a command of its own in TeX and Typst."""
    return Function(name, f"\\{name}", name, name, arity, style, aliases)


def _named(name: str, shown: str, *, arity: int | None = 1, aliases: tuple[str, ...] = ()) -> Function:
    """A function that is printed as an upright word."""
    return Function(name, f"\\operatorname{{{shown}}}", f'op("{shown}")', shown, arity, "bracket", aliases)


FUNCTIONS: dict[str, Function] = {
    function.name: function
    for function in (
        _command("exp", style="exponential"),
        _command("log", aliases=(r"\ln",)),
        _command("sin"),
        _command("cos"),
        _command("tan"),
        _command("sinh"),
        _command("cosh"),
        _command("tanh"),
        Function("sigmoid", r"\sigma", "σ", "σ", aliases=(r"\operatorname{sigmoid}",)),
        _named("relu", "ReLU"),
        _named("leaky_relu", "LeakyReLU"),
        _named("elu", "ELU"),
        _named("softplus", "softplus"),
        _named("gelu", "GELU"),
        _named("softmax", "softmax"),
        _named("log_softmax", "logsoftmax"),
        _command("max", style="bracket", arity=None),
        _command("min", style="bracket", arity=None),
        _named("argmax", "argmax"),
        _named("sign", "sign", aliases=(r"\operatorname{sgn}",)),
        _named("sum", "sum"),
        _named("mean", "mean"),
        _named("dot", "dot", arity=2),
        _named("concat", "concat", arity=None),
        _named("flatten", "flatten"),
        _named("reshape", "reshape"),
        _named("columns", "columns"),
        _named("det", "det"),
        _named("diag", "diag"),
        _named("erf", "erf"),
        Function("infimum", r"\inf", "inf", "inf", style="prefix"),
        Function("supremum", r"\sup", "sup", "sup", style="prefix"),
        _named("reach", "reach", arity=None),
        _named("fitting", "fitting", arity=None),
        _named("descent", "descent", arity=None),
        Function("infinity", r"\infty", "infinity", "∞", arity=0),
        Function("normal_cdf", r"\Phi_{\mathcal{N}}", "Phi_(cal(N))", "Φ"),
        Function("normal_pdf", r"\varphi_{\mathcal{N}}", "phi.alt_(cal(N))", "φ"),
        _named("kind", "type"),
        _named("critical_points", "Crit"),
        _named("conv2d", "conv", arity=None),
        _named("max_pool2d", "maxpool"),
        _named("avg_pool2d", "avgpool"),
        _named("flip", "flip"),
        _named("kernel_effect", "effect"),
        _named("strongest", "strongest"),
        _named("solution", "solution", arity=None),
        _named("flow", "flow"),
        *(_named(name, name, arity=None) for name in ("separability", "fit", "training", "epochs", "misclassified")),
        *(_named(name, name) for name in ("parity", "threshold", "weight")),
        _named("all_weights", "weights"),
        _named("neuron_count", "neurons"),
        _named("layer_count", "layers"),
        _named("layer_width", "width"),
        *(_named(name, name, arity=1 if name == NOT else None) for name in CONNECTIVES),
        _named("batch", "batch", arity=3),
        _named("course", "course", arity=2),
        Function("eigmax", r"\lambda_{\max}", "lambda_(max)", "λ_max"),
        Function("eigmin", r"\lambda_{\min}", "lambda_(min)", "λ_min"),
    )
}


def is_constant(name: str) -> bool:
    """Whether the name is that of a known constant, a function without arguments."""
    return name in FUNCTIONS and FUNCTIONS[name].arity == 0
