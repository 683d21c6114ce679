"""Networks that browser tests define, and what is in them."""

from __future__ import annotations

LAYERS = [
    ("input", 784), ("fc", 50), ("tanh", 50), ("fc", 50), ("tanh", 50), ("fc", 2),
    ("fc", 50), ("tanh", 50), ("fc", 50), ("tanh", 50), ("fc", 784), ("regression", 784),
]  # fmt: skip
SMALL = """\
layer_defs = [
    dict(type="input", out_sx=28, out_sy=28, out_depth=1),
    dict(type="fc", num_neurons=3, activation="tanh"),
    dict(type="regression", num_neurons=28*28),
]
net = Net(layer_defs)
trainer = Trainer(net, method="sgd", learning_rate=0.01, momentum=0, batch_size=50, l2_decay=0.001)
"""
# The text that ConvNetJS's demo opens with.
CONVNETJS_TEXT = """\
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


def numbers(snapshot: dict) -> list[float]:
    """Every parameter of a network, layer by layer."""
    return [
        value
        for layer in snapshot["layers"]
        if layer["layer_type"] == "fc"
        for volume in (*layer["filters"], layer["biases"])
        for value in volume["w"]
    ]


CONVOLUTIONAL = """\
layer_defs = [
    dict(type="input", out_sx=28, out_sy=28, out_depth=1),
    dict(type="conv", sx=5, filters=16, stride=2, pad=2, activation="relu"),
    dict(type="pool", sx=2, stride=2),
    dict(type="conv", sx=3, filters=8, pad=1),
    dict(type="fc", num_neurons=1),
    dict(type="fc", num_neurons=2000),
    dict(type="regression", num_neurons=28*28),
]
trainer = Trainer(Net(layer_defs), method="adadelta", batch_size=20)
"""
