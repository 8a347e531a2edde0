"""From nodes back to written forms; a node that has a name prints as that name."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from derive.graph.program import Program
from derive.notation.build import ONE, add, multiply, neg, number
from derive.notation.form import Call, Cases, Fence, Form, Frac, Indicator, Neg, Number, Power, Relation, Root, Symbol


def unparse(program: Program, root: int, names: Mapping[int, Form], inside: bool = True, tie: str = "padding") -> Form:
    """The form of a node in terms of the named nodes below it.

    `inside` opens the root itself although it may have a name; `tie` is the convention at equal maxima. Iterative:
    shared nodes are written once and reused.
    """
    done: dict[int, Form] = {}
    stack = [root]
    while stack:
        node = stack[-1]
        if node in done:
            stack.pop()
            continue
        if node in names and not (inside and node == root):
            done[node] = names[node]
            stack.pop()
            continue
        missing = [arg for arg in program.args[node] if arg not in done]
        if missing:
            stack.extend(missing)
            continue
        done[node] = _written(program, node, [done[arg] for arg in program.args[node]], tie)
        stack.pop()
    return done[root]


def _written(program: Program, node: int, args: list[Form], tie: str) -> Form:
    op = program.ops[node]
    if isinstance(op, str):
        return _FORMS[op](*args) if op in _FORMS else Call(op, tuple(args))
    kind = op[0]
    if kind == "constant":
        return number(op[1])
    if kind == "input":
        return op[1] if isinstance(op[1], Form) else Symbol(str(op[1]))
    if kind == "block":
        return Call(op[1], tuple(args), op[2])
    if kind == "where":
        left, right, value, other = args
        others = other.branches if isinstance(other, Cases) else ((other, None),)
        return Cases(((value, Relation(op[1], left, right)), *others))
    return _winner(op[1], args, tie) if kind == "winner" else _POSITIONED[kind](op[1], args)


def _softmax(position: int, args: list[Form]) -> Form:
    return Frac(_exp(args[position]), add(map(_exp, args)))


def _exp(arg: Form) -> Form:
    return ONE if arg == Number("0") else Call("exp", (arg,))


def _log_softmax(position: int, args: list[Form]) -> Form:
    return add([args[position], neg(Call("log", (add(map(_exp, args)),)))])


def _winner(position: int, args: list[Form], tie: str) -> Form:
    """Above each operand that wins a tie with it, not below the others: before it ("first"), after it ("last"), or
    before it and every constant ("padding").
    """
    mine = args[position]

    def yields(at: int) -> bool:
        return at > position if tie == "last" else at < position or (tie == "padding" and _is_literal(args[at]))

    others = [at for at in range(len(args)) if at != position]
    above = [args[at] for at in others if yields(at)]
    level = [args[at] for at in others if not yields(at)]
    parts: list[Form] = []
    if above:
        parts.append(Indicator(Relation(">", mine, _largest(above))))
    if level:
        parts.append(Indicator(Relation("≥", mine, _largest(level))))
    return multiply(parts)


def _is_literal(form: Form) -> bool:
    return isinstance(form.arg if isinstance(form, Neg) else form, Number)


def _largest(args: list[Form]) -> Form:
    return args[0] if len(args) == 1 else Call("max", tuple(args))


_FORMS: dict[str, Callable[..., Form]] = {
    "add": lambda a, b: add([a, b]),
    "sub": lambda a, b: add([a, neg(b)]),
    "neg": neg,
    "mul": lambda a, b: multiply([a, b]),
    "div": Frac,
    "pow": Power,
    "sqrt": Root,
    "abs": lambda a: Fence("abs", a),
    "step": lambda a: Call("relu", (a,), 1),
    "leaky_relu": lambda a, slope: Call("leaky_relu", (a,), 0, (("alpha", slope),)),
}
_POSITIONED: dict[str, Callable[[int, list[Form]], Form]] = {
    "softmax": _softmax,
    "log_softmax": _log_softmax,
}
