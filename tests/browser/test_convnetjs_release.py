"""What npm's ConvNetJS does otherwise than the sources that ours equals, as the README says."""

from __future__ import annotations

import pytest

from peers import peer

MEASURE = """() => {
    const build = loss => {
        const net = new convnetjs.Net();
        net.makeLayers([{type: "input", out_sx: 1, out_sy: 1, out_depth: 2}, loss]);
        net.layers[1].filters.forEach(filter => filter.w.fill(0.5));
        return net;
    };
    const step = (loss, target, options) => {
        const net = build(loss), trainer = new convnetjs.Trainer(net, options);
        const cost = trainer.train(new convnetjs.Vol([1, 2]), target).cost_loss;
        return {cost, eps: trainer.eps, weights: Array.from(net.layers[1].filters[0].w)};
    };
    const regress = options => step({type: "regression", num_neurons: 2}, [0, 0], options);
    const plain = {learning_rate: 0.01, momentum: 0};
    return {
        defaults: regress({}),
        svm: step({type: "svm", num_classes: 3}, 1, {}),
        updates: ["sgd", "adam", "nesterov"].map(
            method => regress({...plain, method}).weights.join()),
        quadtransform: typeof convnetjs.QuadTransformLayer,
    };
}"""


@pytest.fixture(scope="module")
def measured(browser):
    page = browser.new_page()
    page.add_script_tag(path=peer("convnetjs") / "convnet.js")
    yield page.evaluate(MEASURE)
    page.close()


def test_its_least_divisor_is_larger(measured):
    assert measured["defaults"]["eps"] == 1e-6


def test_its_regression_loss_is_four_times_half_the_squared_error(measured):
    assert measured["defaults"]["cost"] == 4 * (1.5**2 + 1.5**2) / 2


def test_its_svm_loss_counts_the_true_class_too(measured):
    assert measured["svm"]["cost"] == 2 + 1  # equal scores: a margin of 1 for each other class


def test_it_takes_adam_and_nesterov_for_sgd(measured):
    assert len(set(measured["updates"])) == 1


def test_it_has_a_layer_that_its_successor_lost(measured):
    assert measured["quadtransform"] == "function"
