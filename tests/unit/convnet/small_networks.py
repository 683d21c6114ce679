"""Small networks to train."""

LINE = [{"type": "input", "out_depth": 1}, {"type": "regression", "num_neurons": 1}]
DIGITS = [
    {"type": "input", "out_sx": 28, "out_sy": 28, "out_depth": 1},
    {"type": "conv", "filters": 4, "sx": 5, "stride": 2, "pad": 2, "activation": "relu"},
    {"type": "pool", "sx": 2},
    {"type": "fc", "num_neurons": 20, "activation": "tanh", "drop_prob": 0.1},
    {"type": "regression", "num_neurons": 784},
]
EVERY_LAYER = [
    {"type": "input", "out_sx": 6, "out_sy": 6, "out_depth": 1},
    {"type": "conv", "filters": 4, "sx": 3, "sy": 2, "pad": 1, "activation": "relu"},
    {"type": "lrn", "n": 3, "k": 1, "alpha": 0.1, "beta": 0.75},
    {"type": "pool", "sx": 2},
    {"type": "fc", "num_neurons": 6, "activation": "maxout", "group_size": 3, "l1_decay_mul": 1},
    {"type": "fc", "num_neurons": 5, "activation": "sigmoid", "drop_prob": 0.2},
    {"type": "fc", "num_neurons": 5, "activation": "tanh"},
    {"type": "regression", "num_neurons": 3},
]
