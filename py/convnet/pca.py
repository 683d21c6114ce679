"""Principal component analysis of images: the best that a linear autoencoder can do.

    moments = finish(Moments.in_steps(images, backend))
    pca = finish(principal_components(moments, 2, backend))
    pca.encode(pixels)      # pixels (n, pixels): codes (n, 2)
    pca.reconstruct(codes)  # and back
    net = pca.network(backend)  # the same as a network, to be evaluated as others are

Moments take a pass over all images, and serve every number of components.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from convnet.chance import generator
from convnet.compute import NumPy
from convnet.errors import ConvNetError
from convnet.net import Net
from convnet.steps import Steps

WHITE = 255
"""A byte of an image where its pixel is 1."""

SUMMED = 256
"""Images whose products are added up in single precision. They are products of bytes, and the sums
whole numbers below 2^24, which it holds exactly: whoever adds up, in whatever order, gets the same.
"""

STEP_S = 0.004
"""How long a step takes in a browser where nobody says otherwise."""

STEP_PRODUCTS = 2_500_000
"""Multiplications with an addition, in double precision, in a step that looks for components."""

GROUP = 16
"""Components that are looked for together."""

BESIDE = 16
"""Further directions that are followed with them: the more, the sooner they are found."""

CLOSE = 1e-10
"""Components are found when what the covariance makes of them is them, multiplied, but for so
little of all variance."""


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """What principal components follow from.

    Attributes:
        mean: of each pixel, float64 (pixels,).
        covariance: of all pairs of pixels, float64 (pixels, pixels).
    """

    mean: np.ndarray
    covariance: np.ndarray

    @classmethod
    def in_steps(cls, images: np.ndarray, backend: NumPy, step_s: float = STEP_S) -> Steps[Moments]:
        """The moments of images, the same to the last bit with every backend.

        Args:
            images: uint8 (n, height, width) or (n, pixels), at least one.
            backend: what computes.
            step_s: about how long a step may take in a browser, in seconds; elsewhere the longer,
                the better.

        Raises:
            ConvNetError: there are no images.
        """
        n = len(images)
        if n == 0:
            raise ConvNetError("Principal components need images, but there are none.")
        rows = images.reshape(n, -1)
        pixels = rows.shape[1]
        sums, products = np.zeros(pixels), np.zeros((pixels, pixels))
        columns = max(1, int(step_s * backend.rate / (SUMMED * pixels)))
        blocks = [slice(i, min(i + columns, pixels)) for i in range(0, pixels, columns)]
        for start in range(0, n, SUMMED):
            x = rows[start : start + SUMMED].astype(np.float32)
            for block in blocks:  # what lies left of the diagonal is the same as above it
                yield start / n
                some = x[:, block]
                product = np.empty((some.shape[1], pixels - block.start), np.float32)
                total = np.empty(some.shape[1], np.float32)
                backend.affine_parameter_gradients(x[:, block.start :], some, product, total)
                products[block, block.start :] += product
                sums[block] += total
        mean = sums / (n * WHITE)
        for block in blocks:
            yield 1.0
            right = products[block, block.start :]
            right /= n * WHITE**2
            right -= np.outer(mean[block], mean[block.start :])
            products[block.start :, block] = right.T
        return cls(mean, products)


@dataclass(frozen=True, slots=True, eq=False)
class PCA:
    """A linear autoencoder that no other of its size is better than on the images that it is made
    from.

    Attributes:
        mean: of each pixel, float64 (pixels,).
        components: float64 (size, pixels), orthonormal, those with most variance first.
    """

    mean: np.ndarray
    components: np.ndarray

    @property
    def size(self) -> int:
        """Numbers in a code."""
        return len(self.components)

    def encode(self, pixels: np.ndarray) -> np.ndarray:
        """How far images (n, pixels) lie along each component: (n, size)."""
        return (pixels - self.mean) @ self.components.T

    def reconstruct(self, codes: np.ndarray) -> np.ndarray:
        """The images (n, pixels) that codes (n, size) stand for."""
        return codes @ self.components + self.mean

    def network(self, backend: NumPy) -> Net:
        """The same as a network, whose narrowest layer puts out codes."""
        pixels = len(self.mean)
        net = Net(
            [
                {"type": "input", "out_depth": pixels},
                {"type": "fc", "num_neurons": self.size},
                {"type": "regression", "num_neurons": pixels},
            ],
            seed=0,
            backend=backend,
        )
        _, encoder, decoder, _ = net.layers
        black = np.zeros_like(self.mean)
        encoder.filters[...], encoder.biases[...] = self.components, self.encode(black)
        decoder.filters[...], decoder.biases[...] = self.components.T, self.mean
        return net


def principal_components(moments: Moments, size: int, backend: NumPy) -> Steps[PCA]:
    """The directions along which images differ most, group after group.

    Each points to where its largest element is positive. With as many as there are pixels nothing
    is lost, whatever the directions are; then they are the pixels.

    Args:
        moments: of the images.
        size: how many components, at least one.
        backend: what computes.

    Raises:
        ConvNetError: size is below 1.
    """
    if size < 1:
        raise ConvNetError(f"The number of components must be at least 1, but it is {size}.")
    pixels = len(moments.mean)
    if size >= pixels:
        return PCA(moments.mean, np.eye(pixels))
    found = np.empty((0, pixels))
    while len(found) < size:
        count = min(GROUP, size - len(found))
        group = yield from _leading(moments.covariance, count, found, backend)
        found = np.concatenate([found, group])
    largest = np.abs(found).argmax(axis=1)
    return PCA(moments.mean, found * np.sign(found[np.arange(size), largest, np.newaxis]))


def _leading(
    covariance: np.ndarray, count: int, found: np.ndarray, backend: NumPy
) -> Steps[np.ndarray]:
    """The eigenvectors (count, pixels) with the greatest eigenvalues, at right angles to `found`.

    Subspace iteration from a random start: multiplies more directions than are wanted, makes them
    orthonormal, and takes of what they span the best ones by Rayleigh and Ritz, again and again
    (Halko, Martinsson and Tropp, Finding structure with randomness, arXiv:0909.4061, algorithm 4.4;
    Golub and Van Loan, Matrix computations, 4th edition, section 8.2.4).
    """
    pixels = len(covariance)
    followed = min(count + BESIDE, pixels - len(found))
    tolerance = CLOSE * np.trace(covariance)
    multiplied = generator(0).standard_normal((followed, pixels))
    while True:
        basis = yield from _orthonormal(multiplied, found)
        multiplied = yield from _multiply(basis, covariance, backend)
        values, vectors = np.linalg.eigh(multiplied @ basis.T)
        best_first = np.ascontiguousarray(vectors[:, ::-1].T)
        yield
        basis, multiplied = best_first @ basis, best_first @ multiplied
        stretched = values[::-1][:count, np.newaxis] * basis[:count]
        if np.linalg.norm(multiplied[:count] - stretched, axis=1).max() <= tolerance:
            return basis[:count]
        yield


def _orthonormal(rows: np.ndarray, found: np.ndarray) -> Steps[np.ndarray]:
    """An orthonormal basis of what rows (n, pixels) span beside `found`.

    It is done twice, since rows that hardly reach beyond `found` come out inexact the first time.
    """
    for _ in range(2):
        for start in range(0, len(found), GROUP):
            group = found[start : start + GROUP]
            rows = rows - (rows @ group.T) @ group
            yield
        rows = np.ascontiguousarray(np.linalg.qr(rows.T).Q.T)
        yield
        if len(found) == 0:
            break
    return rows


def _multiply(basis: np.ndarray, covariance: np.ndarray, backend: NumPy) -> Steps[np.ndarray]:
    """Each direction (n, pixels) times the covariance."""
    product, pixels = np.empty_like(basis), len(covariance)
    columns = max(1, STEP_PRODUCTS // basis.size)
    for start in range(0, pixels, columns):
        part = slice(start, min(start + columns, pixels))
        none = np.zeros(part.stop - part.start)
        backend.affine(basis, covariance[part], none, out=product[:, part])
        yield
    return product
