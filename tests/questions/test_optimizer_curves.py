"""Loss curves: what is drawn is what was judged; the largest stable rate; what each run does."""

from dataclasses import replace
from fractions import Fraction

import pytest

from derive.check.document import read_back
from derive.check.judge import judge
from derive.errors import InputError
from derive.notation.build import number
from derive.notation.form import Call, Number
from derive.notation.value import approximate, evaluate
from derive.questions.catalogue import question
from derive.record import Conventions, Rounding, Stroke, Words
from derive.render.documents import render, single
from derive.training.chart import HEIGHT, WIDTH, Curve, vertical

FULL = Rounding()
BOWL = {"graph": {"L": "(x - 1.3)**2 + 0.25*y**2 + 0.4*x*y + 1"}, "of": "L", "wrt": ["x", "y"], "at": {"x": 0, "y": 2}}
LINE = {
    "graph": {"p": "w*x + b", "L": "mean((p - y)**2)"}, "of": "L", "wrt": ["w", "b"], "at": {"w": 0, "b": 0},
    "data": {"x": [0, 1, 2, 3, 1.5, -1], "y": [1, 3, 4, 8, 2, -2]}, "rate": 0.05,
}  # fmt: skip


def solved(policy=FULL, **givens):
    derivation = question("optimizer.curves", givens).solve(Conventions(policy))
    verdict = judge(derivation)
    assert verdict.verified is True, verdict.faults + verdict.undecided
    return derivation


def answers(derivation):
    return {answer.name: answer for answer in derivation.answers}


def points(derivation, k):
    """The judged losses of a run."""
    (step,) = [step for step in derivation.steps if step.name == f"points {k}"]
    return [approximate(point.lines[-1].form) for point in step.substeps]


def test_curves_go_through_the_judged_points():
    derivation = solved(**BOWL, rates=[0.5, 0.05, 0.9], steps=8)
    (picture,) = derivation.figures
    found = [points(derivation, k) for k in (1, 2, 3)]
    scale = vertical([Curve(tuple(values), ()) for values in found], log=False)
    lines = [shape for shape in picture.shapes if isinstance(shape, Stroke) and len(shape.points) == 9]
    assert [line.dash for line in lines] == ["solid", "dashed", "dotted"]
    for line, values in zip(lines, found, strict=True):
        heights = [(value - scale.low) / (scale.high - scale.low) * HEIGHT for value in values]
        assert [x for x, _ in line.points] == pytest.approx([WIDTH * k / 8 for k in range(9)])
        assert [y for _, y in line.points] == pytest.approx(heights)
    words = [shape for shape in picture.shapes if isinstance(shape, Words)]
    axis = [each.text[0] for each in words if each.anchor == "east" and not each.turned]
    assert [approximate(form) for form in axis] == [value for value, _ in scale.ticks()]


def test_a_wrong_point_or_a_wrong_legend_is_found():
    derivation = solved(**BOWL, rates=[0.5, 0.05], steps=3)
    for step in (step for step in derivation.steps if step.rule == "points"):
        for k, point in enumerate(step.substeps):
            wrong = replace(point, lines=(replace(point.lines[0], form=Number("7.77")),))
            spoiled = replace(step, substeps=(*step.substeps[:k], wrong, *step.substeps[k + 1 :]))
            steps = tuple(spoiled if each is step else each for each in derivation.steps)
            assert judge(derivation.with_steps(steps)).verified is False
    (picture,) = derivation.figures
    labels = [words for words in picture.shapes if isinstance(words, Words) and words.fact is not None]
    assert len(labels) == 2
    for label in labels:
        fact = replace(label.fact, lines=(replace(label.fact.lines[0], form=number(0.6)),))
        shapes = tuple(replace(shape, fact=fact) if shape is label else shape for shape in picture.shapes)
        assert judge(replace(derivation, figures=(replace(picture, shapes=shapes),))).verified is False


@pytest.mark.parametrize(
    ("loss", "wrt", "bound", "verdicts"),
    [
        ("2*(x - 1)**2", "x", Fraction(1, 2), ["converges", "converges with oscillation", "diverges", "diverges"]),
        ("(x - 1.3)**2 + 0.25*y**2 + 0.4*x*y", ["x", "y"], Fraction(20, 21),
         ["converges", "converges", "converges with oscillation", "diverges"]),
        ("x**2/2 + 2*y**2 + 3*z**2/2", ["x", "y", "z"], Fraction(1, 2),
         ["converges", "converges with oscillation", "diverges", "diverges"]),
        ("x**2 + y**2 + z**2 + x*y + y*z/2", ["x", "y", "z"], 0.641430,
         ["converges", "converges", "diverges", "diverges"]),
        ("x**2*3/10 + x", "x", Fraction(10, 3), ["converges", "converges", "converges", "converges"]),
    ],
)  # fmt: skip
def test_the_largest_stable_rate(loss, wrt, bound, verdicts):
    at = dict(zip(["x", "y", "z"], [0, 2, -1], strict=False))
    bowl = {"graph": {"L": loss}, "of": "L", "wrt": wrt, "at": {name: at[name] for name in wrt}}
    derivation = solved(**bowl, rates=[0.1, 0.3, 0.7, 1], steps=6)
    found = answers(derivation)
    assert float(evaluate(found["eta_max"].form)) == pytest.approx(float(bound), rel=1e-5)
    assert [found[f"descent {k}"].form.text for k in range(1, 5)] == verdicts


def test_exactly_at_the_bound_it_never_settles():
    found = answers(solved(graph={"L": "(x - 1)**2"}, of="L", wrt="x", at={"x": 3}, rates=[1, 0.5], steps=6))
    assert evaluate(found["eta_max"].form) == 1
    assert [found[f"descent {k}"].form.text for k in (1, 2)] == ["oscillates without end", "converges"]


def test_a_wrong_bound_is_found():
    """The bound is compared with the derivatives alone, whatever the lines before it say."""
    derivation = solved(**BOWL, rates=[0.5, 1], steps=3)
    (step,) = [step for step in derivation.steps if step.name == "eta_max"]
    first, *others = step.lines
    first = replace(first, form=replace(first.form, top=Number("3")))
    value = number(3 / Fraction(21, 10))
    wrong = replace(step, lines=(first, *(replace(line, form=value) for line in others)))
    spoiled = tuple(wrong if each is step else each for each in derivation.steps)
    assert judge(derivation.with_steps(spoiled)).verified is False


def test_no_bound_without_a_bowl():
    saddle = solved(graph={"L": "x**2 - y**2"}, of="L", wrt=["x", "y"], at={"x": 1, "y": 1}, rates=[0.1, 0.2], steps=5)
    assert "eta_max" not in answers(saddle)
    assert {answer.form.text for answer in saddle.answers} == {"diverges"}
    bowl = {"graph": {"L": "(x - 1)**2"}, "of": "L", "wrt": "x", "at": {"x": 0}, "rates": [0.1, 0.2], "steps": 5}
    for more in ({"graph": {"L": "(x - 1)**4"}}, {"optimizer": "momentum"}, {"settings": {"lam": 0.1}}):
        found = solved(**{**bowl, **more})
        assert "eta_max" not in answers(found)
        assert all(isinstance(answer.label, Call) and answer.label.function == "course" for answer in found.answers)


def test_linear_regression_has_a_bound_too():
    derivation = solved(**{**LINE, "rate": None}, rates=[0.05, 0.3, 0.5], steps=6)
    numpy = pytest.importorskip("numpy")
    x = numpy.array(LINE["data"]["x"])
    rows = numpy.stack([x, numpy.ones(6)], axis=1)
    largest = numpy.linalg.eigvalsh(2 * rows.T @ rows / 6)[-1]
    assert float(evaluate(answers(derivation)["eta_max"].form)) == pytest.approx(2 / largest, rel=1e-12)


def test_what_leaves_the_frame_is_said():
    derivation = solved(**BOWL, rates=[0.5, 1.5], steps=10)
    (picture,) = derivation.figures
    assert "run 2 leaves the frame in step" in picture.caption[0]
    assert all(y <= HEIGHT + 1e-9 for shape in picture.shapes if isinstance(shape, Stroke) for _, y in shape.points)


def test_optimizers_side_by_side():
    adam = {"optimizer": "adam", "rate": 0.5, "settings": {"beta_1": 0.5}}
    chosen = ["momentum", adam, {"optimizer": "nesterov", "form": "look_ahead"}]
    derivation = solved(**BOWL, optimizers=chosen, rate=0.1, steps=8, scale="log")
    prompt = "".join(piece if isinstance(piece, str) else "_" for piece in derivation.prompt)
    assert (
        "(1) momentum (the velocity adds up gradients, as in PyTorch); (2) Adam, _, _ (with bias correction" in prompt
    )
    words = [shape for shape in derivation.figures[0].shapes if isinstance(shape, Words)]
    legend = [each.phrase[0].strip(", ") for each in words if each.anchor == "west"]
    assert legend == ["momentum", "Adam", "Nesterov momentum, look ahead"]
    boxed = [cell.lines[0].form for step in derivation.steps for row in step.substeps for cell in row.substeps
             if cell.lines and cell.lines[0].boxed]  # fmt: skip
    assert boxed == [answer.form for answer in derivation.answers]


@pytest.mark.parametrize("policy", [Rounding("exact"), Rounding("carry-rounded", 3)])
@pytest.mark.parametrize(
    "more", [{"batches": ["all", 2]}, {"rates": [0.02, 0.1], "rate": None}, {"rates": [0.02, 0.1], "batch": 2}]
)
def test_data_under_other_policies(policy, more):
    derivation = solved(policy, **{**LINE, **more}, steps=5)
    for detail in (1, 3):
        report = read_back(render(single(derivation), "solution", "tex", detail))
        assert not report.failed + report.undecided


def test_the_table_is_read_back():
    """Losses and words of each run, under heads that r counts."""
    derivation = solved(**BOWL, rates=[0.5, 1], steps=6)
    tex = render(single(derivation), "solution", "tex", 1)
    end = next(step for step in derivation.steps if step.name == "runs").substeps[1].substeps[-1].lines[-1].form
    assert isinstance(end, Number)
    begin = tex.index("\\begin{steptable}{l")
    other = end.text[:-1] + str((int(end.text[-1]) + 3) % 10)
    for right, wrong in ((end.text, other), ("-0.05", "-0.06"), ("{diverges}", "{converges}")):
        place = tex.index(right, begin)
        assert read_back(tex[:place] + wrong + tex[place + len(right) :]).failed, right


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({}, "give what is compared: either rates, or optimizers, or batches"),
        ({"rates": [0.1], "optimizers": ["adam"]}, "give what is compared"),
        ({"rates": [-0.1]}, "the learning rate must be positive"),
        ({"rates": [0.1] * 9}, "rates: "),
        ({"batches": [2]}, "batches need data"),
        ({"optimizers": ["adam"]}, "the learning rate is missing"),
        ({"optimizers": ["lion"], "rate": 1}, "unknown optimizer 'lion'"),
        ({"optimizers": [{"optimizer": "adam", "speed": 2}], "rate": 1}, "speed"),
        ({"rates": [0.1], "scale": "cubic"}, "scale"),
        ({"graph": {"L": "x - y"}, "at": {"x": 0, "y": 2}, "rates": [0.1], "scale": "log"}, "needs positive losses"),
        ({"graph": {"r": "x - y", "L": "r**2"}, "rates": [0.1]}, "the graph calls something r, which counts the runs"),
    ],
)
def test_mistakes(change, says):
    with pytest.raises(InputError, match=says):
        question("optimizer.curves", {**BOWL, "steps": 3, **change}).solve(Conventions())


def test_curves_can_be_numbered_so_that_the_runs_are_asked_for():
    said = {}
    for labels in (True, False):
        (picture,) = solved(**LINE, batches=["all", 2, 1], steps=6, seed=1, labels=labels).figures
        said[labels] = {shape.text[0] for shape in picture.shapes if isinstance(shape, Words)}
    assert {"all examples", "2 examples", "one example"} <= said[True]
    assert {"curve 1", "curve 2", "curve 3"} <= said[False]
    assert not said[False] & {"all examples", "2 examples", "one example"}
