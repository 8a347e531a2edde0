"""All rows of the real exam papers: each is a part of an exam, answered right and verified.

The audit finds what is wrong in the official keys and nothing else.
"""

import importlib.util
import re
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
import sympy

from derive.notation import plain
from derive.notation.arrays import Array
from derive.notation.form import Matrix, Shape, Text, Tuple, symbols
from derive.notation.symbols import symbol_name
from derive.notation.value import evaluate
from derive.questions.prose import words

ROOT = Path(__file__).parents[2]
EXAMS = ("bits_end_semester", "bits_lstm", "bits_mid_semester", "bits_rnn", "tum_alexnet", "tum_convolutions")


def _module():
    spec = importlib.util.spec_from_file_location("papers_table", ROOT / "examples" / "papers" / "table.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


papers = _module()
ROWS = papers.rows()
POINTS = (Fraction(7, 3), Fraction(-5, 4), Fraction(11, 6), Fraction(2, 9), Fraction(13, 8), Fraction(-3, 7))


@pytest.fixture(autouse=True)
def toys():
    """The real question types, in place of the toys of the other tests here."""


def flat(said):
    return [x for item in said for x in flat(item)] if isinstance(said, list) else [said]


def entries(form):
    """The forms of all numbers in an answer, row by row."""
    match form:
        case Matrix():
            return [entry for row in form.rows for entry in row]
        case Tuple():
            return [entry for item in form.items for entry in entries(item)]
        case Shape():
            return list(form.dims)
    value = evaluate(form, {}) if not any(symbols(form)) else None
    return list(value.items) if isinstance(value, Array) else [form]


def number(form):
    """What an entry is worth at some point, and the point."""
    if not hasattr(form, "__dataclass_fields__"):
        return float(form), {}
    at = dict(zip(sorted(set(symbols(form)), key=symbol_name), POINTS, strict=False))
    return float(evaluate(form, at)), {symbol_name(name).replace("lambda", "lam"): value for name, value in at.items()}


@pytest.mark.parametrize("row", ROWS, ids=[row.row for row in ROWS])
def test_row(row):
    found = {answer.name: answer.form for answer in papers.derivation_of(row).answers}
    for name, said in row.answers.items():
        if isinstance(found[name], Text):
            assert found[name].text == said
            continue
        right, derived = flat(said), entries(found[name])
        assert len(right) == len(derived), name
        for expected, form in zip(right, derived, strict=True):
            value, at = number(form)
            there = sympy.sympify(expected, locals={letter: sympy.Symbol(letter) for letter in at}).subs(at)
            assert value == pytest.approx(float(there), rel=5e-6, abs=6e-7), name


def told(derivation):
    """What a part answers: its sentences, code, formulas and remarks."""
    steps = list(derivation.all_steps())
    said = [words(phrase) for phrase in (*(step.intro for step in steps), *derivation.remarks)]
    said += [step.listing.text for step in steps if step.listing]
    said += [plain.write(line.form) for step in steps for line in step.lines]
    return "\n".join(said)


def missing(row, derivation):
    """The words of the right answer that a part does not say, whole words in any case."""
    text = told(derivation)
    return [each for each in row.says if not re.search(rf"(?<!\w){re.escape(each)}(?!\w)", text, re.IGNORECASE)]


IN_WORDS = [row for row in ROWS if row.says]


@pytest.mark.parametrize("row", IN_WORDS, ids=[row.row for row in IN_WORDS])
def test_an_answer_in_words_says_what_is_right(row):
    assert not missing(row, papers.derivation_of(row))


@pytest.mark.parametrize("row", IN_WORDS, ids=[row.row for row in IN_WORDS])
def test_without_its_answer_nothing_is_said(row):
    whole = papers.derivation_of(row)
    silent = tuple(replace(step, intro=(), lines=(), substeps=(), listing=None) for step in whole.all_steps())
    assert missing(row, replace(whole, steps=silent, remarks=())) == row.says


def test_every_row_has_an_answer_that_is_compared():
    assert all(row.answers or row.says for row in ROWS)


@pytest.mark.parametrize("exam", EXAMS)
def test_every_line_is_verified(exam):
    assert papers.solved(exam).verified is True, papers.solved(exam).warning


@pytest.mark.parametrize("row", [row for row in ROWS if row.key != "missing"], ids=lambda row: row.row)
def test_the_audit_finds_what_is_wrong_and_nothing_else(row):
    said = papers.verdict_of(row)
    if row.key == "wrong":
        assert said is not None
    if said is not None:
        assert (said.verdict == "wrong") == (row.key == "wrong"), said


def test_all_rows_are_here():
    assert len({row.row for row in ROWS}) == 102
    assert {row.exam for row in ROWS} == set(EXAMS)
    assert sum(row.key == "wrong" for row in ROWS) == 21


def test_an_answer_that_is_off_is_noticed():
    row = next(row for row in ROWS if row.row == "bits-mid-q3c")
    with pytest.raises(AssertionError):
        test_row(row._replace(answers={"parameters": 690}))


def test_the_table_is_up_to_date():
    assert (ROOT / "docs" / "papers.md").read_text("utf-8") == papers.table()
