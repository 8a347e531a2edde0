"""The stress test finds what is wrong, names its seed, and draws the same again from it."""

from derive.cli.trials import run_stress
from derive.exam.marks import with_points
from derive.exam.model import read_exam
from derive.exam.stress import Summary, Trial, drawn_sheet, stress_exam, stress_type
from derive.record import Conventions, Rounding


def test_draws_depend_on_type_and_seed_alone():
    assert drawn_sheet("toy.product", 3) == drawn_sheet("toy.product", 3)
    assert drawn_sheet("toy.product", 3) != drawn_sheet("toy.product", 4)


def test_good_draws():
    seen = []
    summary = stress_type("toy.product", 3, seed=5, progress=seen.append)
    assert seen == ["seed 5", "seed 6", "seed 7"]
    assert not summary.failures, summary.failures
    assert "3 solved, 0 failed; lines 2 to 2" in str(summary)


def test_wrong_mathematics_is_found():
    summary = stress_type("toy.slip", 2, seed=0)
    assert [trial.name for trial in summary.failures] == ["seed 0", "seed 1"]
    assert str(summary) == "2 solved, 2 failed"


def test_crashes_are_found(monkeypatch):
    from derive.exam import stress

    monkeypatch.setattr(stress, "with_points", lambda derivation, points: 1 / 0)
    (trial,) = stress_type("toy.product", 1, seed=9).failures
    assert trial.fault.startswith("ZeroDivisionError")
    assert with_points


def test_what_does_not_read_back_is_found(monkeypatch):
    from derive.exam import stress

    good = stress._printed
    monkeypatch.setattr(stress, "_printed", lambda sheet, kind: good(sheet, kind).replace("wx", "wx + 1"))
    (trial,) = stress_type("toy.product", 1, seed=1).failures
    assert trial.fault.startswith("read back")


def test_draws_are_solved_under_the_asked_policy():
    exact = Conventions(Rounding("exact", 4))
    assert drawn_sheet("toy.product", 3, exact).conventions.rounding.mode == "exact"
    summary = stress_type("toy.slip", 1, seed=0, conventions=exact)
    assert summary.failures


def test_a_failure_says_how_to_draw_it_again():
    report, passed = run_stress("toy.slip", 1, 7, Rounding("carry-rounded", 3), lambda name: None)
    assert not passed
    assert "derive stress toy.slip -n 1 --seed 7 --rounding carry-rounded --digits 3" in report


def test_an_exam_is_run_once():
    text = "title: T\nproblems:\n  - title: P\n    parts: [{ask: toy.product, points: 1, given: {w: 2, x: 3}}]\n"
    summary = stress_exam(read_exam(text))
    assert [trial.name for trial in summary.trials] == ["T"]
    assert not summary.failures, summary.failures


def test_sizes():
    trials = tuple(Trial(str(i), lines, 10 * lines) for i, lines in enumerate((5, 1, 3)))
    assert str(Summary(trials)) == "3 solved, 0 failed; lines 1 to 5 (median 3), characters 10 to 50 (median 30)"
