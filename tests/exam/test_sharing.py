"""What parts have in common is printed above them; a letter that means two things, or serves a few parts, is not."""

from derive.exam.sharing import shared_givens
from derive.notation.build import number
from derive.notation.form import Call, Symbol
from derive.record import Derivation, Given

RATE, INPUT, LOSS = Symbol("eta"), Symbol("x"), Symbol("L")


def part(*givens):
    return Derivation("Part", givens=givens)


def value(name, worth):
    return Given(name, number(worth), "value")


def test_what_half_of_the_parts_need_is_printed_once():
    rate = value(RATE, 2)
    assert shared_givens([part(rate), part(rate, value(INPUT, 1)), part(value(INPUT, 3)), part(value(LOSS, 1))]) == (
        rate,
    )


def test_what_a_few_of_many_parts_need_stays_with_them():
    rate = value(RATE, 2)
    others = [part(value(Symbol(letter), 1)) for letter in "abc"]
    assert shared_givens([part(rate), part(rate), *others]) == ()


def test_a_part_without_givens_does_not_count():
    rate = value(RATE, 2)
    assert shared_givens([part(rate), part(rate), *[part()] * 5]) == (rate,)


def test_a_number_and_an_array_of_one_letter_are_two_meanings():
    plain, data = value(INPUT, 0), Given(Symbol("x", bold=True), Symbol("y", bold=True))
    assert shared_givens([part(plain), part(plain)]) == (plain,)
    assert shared_givens([part(plain), part(plain), part(data)]) == ()
    used = Given(LOSS, Call("sum", (Symbol("x", bold=True),)))
    assert shared_givens([part(plain), part(plain), part(used)]) == ()
