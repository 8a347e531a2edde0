"""YAML to data with positions: what comes out, where it stands, and what is refused where."""

import time

import pytest

from derive.errors import InputError
from derive.exam.yaml_file import MAX_BYTES, parse_yaml, path_text, read_yaml


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("a: 1", {"a": 1}),
        ("a: 0.65", {"a": 0.65}),
        ("a: 1e-8", {"a": 1e-8}),
        ("a: 0x1F", {"a": 31}),
        ("a: -3", {"a": -3}),
        ("a: 0.123456789012345678901", {"a": "0.123456789012345678901"}),
        ("a: 1e999", {"a": "1e999"}),
        ("a: yes", {"a": "yes"}),
        ("y: true", {"y": True}),
        ("n: null", {"n": None}),
        ("3: x", {"3": "x"}),
        ("a: 2024-01-01", {"a": "2024-01-01"}),
        ("a: w*x + b", {"a": "w*x + b"}),
        ("a: &k [1]\nb: *k", {"a": [1], "b": [1]}),
        ("", None),
    ],
)
def test_data(text, data):
    assert parse_yaml(text, "f").data == data
    assert repr(parse_yaml(text, "f").data) == repr(data)


def test_places():
    file = parse_yaml("title: x\nproblems:\n  - title: One\n    points: '3'\n", "f.yaml")
    place = file.place(("problems", 0, "points"))
    assert (place.file, place.line, place.column) == ("f.yaml", 4, 13)
    assert file.place(("problems", 0, "points"), key=True).column == 5
    assert file.place(("problems", 0, "points"), inside=1).column == 14  # behind the quotation mark
    assert file.place(("problems", 0, "parts")).line == 3  # the nearest thing that is there
    assert str(place) == "f.yaml:4:13, problem 1, points"


def test_path_text():
    assert path_text(("problems", 1, "parts", 2, "given", "input", 0)) == "problem 2, part c, given, input 1"


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("a: 1\nb: 2\na: 3", 3, "given twice, first in line 1"),
        ("a:\n\t- 1", 2, "a tab stands where YAML wants spaces"),
        ("a: [1, 2\nb: 3", 2, "not YAML"),
        ("a: b: c", 1, "not YAML"),
        ("a: 1\n---\nb: 2", 2, "another document"),
        ("x: 1\na: !!python/object/apply:os.system [ls]", 2, "not allowed"),
        ("a: !foo 3", 1, "not allowed"),
        ("a: !!binary aGk=", 1, "not allowed"),
        ("a: .nan", 1, "no number"),
        ("a: .inf", 1, "no number"),
        ("? [1]\n: 2", 1, "plain name"),
        ("<<: {a: 1}", 1, "merge key"),
        ("a: *nobody", 1, "undefined alias"),
        ("a: &a [*a]", 1, "nested"),
    ],
)
def test_refused(text, line, says):
    with pytest.raises(InputError) as caught:
        parse_yaml(text, "f.yaml")
    assert says in caught.value.message
    assert caught.value.place.line == line
    assert str(caught.value).startswith(f"f.yaml:{line}")


def _laughs():
    lines = ["a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]"]
    lines += [f"{c}: &{c} [{', '.join(['*' + p] * 10)}]" for p, c in zip("abcdefgh", "bcdefghi", strict=True)]
    return "\n".join(lines)


@pytest.mark.parametrize(
    "text", [_laughs(), "[" * 100_000, "a: {" * 5_000, "\n".join(" " * i + "a:" for i in range(999))]
)
def test_bombs_end_soon(text):
    start = time.process_time()
    with pytest.raises(InputError):
        parse_yaml(text, "f")
    assert time.process_time() - start < 5  # a limit against hanging, not a measurement


def test_files(tmp_path):
    path = tmp_path / "e.yaml"
    with pytest.raises(InputError, match="cannot be read"):
        read_yaml(path)
    path.write_bytes(b"a: 1\nb: \xff")
    with pytest.raises(InputError, match="not UTF-8") as caught:
        read_yaml(path)
    assert caught.value.place.line == 2
    path.write_bytes(b"a" * (MAX_BYTES + 1))
    with pytest.raises(InputError, match="larger than"):
        read_yaml(path)
    path.write_bytes("\ufeffa: ä".encode())
    assert read_yaml(path).data == {"a": "ä"}
