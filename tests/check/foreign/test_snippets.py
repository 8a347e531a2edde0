"""Snippets in the style of real solution sheets: right ones hold, and planted slips are found."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML

from derive.check.foreign.latex_file import check_latex

SNIPPETS = {
    name: (each["latex"], [tuple(slip) for slip in each["slips"]])
    for name, each in YAML(typ="safe").load(Path(__file__).with_name("snippets.yaml")).items()
}
SLIPS = [(name, *slip) for name, (_, slips) in SNIPPETS.items() for slip in slips]
ENOUGH = 0.9
"""The share of planted slips that must be found; so far all of them are."""


@pytest.mark.parametrize("name", SNIPPETS)
def test_right_snippets_raise_no_alarm(name):
    assert not check_latex(SNIPPETS[name][0]).failed


def test_most_equalities_of_right_snippets_are_decided():
    reports = [check_latex(text) for text, _ in SNIPPETS.values()]
    assert sum(report.held for report in reports) >= ENOUGH * sum(report.lines for report in reports)


def planted(name, right, wrong):
    text = SNIPPETS[name][0]
    assert right in text
    return text.replace(right, wrong, 1)


def test_planted_slips_are_found():
    missed = [slip for slip in SLIPS if not check_latex(planted(*slip)).failed]
    assert len(missed) <= (1 - ENOUGH) * len(SLIPS), missed


def test_there_are_enough_snippets():
    assert len(SNIPPETS) >= 40
    assert sum(bool(slips) for _, slips in SNIPPETS.values()) >= 40
    assert len(SLIPS) >= 80


@pytest.mark.parametrize(("name", "right", "wrong"), SLIPS)
def test_a_slip_is_found_where_it_stands(name, right, wrong):
    """No line before the one with the slip is blamed."""
    text = planted(name, right, wrong)
    place = text.count("\n", 0, SNIPPETS[name][0].index(right)) + 1
    assert all(remark.line >= place for remark in check_latex(text).failed)
