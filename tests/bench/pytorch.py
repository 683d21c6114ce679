"""PyTorch as a contender, if it is installed.

python -m tests.bench.pytorch digits.json <job.json
"""

from __future__ import annotations

import json
import math
import sys
from pathlib import Path
from typing import Any

from tests.bench.training import read_minibatches, timed

try:
    import torch
except ImportError:
    torch = None


def layers_of(definition: dict[str, Any], shape: tuple[int, ...]) -> list[torch.nn.Module]:
    """A definition as PyTorch's layers, for inputs (channels, height, width) or (neurons,)."""
    activations = {"tanh": torch.nn.Tanh, "relu": torch.nn.ReLU}
    activation = definition.get("activation")
    if definition["type"] == "conv":
        layer = torch.nn.Conv2d(
            shape[0],
            definition["filters"],
            definition["sx"],
            stride=definition["stride"],
            padding=definition["pad"],
        )
        layers = [layer]
    else:
        layer = torch.nn.Linear(math.prod(shape), definition["num_neurons"])
        layers = [torch.nn.Flatten(), layer] if len(shape) > 1 else [layer]
    torch.nn.init.normal_(layer.weight, std=1 / math.sqrt(layer.weight[0].numel()))
    torch.nn.init.constant_(layer.bias, 0.1 if activation == "relu" else 0)
    return [*layers, activations[activation]()] if activation else layers


def network(definitions: list[dict[str, Any]]) -> torch.nn.Module:
    """The network that starts as ConvNetJS would have it start."""
    shape = (1, 28, 28)
    layers: list[torch.nn.Module] = []
    for definition in definitions[1:]:
        new = layers_of(definition, shape)
        shape = torch.nn.Sequential(*new)(torch.zeros(1, *shape)).shape[1:]
        layers += new
    return torch.nn.Sequential(*layers)


def measure(job: str, digits: str) -> str:
    """One round of training; see `engine.measure`."""
    job = json.loads(job)
    if torch is None:
        return json.dumps({"unsupported": "not installed"})
    torch.set_num_threads(1)
    torch.manual_seed(0)
    options = job["trainer"]
    size = options["batch_size"]
    net = network(job["layers"])
    decayed = [p for p in net.parameters() if p.dim() > 1]
    biases = [p for p in net.parameters() if p.dim() == 1]
    optimizer = torch.optim.Adadelta(
        [{"params": decayed, "weight_decay": options["l2_decay"] / size}, {"params": biases}],
        lr=1,
        rho=options["ro"],
        eps=options["eps"],
    )
    targets = list(torch.from_numpy(read_minibatches(digits, size)))
    inputs = [target.reshape(size, 1, 28, 28) for target in targets]

    def step(number: int) -> torch.Tensor:
        i = number % len(targets)
        optimizer.zero_grad()
        loss = 0.5 / size * (net(inputs[i]) - targets[i]).square().sum()
        loss.backward()
        optimizer.step()
        return loss.detach()

    return json.dumps(timed(step, job["warm_up"], job["seconds"]))


if __name__ == "__main__":
    print(measure(sys.stdin.read(), Path(sys.argv[1]).read_text()))
