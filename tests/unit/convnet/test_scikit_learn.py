"""What the engine measures is what scikit-learn measures, on real digits."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from sklearn.decomposition import PCA
from sklearn.neighbors import KNeighborsClassifier, NearestNeighbors

from convnet import Net
from convnet.__main__ import main
from convnet.compute import best_backend
from convnet.evaluation import AGREEMENT_CODES, Codes, Losses, go_over
from convnet.minibatch import to_pixels
from convnet.mnist import read_digits
from convnet.neighbours import NEIGHBOURS, class_agreement, nearest
from convnet.pca import Moments, principal_components
from convnet.steps import finish

FOLDER = Path(__file__).parents[3] / "assets/mnist"
BACKEND = best_backend()
SOME = 8000
DEFAULT = [
    {"type": "input", "out_sx": 28, "out_sy": 28, "out_depth": 1},
    {"type": "fc", "num_neurons": 50, "activation": "tanh"},
    {"type": "fc", "num_neurons": 2},
    {"type": "fc", "num_neurons": 50, "activation": "tanh"},
    {"type": "regression", "num_neurons": 784},
]
CLASSIFIER = [*DEFAULT[:2], {"type": "softmax", "num_classes": 10}]


@pytest.fixture(scope="module")
def training():
    return read_digits(FOLDER, "train").images


@pytest.fixture(scope="module")
def digits():
    return read_digits(FOLDER, "test")


@pytest.fixture(scope="module")
def moments(training):
    """Of all training digits."""
    return finish(Moments.in_steps(training, BACKEND, 1.0))


def measured(net, digits, layer=None):
    """The mean loss, and the codes for class agreement."""
    losses, codes = Losses(net), Codes(net, AGREEMENT_CODES, layer)
    finish(go_over(net, digits, [losses, codes]))
    return losses.mean, codes


def agreement_by_scikit_learn(codes, labels):
    """Each code's class by its neighbours, among which it does not count itself."""
    classifier = KNeighborsClassifier(NEIGHBOURS, algorithm="brute").fit(codes, labels)
    return classifier.score(None, labels)


@pytest.fixture(scope="module")
def theirs(training):
    """scikit-learn's principal components of the first training digits, by another algorithm."""
    return PCA(30, svd_solver="full").fit(to_pixels(training[:SOME]).astype(np.float64))


@pytest.mark.parametrize("size", [2, 10, 30])
def test_principal_components_are_scikit_learns(training, theirs, digits, size):
    moments = finish(Moments.in_steps(training[:SOME], BACKEND))
    pca = finish(principal_components(moments, size, BACKEND))
    components = theirs.components_[:size]
    np.testing.assert_allclose(np.abs((pca.components * components).sum(axis=1)), 1, atol=1e-6)
    pixels = to_pixels(digits.images) - theirs.mean_
    errors = pixels - pixels @ components.T @ components
    expected = 0.5 * np.square(errors).sum(axis=1).mean()
    assert measured(pca.network(BACKEND), digits)[0] == pytest.approx(expected, abs=1e-4)


@pytest.mark.parametrize(("size", "loss"), [(2, 21.82), (3, 20.23), (10, 13.36), (30, 6.93)])
def test_what_all_training_digits_components_lose(moments, digits, size, loss):
    pca = finish(principal_components(moments, size, BACKEND))
    assert round(measured(pca.network(BACKEND), digits)[0], 2) == loss


@pytest.mark.parametrize("size", [2, 10, 784])
def test_neighbours_are_scikit_learns(moments, digits, size):
    pca = finish(principal_components(moments, size, BACKEND))
    codes = pca.encode(to_pixels(digits.images[:1000]).astype(np.float64))
    theirs = NearestNeighbors(n_neighbors=4, algorithm="brute").fit(codes)
    expected = theirs.kneighbors(codes[:300], return_distance=False)
    assert (finish(nearest(codes, codes[:300], 4)) == expected).mean() > 0.999


@pytest.mark.parametrize("size", [2, 10])
def test_class_agreement_is_scikit_learns_leave_one_out_accuracy(moments, digits, size):
    _, codes = measured(
        finish(principal_components(moments, size, BACKEND)).network(BACKEND), digits
    )
    expected = agreement_by_scikit_learn(codes.values.astype(np.float64), codes.labels)
    agreement = finish(class_agreement(codes.values, codes.labels))
    assert agreement == pytest.approx(expected, abs=1e-3)


def test_class_agreement_of_3000_codes_of_two_components_is_42_percent(moments, digits):
    pca = finish(principal_components(moments, 2, BACKEND))
    codes = pca.encode(to_pixels(digits.images[:3000]))
    assert round(finish(class_agreement(codes, digits.labels[:3000])), 2) == 0.42


def test_evaluate_prints_what_scikit_learn_measures(moments, digits, tmp_path, capsys):
    net, path = Net(DEFAULT, seed=3), tmp_path / "net.json"
    path.write_text(json.dumps(net.to_json()))
    assert main(["evaluate", str(path), "--data", str(FOLDER)]) == 0
    pixels = to_pixels(digits.images).astype(np.float64)
    wide = Net.from_json(net.to_json(), dtype=np.float64)
    loss = 0.5 * np.square(wide.forward(pixels).reshape(pixels.shape) - pixels).sum(axis=1).mean()
    codes = wide.layers[3].out_act.reshape(-1, 2)[:AGREEMENT_CODES]
    pca = finish(principal_components(moments, 2, BACKEND))
    errors = pca.reconstruct(pca.encode(pixels)) - pixels
    expected = [
        loss,
        agreement_by_scikit_learn(codes, digits.labels[:AGREEMENT_CODES]),
        0.5 * np.square(errors).sum(axis=1).mean(),
        agreement_by_scikit_learn(
            pca.encode(pixels[:AGREEMENT_CODES]), digits.labels[:AGREEMENT_CODES]
        ),
    ]
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(": ")[0] for line in lines] == [
        "half squared error",
        "class agreement",
        "half squared error of PCA with codes of 2",
        "class agreement of PCA",
    ]
    printed = [float(line.split(": ")[1].split()[0]) for line in lines]
    np.testing.assert_allclose(printed, expected, atol=1e-3)


def test_evaluate_prints_a_classifiers_error_rate_and_class_agreement(digits, tmp_path, capsys):
    net, path = Net(CLASSIFIER, seed=3), tmp_path / "net.json"
    path.write_text(json.dumps(net.to_json()))
    assert main(["evaluate", str(path), "--data", str(FOLDER)]) == 0
    pixels = to_pixels(digits.images)
    wrong = net.forward(pixels).reshape(-1, 10).argmax(axis=1) != digits.labels
    codes = net.layers[1].out_act.reshape(-1, 50)[:AGREEMENT_CODES].astype(np.float64)
    rate, agreement = capsys.readouterr().out.splitlines()
    assert rate == f"error rate: {wrong.mean():.2%} of 10,000 digits"
    theirs = agreement_by_scikit_learn(codes, digits.labels[:AGREEMENT_CODES])
    assert float(agreement.split()[2]) == pytest.approx(theirs, abs=1e-3)
    assert agreement.endswith("of 2,000 codes")
