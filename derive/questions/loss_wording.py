"""How a question about a loss is worded: which loss, of what, against what, and how it is read."""

from __future__ import annotations

from derive.notation.build import number
from derive.questions.graph_question import listed
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
    phrase: Phrase = (f"the {choice.words} ", posed.asked.of, f" of the {what} ", graph.written(posed.prediction))
    if posed.target is not None:
        phrase = (*phrase, " against the target ", graph.written(posed.target))
    else:
        classes = posed.forms.classes
        first = posed.asked.classes_from
        shown = listed(number(c - 1 + first) for c in classes)
        phrase = (
            *phrase,
            f" for the right class{'es' if len(classes) > 1 else ''} ",
            *shown,
            f" (counted from {first})",
        )
    return (*phrase, f" ({posed.forms.reading})") if posed.forms.reading else phrase
