"""Shapes and counts along networks: letters or a table, what is asked, slips that the judge must see, mistakes."""

import random
from dataclasses import replace

import pytest

from derive.check.judge import judge
from derive.errors import InputError
from derive.exam.marks import with_points
from derive.network.network import read_network
from derive.notation import plain
from derive.notation.form import Number, Shape, Text, rebuild
from derive.questions.catalogue import question, question_type
from derive.questions.network_draws import draw_network, inner_size
from derive.record import Conventions, Step
from tests.check.mutations import MUTATIONS, formally_different

TWO = ["conv2d(filters=4, kernel=3, padding=1)", "relu()", "max_pool2d(kernel=2)"]
LONG = [*TWO, {"last": "conv2d(filters=8, kernel=3, stride=2)"}, "batch_norm()", "flatten()", "dense(units=10)"]
BRANCHED = [
    {"stem": "conv2d(filters=4, kernel=3, padding=1)"}, {"left": "conv2d(filters=4, kernel=3, stride=2)"},
    {"right": "conv2d(stem, filters=6, kernel=3, stride=2)"}, "concat(left, right)", "flatten()", "dense(units=3)",
]  # fmt: skip
ASKED = {
    "letters": ("network.output_shape", {"input": [20, 17, 3], "net": TWO}),
    "table": ("network.output_shape", {"input": [20, 20, 3], "net": LONG}),
    "branches": ("network.output_shape", {"input": [20, 17, 3], "net": BRANCHED, "of": ["left", "concat1"]}),
    "one layer": ("network.parameters", {"input": [20, 20, 3], "net": LONG, "of": "dense1"}),
    "counts": ("network.parameters", {"input": [20, 20, 3], "net": LONG}),
    "change": ("network.parameters", {"input": [20, 20, 3], "net": LONG, "compare": [36, 36, 3]}),
    "weights": ("network.weight_shape", {"input": [20, 20, 3], "net": LONG, "of": "last", "framework": "pytorch"}),
    "ledger": ("network.ledger", {"input": [20, 20, 3], "net": LONG}),
    "depth": ("network.depth_width", {"input": [20, 20, 3], "net": LONG}),
}


def solved(name):
    ask, givens = ASKED[name]
    return question(ask, givens).solve(Conventions())


def texts(derivation):
    return [plain.write(line.form) for step in derivation.all_steps() for line in step.lines]


@pytest.mark.parametrize("name", ASKED)
def test_is_verified(name):
    verdict = judge(solved(name))
    assert verdict.verified is True, verdict.faults or verdict.undecided


def test_letters_for_few_layers_and_a_table_for_many():
    few, many = solved("letters"), solved("table")
    assert "⌊(H⁽⁰⁾ + 2·P⁽¹⁾ - K⁽¹⁾)/S⁽¹⁾⌋ + 1" in texts(few)
    assert "⌊(H⁽¹⁾ - K⁽³⁾)/S⁽³⁾⌋ + 1" in texts(few), "the activation between them has no axes of its own"
    assert not any(step.layout == "table" for step in few.steps)
    (table,) = [step for step in many.steps if step.layout == "table"]
    assert [row.intro[0] for row in table.substeps] == [
        "conv1", "relu1", "max_pool1", "last", "batch_norm1", "flatten1", "dense1",
    ]  # fmt: skip
    assert not any(given.shown for given in many.givens), "the network says it already"
    assert "⌊3.5⌋ + 1" in texts(many)


def test_only_what_leads_to_the_asked_layers_is_worked_out():
    givens = {"input": [20, 20, 3], "net": LONG, "of": "max_pool1"}
    derivation = question("network.output_shape", givens).solve(Conventions())
    assert [answer.name for answer in derivation.answers] == ["shape"]
    assert "10 × 10 × 4" in texts(derivation)
    assert not any("10·" in text for text in texts(derivation))


def test_several_answers_are_named_after_their_layers():
    answers = {answer.name: plain.write(answer.form) for answer in solved("branches").answers}
    assert answers == {"left": "9 × 8 × 4", "concat1": "9 × 8 × 10"}
    boxed = [line.form for step in solved("branches").all_steps() for line in step.lines if line.boxed]
    assert [plain.write(form) for form in boxed] == ["9 × 8 × 4", "9 × 8 × 10"]


def test_channels_first_is_display_alone():
    givens = {"input": [3, 20, 20], "net": LONG, "order": "CHW", "of": "last"}
    derivation = question("network.output_shape", givens).solve(Conventions())
    assert plain.write(derivation.answers[0].form) == "8 × 4 × 4"
    assert judge(derivation).verified is True


def test_trainable_and_other_parameters_are_summed_apart():
    answers = {answer.name: int(answer.form.text) for answer in solved("counts").answers}
    assert answers["not trainable"] == 16
    assert answers["parameters"] == sum(answers[name] for name in ("conv1", "last", "batch_norm1", "dense1"))


# slips


def spoilt_numbers(derivation):
    """The derivation with one number of one line raised by one, where that makes the line worth something else."""

    def variants(steps):
        for k, step in enumerate(steps):
            for n, line in enumerate(step.lines):
                for form in filter(lambda new: formally_different(line.form, new), raised(line.form)):
                    lines = (*step.lines[:n], replace(line, form=form), *step.lines[n + 1 :])
                    yield (*steps[:k], replace(step, lines=lines), *steps[k + 1 :])
            for inner in variants(step.substeps):
                yield (*steps[:k], replace(step, substeps=inner), *steps[k + 1 :])

    return [derivation.with_steps(steps) for steps in variants(derivation.steps)]


def raised(form):
    if isinstance(form, Number):
        yield Number(str(int(form.text) + 1)) if form.text.isdigit() else Number(f"{form.text}1")
    elif isinstance(form, Shape):
        for k, dim in enumerate(form.dims):
            yield from (Shape((*form.dims[:k], new, *form.dims[k + 1 :])) for new in raised(dim))
        if len(set(form.dims)) > 1:
            yield Shape(form.dims[::-1])
    elif not isinstance(form, Text):
        inner = []
        rebuild(form, lambda part: inner.append(part) or part)
        for part in inner:
            for new in raised(part):
                yield rebuild(form, lambda each, part=part, new=new: new if each is part else each)


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.slow
def test_no_raised_number_passes(name):
    spoilt = spoilt_numbers(solved(name))
    assert len(spoilt) >= 10
    for derivation in spoilt[:: max(1, len(spoilt) // 60)]:
        assert judge(derivation).verified is not True, _difference(solved(name), derivation)


@pytest.mark.parametrize("name", ASKED)
@pytest.mark.slow
def test_no_mutation_passes(name):
    right = with_points(solved(name), 6)
    for kind, mutate in MUTATIONS.items():
        found = mutate(right)
        for spoilt in found[:: max(1, -(-len(found) // 3))]:
            assert judge(spoilt).verified is not True, f"{kind}: {_difference(right, spoilt)}"


def _difference(right, spoilt):
    pairs = zip(right.all_steps(), spoilt.all_steps(), strict=False)
    return [(a, b) for a, b in pairs if isinstance(a, Step) and a.lines != b.lines] or spoilt.answers


# random networks


@pytest.mark.parametrize("seed", range(12))
def test_shapes_counts_and_ledger_agree(seed):
    """The last shape, the sum of the counts and the totals of the ledger are those of the network itself."""
    givens = draw_network(random.Random(f"agree/{seed}"))
    network = read_network(givens["net"], inner_size(givens), givens.get("framework", "keras"))
    counts = question("network.parameters", givens).solve(Conventions())
    ledger = question("network.ledger", givens).solve(Conventions())
    for derivation in (counts, ledger):
        answers = {answer.name: int(answer.form.text) for answer in derivation.answers if answer.boxed}
        assert answers["parameters"] == network.parameters()
        assert answers.get("not trainable", 0) == network.parameters(trainable=False)


@pytest.mark.parametrize(
    "ask", ["network.output_shape", "network.parameters", "network.weight_shape", "network.ledger"]
)
def test_draws_are_of_many_kinds(ask):
    kind = question_type(ask)
    nets = " ".join(str(kind.draw(random.Random(seed))["net"]) for seed in range(200))
    for layer in ("conv2d", "max_pool2d", "flatten", "dense", "batch_norm", "lstm", "concat", "dropout"):
        assert layer in nets


# mistakes


@pytest.mark.parametrize(
    ("ask", "givens", "says"),
    [
        ("network.output_shape", {"of": "conv9"}, "unknown layer of the network 'conv9'.*conv1"),
        ("network.parameters", {"of": ["conv1", "conv"]}, "unknown layer"),
        ("network.parameters", {"compare": [2, 2]}, "another number of axes"),
        ("network.parameters", {"compare": [2, 2, 3]}, "larger than the padded input"),
        ("network.weight_shape", {"of": "relu1"}, "relu1 holds no weights"),
        ("network.weight_shape", {"net": ["relu()"]}, "no layer of the network holds weights"),
        ("network.depth_width", {"net": ["relu()"]}, "no layer of the network has weights"),
    ],
)
def test_mistakes(ask, givens, says):
    with pytest.raises(InputError, match=says):
        question(ask, {"input": [20, 20, 3], "net": LONG, **givens}).solve(Conventions())
