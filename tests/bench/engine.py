"""Our engine as a contender: on CPython this file is the program, in Pyodide a module.

python -m tests.bench.engine digits.json <job.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.bench.training import read_minibatches, timed

from convnet import Net, Trainer
from convnet.compute import NumPy, best_backend


def measure(job: str, digits: str) -> str:
    """One round of training.

    Args:
        job: JSON of `layers`, `trainer`, `warm_up`, `seconds`, and `backend`, "simd" or "numpy".
        digits: the text of digits.json.

    Returns:
        JSON of what `timed` says, or of the reason why this cannot be done, `unsupported`.
    """
    job = json.loads(job)
    backend = best_backend() if job["backend"] == "simd" else NumPy()
    if job["backend"] == "simd" and backend.name == "NumPy":
        return json.dumps({"unsupported": backend.reason})
    net = Net(job["layers"], seed=0, backend=backend)
    trainer = Trainer(net, **job["trainer"])
    minibatches = list(read_minibatches(digits, job["trainer"]["batch_size"]))

    def step(number: int) -> float:
        minibatch = minibatches[number % len(minibatches)]
        return trainer.train(minibatch, minibatch).cost_loss

    return json.dumps(timed(step, job["warm_up"], job["seconds"]))


if __name__ == "__main__":
    print(measure(sys.stdin.read(), Path(sys.argv[1]).read_text()))
