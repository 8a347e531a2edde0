"""One number changed in a line of values: our own solutions, read as a stranger's file, with slips planted in them."""

import re
from pathlib import Path

import pytest

from derive.check.foreign.following import Follower
from derive.check.foreign.formulas import formulas
from derive.check.foreign.macros import expanded
from derive.check.foreign.statements import chains
from derive.check.tex import without_comments

SOLUTIONS = sorted((Path(__file__).parents[2] / "golden").glob("*-solution.tex"))
NUMBER = re.compile(r"\d+(?:\.\d+)?")
COMMANDS = re.compile(r"\\[a-zA-Z]+|\\.")
EVERY = 4
"""One in so many lines of values gets a slip: all at once, so that each stands among right ones."""


def links(text):
    return Follower(chains(formulas(text))).follow()


def is_value_line(link):
    side = COMMANDS.sub("", link.side.text)
    return link.finding.holds and not link.defines and NUMBER.search(side) and not re.search(r"[A-Za-z]", side)


def changed(number):
    """Its first digit that is not 0, or its last, one higher; 9 becomes 1."""
    place = next((k for k, digit in enumerate(number) if digit in "123456789"), len(number) - 1)
    return number[:place] + str(int(number[place]) % 9 + 1) + number[place + 1 :]


def with_slips(text, chosen):
    """The text with one number changed in each of the lines; of several numbers in a line another each time."""
    for turn, link in enumerate(chosen):
        numbers = [*NUMBER.finditer(text, link.side.offset, link.side.offset + len(link.side.text))]
        number = numbers[turn % len(numbers)]
        text = text[: number.start()] + changed(number[0]) + text[number.end() :]
    return text


@pytest.fixture(scope="module")
def planted():
    """How many slips were planted in each solution, and which of them were missed."""
    found = {}
    for path in SOLUTIONS:
        text = expanded(without_comments(path.read_text(encoding="utf-8"))).text
        right = links(text)
        lines = [k for k, link in enumerate(right) if is_value_line(link)][1::EVERY]
        wrong = links(with_slips(text, [right[k] for k in lines]))
        assert len(wrong) == len(right)
        missed = [k for k in lines if all(link.finding.holds is not False for link in wrong[k : k + 2])]
        found[path.stem] = (len(lines), [(right[k].side.text, wrong[k].side.text) for k in missed])
    return found


@pytest.mark.slow
def test_most_slips_are_found(planted):
    missed = [each for _, these in planted.values() for each in these]
    assert len(missed) <= 0.1 * sum(count for count, _ in planted.values()), missed


def test_there_are_slips_in_every_solution(planted):
    assert all(count >= 3 for count, _ in planted.values())
    assert sum(count for count, _ in planted.values()) >= 100
