"""Definitions: what is refused, where, and in which words."""

import pytest

from convnet.definition import parse_definition
from convnet.errors import DefinitionError

PREFIX = "layer_defs = [dict(type='a')]\nnet = Net(layer_defs)\n"


@pytest.mark.parametrize(
    ("text", "line", "column", "words"),
    [
        # Nothing to read.
        ("", 1, 1, ["layer_defs = [", "none"]),
        ("  # only\n  /* comments */\n", 3, 1, ["layer_defs = ["]),
        ("x = 3", 1, 6, ["layers", "none"]),
        ("layer_defs = []", 1, 16, ["has none"]),
        ("net = Net([])", 1, 11, ["has none"]),
        ("net = Net(3)", 1, 11, ["a list", "the number 3"]),
        ("a = [dict(type='a')]\nb = [dict(type='b')]", 2, 21, ["Net(…)", '"a"', '"b"']),
        ("layer_defs = [dict(type='a'), 3]\nn = Net(layer_defs)", 2, 9, ["item 2", "number 3"]),
        # Brackets, quotes and comments.
        ("layer_defs = [\n  dict(type='a'),\n", 1, 14, ['"["', "never closed", '"]"']),
        ("d = [\n {type:'a'\n]", 3, 1, ['expected "}"', '"{" of line 2, column 2', '"]"']),
        ("d = [1]]", 1, 8, ['"]"', "none is open"]),
        ("d = [dict(type='a)]", 1, 16, ["'", "never closed"]),
        ('d = "a\n"', 1, 5, ['"', "never closed"]),
        ("d = 3 /* comment", 1, 7, ['"/*"', 'expected "*/"']),
        ("d = [dict(type=“a”)]", 1, 16, ["straight quote", "“"]),
        ("d = [{type:‘a’}]", 1, 12, ["straight quote", "‘"]),
        ("d = `a`", 1, 5, ["straight quote", "`"]),
        # Values.
        ("d = [{\n type: 'fc',\n num_neurons: }]", 3, 15, ['after "num_neurons:"', '"}"']),
        ("d = [dict(x=)]", 1, 13, ['a value after "x="', '")"']),
        ("d =", 1, 4, ['a value after "d="', "the end of the text"]),
        ("d = [1 +]", 1, 9, ['a value after "+"', '"]"']),
        ("d = [1, , 2]", 1, 9, ['a value after ","', '","']),
        ("d = [1 2]", 1, 8, ['"," or "]"', '"2"']),
        ("d = (1, 2)", 1, 7, ['")"', '","']),
        ("d = {'a' 1}", 1, 10, ['":" after', '"1"']),
        ("d = {1: 2}", 1, 6, ["the name of a field", '"1"']),
        ("d = dict(type='a' x=1)", 1, 19, ['"," or ")"', '"x"']),
        ("d = dict(a=1, b=2, a=3)", 1, 20, ["once", '"a"']),
        ("d = {a:1, 'a':2}", 1, 11, ["once", '"a"']),
        ("d = dict({'a': 1}, a=2)", 1, 20, ["once", '"a"']),
        ("d = dict(1)", 1, 10, ["fields", "the number 1"]),
        ("d = dict(**1)", 1, 10, ['"**"', "the number 1"]),
        ("a = 1\nb = a + c", 2, 9, ['("a")', '"c"']),
        ("b = c", 1, 5, ["none has", "quotes", '"c"']),
        ("b = dict(type: 'a')", 1, 14, ['"=" after "type"', '":"']),
        ("b = {type='a'}", 1, 10, ['":" after "type"', '"="']),
        ("b = a.b", 1, 5, ['"a.b"']),
        ("a = 1\nb = a.3", 2, 6, ['";" or a new line', '".3"']),
        ("b = new 3", 1, 9, ["a name", '"3"']),
        ("b = new Foo", 1, 12, ['"(" after "Foo"']),
        ("a = 5px", 1, 5, ["a number", '"5px"']),
        ("a = 1.2.3", 1, 5, ["a number", '"1.2.3"']),
        ("a = 010", 1, 5, ["a number", '"010"']),
        (r"a = 'b\q'", 1, 7, ["escape", r'"\q"']),
        (r"a = '\ud83d'", 1, 5, ["half"]),
        ("a = {x: 1,5}", 1, 10, ["a point", "1.5"]),
        ("a = dict(x=0,5)", 1, 13, ["a point", "0.5"]),
        ("a = 0,5", 1, 6, ["a point", "0.5"]),
        ("a = dict(x=0,05)", 1, 14, ["a point", '"05"']),
        # Arithmetic.
        ("a = 1 / (2 - 2)", 1, 7, ["other than 0", '"/"']),
        ("a = 1 // 0", 1, 7, ["other than 0", '"//"']),
        ("a = 1 % 0", 1, 7, ["other than 0", '"%"']),
        ("a = -1 % 3", 1, 8, ["positive", '"%"']),
        ("a = 9**9**9", 1, 6, ["1e15"]),
        ("a = 0 ** -1", 1, 7, ["1e15"]),
        ("a = (-8) ** 0.5", 1, 10, ["1e15"]),
        ("a = 1e15 + 1", 1, 10, ["1e15"]),
        ("a = 1e999", 1, 5, ["1e15"]),
        ("a = " + "9" * 900, 1, 5, ["1e15"]),
        ("a = 0x" + "f" * 900, 1, 5, ["1e15"]),
        ("a = 'a' * 10**9", 1, 9, ['beside "*"', 'the text "a"']),
        ("a = 'a' + 'b'", 1, 9, ['beside "+"', 'the text "a"']),
        ("a = [1] * 1000", 1, 9, ['beside "*"', "a list"]),
        ("a = -True", 1, 5, ['beside "-"', "true"]),
        # Statements.
        ("a = 1 b = 2", 1, 7, ['";" or a new line after "1"', '"b"']),
        ("alert(1)", 1, 1, ['a call of "alert"', "no page"]),
        ("a = Math.random()", 1, 5, ['a call of "Math.random"', "no chance"]),
        ("for x in y: z", 1, 1, ["no loops", '"for"', "each layer"]),
        ("while (true) {}", 1, 1, ["no loops", '"while"']),
        ("def f(): pass", 1, 1, ["no functions", '"def"']),
        ("function f() {}", 1, 1, ["no functions", '"function"']),
        ("a = 1\n3", 2, 1, ["statements", '"3"']),
        ("a == 1", 1, 3, ["no conditions", '"=="']),
        ("True = 1", 1, 1, ["variable", '"True"']),
        ("var 3", 1, 5, ["variable", '"3"']),
        ("a. = 1", 1, 4, ["a name", '"="']),
        ("a.push(1)", 1, 1, ['"a"']),
        ("a = 3\na.push(1)", 2, 1, ["a list", "the number 3"]),
        ("a = []\na.extend(3)", 2, 10, ["a list", "the number 3"]),
        ("a = []\na += 3", 2, 6, ["a list", "the number 3"]),
        ("a = []\na.pop()", 2, 1, ['a call of "a.pop"']),
        # Calls.
        ("a = __import__('os')", 1, 5, ["dict(…)", 'a call of "__import__"']),
        ("a = eval('1')", 1, 5, ["dict(…)", 'a call of "eval"']),
        ("import os; a = os.system('ls')", 1, 16, ["dict(…)", 'a call of "os.system"']),
        ("a = new convnetjs.Vol(1)", 1, 5, ['a call of "convnetjs.Vol"', "runs nothing"]),
        ("a = lambda: 1", 1, 5, ['"lambda"']),
        ("a = [x for x in y]", 1, 8, ["no loops", '"for"']),
        # Network and trainer.
        (PREFIX + "t = Trainer(learning_rate=1)", 3, 5, ["the network first"]),
        (PREFIX + "t = Trainer(layer_defs)", 3, 5, ["the network first"]),
        (PREFIX + "t = Trainer(net, 0.1)", 3, 18, ["options", "the number 0.1"]),
        (PREFIX + "t = Trainer(net, rate=net)", 3, 5, ['"rate"', "a network"]),
        ("net = Net(seed=0)", 1, 7, ["list of layers"]),
        ("net = Net()\nnet.makeLayers()", 2, 1, ["one list of layers"]),
        ("a = 1\na.makeLayers([])", 2, 1, ["a network", "the number 1"]),
        ("const {a} = require('x')", 1, 8, ["SGDTrainer", '"a"']),
        ("const {Net} = 3", 1, 15, ["the library", "the number 3"]),
        ("a = [...b]", 1, 6, ["no spreads", '"..."', "concat"]),
        ("a = 3 > 2 ? 1 : 2", 1, 7, ["no conditions", '">"']),
        ("a = function () {}", 1, 5, ["no functions", '"function"']),
        ("a = x => x", 1, 7, ["no functions", '"=>"']),
        ("class A {}", 1, 1, ["no classes"]),
        ("try {} catch {}", 1, 1, ["no error handling"]),
        ("a = 1\nif (a) {}", 2, 1, ["no conditions", '"if"']),
        (PREFIX + "t = Trainer(net)\nt.train(x, y)", 4, 1, ['"t.train"', "runs nothing"]),
        ("a = [1]\nb = a[1]", 2, 7, ["an item, one of 1", "the number 1"]),
        ("a = {x: 1}\nb = a.y", 2, 5, ['("x")', '"y"']),
        ("a = Math.sqrt(-1)", 1, 5, ["Math.sqrt(…)"]),
        ("a = Math.floor('x')", 1, 5, ["numbers in Math.floor(…)"]),
        ("d = [dict(x=[1])]\nn = Net(d)", 2, 9, ['"x"', "a list"]),
        # Limits.
        ("n = Net()\n" + "n.makeLayers([dict(type='a')])\n" * 11, 12, 1, ["10 networks"]),
        ("a = []\na[1000] = 1", 2, 1, ["a list"]),
        ("a = Array(1001)", 1, 5, ["1,000 items"]),
        ("a = 1\n" * 5_000, 1, 1, ["20,000", "30,000"]),
        ("a = " + "b" * 1001, 1, 5, ["1,000", "1,001"]),
        ("a = '" + "b" * 1001 + "'", 1, 5, ["1,000", "1,003"]),
        ("a = " + "(" * 50 + "1" + ")" * 50, 1, 55, ["50 levels"]),
        ("a = [" + "1," * 1001 + "]", 1, 2006, ["1,000 items"]),
        ("a = [1]\n" + "a += a\n" * 10, 11, 6, ["1,000 items"]),
        ("a = {" + ",".join(f"f{i}: 1" for i in range(101)) + "}", 1, 696, ["100 fields"]),
    ],
)
def test_it_refuses(text, line, column, words):
    with pytest.raises(DefinitionError) as caught:
        parse_definition(text)
    message = str(caught.value)
    assert (caught.value.line, caught.value.column) == (line, column), message
    assert message.startswith(f"Line {line}, column {column}: ")
    for word in words:
        assert word in message


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_end_counts_and_a_tab_is_one_column(newline):
    with pytest.raises(DefinitionError, match=r"^Line 4, column 3: "):
        parse_definition(newline.join(["a = 1", "/* two", "lines */", "\t\t?"]))


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a = 1\n" + "b" * 100 + "()", '"' + "b" * 39 + '…"'),
        ("a = 1 '" + "b" * 100 + "'", "'" + "b" * 38 + "…"),
        ("a = '\a\x00\u202e\u200b' * 2", r'"\x07\x00\u202e\u200b"'),
        ("a = 1 \ud800", r'"\ud800"'),
    ],
)
def test_a_message_shortens_what_it_quotes_and_shows_what_cannot_be_seen(text, shown):
    with pytest.raises(DefinitionError) as caught:
        parse_definition(text)
    assert shown in str(caught.value)
    assert str(caught.value).isprintable()
