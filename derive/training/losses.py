"""Losses: one entry each. An entry states the loss of one prediction by formulas; the engine does the rest.

In a formula the prediction and the target are letters, whatever they are called on a sheet: `t` is the target, the
prediction has the letter of its input (`y` a value, `p` a probability, `z` a logit, `a` a log-probability, `s` a
score). A loss by `entry` is stated for one entry of the prediction; the entries are added up, or their mean is taken.
A loss by `sample` is stated for all outputs of one sample: `sum(u)` adds u over its outputs, `K` is their number,
`z_c` the entry of the right class c, and `others(u)` lists u for every other class, inside a sum or a maximum.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

from derive.errors import UnknownName

Kind = Literal["values", "probabilities", "log_probabilities", "logits", "scores"]
Target = Literal["any", "probability", "binary", "sign", "distribution"]
Reduction = Literal["sum", "mean", "batchmean"]


@dataclass(frozen=True, slots=True)
class Input:
    """A kind of prediction that a loss takes.

    Attributes:
        letter: what a formula calls the prediction, and a sheet where it has no name of its own.
        via: (quantity, formula) of what lies between the prediction and the formula of the loss, in order.
        words: what the loss is called when it takes this, where that differs.
    """

    kind: Kind
    letter: str
    via: tuple[tuple[str, str], ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True)
class Term:
    """A formula of a loss, in course form.

    Attributes:
        meaning: the same, added up over all entries, found in another way; arrays are whole (`dot(t, log(p))`), the
            target of a class number is its one-hot vector. The judge holds the formula to it.
        by: whether the target is given as a number, or a vector of them, or as the number of a class.

    A formula fits where every letter in it stands for something: a setting that was not given, or a quantity that is
    not on the way from this prediction, leaves it to the next one.
    """

    text: str
    meaning: str
    by: Literal["entries", "class"] = "entries"


@dataclass(frozen=True, slots=True)
class Loss:
    """A loss.

    Attributes:
        words: its name in a sentence.
        inputs: the kinds of predictions that it takes; the first one is meant where nothing is said.
        terms: its formulas; the first one that fits the target and the given settings.
        target: what a target may be: any number, a probability, 0 or 1, a sign (1 or -1), a distribution over outputs.
        per: whether the formula is that of one entry or of all outputs of one sample.
        reductions: how entries or samples may be put together; the first one is meant where nothing is said.
        halves: whether a factor 1/2 is an option.
        settings: constants with their defaults; an empty default is none.
        reading: what a sheet says besides of how the loss is meant, where another one has the same name.
        source: where the loss comes from.
    """

    name: str
    words: str
    inputs: tuple[Input, ...]
    terms: tuple[Term, ...]
    target: Target = "any"
    per: Literal["entry", "sample"] = "entry"
    reductions: tuple[Reduction, ...] = ("mean", "sum", "batchmean")
    halves: bool = False
    settings: Mapping[str, str] = field(default_factory=dict)
    reading: str = ""
    source: str = ""

    def input(self, kind: str | None = None) -> Input:
        """The input of a kind, the first one if not said; UnknownName where the loss does not take it."""
        known = {entry.kind: entry for entry in self.inputs}
        if kind is None:
            return self.inputs[0]
        if kind not in known:
            raise UnknownName(f"input of {self.name}", kind, known)
        return known[kind]


VALUES = Input("values", "y")
PROBABILITIES = Input("probabilities", "p")
SCORES = Input("scores", "s")
LOGITS = Input("logits", "z", (("p", "sigmoid(z)"),))
SQUARES = (Term("(y - t)**2", "dot(y - t, y - t)"),)
PER_SAMPLE: tuple[Reduction, ...] = ("mean", "sum")

TABLE: tuple[Loss, ...] = (
    Loss("mse", "mean squared error", (VALUES,), SQUARES, reductions=("mean", "batchmean"), halves=True,
         source="Legendre 1805"),
    Loss("sse", "sum of squared errors", (VALUES,), SQUARES, reductions=("sum",), halves=True,
         source="Legendre 1805"),
    Loss("mae", "mean absolute error", (VALUES,), (Term("abs(y - t)", "sum(max(y - t, t - y))"),),
         reductions=("mean", "sum", "batchmean"), source="Boscovich 1757"),
    Loss(
        "huber", "Huber loss", (VALUES,),
        (Term(
            "where(abs(y - t) <= delta, (y - t)**2/2, delta*(abs(y - t) - delta/2))",
            "sum(min(abs(y - t), delta)**2/2 + delta*(abs(y - t) - min(abs(y - t), delta)))",
        ),),
        settings={"delta": "1"}, source="Huber 1964",
    ),
    Loss(
        "bce", "binary cross-entropy", (PROBABILITIES, LOGITS),
        (Term("-(t*log(p) + (1 - t)*log(1 - p))", "-sum(log(odot(p**t, (1 - p)**(1 - t))))"),),
        target="probability", source="the negative log-likelihood of Bernoulli trials; Cox 1958",
    ),
    Loss(
        "focal", "focal loss", (PROBABILITIES, LOGITS),
        (
            Term(
                "-(alpha*t*(1 - p)**gamma*log(p) + (1 - alpha)*(1 - t)*p**gamma*log(1 - p))",
                "-sum(log(odot(p**odot(alpha*t, (1 - p)**gamma), (1 - p)**odot((1 - alpha)*(1 - t), p**gamma))))",
            ),
            Term(
                "-(t*(1 - p)**gamma*log(p) + (1 - t)*p**gamma*log(1 - p))",
                "-sum(log(odot(p**odot(t, (1 - p)**gamma), (1 - p)**odot(1 - t, p**gamma))))",
            ),
        ),
        target="binary", settings={"gamma": "2", "alpha": ""}, source="Lin et al. 2017, equations 4 and 5",
    ),
    Loss(
        "cross_entropy", "cross-entropy",
        (Input("logits", "z", (("p", "softmax(z)"),), "softmax cross-entropy"), PROBABILITIES),
        (Term("-sum(t*log(p))", "-dot(t, log(p))"), Term("-log(p_c)", "-dot(t, log(p))", "class")),
        target="distribution", per="sample", reductions=PER_SAMPLE, source="Bridle 1990",
    ),
    Loss(
        "nll", "negative log-likelihood",
        (Input("log_probabilities", "a"), PROBABILITIES),
        (
            Term("-sum(t*a)", "-dot(t, a)"),
            Term("-a_c", "-dot(t, a)", "class"),
            Term("-sum(t*log(p))", "-sum(log(p**t))"),
            Term("-log(p_c)", "-sum(log(p**t))", "class"),
        ),
        target="distribution", per="sample", reductions=PER_SAMPLE, source="Fisher 1922",
    ),
    Loss(
        "kl", "Kullback-Leibler divergence",
        (PROBABILITIES, Input("log_probabilities", "a", (("p", "exp(a)"),)),
         Input("logits", "z", (("p", "softmax(z)"),))),
        (Term("sum(t*log(t/p))", "dot(t, log(t)) - dot(t, log(p))"),),
        target="distribution", per="sample", reductions=("sum", "mean"),
        reading="the logarithms weighted by the target", source="Kullback and Leibler 1951",
    ),
    Loss("hinge", "hinge loss", (SCORES,), (Term("max(0, 1 - t*s)", "sum(abs(1 - odot(t, s)) + 1 - odot(t, s))/2"),),
         target="sign", source="Cortes and Vapnik 1995"),
    Loss(
        "weston_watkins", "multiclass hinge loss of Weston and Watkins", (SCORES,),
        (Term("sum(others(max(0, 1 + s - s_c)))", "sum(max(0, 1 - t + s - dot(t, s)))", "class"),),
        target="distribution", per="sample", reductions=PER_SAMPLE,
        reading="summed over the wrong classes", source="Weston and Watkins 1999",
    ),
    Loss(
        "multi_margin", "multiclass hinge loss", (SCORES,),
        (Term("sum(others(max(0, 1 + s - s_c)))/K", "sum(max(0, 1 - t + s - dot(t, s)))/K", "class"),),
        target="distribution", per="sample", reductions=PER_SAMPLE,
        reading="summed over the wrong classes, over the number of classes", source="PyTorch, MultiMarginLoss",
    ),
    Loss(
        "crammer_singer", "multiclass hinge loss of Crammer and Singer", (SCORES,),
        (Term("max(0, others(1 + s - s_c))", "max(1 - t + s) - dot(t, s)", "class"),),
        target="distribution", per="sample", reductions=PER_SAMPLE,
        reading="the largest over the wrong classes", source="Crammer and Singer 2001",
    ),
)  # fmt: skip
LOSSES: dict[str, Loss] = {entry.name: entry for entry in TABLE}


def loss(name: str) -> Loss:
    """The entry of a name; UnknownName where there is none."""
    if name not in LOSSES:
        raise UnknownName("loss", name, LOSSES)
    return LOSSES[name]
