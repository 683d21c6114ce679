"""The matrix product for NumPy without a BLAS is a matrix product."""

import tracemalloc

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from convnet.compute import NumPy

multiply_without_blas = NumPy().multiply_without_blas

sizes = st.integers(1, 40)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(sizes, sizes, sizes, st.booleans(), st.booleans(), st.booleans())
def test_product_of_matrices_however_they_lie_in_memory(n, k, m, a_across, b_across, out_across):
    random = np.random.default_rng(0)

    def matrix(rows, columns, across):
        values = random.normal(size=(columns, rows) if across else (rows, columns))
        return values.T if across else values

    a, b, out = matrix(n, k, a_across), matrix(k, m, b_across), matrix(n, m, out_across)
    multiply_without_blas(a, b, out)
    np.testing.assert_allclose(out, a @ b, rtol=1e-11, atol=1e-12)


def test_products_of_many_shapes_keep_no_more_memory_than_the_largest_needs():
    tracemalloc.start()
    try:
        for k in range(400, 600):
            a, b, out = np.ones((k, 200)).T, np.ones((k, 300)), np.empty((200, 300))
            multiply_without_blas(a, b, out)
        assert tracemalloc.get_traced_memory()[0] < 6 * 600 * 300 * 8
    finally:
        tracemalloc.stop()
