"""JSON as text: read and written like Python's own, but in steps that are all short."""

import base64
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convnet import ConvNetError
from convnet.json_text import PIECE, json_pieces, parse_json_in_steps
from convnet.steps import finish


def parse_json(text):
    return finish(parse_json_in_steps(text))


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@settings(max_examples=500, deadline=None, derandomize=True)
@given(values, st.sampled_from([None, 1, "\t"]), st.booleans())
def test_what_python_writes_is_read(value, indent, ensure_ascii):
    text = json.dumps(value, indent=indent, ensure_ascii=ensure_ascii, allow_nan=False)
    assert parse_json(f" \r\n{text}\t ") == json.loads(text)


@settings(max_examples=500, deadline=None, derandomize=True)
@given(values, st.data())
def test_what_python_refuses_is_refused_at_the_same_place(value, data):
    text = json.dumps(value)
    at = data.draw(st.integers(0, len(text)))
    text = text[:at] + data.draw(st.sampled_from('{}[]",:x \n')) + text[at:]
    try:
        expected = json.loads(text)
    except json.JSONDecodeError as error:
        # Newer Pythons tell of a comma too many at the comma, not behind it.
        is_comma = "trailing comma" in error.msg
        place = "line" if is_comma else f"line {error.lineno}, column {error.colno}:"
        with pytest.raises(ConvNetError, match=f"{place} |nested|where a number"):
            parse_json(text)
    else:
        assert parse_json(text) == expected


@settings(max_examples=500, deadline=None, derandomize=True)
@given(values)
def test_what_is_written_is_what_python_writes(value):
    text = "".join(json_pieces(value))
    assert json.loads(text) == value
    assert text == json.dumps(value, separators=(",", ":"))


def test_arrays_are_written_as_lists_and_bytes_in_base64():
    data = bytes(range(256)) * 1000
    text = "".join(json_pieces({"w": np.array([0.1, -2], np.float32), "sum": data}))
    assert json.loads(text) == {"w": [0.1, -2.0], "sum": base64.b64encode(data).decode()}


@pytest.mark.parametrize("shift", range(4))
@pytest.mark.parametrize("inside", [r"\"", r"\\", r"\\\"", "]", r"\u005b"])
def test_nesting_is_counted_across_the_pieces_in_which_a_text_is_looked_through(inside, shift):
    """Whatever lies on the border between two pieces, strings end where they end."""
    text = '["' + "x" * (PIECE - len(inside) - shift)
    text += inside + "[" * 60 + '"]'
    assert parse_json(text) == json.loads(text)
    with pytest.raises(ConvNetError, match="nested"):
        parse_json(text[:-1] + "," + "[" * 60)


def test_a_large_snapshot_is_written_in_pieces_and_read_in_steps():
    volume = {"sx": 1, "sy": 1, "depth": 784, "w": np.linspace(-1, 1, 784, dtype=np.float32)}
    snapshot = {"layers": [{"filters": [volume] * 500}], "state": {"gsum": bytes(10**6)}}
    pieces = list(json_pieces(snapshot))
    longest = max(map(len, pieces))
    assert longest < 2 * PIECE
    text = "".join(pieces)
    assert len(text) > 50 * longest
    assert sum(1 for _ in parse_json_in_steps(text)) > 500 + len(text) / (2 * PIECE)


@pytest.mark.parametrize("item", ["[]", "{}", "[[]]", '{"a": {}}', "0"])
def test_a_list_however_empty_its_items_are_is_read_in_steps(item):
    assert sum(1 for _ in parse_json_in_steps("[" + ",".join([item] * 10_000) + "]")) > 10_000
