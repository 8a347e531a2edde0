"""Snippets in the style of real solution sheets: right ones hold, and planted slips are found."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from derive.check.foreign.latex_file import check_latex

FILES = ("snippets", "parts", "styles")
DATA = {
    name: each
    for file in FILES
    for name, each in YAML(typ="safe").load(Path(__file__).with_name(f"{file}.yaml")).items()
}
SNIPPETS = {name: (each["latex"], [tuple(slip) for slip in each["slips"]]) for name, each in DATA.items()}
SLIPS = [(name, *slip) for name, (_, slips) in SNIPPETS.items() for slip in slips]
MISSED = [(name, *slip) for name, each in DATA.items() for slip in each.get("missed", ())]
ENOUGH = 0.9
"""The share of equalities that must be decided."""


@pytest.mark.parametrize("name", SNIPPETS)
def test_right_snippets_raise_no_alarm(name):
    assert not check_latex(SNIPPETS[name][0]).failed


def test_most_equalities_of_right_snippets_are_decided():
    reports = [check_latex(text) for text, _ in SNIPPETS.values()]
    assert sum(report.held for report in reports) >= ENOUGH * sum(report.lines for report in reports)


@pytest.mark.parametrize(("name", "right", "wrong"), SLIPS)
def test_a_slip_is_found_where_it_stands(name, right, wrong):
    """It is found, and no line before it is blamed."""
    text = SNIPPETS[name][0]
    assert right in text
    place = text.count("\n", 0, text.index(right)) + 1
    failed = check_latex(text.replace(right, wrong, 1)).failed
    assert failed
    assert all(remark.line >= place for remark in failed)


@pytest.mark.xfail(strict=True, reason="a name may mean something else in another section")
@pytest.mark.parametrize(("name", "right", "wrong"), MISSED)
def test_a_slip_that_is_missed_so_far(name, right, wrong):
    text = SNIPPETS[name][0]
    assert right in text
    assert check_latex(text.replace(right, wrong, 1)).failed


def test_there_are_enough_snippets():
    assert len(SNIPPETS) >= 120
    assert sum(bool(slips) for _, slips in SNIPPETS.values()) >= 110
    assert len(SLIPS) >= 260
