"""An update in float32 agrees with the same in NumPy's float64, whatever computes it."""

from __future__ import annotations

import numpy as np
import pytest
from single_precision import LENGTHS, assert_close, doubled, operations, wide

from convnet.compute import Gradient
from convnet.compute.rules import BLOCK
from convnet.options import TrainerOptions
from convnet.updates import RULES


def gradient_of(sums, l1_decay=0, l2_decay=0):
    """The gradient of seven examples, of parameters in three parts."""
    length = len(sums)
    stops = np.array([length // 3, length // 3, length], np.int32)
    multipliers = np.array([[1, 0.5], [2, 2], [0, 1]])
    return Gradient(sums, 7, stops, multipliers, l1_decay, l2_decay)


def rules(guarded, method, length):
    """A rule with guarded memory, and the same in double precision."""
    options = TrainerOptions(method=method, learning_rate=0.1, momentum=0.8, ro=0.9, eps=1e-6)
    rule = RULES[method](options, operations, length, np.float32)
    for name in rule.accumulators:
        setattr(rule, name, guarded(length, values=0))
    return rule, RULES[method](options, wide, length, np.float64)


@pytest.mark.usefixtures("only_kernels")
@pytest.mark.parametrize("decays", [(0, 0), (0.01, 0), (0, 0.01), (0.02, 0.01)])
@pytest.mark.parametrize("length", LENGTHS)
@pytest.mark.parametrize("method", RULES)
def test_updates_with_decay(guarded, method, length, decays):
    rule, wide_rule = rules(guarded, method, length)
    p = guarded(length)
    p[::5] = 0
    (wide_p,) = doubled(p)
    for _ in range(3):
        sums = guarded(length)
        before = sums.copy()
        results = rule.update(p, gradient_of(sums, *decays))
        expected = wide_rule.update(wide_p, gradient_of(*doubled(sums), *decays))
        assert_close(p, wide_p)
        assert results == pytest.approx(expected, rel=1e-5)
        np.testing.assert_array_equal(sums, before)
        for name in rule.accumulators:
            assert_close(getattr(rule, name), getattr(wide_rule, name))


@pytest.mark.parametrize("method", RULES)
def test_an_update_of_many_parameters_is_that_of_each_by_itself(method):
    random = np.random.default_rng(0)
    length, decays = 2 * BLOCK + 5, (0.02, 0.01)
    options = TrainerOptions(method=method)
    p, sums = random.standard_normal((2, length))
    few = np.array([0, length // 3 - 1, length // 3, BLOCK - 1, BLOCK, length - 1])
    expected, few_sums = p[few], sums[few]
    whole = RULES[method](options, wide, length, np.float64)
    by_itself = RULES[method](options, wide, len(few), np.float64)
    for _ in range(2):
        l1_loss, l2_loss, squares = whole.update(p, gradient_of(sums, *decays))
        by_itself.update(expected, gradient_of(few_sums, *decays))
        np.testing.assert_array_equal(p[few], expected)
        assert squares == pytest.approx((p**2).sum(), rel=1e-12)
    before = p.copy()
    l1_loss, l2_loss, _ = whole.update(p, gradient_of(sums, *decays))
    assert (l1_loss, l2_loss) == pytest.approx(
        wide.decay_losses(before, gradient_of(sums, *decays)), rel=1e-12
    )


def test_nothing_is_updated_where_parts_do_not_fit(guarded):
    rule, _ = rules(guarded, "sgd", 11)
    p, gradient = guarded(11), gradient_of(guarded(11), l2_decay=0.1)
    before = p.copy()
    gradient.multipliers = gradient.multipliers[:2]
    with pytest.raises(ValueError, match="zip"):  # NumPy's, to which the kernel left it
        rule.update(p, gradient)
    np.testing.assert_array_equal(p, before)


@pytest.mark.usefixtures("only_kernels")
@pytest.mark.parametrize("length", LENGTHS)
def test_sum_of_squares(guarded, length):
    x = guarded(length)
    assert operations.sum_of_squares(x) == pytest.approx((x.astype(float) ** 2).sum(), rel=1e-5)


@pytest.mark.parametrize("place", [0, 3, 8, 10])
@pytest.mark.parametrize("stray", [np.nan, np.inf, -np.inf])
def test_a_number_that_is_not_finite_shows_in_the_sum_of_squares(guarded, place, stray):
    x = guarded(11)
    x[place] = stray
    assert not np.isfinite(operations.sum_of_squares(x))


@np.errstate(over="ignore")
def test_squares_that_single_precision_cannot_hold_are_summed_in_double():
    x = np.full(70_000, 1e30, np.float32)
    assert operations.sum_of_squares(x) == pytest.approx(7e64, rel=1e-6)
    x, targets = x.reshape(7, -1), np.zeros((7, 10_000), np.float32)
    loss = operations.squared_loss(x, targets, gradient=np.empty_like(x))
    assert loss == pytest.approx(3.5e64, rel=1e-6)
