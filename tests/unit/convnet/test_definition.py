"""Definitions: what is accepted, what is refused and where, and that no text can do harm."""

import contextlib
import itertools
import re
import sys
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from convnet import Net
from convnet.definition import format_definition, parse_definition
from convnet.definition.program import MAX_FIELDS, MAX_ITEMS
from convnet.definition.tokens import MAX_TEXT_LENGTH, MAX_TOKEN_LENGTH, tokenize
from convnet.errors import ConvNetError, DefinitionError

fuzz = settings(max_examples=300, deadline=None)  # a busy machine is no fault

CONVNETJS_DEFAULT = """\
layer_defs = [];
layer_defs.push({type:'input', out_sx:28, out_sy:28, out_depth:1});
layer_defs.push({type:'fc', num_neurons:50, activation:'tanh'});
layer_defs.push({type:'fc', num_neurons:50, activation:'tanh'});
layer_defs.push({type:'fc', num_neurons:2});
layer_defs.push({type:'fc', num_neurons:50, activation:'tanh'});
layer_defs.push({type:'fc', num_neurons:50, activation:'tanh'});
layer_defs.push({type:'regression', num_neurons:28*28});

net = new convnetjs.Net();
net.makeLayers(layer_defs);

trainer = new convnetjs.SGDTrainer(net, {learning_rate:1, method:'adadelta', batch_size:50, l2_decay:0.001, l1_decay:0.001});
"""  # noqa: E501

PYTHON_DEFAULT = """\
from convnet import Net, Trainer

pixels = 28 * 28  # an image
layer_defs = [
    dict(type="input", out_sx=28, out_sy=28, out_depth=1),
    dict(type="fc", num_neurons=50, activation="tanh"),
    dict(type="fc", num_neurons=50, activation="tanh"),
    dict(type="fc", num_neurons=2),  # the bottleneck
    {"type": "fc", "num_neurons": 50, "activation": "tanh"},
]
layer_defs.append(dict(type="fc", num_neurons=50, activation="tanh"))
layer_defs.append(dict(type="regression", num_neurons=pixels))

net = Net(layer_defs)
trainer = Trainer(
    net, learning_rate=1, method="adadelta", batch_size=50,
    l2_decay=0.001, l1_decay=0.001,
)
"""

TANH = {"type": "fc", "num_neurons": 50, "activation": "tanh"}
DEFAULT_LAYERS = [
    {"type": "input", "out_sx": 28, "out_sy": 28, "out_depth": 1},
    *[TANH, TANH, {"type": "fc", "num_neurons": 2}, TANH, TANH],
    {"type": "regression", "num_neurons": 784},
]
DEFAULT_OPTIONS = {
    "learning_rate": 1,
    "method": "adadelta",
    "batch_size": 50,
    "l2_decay": 0.001,
    "l1_decay": 0.001,
}

CONVNETJS_CLASSIFY2D = """\

layer_defs = [];
layer_defs.push({type:'input', out_sx:1, out_sy:1, out_depth:2});
layer_defs.push({type:'fc', num_neurons:6, activation: 'tanh'});
layer_defs.push({type:'fc', num_neurons:2, activation: 'tanh'});
layer_defs.push({type:'softmax', num_classes:2});

net = new convnetjs.Net();
net.makeLayers(layer_defs);

trainer = new convnetjs.SGDTrainer(net, {learning_rate:0.01, momentum:0.1, batch_size:10, l2_decay:0.001});
"""  # noqa: E501

CONVNETJS_MNIST = """\
layer_defs = [];
  layer_defs.push({type:'input', out_sx:24, out_sy:24, out_depth:1});
  layer_defs.push({type:'conv', sx:5, filters:8, stride:1, pad:2, activation:'relu'});
  layer_defs.push({type:'pool', sx:2, stride:2});
  layer_defs.push({type:'softmax', num_classes:10});

  net = new convnetjs.Net();
  net.makeLayers(layer_defs);

  trainer = new convnetjs.SGDTrainer(net, {method:'adadelta', batch_size:20, l2_decay:0.001});
"""

CONVNETJS_IMAGE_REGRESSION = """\
layer_defs = [];
layer_defs.push({type:'input', out_sx:1, out_sy:1, out_depth:2}); // 2 inputs: x, y
layer_defs.push({type:'fc', num_neurons:20, activation:'relu'});
layer_defs.push({type:'regression', num_neurons:3}); // 3 outputs: r,g,b

net = new convnetjs.Net();
net.makeLayers(layer_defs);

trainer = new convnetjs.SGDTrainer(net, {learning_rate:0.01, momentum:0.9, batch_size:5, l2_decay:0.0});
"""  # noqa: E501

CONVNETJS_TRAINERS = """
// lets use an example fully-connected 2-layer ReLU net
var layer_defs = [];
layer_defs.push({type:'input', out_sx:24, out_sy:24, out_depth:1});
layer_defs.push({type:'softmax', num_classes:10});

// below fill out the trainer specs you wish to evaluate, and give them names for legend
var LR = 0.01; // learning rate
var BS = 8; // batch size
nets = [];
trainer_defs = [];
trainer_defs.push({learning_rate:LR, method: 'adam', eps: 1e-8, beta1: 0.9, batch_size:BS});
trainer_defs.push({learning_rate:1.0, method: 'adadelta', eps: 1e-6, ro:0.95, batch_size:BS});

// names for all trainers above
legend = ['adam', 'adadelta'];
"""


def layer_value(expression):
    """What one field holds that is written as `expression` in Python."""
    layers, _ = parse_definition(f'layer_defs = [dict(type="fc", x={expression})]')
    return layers[0]["x"]


# What is accepted


def test_the_default_definition_of_convnetjs_is_read_as_it_is_pasted():
    assert parse_definition(CONVNETJS_DEFAULT) == (DEFAULT_LAYERS, DEFAULT_OPTIONS)


def test_the_same_definition_in_python_means_the_same():
    assert parse_definition(PYTHON_DEFAULT) == (DEFAULT_LAYERS, DEFAULT_OPTIONS)


def test_the_definitions_of_convnetjs_other_demos_are_read():
    layers, options = parse_definition(CONVNETJS_CLASSIFY2D)
    assert [layer["type"] for layer in layers] == ["input", "fc", "fc", "softmax"]
    assert options == {"learning_rate": 0.01, "momentum": 0.1, "batch_size": 10, "l2_decay": 0.001}

    layers, options = parse_definition(CONVNETJS_MNIST)
    conv = {"type": "conv", "sx": 5, "filters": 8, "stride": 1, "pad": 2, "activation": "relu"}
    assert layers[1:3] == [conv, {"type": "pool", "sx": 2, "stride": 2}]
    assert options == {"method": "adadelta", "batch_size": 20, "l2_decay": 0.001}

    layers, options = parse_definition(CONVNETJS_IMAGE_REGRESSION)
    assert layers[2] == {"type": "regression", "num_neurons": 3}
    assert options["momentum"] == 0.9

    layers, options = parse_definition(CONVNETJS_TRAINERS)
    assert [layer["type"] for layer in layers] == ["input", "softmax"]
    assert options == {}


A, B = {"type": "a"}, {"type": "b"}


@pytest.mark.parametrize(
    ("text", "layers", "options"),
    [
        ('layer_defs = [dict(type="a")]', [A], {}),
        ("layer_defs = [dict(type='a',),]", [A], {}),
        ('layer_defs = [{"type": "a"}]', [A], {}),
        ("layer_defs = [{'type': 'a',}, {type: \"b\"},];", [A, B], {}),
        ("layer_defs = []\nlayer_defs.append(dict(type='a'))", [A], {}),
        ("layer_defs = []\nlayer_defs.extend([dict(type='a'), dict(type='b')])", [A, B], {}),
        ("layer_defs = [dict(type='a')]\nlayer_defs += [dict(type='b')]", [A, B], {}),
        ("enc = [dict(type='a')]\ndec = [dict(type='b')]\nnet = Net(enc + dec)", [A, B], {}),
        ("var layer_defs = []; layer_defs.push({type:'a'}, {type:'b'})", [A, B], {}),
        ("let d = [{type:'a'}]\nconst e = 3", [A], {}),
        ("var layer_defs, net, trainer;\nlayer_defs = [{type:'a'}];", [A], {}),
        ("var n = 1, layer_defs = [{type:'a'}]", [A], {}),
        ("layer_defs = [{type:'a'}] /* a\n comment */ // and one more", [A], {}),
        ("layer_defs\n  = [\n{\ntype\n:'a'\n}\n]\n", [A], {}),
        ("layer_defs = [{type:'a'}]\nlayer_defs\n  .push({type:'b'})", [A, B], {}),
        ("layer_defs = \\\n [dict(type='a')]", [A], {}),
        ("a = dict(type='a')\nlayer_defs = [a, a]", [A, A], {}),
        ("common = dict(x=1)\nlayer_defs = [dict(common, type='a')]", [{"x": 1} | A], {}),
        ("common = dict(x=1)\nlayer_defs = [dict(type='a', **common)]", [A | {"x": 1}], {}),
        ("kind = 'a'\nlayer_defs = [dict(type=kind)]", [A], {}),
        ("import os\nimport numpy as np; layer_defs = [dict(type='a')]", [A], {}),
        ("from convnet import (Net, Trainer)\nlayer_defs = [dict(type='a')]", [A], {}),
        ("layer_defs = [{__proto__: 1, '__class__': 2}]", [{"__proto__": 1, "__class__": 2}], {}),
        ("layer_defs = [dict(new=1, true=2)]", [{"new": 1, "true": 2}], {}),
        ("größe = 3\nlayer_defs = [dict(x=größe)]", [{"x": 3}], {}),
        # Which list the layers are taken from.
        ("anything = [dict(type='a')]", [A], {}),
        ("defs = [dict(type='a')]\nlayer_defs = [dict(type='b')]\nnet = Net(defs)", [A], {}),
        ("x = [dict(type='a')]\nlayer_defs = [dict(type='b')]", [B], {}),
        ("x = [dict(type='a')]\ny = [dict(rate=1)]\nz = [1, 'a']", [A], {}),
        ("net = Net([dict(type='a')])", [A], {}),
        ("layer_defs = [dict(type='a')]\nnet = Net()", [A], {}),
        ("d = [dict(type='a')]\nnet = Net(d)\nd.append(dict(type='b'))", [A], {}),
        ("d = []; net = new convnetjs.Net(); d.push({type:'a'}); net.makeLayers(d)", [A], {}),
        ("n = Net([dict(type='a')])\nn = Net([dict(type='b')])", [B], {}),
        ("n = Net()\nn.makeLayers([dict(type='a')])\nn.makeLayers([dict(type='b')])", [B], {}),
        (
            "n = Net([dict(type='a')])\nt = Trainer(n, x=1)\nm = Net([dict(type='b')])",
            [A],
            {"x": 1},
        ),
        ("n = Net([dict(type='a')])\nt = Trainer(n)\nt = Trainer(n, x=2)", [A], {"x": 2}),
        ("import convnet as cn\nn = cn.Net([dict(type='a')])", [A], {}),
        ("this.d = [{type:'a'}]; window.n = new window.convnetjs.Net(); n.makeLayers(d)", [A], {}),
        (
            "const {Net} = require('convnetjs'); n = new Net(); n.makeLayers([{type:'a'}])",
            [A],
            {},
        ),
        ("var $d = new Array(); $d[0] = {type:'a'}; $d[$d.length] = {type:'b'}", [A, B], {}),
        ("d = [{type:'a'}]; console.log('made', d[0].type + x); module.exports = d", [A], {}),
        ("a = {type:'a'}; e = a; a.x = 3; d = [e]", [A | {"x": 3}], {}),
        # The trainer.
        ("net = Net([dict(type='a')])\ntrainer = Trainer(net)", [A], {}),
        ("t = Trainer(Net([dict(type='a')]), momentum=0.9,)", [A], {"momentum": 0.9}),
        ("net = Net([dict(type='a')])\nt = Trainer(net, **dict(x=1), y=2)", [A], {"x": 1, "y": 2}),
        ("net = Net([dict(type='a')])\no = {'x': 1}\nt = Trainer(net, **o)", [A], {"x": 1}),
        ("n = new Net(); n.makeLayers([{type:'a'}]); t = new Trainer(n, {x:1})", [A], {"x": 1}),
        (
            "n = new convnetjs.Net(); n.makeLayers([{type:'a'}]);"
            "o = {x:1,}; t = new convnetjs.Trainer(n, o);",
            [A],
            {"x": 1},
        ),
    ],
)
def test_it_accepts(text, layers, options):
    assert parse_definition(text) == (layers, options)


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("28*28", 784),
        ("1 + 2 * 3 - 4", 3),
        ("(1 + 2) * 3", 9),
        ("10 - 4 - 3", 3),
        ("28 / 2", 14),
        ("1 / 4", 0.25),
        ("7 // 2", 3),
        ("7 % 4", 3),
        ("2 ** 3 ** 2", 512),
        ("-2 ** 2", -4),
        ("2 ** -1", 0.5),
        ("- -+3", 3),
        ("-(1 + 1)", -2),
        ("7 / 2 | 0", 3),
        ("~~-3.7", -3),
        ("1 << 33", 2),
        ("-1 >>> 28", 15),
        ("5 & 6 ^ 1", 5),
        ("2**31 | 0", -(2**31)),
        ("Math.round(2.5)", 3),
        ("round(2.5)", 2),
        ("Math.max(1, 2, 3)", 3),
        ("Math.pow(2, 3)", 8),
        ("parseInt('12px')", 12),
        ("parseFloat('1.5x')", 1.5),
        ("Number('12')", 12),
        ("int(3.9)", 3),
        ("len([1, 2])", 2),
        ("1e-3", 0.001),
        ("1E+2", 100),
        (".5", 0.5),
        ("5.", 5),
        ("50.0", 50),
        ("1_000", 1000),
        ("0x1F", 31),
        ("0", 0),
        ("1e15", 10**15),
        ("True", True),
        ("false", False),
        ("None", None),
        ("null", None),
        ("undefined", None),
        ('"it\'s"', "it's"),
        (r"'a\\b\'c\n\t\"\/'", "a\\b'c\n\t\"/"),
        (r"'\x41\u00e9\ud83d\ude00'", "Aé😀"),
        ("'// # /* no comment'", "// # /* no comment"),
        ("'“quoted”'", "“quoted”"),
    ],
)
def test_a_field_holds(expression, value):
    found = layer_value(expression)
    assert found == value
    assert type(found) is type(value)


def test_two_slashes_are_a_comment_in_javascript_and_division_in_python():
    assert parse_definition("n = 9 // 2\nd = [dict(type='a', x=n)]")[0] == [A | {"x": 4}]
    assert parse_definition("var n = 9 // 2\nd = [{type:'a', x:n}]")[0] == [A | {"x": 9}]
    assert parse_definition("n = 9 // it's\nd = [{type:'a', x:n}]")[0] == [A | {"x": 9}]


@pytest.mark.parametrize("default", [CONVNETJS_DEFAULT, PYTHON_DEFAULT])
@pytest.mark.parametrize(
    ("written", "pasted"),
    [("\n", "\r\n"), ("\n", "\r"), (" ", "\t"), (" ", "\u00a0"), (" ", " \u200b"), ("\n", "\n\n")],
)
def test_white_space_from_any_page_is_white_space(default, written, pasted):
    text = "\ufeff" + default.replace(written, pasted)
    assert parse_definition(text) == (DEFAULT_LAYERS, DEFAULT_OPTIONS)


def test_a_result_shares_nothing_with_itself():
    layers, _ = parse_definition("a = dict(type='a')\nlayer_defs = [a, a]")
    layers[0]["type"] = "b"
    assert layers[1] == A


def test_what_is_wrong_with_a_layer_is_said_with_its_line():
    layers, _ = parse_definition(
        "a = {type:'input', out_depth:1}\nd = [a,\n  {type:'fc', num_neurons:0},\n"
        "  dict(type='svm', num_classes=2)]"
    )
    with pytest.raises(ConvNetError, match=r"^Layer 1 \(fc, line 3\): num_neurons must"):
        Net(layers)
    layers[1]["num_neurons"] = 1
    layers[2]["num_classes"] = 0
    with pytest.raises(ConvNetError, match=r"^Layer 2 \(svm, line 4\): num_classes must"):
        Net(layers)


# What is refused, and where

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


# What is written

NAMES = st.one_of(
    st.sampled_from(["type", "num_neurons", "class", "true", "None", "", "two words", "größe"]),
    st.text(max_size=12),
)
SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**15), 10**15),
    st.floats(-1e15, 1e15),
    st.text(max_size=30),
)
FIELDS = st.dictionaries(NAMES, SCALARS, max_size=6)


def test_a_definition_is_written_in_python_one_layer_a_line():
    assert format_definition(DEFAULT_LAYERS[-2:], DEFAULT_OPTIONS) == (
        "layer_defs = [\n"
        '    dict(type="fc", num_neurons=50, activation="tanh"),\n'
        '    dict(type="regression", num_neurons=784),\n'
        "]\n"
        "net = Net(layer_defs)\n"
        'trainer = Trainer(net, learning_rate=1, method="adadelta", batch_size=50, '
        "l2_decay=0.001, l1_decay=0.001)\n"
    )


def test_without_options_no_trainer_is_written():
    assert "Trainer" not in format_definition(DEFAULT_LAYERS, {})


@fuzz
@given(st.lists(FIELDS, min_size=1, max_size=5), FIELDS)
def test_what_is_written_is_read_back_equal(layers, options):
    text = format_definition(layers, options)
    assert parse_definition(text) == (layers, options)
    compile(text, "definition", "exec")


@pytest.mark.parametrize("value", [[1], {"a": 1}, float("nan"), float("inf"), 10**16, object()])
def test_what_no_definition_can_hold_is_not_written(value):
    with pytest.raises(ConvNetError, match=r'^Layer 1: .*"x"'):
        format_definition([{"type": "a"}, {"x": value}], {})
    with pytest.raises(ConvNetError, match=r'^The trainer: .*"x"'):
        format_definition([{"type": "a"}], {"x": value})


# What no text can do

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
