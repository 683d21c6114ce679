"""NumPy that adds up in double precision and rounds once: a run has the same bits on any machine.

    operations = Reproducible()
    operations.affine(x, filters, biases, out=out)

In single precision a sum's last bits depend on the order in which it is added up, which every BLAS
has of its own, and a tanh's on who wrote it; training makes more of them with every update. In
double precision all come so close to the same number that they are rounded to the same one.
"""

from __future__ import annotations

import numpy as np

from convnet.compute.backend import NumPy

WIDENED = 2**18
"""Numbers of a matrix that are in double precision at a time, about: what a cache holds."""

DOUBLE = np.dtype(np.float64)


class Reproducible(NumPy):
    """Every operation in NumPy; what autoencoders compute in single precision has the same bits
    with a BLAS, with another, and with none.
    """

    def tanh(self, x: np.ndarray, out: np.ndarray) -> None:
        """See `Elementwise`."""
        np.tanh(x, out=out, dtype=DOUBLE, casting="same_kind")

    def _multiply(self, a: np.ndarray, b: np.ndarray, out: np.ndarray) -> None:
        (n, k), m = a.shape, b.shape[1]
        if out.dtype == DOUBLE:
            super()._multiply(a, b, out)
        elif n > m:
            self._multiply(b.T, a.T, out.T)
        else:
            wide_a = self._widened(a, "a")
            columns = max(1, WIDENED // max(n, k, 1))
            for start in range(0, m, columns):
                part = slice(start, start + columns)
                wide_b = self._widened(b[:, part], "b")
                product = self.scratch("wide product", (n, wide_b.shape[1]), DOUBLE)
                super()._multiply(wide_a, wide_b, product)
                np.copyto(out[:, part], product, casting="same_kind")

    def _sum_rows(self, rows: np.ndarray, out: np.ndarray) -> None:
        np.einsum("nm->m", rows, out=out, dtype=DOUBLE, casting="same_kind")

    def _widened(self, matrix: np.ndarray, role: str) -> np.ndarray:
        """A copy in double precision that lies in memory as the matrix does."""
        if matrix.strides[0] < matrix.strides[1]:
            return self._widened(matrix.T, role).T
        copy = self.scratch(f"wide {role}", matrix.shape, DOUBLE)
        np.copyto(copy, matrix)
        return copy
