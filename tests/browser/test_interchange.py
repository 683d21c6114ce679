"""ConvNetJS itself, in a page of its own, and our page read what the other has trained."""

from __future__ import annotations

import json

import numpy as np
import pytest
from serve import ROOT

from convnet import Net, Trainer
from peers import peer

PIXELS = 28 * 28
TRAINER = {"method": "adadelta", "eps": 1e-6, "batch_size": 50, "l2_decay": 0.001}
AUTOENCODER = [
    {"type": "input", "out_sx": 28, "out_sy": 28, "out_depth": 1},
    {"type": "fc", "num_neurons": 50, "activation": "tanh"},
    {"type": "fc", "num_neurons": 50, "activation": "tanh"},
    {"type": "fc", "num_neurons": 2},
    {"type": "fc", "num_neurons": 50, "activation": "tanh"},
    {"type": "fc", "num_neurons": 50, "activation": "tanh"},
    {"type": "regression", "num_neurons": PIXELS},
]
# Of every type that can stand before a regression. ConvNetJS scales by drop_prob where we scale
# by 1 - drop_prob: at 0.5 the two agree.
EVERY_LAYER = [
    {"type": "input", "out_sx": 28, "out_sy": 28, "out_depth": 1},
    {"type": "conv", "sx": 5, "filters": 6, "stride": 2, "pad": 2, "activation": "relu"},
    {"type": "lrn", "k": 1, "n": 3, "alpha": 1, "beta": 0.75},
    {"type": "pool", "sx": 3, "stride": 2, "pad": 1},
    {"type": "conv", "sx": 3, "sy": 2, "filters": 8, "activation": "maxout", "group_size": 2},
    {"type": "fc", "num_neurons": 40, "activation": "sigmoid", "drop_prob": 0.5},
    {"type": "fc", "num_neurons": 30, "activation": "tanh"},
    {"type": "regression", "num_neurons": PIXELS},
]
NETWORKS = pytest.mark.parametrize(
    "layer_defs", [AUTOENCODER, EVERY_LAYER], ids=["autoencoder", "every layer"]
)


class ConvNetJS:
    """The real ConvNetJS, alone in a page, with one network."""

    def __init__(self, page):
        self._page = page
        page.add_script_tag(path=peer("convnetjs") / "convnet.js")

    def define(self, layer_defs) -> None:
        """Makes a new network, not yet trained."""
        self._page.evaluate(
            "defs => { window.net = new convnetjs.Net(); net.makeLayers(defs); }", layer_defs
        )

    def load(self, text: str) -> None:
        """Takes the network from a snapshot."""
        self._page.evaluate(
            "text => { window.net = new convnetjs.Net(); net.fromJSON(JSON.parse(text)); }", text
        )

    def save(self) -> str:
        """The network's snapshot."""
        return self._page.evaluate("JSON.stringify(net.toJSON())")

    def train(self, digits) -> np.ndarray:
        """Trains on digits, uint8 (n, 784), with a new trainer; returns what each cost."""
        costs = self._page.evaluate(
            """([digits, options]) => {
                const trainer = new convnetjs.SGDTrainer(net, options), costs = [];
                for (let start = 0; start < digits.length; start += 784) {
                    const x = new convnetjs.Vol(28, 28, 1, 0);
                    for (let i = 0; i < 784; i++) x.w[i] = digits.charCodeAt(start + i) / 255;
                    costs.push(trainer.train(x, x.w).cost_loss);
                }
                return costs;
            }""",
            [digits.tobytes().decode("latin-1"), TRAINER],  # as text they cross over fast
        )
        # This release adds up twice the squared errors; later sources, as we do, half of them.
        return np.array(costs) / 4

    def classify(self, digits, labels, options) -> np.ndarray:
        """Trains on digits, uint8 (n, 784), and their classes; returns what each cost."""
        costs = self._page.evaluate(
            """([digits, labels, options]) => {
                const trainer = new convnetjs.SGDTrainer(net, options);
                return labels.map((label, number) => {
                    const x = new convnetjs.Vol(28, 28, 1, 0), start = 784 * number;
                    for (let i = 0; i < 784; i++) x.w[i] = digits.charCodeAt(start + i) / 255;
                    return String(trainer.train(x, label).cost_loss);  // JSON has no Infinity
                });
            }""",
            [digits.tobytes().decode("latin-1"), labels.tolist(), options],
        )
        return np.array([float(cost) for cost in costs])

    def reconstruct(self, digit) -> np.ndarray:
        """What the network makes of a digit, both (784,), from 0 to 1."""
        output = self._page.evaluate(
            """digit => {
                const x = new convnetjs.Vol(28, 28, 1, 0);
                x.w.set(digit);
                return Array.from(net.forward(x).w);
            }""",
            digit.tolist(),
        )
        return np.array(output)


@pytest.fixture(scope="module")
def convnetjs(browser):
    page = browser.new_page()
    yield ConvNetJS(page)
    page.close()


@pytest.fixture(scope="module")
def digits():
    """The first shard's digits, uint8 (2000, 784)."""
    with np.load(ROOT / "assets/mnist/train-00.npz") as shard:
        return shard["images"].reshape(-1, PIXELS)


def test_a_classifier_that_is_sure_and_wrong_learns_on_as_in_convnetjs(convnetjs):
    with np.load(ROOT / "assets/mnist/train-00.npz") as shard:
        digits, labels = shard["images"][:30].reshape(-1, PIXELS), shard["labels"][:30]
    # Few and without hidden layers: at this rate, each step makes more of the last bit's rounding.
    convnetjs.define([AUTOENCODER[0], {"type": "softmax", "num_classes": 10}])
    ours = Net.from_json(convnetjs.save(), dtype=np.float64)
    options = {"learning_rate": 4, "momentum": 0.9, "batch_size": 1}
    theirs = convnetjs.classify(digits, labels, options)
    trainer = Trainer(ours, **options)
    costs = [
        trainer.train([digit / 255], [label]).cost_loss
        for digit, label in zip(digits, labels, strict=True)
    ]
    assert np.isinf(theirs).any(), "else no probability was too small for a number"
    assert np.isfinite(costs).all()
    usual = theirs < 700  # beyond, ConvNetJS takes the logarithm of a number with few bits
    np.testing.assert_allclose(np.array(costs)[usual], theirs[usual], rtol=1e-9, atol=1e-9)
    after = Net.from_json(convnetjs.save(), dtype=np.float64)
    np.testing.assert_allclose(ours.parameters, after.parameters, rtol=1e-7, atol=1e-7)


def newly_drawn(visit) -> tuple[np.ndarray, np.ndarray]:
    """What the page's network sees now and makes of it, both (784,), in 256 levels from 0 to 1."""
    visit.scroll_to("#current-reconstruction")
    visit.page.evaluate(
        """() => {
            const canvas = document.getElementById("current-reconstruction");
            canvas.getContext("2d").clearRect(0, 0, 28, 28);
            document.getElementById("clear-graph").click(); // what is clicked draws all anew
        }"""
    )
    visit.wait_until("pixelsOf(document.getElementById('current-reconstruction'))[0] !== 0")
    pictures = visit.page.evaluate(
        """["current-corrupted", "current-reconstruction"].map(
            name => [...pixelsOf(document.getElementById(name))].map(pixel => pixel & 255))"""
    )
    seen, made = np.array(pictures) / 255
    return seen, made


def as_in_convnetjs(layer_defs) -> str:
    """A definition's text."""
    return f"""
layer_defs = {json.dumps(layer_defs)};
net = new convnetjs.Net();
net.makeLayers(layer_defs);
trainer = new convnetjs.SGDTrainer(net, {json.dumps(TRAINER)});
"""


def save_text(visit) -> str:
    """The JSON text that the page saves."""
    visit.save()
    return visit.value("snapshot-json")


def weights(text: str) -> np.ndarray:
    """Every parameter in a snapshot, in float32."""
    return Net.from_json(text).parameters


def assert_reconstructs_as(visit, convnetjs: ConvNetJS) -> None:
    """Compares what the page draws with what ConvNetJS makes of the same input."""
    seen, made = newly_drawn(visit)
    expected = convnetjs.reconstruct(seen).clip(0, 1)
    assert expected.std() > 0.05, "an empty picture would prove nothing"
    np.testing.assert_allclose(made, expected, rtol=0, atol=1.01 / 255)


@NETWORKS
def test_what_convnetjs_trained_goes_on_in_our_page(visit, convnetjs, digits, layer_defs):
    convnetjs.define(layer_defs)
    costs = convnetjs.train(digits)
    assert np.mean(costs[-200:]) < 0.9 * np.mean(costs[:200])
    text = convnetjs.save()
    assert '"w":{"0":' in text, "a browser writes arrays of numbers as objects"

    visit.train(1000)
    visit.pause()
    visit.load(text)
    assert visit.number("examples-seen") == 0
    assert_reconstructs_as(visit, convnetjs)
    saved = save_text(visit)
    np.testing.assert_array_equal(weights(saved), weights(text))

    visit.resume()
    visit.train(1000)
    loss = visit.number("regression-loss")
    assert loss < 1.1 * np.mean(costs[-200:]), "it has to go on, not to start over"
    assert visit.message == ""


@NETWORKS
def test_what_our_page_trained_is_the_same_network_in_convnetjs(
    visit, convnetjs, digits, layer_defs
):
    visit.define(as_in_convnetjs(layer_defs))
    visit.train(2000)
    visit.pause()
    text = save_text(visit)

    convnetjs.load(text)
    np.testing.assert_array_equal(weights(convnetjs.save()), weights(text))
    assert_reconstructs_as(visit, convnetjs)
    ours = Net.from_json(text)
    for digit in digits[:10] / 255:
        expected = convnetjs.reconstruct(digit)
        np.testing.assert_allclose(ours.forward([digit]).ravel(), expected, rtol=1e-5, atol=1e-5)


def test_what_our_page_trained_is_trained_on_in_convnetjs(visit, convnetjs, digits):
    visit.define(as_in_convnetjs(AUTOENCODER))
    visit.train(5000)
    visit.pause()
    loss = visit.number("regression-loss")
    convnetjs.load(save_text(visit))
    costs = convnetjs.train(digits)
    assert np.mean(costs) < 1.1 * loss, "it has to go on, not to start over"
