"""Small networks to train."""

LINE = [{"type": "input", "out_depth": 1}, {"type": "regression", "num_neurons": 1}]
DIGITS = [
    {"type": "input", "out_sx": 28, "out_sy": 28, "out_depth": 1},
    {"type": "conv", "filters": 4, "sx": 5, "stride": 2, "pad": 2, "activation": "relu"},
    {"type": "pool", "sx": 2},
    {"type": "fc", "num_neurons": 20, "activation": "tanh", "drop_prob": 0.1},
    {"type": "regression", "num_neurons": 784},
]
