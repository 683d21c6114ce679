"""JSON as text: read and written like Python's own, but in steps that are all short."""

import base64
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convnet import ConvNetError
from convnet.json_text import (
    PIECE,
    json_pieces,
    parse_json_in_steps,
    parse_snapshot_in_steps,
)
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
    max_leaves=10,  # drawing larger ones takes longer than reading them
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
    assert sum(1 for _ in parse_json_in_steps(text)) > len(text) / (2 * PIECE)


LONG = {
    "zeros": "[" + "0," * 10**6 + "0]",
    "empty lists": "[" + "[]," * 10**6 + "[]]",
    "a member for each number": json.dumps(dict.fromkeys(map(str, range(10**5)), 0.5)),
    "deep": '{"a":[[{"b":[[{"c":' * 4 + "[" + "1.5, " * 10**5 + "2]" + "}]]}]]}" * 4,
    "texts": json.dumps({"a": ["x" * 1000] * 1000, "b": '\\"]' * 1000}),
    "long between short": json.dumps([[], list(range(10**5)), {}, {"a": ["]" * 10**4] * 50}] * 3),
}


@pytest.mark.parametrize("text", LONG.values(), ids=LONG.keys())
def test_no_step_reads_further_than_a_piece(text):
    shares = list(parse_json_in_steps(text))
    assert parse_json(text) == json.loads(text)
    assert np.diff([0, *shares, 1]).max() * len(text) < 1.1 * PIECE
    assert len(shares) < 20 + 40 * len(text) / PIECE, "as good as one by one"


@settings(max_examples=1000, deadline=None, derandomize=True)
@given(
    values, st.text('{}[]",:1.x\\ntrue \n', max_size=8), st.integers(0, 10**6), st.integers(1, 50)
)
def test_what_is_longer_than_a_piece_is_read_and_refused_as_what_is_shorter(
    value, fault, at, piece
):
    text = json.dumps([value, {"a": [value, "x"], "b": [0, [value] * 3, {}]}, 1])
    at %= len(text)
    text = text[:at] + fault + text[at:]
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("convnet.json_text.PIECE", piece)
        try:
            expected = json.loads(text)
        except json.JSONDecodeError as error:
            place = f"line {error.lineno}, column {error.colno}:"
            place = "line" if "trailing comma" in error.msg else place
            with pytest.raises(ConvNetError, match=f"{place} |nested|where a number"):
                parse_json(text)
        else:
            assert parse_json(text) == expected


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"a" 1}', "line 1, column 6: there should be a colon"),
        ("{1}", "column 2: there should be a name in double quotes"),
        ("[1 2]", "column 4: there should be a comma or a closing bracket"),
        ("[,]", "column 2: there should be a value"),
        ("[1,]", "comma too many|there should be a value"),
        ('{"a":1,}', "comma too many|there should be a name"),
        ('{"a": "b', "column 7: a text begins here"),
        ('["a\nb"]', "a line break or another control"),
        (r'["\x"]', "a backslash that means nothing"),
        (r'["\u12"]', "a backslash that means nothing"),
        ('{"layers": []}\n}', "line 2, column 1: there is more text after the end"),
        ('{"layers": [', "column 13: the text breaks off"),
        ('{"layers": [1,\n', "the text breaks off"),
    ],
)
def test_what_is_no_json_is_told_in_plain_words(text, words):
    with pytest.raises(ConvNetError, match=words) as error:
        parse_json(text)
    assert str(error.value).endswith(".")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "no JSON text yet"),
        (" \n", "no JSON text yet"),
        ("[" + "0," * 10**5, "a list"),
        ('"' + "x" * 10**5, "a text"),
        ('{"a": [' + "0," * 10**5, "layers is missing"),
    ],
)
def test_what_cannot_be_a_snapshot_is_refused_before_it_is_read(text, words):
    with pytest.raises(ConvNetError, match=words):
        next(parse_snapshot_in_steps(text))
