"""The strict reader: what it accepts, what it refuses and where, and how long it takes."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from journal.strict_json import MOST_VALUES, BadJSON, escaped, loads

CHARACTERS = st.characters(exclude_categories=["Cs"], exclude_characters="\0")
VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(CHARACTERS),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(CHARACTERS), inner),
    max_leaves=20,
)


def refusal(raw: bytes, **limits: Any) -> BadJSON:
    with pytest.raises(BadJSON) as caught:
        loads(raw, **limits)
    return caught.value


@given(VALUES, st.booleans(), st.sampled_from([None, 1]))
def test_what_json_writes_is_read_back(value: Any, ascii_only: bool, indent: int | None) -> None:
    raw = json.dumps(value, ensure_ascii=ascii_only, indent=indent).encode()
    assert loads(raw) == value


@given(
    st.binary(max_size=60) | st.text('[]{}",:\\u0dNaInfinity1e- \n', max_size=60).map(str.encode)
)
def test_anything_else_is_refused_and_nothing_breaks(raw: bytes) -> None:
    try:
        value = loads(raw)
    except BadJSON as problem:
        place = (problem.line, problem.column)
    else:
        assert value == json.loads(raw)
        return
    assert place >= (1, 1)


@pytest.mark.parametrize(
    ("raw", "code", "place", "pointer"),
    [
        (b'{"a": 1, "b": {\n "x": 1, "x": 2}}', "duplicateKey", (2, 10), "/b/x"),
        (b'[{"a": 1},\n {"b/~": NaN}]', "notANumber", (2, 10), "/1/b~1~0"),
        (b"[1, -Infinity]", "notANumber", (1, 5), "/1"),
        (b"[1e999]", "notANumber", (1, 2), "/0"),
        (b'{"n": ' + b"9" * 400 + b"}", "notANumber", (1, 7), "/n"),
        (b'\xef\xbb\xbf{"a": 1}', "encoding", (1, 1), ""),
        ('{"a": 1}'.encode("utf-16"), "encoding", (1, 1), ""),
        ('{"a": 1}'.encode("utf-16-be"), "encoding", (1, 1), ""),
        (b'{"a":\n "\xff"}', "encoding", (2, 3), ""),
        (b'["ok",\n "\\ud800"]', "noCharacter", (2, 3), "/1"),
        (b'["\\udc00\\ud800"]', "noCharacter", (1, 3), "/0"),
        (b'{"a": "\\u0000"}', "noCharacter", (1, 8), "/a"),
        (b'{"a": [1, 2,]}', "syntax", (1, 13), "/a/2"),
        (b'{"a": "never closed', "syntax", (1, 7), "/a"),
        (b"", "syntax", (1, 1), ""),
        (b"[" * 65 + b"]" * 65, "tooDeep", (1, 65), ""),
    ],
)
def test_a_refusal_names_the_place(
    raw: bytes, code: str, place: tuple[int, int], pointer: str
) -> None:
    problem = refusal(raw)
    assert (problem.code, (problem.line, problem.column)) == (code, place)
    assert problem.pointer == pointer


def test_what_looks_like_it_inside_a_string_is_text() -> None:
    texts = ["[" * 500, "NaN", '"', "\\u0000", "\\\\ud800", "😀", '{"a": 1, "a": 1}']
    assert loads(json.dumps(texts).encode()) == texts
    assert loads(b"[" * 64 + b"]" * 64) is not None


def test_the_limits_can_be_narrowed() -> None:
    assert loads(b"[[1]]", max_bytes=5, max_depth=2) == [[1]]
    assert refusal(b"[[1]]", max_bytes=4).code == "tooLarge"
    assert refusal(b"[[1]]", max_depth=1).code == "tooDeep"


MEGABYTE = 1024 * 1024


BOMBS: dict[str, Callable[[int], bytes]] = {
    "lists": lambda size: b"[" * size,
    "objects": lambda size: b'{"a":' * (size // 5),
    "values": lambda size: b"[]," * (size // 3),
    "quotes": lambda size: b'"' + b'\\"' * (size // 2),
    "backslashes": lambda size: b'["' + b"\\\\" * (size // 2) + b'", "\\ud800"]',
    "open": lambda size: b"[1" + b" " * size,
    "space": lambda size: b" " * size,
    "same key": lambda size: b'{"a": 1' + b', "a": 1' * (size // 8),
}


@pytest.mark.parametrize("bomb", BOMBS.values(), ids=BOMBS.keys())
def test_refusing_a_bomb_costs_no_more_than_reading_it(bomb: Callable[[int], bytes]) -> None:
    """Four times the size costs about four times the work; sixteen times would be a bomb.

    It is the work of this thread that is compared, so a busy machine changes nothing.
    """
    small, large = (_work_of_refusing(bomb(size)) for size in (MEGABYTE, 4 * MEGABYTE))
    assert large < 10 * small + 0.01


@pytest.mark.parametrize("number", [b"9", b"-9", b"0.9", b"1e9"])
def test_refusing_a_long_number_costs_about_as_much_as_refusing_a_long_text(number: bytes) -> None:
    """Its place is found without all its digits becoming a pattern."""
    text = b'{"a": "' + b"9" * MEGABYTE
    # Each is refused once: a pattern is compiled for the first of its kind only.
    long = [b'{"a": ' + number + b"9" * (MEGABYTE + more) + b"}" for more in range(3)]
    assert refusal(b'{"a": ' + number + b"9" * 1000 + b"}").pointer == "/a"
    assert min(map(_work, long)) < 20 * _work_of_refusing(text) + 0.01


def test_the_key_that_is_told_stands_at_the_place_that_is_told() -> None:
    for raw, pointer, key in (
        (b'{"a": 1, "a": {"b": 1, "b": 2}}', "/a", "a"),
        (b'{"x/y~z": 1, "x/y~z": 2, "b": 1, "b": 2, "b": 3}', "/x~1y~0z", "x/y~z"),
        (b'{"a": {"b": 1, "\\u0062": 2}}', "/a/b", "b"),
    ):
        found = refusal(raw)
        assert (found.pointer, found.message) == (
            pointer,
            f"The key {key!r} stands twice in one object.",
        )


def _work_of_refusing(raw: bytes) -> float:
    """The least work in seconds of three tries."""
    return min(_work(raw) for _ in range(3))


def _work(raw: bytes) -> float:
    started = time.thread_time()
    refusal(raw)
    return time.thread_time() - started


@given(VALUES, st.data(), st.booleans(), st.sampled_from([None, 1]))
def test_a_refusal_points_at_what_is_wrong_wherever_it_stands(
    value: Any, data: st.DataObject, ascii_only: bool, indent: int | None
) -> None:
    pointer, spoilt = _spoilt(value, data)
    problem = refusal(json.dumps(spoilt, ensure_ascii=ascii_only, indent=indent).encode())
    assert (problem.code, problem.pointer) == ("notANumber", pointer)


def _spoilt(value: Any, data: st.DataObject) -> tuple[str, Any]:
    """The value with NaN put somewhere into it, and the pointer of that place."""
    if not isinstance(value, list | dict) or not value or data.draw(st.booleans()):
        return "", float("nan")
    inner = value if isinstance(value, dict) else dict(enumerate(value))
    chosen = data.draw(st.sampled_from(sorted(inner)))
    pointer, inner[chosen] = _spoilt(inner[chosen], data)
    spoilt = inner if isinstance(value, dict) else list(inner.values())
    return f"/{escaped(chosen)}{pointer}", spoilt


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b'"' * (4 * MOST_VALUES + 5), id="quotes, which no value needs so many of"),
        pytest.param(b"[" + b"1," * MOST_VALUES + b"1]", id="numbers"),
    ],
)
def test_too_many_values_are_refused_before_they_are_built(raw: bytes) -> None:
    with pytest.raises(BadJSON) as refusal:
        loads(raw)
    assert refusal.value.code == "tooMany"


def test_many_texts_with_keys_are_read() -> None:
    raw = b'{"a":"b"},' * 20_000
    assert len(loads(b"[" + raw + rb'{"\"":"\\\""}]')) == 20_001
