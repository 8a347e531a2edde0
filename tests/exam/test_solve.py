"""From the file to the sheet: points, results used later, shared givens, verdicts."""

from dataclasses import replace
from fractions import Fraction as F

import pytest

from derive.errors import InputError, WrongMathematics
from derive.exam.levels import HIDDEN, at_detail
from derive.exam.model import read_exam
from derive.exam.solve import solve_and_judge, solve_exam
from derive.notation.build import number, sym
from derive.notation.form import Frac
from derive.questions import catalogue
from derive.record import Derivation, Line, Step


def exam(*parts, head="", problem=""):
    lines = "".join(f"      - {part}\n" for part in parts)
    return f"title: T\n{head}problems:\n  - title: P\n{problem}    parts:\n{lines}"


def sheet(*parts, **more):
    return solve_exam(read_exam(exam(*parts, **more), "f.yaml"))


def only(text):
    return read_exam(text, "f.yaml")


def answer(part):
    return part.derivation.answers[0].form


PRODUCT = "{ask: toy.product, points: 3, given: {w: 2, x: 0.5}}"


def test_a_part():
    solved = sheet(PRODUCT, head="course: C\ndate: 2026-02-03\ninstructions: Use `sigmoid`.\n")
    (part,) = solved.problems[0].parts
    assert (part.label, part.ask, part.points) == ("a", "toy.product", 3)
    assert answer(part) == number(1)
    assert [mark.points for step in part.derivation.all_steps() for mark in step.marks] == [1, 2]
    assert solved.facts == (("Course", "C"), ("Date", "2026-02-03"))
    assert solved.points == solved.problems[0].points == 3
    assert solved.instructions[0][0] == "Use "


def test_wording_and_remarks():
    words = "text: How large is `y`?, solution: So it is., space: 2.5"
    (part,) = sheet(f"{{ask: toy.product, points: 3, given: {{w: 2}}, {words}}}").problems[0].parts
    assert part.derivation.prompt == ("How large is ", sym("y"), "?")
    assert part.derivation.remarks == (("So it is.",),)
    assert part.space == F(5, 2)


def test_points_of_words_come_from_the_rubric():
    rubric = "{text: Why?, answer: So., rubric: [{points: 0.5, for: a}, {points: 1, for: b}]}"
    (part,) = sheet(rubric).problems[0].parts
    assert part.points == F(3, 2)


@pytest.mark.parametrize(
    ("parts", "more", "says", "line"),
    [
        (["{ask: toy.product, given: {w: 1}}"], {}, "'points' is missing in part a", 5),
        (["{text: W, points: 2, rubric: [{points: 1, for: a}]}"], {}, "worth 2 points, its rubric 1", 5),
        ([PRODUCT], {"problem": "    points: 4\n"}, "the problem states 4 points, its parts add up to 3", 4),
        ([PRODUCT], {"head": "points: 7\n"}, "the exam states 7 points, its problems add up to 3", 2),
        (["{ask: toy.prodct, points: 1}"], {}, "did you mean toy.product", 5),
        (["{ask: toy.product, points: 1, given: {z: 1}}"], {}, "unknown key 'z'", 5),
        (["{ask: toy.product, points: 1}"], {}, "'w' is missing", 5),
        ([PRODUCT], {"problem": "    given: {v: 1}\n"}, "no part of the problem has 'v'", 4),
        (["{ask: toy.product, points: 1, given: {w: '2 +'}}"], {}, "cannot be read", 5),
        (["{text: 'a {{ b.w }}', points: 1}", PRODUCT], {}, "unknown earlier part 'b'", 5),
        (
            [PRODUCT, "{ask: toy.product, points: 1, given: {w: {from: a, answer: w}}}"],
            {},
            "unknown answer of part a 'w'. Known: y",
            6,
        ),
        ([PRODUCT, "{ask: toy.product, points: 1, given: {w: {from: c, answer: y}}}"], {}, "earlier part 'c'", 6),
        ([PRODUCT, "{text: 'is {{ a.z }}', points: 1}"], {}, "unknown answer of part a 'z'", 6),
    ],
)
def test_mistakes(parts, more, says, line):
    with pytest.raises(InputError) as caught:
        sheet(*parts, **more)
    assert says in str(caught.value)
    assert str(caught.value).startswith(f"f.yaml:{line}")


def test_mistakes_of_all_parts_are_said_but_not_their_consequences():
    with pytest.raises(InputError) as caught:
        sheet(
            "{text: '{{ z.y }}', points: 1}",
            "{text: 'see {{ a }}', points: 1}",
            "{text: '{{ q.y }}', points: 1}",
        )
    assert [line.split(": ", 1)[1] for line in str(caught.value).splitlines()] == [
        "unknown earlier part 'z'. Known: none",
        "unknown earlier part 'q'. Known: none",
    ]


def test_mistakes_are_found_before_anything_is_solved(monkeypatch):
    solved = []
    monkeypatch.setattr(catalogue.catalogue()["toy.product"], "solve", lambda *_: solved.append(1))
    with pytest.raises(InputError, match="unknown key"):
        sheet(PRODUCT, "{ask: toy.product, points: 1, given: {z: 1}}")
    assert not solved


def test_shared_givens_reach_the_parts_that_have_them():
    shared = "    given: {w: 3, x: 5}\n"
    parts = ["{ask: toy.product, points: 1}", "{text: Why?, points: 1}", "{ask: toy.product, points: 1, given: {x: 7}}"]
    problem = sheet(*parts, problem=shared).problems[0]
    assert answer(problem.parts[0]) == number(15)
    assert answer(problem.parts[2]) == number(21)  # the part's own given comes first
    assert [given.target for given in problem.givens] == [sym("w")]  # what both have is printed once
    assert [given.target for given in problem.parts[2].givens] == [sym("x")]


def test_what_one_part_gives_differently_is_printed_where_it_changes():
    parts = ["{ask: toy.product, points: 1}"] * 2 + ["{ask: toy.product, points: 1, given: {w: 4}}"]
    problem = sheet(*parts, problem="    given: {w: 3, x: 5}\n").problems[0]
    assert [given.target for given in problem.givens] == [sym("x")]
    assert [[given.form for given in part.givens] for part in problem.parts] == [[number(3)], [], [number(4)]]


def test_what_changes_back_is_printed_again():
    other = "{ask: toy.product, points: 1, given: {w: 4}}"
    parts = ["{ask: toy.product, points: 1}", other, "{ask: toy.product, points: 1}"]
    problem = sheet(*parts, problem="    given: {w: 3, x: 5}\n").problems[0]
    assert [[given.form for given in part.givens] for part in problem.parts] == [[number(3)], [number(4)], [number(3)]]


def test_givens_of_two_groups_of_parts_stand_at_the_first_of_each():
    parts = [f"{{ask: toy.product, points: 1, given: {{w: {w}, x: {x}}}}}" for w, x in ((1, 2), (1, 2), (3, 4), (3, 4))]
    problem = sheet(*parts).problems[0]
    assert problem.givens == ()
    printed = [[given.form for given in part.givens] for part in problem.parts]
    assert printed == [[number(1), number(2)], [], [number(3), number(4)], []]


def test_results_of_earlier_parts():
    later = "{ask: toy.product, points: 1, given: {w: {from: a, answer: y}, x: {from: first, answer: y}}}"
    solved = sheet(
        "{ask: toy.product, name: first, points: 1, given: {w: 3}}", later, "{text: 'Is {{ b.y }}?', points: 1}"
    )
    parts = solved.problems[0].parts
    assert answer(parts[1]) == number(9)
    assert parts[2].derivation.prompt == ("Is ", number(9), "?")


def test_results_of_an_earlier_problem():
    more = "  - title: Q\n    parts:\n      - {ask: toy.product, points: 1, given: {w: {from: 1.a, answer: y}}}\n"
    solved = solve_exam(only(exam("{ask: toy.product, points: 1, given: {w: 3}}") + more.replace("1.a", "'1.a'")))
    assert answer(solved.problems[1].parts[0]) == number(3)


@pytest.mark.parametrize(
    ("mode", "put_in"), [("carry-full", Frac(number(1), number(3))), ("carry-rounded", number(0.33))]
)
def test_results_follow_the_rounding_policy(mode, put_in):
    head = f"conventions: {{rounding: {{mode: {mode}, digits: 2}}}}\n"
    parts = [
        "{ask: toy.rounded, points: 1, given: {w: 1}}",
        "{ask: toy.product, points: 1, given: {w: {from: a, answer: q}}}",
    ]
    second = sheet(*parts, head=head).problems[0].parts[1]
    assert second.derivation.givens[0].form == put_in


def test_wrong_mathematics_is_refused_unless_forced():
    wrong = only(exam("{ask: toy.slip, points: 1, given: {w: 2}}"))
    with pytest.raises(WrongMathematics, match="problem 1 part a is wrong") as caught:
        solve_exam(wrong)
    assert caught.value.exit_status == 1
    assert solve_exam(wrong, force=True).points == 1
    solved = solve_and_judge(wrong)
    assert solved.verified is False
    assert "part a" in solved.warning


def test_right_mathematics_is_verified():
    solved = solve_and_judge(
        only(exam(PRODUCT, "{text: Why?, answer: '`1 + r`', points: 1}", "{text: Why?, points: 1}"))
    )
    assert solved.verified is True
    assert solved.warning == ""


def test_conventions_in_use_are_gathered(monkeypatch):
    kind = catalogue.catalogue()["toy.product"]
    phrases = iter([(("one",), ("two",)), (("two",), ("three",))])
    solve = kind.solve

    def stating(self, conventions):
        return solve(self, replace(conventions, used=next(phrases)))

    monkeypatch.setattr(kind, "solve", stating)
    assert sheet(PRODUCT, PRODUCT).conventions.used == (("one",), ("two",), ("three",))


def test_own_detail():
    lines = (Line("=", number(1), level=0), Line("=", number(2), level=2), Line("=", number(3), level=3))
    whole = Derivation("", steps=(Step("a", lines=lines, level=2), Step("b", level=3)))
    shown = at_detail(whole, 2)
    assert [step.level for step in shown.steps] == [1, HIDDEN]
    assert [line.level for line in shown.steps[0].lines] == [0, 1, HIDDEN]
