"""What the right column says: the law of an operation, quoted from its entry in the table."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

from derive.graph.graph import Graph
from derive.graph.operations import OPERATIONS
from derive.notation.form import Call, Derivative, Form, Indicator, Product, Relation, Sum, Symbol
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
        if form.function == "softmax" and form.params:
            return ("softmax of each column",)
        entry = OPERATIONS.get(form.function)
        if entry and entry.name == "sigmoid":
            return ("logistic function",)
    return ()


def softmax_rule(form: Form, output: Symbol) -> Phrase:
    """The slopes of a softmax, ∂p_i/∂z_k = p_i (1[i = k] - p_k); nothing for another definition."""
    if not isinstance(form, Call) or form.function != "softmax" or form.params or not isinstance(form.args[0], Symbol):
        return ()
    return _softmax_slopes(output, form.args[0])


def _softmax_slopes(output: Symbol, score: Symbol) -> Phrase:
    """The slopes of a softmax between two vectors."""
    i, k = Symbol("i"), Symbol("k")
    (mine, other), (_, by) = ([_indexed(name, "i"), _indexed(name, "k")] for name in (output, score))
    slope = Product((mine, Sum((Indicator(Relation("=", i, k)), other), (False, True))))
    return (Derivative(mine, (by,)), " = ", slope)


def _indexed(name: Symbol, index: str) -> Symbol:
    return Symbol(name.base, name.accent, (*name.sub, index), name.sup)


def listed(forms: Iterable[Form]) -> Phrase:
    """Forms as words list them: a, b and c."""
    items = list(forms)
    phrase: list[str | Form] = []
    for position, form in enumerate(items):
        if position:
            phrase.append(" and " if position == len(items) - 1 else ", ")
        phrase.append(form)
    return tuple(phrase)


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
            name = op if isinstance(op, str) else op[0]
            vectors = [_vector(labels.get(each)) for each in (inner, node)]
            if name == "softmax" and inner == child and all(vectors):
                rules[_softmax_slopes(*filter(None, vectors))] = None
            rules |= dict.fromkeys(_quoted(name))
    return joined(rules)


def _vector(entry: Form | None) -> Symbol | None:
    """The vector of which a name is an entry: z for z_2; of a matrix of scores nothing is quoted."""
    if not isinstance(entry, Symbol) or not entry.sub or not entry.sub[-1].isdigit():
        return None
    others = entry.sub[:-1]
    return Symbol(entry.base, entry.accent, others, entry.sup) if not any(map(str.isdigit, others)) else None


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
