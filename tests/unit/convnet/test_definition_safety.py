"""Definitions: no text can do harm, whatever it says and however long it is."""

import contextlib
import itertools
import re
import sys
import tracemalloc

import pytest
from definition_texts import CONVNETJS_DEFAULT, CONVNETJS_TRAINERS, PYTHON_DEFAULT
from hypothesis import given, settings
from hypothesis import strategies as st

from convnet.definition import parse_definition
from convnet.definition.program import MAX_FIELDS, MAX_ITEMS
from convnet.definition.tokens import MAX_TEXT_LENGTH, MAX_TOKEN_LENGTH, tokenize
from convnet.errors import DefinitionError

fuzz = settings(max_examples=300, deadline=None)  # a busy machine is no fault

_audited: list[str] = []
_listening = False


def _hear(event, _arguments):
    if _listening:
        _audited.append(event)


sys.addaudithook(_hear)  # Python reports imports, files, processes, exec and compile here


def parse_audited(text):
    """The result and the fault, one of which is None; nothing that Python audits happened."""
    global _listening
    _audited.clear()
    _listening = True
    try:
        return parse_definition(text), None
    except DefinitionError as fault:
        return None, fault
    finally:
        _listening = False
        assert _audited == []


def assert_harmless(text):
    """Parses `text`, and checks what must hold whatever it says."""
    result, fault = parse_audited(text)
    if fault:
        assert fault.line >= 1
        assert fault.column >= 1
        assert str(fault).endswith(".")
        assert len(str(fault)) < 400
        assert str(fault).isprintable()
        return
    layers, options = result
    assert type(layers) is list
    assert 1 <= len(layers) <= MAX_ITEMS
    for fields in [*layers, options]:
        assert isinstance(fields, dict)
        assert len(fields) <= MAX_FIELDS
        for name, value in fields.items():
            assert type(name) is str
            assert type(value) in (int, float, str, bool, type(None))
            assert not isinstance(value, int | float) or abs(value) <= 1e15
            assert not isinstance(value, str) or len(value) <= MAX_TOKEN_LENGTH


WORDS = re.findall(r"\s+|\w+|'[^']*'|\"[^\"]*\"|.", CONVNETJS_DEFAULT + PYTHON_DEFAULT)
FRAGMENTS = [
    *sorted(set(WORDS)),
    *"()[]{}'\"`“;:,.=+-*/%#\\\n\r\t\0\u2028",
    *["**", "//", "/*", "*/", "+=", "a", "b", "1", "0x", "1e999", "9**9**9", "None", "true"],
    *["$", "[0]", ".length", "concat", "Math.floor(", "|", ">>>", "=>", "...", "this.", "require"],
    *["eval", "__import__", "lambda", "for", "while", "import", "from", "var", "extend", "\ud83d"],
]


@fuzz
@given(st.text(max_size=200))
def test_any_text_is_harmless(text):
    assert_harmless(text)


@fuzz
@given(st.lists(st.sampled_from(FRAGMENTS), max_size=60).map("".join))
def test_any_mixture_of_words_is_harmless(text):
    assert_harmless(text)


@fuzz
@given(st.sampled_from([CONVNETJS_DEFAULT, PYTHON_DEFAULT, CONVNETJS_TRAINERS]), st.data())
def test_a_definition_that_was_tampered_with_is_harmless(text, data):
    words = re.findall(r"\s+|\w+|.", text)
    for _ in range(data.draw(st.integers(1, 4))):
        place = data.draw(st.integers(0, len(words) - 1))
        other = data.draw(st.integers(0, len(words) - 1))
        change = data.draw(st.sampled_from(["delete", "duplicate", "swap", "replace"]))
        if change == "delete":
            words[place] = ""
        elif change == "duplicate":
            words[place] *= 2
        elif change == "swap":
            words[place], words[other] = words[other], words[place]
        else:
            words[place] = data.draw(st.sampled_from(FRAGMENTS))
    assert_harmless("".join(words))


@pytest.mark.parametrize(
    "text",
    [
        "x = __import__('os').system('touch /tmp/harm')",
        "x = ().__class__.__bases__[0].__subclasses__()",
        "x = eval('1')",
        "exec('import os')",
        "x = open('/tmp/harm', 'w')",
        "import os\nimport antigravity\nlayer_defs = [dict(type='a')]",
        "layer_defs = [{type: (function() { return alert(1) })()}]",
        "layer_defs = [dict(type='{0.__class__}', x='%s' )]",
        "new Function('alert(1)')()",
    ],
)
def test_code_is_never_executed(text):
    assert_harmless(text)


# What is repeated until the text is full, between a start and an end; "№" counts.
HOSTILE = {
    "opening brackets": ("x = ", "[({", ""),
    "closing brackets": ("", ")", ""),
    "signs": ("x = ", "-", "1"),
    "powers": ("x = ", "9**", "1"),
    "sums": ("x = 1", "+1", ""),
    "digits": ("x = ", "9", ""),
    "hexadecimal digits": ("x = 0x", "f", ""),
    "letters": ("", "x", ""),
    "dots": ("x = a", ".a", ""),
    "quotes": ("", "'", ""),
    "backslashes": ("'", "\\", ""),
    "open comments": ("", "/*", ""),
    "almost closed comments": ("/*", "* /", ""),
    "line comments": ("", "//\n", ""),
    "blanks": ("", " \n\t", ""),
    "semicolons": ("", ";", ""),
    "strings": ("x = [", "'',", "]"),
    "assignments": ("", "x=1\n", ""),
    "imports": ("", "import ", ""),
    "variables": ("", "x№=1\n", "y"),
    "fields": ("x = {", "f№:1,", "}"),
    "lists that hold themselves": ("x = []\n", "x.push(x)\n", ""),
    "arrays": ("", "x№=Array(999)\n", ""),
    "networks": (f"a=dict(type='a')\nx=[{'a,' * 900}]\n", "Net(x)\n", ""),
    "lists joined": (f"x = [{'1,' * 900}]\n", "y№=x.concat()\n", ""),
    "members": ("x = {}\nx.x = x\ny = x", ".x", ""),
    "shifts": ("x = 1", "<<9", ""),
    "nested lists": ("x = []\n", "x = [x]\n", ""),
    "doubled lists": ("x = [1]\n", "x = x + x\n", ""),
    "lists added to themselves": ("x = [1]\n", "x.extend(x)\n", ""),
    "copies of a list": (f"x = [{'1,' * 900}]\n", "x№=[]+x\n", ""),
    "copies of layers": (f"a=dict(type='a')\nx=[{'a,' * 900}]\n", "x№=[]+x\n", ""),
    "copies of fields": (f"x={{{','.join(f'f{i}:1' for i in range(99))}}}\n", "x№=dict(x)\n", ""),
    "layers that share fields": ("a = dict(type='a')\nx = [", "a,", "]"),
}


def hostile(name, length):
    """At most `length` characters of what HOSTILE says."""
    start, repeated, end = HOSTILE[name]
    parts = [start]
    room = length - len(start) - len(end)
    for count in itertools.count():
        part = repeated.replace("№", str(count))
        room -= len(part)
        if room < 0:
            return "".join([*parts, end])
        parts.append(part)


@pytest.mark.parametrize("name", HOSTILE)
def test_the_longest_texts_are_harmless(name):
    assert_harmless(hostile(name, MAX_TEXT_LENGTH))


@pytest.mark.parametrize("name", HOSTILE)
def test_work_and_memory_are_in_proportion_to_the_text(name):
    text = hostile(name, 4_000)
    calls = 0

    def count(_frame, event, _argument):
        nonlocal calls
        calls += event in ("call", "c_call")

    tracemalloc.start()
    sys.setprofile(count)
    try:
        with contextlib.suppress(DefinitionError):
            parse_definition(text)
    finally:
        sys.setprofile(None)
        _, peak_bytes = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert calls <= 50 * len(text)
    assert peak_bytes <= 1_000 * len(text)


def test_a_text_that_is_too_long_is_not_even_scanned():
    with pytest.raises(DefinitionError, match="20,000 characters"):
        tokenize("/*" * MAX_TEXT_LENGTH)
