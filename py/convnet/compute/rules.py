"""Updates of all parameters: a minibatch's mean gradient with the decays, then a rule's step."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from convnet.compute.scratch import Scratch
from convnet.compute.sums import Sums

BLOCK = 2**17
"""Parameters that go through a rule at a time: what it needs of them then stays in a cache."""

Outcome = tuple[float, float, float]
"""What an update tells: the l1 and the l2 decay's loss before it, l1_decay times the sum of |p| and
l2_decay times half the sum of p²; and the sum of p² after it."""


@dataclass(slots=True)
class Gradient:
    """What an update follows: (sums + the decays' gradient) / n.

    As in ConvNetJS the decays' gradient is divided by the minibatch's size, their loss is not, and
    where a parameter is 0 that of the l1 decay is -l1_decay.

    Attributes:
        sums: (k,), the parameters' gradients, summed over a minibatch.
        n: examples in the minibatch.
        stops: (parts,) int32, where each part of the parameters ends and the next begins.
        multipliers: (parts, 2) float64, what each part takes of the l1 and of the l2 decay.
        l1_decay: weight of Σ|p| in the loss.
        l2_decay: weight of Σp² / 2 in the loss.
    """

    sums: np.ndarray
    n: int
    stops: np.ndarray
    multipliers: np.ndarray
    l1_decay: float
    l2_decay: float

    def decays(self) -> Iterator[tuple[slice, float, float]]:
        """The parts of the parameters, with the weights of both decays."""
        start = 0
        for stop, (l1, l2) in zip(self.stops.tolist(), self.multipliers.tolist(), strict=True):
            yield slice(start, stop), self.l1_decay * l1, self.l2_decay * l2
            start = stop


class Rules(Scratch, Sums):
    """The update rules.

    All take the parameters p (k,), their gradient, and arrays (k,) that hold what the rule
    remembers; both but the gradient are changed in place. What happens to each parameter stands in
    a function `step` on arrays of equal length, a part of each: x the parameters, g their mean
    gradients, which may be overwritten, room for anything, and what the rule remembers.
    """

    def sgd(
        self,
        p: np.ndarray,
        gradient: Gradient,
        velocities: np.ndarray,
        learning_rate: float,
        momentum: float,
    ) -> Outcome:
        """v = momentum v - learning_rate g;  x = x + v.

        Polyak, Some methods of speeding up the convergence of iteration methods, 1964.
        """

        def step(x: np.ndarray, g: np.ndarray, room: np.ndarray, v: np.ndarray) -> None:
            v *= momentum
            g *= learning_rate
            v -= g
            x += v

        return self._update(step, p, gradient, velocities)

    def nesterov(
        self,
        p: np.ndarray,
        gradient: Gradient,
        velocities: np.ndarray,
        learning_rate: float,
        momentum: float,
    ) -> Outcome:
        """v' = momentum v + learning_rate g;  x = x + momentum v - (1 + momentum) v'.

        Sutskever et al., On the importance of initialization and momentum in deep learning,
        2013, with parameters kept where the gradient is taken.
        """

        def step(x: np.ndarray, g: np.ndarray, room: np.ndarray, v: np.ndarray) -> None:
            x += np.multiply(v, momentum, out=room)
            g *= learning_rate
            v *= momentum
            v += g
            x -= np.multiply(v, 1 + momentum, out=room)

        return self._update(step, p, gradient, velocities)

    def adagrad(
        self,
        p: np.ndarray,
        gradient: Gradient,
        squares: np.ndarray,
        learning_rate: float,
        eps: float,
    ) -> Outcome:
        """G = G + g²;  x = x - learning_rate g / √(G + eps).

        Duchi, Hazan and Singer, Adaptive subgradient methods for online learning and stochastic
        optimization, 2011. The place of eps is ConvNetJS's.
        """

        def step(x: np.ndarray, g: np.ndarray, room: np.ndarray, square: np.ndarray) -> None:
            square += np.multiply(g, g, out=room)
            g *= learning_rate
            x -= _divide_by_root(g, square, eps, out=room)

        return self._update(step, p, gradient, squares)

    def windowgrad(
        self,
        p: np.ndarray,
        gradient: Gradient,
        squares: np.ndarray,
        learning_rate: float,
        ro: float,
        eps: float,
    ) -> Outcome:
        """E[g²] = ro E[g²] + (1 - ro) g²;  x = x - learning_rate g / √(E[g²] + eps).

        Idea 1 of Zeiler, ADADELTA: an adaptive learning rate method, arXiv:1212.5701, section
        3.1; elsewhere known as RMSProp.
        """

        def step(x: np.ndarray, g: np.ndarray, room: np.ndarray, square: np.ndarray) -> None:
            _average_square(square, g, ro, room)
            g *= learning_rate
            x -= _divide_by_root(g, square, eps, out=room)

        return self._update(step, p, gradient, squares)

    def adadelta(
        self,
        p: np.ndarray,
        gradient: Gradient,
        gradient_squares: np.ndarray,
        step_squares: np.ndarray,
        ro: float,
        eps: float,
    ) -> Outcome:
        """E[g²] = ro E[g²] + (1 - ro) g²;  dx = -√(E[dx²] + eps) / √(E[g²] + eps) g;  x = x + dx.

        Zeiler, ADADELTA: an adaptive learning rate method, arXiv:1212.5701, algorithm 1.
        E[dx²] follows E[g²] one step behind.
        """

        def step(
            x: np.ndarray,
            g: np.ndarray,
            room: np.ndarray,
            square: np.ndarray,
            step_square: np.ndarray,
        ) -> None:
            dx = self.scratch("dx", x.shape, x.dtype)
            _average_square(square, g, ro, room)
            np.add(step_square, eps, out=dx)
            dx /= np.add(square, eps, out=room)
            np.sqrt(dx, out=dx)
            dx *= g
            x -= dx
            _average_square(step_square, dx, ro, room)

        return self._update(step, p, gradient, gradient_squares, step_squares)

    def adam(
        self,
        p: np.ndarray,
        gradient: Gradient,
        means: np.ndarray,
        squares: np.ndarray,
        rate: float,
        beta1: float,
        beta2: float,
        eps: float,
    ) -> Outcome:
        """m = beta1 m + (1 - beta1) g;  v = beta2 v + (1 - beta2) g²;  x = x - rate m / (√v + eps).

        Kingma and Ba, Adam: a method for stochastic optimization, arXiv:1412.6980, in the order of
        the end of section 2: `rate` and `eps` hold the corrections for a start from 0.
        """

        def step(
            x: np.ndarray, g: np.ndarray, room: np.ndarray, mean: np.ndarray, square: np.ndarray
        ) -> None:
            _average_square(square, g, beta2, room)
            g *= 1 - beta1
            mean *= beta1
            mean += g
            np.sqrt(square, out=room)
            room += eps
            np.divide(mean, room, out=room)
            room *= rate
            x -= room

        return self._update(step, p, gradient, means, squares)

    def decay_losses(self, p: np.ndarray, gradient: Gradient) -> tuple[float, float]:
        """Both decays' losses as an update tells them, summed in double precision."""
        l1_loss = l2_loss = 0.0
        for part, l1, l2 in gradient.decays():
            sizes = np.abs(p[part], dtype=np.float64)
            if l1:
                l1_loss += l1 * float(sizes.sum())
            if l2:
                l2_loss += l2 / 2 * float(np.vecdot(sizes, sizes))
        return l1_loss, l2_loss

    def _update(
        self,
        step: Callable[..., None],
        p: np.ndarray,
        gradient: Gradient,
        *memory: np.ndarray,
    ) -> Outcome:
        """Takes a rule's step with all parameters."""
        decays = [decay for decay in gradient.decays() if any(decay[1:])]
        scale = 1 / gradient.n
        l1_loss = l2_loss = 0.0
        for start in range(0, len(p), BLOCK):
            block = slice(start, min(start + BLOCK, len(p)))
            x = p[block]
            g = self.scratch("mean gradient", x.shape, x.dtype)
            room = self.scratch("anything", x.shape, x.dtype)
            np.multiply(gradient.sums[block], scale, out=g)
            for part, l1, l2 in decays:
                inside = slice(max(part.start - start, 0), min(part.stop, block.stop) - start)
                if inside.stop <= inside.start:
                    continue
                arrays = x[inside], g[inside], room[inside]
                if l1:
                    l1_loss += self._add_l1(*arrays, l1, scale)
                if l2:
                    l2_loss += self._add_l2(*arrays, l2, scale)
            step(x, g, room, *(array[block] for array in memory))
        return l1_loss, l2_loss, self.sum_of_squares(p)

    def _add_l1(
        self, x: np.ndarray, g: np.ndarray, room: np.ndarray, decay: float, scale: float
    ) -> float:
        """Adds `scale` times the gradient of decay Σ|x| to a gradient; returns that loss."""
        loss = decay * float(np.abs(x, out=room).sum())
        np.greater(x, 0, out=room, casting="unsafe")  # 1 or 0, to become decay or -decay
        room *= 2 * decay * scale
        room -= decay * scale
        g += room
        return loss

    def _add_l2(
        self, x: np.ndarray, g: np.ndarray, room: np.ndarray, decay: float, scale: float
    ) -> float:
        """Adds `scale` times the gradient of decay / 2 Σx² to a gradient; returns that loss."""
        loss = decay / 2 * self.sum_of_squares(x)
        g += np.multiply(x, decay * scale, out=room)
        return loss


def _average_square(average: np.ndarray, x: np.ndarray, ro: float, room: np.ndarray) -> None:
    """Moves a running average of squares on, in place: ro * average + (1 - ro) * x²."""
    np.multiply(x, x, out=room)
    room *= 1 - ro
    average *= ro
    average += room


def _divide_by_root(x: np.ndarray, squares: np.ndarray, eps: float, out: np.ndarray) -> np.ndarray:
    """x / √(squares + eps)."""
    np.add(squares, eps, out=out)
    np.sqrt(out, out=out)
    return np.divide(x, out, out=out)
