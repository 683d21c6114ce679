"""Definitions: what is accepted, and what it means."""

import pytest
from definition_texts import (
    CONVNETJS_CLASSIFY2D,
    CONVNETJS_DEFAULT,
    CONVNETJS_IMAGE_REGRESSION,
    CONVNETJS_MNIST,
    CONVNETJS_TRAINERS,
    DEFAULT_LAYERS,
    DEFAULT_OPTIONS,
    PYTHON_DEFAULT,
)

from convnet import Net
from convnet.definition import parse_definition
from convnet.errors import ConvNetError


def layer_value(expression):
    """What one field holds that is written as `expression` in Python."""
    layers, _ = parse_definition(f'layer_defs = [dict(type="fc", x={expression})]')
    return layers[0]["x"]


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
