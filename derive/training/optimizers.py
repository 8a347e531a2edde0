"""Optimizers: one entry each. An update rule is a list of formulas; the engine puts the numbers in.

In a rule `w` is the parameter, `g` its gradient, `eta` the learning rate and `t` the number of the step, counted from
1. A state `m` is what the step before left, `m_new` what this step makes of it. `root(v)` is the root of v with ε
beside it or under it, `corrected(m, beta)` is m/(1 - βᵗ), or m where the bias correction is left out; which of both
holds is an option that the entry only says the default of. A weight decay `lam` that the rule itself does not mention
is added to the gradient.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from derive.errors import UnknownName


@dataclass(frozen=True, slots=True)
class Optimizer:
    """An optimizer.

    Attributes:
        rule: (quantity, formula, reason) in order; the last one is the new parameter.
        settings: names and defaults of its constants besides the learning rate.
        state: what it keeps from step to step; all zero before the first, unless told otherwise.
        source: where the rule comes from.
        title: how a sentence calls it, where that is not its name.
        form: which of several rules of one name it is; the first one of a name in the table is the default.
        says: what tells this form from the others of its name, as the question states it; mathematics stands between
            backquotes, also in `differs`.
        whole: the new parameter in one formula of what was there before the step, written down independently.
        gradient_at: where the gradient is taken.
        rate: the learning rate where none is given; empty where one must be.
        epsilon_in_root, bias_correction: as published; a rule without `root` or `corrected` knows no such option.
        differs: where published defaults and those of PyTorch are not the same.
    """

    name: str
    rule: tuple[tuple[str, str, str], ...]
    settings: Mapping[str, str] = field(default_factory=dict)
    state: tuple[str, ...] = ()
    source: str = ""
    title: str = ""
    form: str = ""
    says: str = ""
    whole: str = ""
    gradient_at: str = "w"
    rate: str = ""
    epsilon_in_root: bool = False
    bias_correction: bool = True
    differs: str = ""

    @property
    def called(self) -> str:
        """What a sentence calls it."""
        return self.title or self.name.replace("_", " ")


_MOMENTS = (
    ("m_new", "beta_1*m + (1 - beta_1)*g", "first moment"),
    ("v_new", "beta_2*v + (1 - beta_2)*g**2", "second moment"),
)
_CORRECTED = (
    ("m_hat", "corrected(m_new, beta_1)", "bias correction"),
    ("v_hat", "corrected(v_new, beta_2)", "bias correction"),
)
_BETAS = {"beta_1": "0.9", "beta_2": "0.999", "epsilon": "1e-8"}
_ADAM = (
    "eta*corrected(beta_1*m + (1 - beta_1)*g, beta_1)/root(corrected(beta_2*v + (1 - beta_2)*g**2, beta_2))"
)  # fmt: skip

TABLE: tuple[Optimizer, ...] = (
    Optimizer(
        "gradient_descent",
        (("w_new", "w - eta*g", "gradient descent"),),
        source="Cauchy 1847",
    ),
    Optimizer(
        "sgd",
        (("w_new", "w - eta*g", "SGD update"),),
        source="Robbins and Monro 1951",
        title="stochastic gradient descent",
    ),
    Optimizer(
        "momentum",
        (("v_new", "beta*v + g", "velocity"), ("w_new", "w - eta*v_new", "update")),
        {"beta": "0.9"},
        ("v",),
        "Polyak 1964, in the form of PyTorch",
        "momentum",
        form="pytorch",
        says="the velocity adds up gradients, as in PyTorch",
        whole="w - eta*g - eta*beta*v",
    ),
    Optimizer(
        "momentum",
        (("u_new", "beta*u - eta*g", "velocity"), ("w_new", "w + u_new", "update")),
        {"beta": "0.9"},
        ("u",),
        "Polyak 1964, in the form of Sutskever et al. 2013",
        "momentum",
        form="velocity",
        says="the velocity is the step itself",
        whole="w + beta*u - eta*g",
    ),
    Optimizer(
        "momentum",
        (("v_new", "beta*v + (1 - beta)*g", "velocity"), ("w_new", "w - eta*v_new", "update")),
        {"beta": "0.9"},
        ("v",),
        "an exponentially weighted mean, as in the first moment of Adam",
        "momentum",
        form="dampened",
        says="the velocity is a weighted mean of gradients",
        whole="w - eta*(beta*v + (1 - beta)*g)",
        differs="`v` starts at 0; PyTorch, told to dampen, starts with `v = g` in its first step",
    ),
    Optimizer(
        "nesterov",
        (("v_new", "beta*v + g", "velocity"), ("w_new", "w - eta*(g + beta*v_new)", "Nesterov update")),
        {"beta": "0.9"},
        ("v",),
        "Nesterov 1983, in the form of PyTorch",
        "Nesterov momentum",
        form="pytorch",
        says="the gradient is taken at the parameters themselves, as in PyTorch",
        whole="w - eta*(1 + beta)*g - eta*beta**2*v",
    ),
    Optimizer(
        "nesterov",
        (("u_new", "beta*u - eta*g", "velocity"), ("w_new", "w + u_new", "update")),
        {"beta": "0.9"},
        ("u",),
        "Nesterov 1983, in the form of Sutskever et al. 2013",
        "Nesterov momentum",
        form="look_ahead",
        says="the gradient is taken ahead, where the velocity alone would lead",
        whole="w + beta*u - eta*g",
        gradient_at="w + beta*u",
    ),
    Optimizer(
        "adagrad",
        (
            ("s_new", "s + g**2", "sum of squares"),
            ("w_new", "w - eta*g/root(s_new)", "AdaGrad update"),
        ),
        {"epsilon": "1e-10"},
        ("s",),
        "Duchi, Hazan and Singer 2011",
        "AdaGrad",
        whole="w - eta*g/root(s + g**2)",
        differs="the paper leaves `epsilon` open, PyTorch has `epsilon = 1e-10`",
    ),
    Optimizer(
        "rmsprop",
        (
            ("s_new", "beta*s + (1 - beta)*g**2", "mean of squares"),
            ("w_new", "w - eta*g/root(s_new)", "RMSProp update"),
        ),
        {"beta": "0.9", "epsilon": "1e-8"},
        ("s",),
        "Hinton 2012, lecture 6",
        "RMSProp",
        whole="w - eta*g/root(beta*s + (1 - beta)*g**2)",
        differs="the lecture has `beta = 0.9` and no `epsilon`, PyTorch `alpha = 0.99` for it and `epsilon = 1e-8`",
    ),
    Optimizer(
        "adadelta",
        (
            ("s_new", "rho*s + (1 - rho)*g**2", "mean of squared gradients"),
            ("delta", "root(d)/root(s_new)*g", "step"),
            ("d_new", "rho*d + (1 - rho)*delta**2", "mean of squared steps"),
            ("w_new", "w - eta*delta", "Adadelta update"),
        ),
        {"rho": "0.9", "epsilon": "1e-6"},
        ("s", "d"),
        "Zeiler 2012, algorithm 1",
        "Adadelta",
        whole="w - eta*root(d)*g/root(rho*s + (1 - rho)*g**2)",
        rate="1",
        epsilon_in_root=True,
        differs="the paper has `rho = 0.95` and no `eta`, PyTorch `rho = 0.9` and `eta = 1`",
    ),
    Optimizer(
        "adam",
        (*_MOMENTS, *_CORRECTED, ("w_new", "w - eta*m_hat/root(v_hat)", "Adam update")),
        _BETAS,
        ("m", "v"),
        "Kingma and Ba 2015, algorithm 1",
        "Adam",
        whole=f"w - {_ADAM}",
    ),
    Optimizer(
        "adamw",
        (*_MOMENTS, *_CORRECTED, ("w_new", "w - eta*lam*w - eta*m_hat/root(v_hat)", "AdamW update")),
        {**_BETAS, "lam": "0.01"},
        ("m", "v"),
        "Loshchilov and Hutter 2019, algorithm 2",
        "AdamW",
        says="the weight decay `eta*lam*w` stands beside the gradient step",
        whole=f"(1 - eta*lam)*w - {_ADAM}",
        differs="the decay is multiplied by `eta` as in PyTorch; the paper has a schedule of its own in its place",
    ),
    Optimizer(
        "amsgrad",
        (
            *_MOMENTS,
            ("v_bar_new", "max(v_bar, v_new)", "maximum so far"),
            ("m_hat", "corrected(m_new, beta_1)", "bias correction"),
            ("v_hat", "corrected(v_bar_new, beta_2)", "bias correction"),
            ("w_new", "w - eta*m_hat/root(v_hat)", "AMSGrad update"),
        ),
        _BETAS,
        ("m", "v", "v_bar"),
        "Reddi, Kale and Kumar 2018, algorithm 2",
        "AMSGrad",
        says="the second moment is the largest so far",
        whole=(
            "w - eta*corrected(beta_1*m + (1 - beta_1)*g, beta_1)"
            "/root(corrected(max(v_bar, beta_2*v + (1 - beta_2)*g**2), beta_2))"
        ),
        differs="the paper has neither bias correction nor `epsilon`, PyTorch has both",
    ),
)


def names() -> tuple[str, ...]:
    """The names of all optimizers, in the order of the table."""
    return tuple(dict.fromkeys(entry.name for entry in TABLE))


def form_names() -> tuple[str, ...]:
    """The names of the forms of all optimizers that have several."""
    return tuple(dict.fromkeys(entry.form for entry in TABLE if entry.form))


def forms() -> str:
    """Which forms there are, as a sentence lists them: momentum pytorch, velocity or dampened; ..."""
    several = {name: [entry.form for entry in TABLE if entry.name == name and entry.form] for name in names()}
    listed = (f"{name} {', '.join(found[:-1])} or {found[-1]}" for name, found in several.items() if len(found) > 1)
    return "; ".join(listed)


def optimizer(name: str, form: str = "") -> Optimizer:
    """The entry of a name, and of a form where there are several; UnknownName where there is none."""
    entries = [entry for entry in TABLE if entry.name == name]
    if not entries:
        raise UnknownName("optimizer", name, names())
    if not form:
        return entries[0]
    found = next((entry for entry in entries if entry.form == form), None)
    if found is None:
        raise UnknownName(f"form of {name}", form, [entry.form for entry in entries if entry.form])
    return found
