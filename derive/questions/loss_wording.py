"""How a question about a loss is worded: which loss, of what, against what, and how it is read."""

from __future__ import annotations

from derive.notation.build import number
from derive.notation.form import Relation
from derive.questions.graph_question import listed
from derive.questions.loss_penalty import Penalized
from derive.questions.loss_posed import Posed
from derive.record import Phrase

KINDS = {
    "values": ("prediction", "predictions"),
    "probabilities": ("probability", "probabilities"),
    "log_probabilities": ("log-probability", "log-probabilities"),
    "logits": ("logit", "logits"),
    "scores": ("score", "scores"),
}
"""What one prediction and several are called, by their kind."""


def subject(posed: Posed) -> Phrase:
    """The loss as a sentence asks for it: the mean squared error of the prediction y against the target t (...)."""
    choice, graph = posed.forms.choice, posed.graph
    what = KINDS[choice.input.kind][bool(posed.shape)]
    phrase: Phrase = (f"the {choice.words} of the {what} ", graph.written(posed.prediction))
    if posed.target is not None:
        phrase = (*phrase, " against the target ", graph.written(posed.target))
    else:
        first = posed.asked.classes_from
        classes = [number(c - 1 + first) for c in posed.forms.classes]
        which = "the right classes " if len(classes) > 1 else "the right class "
        phrase = (*phrase, f" for {which}", *listed(classes), f", counted from {first}")
    return (*phrase, f" ({posed.forms.reading})") if posed.forms.reading else phrase


def added(penalty: Penalized) -> Phrase:
    """The penalty as a sentence names it: R is the sum of the squared weights w_1 and w_2."""
    return (
        " and ",
        penalty.name,
        f" is {'half ' if penalty.half else ''}{penalty.entry.words} ",
        *listed(penalty.weights),
    )


def total(posed: Posed, penalty: Penalized) -> Relation:
    """J = L + λ R."""
    return Relation("=", penalty.total, penalty.sum(posed.asked.of))
