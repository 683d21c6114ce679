"""What tests do with a session, and definitions to do it with."""

from __future__ import annotations

import json

from convnet.json_text import json_pieces
from convnet.steps import finish

INPUT = '{type:"input", out_sx:28, out_sy:28, out_depth:1}'
OUTPUT = '{type:"regression", num_neurons:784}'


def definition(*hidden, first=INPUT, last=OUTPUT, trainer="batch_size:50"):
    layers = ", ".join([first, *hidden, last])
    return f"net = Net([{layers}]); trainer = Trainer(net, {{{trainer}}});"


SMALL = definition('{type:"fc", num_neurons:4}', trainer='method:"sgd", learning_rate:0.01')


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
    return {
        "objects": [id(each) for each in (run, session.averages, session.curve, digit_map)],
        "arrays": [array.tobytes() for array in run.trainer.state.arrays],
        "options": dict(vars(run.trainer.options)),
        "curve": session.curve.to_json(),
        "loss": session.averages.loss,
        "definition": run.definition,
        "examples_seen": run.examples_seen,
        "map": (digit_map.layer, digit_map.neurons),
        "noise": run.noise,
        "random": str([each.bit_generator.state for each in (run.order, run.corruption)]),
        "paused": session.paused,
    }
