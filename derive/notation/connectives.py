"""The connectives of logic and how each is written: one entry adds one to every writer and every reader.

A connective is a call of a function like any other, `Call("land", (A, B))`; only its look is its own. A chain is taken
from left to right, and what stands inside another connective is bracketed, so that no order of precedence is printed.
"""

from __future__ import annotations

from dataclasses import dataclass

from derive.notation.form import Call, Form

NOT = "lnot"


@dataclass(frozen=True, slots=True)
class Connective:
    """A connective by the name of its function.

    `latex`, `typst` and `plain` are its sign; those that have none that everybody knows are written as a word.
    `typed` are the spellings that the reader of Boolean expressions takes, words in small letters; `binds` says how
    tightly they hold there.
    """

    name: str
    latex: str
    typst: str
    plain: str
    typed: tuple[str, ...]
    binds: int


def _word(name: str, binds: int, *typed: str) -> Connective:
    return Connective(
        name, rf"\mathbin{{\mathrm{{{name}}}}}", f'class("binary", "{name}")', name, (name, *typed), binds
    )


CONNECTIVES: dict[str, Connective] = {
    each.name: each
    for each in (
        Connective(NOT, "\\lnot ", "¬", "¬", ("not", "!", "~", "¬"), 5),
        Connective("land", r"\land", "∧", "∧", ("and", "&&", "&", "∧"), 4),
        _word("nand", 4, "⊼", "↑"),
        Connective("xor", r"\oplus", "⊕", "⊕", ("xor", "^", "⊕"), 3),
        _word("xnor", 3, "⊙", "<->", "<=>", "↔", "⇔"),
        Connective("lor", r"\lor", "∨", "∨", ("or", "||", "|", "∨"), 2),
        _word("nor", 2, "⊽", "↓"),
        Connective("implies", r"\Rightarrow", "⇒", "⇒", ("implies", "->", "=>", "→", "⇒"), 1),
    )
}


def connective(form: Form) -> Connective | None:
    """The connective that a form is written with; None where it is written another way."""
    if not isinstance(form, Call) or form.primes or form.params or form.function not in CONNECTIVES:
        return None
    fits = len(form.args) == 1 if form.function == NOT else len(form.args) > 1
    return CONNECTIVES[form.function] if fits else None


def is_chain(form: Form) -> bool:
    """Whether a form is written as others with a connective between them."""
    return (found := connective(form)) is not None and found.name != NOT
