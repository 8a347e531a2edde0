"""Attention by hand against PyTorch: weights and outputs of random matrices, masks and heads, and what is refused."""

import random
from fractions import Fraction

import pytest

from derive.check.judge import judge
from derive.errors import InputError
from derive.notation.build import ZERO
from derive.notation.form import Call, Matrix, walk
from derive.notation.value import evaluate
from derive.questions.catalogue import question
from derive.record import Conventions, Rounding

CASES = 24
X = [[1, 0, 1], [0, 2, 0], [1, 1, 0]]
WEIGHTS = {"W_Q": [[1, 0], [0, 1], [1, 1]], "W_K": [[1, 0], [1, 1], [0, 1]], "W_V": [[1, 2], [0, 1], [1, 0]]}


def solved(conventions=None, **givens):
    return question("attention.forward", givens).solve(conventions or Conventions())


def answers(derivation):
    """The exact values of the answers by name, as rows of floats."""
    return {answer.name: rows_of(evaluate(answer.form, {})) for answer in derivation.answers}


def rows_of(value):
    items = [float(x) for x in getattr(value, "items", (value,))]
    width = value.shape[-1] if hasattr(value, "shape") else 1
    return [items[k : k + width] for k in range(0, len(items), width)]


def matrix(rng, rows, columns):
    return [[rng.randint(-8, 8) / 4 for _ in range(columns)] for _ in range(rows)]


def some_mask(rng, queries, keys):
    mask = [[rng.randint(0, 1) for _ in range(keys)] for _ in range(queries)]
    for row in mask:
        row[rng.randrange(keys)] = 1
    return mask


@pytest.mark.oracle
@pytest.mark.parametrize("seed", range(CASES))
def test_one_head_against_torch(seed):
    torch = pytest.importorskip("torch")
    rng = random.Random(seed)
    queries, keys, width, depth = rng.randint(1, 4), rng.randint(2, 4), rng.randint(1, 3), rng.randint(1, 3)
    given = {"Q": matrix(rng, queries, width), "K": matrix(rng, keys, width), "V": matrix(rng, keys, depth)}
    mask = [None, "causal", some_mask(rng, queries, keys)][seed % 3]
    if mask == "causal" and queries != keys:
        mask = None
    scaled = rng.random() < 0.7
    found = answers(solved(**given, scaled=scaled, **({"mask": mask} if mask else {})))
    q, k, v = (torch.tensor(given[letter], dtype=torch.float64) for letter in "QKV")
    seen = torch.tensor(mask, dtype=torch.bool) if isinstance(mask, list) else None
    more = {"attn_mask": seen, "is_causal": mask == "causal", "scale": None if scaled else 1.0}
    expected = torch.nn.functional.scaled_dot_product_attention(q[None], k[None], v[None], **more)[0]
    assert torch.allclose(torch.tensor(found["O"], dtype=torch.float64), expected, rtol=1e-10, atol=1e-12)
    weights = torch.nn.functional.scaled_dot_product_attention(
        q[None], k[None], torch.eye(keys, dtype=torch.float64)[None], **more
    )[0]
    assert torch.allclose(torch.tensor(found["A"], dtype=torch.float64), weights, rtol=1e-10, atol=1e-12)


@pytest.mark.oracle
@pytest.mark.parametrize("seed", range(CASES))
def test_several_heads_against_torch(seed):
    torch = pytest.importorskip("torch")
    rng = random.Random(100 + seed)
    heads, share, tokens = rng.randint(1, 3), rng.randint(1, 2), rng.randint(2, 3)
    width, own = heads * share, rng.random() < 0.4
    x, context = matrix(rng, tokens, width), matrix(rng, rng.randint(2, 3), width) if rng.random() < 0.3 else None
    weights = {letter: matrix(rng, width, width) for letter in "QKVO"}
    queries, keys = tokens, len(context or x)
    mask = some_mask(rng, queries, keys) if rng.random() < 0.5 else None

    def cut(rows, head):
        return [row[share * head : share * (head + 1)] for row in rows]

    given = {f"W_{l}": [cut(weights[l], h) for h in range(heads)] if own else weights[l] for l in "QKV"}  # noqa: E741
    given |= {"X": x, "W_O": weights["O"], **({} if own else {"heads": heads})}
    given |= ({"context": context} if context else {}) | ({"mask": mask} if mask else {})
    found = answers(solved(**given))
    module = torch.nn.MultiheadAttention(width, heads, bias=False, batch_first=True, dtype=torch.float64)
    stacked = torch.cat([torch.tensor(weights[letter], dtype=torch.float64).T for letter in "QKV"])
    module.in_proj_weight.data = stacked
    module.out_proj.weight.data = torch.tensor(weights["O"], dtype=torch.float64).T
    q, kv = (torch.tensor(rows, dtype=torch.float64)[None] for rows in (x, context or x))
    hidden = ~torch.tensor(mask, dtype=torch.bool) if mask else None
    output, shares = module(q, kv, kv, attn_mask=hidden, average_attn_weights=False)
    assert torch.allclose(torch.tensor(found.pop("O"), dtype=torch.float64), output[0], rtol=1e-10, atol=1e-12)
    for mine, theirs in zip(found.values(), shares[0], strict=True):
        assert torch.allclose(torch.tensor(mine, dtype=torch.float64), theirs, rtol=1e-10, atol=1e-12)


def test_the_worked_row_shows_numerators_sum_and_shares():
    derivation = solved(X=X, **WEIGHTS, mask="causal")
    assert judge(derivation).verified is True
    (row,) = [step for step in derivation.steps if step.name == "A_row"]
    assert [line.reason[0] for line in row.lines[1:]] == ["numbers in", "numerators", "their sum", "the shares"]
    assert [len(line.form.factors[1].rows[0]) for line in row.lines[:-1]] == [3] * 4
    (masked,) = [step for step in derivation.steps if step.name == "S_tilde"]
    assert sum(node == Call("infinity") for node in walk(masked.lines[0].form)) == 3
    whole = next(answer.shown for answer in derivation.answers if answer.name == "A")
    assert isinstance(whole, Matrix)
    assert row.lines[-1].form.rows[0] == whole.rows[1]


@pytest.mark.parametrize("mode", ["carry-full", "carry-rounded", "exact"])
def test_equal_scores_share_equally_and_no_exponential_is_rounded(mode):
    givens = {"Q": [[2.5], [1]], "K": [[-2], [-2], [-2]], "V": [[1], [2], [4]], "mask": [[1, 1, 1], [0, 1, 1]]}
    for row, share in ((1, Fraction(1, 3)), (2, Fraction(1, 2))):
        derivation = solved(Conventions(Rounding(mode)), **givens, row=row)
        assert judge(derivation).verified is True
        (worked,) = [step for step in derivation.steps if step.name == "A_row"]
        assert worked.lines[1].relation == "="
        last = worked.lines[-1]
        kept = [evaluate(entry, {}) for entry in last.form.rows[0] if entry != ZERO]
        assert len(kept) == share.denominator
        if mode == "carry-rounded":
            assert last.relation == "≈"
            assert kept[0] == round(share, 4)
        else:
            assert last.relation == "="
            assert set(kept) == {share}


def test_the_row_that_is_asked_for_is_worked():
    derivation = solved(X=X, **WEIGHTS, row=3)
    (row,) = [step for step in derivation.steps if step.name == "A_row"]
    assert "softmax of row 3" in row.lines[0].reason[0]


def test_rounded_weights_that_are_carried_on_add_up_as_they_are_printed():
    derivation = solved(Conventions(Rounding("carry-rounded", 3)), X=[[1, 2, 3], [0, 2, 1], [1, 1, 0]], **WEIGHTS)
    assert judge(derivation).verified is True
    (check,) = [step for step in derivation.steps if step.name == "A_check"]
    assert check.lines[0].reason[0].startswith("check")


def test_a_row_that_sees_one_key_has_the_weight_one():
    derivation = solved(Q=[[1], [2]], K=[[1], [3]], V=[[5], [7]], mask=[[0, 1], [1, 0]])
    assert answers(derivation) == {"A": [[0, 1], [1, 0]], "O": [[7], [5]]}
    assert judge(derivation).verified is True


SENTENCES = [
    ({"X": X, "W_Q": [[1, 0]], "W_K": [[1]], "W_V": [[1]]}, "X has 3 columns, W_Q has 1 rows"),
    ({"Q": [[1, 2]], "K": [[1], [2]], "V": [[1], [2]]}, "a query has 2 entries, a key 1"),
    ({"Q": [[1]], "K": [[1], [2]], "V": [[1]]}, "2 keys and 1 values"),
    ({"Q": [[1]], "K": [[2]], "V": [[1]]}, "there is one key only"),
    ({"X": X, **WEIGHTS, "heads": 3}, "the 2 columns of Q cannot be shared by 3 heads"),
    ({"X": X, **WEIGHTS, "W_O": [[1]]}, "W_O has 1 rows, the heads side by side have 2 columns"),
    ({"X": X, **WEIGHTS, "mask": [[1, 0, 0], [0, 0, 0], [1, 1, 1]]}, "row 2 of the mask hides every key"),
    ({"X": X, **WEIGHTS, "mask": [[1, 0], [1, 1]]}, "the mask must be a matrix of 3 x 3"),
    ({"X": X, **WEIGHTS, "mask": [[1, 0, 2], [1, 1, 1], [1, 1, 1]]}, "entries other than 1"),
    ({"Q": [[1]], "K": [[1], [2]], "V": [[1], [2]], "mask": "causal"}, "as many queries as keys"),
    ({"X": X}, "W_Q and W_K and W_V must be given"),
    ({"X": X, **WEIGHTS, "Q": X, "K": X, "V": X}, "must not be given beside them"),
    ({"X": X, **WEIGHTS, "row": 4}, "there are 3 queries"),
    ({"X": X, **WEIGHTS, "W_Q": [WEIGHTS["W_Q"], WEIGHTS["W_Q"]]}, "each head needs its own W_Q, W_K and W_V"),
    ({"X": X, **WEIGHTS, "heads": 10**6}, "1000000 heads are too many"),
    ({"X": X, **WEIGHTS, "W_O": [[]]}, "an empty list"),
    ({"X": [1, 2, 3], **WEIGHTS}, "X has 1 columns"),
    ({"X": [[1] * 13] * 2, **WEIGHTS}, "a side longer than 12"),
]


@pytest.mark.parametrize(("givens", "sentence"), SENTENCES, ids=[sentence for _, sentence in SENTENCES])
def test_what_does_not_fit_is_said_in_one_sentence(givens, sentence):
    with pytest.raises(InputError, match=sentence) as caught:
        solved(**givens)
    assert "\n" not in str(caught.value)
