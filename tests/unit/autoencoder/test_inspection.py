"""A neuron that is looked at closely: the digits that excite it most, and another network."""

from __future__ import annotations

import numpy as np
import pytest
from sessions import SMALL, definition, reload, train, unseen

from autoencoder.digits import Digits
from autoencoder.inspection import Inspection
from convnet import ConvNetError
from convnet.minibatch import to_pixels


@pytest.fixture
def inspected(session):
    session.inspected.choose(2, 17)
    return session.inspected


def expected(net, digits, layer, neuron):
    """The ten best and what the neuron says of them, all digits at once."""
    net.forward(to_pixels(digits.images))
    firings = net.layers[layer].out_act[..., neuron].mean(axis=(1, 2))
    best = np.argsort(-firings, kind="stable")[:10]
    return best.tolist(), firings[best]


def search(inspected, digits, count=137):
    while not inspected.search_next(digits, count):
        pass
    return inspected.best.tolist(), inspected.firings


def test_the_ten_are_those_that_excite_it_most(session, inspected):
    train(session, 20)
    best, firings = search(inspected, unseen())
    right, said = expected(session.run.net, unseen(), 2, 17)
    assert best == right
    np.testing.assert_allclose(firings, said, rtol=1e-5)
    assert inspected.compared == unseen().count


def test_where_there_is_an_area_its_mean_counts(session):
    reload(session, definition('{type:"conv", sx:5, filters:3, stride:3}'))
    session.inspected.choose(1, 2)
    best, firings = search(session.inspected, unseen())
    right, said = expected(session.run.net, unseen(), 1, 2)
    assert best == right
    np.testing.assert_allclose(firings, said, rtol=1e-4, atol=1e-6)


def test_the_first_pass_tells_the_best_so_far(inspected):
    assert not inspected.search_next(unseen(), 30)
    assert inspected.compared == inspected.searched == 30
    assert len(inspected.best) == 10
    assert max(inspected.best) < 30


def test_a_later_pass_tells_nothing_new_before_its_end(session, inspected):
    before, _ = search(inspected, unseen())
    session.run.net.parameters[:] *= -1
    inspected.search_next(unseen(), 100)
    assert inspected.best.tolist() == before
    assert inspected.compared == unseen().count
    best, _ = search(inspected, unseen())
    assert best != before
    assert best == expected(session.run.net, unseen(), 2, 17)[0]


def test_digits_that_come_later_are_searched_too(inspected, shards):
    digits = Digits(4000, "The map")
    assert inspected.search_next(digits, 200)
    assert inspected.compared == len(inspected.best) == 0
    digits.add(shards[0][0][:7], shards[0][1][:7])
    assert inspected.search_next(digits, 200)
    assert sorted(inspected.best) == list(range(7))
    digits.add(*shards[1])
    search(inspected, digits, 200)
    assert inspected.compared == digits.count


def test_what_is_no_number_comes_last(session, inspected):
    net = session.run.net
    net.parameters[:] = np.nan
    search(inspected, unseen())
    assert len(inspected.best) == 10
    assert np.isnan(inspected.firings).all()


def test_another_neuron_begins_anew(inspected):
    search(inspected, unseen())
    inspected.choose(2, 18)
    assert inspected.compared == inspected.searched == len(inspected.best) == 0
    search(inspected, unseen())
    inspected.choose(2, 18)
    assert inspected.compared, "the same one stays"


def test_neurons_follow_one_another_in_a_ring(session, inspected):
    inspected.choose(5, 0)
    neurons = []
    for by in (1, 1, -1, -1):
        inspected.choose_next(by)
        neurons.append(inspected.neuron)
    assert neurons == [1, 0, 1, 0]
    inspected.close()
    inspected.choose_next()
    assert inspected.layer is None


@pytest.mark.parametrize(("layer", "neuron"), [(-1, 0), (12, 0), (1, 50), (5, 2), (1, -1)])
def test_there_are_no_others(inspected, layer, neuron):
    with pytest.raises(ConvNetError):
        inspected.choose(layer, neuron)
    assert (inspected.layer, inspected.neuron) == (2, 17)


# Another network


def test_another_network_with_such_a_neuron_goes_on_with_it(session, inspected):
    search(inspected, unseen())
    reload(session, session.run.definition)
    assert session.inspected is not inspected
    assert (session.inspected.layer, session.inspected.neuron) == (2, 17)
    assert session.inspected.compared == 0
    best, _ = search(session.inspected, unseen())
    assert best == expected(session.run.net, unseen(), 2, 17)[0]


def test_another_network_without_one_closes_it(session, inspected):
    reload(session, SMALL)
    assert session.inspected.layer is None


def test_a_network_that_is_refused_leaves_it(session, inspected):
    def refuse():
        assert session.inspected.layer is None
        raise MemoryError
        yield

    session.rehearse = refuse
    with pytest.raises(MemoryError):
        reload(session, SMALL)
    assert session.inspected is inspected
    assert (inspected.layer, inspected.neuron) == (2, 17)


def test_at_first_no_neuron_is_looked_at(session):
    assert session.inspected.layer is None
    assert Inspection(session.run.net).layer is None
