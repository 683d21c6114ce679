"""Definitions as they stand on ConvNetJS's pages and in ours, and what the default one means."""

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
