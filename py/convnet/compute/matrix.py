"""Matrix products, and the affine map that fully connected and convolutional layers are made of.

Where rows are asked for, contiguous volumes (n, sy, sx, depth) will do: each is a row.
"""

from __future__ import annotations

import numpy as np

from convnet.compute.scratch import Scratch

HAS_BLAS = bool(np.show_config(mode="dicts")["Build Dependencies"]["blas"].get("found"))
"""Whether NumPy hands matrix products to a BLAS; in Pyodide it has none."""

WORTH_A_COPY = 4
"""The shortest axis of a matrix product for which matrices are laid out anew."""


class Affine(Scratch):
    """Affine maps, and their gradients."""

    def affine(
        self, x: np.ndarray, filters: np.ndarray, biases: np.ndarray, out: np.ndarray
    ) -> None:
        """Dot products of every row with every filter, plus biases.

        Args:
            x: (n, k).
            filters: (m, k).
            biases: (m,).
            out: (n, m).
        """
        rows = as_rows(out)
        self._multiply(as_rows(x), filters.T, rows)
        rows += biases

    def affine_parameter_gradients(
        self,
        x: np.ndarray,
        gradient: np.ndarray,
        filter_gradients: np.ndarray,
        bias_gradients: np.ndarray,
    ) -> None:
        """Gradients of `affine` with respect to filters and biases, summed over rows.

        Args:
            x: (n, k), what `affine` was given.
            gradient: (n, m), with respect to what it returned.
            filter_gradients: (m, k), overwritten.
            bias_gradients: (m,), overwritten.
        """
        gradient = as_rows(gradient)
        self._multiply(gradient.T, as_rows(x), filter_gradients)
        self._sum_rows(gradient, bias_gradients)

    def affine_input_gradient(
        self, gradient: np.ndarray, filters: np.ndarray, out: np.ndarray
    ) -> None:
        """Gradient of `affine` with respect to its input: (n, m) and (m, k) give (n, k)."""
        self._multiply(as_rows(gradient), filters, as_rows(out))

    def multiply_without_blas(self, a: np.ndarray, b: np.ndarray, out: np.ndarray) -> None:
        """The matrix product of a (n, k) and b (k, m), in about half of np.matmul's time.

        Without a BLAS, matmul adds up one product at a time, each waiting for the one before.
        einsum's inner loops do several at once if they run along contiguous memory, the faster
        the longer they are: so let them run along the longest of the three axes, copying matrices
        where their memory lies across it.
        """
        (n, k), m = a.shape, b.shape[1]
        if min(n, k, m) < WORTH_A_COPY:
            np.matmul(a, b, out=out)
        elif k >= max(n, m):
            np.einsum("nk,mk->nm", self._along_rows(a, "a"), self._along_rows(b.T, "b"), out=out)
        elif m >= n:
            contiguous = out.strides[1] == out.itemsize
            rows = out if contiguous else self.scratch("product", out.shape, out.dtype)
            np.einsum("nk,km->nm", a, self._along_rows(b, "b"), out=rows)
            if rows is not out:
                np.copyto(out, rows)
        else:
            self.multiply_without_blas(b.T, a.T, out.T)

    def _multiply(self, a: np.ndarray, b: np.ndarray, out: np.ndarray) -> None:
        if HAS_BLAS:
            np.matmul(a, b, out=out)
        else:
            self.multiply_without_blas(a, b, out)

    def _sum_rows(self, rows: np.ndarray, out: np.ndarray) -> None:
        np.einsum("nm->m", rows, out=out)

    def _along_rows(self, matrix: np.ndarray, role: str) -> np.ndarray:
        """The matrix with each row contiguous in memory: itself, or a copy."""
        if matrix.strides[1] == matrix.itemsize:
            return matrix
        copy = self.scratch(role, matrix.shape, matrix.dtype)
        np.copyto(copy, matrix)
        return copy


def as_rows(array: np.ndarray) -> np.ndarray:
    """A view of rows, or of volumes as rows."""
    return array if array.ndim == 2 else array.reshape(len(array), -1)
