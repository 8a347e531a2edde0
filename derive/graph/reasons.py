"""What the right column says: the law of an operation, quoted from its entry in the table."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from derive.graph.graph import Graph
from derive.graph.operations import OPERATIONS
from derive.notation.form import Call, Form
from derive.record import Phrase

FORWARD_RULES: dict[str, Phrase] = {
    "max_pool2d": ("largest entry of each window",),
    "conv2d": ("sum over channels and window",),
}


def forward_reason(form: Form) -> Phrase:
    """What the right column says beside a definition: the operation at its top where that has a name."""
    if isinstance(form, Call):
        if form.function in FORWARD_RULES:
            return FORWARD_RULES[form.function]
        entry = OPERATIONS.get(form.function)
        if entry and entry.name == "sigmoid":
            return ("logistic function",)
    return ()


def derivative_reason(graph: Graph, children: Iterable[int], node: int) -> Phrase:
    """The laws of the operations between a quantity and its consumers, as the right column quotes them."""
    program, labels = graph.program, graph.labels
    rules: dict[Phrase, None] = {}
    for child in children:
        reached = {node}
        for inner in program.below((child,), labels):
            if (inner != child and inner in labels) or reached.isdisjoint(program.args[inner]):
                continue
            reached.add(inner)
            op = program.ops[inner]
            rules |= dict.fromkeys(_quoted(op if isinstance(op, str) else op[0]))
    return joined(rules)


@cache
def _quoted(name: str) -> tuple[Phrase, ...]:
    """The law of an operation, where a sheet quotes one."""
    entry = OPERATIONS.get(name)
    return (entry.quoted,) if entry and entry.rule else ()


def joined(phrases: Iterable[Phrase]) -> Phrase:
    """Phrases one after the other, with commas between them."""
    parts: list[str | Form] = []
    for phrase in phrases:
        parts += [", "] if parts else []
        parts += phrase
    return tuple(parts)
