"""Lines of the list of kept runs and records as text: they come back, and what is damaged is told.

What stands in a browser may have been written by anyone.
"""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest

from autoencoder.entries import Entry, record_from_text, record_to_text, time_of_text
from convnet import ConvNetError

ENTRY = Entry(
    key="0123456789abcdef",
    name='<img src=x onerror="alert(1)"> “my run”',
    network="784–2–784, adadelta",
    examples=12_300,
    loss=17.25,
    seconds=4.5,
    when=1_795_828_179_284,
    size=1_017_066,
    thumbnail="data:image/png;base64,iVBORw0KGgo=",
    address="#seed=7",
)
FIELDS = json.loads(ENTRY.to_json())
HOSTILE = (
    None,
    True,
    -1,
    2.5,
    1e300,
    10**30,
    "",
    "<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD4=",
    "javascript:alert(1)",
    "data:image/svg+xml;base64,PHN2Zz4=",
    "\ud800",
    "x" * 300_000,
    [],
    {},
    [[[[]]]],
)


@pytest.mark.parametrize("entry", [ENTRY, replace(ENTRY, loss=None, thumbnail="", name="")])
def test_a_line_comes_back_as_it_was(entry):
    assert Entry.from_json(entry.to_json(), entry.key) == entry


@pytest.mark.parametrize(
    "text",
    ["", "null", "[]", "{}", "{", "[" * 100_000, "1e999", '{"key": NaN}', "x" * 1_000_000],
    ids=range(9),
)
def test_what_is_no_line_is_refused_in_a_sentence(text):
    with pytest.raises(ConvNetError, match=r"^The line of a kept run.*\.$"):
        Entry.from_json(text, ENTRY.key)


@pytest.mark.parametrize("key", ["0123456789abcdee", "../../x", "", "0123456789ABCDEF"])
def test_a_line_under_another_key_is_refused(key):
    with pytest.raises(ConvNetError, match="key"):
        Entry.from_json(ENTRY.to_json(), key)


def test_of_ten_thousand_hostile_lines_each_is_refused_or_harmless():
    draw = random.Random(0)
    read = 0
    for _ in range(10_000):
        fields = dict(FIELDS)
        for name in draw.sample([*FIELDS, "other"], draw.randint(1, 3)):
            if draw.random() < 0.2:
                fields.pop(name, None)
            else:
                fields[name] = draw.choice(HOSTILE)
        try:
            entry = Entry.from_json(json.dumps(fields), ENTRY.key)
        except ConvNetError:
            continue
        read += 1
        assert entry.key == ENTRY.key
        assert entry.thumbnail == "" or entry.thumbnail.startswith("data:image/png;base64,")
        assert len(entry.name) <= 100
        assert min(entry.examples, entry.when, entry.size) >= 0
        assert Entry.from_json(entry.to_json(), entry.key) == entry
    assert read > 100


PIECES = [b'{"version": 1}', bytes(range(256)) * 100, b"\x00" * 7]


def test_a_record_comes_back_from_text_as_it_was():
    text = record_to_text(PIECES, 1_795_828_179_284)
    assert text.isascii()
    assert time_of_text(text) == 1_795_828_179_284
    assert record_from_text(text) == PIECES


def test_what_is_changed_of_a_record_is_told():
    text = record_to_text(PIECES, 1)
    draw, told = random.Random(0), 0
    for _ in range(300):
        at = draw.randrange(text.index(b"\n") + 1, len(text) - 1)
        changed = text[:at] + bytes([text[at] ^ 1 << draw.randrange(7)]) + text[at + 1 :]
        try:
            assert b"".join(record_from_text(changed)) == b"".join(PIECES)  # bits that fill up
        except ConvNetError as error:
            told += "damaged" in str(error)
    assert told > 290
    for damaged in (b"", b"\n", b"1\n", b"x y\n", text[: len(text) // 2], text + b"AAAA\n"):
        with pytest.raises(ConvNetError, match="damaged"):
            record_from_text(damaged)
