"""What tests do with a session, and definitions to do it with."""

from __future__ import annotations

import json
from functools import cache

from serve import ROOT

from autoencoder.digits import Digits
from autoencoder.session import Session
from convnet.json_text import json_pieces
from convnet.mnist import decode_shard
from convnet.steps import finish

INPUT = '{type:"input", out_sx:28, out_sy:28, out_depth:1}'
OUTPUT = '{type:"regression", num_neurons:784}'


def definition(*hidden, first=INPUT, last=OUTPUT, trainer="batch_size:50"):
    layers = ", ".join([first, *hidden, last])
    return f"net = Net([{layers}]); trainer = Trainer(net, {{{trainer}}});"


SMALL = definition('{type:"fc", num_neurons:4}', trainer='method:"sgd", learning_rate:0.01')


@cache
def unseen():
    """The first test digits, which no run changes."""
    folder = ROOT / "assets/mnist"
    entry = json.loads((folder / "manifest.json").read_text())["test"][0]
    digits = Digits(2 * entry["count"], "The map")
    digits.add(*decode_shard((folder / entry["file"]).read_bytes(), entry))
    return digits


def new_session(digits, seed=None):
    return Session(digits, unseen(), seed)


def train(session, steps):
    for _ in range(steps):
        session.step()


def reload(session, text):
    finish(session.reload(text))


def save(session):
    return json.loads("".join(json_pieces(finish(session.save()))))


def load(session, snapshot):
    finish(session.load(snapshot))


def state(session):
    """All that a visitor could miss if it were gone."""
    run, digit_map = session.run, session.digit_map
    streams = run.random_order, run.random_corruption
    return {
        "objects": [id(each) for each in (run, session.averages, session.curve, digit_map)],
        "arrays": [array.tobytes() for array in run.trainer.state.arrays],
        "options": dict(vars(run.trainer.options)),
        "curve": session.curve.to_json(),
        "loss": session.averages.loss,
        "definition": run.definition,
        "examples_seen": run.examples_seen,
        "map": (digit_map.layer, digit_map.neurons),
        "noise": run.corruption,
        "random": str([each.bit_generator.state for each in streams]),
        "paused": session.paused,
    }
